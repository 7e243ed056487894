"""The policy: each rule says its reason at its boundary, and whoever explains a verdict says what the verdict said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.denial import FUNDS, REASONS, Denied
from takt.core.facts import Facts
from takt.core.limits import PAIR_RATE, throughput
from takt.core.policy import RULES, admit, examine

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
INSTANT: Final = timedelta(microseconds=1)
HOUR: Final = timedelta(hours=1)

# Four sends that may go out; every refusal below is one step away from one of them.
TEXT: Final = Facts(
    sender_status="live", sender_kind="outreach", business_stage="live", unanswered_max=5, throughput_per_s=80, parts=1,
    recipient_known=True, ever_wrote=True, window_until=NOW + HOUR, available_micros=0, currency="EUR",
)  # fmt: skip
SUPPORT: Final = replace(TEXT, sender_kind="support")
UTILITY: Final = replace(
    TEXT, ever_wrote=False, window_until=None, is_template=True, template_status="APPROVED", category="utility",
    price_micros=45_600, available_micros=45_600,
)  # fmt: skip
MARKETING: Final = replace(UTILITY, category="marketing", marketing=True, consent_at=NOW - HOUR, consent_source="chat")
ADVERT: Final = replace(
    MARKETING, quiet_figure="Sun 13:00 in Europe/Berlin", heard=(2, 9, 1, 4), caps=(3, 10, 2, 5), detected="marketing"
)
FIRST: Final = replace(UTILITY, reach=249, reach_max=250, reach_new=True)
PACED: Final = replace(MARKETING, pacing_room=400, pacing_sent=399)
STRANGER: Final = replace(UTILITY, recipient_known=False, price_micros=0)
FULL_PAIR: Final = NOW + PAIR_RATE.interval * PAIR_RATE.burst
FULL_PACE: Final = NOW + throughput(80, 1).interval * 80


@pytest.mark.parametrize(
    "facts",
    [
        TEXT,
        SUPPORT,
        UTILITY,
        MARKETING,
        replace(TEXT, business_stage="pilot", pilot_member=True),
        replace(SUPPORT, unanswered=4),
        replace(TEXT, window_until=NOW + INSTANT),
        replace(UTILITY, unanswered=1000),
        replace(UTILITY, category="authentication", marketing=False, consent_at=NOW, consent_source="chat"),
        replace(UTILITY, pair_tat=FULL_PAIR - PAIR_RATE.interval),
        replace(UTILITY, pace_tat=FULL_PACE - throughput(80, 1).interval),
        replace(UTILITY, price_micros=0, available_micros=-1),
        ADVERT,
        replace(UTILITY, deleted_at=NOW - HOUR),
        replace(MARKETING, deleted_at=NOW - 2 * HOUR),
        replace(UTILITY, detected="utility"),
        replace(UTILITY, muted=True),
        replace(MARKETING, detected="utility"),
        replace(MARKETING, owner_stopped_at=NOW - HOUR - INSTANT, owner_blocked_at=NOW - HOUR - INSTANT),
        replace(TEXT, measure="starting"),
        replace(FIRST, reach=250, reach_new=False),
        replace(PACED, pacing_next_at=NOW),
    ],
)
def test_what_may_go_out_goes_out(facts: Facts) -> None:
    """The allowed side of every boundary."""
    assert admit(facts, NOW) is None


REFUSED: Final = [
    ("sender_not_live", "sender_live", replace(TEXT, sender_status="paused")),
    ("sender_not_live", "sender_live", replace(TEXT, business_stage="applied")),
    ("sender_not_live", "sender_live", replace(TEXT, business_stage="paused")),
    ("outside_pilot", "pilot_scope", replace(TEXT, business_stage="pilot")),
    ("outside_pilot", "pilot_scope", replace(STRANGER, business_stage="pilot")),
    ("recipient_unknown", "recipient_known", STRANGER),
    ("recipient_unknown", "recipient_known", replace(STRANGER, is_template=False, template_status=None)),
    ("recipient_unknown", "recipient_known", replace(STRANGER, sender_kind="support")),
    ("recipient_unknown", "recipient_known", replace(STRANGER, category="marketing")),
    ("blocked_by_user", "not_blocked", replace(UTILITY, blocked_at=NOW - HOUR)),
    ("blocked_by_user", "not_blocked", replace(SUPPORT, blocked_at=NOW - HOUR)),
    ("support_not_invited", "sender_kind", replace(SUPPORT, ever_wrote=False, window_until=None)),
    ("support_not_invited", "sender_kind", replace(SUPPORT, window_until=NOW)),
    ("support_not_invited", "sender_kind", replace(SUPPORT, ever_wrote=False)),
    ("support_not_invited", "sender_kind", replace(UTILITY, sender_kind="support")),
    ("chat_deleted", "sender_kind", replace(SUPPORT, deleted_at=NOW - HOUR)),
    ("support_silenced", "sender_kind", replace(SUPPORT, unanswered=5)),
    ("window_closed", "window_or_template", replace(TEXT, window_until=NOW)),
    ("window_closed", "window_or_template", replace(TEXT, window_until=None)),
    ("template_missing", "window_or_template", replace(UTILITY, template_status=None)),
    ("template_missing", "window_or_template", replace(UTILITY, template_status="PENDING")),
    ("template_missing", "window_or_template", replace(UTILITY, template_status="REJECTED")),
    ("template_missing", "window_or_template", replace(STRANGER, template_status=None)),
    ("template_paused", "window_or_template", replace(UTILITY, template_status="PAUSED")),
    ("template_disabled", "window_or_template", replace(UTILITY, template_status="DISABLED")),
    ("parameter_count", "template_parameters", replace(UTILITY, mismatch="parameter_count", mismatch_details="body: …")),
    ("parameter_format", "template_parameters", replace(UTILITY, mismatch="parameter_format")),
    ("text_too_long", "template_parameters", replace(STRANGER, mismatch="text_too_long")),
    ("parameter_value", "template_parameters", replace(UTILITY, mismatch="parameter_value")),
    ("text_format", "template_parameters", replace(UTILITY, mismatch="text_format")),
    ("marketing_only", "marketing_path", replace(UTILITY, by_marketing_path=True)),
    ("medium_unusable", "media", replace(TEXT, has_media=True, media_fault="image.link does not answer")),
    ("reaction_target", "reaction", replace(TEXT, reacts=True, reaction_fault="reaction.message_id is too old")),
    ("number_unregistered", "number_registered", replace(TEXT, registered=False)),
    ("blocked_by_company", "not_blocked_by_company", replace(TEXT, blocked_by_company=True)),
    ("flow_unknown", "flow", replace(TEXT, has_flow=True, flow_fault="unknown")),
    ("flow_blocked", "flow", replace(TEXT, has_flow=True, flow_fault="blocked")),
    ("flow_throttled", "flow", replace(TEXT, has_flow=True, flow_sent_last_h=10)),
    ("identity_changed", "identity", replace(TEXT, identity_fits=False)),
    ("marketing_not_granted", "marketing_consent", replace(MARKETING, marketing=None)),
    ("marketing_stopped", "marketing_consent", replace(MARKETING, marketing=False)),
    ("chat_deleted", "sender_kind", replace(MARKETING, deleted_at=NOW - HOUR)),
    ("chat_deleted", "sender_kind", replace(MARKETING, deleted_at=NOW - HOUR, consent_at=None)),
    ("chat_deleted", "sender_kind", replace(MARKETING, deleted_at=NOW - 2 * HOUR, consent_act="import")),
    ("chat_muted", "not_muted", replace(MARKETING, muted=True)),
    ("category_mismatch", "category", replace(UTILITY, detected="marketing")),
    ("category_mismatch", "category", replace(UTILITY, category="authentication", detected="marketing")),
    ("sender_frozen", "filter", replace(TEXT, watch="frozen")),
    ("sender_frozen", "filter", replace(STRANGER, watch="frozen", cleared=True)),
    ("read_as_fraud", "filter", replace(TEXT, watch="condemned")),
    ("in_review", "filter", replace(TEXT, watch="watched")),
    ("quiet_hours", "quiet_hours", replace(ADVERT, quiet=True, quiet_until=NOW + HOUR)),
    ("restricted", "measure", replace(UTILITY, measure="starting", measure_until=NOW + HOUR)),
    ("restricted", "measure", replace(TEXT, measure="sending")),
    ("locked", "measure", replace(TEXT, measure="lock")),
    ("owner_stopped", "owner_stop", replace(MARKETING, owner_stopped_at=NOW - HOUR)),
    ("owner_blocked", "owner_block", replace(MARKETING, owner_blocked_at=NOW - 2 * HOUR, consent_act="import")),
    ("reach_limit", "reach", replace(FIRST, reach=250)),
    ("reach_cut", "reach", replace(FIRST, reach=250, reach_cut=True)),
    ("paced", "pacing", replace(PACED, pacing_sent=400)),
    ("paced", "pacing", replace(PACED, pacing_next_at=NOW + INSTANT)),
    ("cap_of_person", "caps", replace(ADVERT, heard=(3, 9, 1, 4))),
    ("cap_of_person", "caps", replace(ADVERT, heard=(2, 10, 1, 4))),
    ("cap_of_person", "caps", replace(ADVERT, heard=(3, 10, 2, 5))),
    ("cap_of_sender", "caps", replace(ADVERT, heard=(2, 9, 2, 4))),
    ("cap_of_sender", "caps", replace(ADVERT, heard=(2, 9, 1, 5))),
    ("pressure", "pressure", replace(ADVERT, pressure_mode="cap", pressure_passed=False, pressure_figure="2 of 2")),
    ("held_out", "held_out", replace(ADVERT, pressure_mode="priced", held_out=True)),
    ("consent_expired", "marketing_consent", replace(MARKETING, consent_ended_at=NOW)),
    ("pair_rate", "pair_rate", replace(UTILITY, pair_tat=FULL_PAIR)),
    ("throughput", "throughput", replace(UTILITY, pace_tat=FULL_PACE)),
    ("throughput", "throughput", replace(STRANGER, pace_tat=FULL_PACE)),
    ("insufficient_funds", "money", replace(UTILITY, available_micros=45_599)),
    ("budget_spent", "budget", replace(UTILITY, budget_left_micros=45_599)),
    ("partner_funds", "partner", replace(UTILITY, partner_covers=False)),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "rule", "facts"), REFUSED)
def test_what_must_not_go_out_is_refused(reason: str, rule: str, facts: Facts) -> None:
    """The forbidden side of every boundary, with the rule that says no and the number behind it."""
    denied = admit(facts, NOW)
    assert denied is not None
    assert (denied.reason, denied.rule) == (REASONS[reason], rule)
    assert denied.figure


def test_every_reason_is_said_by_some_rule() -> None:
    """The table above is complete; only expiry is no answer to a send."""
    assert set(REASONS) - {reason for reason, _, _ in REFUSED} == {"expired"}
    assert {rule.name for rule in RULES} == {rule for _, rule, _ in REFUSED}


@pytest.mark.parametrize(
    ("facts", "figure"),
    [
        (replace(TEXT, watch="condemned"), "a person took it for fraud"),
        (replace(TEXT, sender_status="paused"), "sender paused, business live"),
        (replace(TEXT, window_until=NOW - HOUR), "window until 2026-11-22 11:00 UTC"),
        (replace(TEXT, window_until=None), "no open window"),
        (replace(SUPPORT, deleted_at=NOW - HOUR), "chat deleted 2026-11-22 11:00 UTC"),
        (replace(SUPPORT, unanswered=5), "support sender, window until 2026-11-22 13:00 UTC, 5 of 5 unanswered"),
        (replace(UTILITY, blocked_at=NOW - HOUR), "blocked 2026-11-22 11:00 UTC"),
        (replace(UTILITY, template_status=None), "template not found"),
        (replace(UTILITY, template_status="PAUSED"), "template paused"),
        (replace(UTILITY, mismatch="parameter_count", mismatch_details="body: 1 of 2"), "body: 1 of 2"),
        (replace(MARKETING, marketing=None), "no opt-in on record"),
        (replace(MARKETING, marketing=False), "stopped 2026-11-22 11:00 UTC by chat"),
        (replace(MARKETING, marketing=False, consent_act="decline"), "declined 2026-11-22 11:00 UTC by chat"),
        (replace(UTILITY, detected="marketing"), "declared utility, detected marketing"),
        (replace(ADVERT, quiet=True), "Sun 13:00 in Europe/Berlin"),
        (
            replace(ADVERT, heard=(3, 9, 1, 4)),
            "all senders: 3 of 3 in 24 hours, 9 of 10 in 7 days; this sender: 1 of 2 and 4 of 5",
        ),
        (replace(UTILITY, available_micros=-1_500_000), "costs 0.045600 EUR, available -1.500000 EUR"),
    ],
)
def test_a_refusal_names_the_number_behind_it(facts: Facts, figure: str) -> None:
    """The second of the four questions that every refusal answers."""
    denied = admit(facts, NOW)
    assert denied is not None
    assert denied.figure == figure


@pytest.mark.parametrize(
    ("facts", "next_at"),
    [
        (replace(UTILITY, pair_tat=FULL_PAIR), NOW + PAIR_RATE.interval),
        (replace(UTILITY, pace_tat=FULL_PACE), NOW + throughput(80, 1).interval),
        (replace(TEXT, window_until=None), None),
        (replace(ADVERT, quiet=True, quiet_until=NOW + HOUR), NOW + HOUR),
        (replace(ADVERT, quiet=True), None),
        (replace(ADVERT, heard=(3, 0, 0, 0), heard_until=NOW + HOUR), NOW + HOUR),
        (
            replace(ADVERT, quiet=True, quiet_until=NOW + HOUR, heard=(3, 0, 0, 0), heard_until=NOW + 2 * HOUR),
            NOW + 2 * HOUR,
        ),
        (
            replace(ADVERT, quiet=True, quiet_until=NOW + 2 * HOUR, heard=(3, 0, 0, 0), heard_until=NOW + HOUR),
            NOW + 2 * HOUR,
        ),
        (replace(ADVERT, quiet=True, quiet_until=NOW + 2 * HOUR, heard=(3, 0, 0, 0)), None),
    ],
)
def test_a_refusal_names_the_time_if_there_is_one(facts: Facts, next_at: datetime | None) -> None:
    """The third question; what waits for a person has no time."""
    denied = admit(facts, NOW)
    assert denied is not None
    assert denied.next_at == next_at


def test_nothing_waits_in_vain() -> None:
    """What refuses a message for good is found before what it may wait for, and says that waiting does not help."""
    advert = replace(ADVERT, quiet=True, quiet_until=NOW + HOUR, heard=(3, 0, 0, 0), heard_until=NOW + HOUR)
    for change in (
        {"blocked_at": NOW}, {"marketing": False}, {"deleted_at": NOW}, {"recipient_known": False},
        {"template_status": "PAUSED"}, {"pace_tat": FULL_PACE},
    ):  # fmt: skip
        denied = admit(replace(advert, **change), NOW)
        assert denied is not None
        assert denied.waits_for == ""
    poor = admit(replace(advert, available_micros=0), NOW)
    assert poor is not None
    assert poor.waits_for == "quiet_hours", "money is asked for when it goes out"


SELDOM = {
    "flow", "marketing_path", "identity", "media", "reaction", "category", "filter", "held_out", "quiet_hours", "caps",
    "pressure", "reach", "pacing", "measure", "owner_stop", "owner_block", "budget", "partner",
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "needless"),
    [
        (TEXT, {"pilot_scope", "template_parameters", "marketing_consent", "not_muted", "money"}),
        (UTILITY, {"pilot_scope", "marketing_consent", "not_muted"}),
        (replace(MARKETING, business_stage="pilot"), set()),
        (replace(UTILITY, template_status=None), {"pilot_scope", "marketing_consent", "not_muted", "template_parameters"}),
        (
            replace(STRANGER, category="marketing"),
            {"pilot_scope", "not_blocked", "not_blocked_by_company", "sender_kind", "marketing_consent", "not_muted", "pair_rate", "money"},
        ),
        (
            replace(STRANGER, is_template=False, template_status=None, category="service"),
            {"pilot_scope", "not_blocked", "not_blocked_by_company", "sender_kind", "window_or_template", "template_parameters",
             "marketing_consent", "not_muted", "pair_rate", "money"},
        ),
    ],
)  # fmt: skip
def test_an_explanation_leaves_out_what_is_not_needed(facts: Facts, needless: set[str]) -> None:
    """Of a stranger nothing is said that only people here can have, and of a free message no price."""
    findings = examine(facts, NOW)
    assert {finding.rule for finding in findings if finding.verdict == "not_needed"} == needless | SELDOM
    assert all(finding.figure for finding in findings if finding.rule not in needless | SELDOM)


def test_an_explanation_names_the_consent_it_rests_on() -> None:
    """When and how marketing was allowed stands beside the rule that passed."""
    (figure,) = [finding.figure for finding in examine(MARKETING, NOW) if finding.rule == "marketing_consent"]
    assert figure == "opted in 2026-11-22 11:00 UTC by chat"


INSTANTS = st.sampled_from([NOW - 30 * HOUR, NOW - HOUR, NOW, NOW + INSTANT, NOW + HOUR, FULL_PAIR, FULL_PACE])
MAYBE = st.none() | INSTANTS
AMOUNTS = st.integers(-2_000_000, 2_000_000)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "sender_status": st.sampled_from(["live"] * 5 + ["paused"]),
    "sender_kind": st.sampled_from(["support", "outreach"]),
    "business_stage": st.sampled_from(["live"] * 3 + ["applied", "pilot", "paused"]),
    "unanswered_max": st.integers(1, 5),
    "throughput_per_s": st.integers(1, 1000),
    "parts": st.sampled_from([1, 4, 64]),
    "recipient_known": st.booleans(),
    "pilot_member": st.booleans(),
    "blocked_at": MAYBE,
    "muted": st.booleans(),
    "ever_wrote": st.booleans(),
    "window_until": MAYBE,
    "deleted_at": MAYBE,
    "unanswered": st.integers(0, 7),
    "is_template": st.booleans(),
    "template_status": st.sampled_from([None, "APPROVED", "APPROVED", "PAUSED", "DISABLED", "PENDING", "REJECTED"]),
    "mismatch": st.sampled_from([None, None, "parameter_count", "parameter_format", "text_too_long"]),
    "category": st.sampled_from(["service", "utility", "authentication", "marketing"]),
    "marketing": st.sampled_from([None, True, False]),
    "consent_at": INSTANTS,
    "consent_source": st.sampled_from(["chat", "demo"]),
    "consent_act": st.sampled_from(["grant", "import", "except"]),
    "consent_ended_at": MAYBE,
    "purpose": st.sampled_from(["marketing", "events"]),
    "pair_tat": MAYBE,
    "pace_tat": MAYBE,
    "price_micros": st.integers(0, 2_000_000),
    "available_micros": AMOUNTS,
    "currency": st.just("EUR"),
    "detected": st.sampled_from(["", "utility", "marketing"]),
    "quiet": st.booleans(),
    "quiet_figure": st.sampled_from(["", "Sun 13:00"]),
    "quiet_until": st.none() | st.sampled_from([NOW + HOUR, NOW + 9 * HOUR]),
    "heard": st.tuples(*[st.integers(0, 4)] * 4),
    "caps": st.tuples(*[st.integers(0, 9)] * 4),
    "heard_until": st.none() | st.sampled_from([NOW + INSTANT, NOW + 3 * HOUR]),
}
FACTS = st.builds(Facts, **FIELDS)


@given(FACTS)
def test_the_explanation_never_differs_from_the_verdict(facts: Facts) -> None:
    """`examine` tells of every rule, and the verdict is its first denial, those answered at once before the others."""
    findings = examine(facts, NOW)
    assert [finding.rule for finding in findings] == [rule.name for rule in RULES]
    refusals = [finding for finding in findings if finding.reason is not None]
    assert {finding.verdict for finding in refusals} <= {"denied"}
    assert {finding.verdict for finding in findings if finding.reason is None} <= {"passed", "not_needed"}
    refusals.sort(key=lambda finding: finding.reason is None or not finding.reason.sync)
    waits = {rule.name: rule.waits_for for rule in RULES}
    first = refusals[0] if refusals else None
    if first is not None and waits[first.rule]:
        known = sorted(
            (one for one in refusals if waits[one.rule]), key=lambda one: (one.next_at is None, one.next_at or NOW)
        )
        first = next(one for one in refusals if one.next_at == known[-1].next_at and waits[one.rule])
    expected = (
        Denied(first.rule, first.reason, first.figure, first.next_at, waits[first.rule])
        if first is not None and first.reason is not None
        else None
    )
    assert admit(facts, NOW) == expected


@pytest.mark.parametrize(("reason", "rule", "facts"), [row for row in REFUSED if REASONS[row[0]].sync])
def test_what_is_answered_at_once_wins_over_what_is_reported_later(reason: str, rule: str, facts: Facts) -> None:
    """A company learns at once of its own mistakes, whatever the person said and however empty the wallet is."""
    category = facts.category if reason == "marketing_only" else "marketing"
    worse = replace(facts, blocked_at=NOW, deleted_at=NOW, category=category, marketing=None, price_micros=1)
    denied = admit(replace(worse, available_micros=0), NOW)
    assert denied is not None
    assert (denied.reason, denied.rule) == (REASONS[reason], rule)


@given(FACTS)
def test_money_buys_no_way_past_any_other_rule(facts: Facts) -> None:
    """A full wallet changes only the verdict that the wallet was empty; hard rules are never traded for money."""
    poor, rich = admit(facts, NOW), admit(replace(facts, available_micros=10**15), NOW)
    assert rich is None or rich.reason is not FUNDS
    if poor is not None and poor.reason is not FUNDS:
        assert rich == poor


@given(FACTS)
def test_a_refusal_names_a_time_in_the_future_or_none(facts: Facts) -> None:
    """Whoever comes back at the named time does not meet the same rule again."""
    denied = admit(facts, NOW)
    if denied is None or denied.next_at is None:
        return
    assert denied.next_at > NOW
    if denied.waits_for:  # its facts are found anew
        return
    again = admit(facts, denied.next_at)
    assert again is None or again.rule != denied.rule


@given(FACTS)
def test_nobody_is_written_to_against_their_will(facts: Facts) -> None:
    """What goes out has consent or an open window, no block, and no deleted chat behind it: said once more, by itself."""
    if admit(facts, NOW) is not None:
        return
    window_open = facts.window_until is not None and facts.window_until > NOW
    assert facts.recipient_known
    assert facts.blocked_at is None
    if facts.deleted_at is not None:
        assert facts.sender_kind == "outreach"
        assert facts.category != "marketing" or (facts.consent_at is not None and facts.consent_at > facts.deleted_at)
    assert not (facts.muted and facts.category == "marketing")
    assert not (facts.quiet and facts.quiet_figure)
    assert facts.heard is not None
    assert facts.caps is not None
    assert all(count < cap for count, cap in zip(facts.heard, facts.caps, strict=True))
    assert not (facts.detected == "marketing" and facts.category != "marketing")
    assert window_open or facts.is_template
    assert facts.category != "marketing" or facts.marketing is True
    assert facts.sender_kind != "support" or (
        facts.ever_wrote and window_open and facts.unanswered < facts.unanswered_max
    )
    assert facts.price_micros <= max(facts.available_micros, 0)
