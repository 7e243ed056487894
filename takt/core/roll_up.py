"""Usage: delivered messages as sums that an invoice can be made of without losing a millionth.

Units of one key cost the same each, so that quantity times unit price is exactly what was charged. The key names the
rule and version that priced them, so that every line can be traced to its messages, and the month of their service,
by the clocks of the contract: the local date of delivery, whatever is done to those clocks in between.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from takt.core.value import value

GRACE: Final = timedelta(hours=72)
"""How long after the end of a month its usage is waited for."""


@value
class UsageKey:
    """What units must have in common to be one line. `month` is the first day of the month of service."""

    month: date
    card: str
    version: int
    rule: int
    category: str
    market: str
    tier: str
    unit_price_micros: int


@value
class Cost:
    """Units of a day that cost the same, by the same line of the same card."""

    day: date
    sender_id: str
    template_id: str
    category: str
    market: str
    card: str
    version: int
    rule: int
    tier: str
    unit_price_micros: int
    units: int

    @property
    def micros(self) -> int:
        """What they cost together."""
        return self.units * self.unit_price_micros


def month_of(at: datetime, tz: tzinfo) -> date:
    """The first day of the month in which something happened, on the clocks of a zone."""
    return at.astimezone(tz).date().replace(day=1)


def following(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def preceding(month: date) -> date:
    """The first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def start_of(day: date, tz: tzinfo) -> datetime:
    """The instant at which a day begins on the clocks of a zone, in UTC."""
    return datetime.combine(day, time(), tz).astimezone(UTC)


def cut_off(month: date, tz: tzinfo) -> datetime:
    """The instant from which a month may be closed: its end by the clocks of a zone, and 72 hours of grace."""
    return start_of(following(month), tz) + GRACE


def outstanding(used: Mapping[UsageKey, int], billed: Mapping[UsageKey, int]) -> dict[UsageKey, int]:
    """How many units of each key no document has yet. A unit that came late has the month of its service, as all have.

    Below zero where a document has more than was used, which usage that is only ever added to cannot bring about.
    """
    keys = used.keys() | billed.keys()
    left = {key: used.get(key, 0) - billed.get(key, 0) for key in keys}
    return {key: units for key, units in left.items() if units != 0}


def spent(used: Mapping[UsageKey, int], month: date) -> dict[str, int]:
    """What the messages of a month cost by category, in micro-units."""
    found: dict[str, int] = {}
    for key, units in used.items():
        if key.month == month:
            found[key.category] = found.get(key.category, 0) + units * key.unit_price_micros
    return found
