"""Tax in euro on documents in another currency: by the average rate of the month of the service (§ 16 (6) UStG).

The Federal Ministry of Finance tells these rates month by month, as units of a currency for a euro; an advance is of the
month in which it was paid. A credit note takes the rates of what it gives back. Whole coins and millionths, no fractions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from takt.core.currency import exponent, half_up
from takt.core.invoice import Converted, Invoice, Kind, Line, is_taxed
from takt.core.value import value

EURO: Final = "EUR"
MICROS: Final = 1_000_000
_CENTS: Final = 100


@value
class Rate:
    """How many millionths of a currency a euro was in a month, and who says so."""

    currency: str
    month: date
    per_euro_micros: int
    source: str


class RateMissing(Exception):
    """The rate of a month is not known; the text says of which one."""


def is_converted(invoice: Invoice) -> bool:
    """Whether a document must tell its tax in euro."""
    return invoice.kind is not Kind.STATEMENT and invoice.currency != EURO and is_taxed(invoice)


def months_of(lines: Iterable[Line]) -> list[date]:
    """The months that lines are of."""
    return sorted({_month(line) for line in lines})


def in_euro(tax: int, currency: str, per_euro_micros: int) -> int:
    """Smallest coins of a currency as euro cents, rounded half-up."""
    return half_up(tax * _CENTS * MICROS, 10 ** exponent(currency) * per_euro_micros)


def converted(invoice: Invoice, rates: Mapping[date, Rate]) -> Invoice:
    """A document with its tax in euro, if it must tell it. Raises RateMissing."""
    if not is_converted(invoice):
        return invoice
    missing = [month for month in months_of(invoice.services) if month not in rates]
    if missing:
        told = ", ".join(f"{month:%Y-%m}" for month in missing)
        raise RateMissing(f"the average rate of {told} from {invoice.currency} to {EURO} is not known")
    parts = _by_month(invoice.services, invoice.totals.tax)
    return replace(invoice, exchange=tuple(_converted(rates[month], tax) for month, tax in parts.items()))


def converted_back(note: Invoice, original: Invoice, earlier: Sequence[Invoice], *, whole: bool) -> Invoice:
    """A credit note with its tax in euro by the rates of the original; all of them together give back what that told.

    `whole`: nothing is left of the original after it.
    """
    if not original.exchange:
        return note
    parts = _by_month(note.services, note.totals.tax)
    found: list[Converted] = []
    for one in original.exchange:
        if not whole and one.month not in parts:
            continue
        past = [old for each in earlier for old in each.exchange if old.month == one.month]
        gone, told = sum(old.tax for old in past), sum(old.euro for old in past)
        tax = one.tax - gone if whole else parts[one.month]
        euro = one.euro if whole else in_euro(gone + tax, note.currency, one.per_euro_micros)
        found.append(replace(one, tax=tax, euro=euro - told))
    return replace(note, exchange=tuple(found))


def _converted(rate: Rate, tax: int) -> Converted:
    euro = in_euro(tax, rate.currency, rate.per_euro_micros)
    return Converted(rate.month, rate.per_euro_micros, rate.source, tax, euro)


def _by_month(lines: Sequence[Line], tax: int) -> dict[date, int]:
    """A tax shared among the months of the service by what each comes to; all parts together are the tax."""
    months, whole = months_of(lines), sum(line.net for line in lines)
    found: dict[date, int] = {}
    net = told = 0
    for month in months:
        net += sum(line.net for line in lines if _month(line) == month)
        upto = half_up(tax * net * whole, whole * whole) if whole else tax
        found[month], told = upto - told, upto
    return found


def _month(line: Line) -> date:
    return line.period.first.replace(day=1)
