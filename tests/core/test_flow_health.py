"""How badly an endpoint may do before its flow is held back or blocked, and when its company is told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.flow_health import WINDOW, Alert, Count, Kind, News, status_after, turned, window_of

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fold(*took: int | None, failed: int = 0) -> Count:
    """A window with these answers, of which the first so many failed."""
    count = Count()
    for place, one in enumerate(took):
        count = count.after(failed=place < failed, took_ms=one)
    return count


def news(known: Mapping[Kind, Alert], count: Count, at: datetime = AT) -> list[News]:
    return [new for new, _ in turned(known, count, at)]


@pytest.mark.parametrize(
    ("exchanges", "failures", "status", "threshold"),
    [
        (19, 19, "PUBLISHED", None),
        (20, 0, "PUBLISHED", None),
        (20, 1, "PUBLISHED", 5),
        (41, 2, "PUBLISHED", None),
        (20, 2, "THROTTLED", 10),
        (20, 10, "BLOCKED", 50),
        (40, 4, "THROTTLED", 10),
    ],
)
def test_errors_have_consequences(exchanges: int, failures: int, status: str, threshold: int | None) -> None:
    count = Count(exchanges, failures)
    assert status_after("PUBLISHED", count) == status
    assert news({}, count) == ([] if threshold is None else [News("errors", threshold, reached=True)])


@pytest.mark.parametrize(
    ("slow_ms", "slow", "threshold"),
    [(1000, 20, None), (1001, 2, None), (1001, 3, 1000), (5001, 3, 5000), (9999, 20, 7000), (60_000, 20, 7000)],
)
def test_a_slow_endpoint_is_told_of_by_nine_answers_in_ten(slow_ms: int, slow: int, threshold: int | None) -> None:
    count = fold(*[slow_ms] * slow, *[20] * (20 - slow))
    assert news({}, count) == ([] if threshold is None else [News("latency", threshold, reached=True)])


@pytest.mark.parametrize(("silent", "told"), [(0, 0), (2, 0), (3, 1), (20, 1)])
def test_an_endpoint_that_does_not_answer_is_told_of(silent: int, told: int) -> None:
    found = news({}, fold(*[None] * silent, *[20] * (20 - silent)))
    assert found == [News("availability", 90, reached=True)] * told


def test_it_gets_worse_at_once_and_better_in_a_later_window() -> None:
    known: Mapping[Kind, Alert] = {"errors": Alert("errors", 10, AT)}
    assert news(known, Count(20, 2)) == []
    assert news(known, Count(20, 10)) == [News("errors", 50, reached=True)]
    assert news(known, Count(20, 0)) == []
    assert list(turned(known, Count(20, 0), AT + WINDOW)) == [(News("errors", 10, reached=False), None)]
    later = AT + WINDOW
    assert list(turned(known, Count(20, 1), later)) == [(News("errors", 10, reached=False), Alert("errors", 5, later))]
    assert news(known, Count(19, 0), later) == []


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=60), st.integers(1, 100))
def test_latencies_are_right_to_a_tenth_of_a_second(took: list[int], percent: int) -> None:
    found = fold(*took).latency_ms(percent)
    exact = sorted(took)[-(-percent * len(took) // 100) - 1]
    assert found is not None
    assert found - 100 < max(min(exact, 10_001), 1) <= found
    assert fold(None).latency_ms(percent) is None


@given(st.lists(st.tuples(st.booleans(), st.none() | st.integers(0, 11_000)), max_size=60))
def test_nothing_is_lost_in_counting(said: list[tuple[bool, int | None]]) -> None:
    count = Count()
    for failed, took in said:
        count = count.after(failed=failed, took_ms=took)
    assert count.exchanges == len(said) == count.unreached + sum(count.tempo)
    assert count.failures == sum(failed for failed, _ in said)
    assert replace(count, tempo=()) == Count(len(said), count.failures, sum(took is None for _, took in said))


def test_a_flow_that_was_held_back_recovers() -> None:
    assert status_after("THROTTLED", Count(19, 0)) == "THROTTLED"
    assert status_after("THROTTLED", Count(20, 0)) == "PUBLISHED"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_windows_begin_every_half_hour(now: datetime) -> None:
    began = window_of(now)
    assert began <= now
    assert now - began < timedelta(minutes=30)
    assert (began.minute % 30, began.second, began.microsecond) == (0, 0, 0)
