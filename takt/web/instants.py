"""Instants as callers give them in a query."""

from datetime import UTC, datetime, timedelta
from typing import Final

from takt.wire import errors
from takt.wire.errors import Refusal

DAYS_MAX: Final = 31
USUAL: Final = timedelta(days=7)


def read_stretch(since: str | None, until: str | None, now: datetime) -> tuple[datetime, datetime]:
    """From when to when, as given: until now without an end, a week without a beginning, at most `DAYS_MAX` days. Raises a Refusal that names the field."""
    end = read_instant("until", until) or now
    begin = read_instant("since", since) or end - USUAL
    if not timedelta(0) < end - begin <= timedelta(days=DAYS_MAX):
        raise Refusal(errors.bad_value("since", f"must be before until, by at most {DAYS_MAX} days"))
    return begin, end


def read_instant(name: str, given: str | None) -> datetime | None:
    """The instant given under this name, in UTC; None if none is. Raises a Refusal that names it."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1970 < found.year < 9999:
        raise Refusal(errors.bad_value(name, "must be an instant such as 2026-11-24T12:00:00Z"))
    return found.astimezone(UTC)
