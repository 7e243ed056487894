"""Documents of money as values: invoices, credit notes, advance invoices and usage statements, with their totals.

Amounts are whole smallest coins of the currency. The names in brackets are the terms and rules of EN 16931. A document
says its totals twice, as lines and as a breakdown by VAT; `takt.core.invoice_rules` proves that both agree.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from takt.core.currency import part, to_micros, to_minor
from takt.core.party import Account, Buyer, Language, Seller
from takt.core.tax import Sale, TaxCase, Vat, VatCategory, case_of, vat_of
from takt.core.value import value

ADVANCE_KEY = "advance"
"""What the key of a line begins with that takes an advance off; the number of its advance invoice follows."""


class Kind(StrEnum):
    """What a document is. A statement only shows usage that was paid before: nobody owes anything by it."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    ADVANCE = "advance"
    STATEMENT = "statement"


@value
class Period:
    """From one day to another, both included."""

    first: date
    last: date


@value
class Reference:
    """Another document (BG-3)."""

    number: str
    issued_on: date
    kind: Kind = Kind.INVOICE


@value
class Line:
    """A line (BG-25): `net` is quantity times price, rounded half-up. `unit` is a code of UN/ECE Recommendation 20.

    `key` says what was rolled up into it; `of` is, on a credit note, the line that it takes back, counted from 1.
    `advance` is the advance invoice that a line takes off, or on a credit note puts back; its quantity is -1.
    """

    text: str
    quantity: int
    unit_price_micros: int
    net: int
    vat: Vat
    period: Period
    unit: str = "C62"
    note: str = ""
    key: str = ""
    of: int = 0
    advance: Reference | None = None


@value
class Subtotal:
    """The tax of one category and rate (BG-23): BT-116 and BT-117."""

    vat: Vat
    taxable: int
    tax: int


@value
class Deducted:
    """An advance invoice as it is taken off, or put back by a credit note: net and tax, both above 0."""

    document: Reference
    net: int
    tax: int


@value
class Converted:
    """Tax of the service of a month in euro cents, by the rate of that month: so many millionths of the currency a euro."""

    month: date
    per_euro_micros: int
    source: str
    tax: int
    euro: int


@value
class Debit:
    """The payment is collected by SEPA direct debit from the customer's account."""

    mandate: str
    creditor_id: str
    iban: str


@value
class Invoice:
    """A document. `number` and `issued_on` come when it is issued; a draft has neither.

    `paid` is what was paid already (BT-113). `exchange` is the tax in the currency of the German revenue, by months,
    and is needed when a document that charges tax is in another one (§ 16 (6) UStG).
    """

    kind: Kind
    currency: str
    language: Language
    seller: Seller
    buyer: Buyer
    case: TaxCase
    lines: tuple[Line, ...]
    breakdown: tuple[Subtotal, ...]
    period: Period
    due_days: int
    contract: str
    number: str = ""
    issued_on: date | None = None
    paid: int = 0
    corrects: Reference | None = None
    debit: Debit | None = None
    exchange: tuple[Converted, ...] = ()
    note: str = ""

    @property
    def totals(self) -> "Totals":
        """All sums of the document."""
        net = sum(line.net for line in self.lines)
        tax = sum(subtotal.tax for subtotal in self.breakdown)
        return Totals(net, tax, net + tax, self.paid, net + tax - self.paid)

    @property
    def span(self) -> Period:
        """The days that the service of any line fell on (BG-14)."""
        every = [self.period, *(line.period for line in self.lines)]
        return Period(min(one.first for one in every), max(one.last for one in every))

    @property
    def due_on(self) -> date:
        """The last day of payment (BT-9)."""
        assert self.issued_on is not None, "a draft is not due"
        return self.issued_on + timedelta(days=self.due_days)

    @property
    def tax_in_euro(self) -> int | None:
        """The tax in euro cents, where it must be told (BT-111)."""
        return sum(one.euro for one in self.exchange) if self.exchange else None

    @property
    def services(self) -> tuple[Line, ...]:
        """The lines without those that take advances off."""
        return tuple(line for line in self.lines if line.advance is None)

    @property
    def advances(self) -> tuple[Line, ...]:
        """The lines that take advances off, or on a credit note put them back."""
        return tuple(line for line in self.lines if line.advance is not None)

    @property
    def account(self) -> Account:
        """Where the money goes."""
        return self.seller.account


