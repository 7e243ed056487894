"""The days on which banks of the euro area settle: all but weekends and the holidays of T2 (TARGET calendar of the ECB)."""

from datetime import date, timedelta
from functools import lru_cache

from takt.core.value import value

_DAY = timedelta(days=1)


@value
class _Moon:
    """Where Easter's full moon stands in a year."""

    golden: int
    epact: int


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Easter Sunday (anonymous Gregorian computus)."""
    century, of_century = divmod(year, 100)
    leap, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = _Moon(year % 19, (19 * (year % 19) + century - leap - correction + 15) % 30)
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - moon.epact - of_century % 4) % 7
    late = (moon.golden + 11 * moon.epact + 22 * weekday) // 451
    month, day = divmod(moon.epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def is_bank_day(day: date) -> bool:
    """Whether banks settle on a day."""
    if day.weekday() >= 5 or (day.month, day.day) in ((1, 1), (5, 1), (12, 25), (12, 26)):
        return False
    return day - easter(day.year) not in (-2 * _DAY, _DAY)


def bank_day_from(day: date) -> date:
    """The day itself, or the next one on which banks settle."""
    while not is_bank_day(day):
        day += _DAY
    return day


def bank_days_after(day: date, count: int) -> date:
    """The day on which banks have settled so many days after a day."""
    for _ in range(count):
        day = bank_day_from(day + _DAY)
    return day
