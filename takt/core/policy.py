"""The policy: an ordered table of small rules that decides whether a message may go out, and says why.

`admit` gives the verdict for the hot path, `examine` the finding of every rule for whoever asks why. Both read the same
table, so an explanation cannot differ from the decision. Reasons that the real platform answers at once come before
those it reports later (Cloud API, "Where each rule is enforced"), whatever their place in the table.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from takt.core import affording, denial, limits, window
from takt.core.denial import Denied, Reason
from takt.core.facts import Facts
from takt.core.filtering import CONDEMNED, READ_FIRST, SUSPECT
from takt.core.flow_button import THROTTLED_PER_H
from takt.core.purpose import DEFAULT
from takt.core.value import value

LOOK_AGAIN: Final = timedelta(minutes=10)
"""How long a message that is to be read rests before it is looked at again; the reader wakes it when it is read."""


@value
class Rule:
    """One question. `check` answers no with a reason; `figure` is the number looked at; `next_at` when it may change.

    A message that such a no concerns may wait for `waits_for` until `next_at`, and for `room` longer, over which a crowd
    is spread.
    """

    name: str
    check: Callable[[Facts, datetime], Reason | None]
    figure: Callable[[Facts, datetime], str]
    next_at: Callable[[Facts, datetime], datetime | None] = lambda _facts, _now: None
    applies: Callable[[Facts], bool] = lambda _facts: True
    waits_for: str = ""
    room: Callable[[Facts], timedelta] = lambda _facts: timedelta(0)


@value
class Finding:
    """What one rule says: passed, denied or not needed, with its number and, for a no, time and reason."""

    rule: str
    verdict: str
    figure: str
    reason: Reason | None = None
    next_at: datetime | None = None


def _sender_live(facts: Facts, _: datetime) -> Reason | None:
    live = facts.sender_status == "live" and facts.business_stage in ("pilot", "live")
    return None if live else denial.SENDER_NOT_LIVE


def _pilot_scope(facts: Facts, _: datetime) -> Reason | None:
    return None if facts.pilot_member else denial.OUTSIDE_PILOT


def _recipient_known(facts: Facts, _: datetime) -> Reason | None:
    return None if facts.recipient_known else denial.RECIPIENT_UNKNOWN


def _not_blocked(facts: Facts, _: datetime) -> Reason | None:
    return None if facts.blocked_at is None else denial.BLOCKED_BY_USER


def _sender_kind(facts: Facts, now: datetime) -> Reason | None:
    if facts.deleted_at is not None and _ends_with_the_chat(facts, facts.deleted_at):
        return denial.CHAT_DELETED
    if facts.sender_kind != "support":
        return None
    if not facts.ever_wrote or not window.is_open(facts.window_until, now):
        return denial.SUPPORT_NOT_INVITED
    if facts.unanswered >= facts.unanswered_max:
        return denial.SUPPORT_SILENCED
    return None


def _ends_with_the_chat(facts: Facts, deleted_at: datetime) -> bool:
    """Of a support sender nothing more is wanted then; of another no advertising, unless it was allowed again since."""
    if facts.sender_kind == "support":
        return True
    return facts.category == "marketing" and not _allowed_since(facts, deleted_at)


def _window_or_template(facts: Facts, now: datetime) -> Reason | None:
    if not facts.is_template:
        return None if window.is_open(facts.window_until, now) else denial.WINDOW_CLOSED
    match facts.template_status:
        case "APPROVED" | "FLAGGED":
            return None
        case "PAUSED" | "LOCKED":
            return denial.TEMPLATE_PAUSED
        case "DISABLED":
            return denial.TEMPLATE_DISABLED
        case _:
            return denial.TEMPLATE_MISSING


def _template_parameters(facts: Facts, _: datetime) -> Reason | None:
    return None if facts.mismatch is None else denial.REASONS[facts.mismatch]


def _registered(facts: Facts, _: datetime) -> Reason | None:
    return None if facts.registered else denial.NUMBER_UNREGISTERED


def _not_blocked_by_company(facts: Facts, _: datetime) -> Reason | None:
    return denial.BLOCKED_BY_COMPANY if facts.blocked_by_company else None


def _flow(facts: Facts, _: datetime) -> Reason | None:
    if facts.flow_fault:
        return denial.FLOW_BLOCKED if facts.flow_fault == "blocked" else denial.FLOW_UNKNOWN
    sent = facts.flow_sent_last_h
    return denial.FLOW_THROTTLED if sent is not None and sent >= THROTTLED_PER_H else None


def _flow_figure(facts: Facts, _: datetime) -> str:
    if facts.flow_fault:
        return f"flow {facts.flow_fault}"
    sent = facts.flow_sent_last_h
    return "flow published" if sent is None else f"{sent} of {THROTTLED_PER_H} within an hour, flow throttled"


def _path(facts: Facts, _: datetime) -> Reason | None:
    return None if facts.category == "marketing" else denial.MARKETING_ONLY


def _media(facts: Facts, _: datetime) -> Reason | None:
    return denial.MEDIUM_UNUSABLE if facts.media_fault else None


def _reaction(facts: Facts, _: datetime) -> Reason | None:
    return denial.REACTION_TARGET if facts.reaction_fault else None


def _identity(facts: Facts, _: datetime) -> Reason | None:
    return denial.IDENTITY_CHANGED if facts.identity_fits is False else None


def _marketing_consent(facts: Facts, _: datetime) -> Reason | None:
    if facts.marketing:
        return None if facts.consent_ended_at is None else denial.CONSENT_EXPIRED
    return denial.MARKETING_NOT_GRANTED if facts.marketing is None else denial.MARKETING_STOPPED


def _not_muted(facts: Facts, _: datetime) -> Reason | None:
    return denial.CHAT_MUTED if facts.muted else None


def _category(facts: Facts, _: datetime) -> Reason | None:
    """Advertising goes by the rules for advertising, whatever its template is called."""
    return denial.CATEGORY_MISMATCH if facts.detected == "marketing" != facts.category else None


def _filter(facts: Facts, _: datetime) -> Reason | None:
    """What a person took for fraud goes nowhere, a frozen sender sends nothing; a suspect or watched one is read first."""
    if facts.watch == "frozen":
        return denial.SENDER_FROZEN
    if facts.watch == CONDEMNED:
        return denial.READ_AS_FRAUD
    return None if facts.cleared else denial.IN_REVIEW


def _filter_figure(facts: Facts, _: datetime) -> str:
    if facts.cleared and facts.watch in READ_FIRST:
        return "read, and well"
    return _READ_AS.get(facts.watch, f"sender {facts.watch}")


_READ_AS: Final = {SUSPECT: "reads like fraud at a glance", CONDEMNED: "a person took it for fraud"}


def _measure(facts: Facts, now: datetime) -> Reason | None:
    if facts.measure == "lock":
        return denial.LOCKED
    answers = facts.measure == "starting" and window.is_open(facts.window_until, now)
    return None if answers else denial.RESTRICTED


def _measure_figure(facts: Facts, _: datetime) -> str:
    until = "" if facts.measure_until is None else f" until {facts.measure_until:%Y-%m-%d %H:%M} UTC"
    return f"measure {facts.measure}{until}"


def _allowed_since(facts: Facts, at: datetime | None) -> bool:
    """The person's own yes to this very company outweighs an older no; what the company brings itself does not."""
    said = bool(facts.marketing) and facts.consent_act == "grant"
    return said and at is not None and facts.consent_at is not None and facts.consent_at > at


