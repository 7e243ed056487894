"""The service window opens with a person's message and closes exactly 24 hours later."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.window import is_open, opened

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(0), True),
        (timedelta(hours=24) - timedelta(microseconds=1), True),
        (timedelta(hours=24), False),
        (timedelta(days=300), False),
    ],
)
def test_the_window_is_open_for_24_hours_and_not_an_instant_longer(after: timedelta, *, expected: bool) -> None:
    """The closing instant itself is already closed."""
    assert is_open(opened(NOW), NOW + after) is expected


def test_without_a_message_of_the_person_there_is_no_window() -> None:
    """Who never wrote has opened nothing."""
    assert not is_open(None, NOW)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2)))
def test_each_further_message_opens_it_anew(gap: timedelta) -> None:
    """A later message never closes the window earlier."""
    assert opened(NOW + gap) - opened(NOW) == gap
    assert is_open(opened(NOW + gap), NOW + gap)
