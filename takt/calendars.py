"""Where people's clocks and calendars come from: zones of telephone numbers, and public holidays of countries.

Tables of libraries, asked once and kept: nothing here waits for anybody. `warm` loads them before the first message asks.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import phonenumbers
from babel.core import get_global
from phonenumbers import timezone
from phonenumbers.tzdata import TIMEZONE_LONGEST_PREFIX

from takt.core.quiet_time import Place

KEPT_MAX: Final = 65_536
_USUAL: Final = "Europe/Berlin"
_NO_DAYS: Final[frozenset[date]] = frozenset()


def place_of(wa_id: str, country: str, own_zone: str | None, now: datetime) -> Place:
    """Where the person with this number is: by their own setting, else by the number, else by its country."""
    return Place(_zones(wa_id[:TIMEZONE_LONGEST_PREFIX], country, own_zone, now.date()), _holidays_of(country))


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of this name, such as Europe/Berlin; None when there is none."""
    if name not in _names():
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def warm() -> None:
    """Load what takes a second, before somebody waits for it."""
    _days("DE", 2026)
    _names()


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=KEPT_MAX)
def _zones(prefix: str, country: str, own_zone: str | None, day: date) -> tuple[tzinfo, ...]:
    if own_zone is not None and (own := zone_named(own_zone)) is not None:
        return (own,)
    found = [zone for name in _names_of(prefix, country) if (zone := zone_named(name)) is not None]
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - the zones are asked about it in turn

    def ahead(zone: tzinfo) -> timedelta:
        return zone.utcoffset(noon) or timedelta(0)

    west, east = min(found, key=ahead), max(found, key=ahead)
    return (west,) if ahead(west) == ahead(east) else (west, east)


def _names_of(prefix: str, country: str) -> list[str]:
    """The zones a number may lie in: of all that its first digits leave open, those of its country."""
    code, rest = _split(prefix)
    numbers = timezone.time_zones_for_geographical_number(phonenumbers.PhoneNumber(code, rest))
    at_home = {name for name in get_global("territory_zones").get(country, ()) if not name.startswith("Etc/")}
    known = [name for name in numbers if name in _names()]
    if len(known) > 1 and at_home:
        known = [name for name in known if name in at_home] or sorted(at_home)
    return known or sorted(at_home) or [_USUAL]


def _split(prefix: str) -> tuple[int, int]:
    """A number's beginning as the library takes it: country calling code, and what follows."""
    for length in (1, 2, 3):
        code, rest = prefix[:length], prefix[length:]
        if int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return int(code), int(rest or 0)
    return 0, 0


@lru_cache(maxsize=512)
def _holidays_of(country: str) -> Callable[[date], bool]:
    return partial(_is_holiday, country)


def _is_holiday(country: str, day: date) -> bool:
    return day in _days(country, day.year)


@lru_cache(maxsize=2048)
def _days(country: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - takes a second, and who asks about no holiday need not wait for it

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return _NO_DAYS
