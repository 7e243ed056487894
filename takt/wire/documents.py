"""Documents of money for programs. Amounts are decimal numbers as text, as they stand on the document."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from takt.core.claim import OPEN, Standing, standing
from takt.core.contract import MonthDocument
from takt.core.currency import plain, plain_price
from takt.core.invoice import Invoice
from takt.core.number_series import Gaps
from takt.core.printed import Report
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.instants import instant

QUANTITY_MAX: Final = 10**12
CREDIT_LINES_MAX: Final = 1000


def listed(found: Any, today: date) -> dict[str, Any]:
    """A document in a list, with where its payment is on this day; null for what nobody owes anything by."""
    claim = found.claim
    return {
        "id": str(found.document_id),
        "number": found.number,
        "kind": found.kind.value,
        "issued_on": f"{found.issued_on}",
        "period": {"from": f"{found.period_first}", "to": f"{found.period_last}"},
        "due_on": f"{found.due_on}",
        "currency": found.currency,
        **{
            name: plain(getattr(found, name), found.currency)
            for name in ("net", "tax", "gross", "payable", "credited", "paid")
        },
        "open": plain(claim.open if claim is not None else 0, found.currency),
        "state": standing(claim, today).value if claim is not None else None,
        "corrects": str(found.corrects) if found.corrects is not None else None,
    }


def whole(found: Any, invoice: Invoice, report: Report, today: date) -> dict[str, Any]:
    """A document with its lines, its tax and the checks that it passed."""
    currency = invoice.currency
    return {
        **listed(found, today),
        "tax_case": invoice.case.value,
        "seller": invoice.seller.name,
        "buyer": invoice.buyer.name,
        "lines": [
            {
                "text": line.text, "note": line.note, "key": line.key, "quantity": line.quantity,
                "unit_price": plain_price(line.unit_price_micros), "net": plain(line.net, currency),
                "from": f"{line.period.first}", "to": f"{line.period.last}",
                "advance": line.advance.number if line.advance is not None else None,
            }
            for line in invoice.lines
        ],
        "breakdown": [
            {
                "category": one.vat.category.value, "rate_basis_points": one.vat.rate_basis_points,
                "net": plain(one.taxable, currency), "tax": plain(one.tax, currency),
            }
            for one in invoice.breakdown
        ],
        "tax_in_euro": plain(invoice.tax_in_euro, "EUR") if invoice.tax_in_euro is not None else None,
        "checks": [{"name": one.name, "source": one.source, "rules": one.fired} for one in report.checks],
    }  # fmt: skip


def parse_state(given: str | None) -> frozenset[Standing] | None:
    """Which states of payment are asked for: one of them by name, or `open` for all that wait; None: every document. Raises Refusal."""
    if given is None:
        return None
    if given == "open":
        return OPEN
    if given not in tuple(Standing):
        raise Refusal(errors.bad_value("state", f"must be open, {', '.join(Standing)}, or absent"))
    return frozenset((Standing(given),))


def legal(kept: Any) -> dict[str, Any]:
    """Legal data with its version."""
    shown = {"version": kept.version, "set_by": kept.set_by, "set_at": instant(kept.set_at), "legal": kept.document}
    if kept.vat_checked_at is not None:
        shown |= {"vat_checked_at": instant(kept.vat_checked_at), "vat_proof": kept.vat_proof}
    return shown


def series(name: str, year: int, given: int, found: Gaps) -> dict[str, Any]:
    """A series and what is wrong with it."""
    faults = {
        "missing": found.missing, "twice": found.twice, "beyond": found.beyond, "backwards": found.backwards,
    }  # fmt: skip
    return {
        "series": name,
        "year": year,
        "given": given,
        "sound": found.none,
        **{key: [*one] for key, one in faults.items()},
    }


def parse_quantities(body: Mapping[str, Any]) -> tuple[tuple[int, int], ...] | None:
    """How much of which lines is given back; None: all. Raises Refusal."""
    given = body.get("lines")
    if given is None:
        return None
    if not isinstance(given, list) or not 1 <= len(given) <= CREDIT_LINES_MAX:
        raise Refusal(errors.bad_value("lines", f"must be a list of 1 to {CREDIT_LINES_MAX} objects, or absent: all"))
    found = [(_whole(one, place, "line"), _whole(one, place, "quantity")) for place, one in enumerate(given)]
    if len({line for line, _ in found}) != len(found):
        raise Refusal(errors.bad_value("lines", "must name each line once"))
    return tuple(found)


def _whole(one: object, place: int, name: str) -> int:
    given = one.get(name) if isinstance(one, Mapping) else None
    if not isinstance(given, int) or isinstance(given, bool) or not -QUANTITY_MAX <= given <= QUANTITY_MAX:
        raise Refusal(errors.bad_value(f"lines[{place}].{name}", "must be a whole number"))
    return given


def parse_month_document(body: Mapping[str, Any]) -> MonthDocument:
    """What is written of a month that was paid ahead. Raises Refusal."""
    given = body.get("month_document")
    if given not in tuple(MonthDocument):
        raise Refusal(errors.bad_value("month_document", f"must be {' or '.join(MonthDocument)}"))
    return MonthDocument(given)


def parse_confirmation(body: Mapping[str, Any]) -> tuple[datetime | None, str]:
    """When a VAT id was confirmed, and by which answer. Raises Refusal."""
    at, proof = body.get("vat_checked_at"), body.get("vat_proof", "")
    if not isinstance(proof, str) or len(proof) > PROOF_CHARS_MAX:
        raise Refusal(errors.bad_value("vat_proof", f"must be a text of at most {PROOF_CHARS_MAX} characters"))
    if at is None:
        return None, proof
    try:
        found = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise Refusal(errors.bad_value("vat_checked_at", "must be an instant such as 2026-11-22T12:00:00+00:00"))
    return found, proof


PROOF_CHARS_MAX: Final = 2000


def files(number: str, syntax: str) -> str:
    """What a file of a document is called."""
    return {"pdf": f"{number}.pdf", "cii": f"{number}-factur-x.xml", "ubl": f"{number}-xrechnung.xml"}[syntax]


SYNTAXES: Final[Sequence[str]] = ("ubl", "cii")
FORMS: Final[Sequence[str]] = ("pdf", *SYNTAXES)