@value
class Totals:
    """The sums of a document (BG-22): BT-106 and BT-109, BT-110, BT-112, BT-113, BT-115."""

    net: int
    tax: int
    gross: int
    paid: int
    payable: int


@value
class Frame:
    """What the lines of a document share."""

    kind: Kind
    seller: Seller
    buyer: Buyer
    currency: str
    period: Period
    contract: str


def tax_case(seller: Seller, buyer: Buyer) -> TaxCase:
    """The tax case of a sale from the one to the other."""
    with_vat_id = buyer.company and bool(buyer.vat_id)
    return case_of(Sale(buyer.address.country, with_vat_id, seller.small, seller.union_rates))


def vat_between(seller: Seller, buyer: Buyer) -> Vat:
    """How a sale from the one to the other is taxed."""
    return vat_of(tax_case(seller, buyer), buyer.address.country, seller.outside, dict(seller.rates))


def line_net(quantity: int, unit_price_micros: int, currency: str) -> int:
    """Quantity times price in smallest coins, rounded half-up (BT-131)."""
    return to_minor(quantity * unit_price_micros, currency)


def rounding_micros(lines: Iterable[Line], currency: str) -> int:
    """What rounding added to the lines, or took (negative): at most half a smallest coin a line."""
    return sum(to_micros(line.net, currency) - line.quantity * line.unit_price_micros for line in lines)


def break_down(lines: Iterable[Line]) -> tuple[Subtotal, ...]:
    """The tax by category and rate: on the sum of the lines, rounded half-up once each (BR-CO-17)."""
    sums: dict[Vat, int] = {}
    for line in lines:
        sums[line.vat] = sums.get(line.vat, 0) + line.net
    return tuple(Subtotal(vat, net, part(net, vat.rate_basis_points)) for vat, net in sums.items())


def draft(frame: Frame, lines: tuple[Line, ...], *, paid: int = 0) -> Invoice:
    """A document without a number. On a statement nothing is owed."""
    breakdown = break_down(lines)
    if frame.kind is Kind.STATEMENT:
        paid = sum(subtotal.taxable + subtotal.tax for subtotal in breakdown)
    return Invoice(
        frame.kind, frame.currency, frame.buyer.language, frame.seller, frame.buyer,
        tax_case(frame.seller, frame.buyer), lines, breakdown, frame.period, frame.buyer.due_days,
        frame.contract, paid=paid,
    )  # fmt: skip


def numbered(invoice: Invoice, number: str, issued_on: date) -> Invoice:
    """The document with its number and day."""
    return replace(invoice, number=number, issued_on=issued_on)


def is_taxed(invoice: Invoice) -> bool:
    """Whether the document charges tax."""
    return any(subtotal.vat.category is VatCategory.STANDARD for subtotal in invoice.breakdown)


def deducted(invoice: Invoice) -> list[Deducted]:
    """What each advance brings off the net and the tax; all together make what the breakdown has less than the service bears."""
    found: list[Deducted] = []
    for subtotal in invoice.breakdown:
        mine = [line for line in invoice.lines if line.advance is not None and line.vat == subtotal.vat]
        service = sum(line.net for line in invoice.lines if line.advance is None and line.vat == subtotal.vat)
        whole, net, told = part(service, subtotal.vat.rate_basis_points) - subtotal.tax, 0, 0
        for place, line in enumerate(mine, 1):
            assert line.advance is not None
            net -= line.net
            upto = whole if place == len(mine) else part(net, subtotal.vat.rate_basis_points)
            found.append(Deducted(line.advance, -line.net, upto - told))
            told = upto
    return found
