"""Back-off: it grows, never stays within half of what it should be, keeps its cap, and ends after seven days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.retry import DELAY_S_MAX, FIRST_DELAY_S, LIFE, Outcome, is_over, next_at

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REFUSED = Outcome(500, 0.1)

fractions = st.floats(0, 1, exclude_max=True)
failures = st.integers(1, 10_000)


def pause_s(outcome: Outcome, count: int, fraction: float) -> float:
    return (next_at(outcome, count, NOW, fraction) - NOW).total_seconds()


@given(failures, fractions)
def test_a_pause_lies_between_half_and_the_whole_of_its_step(count: int, fraction: float) -> None:
    whole = min(DELAY_S_MAX, FIRST_DELAY_S * 2 ** min(count - 1, 30))
    assert whole / 2 - 1e-6 <= pause_s(REFUSED, count, fraction) <= whole


@given(failures, fractions)
def test_pauses_never_shrink_with_more_failures(count: int, fraction: float) -> None:
    assert pause_s(REFUSED, count, fraction) <= pause_s(REFUSED, count + 1, fraction)


@given(failures, fractions, st.floats(-1e9, 1e9))
def test_what_the_receiver_asks_for_is_respected_up_to_an_hour(count: int, fraction: float, asked_s: float) -> None:
    pause = pause_s(Outcome(429, 0.1, retry_after_s=asked_s), count, fraction)
    assert pause >= min(asked_s, 3600) - 1e-6
    assert pause <= max(3600, pause_s(REFUSED, count, fraction))


def test_pauses_double_from_two_seconds_up_to_an_hour() -> None:
    assert [round(pause_s(REFUSED, count, 0.99999)) for count in (1, 2, 3, 11, 12, 20)] == [2, 4, 8, 2048, 3600, 3600]


@pytest.mark.parametrize(
    ("age", "over"), [(timedelta(0), False), (LIFE - timedelta(seconds=1), False), (LIFE, True), (LIFE * 2, True)]
)
def test_an_event_is_given_up_after_seven_days(age: timedelta, *, over: bool) -> None:
    assert is_over(NOW - age, NOW) is over


@pytest.mark.parametrize(("status", "taken"), [(200, True), (201, False), (204, False), (302, False), (None, False)])
def test_only_status_200_counts(status: int | None, *, taken: bool) -> None:
    assert Outcome(status, 0.1).taken is taken
