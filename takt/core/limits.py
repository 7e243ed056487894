"""Rates as one instant each: the generic cell rate algorithm (ITU-T I.371).

The state is the theoretical arrival time (`tat`) of the next message if all came evenly spaced. A message is in
time when it does not come earlier than the burst allows; taking it moves the instant on by one interval.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from takt.core.value import value


@value
class Rate:
    """A lasting rate of one per `interval`, with up to `burst` at once borrowed from the future."""

    interval: timedelta
    burst: int

    def next_at(self, tat: datetime | None, now: datetime) -> datetime:
        """The earliest instant at which one more is in time."""
        if tat is None:
            return now
        return max(now, tat - self.interval * (self.burst - 1))

    @property
    def ahead_max(self) -> timedelta:
        """How far ahead of the present the state may come: a whole burst taken at once."""
        return self.interval * self.burst

    def take(self, tat: datetime | None, now: datetime) -> datetime:
        """The state after one more; the caller has seen that it is in time."""
        return (now if tat is None or tat < now else tat) + self.interval


# Cloud API, "pair rate": one message in six seconds to the same person, up to 45 at once.
PAIR_RATE = Rate(interval=timedelta(seconds=6), burst=45)


@lru_cache(maxsize=256)
def throughput(per_s: int, parts: int) -> Rate:
    """A sender's messages per second, shared out over the parts; a burst of one second's worth is let through."""
    share = max(1, -(-per_s // parts))
    return Rate(interval=timedelta(seconds=1) / share, burst=per_s)
