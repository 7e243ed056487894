"""Statuses go one way; previews are one line."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from takt.core.content import PREVIEW_CHARS
from takt.core.message import Status, advance, before, preview

FORWARD = {
    (Status.WAITING, Status.ACCEPTED),
    (Status.WAITING, Status.FAILED),
    (Status.ACCEPTED, Status.DELIVERED),
    (Status.ACCEPTED, Status.READ),
    (Status.ACCEPTED, Status.FAILED),
    (Status.DELIVERED, Status.READ),
    (Status.FAILED, Status.DELIVERED),
    (Status.FAILED, Status.READ),
}


@pytest.mark.parametrize(("old", "reported"), list(product(Status, Status)))
def test_a_status_moves_forward_or_not_at_all(old: Status, reported: Status) -> None:
    """The whole table: every other report repeats, steps back, or comes after the end."""
    assert advance(old, reported) == (reported if (old, reported) in FORWARD else None)


@pytest.mark.parametrize("reported", Status)
def test_the_list_for_a_setwise_update_says_the_same_as_the_table(reported: Status) -> None:
    """`before` is used in SQL where `advance` is used in memory."""
    assert set(before(reported)) == {str(old) for old in Status if advance(old, reported) is not None}


class Receipts(RuleBasedStateMachine):
    """Reports of statuses in any order, repeated, late and contradictory."""

    def __init__(self) -> None:
        super().__init__()
        self.status = Status.ACCEPTED
        self.changes: list[Status] = []

    @rule(reported=st.sampled_from(Status))
    def report(self, reported: Status) -> None:
        """One report arrives."""
        changed = advance(self.status, reported)
        if changed is not None:
            self.status = changed
            self.changes.append(changed)

    @invariant()
    def one_way(self) -> None:
        """Each status is reached at most once; a failure is followed by a late receipt alone."""
        assert len(self.changes) == len(set(self.changes))
        assert self.changes in (
            [],
            [Status.DELIVERED],
            [Status.DELIVERED, Status.READ],
            [Status.READ],
            [Status.FAILED],
            [Status.FAILED, Status.DELIVERED],
            [Status.FAILED, Status.DELIVERED, Status.READ],
            [Status.FAILED, Status.READ],
        )


TestReceipts = Receipts.TestCase


@given(st.text())
def test_a_preview_is_one_line_of_at_most_120_characters(text: str) -> None:
    """Nothing in a text breaks a list."""
    line = preview(text)
    assert len(line) <= PREVIEW_CHARS
    assert line.split() == line.split(" ") or line == ""
    assert line.endswith("…") or line == " ".join(text.split())


def test_only_what_is_too_long_is_cut() -> None:
    """120 characters stay, 121 become 119 and an ellipsis."""
    assert preview("x" * 120) == "x" * 120
    assert preview("x" * 121) == "x" * 119 + "…"
