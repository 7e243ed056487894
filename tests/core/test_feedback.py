"""What an act of a person counts, and where its message belongs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.feedback import (
    BRIGADE_FREE,
    FAVOUR,
    FULL,
    HARM,
    LEAST,
    SLOT,
    Crowd,
    Voter,
    capped,
    harm_of,
    slot_of_time,
    vote,
)

NOW = datetime(2026, 11, 22, 12, 14, 59, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("chats", "blocked", "weight"),
    [(1, 1, FULL), (3, 3, FULL), (8, 4, FULL), (7, 4, 750), (12, 12, 250), (90, 90, LEAST)],
)
def test_who_blocks_everyone_counts_less(chats: int, blocked: int, weight: int) -> None:
    assert vote(Voter(NOW, chats, blocked)) == weight


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_vote_always_counts_something_and_never_more_than_one(chats: int, blocked: int) -> None:
    assert LEAST <= vote(Voter(NOW, chats, blocked)) <= FULL


def test_of_new_accounts_only_so_many_count_as_others_agree() -> None:
    assert capped(FULL, Crowd(BRIGADE_FREE - 1, 0), newcomer=True) == FULL
    assert capped(FULL, Crowd(BRIGADE_FREE, 0), newcomer=True) == 0
    assert capped(FULL, Crowd(BRIGADE_FREE, 1), newcomer=True) == FULL
    assert capped(FULL, Crowd(900, 0), newcomer=False) == FULL
    assert Voter(NOW - timedelta(days=6), 1, 1).is_newcomer(NOW)
    assert not Voter(NOW - timedelta(days=7), 1, 1).is_newcomer(NOW)


def test_a_report_weighs_as_much_as_five_blocks() -> None:
    assert harm_of("report", FULL) == 5 * harm_of("block", FULL)
    assert harm_of("mute", 500) == 150
    assert all(harm_of(kind, FULL) == 0 for kind in FAVOUR)
    assert not FAVOUR & set(HARM)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)))
def test_every_instant_lies_in_its_slot(at: datetime) -> None:
    slot = slot_of_time(at)
    assert slot <= at < slot + SLOT
    assert slot_of_time(slot) == slot
