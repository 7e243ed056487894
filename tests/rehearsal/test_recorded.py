"""Recorded messages under another policy: what went out, later or never is counted anew, message by message."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from takt.core.facts import Facts
from takt.core.tact import parse_policy, render_policy
from takt.rehearsal.job import Job, Line, decode_job, encode
from takt.rehearsal.recorded import replay
from takt.wire.record import encode_facts

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)  # a Tuesday in Berlin
FACTS = Facts(
    "live", "outreach", "live", 5, 80, 1, recipient_known=True, is_template=True, template_status="APPROVED",
    category="marketing", marketing=True, consent_at=NOON - timedelta(days=90), consent_source="messenger",
    price_micros=100_000, available_micros=10**9, currency="EUR",
)  # fmt: skip
OPEN: dict[str, dict[str, Any]] = {
    "caps": {"person_per_day": 50, "person_per_week": 50, "sender_per_day": 50, "sender_per_week": 50},
    "admission": {"mode": "off"},
}
HOURS = {"default": {"from": "00:00", "to": "24:00", "quiet_days": []}}
ANY_TIME = {"quiet_hours": HOURS, "waiting": {"wait_h": 0}}


def line(number: int, at: datetime, sender: str = "s1", facts: Facts = FACTS, **more: Any) -> Line:
    kept = encode_facts(facts)
    return Line(
        str(UUID(int=number)), "r1", "491713920001", "DE", sender, facts.category, at, at + timedelta(days=30), kept, **more
    )  # fmt: skip


def whole(**sections: Any) -> dict[str, Any]:
    return render_policy(parse_policy(sections))


def run(new: dict[str, Any], lines: Sequence[Line], old: dict[str, Any] | None = None) -> dict[str, Any]:
    since = NOON - timedelta(days=7)
    was = whole(**OPEN, **ANY_TIME) if old is None else old
    job = Job(was, new, since, NOON + timedelta(days=7), tuple(lines), names={"s1": "Nordwind"})
    return replay(decode_job(encode(job)))


def test_under_the_same_policy_the_same_becomes_of_them() -> None:
    lines = [line(n, NOON + timedelta(hours=n)) for n in range(5)]
    found = run(whole(**OPEN, **ANY_TIME), lines)
    assert found["now"] == found["then"] == {"out": 5, "later": 0, "refused": 0, "revenue_micros": 500_000}
    assert (found["messages"], found["reasons"]) == (5, [])


def test_a_cap_refuses_what_goes_beyond_it_and_counts_the_money() -> None:
    lines = [line(n, NOON + timedelta(hours=n), "s1" if n % 2 else "s2") for n in range(4)]
    found = run(whole(admission=OPEN["admission"], caps={**OPEN["caps"], "person_per_day": 2}, **ANY_TIME), lines)
    assert found["then"] == {"out": 2, "later": 0, "refused": 2, "revenue_micros": 200_000}
    assert found["reasons"] == [{"reason": "cap_of_person", "now": 0, "then": 2}]
    assert {one["sender"]: one["then"]["refused"] for one in found["senders"]} == {"s1": 1, "s2": 1}
    assert next(one["name"] for one in found["senders"] if one["sender"] == "s1") == "Nordwind"


def test_what_does_not_go_out_makes_room_for_the_next() -> None:
    """Counted anew: a message refused by the cap of its sender does not count for the cap of the person."""
    lines = [line(1, NOON), line(2, NOON + timedelta(hours=1)), line(3, NOON + timedelta(hours=2), "s2")]
    found = run(
        whole(admission=OPEN["admission"], caps={**OPEN["caps"], "sender_per_day": 1, "person_per_day": 2}, **ANY_TIME),
        lines,
    )
    assert (found["then"]["out"], found["reasons"]) == (2, [{"reason": "cap_of_sender", "now": 0, "then": 1}])


def test_a_cap_moves_on_with_the_day() -> None:
    lines = [line(n, NOON + timedelta(hours=12 * n)) for n in range(5)]
    found = run(whole(admission=OPEN["admission"], caps={**OPEN["caps"], "person_per_day": 1}, **ANY_TIME), lines)
    assert found["then"]["out"] == 3


def test_what_was_heard_before_the_time_that_is_looked_at_counts_for_caps_alone() -> None:
    lines = [line(1, NOON - timedelta(days=7, hours=1)), line(2, NOON - timedelta(days=7) + timedelta(hours=1))]
    found = run(whole(admission=OPEN["admission"], caps={**OPEN["caps"], "person_per_day": 1}, **ANY_TIME), lines)
    assert (found["messages"], found["then"]["refused"], found["now"]["out"]) == (1, 1, 1)


def test_in_a_quiet_hour_messages_wait_and_go_out_later() -> None:
    night = line(1, datetime(2026, 11, 24, 22, 30, tzinfo=UTC))
    day = whole(**OPEN, waiting={"wait_h": 24})
    assert run(day, [night])["then"] == {"out": 0, "later": 1, "refused": 0, "revenue_micros": 100_000}
    impatient = whole(**OPEN, waiting={"wait_h": 1})
    found = run(impatient, [night])
    assert found["reasons"] == [{"reason": "quiet_hours", "now": 0, "then": 1}]


def test_how_fast_a_sender_was_when_a_message_had_its_turn_says_nothing_of_when_it_was_handed_in() -> None:
    """The facts of what waited are those of its last verdict, the next morning, among all that went out then."""
    morning = datetime(2026, 11, 25, 7, 0, 30, tzinfo=UTC)
    busy = replace(FACTS, pace_tat=morning, pair_tat=morning)
    night = line(1, datetime(2026, 11, 24, 22, 30, tzinfo=UTC), facts=busy)
    day = whole(**OPEN, waiting={"wait_h": 24})
    found = run(day, [night], day)
    assert found["now"] == found["then"] == {"out": 0, "later": 1, "refused": 0, "revenue_micros": 100_000}


def test_own_quiet_hours_count_with_the_zone_that_the_person_set() -> None:
    """Noon in Berlin is early morning in New York, and this person sleeps until nine."""
    own = line(1, NOON, zone="America/New_York", own=(22 * 60, 9 * 60, True))
    found = run(whole(**OPEN, quiet_hours=HOURS, waiting={"wait_h": 0}), [own], whole(**OPEN, **ANY_TIME))
    assert found["then"]["refused"] == found["now"]["refused"] == 1
    codes = line(2, NOON, facts=replace(FACTS, category="authentication"), own=(0, 23 * 60, True))
    assert run(whole(**OPEN, **ANY_TIME), [codes])["then"]["out"] == 1


def test_a_support_sender_falls_silent_earlier_under_a_stricter_policy() -> None:
    service = replace(
        FACTS, sender_kind="support", category="service", is_template=False, template_status=None, ever_wrote=True,
        window_until=NOON + timedelta(hours=9), unanswered=3, price_micros=0,
    )  # fmt: skip
    found = run(whole(**OPEN, support={"unanswered": 2}), [line(1, NOON, facts=service)])
    assert found["reasons"] == [{"reason": "support_silenced", "now": 0, "then": 1}]


def test_what_was_refused_for_another_reason_stays_so() -> None:
    stopped = line(1, NOON, facts=replace(FACTS, marketing=False))
    found = run(whole(**ANY_TIME, caps={**OPEN["caps"], "person_per_day": 0}), [stopped])
    assert found["reasons"] == [{"reason": "marketing_stopped", "now": 1, "then": 1}]


@pytest.mark.parametrize("cap", [0, 1, 3, 9])
def test_nothing_is_lost_or_doubled(cap: int) -> None:
    lines = [line(n, NOON + timedelta(hours=5 * n), f"s{n % 3}") for n in range(30)]
    found = run(
        whole(admission=OPEN["admission"], caps={**OPEN["caps"], "person_per_day": cap, "sender_per_week": 4}), lines
    )
    for side in ("now", "then"):
        parts = found[side]
        assert parts["out"] + parts["later"] + parts["refused"] == 30
        assert parts["refused"] == sum(one[side] for one in found["reasons"])
        assert parts["revenue_micros"] == 100_000 * (parts["out"] + parts["later"])
