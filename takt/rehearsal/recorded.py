"""The recorded messages under another policy: their facts were kept, so the rules run over them again.

Exact for what the policy itself decides: caps, quiet hours, how long a message may wait, when a support sender falls silent.
What people would have answered is taken as it was; the instants at which advertising reached somebody are counted anew,
because one message that goes out, or does not, moves the next.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from takt import calendars
from takt.core import caps, policy, quiet_time, waiting
from takt.core.admission import cold
from takt.core.admission.settings import Admission
from takt.core.caps import WEEK
from takt.core.denial import Denied
from takt.core.facts import Facts
from takt.core.quiet_time import OwnQuiet
from takt.core.tact import TactPolicy, parse_policy
from takt.core.waiting import Wish
from takt.rehearsal.job import Job, Line
from takt.wire import record

LOOKS_MAX: Final = 20
"""How often one message is looked at again while it waits."""
SENDERS_SHOWN_MAX: Final = 50


@dataclass(slots=True)
class Tally:
    """What became of messages: out at once, out later, refused (by reason), and what those that went out cost."""

    out: int = 0
    later: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    revenue_micros: int = 0

    @property
    def refused(self) -> int:
        """All that did not go out."""
        return self.reasons.total()

    def render(self) -> dict[str, int]:
        """For programs."""
        return {
            "out": self.out, "later": self.later, "refused": self.refused, "revenue_micros": self.revenue_micros,
        }  # fmt: skip


@dataclass(slots=True)
class Side:
    """One policy's verdicts on the record: all of them, and by sender."""

    policy: TactPolicy
    all: Tally = field(default_factory=Tally)
    senders: dict[str, Tally] = field(default_factory=dict)
    heard: dict[str, list[datetime]] = field(default_factory=dict)
    heard_of: dict[tuple[str, str], list[datetime]] = field(default_factory=dict)


def replay(job: Job) -> dict[str, Any]:
    """What would have become of the recorded messages under either policy."""
    now, then = (_run(job, parse_policy(document)) for document in (job.old, job.new))
    reasons = sorted({*now.all.reasons, *then.all.reasons})
    senders = sorted({*now.senders, *then.senders}, key=lambda one: -_moved(now, then, one))[:SENDERS_SHOWN_MAX]
    return {
        "messages": sum(line.at >= job.since for line in job.lines),
        "since": job.since,
        "until": job.until,
        "whole": job.whole,
        "currency": job.currency,
        "now": now.all.render(),
        "then": then.all.render(),
        "reasons": [
            {"reason": one, "now": now.all.reasons[one], "then": then.all.reasons[one]} for one in reasons
        ],
        "senders": [
            {
                "sender": one,
                "name": job.names.get(one, one),
                "now": now.senders.get(one, Tally()).render(),
                "then": then.senders.get(one, Tally()).render(),
            }
            for one in senders
        ],
    }  # fmt: skip


def _moved(now: Side, then: Side, sender_id: str) -> int:
    before, after = now.senders.get(sender_id, Tally()), then.senders.get(sender_id, Tally())
    return abs(before.refused - after.refused) + abs(before.later - after.later)


def _run(job: Job, tact: TactPolicy) -> Side:
    """Every message in the order of its turn; one that waits has another turn when its wait is over."""
    side = Side(tact)
    turns = [(line.at, place, 0) for place, line in enumerate(job.lines)]
    heapq.heapify(turns)
    facts = [record.decode_facts(line.facts) for line in job.lines]
    while turns:
        at, place, looks = heapq.heappop(turns)
        line = job.lines[place]
        found = _facts(side, line, facts[place], at)
        denied = policy.admit(found, at)
        due = _due(tact, line, denied, found) if denied is not None and looks < LOOKS_MAX else None
        if due is not None:
            heapq.heappush(turns, (due, place, looks + 1))
            continue
        if denied is None:
            _hear(side, line, at)
        if line.at >= job.since:
            for tally in (side.all, side.senders.setdefault(line.sender_id, Tally())):
                _count(tally, found, denied, waited=looks > 0)
    return side


def _count(tally: Tally, found: Facts, denied: Denied | None, *, waited: bool) -> None:
    if denied is not None:
        tally.reasons[denied.reason.name] += 1
        return
    tally.revenue_micros += found.price_micros
    if waited:
        tally.later += 1
    else:
        tally.out += 1


def _hear(side: Side, line: Line, at: datetime) -> None:
    if line.category != "marketing":
        return
    for times in (
        side.heard.setdefault(line.recipient, []),
        side.heard_of.setdefault((line.recipient, line.sender_id), []),
    ):
        times.append(at)
        while times[0] <= at - WEEK:
            del times[0]


def _facts(side: Side, line: Line, kept: Facts, at: datetime) -> Facts:
    """The facts of a message as they would be at its turn.

    What came too fast was refused at once and is not on record; of what waited, the paces are those of a later turn.
    """
    tact = side.policy
    found = replace(
        kept,
        unanswered_max=tact.support.unanswered,
        quiet=False,
        quiet_figure="",
        heard=None,
        pair_tat=None,
        pace_tat=None,
    )
    own = OwnQuiet(*line.own) if line.own is not None else None
    if line.category == "marketing":
        of_all, of_sender = side.heard.get(line.recipient, []), side.heard_of.get((line.recipient, line.sender_id), [])
        heard = caps.heard(tact.caps, of_all, of_sender, at)
        found.heard, found.caps, found.heard_until = heard.counts, heard.caps, heard.until
        _admit(found, tact.admission, of_all, at)
        hours = tact.quiet_hours.of(line.market)
    elif own is not None and own.for_all and line.category != "authentication":
        hours = quiet_time.ALL_DAY
    else:
        return found
    quiet = quiet_time.look(hours, own, calendars.place_of(line.wa_id, line.market, line.zone, at), at)
    found.quiet, found.quiet_figure, found.quiet_until = quiet.now, quiet.figure, quiet.until
    found.quiet_room_s = int(quiet.span.total_seconds())
    return found


def _admit(found: Facts, settings: Admission, heard_at: list[datetime], at: datetime) -> None:
    """Admission under this policy: a cap counts anew; what was decided by score stays, for it rests on beliefs of then."""
    if settings.mode != "priced":
        found.pressure_mode, found.pressure_passed, found.held_out = "", True, False
    if settings.mode == "cap":
        cold_start = cold.decide(settings.cap_per_week, 1.0, 0.0, heard_at, at)
        found.pressure_mode, found.pressure_passed = "cap", cold_start.passed
        found.pressure_next_at = cold_start.next_at
        found.pressure_figure = f"{cold_start.count} of {cold_start.allowed} advertising messages in 7 days"


def _due(tact: TactPolicy, line: Line, denied: Denied, found: Facts) -> datetime | None:
    if not denied.waits_for or denied.next_at is None:
        return None
    wish = Wish(UUID(line.message_id), line.at, line.expires_at)
    return waiting.due_at(tact.waiting, wish, denied.next_at, policy.room_of(denied, found))
