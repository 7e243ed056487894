"""The cold start: before anything is known, a weekly cap for everybody, and some weeks of some people with a wider one."""

from datetime import datetime
from typing import Final

from takt.core.caps import WEEK
from takt.core.value import value

WIDENINGS: Final = (2, 4)


@value
class Cold:
    """One decision: whether the message passes, how many had come, what is allowed this week, how likely it was."""

    passed: bool
    count: int
    allowed: int
    propensity: float
    next_at: datetime | None


def decide(cap: int, lot: float, share: float, heard_at: list[datetime], now: datetime) -> Cold:
    """Decide by what reached the person before (in order) and the week's lot; `share` of all person-weeks are explored."""
    recent = [at for at in heard_at if at > now - WEEK]
    explored = lot < share
    allowed = cap * (WIDENINGS[min(int(lot / share * len(WIDENINGS)), len(WIDENINGS) - 1)] if explored else 1)
    wider = sum(len(recent) < cap * widening for widening in WIDENINGS) / len(WIDENINGS)
    propensity = 1.0 if len(recent) < cap else share * wider
    passed = len(recent) < allowed
    next_at = None if passed or allowed == 0 else recent[-allowed] + WEEK
    return Cold(passed, len(recent), allowed, propensity, next_at)
