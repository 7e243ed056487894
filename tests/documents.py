"""Parties, lines and documents for tests: chosen ones by name, and random ones by a seed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from takt.core.advances import Advance, taken_off
from takt.core.crediting import credit
from takt.core.currency import exponent
from takt.core.exchange import EURO, Rate, converted
from takt.core.invoice import (
    Debit,
    Frame,
    Invoice,
    Kind,
    Line,
    Period,
    Reference,
    draft,
    line_net,
    numbered,
    vat_between,
)
from takt.core.party import Buyer, Seller
from takt.core.tax import TaxCase, VatCategory
from takt.wire.parties import parse_buyer, parse_seller

JULY: Final = Period(date(2026, 7, 1), date(2026, 7, 31))
JUNE: Final = Period(date(2026, 6, 1), date(2026, 6, 30))
PER_EURO: Final = {"JPY": 163_150_000, "USD": 1_081_200, "CHF": 935_400, "GBP": 841_230}
"""Millionths of a currency for a euro."""
ISSUED: Final = date(2026, 8, 4)

SELLER: Final[Mapping[str, Any]] = {
    "name": "Hafenpost Betriebs GmbH",
    "address": {"street": "Am Sandtorkai 5", "postcode": "20457", "city": "Hamburg", "country": "DE"},
    "contact": "Olga Brandt",
    "phone": "+49 40 1234567",
    "email": "rechnung@hafenpost.example",
    "account": {"iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX", "bank": "Musterbank Hamburg"},
    "vat_id": "DE136695976",
    "tax_number": "27/123/45678",
    "register": "HRB 123456",
    "managers": "Olga Brandt, Piet Claasen",
    "website": "hafenpost.example",
    "creditor_id": "DE98ZZZ09999999999",
}
BUYERS: Final[Mapping[TaxCase, Mapping[str, Any]]] = {
    TaxCase.DOMESTIC: {
        "name": "Nordwind Outdoor GmbH",
        "address": {"street": "Deichstraße 12", "postcode": "24103", "city": "Kiel", "country": "DE"},
        "email": "buchhaltung@nordwind.example",
        "vat_id": "DE123456788",
        "reference": "04011000-12345-34",
        "contact": "Frida Holm",
    },
    TaxCase.REVERSE_CHARGE: {
        "name": "Brasserie Étoile S.A.",
        "address": {"street": "12, rue de la Loi", "postcode": "1000", "city": "Bruxelles", "country": "BE"},
        "email": "compta@etoile.example",
        "vat_id": "BE0403019261",
        "language": "en",
    },
    TaxCase.CONSUMER_HOME: {
        "name": "Łucja Żółć",
        "address": {"street": "ul. Długa 7", "postcode": "00-238", "city": "Warszawa", "country": "PL"},
        "email": "lucja@poczta.example",
        "company": False,
        "language": "en",
    },
    TaxCase.CONSUMER_ABROAD: {
        "name": "Ελένη Παπαδοπούλου",
        "address": {"street": "Ερμού 5", "postcode": "105 63", "city": "Αθήνα", "country": "GR"},
        "email": "eleni@tachydromeio.example",
        "company": False,
        "language": "en",
    },
    TaxCase.THIRD_COUNTRY: {
        "name": "Bergbahnen & Söhne AG",
        "address": {"street": "Bahnhofstrasse 1", "postcode": "8001", "city": "Zürich", "country": "CH"},
        "email": "rechnungen@bergbahnen.example",
        "vat_id": "CHE123456788",
    },
    TaxCase.SMALL_OPERATOR: {
        "name": "Bäckerei Kurz",
        "address": {"street": "Marktplatz 3", "postcode": "73728", "city": "Esslingen", "country": "DE"},
        "email": "kurz@baeckerei.example",
    },
}
TEXTS: Final = (
    "Marketing-Nachrichten nach Deutschland",
    "Utility messages to Austria & Switzerland <tier 2>",
    "Authentifizierung, zugestellt",
    "Seat of a support account",
    'Nachtrag aus dem Juni "late"',
)


def seller_for(case: TaxCase, **changes: Any) -> Seller:
    """The operator as this case needs it."""
    standing = {"small": case is TaxCase.SMALL_OPERATOR, "union_rates": case is TaxCase.CONSUMER_ABROAD}
    return parse_seller({**SELLER, **standing, **changes})


def buyer_for(case: TaxCase, **changes: Any) -> Buyer:
    """A customer of this case."""
    return parse_buyer({**BUYERS[case], **changes})


def invoice_for(
    case: TaxCase = TaxCase.DOMESTIC,
    lines: tuple[tuple[int, int], ...] = ((1000, 113_100), (7, 45_600)),
    **changes: Any,
) -> Invoice:
    """An issued invoice with lines of (quantity, price in micro-units)."""
    frame = frame_for(case, **changes)
    return numbered(draft(frame, tuple(line_of(frame, *each) for each in lines)), "RE-2026-000001", ISSUED)


def frame_for(case: TaxCase, kind: Kind = Kind.INVOICE, currency: str = "EUR") -> Frame:
    """What a document of this case begins with."""
    return Frame(kind, seller_for(case), buyer_for(case), currency, JULY, "V-4711")


def line_of(frame: Frame, quantity: int, price: int, text: str = TEXTS[0], unit: str = "C62") -> Line:
    """A line as a document of this frame has it."""
    net = line_net(quantity, price, frame.currency)
    return Line(text, quantity, price, net, vat_between(frame.seller, frame.buyer), frame.period, unit, "de-standard@7")


def random_invoice(seed: int) -> Invoice:
    """An issued document by chance: all cases and kinds, final invoices and carried months among them, and some currencies.

    A third of them are credit notes, some of them over what others gave back a part of before.
    """
    chance = Random(seed)
    case = list(TaxCase)[seed % len(TaxCase)]
    currency = "EUR" if chance.random() < 0.6 else chance.choice(list(PER_EURO))
    kind = chance.choice([Kind.INVOICE, Kind.INVOICE, Kind.INVOICE, Kind.ADVANCE])
    outside = {"outside": "G"} if case is TaxCase.THIRD_COUNTRY and chance.random() < 0.3 else {}
    frame = Frame(kind, seller_for(case, **outside), buyer_for(case), currency, JULY, "V-4711")
    lines = tuple(_random_line(frame, chance) for _ in range(chance.randint(1, 12)))
    if kind is Kind.INVOICE:
        lines += _random_carried(frame, lines, chance)
        lines += taken_off(frame, lines, _random_advances(frame, lines, chance))
    issued_on = ISSUED + timedelta(days=chance.randint(0, 900))
    number = f"RE-2026-{seed % 999_999 + 1:06}"
    made = converted(numbered(draft(frame, lines), number, issued_on), rates_of(currency))
    if chance.random() < 0.3:
        return _random_credit(made, chance)
    return _random_debit(made, chance)


def rates_of(currency: str) -> Mapping[date, Rate]:
    """The average rates of a currency in June and July."""
    if currency == EURO:
        return {}
    months = (JUNE.first, JULY.first)
    return {day: Rate(currency, day, PER_EURO[currency] + 1_000 * day.month, "BMF") for day in months}


def _random_carried(frame: Frame, lines: tuple[Line, ...], chance: Random) -> tuple[Line, ...]:
    """What a month before gave back more than it asked for, but less than this one asks for."""
    price = chance.randint(1, 999_999)
    most = sum(line.net for line in lines) * 10 ** (6 - exponent(frame.currency)) // price
    if most < 1 or chance.random() < 0.7:
        return ()
    return (replace(line_of(frame, -chance.randint(1, min(most, 10_000)), price, TEXTS[4]), period=JUNE),)


def _random_advances(frame: Frame, lines: tuple[Line, ...], chance: Random) -> list[Advance]:
    """Advances of about as much as the service, some of another rate."""
    if chance.random() < 0.4:
        return []
    own, whole = vat_between(frame.seller, frame.buyer), sum(line.net for line in lines)
    older = replace(own, rate_basis_points=1600) if own.category is VatCategory.STANDARD else own
    return [
        Advance(
            Reference(f"AN-2026-{place:06}", date(2026, 5, 1) + timedelta(days=place), Kind.ADVANCE),
            older if chance.random() < 0.2 else own, chance.randint(1, whole + 1),
        )
        for place in range(1, chance.randint(1, 6))
    ]  # fmt: skip


def _random_line(frame: Frame, chance: Random) -> Line:
    quantity = chance.choice([1, chance.randint(1, 100), chance.randint(1, 10_000_000)])
    price = chance.choice([0, chance.randint(1, 999), chance.randint(1000, 999_999), chance.randint(1, 60) * 1_000_000])
    return line_of(frame, quantity, price, chance.choice(TEXTS), chance.choice(["C62", "MON"]))


def _random_credit(invoice: Invoice, chance: Random) -> Invoice:
    """Over a part, over all, or over what a part before left of it."""
    assert invoice.issued_on is not None
    some = {
        place: chance.randint(1, line.quantity)
        for place, line in enumerate(invoice.lines, 1)
        if line.advance is None and line.quantity > 0 and chance.random() < 0.7
    }
    carried = any(line.quantity < 0 for line in invoice.services)
    number = f"RK{invoice.number[2:]}"
    first = numbered(credit(invoice, (), None if carried else some or None), number, invoice.issued_on)
    left = sum(line.quantity for line in invoice.services) - sum(line.quantity for line in first.services)
    if left and chance.random() < 0.5:
        return numbered(credit(invoice, (first,)), number, invoice.issued_on)
    return first


def _random_debit(invoice: Invoice, chance: Random) -> Invoice:
    if invoice.currency != "EUR" or chance.random() < 0.8:
        return invoice
    return replace(invoice, debit=Debit("MD-0007", invoice.seller.creditor_id, "DE02120300000000202051"))
