"""How an endpoint of a flow is doing: counted in windows of half an hour, and what follows when it fails too often.

Rates and windows are those of the Cloud API ("Flow health"): alerts at 5, 10 and 50 per cent.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from takt.core.value import value

WINDOW: Final = timedelta(minutes=30)
KEPT: Final = timedelta(days=1)
EXCHANGES_JUDGED: Final = 20
"""So many exchanges must have been in a window before anything follows from it."""
ALERT_PERCENT: Final = 5
THROTTLE_PERCENT: Final = 10
BLOCK_PERCENT: Final = 50


@value
class Count:
    """The exchanges of one window, and how many of them failed."""

    exchanges: int
    failures: int

    @property
    def percent(self) -> int:
        """How many of a hundred fail."""
        return 100 * self.failures // self.exchanges


def window_of(now: datetime) -> datetime:
    """When the window of this instant began."""
    since = now.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return now - since % WINDOW


def status_after(status: str, count: Count) -> str:
    """The status that a flow in use has after one more exchange."""
    if count.exchanges < EXCHANGES_JUDGED:
        return status
    if count.percent >= BLOCK_PERCENT:
        return "BLOCKED"
    return "THROTTLED" if count.percent >= THROTTLE_PERCENT else "PUBLISHED"


def alert_after(count: Count) -> int | None:
    """The threshold in per cent that this very exchange has crossed upwards."""
    before = Count(count.exchanges - 1, count.failures - 1)
    if count.exchanges < EXCHANGES_JUDGED or count.failures == 0:
        return None
    crossed = [one for one in (ALERT_PERCENT, THROTTLE_PERCENT, BLOCK_PERCENT) if count.percent >= one]
    judged_before = before.exchanges >= EXCHANGES_JUDGED
    new = [one for one in crossed if not judged_before or before.percent < one]
    return max(new, default=None)
