"""Rates: one instant remembers as much as a list of all earlier messages would."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.limits import PAIR_RATE, Rate, throughput

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Bucket:
    """The naive simulation: a bucket of `burst` tokens that gains one an interval, in exact fractions."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.tokens = Fraction(rate.burst)
        self.at = START

    def take(self, now: datetime) -> bool:
        """Whether a message is let through at `now`, which takes a token."""
        gained = Fraction((now - self.at) // timedelta(microseconds=1), self.rate.interval // timedelta(microseconds=1))
        self.tokens = min(Fraction(self.rate.burst), self.tokens + gained)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def take(rate: Rate, tat: datetime | None, now: datetime) -> tuple[bool, datetime | None]:
    """One message at `now`: whether it is in time, and the state afterwards."""
    if rate.next_at(tat, now) > now:
        return False, tat
    return True, rate.take(tat, now)


GAPS = st.lists(st.timedeltas(min_value=timedelta(0), max_value=20 * SECOND), max_size=60)


@given(st.builds(Rate, st.timedeltas(timedelta(microseconds=1), 10 * SECOND), st.integers(1, 50)), GAPS)
def test_the_rate_decides_as_a_bucket_of_tokens_does(rate: Rate, gaps: list[timedelta]) -> None:
    """Whatever the arrival times, the one instant and the naive simulation never differ."""
    bucket, tat, now = Bucket(rate), None, START
    for gap in gaps:
        now += gap
        passed, tat = take(rate, tat, now)
        assert passed == bucket.take(now)


@given(GAPS)
def test_the_time_it_names_is_the_first_at_which_one_more_passes(gaps: list[timedelta]) -> None:
    """Whoever waits until `next_at` gets through, and an instant earlier would not have."""
    rate, tat, now = Rate(6 * SECOND, 3), None, START
    for gap in gaps:
        now += gap
        _, tat = take(rate, tat, now)
        due = rate.next_at(tat, now)
        assert take(rate, tat, due)[0]
        assert due == now or not take(rate, tat, due - timedelta(microseconds=1))[0]


def test_the_pair_rate_is_45_at_once_then_one_in_six_seconds() -> None:
    """Cloud API, "pair rate"."""
    tat = None
    passed = 0
    for _ in range(100):
        ok, tat = take(PAIR_RATE, tat, START)
        passed += ok
    assert passed == 45
    assert PAIR_RATE.next_at(tat, START) == START + 6 * SECOND


@pytest.mark.parametrize(("per_s", "parts"), [(80, 1), (80, 4), (80, 64), (1, 64), (100_000, 1), (7, 3)])
def test_the_parts_together_last_at_least_at_the_promised_throughput(per_s: int, parts: int) -> None:
    """A sender's rate is shared out over the parts without any part coming to a halt, and rounded in its favour."""
    share = throughput(per_s, parts)
    assert share.burst == per_s
    assert share.interval > timedelta(0)
    per_second = parts * (SECOND / share.interval)
    assert per_s <= round(per_second, 3) < per_s + parts + 1
