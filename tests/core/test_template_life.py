"""The life of a template as a machine: whatever happens in whatever order, what must hold holds."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from takt.core.facts import Facts
from takt.core.policy import RULES
from takt.core.template_life import (
    EDITS_MAX,
    MOVES,
    PAUSES,
    SENDABLE,
    STATUSES,
    Life,
    appeal_until,
    disputed,
    edit_room,
    move,
    pause_title,
)

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


class TemplateMachine(RuleBasedStateMachine):
    """One template; companies, operators and the clock do to it what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.life = Life("PENDING", "utility", START)
        self.was: list[str] = []

    @rule(name=st.sampled_from(sorted(set(MOVES) - {"edit", "resume", "halt"})))
    def act(self, name: str) -> None:
        self._move(name)

    @rule()
    def edit(self) -> None:
        if edit_room(self.life, self.now) is None:
            self._move("edit")

    @rule(hours=st.integers(1, 200))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.life.status == "PAUSED")
    @rule()
    def resume(self) -> None:
        due = self.life.due_at()
        if due is not None:
            assert due - self.now <= PAUSES[-1]
            self.now = max(self.now, due)
        self._move("resume")
        assert self.life.status == "APPROVED"

    def _move(self, name: str) -> None:
        before, moved = self.life, move(self.life, name, self.now)
        allowed = before.status in MOVES[name]
        assert (moved is not None) == allowed
        if moved is not None:
            self.was.append(before.status)
            self.life = moved

    @invariant()
    def the_status_is_one_of_ours(self) -> None:
        assert self.life.status in STATUSES

    @invariant()
    def what_may_be_sent_was_approved(self) -> None:
        assert self.life.status not in SENDABLE or self.life.approved_at is not None

    @invariant()
    def what_is_deleted_stays_so(self) -> None:
        assert "DELETED" not in self.was
        assert "PENDING_DELETION" not in self.was or self.life.status == "DELETED"

    @invariant()
    def what_was_once_approved_is_deleted_late(self) -> None:
        if self.life.status == "DELETED" and self.life.approved_at is not None:
            assert self.was[-1] == "PENDING_DELETION"

    @invariant()
    def a_pause_by_quality_ends(self) -> None:
        if self.life.status == "PAUSED":
            assert self.life.due_at() is not None

    @invariant()
    def edits_of_approved_ones_are_counted(self) -> None:
        recent = [at for at in self.life.edited if at > self.now - timedelta(days=30)]
        assert len(recent) <= EDITS_MAX
        assert all(b - a >= timedelta(hours=24) for a, b in itertools.pairwise(recent))

    @invariant()
    def nothing_is_due_for_what_is_settled(self) -> None:
        assert self.life.status not in ("DELETED", "REJECTED", "DISABLED", "APPROVED") or self.life.due_at() is None


TestTemplateMachine = TemplateMachine.TestCase
TestTemplateMachine.settings = settings(max_examples=60, stateful_step_count=40)


def test_pauses_grow_until_the_third_disables() -> None:
    life = Life("APPROVED", "marketing", START, approved_at=START)
    told = []
    for _ in range(3):
        paused = move(life, "pause", START)
        assert paused is not None
        told.append((paused.status, pause_title(paused), paused.paused_until))
        life = move(paused, "resume", START) or paused
    assert told == [
        ("PAUSED", "FIRST_PAUSE", START + timedelta(hours=3)),
        ("PAUSED", "SECOND_PAUSE", START + timedelta(hours=6)),
        ("DISABLED", "DISABLED", None),
    ]


def test_what_is_halted_waits_for_its_company() -> None:
    halted = move(Life("APPROVED", "marketing", START, approved_at=START), "halt", START)
    assert halted is not None
    assert (halted.status, halted.due_at(), halted.pauses) == ("PAUSED", None, 0)


def test_a_locked_template_waits_for_a_person_and_a_lost_objection_disables_it() -> None:
    locked = move(Life("APPROVED", "marketing", START, approved_at=START, pauses=2), "lock", START)
    assert locked is not None
    assert (locked.status, locked.pauses, locked.due_at(), appeal_until(locked)) == (
        "LOCKED", 3, None, START + timedelta(days=14),
    )  # fmt: skip
    assert not any(move(locked, name, START) for name in ("edit", "resume", "pause", "archive", "delete"))
    assert (move(locked, "reinstate", START) or locked).status == "APPROVED"
    assert (move(locked, "disable", START) or locked).status == "DISABLED"
    appealed = move(locked, "appeal", START) or locked
    assert (appealed.status, (move(appealed, "reject", START) or locked).status) == ("IN_APPEAL", "DISABLED")


def test_what_exceeds_the_limit_comes_back_as_it_was() -> None:
    flagged = Life("FLAGGED", "marketing", START, approved_at=START)
    exceeding = move(flagged, "exceed", START) or flagged
    assert (exceeding.status, (move(exceeding, "readmit", START) or flagged).status) == ("LIMIT_EXCEEDED", "FLAGGED")


@pytest.mark.parametrize(
    ("life", "declared"),
    [
        (Life("APPROVED", "marketing", START), None),
        (Life("APPROVED", "marketing", START, previous_category="utility", correct_category="marketing"), "utility"),
        (Life("PAUSED", "utility", START, correct_category="marketing", category_at=START), "utility"),
        (Life("FLAGGED", "utility", START, correct_category="utility"), None),
        (Life("PENDING", "utility", START, correct_category="marketing", category_at=START), None),
    ],
)
def test_a_category_is_appealed_where_it_is_not_the_declared_one(life: Life, declared: str | None) -> None:
    appealed = move(life, "appeal", START)
    assert (appealed is not None) == (declared is not None)
    if appealed is not None:
        assert disputed(appealed) == declared
        granted = move(appealed, "approve", START)
        assert granted is not None
        assert (granted.status, granted.category, granted.category_at) == ("APPROVED", declared, None)
        assert move(granted, "appeal", START) is None
        lost = move(appealed, "reject", START)
        assert lost is not None
        assert (lost.status, lost.category) == (life.status, life.category)


@pytest.mark.parametrize("status", ["REJECTED", "DISABLED"])
def test_an_appeal_that_is_lost_leads_back(status: str) -> None:
    appealed = move(Life(status, "utility", START), "appeal", START)
    assert appealed is not None
    lost = move(appealed, "reject", START)
    assert lost is not None
    assert lost.status == status


def test_an_archived_template_comes_back_as_it_was() -> None:
    paused = move(Life("APPROVED", "marketing", START, approved_at=START), "pause", START)
    assert paused is not None
    archived = move(paused, "archive", START)
    assert archived is not None
    assert archived.due_at() == START + timedelta(days=28)
    assert (move(archived, "unarchive", START) or archived).status == "PAUSED"


def test_what_may_be_sent_is_what_the_policy_lets_through() -> None:
    facts = Facts(
        sender_status="live", sender_kind="outreach", business_stage="live", unanswered_max=5, throughput_per_s=80, parts=1,
        recipient_known=True, is_template=True, category="utility", currency="EUR",
    )  # fmt: skip
    rule = next(one for one in RULES if one.name == "window_or_template")
    assert {one for one in STATUSES if rule.check(replace(facts, template_status=one), START) is None} == SENDABLE