def _reach(facts: Facts, _: datetime) -> Reason | None:
    assert facts.reach_max is not None
    if not facts.reach_new or facts.reach < facts.reach_max:
        return None
    return denial.REACH_CUT if facts.reach_cut else denial.REACH_LIMIT


def _reach_figure(facts: Facts, _: datetime) -> str:
    known = "" if facts.reach_new else ", this person among them"
    return f"{facts.reach} of {facts.reach_max} people written to first within 24 hours{known}"


def _pacing(facts: Facts, now: datetime) -> Reason | None:
    assert facts.pacing_room is not None
    has_turn = facts.pacing_next_at is None or facts.pacing_next_at <= now
    return None if has_turn and facts.pacing_sent < facts.pacing_room else denial.PACED


def _quiet_hours(facts: Facts, _: datetime) -> Reason | None:
    return denial.QUIET_HOURS if facts.quiet else None


def _caps(facts: Facts, _: datetime) -> Reason | None:
    heard, caps = facts.heard, facts.caps
    assert heard is not None
    assert caps is not None
    if heard[0] >= caps[0] or heard[1] >= caps[1]:
        return denial.CAP_OF_PERSON
    return denial.CAP_OF_SENDER if heard[2] >= caps[2] or heard[3] >= caps[3] else None


def _caps_figure(facts: Facts, _: datetime) -> str:
    assert facts.heard is not None
    assert facts.caps is not None
    of = [f"{count} of {cap}" for count, cap in zip(facts.heard, facts.caps, strict=True)]
    return f"all senders: {of[0]} in 24 hours, {of[1]} in 7 days; this sender: {of[2]} and {of[3]}"


def _pressure_figure(facts: Facts, _: datetime) -> str:
    return facts.pressure_figure if facts.pressure_weighed is None else facts.pressure_weighed.figure()


def _pair_rate(facts: Facts, now: datetime) -> Reason | None:
    return None if limits.PAIR_RATE.next_at(facts.pair_tat, now) <= now else denial.PAIR_RATE


