"""Instants as callers give them in a query."""

from datetime import UTC, datetime

from takt.wire import errors
from takt.wire.errors import Refusal


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
