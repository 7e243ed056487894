"""How long a message may wait, and how a crowd that waits for one slot is spread over it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from takt.core.waiting import Waiting, Wish, due_at

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
IDS = st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number))


def test_none_waits_beyond_its_life_or_the_policy() -> None:
    wish = Wish(UUID(int=0), NOW, NOW + 10 * HOUR)
    assert due_at(Waiting(), wish, NOW + 9 * HOUR, 5 * HOUR) == NOW + 9 * HOUR
    assert due_at(Waiting(), wish, NOW + 10 * HOUR, 5 * HOUR) is None
    assert due_at(Waiting(wait_h=9), wish, NOW + 9 * HOUR, 5 * HOUR) is None
    assert due_at(Waiting(wait_h=0), wish, NOW, 5 * HOUR) is None


@given(IDS, st.integers(0, 240), st.integers(0, 600), st.integers(1, 99))
def test_it_is_due_within_the_slot_the_spread_and_its_life(
    message_id: UUID, spread_min: int, span_min: int, life_h: int
) -> None:
    slot, span = NOW + HOUR, timedelta(minutes=span_min)
    due = due_at(Waiting(99, spread_min), Wish(message_id, NOW, NOW + life_h * HOUR), slot, span)
    if life_h == 1:
        assert due is None
        return
    assert due is not None
    assert slot <= due < NOW + life_h * HOUR
    assert due - slot <= min(timedelta(minutes=spread_min), span)
    assert due == slot or due < slot + span


def test_a_crowd_is_spread_evenly() -> None:
    dues = [
        due_at(Waiting(), Wish(UUID(int=(n * 0x9E3779B97F4A7C15) % 2**128), NOW, NOW + 99 * HOUR), NOW, HOUR)
        for n in range(3000)
    ]
    minutes = [int((due - NOW).total_seconds() // 300) for due in dues if due is not None]
    assert all(400 < minutes.count(slot) < 600 for slot in range(6))
