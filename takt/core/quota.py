"""How many calls of the management API are allowed, and how much of that is used (Cloud API, "Management API rate")."""

from datetime import datetime, timedelta
from typing import Final

from takt.core.value import value

CALLS_MAX: Final = 200
CALLS_OF_REGISTERED_MAX: Final = 5000
HOUR: Final = timedelta(hours=1)


@value
class Usage:
    """What an app used of an hour's calls about a node: `used` of `limit`, in the hour that begins at `hour`."""

    used: int
    limit: int
    hour: datetime

    @property
    def exhausted(self) -> bool:
        """Whether this call was one too many."""
        return self.used > self.limit

    @property
    def percent(self) -> int:
        """Whole percent of the limit, as the wire tells it; 100 only when nothing is left."""
        return min(100, self.used * 100 // self.limit)

    def wait_s(self, now: datetime) -> int:
        """Whole seconds until the next hour begins, at least 1."""
        return max(1, -int((now - self.hour - HOUR).total_seconds() // 1))


def limit_of(*, registered: bool) -> int:
    """Calls in an hour of one app about a company, which may have a registered number or not."""
    return CALLS_OF_REGISTERED_MAX if registered else CALLS_MAX


def hour_of(now: datetime) -> datetime:
    """When the hour of this instant began."""
    return now.replace(minute=0, second=0, microsecond=0)
