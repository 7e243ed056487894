"""What must hold of a document before anything is rendered of it: the arithmetic of EN 16931, and what the law wants.

The names of rules are those of EN 16931 where it has one; rules of our own begin with TAKT. The rules of the rendered
XML are checked again by others (takt.press): these here need no XML, and name the mistake in the terms of the value.
"""

from collections.abc import Callable, Iterator
from typing import Final

from takt.core.currency import exponent, part
from takt.core.exchange import in_euro, is_converted, months_of
from takt.core.invoice import Invoice, Kind, break_down, line_net, tax_case, vat_between
from takt.core.tax import VatCategory
from takt.core.value import value

PLACES_MAX: Final = 2
LINES_MAX: Final = 1000


@value
class Fault:
    """A rule that does not hold, and where."""

    rule: str
    says: str


Check = Callable[[Invoice], Iterator[str]]


def faults(invoice: Invoice) -> tuple[Fault, ...]:
    """Everything that is wrong with a document."""
    return tuple(Fault(rule, says) for rule, check in RULES for says in check(invoice))


def _numbered(invoice: Invoice) -> Iterator[str]:
    if not invoice.number:
        yield "there is no number"


def _dated(invoice: Invoice) -> Iterator[str]:
    if invoice.issued_on is None:
        yield "there is no day of issue"


def _lines(invoice: Invoice) -> Iterator[str]:
    if not 1 <= len(invoice.lines) <= LINES_MAX:
        yield f"{len(invoice.lines)} lines, 1 to {LINES_MAX} are possible"


def _names(invoice: Invoice) -> Iterator[str]:
    yield from (f"line {place} says nothing" for place, line in enumerate(invoice.lines, 1) if not line.text.strip())


def _prices(invoice: Invoice) -> Iterator[str]:
    for place, line in enumerate(invoice.lines, 1):
        if line.unit_price_micros < 0:
            yield f"line {place} has a negative price; a quantity may be negative"


def _nets(invoice: Invoice) -> Iterator[str]:
    slack = 1 if invoice.kind is Kind.CREDIT_NOTE else 0
    for place, line in enumerate(invoice.lines, 1):
        right = line_net(line.quantity, line.unit_price_micros, invoice.currency)
        if abs(line.net - right) > slack:
            yield f"line {place} comes to {right}, not {line.net}"


def _categories(invoice: Invoice) -> Iterator[str]:
    right = {subtotal.vat: subtotal.taxable for subtotal in break_down(invoice.lines)}
    told = {subtotal.vat: subtotal.taxable for subtotal in invoice.breakdown}
    if right != told or len(told) != len(invoice.breakdown):
        has = sorted(subtotal.taxable for subtotal in invoice.breakdown)
        yield f"the breakdown has {has}, the lines come to {sorted(right.values())}"


def _taxes(invoice: Invoice) -> Iterator[str]:
    """Some may stand a smallest coin beside: a credit note completes what was credited before, an advance what was paid.

    A credit note may complete the sum over several rates, too, also where it has only one of them: a coin more for each.
    """
    slack = {Kind.ADVANCE: 1, Kind.CREDIT_NOTE: 1 + len(invoice.breakdown)}.get(invoice.kind, 0)
    for subtotal in invoice.breakdown:
        right = part(subtotal.taxable, subtotal.vat.rate_basis_points)
        if abs(subtotal.tax - right) > slack:
            yield f"the tax on {subtotal.taxable} is {right}, not {subtotal.tax}"


def _decimals(invoice: Invoice) -> Iterator[str]:
    if exponent(invoice.currency) > PLACES_MAX:
        yield f"{invoice.currency} has {exponent(invoice.currency)} decimal places; EN 16931 knows {PLACES_MAX}"


def _sign(invoice: Invoice) -> Iterator[str]:
    if invoice.kind is not Kind.STATEMENT and min(invoice.totals.gross, invoice.totals.payable) < 0:
        credit = invoice.kind is Kind.CREDIT_NOTE
        yield f"the sum is negative: {'credit more of it at once, or all that is left' if credit else 'give back by a credit note'}"


def _treatment(invoice: Invoice) -> Iterator[str]:
    if invoice.case is not tax_case(invoice.seller, invoice.buyer):
        yield f"the parties make it {tax_case(invoice.seller, invoice.buyer)}, not {invoice.case}"
    right = vat_between(invoice.seller, invoice.buyer)
    yield from (
        f"line {place} is taxed as {line.vat.category} {line.vat.rate_basis_points}, not {right.category}"
        f" {right.rate_basis_points}"
        for place, line in enumerate(invoice.lines, 1)
        if line.vat != right and line.advance is None
    )


