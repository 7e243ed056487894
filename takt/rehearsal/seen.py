"""What an installation has seen of its people: enough to make the twin behave as they do, or too little."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from takt.core.caps import WEEK
from takt.core.value import value
from takt.rehearsal.job import Job, Line

TIRED_FROM: Final = 3
"""Whoever had so many messages within the week is tired, as far as this is looked at."""
DELIVERED_LEAST: Final = 5_000
BLOCKS_LEAST: Final = 30
_LEAST_SEEN: Final = 0.5
_CLOSED: Final = frozenset({"marketing_not_granted", "marketing_stopped", "consent_expired", "blocked_by_user"})
"""Who is refused for these was never within reach."""


@value
class Seen:
    """What was seen of people under the policy that applies: deliveries, and what people did about them.

    `people` are those who could be reached; `offered` counts what companies wanted to send them, in so many `weeks`, and
    `spread` is how people differ in that (the standard deviation of its logarithm). Prices are in units of the currency.
    Of the deliveries some came to people who had had `TIRED_FROM` or more within the week: `tired`, and their blocks and
    stops.
    """

    people: int
    weeks: float
    offered: int
    delivered: int
    blocks: int
    stops: int
    leaves: int
    price: float
    spread: float
    tired: int
    tired_blocks: int
    tired_stops: int

    def rate(self, count: int) -> float:
        """How often in a delivery; half a case where there was none, for none is not never."""
        return max(count, _LEAST_SEEN) / max(self.delivered, 1)

    def steepness(self, count: int, of_tired: int) -> float:
        """By how much oftener somebody tired does it than somebody rested, as a logarithm."""
        rested = (count - of_tired + _LEAST_SEEN) / (self.delivered - self.tired + 1.0)
        return math.log((of_tired + _LEAST_SEEN) / (self.tired + 1.0) / rested)


def look(job: Job) -> Seen | None:
    """What the record says of people; None where there is too little of it to tell."""
    lines = [
        one for one in job.lines if one.category == "marketing" and one.at >= job.since and one.reason not in _CLOSED
    ]
    out = [one for one in lines if not one.reason]
    blocks, stops = _acts(job, out, "block", "stop"), _acts(job, out, "stop_all")
    if len(out) < DELIVERED_LEAST or len(blocks) < BLOCKS_LEAST:
        return None
    offered = Counter(one.recipient for one in lines)
    tired = set(_to_the_tired(out))
    weeks = (job.until - job.since) / WEEK
    return Seen(
        len(offered), weeks, len(lines), len(out), len(blocks), len(stops), 0,
        math.fsum(one.price_micros for one in out) / len(out) / 1e6, spread_of(list(offered.values())), len(tired),
        len(tired & blocks), len(tired & stops),
    )  # fmt: skip


def spread_of(offered: list[int]) -> float:
    """How people differ in what they are offered, beyond what chance alone makes of it: a standard deviation of logarithms."""
    mean = sum(offered) / max(len(offered), 1)
    if not mean:
        return 0.0
    beyond = max(0.0, math.fsum((one - mean) ** 2 for one in offered) / len(offered) - mean)
    return math.sqrt(math.log1p(beyond / mean**2))


def _acts(job: Job, out: Iterable[Line], *kinds: str) -> set[str]:
    """The messages after which one of these was done; a stop of one company is a block as far as it goes."""
    return {one.message_id for one in out if not set(kinds).isdisjoint(job.acts.get(one.message_id, ()))}


def _to_the_tired(out: Iterable[Line]) -> Iterable[str]:
    heard: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in out:
        times = heard[one.recipient]
        if sum(at > one.at - WEEK for at in times[-TIRED_FROM:]) >= TIRED_FROM:
            yield one.message_id
        times.append(one.at)
