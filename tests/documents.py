"""Parties, lines and documents for tests: chosen ones by name, and random ones by a seed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from takt.core.invoice import Debit, Frame, Invoice, Kind, Line, Period, credit, draft, line_net, numbered, vat_between
from takt.core.party import Buyer, Seller
from takt.core.tax import TaxCase
from takt.wire.parties import parse_buyer, parse_seller

JULY: Final = Period(date(2026, 7, 1), date(2026, 7, 31))
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
    """An issued document by chance: all cases, kinds and some currencies; a third of them are credit notes."""
    chance = Random(seed)
    case = list(TaxCase)[seed % len(TaxCase)]
    taxed = case in {TaxCase.DOMESTIC, TaxCase.CONSUMER_HOME, TaxCase.CONSUMER_ABROAD}
    currency = "EUR" if taxed or chance.random() < 0.6 else chance.choice(["JPY", "USD", "CHF", "GBP"])
    kind = chance.choice([Kind.INVOICE, Kind.INVOICE, Kind.ADVANCE])
    frame = frame_for(case, kind, currency)
    lines = [_random_line(frame, chance) for _ in range(chance.randint(1, 12))]
    issued_on = ISSUED + timedelta(days=chance.randint(0, 900))
    made = numbered(draft(frame, tuple(lines)), f"RE-2026-{seed % 999_999 + 1:06}", issued_on)
    if chance.random() < 0.3:
        return _random_credit(made, chance)
    return _random_debit(made, chance)


def _random_line(frame: Frame, chance: Random) -> Line:
    quantity = chance.choice([1, chance.randint(1, 100), chance.randint(1, 10_000_000)])
    price = chance.choice([0, chance.randint(1, 999), chance.randint(1000, 999_999), chance.randint(1, 60) * 1_000_000])
    return line_of(frame, quantity, price, chance.choice(TEXTS), chance.choice(["C62", "MON"]))


def _random_credit(invoice: Invoice, chance: Random) -> Invoice:
    some = {
        place: chance.randint(1, line.quantity) for place, line in enumerate(invoice.lines, 1) if chance.random() < 0.7
    }
    assert invoice.issued_on is not None
    return numbered(credit(invoice, (), some or None), f"RK{invoice.number[2:]}", invoice.issued_on)


def _random_debit(invoice: Invoice, chance: Random) -> Invoice:
    if invoice.currency != "EUR" or chance.random() < 0.8:
        return invoice
    return replace(invoice, debit=Debit("MD-0007", invoice.seller.creditor_id, "DE02120300000000202051"))