def _seller_known(invoice: Invoice) -> Iterator[str]:
    if not invoice.seller.vat_id and not invoice.seller.tax_number:
        yield "the operator has neither VAT id nor tax number"


def _seller_identified(invoice: Invoice) -> Iterator[str]:
    untaxed = any(line.vat.category is VatCategory.OUTSIDE for line in invoice.lines)
    if not invoice.seller.register and (untaxed or not invoice.seller.vat_id):
        yield "the operator needs an entry in a register: its VAT id is not on this document"


def _reverse_charge(invoice: Invoice) -> Iterator[str]:
    if any(line.vat.category is VatCategory.REVERSE_CHARGE for line in invoice.lines) and not invoice.seller.vat_id:
        yield "reverse charge needs the operator's VAT id"


def _in_euro(invoice: Invoice) -> Iterator[str]:
    if not is_converted(invoice):
        if invoice.exchange:
            yield "no tax must be told in EUR"
        return
    if not set(months_of(invoice.services)) <= {one.month for one in invoice.exchange}:
        yield f"tax in {invoice.currency} must be told in EUR, too, for each month of the service"
    told = sum(one.tax for one in invoice.exchange)
    if told != invoice.totals.tax:
        yield f"{told} of the tax is told in EUR, and {invoice.totals.tax} is charged"
    slack = 1 if invoice.kind is Kind.CREDIT_NOTE else 0
    for one in invoice.exchange:
        right = in_euro(one.tax, invoice.currency, one.per_euro_micros)
        if abs(right - one.euro) > slack:
            yield f"{one.tax} of tax is {right} in EUR, not {one.euro}"


def _correction(invoice: Invoice) -> Iterator[str]:
    if (invoice.kind is Kind.CREDIT_NOTE) != (invoice.corrects is not None):
        yield "a credit note, and nothing else, names the document that it corrects"


def _paid(invoice: Invoice) -> Iterator[str]:
    if invoice.kind is not Kind.STATEMENT and invoice.paid < 0:
        yield f"{invoice.paid} was paid: a payment is not negative"


def _advances(invoice: Invoice) -> Iterator[str]:
    """Each once, of no more than the service; § 14 (5) UStG."""
    numbers = [line.advance.number for line in invoice.advances if line.advance is not None]
    if numbers and invoice.kind not in {Kind.INVOICE, Kind.CREDIT_NOTE}:
        yield "only an invoice takes advances off"
    if len(set(numbers)) != len(numbers):
        yield f"an advance is taken off twice: {', '.join(numbers)}"
    if any(line.net >= 0 or line.quantity != -1 for line in invoice.advances):
        yield "an advance is taken off by a quantity of -1"
    taken, service = -sum(line.net for line in invoice.advances), sum(line.net for line in invoice.services)
    if numbers and taken > service:
        yield f"advances of {taken} are taken off a service of {service}"


def _periods(invoice: Invoice) -> Iterator[str]:
    for period in (invoice.period, *(line.period for line in invoice.lines)):
        if period.last < period.first:
            yield f"the period from {period.first} ends on {period.last}"


RULES: Final[tuple[tuple[str, Check], ...]] = (
    ("BR-02", _numbered),
    ("BR-03", _dated),
    ("BR-16", _lines),
    ("BR-25", _names),
    ("BR-27", _prices),
    ("BR-29", _periods),
    ("BR-CO-18", _categories),
    ("BR-CO-17", _taxes),
    ("BR-CO-26", _seller_identified),
    ("BR-DEC-12", _decimals),
    ("BR-AE-02", _reverse_charge),
    ("BR-53", _in_euro),
    ("BR-55", _correction),
    ("TAKT-NET", _nets),
    ("TAKT-SIGN", _sign),
    ("TAKT-TAX", _treatment),
    ("TAKT-SELLER", _seller_known),
    ("TAKT-PAID", _paid),
    ("TAKT-ADVANCE", _advances),
)
"""Every rule with its check. BR-CO-10 and BR-CO-13 to BR-CO-16 hold by how totals are made: they have no other source."""

DRAFT_RULES: Final = frozenset({"BR-02", "BR-03"})
"""What a draft need not keep."""


def draft_faults(invoice: Invoice) -> tuple[Fault, ...]:
    """Everything that is wrong with a draft."""
    return tuple(fault for fault in faults(invoice) if fault.rule not in DRAFT_RULES)
