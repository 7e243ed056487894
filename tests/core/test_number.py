"""What may be tried how often with a number, which usernames are well formed, and codes that tell their slot."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.ids import SLOTS
from takt.core.link import TAIL_CHARS, link_code, slot_of_code
from takt.core.number import REGISTRATIONS_MAX, Act, Fault, Refused, refused_by_count, username_fault

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPAN = timedelta(hours=72)


def test_the_oldest_of_too_many_acts_says_when_it_is_free_again() -> None:
    instants = [NOW - timedelta(hours=hour) for hour in range(REGISTRATIONS_MAX)]
    refused = refused_by_count(Act.REGISTRATION, instants, NOW)
    assert refused == Refused(Fault.REGISTRATIONS_TOO_MANY, instants[-1] + SPAN)
    assert refused_by_count(Act.REGISTRATION, instants[1:], NOW) is None
    assert refused_by_count(Act.REGISTRATION, instants, instants[-1] + SPAN) is None


@given(st.lists(st.integers(-400, 0), max_size=30))
def test_at_the_told_instant_it_is_free_and_a_moment_before_it_is_not(hours: list[int]) -> None:
    instants = [NOW + timedelta(hours=hour) for hour in hours]
    refused = refused_by_count(Act.REGISTRATION, instants, NOW)
    if refused is not None:
        assert refused.next_at is not None
        assert refused.next_at > NOW
        assert refused_by_count(Act.REGISTRATION, instants, refused.next_at) is None
        assert refused_by_count(Act.REGISTRATION, instants, refused.next_at - timedelta(seconds=1)) is not None


@pytest.mark.parametrize("name", ["nordwind", "a_b", "n.w_1", "abc", "x" * 35, "de_nord", "nord.windy"])
def test_usernames(name: str) -> None:
    assert username_fault(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "ab",
        "x" * 36,
        "Nordwind",
        "nord wind",
        ".nord",
        "nord.",
        "nord..wind",
        "12345",
        "wwwnord",
        "nord.de",
        "nörd",
        "___",
    ],
)
def test_names_that_are_no_usernames(name: str) -> None:
    assert username_fault(name) is not None


@given(st.integers(0, SLOTS - 1), st.text("abcXYZ019", min_size=TAIL_CHARS, max_size=TAIL_CHARS))
def test_a_code_tells_its_slot(slot: int, tail: str) -> None:
    assert slot_of_code(link_code(slot, tail)) == slot


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_none(text: str) -> None:
    slot = slot_of_code(text)
    assert slot is None or 0 <= slot < SLOTS


def test_a_slot_beyond_the_last_is_none_of_ours() -> None:
    assert slot_of_code("ZZZ" + "A" * TAIL_CHARS) is None
