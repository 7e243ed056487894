"""Payments, mandates, plans and statements as JSON: what comes in is parsed strictly, what goes out is rendered.

Amounts are micro-units, as everywhere in the own API. The JSON: docs/payments.md.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from takt.core.currency import to_micros, to_minor
from takt.core.document import Fields, UnsoundError
from takt.core.entries import Payer
from takt.core.iban import compact, is_iban, spaced
from takt.core.mandate import HOLDER_CHARS_MAX, MANDATE_REFERENCE, NOTICE_DAYS, NOTICE_DAYS_MAX, Mandate, Scheme
from takt.core.matching import Doubt
from takt.core.payment import AMOUNT_MICROS_MAX, Payment
from takt.core.spending import PAUSE_S_LEAST, PAUSE_S_MAX, AutoTopUp, Plan, Standing
from takt.core.statements import Transaction
from takt.core.tax import Vat, VatCategory
from takt.core.value import value
from takt.wire.errors import WireError
from takt.wire.instants import instant
from takt.wire.pain import is_creditor_id

MONTH_MAX_TIMES: Final = 31
Body = Mapping[str, Any]


@value
class Wish:
    """A payment that is wished for, by net or by gross amount."""

    net_micros: int | None
    gross_micros: int | None
    provider: str
    mandate: str | None


def parse_wish(body: Body, currency: str, providers: frozenset[str]) -> Wish:
    """A top-up by `net_micros` or `gross_micros`. Raises UnsoundError."""
    fields = Fields.of(body)
    fields.end("net_micros", "gross_micros", "provider", "mandate")
    if ("net_micros" in body) == ("gross_micros" in body):
        raise fields.wrong("net_micros", "must be there, or gross_micros, and not both")
    name = "net_micros" if "net_micros" in body else "gross_micros"
    amount = _coins(fields, name, currency)
    provider = fields.raw.get("provider", "bank")
    if not isinstance(provider, str) or provider not in providers:
        raise fields.wrong("provider", f"must be one of {', '.join(sorted(providers))}")
    mandate = fields.raw.get("mandate")
    if (mandate is not None) != (provider == "debit") or not isinstance(mandate, str | None):
        raise fields.wrong("mandate", "must be the id of a mandate for provider debit, and absent for others")
    return Wish(amount if name == "net_micros" else None, amount if name == "gross_micros" else None, provider, mandate)


def parse_mandate(body: Body, mandate_id: UUID, payer: Payer, now: datetime) -> Mandate:
    """A new mandate. Raises UnsoundError."""
    fields = Fields.of(body)
    fields.end("reference", "holder", "iban", "bic", "scheme", "signed_on", "notice_days")
    return Mandate(
        mandate_id, payer, _reference(fields), _text(fields, "holder", HOLDER_CHARS_MAX), _iban(fields), _bic(fields),
        Scheme(_choice(fields, "scheme", "CORE", tuple(Scheme))), _day(fields, "signed_on", now.date()),
        fields.whole("notice_days", NOTICE_DAYS, 1, NOTICE_DAYS_MAX), now,
    )  # fmt: skip


def parse_plan(body: Body, payer: Payer, now: datetime, providers: frozenset[str]) -> Plan:
    """What a company wishes for its money; what is left out it does not wish. Raises UnsoundError."""
    fields = Fields.of(body)
    fields.end("budget_micros", "hard_stop", "low_micros", "auto_top_up")
    budget = _amount(fields, "budget_micros", 0) if body.get("budget_micros") is not None else None
    hard = fields.flag("hard_stop", usual=False)
    if hard and budget is None:
        raise fields.wrong("hard_stop", "must come with budget_micros")
    low = _amount(fields, "low_micros", 1) if body.get("low_micros") is not None else None
    auto = _auto(fields.section("auto_top_up"), providers) if body.get("auto_top_up") is not None else None
    return Plan(payer, now.date().replace(day=1), budget, hard, low, auto)


def _auto(fields: Fields, providers: frozenset[str]) -> AutoTopUp:
    fields.end("below_micros", "net_micros", "month_max_micros", "pause_s", "provider", "mandate")
    net = _amount(fields, "net_micros", 10_000)
    if net % 10_000:
        raise fields.wrong("net_micros", "must be whole cents, a multiple of 10000")
    provider = _choice(fields, "provider", "debit", tuple(sorted(providers - {"bank"})))
    mandate = fields.raw.get("mandate")
    return AutoTopUp(
        _amount(fields, "below_micros", 1), net,
        fields.whole("month_max_micros", None, net, min(AMOUNT_MICROS_MAX, net * MONTH_MAX_TIMES)),
        fields.whole("pause_s", 3600, PAUSE_S_LEAST, PAUSE_S_MAX), provider,
        _uuid(fields, "mandate", mandate) if provider == "debit" else None,
    )  # fmt: skip


def parse_account(body: Body) -> tuple[str, str, str, str]:
    """IBAN, holder, BIC and creditor identifier of the operator's account. Raises UnsoundError."""
    fields = Fields.of(body)
    fields.end("iban", "holder", "bic", "creditor_id")
    creditor = compact(str(body.get("creditor_id", "")))
    if creditor and not is_creditor_id(creditor):
        raise fields.wrong("creditor_id", "must be a creditor identifier with right check digits")
    return _iban(fields), _text(fields, "holder", HOLDER_CHARS_MAX), _bic(fields), creditor


