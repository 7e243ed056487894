"""When to try a webhook again: exponential back-off with jitter, capped at an hour, for seven days in all.

The Cloud API promises exponential back-off for up to seven days (webhook reference, "Delivery semantics"); the steps
in between are ours. Only HTTP 200 counts as taken.
"""

from datetime import datetime, timedelta
from typing import Final

from takt.core.value import value

FIRST_DELAY_S: Final = 2.0
DELAY_S_MAX: Final = 3600.0
RETRY_AFTER_S_MAX: Final = 3600.0
LIFE: Final = timedelta(days=7)

# 2 s doubled so often is far beyond the cap; more would only make a large number.
_DOUBLINGS_MAX: Final = 16


@value
class Outcome:
    """What became of one request to a foreign address.

    `status` is None when no answer came; `error` is then one word for why. `answer` is the first part of its body, as
    bytes. `retry_after_s` is what the receiver asked for.
    """

    status: int | None
    duration_s: float
    answer: bytes = b""
    error: str | None = None
    retry_after_s: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver took what was sent."""
        return self.status == 200


def next_at(outcome: Outcome, failures: int, now: datetime, fraction: float) -> datetime:
    """When an endpoint that failed `failures` times in a row (at least 1) is tried again.

    The pause lies between half and the whole of 2 s, 4 s, 8 s … 1 h; `fraction` (0 up to but not including 1) says
    where. A longer `Retry-After` of the receiver is respected up to an hour.
    """
    assert failures >= 1
    assert 0 <= fraction < 1
    full_s = min(DELAY_S_MAX, FIRST_DELAY_S * float(1 << min(failures - 1, _DOUBLINGS_MAX)))
    pause_s = full_s / 2 * (1 + fraction)
    asked_s = min(max(outcome.retry_after_s or 0.0, 0.0), RETRY_AFTER_S_MAX)
    return now + timedelta(seconds=max(pause_s, asked_s))


def is_over(created_at: datetime, now: datetime) -> bool:
    """Whether an event of that age is given up: seven days after it was made."""
    return now - created_at >= LIFE
