"""The service window: opened by each message of a person, 24 hours long (Cloud API, customer service window)."""

from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)


def opened(now: datetime) -> datetime:
    """When the window closes that a message written `now` (UTC) opens."""
    return now + WINDOW


def is_open(window_until: datetime | None, now: datetime) -> bool:
    """Whether free-form messages may go out at `now`; the closing instant itself is already closed."""
    return window_until is not None and now < window_until