def _throughput_at(facts: Facts, now: datetime) -> datetime:
    return limits.throughput(facts.throughput_per_s, facts.parts).next_at(facts.pace_tat, now)


def _throughput(facts: Facts, now: datetime) -> Reason | None:
    return None if facts.pace_tat is None or _throughput_at(facts, now) <= now else denial.THROUGHPUT


def _window_figure(facts: Facts, _: datetime) -> str:
    return "no open window" if facts.window_until is None else f"window until {facts.window_until:%Y-%m-%d %H:%M} UTC"


def _kind_figure(facts: Facts, now: datetime) -> str:
    if facts.deleted_at is not None and _ends_with_the_chat(facts, facts.deleted_at):
        return f"chat deleted {facts.deleted_at:%Y-%m-%d %H:%M} UTC"
    if facts.sender_kind == "support":
        return f"support sender, {_window_figure(facts, now)}, {facts.unanswered} of {facts.unanswered_max} unanswered"
    return "outreach sender"


_CONSENT_ACTS: Final = {"import": "imported", "except": "existing customer", "decline": "declined"}


def _consent_figure(facts: Facts, _: datetime) -> str:
    prefix = "" if facts.purpose == DEFAULT else f"{facts.purpose}: "
    if facts.marketing is None:
        return f"{prefix}no opt-in on record"
    act = _CONSENT_ACTS.get(facts.consent_act, "opted in" if facts.marketing else "stopped")
    end = "" if facts.consent_ended_at is None else f", ended {facts.consent_ended_at:%Y-%m-%d %H:%M} UTC"
    return f"{prefix}{act} {facts.consent_at:%Y-%m-%d %H:%M} UTC by {facts.consent_source}{end}"


def _template_figure(facts: Facts, now: datetime) -> str:
    if not facts.is_template:
        return _window_figure(facts, now)
    return f"template {(facts.template_status or 'not found').lower()}"


