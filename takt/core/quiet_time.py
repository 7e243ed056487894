"""Whether it is a quiet time for somebody now, and when that ends: hours of the law, hours of their own, their clock.

Pure: time zones come as values, public holidays as a question that somebody else answers.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from takt.core.document import MINUTES_A_DAY, show_time
from takt.core.quiet_hours import HOLIDAY, WEEKDAYS, Hours
from takt.core.value import value

ALL_DAY: Final = Hours(0, MINUTES_A_DAY, frozenset())
_DAYS_AHEAD: Final = 14
"""How far ahead a quiet time's end is looked for; no country is silent for so long."""
_ROUNDS: Final = 50
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@value
class OwnQuiet:
    """What a person set: quiet from one minute of the day to another (over midnight if that is earlier).

    `for_all`: it also counts for what is no advertising, but never for codes, which the person is waiting for.
    """

    from_min: int
    to_min: int
    for_all: bool = False

    def covers(self, minute: int) -> bool:
        """Whether a minute of the day is quiet."""
        if self.from_min < self.to_min:
            return self.from_min <= minute < self.to_min
        return minute >= self.from_min or minute < self.to_min


@value
class Place:
    """Where a person is: their zone, or the two outermost where the number tells no more; days that are holidays there."""

    zones: tuple[tzinfo, ...]
    is_holiday: Callable[[date], bool]


@value
class Quiet:
    """It is quiet until then (None: for as long as anybody can say), or it is not; `figure` says it for people.

    `span` is for how long it is not quiet after that, so that what waited may be spread over it.
    """

    now: bool
    figure: str
    until: datetime | None = None
    span: timedelta = timedelta(0)


def look(hours: Hours, own: OwnQuiet | None, place: Place, now: datetime) -> Quiet:
    """Whether `now` (UTC) is quiet for a person under these hours and their own."""
    clocks = [now.astimezone(zone) for zone in place.zones]
    shown = " and ".join(
        f"{_DAYS[local.weekday()]} {local.hour:02}:{local.minute:02} in {local.tzinfo}" for local in clocks
    )
    figure = shown + _terms(hours, own)
    if not any(is_quiet(hours, own, local, place.is_holiday) for local in clocks):
        return Quiet(now=False, figure=figure)
    until = _end(hours, own, place, now)
    if until is None:
        return Quiet(now=True, figure=figure)
    return Quiet(now=True, figure=figure, until=until, span=_span(hours, own, place, until))


def is_quiet(hours: Hours, own: OwnQuiet | None, local: datetime, is_holiday: Callable[[date], bool]) -> bool:
    """Whether this moment of somebody's own clock is quiet."""
    minute = local.hour * 60 + local.minute
    if not hours.from_min <= minute < hours.to_min or (own is not None and own.covers(minute)):
        return True
    days = hours.quiet_days
    return bool(days) and (WEEKDAYS[local.weekday()] in days or (HOLIDAY in days and is_holiday(local.date())))


def _end(hours: Hours, own: OwnQuiet | None, place: Place, now: datetime) -> datetime | None:
    """The first moment after `now` that is quiet in none of the zones."""
    found: datetime | None = now
    for _ in range(_ROUNDS):
        assert found is not None
        quiet = [zone for zone in place.zones if is_quiet(hours, own, found.astimezone(zone), place.is_holiday)]
        if not quiet:
            return found
        found = _end_in(hours, own, quiet[0], place.is_holiday, found)
        if found is None or found > now + timedelta(days=_DAYS_AHEAD):
            return None
    return None


def _end_in(
    hours: Hours, own: OwnQuiet | None, zone: tzinfo, is_holiday: Callable[[date], bool], now: datetime
) -> datetime | None:
    """The first beginning of a time that is not quiet, in one zone."""
    beginnings = _beginnings(hours, own)
    today = now.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD + 1):
        for minute in beginnings:
            at = _instant(today + timedelta(days=ahead), minute, zone)
            if at > now and not is_quiet(hours, own, at.astimezone(zone), is_holiday):
                return at
    return None


def _beginnings(hours: Hours, own: OwnQuiet | None) -> Sequence[int]:
    """The minutes of a day at which a quiet time may end."""
    minutes = {hours.from_min} if own is None else {hours.from_min, own.to_min}
    return sorted(minutes)


def _instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """That minute of somebody's day in UTC; of an hour that comes twice the later one, of a missing one what follows."""
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return max(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _span(hours: Hours, own: OwnQuiet | None, place: Place, start: datetime) -> timedelta:
    ends = [hours.to_min] if own is None else [hours.to_min, own.from_min]
    spans: list[int] = []
    for zone in place.zones:
        local = start.astimezone(zone)
        minute = local.hour * 60 + local.minute
        spans += [end - minute for end in ends if end > minute]
    return timedelta(minutes=min(spans, default=0))


@lru_cache(maxsize=4096)
def _terms(hours: Hours, own: OwnQuiet | None) -> str:
    """What holds, in words."""
    parts = [""]
    if hours != ALL_DAY:
        but = " or ".join(day for day in (*WEEKDAYS, HOLIDAY) if day in hours.quiet_days)
        between = f"allowed {show_time(hours.from_min)}-{show_time(hours.to_min)}"
        parts.append(f"{between} but not on {but}" if but else between)
    if own is not None:
        parts.append(f"own quiet time {show_time(own.from_min)}-{show_time(own.to_min)}")
    return "; ".join(parts)