def parse_tax(body: Body) -> Vat:
    """How what a company pays ahead is taxed. Raises UnsoundError."""
    fields = Fields.of(body)
    fields.end("category", "rate_basis_points")
    category = VatCategory(_choice(fields, "category", "S", tuple(VatCategory)))
    rate = fields.whole("rate_basis_points", 1900 if category is VatCategory.STANDARD else 0, 0, 10_000)
    if (rate > 0) != (category is VatCategory.STANDARD):
        raise fields.wrong("rate_basis_points", "must be above 0 for category S, and 0 for others")
    return Vat(category, rate)


def render_payment(one: Payment, ways: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A payment; `ways` say what the payer does."""
    return {
        "id": str(one.payment_id),
        "provider": one.provider,
        "purpose": one.purpose.value,
        "state": one.state.value,
        "gross_micros": one.split.gross_micros,
        "net_micros": one.split.net_micros,
        "tax_micros": one.split.tax_micros,
        "tax": {"category": one.tax_category, "rate_basis_points": one.tax_basis_points},
        "currency": one.currency,
        "reference": spaced(one.reference),
        "document": one.document or None,
        "mandate": str(one.mandate_id) if one.mandate_id is not None else None,
        "due_on": one.due_on.isoformat() if one.due_on is not None else None,
        "automatic": one.automatic,
        "created_at": instant(one.created_at),
        "settled_at": instant(one.settled_at),
        "ended_at": instant(one.ended_at),
        "why": one.why,
        **({"pay": dict(ways)} if ways else {}),
    }


def render_mandate(one: Mandate, today: date) -> dict[str, Any]:
    """A mandate; of the account only the end is shown."""
    return {
        "id": str(one.mandate_id),
        "reference": one.reference,
        "holder": one.holder,
        "iban": f"{one.iban[:4]} … {one.iban[-4:]}",
        "scheme": one.scheme.value,
        "signed_on": one.signed_on.isoformat(),
        "notice_days": one.notice_days,
        "used_on": one.used_on.isoformat() if one.used_on is not None else None,
        "usable": one.usable(today),
        "ended_at": instant(one.ended_at),
    }


def render_plan(plan: Plan | None, standing: Standing | None) -> dict[str, Any]:
    """What a company wishes, and how far the month is; nothing of it, if it wishes nothing."""
    auto = plan.auto if plan is not None else None
    return {
        "month": plan.month.isoformat()[:7] if plan is not None else None,
        "budget_micros": plan.budget_micros if plan is not None else None,
        "hard_stop": plan is not None and plan.hard,
        "spent_micros": standing.spent_micros if standing is not None else None,
        "low_micros": plan.low_micros if plan is not None else None,
        "auto_top_up": None
        if auto is None
        else {
            "below_micros": auto.below_micros,
            "net_micros": auto.net_micros,
            "month_max_micros": auto.month_max_micros,
            "pause_s": auto.pause_s,
            "provider": auto.provider,
            "mandate": str(auto.mandate_id) if auto.mandate_id is not None else None,
        },
    }


def render_transaction(one: Transaction, state: str, doubt: str, settled_micros: int = 0) -> dict[str, Any]:
    """A transaction on a statement, for a person to decide; `settled_micros` of it paid an invoice, the rest waits."""
    return {
        "key": one.key,
        "booked_on": one.booked_on.isoformat(),
        "amount_micros": one.amount_micros,
        "charges_micros": one.charges_micros,
        "settled_micros": settled_micros,
        "currency": one.currency,
        "name": one.name,
        "iban": one.iban,
        "remittance": one.remittance,
        "references": list(one.references),
        "end_to_end": one.end_to_end,
        "reversal": one.reversal,
        "why": one.why,
        "state": state,
        "doubt": doubt or None,
    }


def doubt_of(found: Doubt) -> WireError:
    """Why not even a person may say that a transaction belongs to a payment."""
    said = {
        Doubt.CURRENCY: "the transaction is in another currency than the contract",
        Doubt.OUTGOING: "money went out: name the payment that it returns",
        Doubt.PAID_ALREADY: "the payment was paid or returned before",
        Doubt.NOT_SETTLED: "the payment has not settled, so it cannot go back",
        Doubt.OTHER_AMOUNT: "the payment is of another amount",
        Doubt.FLAW: "the amount is no whole number of the smallest coins",
    }.get(found, found.value)
    return WireError(100, "(#100) Not possible", f"payment: {said}", http=409, more={"fault": str(found)})


def _amount(fields: Fields, name: str, least: int) -> int:
    return fields.whole(name, None, least, AMOUNT_MICROS_MAX)


def _coins(fields: Fields, name: str, currency: str) -> int:
    """An amount that can be paid: whole smallest coins."""
    found = _amount(fields, name, 1)
    if to_micros(to_minor(found, currency), currency) != found:
        raise fields.wrong(name, f"must be a whole number of the smallest coins of {currency}, in micro-units")
    return found


def _text(fields: Fields, name: str, chars_max: int) -> str:
    found = fields.raw.get(name)
    if not isinstance(found, str) or not 0 < len(found.strip()) <= chars_max or not found.isprintable():
        raise fields.wrong(name, f"must be text of 1 to {chars_max} characters")
    return found.strip()


def _choice(fields: Fields, name: str, usual: str, allowed: tuple[str, ...]) -> str:
    found = fields.raw.get(name, usual)
    if found not in allowed:
        raise fields.wrong(name, f"must be one of {', '.join(allowed)}")
    return str(found)


def _iban(fields: Fields) -> str:
    found = fields.raw.get("iban")
    if not isinstance(found, str) or len(found) > 60 or not is_iban(compact(found)):
        raise fields.wrong("iban", "must be an IBAN with right check digits")
    return compact(found)


def _bic(fields: Fields) -> str:
    found = fields.raw.get("bic", "")
    if not isinstance(found, str) or (found and not (len(found) in (8, 11) and found.isascii() and found.isalnum())):
        raise fields.wrong("bic", "must be 8 or 11 letters and digits")
    return found.upper()


def _reference(fields: Fields) -> str:
    found = fields.raw.get("reference")
    if not isinstance(found, str) or MANDATE_REFERENCE.fullmatch(found) is None:
        raise fields.wrong("reference", "must be 1 to 35 letters, digits or +?/-:().,'")
    return found


def _day(fields: Fields, name: str, latest: date) -> date:
    found = fields.raw.get(name)
    try:
        day = date.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        day = None
    if day is None or not date(2000, 1, 1) <= day <= latest:
        raise fields.wrong(name, f"must be a day from 2000-01-01 to {latest}")
    return day


def _uuid(fields: Fields, name: str, found: object) -> UUID:
    try:
        return UUID(str(found))
    except ValueError:
        raise UnsoundError(f"{fields.place(name)}: must be the id of a mandate") from None