RULES: Final[tuple[Rule, ...]] = (
    Rule("sender_live", _sender_live, lambda f, _: f"sender {f.sender_status}, business {f.business_stage}"),
    Rule("measure", _measure, _measure_figure, next_at=lambda f, _: f.measure_until,
         applies=lambda f: f.measure != ""),
    Rule("number_registered", _registered, lambda f, _: "registered" if f.registered else "not registered"),
    Rule("pilot_scope", _pilot_scope, lambda f, _: "member" if f.pilot_member else "not a member",
         applies=lambda f: f.business_stage == "pilot"),
    Rule("recipient_known", _recipient_known, lambda f, _: "known" if f.recipient_known else "not on this messenger"),
    Rule("not_blocked", _not_blocked,
         lambda f, _: "not blocked" if f.blocked_at is None else f"blocked {f.blocked_at:%Y-%m-%d %H:%M} UTC",
         applies=lambda f: f.recipient_known),
    Rule("not_blocked_by_company", _not_blocked_by_company,
         lambda f, _: "on the block list" if f.blocked_by_company else "not on the block list",
         applies=lambda f: f.recipient_known),
    Rule("sender_kind", _sender_kind, _kind_figure, applies=lambda f: f.recipient_known),
    Rule("window_or_template", _window_or_template, _template_figure,
         applies=lambda f: f.recipient_known or f.is_template),
    Rule("template_parameters", _template_parameters,
         lambda f, _: f.mismatch_details or "parameters fit the template",
         applies=lambda f: f.is_template and f.template_status is not None),
    Rule("flow", _flow, _flow_figure, applies=lambda f: f.has_flow),
    Rule("marketing_path", _path, lambda f, _: f"category {f.category}",
         applies=lambda f: f.by_marketing_path and f.template_status is not None),
    Rule("identity", _identity, lambda f, _: "the hash fits" if f.identity_fits else "another hash",
         applies=lambda f: f.recipient_known and f.identity_fits is not None),
    Rule("media", _media, lambda f, _: f.media_fault or "all media are there", applies=lambda f: f.has_media),
    Rule("reaction", _reaction, lambda f, _: f.reaction_fault or "a message of this chat",
         applies=lambda f: f.reacts and f.recipient_known),
    Rule("marketing_consent", _marketing_consent, _consent_figure,
         applies=lambda f: f.recipient_known and f.category == "marketing"),
    Rule("not_muted", _not_muted, lambda f, _: "muted" if f.muted else "not muted",
         applies=lambda f: f.recipient_known and f.category == "marketing"),
    Rule("category", _category, lambda f, _: f"declared {f.category}, detected {f.detected}",
         applies=lambda f: f.detected != ""),
    Rule("owner_stop", lambda f, _: None if _allowed_since(f, f.owner_stopped_at) else denial.OWNER_STOPPED,
         lambda f, _: f"stopped another company of the owner {f.owner_stopped_at:%Y-%m-%d %H:%M} UTC",
         applies=lambda f: f.owner_stopped_at is not None),
    Rule("owner_block", lambda f, _: None if _allowed_since(f, f.owner_blocked_at) else denial.OWNER_BLOCKED,
         lambda f, _: f"blocked another number of the owner {f.owner_blocked_at:%Y-%m-%d %H:%M} UTC",
         applies=lambda f: f.owner_blocked_at is not None),
    Rule("filter", _filter, _filter_figure, next_at=lambda f, now: now + LOOK_AGAIN if f.watch in READ_FIRST else None,
         applies=lambda f: f.watch != "", waits_for="filter"),
    Rule("reach", _reach, _reach_figure, next_at=lambda f, _: f.reach_until,
         applies=lambda f: f.reach_max is not None),
    Rule("held_out", lambda f, _: denial.HELD_OUT if f.held_out else None,
         lambda f, _: "gets no advertising this year" if f.held_out else "not held out",
         applies=lambda f: f.pressure_mode == "priced"),
    # What makes a message wait comes after all that refuses it for good, so that nothing waits in vain.
    Rule("quiet_hours", _quiet_hours, lambda f, _: f.quiet_figure, next_at=lambda f, _: f.quiet_until,
         applies=lambda f: f.quiet_figure != "", waits_for="quiet_hours",
         room=lambda f: timedelta(seconds=f.quiet_room_s)),
    Rule("caps", _caps, _caps_figure, next_at=lambda f, _: f.heard_until,
         applies=lambda f: f.heard is not None, waits_for="caps"),
    Rule("pressure", lambda f, _: None if f.pressure_passed else denial.PRESSURE, _pressure_figure,
         next_at=lambda f, _: f.pressure_next_at, applies=lambda f: f.pressure_mode != "", waits_for="pressure"),
    Rule("pacing", _pacing, lambda f, _: f"{f.pacing_sent} of the first {f.pacing_room} messages sent",
         next_at=lambda f, _: f.pacing_next_at, applies=lambda f: f.pacing_room is not None, waits_for="pacing"),
    Rule("pair_rate", _pair_rate, lambda f, now: f"next at {limits.PAIR_RATE.next_at(f.pair_tat, now):%H:%M:%S} UTC",
         next_at=lambda f, now: limits.PAIR_RATE.next_at(f.pair_tat, now), applies=lambda f: f.recipient_known),
    Rule("throughput", _throughput, lambda f, _: f"{f.throughput_per_s} messages/s", next_at=_throughput_at),
    Rule("money", affording.wallet_covers,
         affording.money_figure,
         applies=lambda f: f.price_micros > 0),
    Rule("budget", affording.budget_covers, affording.budget_figure, next_at=lambda f, _: f.budget_until,
         applies=lambda f: f.price_micros > 0 and f.budget_left_micros is not None),
    Rule("partner", affording.partner_covers, affording.partner_figure, applies=lambda f: f.partner_covers is not None),
)  # fmt: skip


def admit(facts: Facts, now: datetime) -> Denied | None:
    """The verdict: None to let the message out, else the reason that counts, with rule, number and next time.

    Of several that a message may wait for, the one that lasts longest counts.
    """
    later: Denied | None = None
    for rule in RULES:
        if not rule.applies(facts):
            continue
        reason = rule.check(facts, now)
        if reason is None:
            continue
        if reason.sync:
            return _denied(rule, reason, facts, now)
        if later is None:
            later = _denied(rule, reason, facts, now)
        elif later.waits_for and rule.waits_for:
            later = _longer(later, _denied(rule, reason, facts, now))
    return later


def examine(facts: Facts, now: datetime) -> tuple[Finding, ...]:
    """The finding of every rule, in the order of the table."""
    return tuple(_finding(rule, facts, now) for rule in RULES)


def room_of(denied: Denied, facts: Facts) -> timedelta:
    """For how long a message may go out once its wait is over."""
    return next(rule.room(facts) for rule in RULES if rule.name == denied.rule)


def _longer(one: Denied, other: Denied) -> Denied:
    if one.next_at is None or other.next_at is None:
        return one if one.next_at is None else other
    return other if other.next_at > one.next_at else one


def _denied(rule: Rule, reason: Reason, facts: Facts, now: datetime) -> Denied:
    return Denied(rule.name, reason, rule.figure(facts, now), rule.next_at(facts, now), rule.waits_for)


def _finding(rule: Rule, facts: Facts, now: datetime) -> Finding:
    if not rule.applies(facts):
        return Finding(rule.name, "not_needed", "")
    reason = rule.check(facts, now)
    if reason is None:
        return Finding(rule.name, "passed", rule.figure(facts, now))
    return Finding(rule.name, "denied", rule.figure(facts, now), reason, rule.next_at(facts, now))
