"""The ladder of measures: one step at a time, with time to do better, and forgotten after a while."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from takt.core.measures import LADDER, InForce, Step, hardest, next_step

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def step(place: int, state: str = "over", *, ago: timedelta = WEEK) -> Step:
    kind, days = LADDER[place]
    return Step(kind, days, state, NOW - ago - timedelta(days=days or 0), None if days is None else NOW - ago)


def test_each_step_follows_the_one_before_it() -> None:
    assert next_step([], NOW) == ("warning", None)
    for place in range(len(LADDER) - 1):
        past = [step(n, ago=WEEK * (place - n + 1)) for n in range(place + 1)]
        assert next_step(past, NOW) == LADDER[place + 1]


@pytest.mark.parametrize(
    "history",
    [
        [step(0, ago=WEEK - timedelta(seconds=1))],
        [Step("starting", 1, "proposed", NOW - timedelta(days=60))],
        [Step("starting", 3, "in_force", NOW - timedelta(days=9), NOW + timedelta(days=1))],
        [step(0), Step("starting", 1, "dropped", NOW - timedelta(days=6))],
        [Step("lock", None, "in_force", NOW - timedelta(days=40))],
    ],
)
def test_nothing_follows_while_something_is_fresh_waits_or_runs(history: list[Step]) -> None:
    assert next_step(history, NOW) is None


def test_after_ninety_days_the_ladder_begins_anew_and_a_no_of_a_person_takes_no_step() -> None:
    assert next_step([step(0, ago=timedelta(days=90))], NOW) == ("warning", None)
    dropped = Step("starting", 1, "dropped", NOW - timedelta(days=8))
    assert next_step([step(0, ago=timedelta(days=20)), dropped], NOW) == ("starting", 1)


def test_of_several_measures_the_hardest_counts_as_long_as_it_holds() -> None:
    soft = InForce(UUID(int=1), "starting", NOW + WEEK)
    hard = InForce(UUID(int=2), "sending", NOW)
    assert hardest([soft, hard], NOW) == soft
    assert hardest([soft, hard], NOW - timedelta(seconds=1)) == hard
    assert hardest([InForce(UUID(int=3), "lock", None), hard], NOW - WEEK) == InForce(UUID(int=3), "lock", None)
    assert hardest([], NOW) is None
