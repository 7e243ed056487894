"""Caps count what came within a day and a week back, and say when the next one fits."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from takt.core.caps import Caps, heard

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def test_a_day_ends_24_hours_after_the_message() -> None:
    caps = Caps(person_per_day=1, person_per_week=9, sender_per_day=9, sender_per_week=9)
    full = heard(caps, [NOW - DAY + INSTANT], [], NOW)
    assert (full.counts, full.until) == ((1, 1, 0, 0), NOW + INSTANT)
    assert heard(caps, [NOW - DAY], [], NOW).counts == (0, 1, 0, 0)


def test_of_several_full_caps_the_last_to_end_counts() -> None:
    caps = Caps(person_per_day=2, person_per_week=3, sender_per_day=1, sender_per_week=1)
    of_all = [NOW - 6 * DAY, NOW - 5 * HOUR, NOW - HOUR]
    found = heard(caps, of_all, of_all[-1:], NOW)
    assert found.counts == (2, 3, 1, 1)
    assert found.until == NOW - HOUR + 7 * DAY


def test_a_cap_of_none_never_ends() -> None:
    found = heard(Caps(sender_per_day=0), [], [], NOW)
    assert (found.counts, found.caps[2], found.until) == ((0, 0, 0, 0), 0, None)


TIMES = st.lists(st.integers(0, 8 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)), max_size=12).map(
    sorted
)
COUNTS = st.integers(1, 6)


@given(TIMES, TIMES, st.builds(Caps, COUNTS, COUNTS, COUNTS, COUNTS))
def test_when_it_says_so_one_more_fits_and_not_before(of_all: list[datetime], own: list[datetime], caps: Caps) -> None:
    found = heard(caps, of_all, own, NOW)
    full = any(count >= cap for count, cap in zip(found.counts, found.caps, strict=True))
    assert (found.until is not None) == full
    if found.until is None:
        return
    then, before = heard(caps, of_all, own, found.until), heard(caps, of_all, own, found.until - INSTANT)
    assert all(count < cap for count, cap in zip(then.counts, then.caps, strict=True))
    assert any(count >= cap for count, cap in zip(before.counts, before.caps, strict=True))
