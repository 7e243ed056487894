"""What another policy would have brought in the time of the record, by the log of decisions.

Admission leaves something to chance and keeps how likely each decision was; so what came of its decisions can be weighed
for a policy that would have decided otherwise (`core/admission/off_policy.py`). It tells of the next weeks alone, and of the
messages that admission decided about: those that caps refused are not among them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from takt.core.admission import hazard, off_policy
from takt.core.admission.arrays import Flags, Floats
from takt.core.admission.hazard import BLOCK, STOP, USEFUL, Model
from takt.core.admission.off_policy import Decision, Estimate, doubly_robust
from takt.core.admission.settings import Admission
from takt.core.interval import Interval
from takt.core.tact import TactPolicy, parse_policy
from takt.rehearsal.job import Choice, Job, Line
from takt.rehearsal.likelihood import SURE, Likely, Lots, along, always, by_cap, by_score
from takt.rehearsal.scored import Ground, passing
from takt.wire import record

FIGURES: Final = ("revenue", "blocks", "stops", "used")
SENDERS_SHOWN_MAX: Final = 20
DECISIONS_LEAST: Final = 100
"""Fewer decisions than these say nothing, however they were made."""
HEARD_MAX: Final = 12
_ACTS: Final = {"blocks": ("block", "stop"), "stops": ("stop_all",)}


@dataclass(frozen=True, slots=True)
class Case:
    """A decision with its message, what had reached the person within day and week (all, this sender), and what came of it."""

    choice: Choice
    line: Line
    heard: tuple[int, int, int, int]
    acts: Sequence[str]
    likely: Likely = SURE

    def reward(self, figure: str) -> float:
        """What came of it in a figure; nothing comes of what was not let out."""
        if not self.choice.let_out:
            return 0.0
        if figure == "revenue":
            return self.choice.terms[0]
        if figure == "used":
            return float(self.choice.used)
        return float(not set(_ACTS[figure]).isdisjoint(self.acts))

    def decision(self, reward: float, foretold: float) -> Decision:
        """For the estimate: what came of it, and what a model foretells of the message if it is let out."""
        likely, out = self.likely, self.choice.let_out
        done, alike = (likely.now, likely.then) if out else (1.0 - likely.now, 1.0 - likely.then)
        return Decision(
            self.line.recipient, str(min(self.heard[1], HEARD_MAX)), out, done, alike, reward,
            foretold if out else 0.0, likely.then * foretold, likely.before,
        )  # fmt: skip


def estimate(job: Job) -> dict[str, Any] | None:
    """What the new policy would have brought beside what was; None where nothing was left to admission.

    Counted figures are sums over the record, with an interval of nine in ten around the change; `senders` says what more
    or less of each sender's messages would have gone out.
    """
    ground = _ground(job)
    cases = weighed(_cases(job), parse_policy(job.old), parse_policy(job.new), ground)
    if not cases:
        return None
    told = _told(ground.model, cases)
    found = {name: _figure(cases, name, told[name]) for name in FIGURES}
    whole = [one.decision(0.0, 0.0) for one in cases]
    thin = len(cases) < DECISIONS_LEAST or not all(isinstance(one, Estimate) for one in found.values())
    return {
        "decisions": len(cases),
        "effective": off_policy.effective_size(one.weight for one in whole),
        "unexplored": off_policy.unexplored(whole),
        "thin": thin,
        "figures": [] if thin else [_shown(name, found[name], cases) for name in FIGURES if _sum(cases, name)],
        "senders": [] if thin else _senders(job, cases),
    }


def weighed(cases: Sequence[Case], old: TactPolicy, new: TactPolicy, ground: Ground) -> list[Case]:
    """The decisions with how likely both policies make them, a person's week at a time; those that cannot be are left out."""
    passed, places = _passing(cases, old, new, ground), {id(one): place for place, one in enumerate(cases)}
    weeks: defaultdict[tuple[Any, ...], list[Case]] = defaultdict(list)
    for one in sorted(cases, key=lambda case: case.choice.at):
        weeks[(one.line.recipient, one.choice.mode, *one.choice.at.isocalendar()[:2])].append(one)
    found = []
    for some in weeks.values():
        now = _lots(old.admission, some, np.asarray([one.choice.passed for one in some]), some[0].choice.mode)
        then = _lots(new.admission, some, passed[[places[id(one)] for one in some]], _mode(new.admission, ground))
        room = np.asarray([_has_room(new, one.heard, ground) for one in some], float)
        likely = along([one.choice.let_out for one in some], now, Lots(then.shares, then.out * room[:, None]))
        found += [replace(one, likely=so) for one, so in zip(some, likely, strict=True) if so is not None]
    return found


def _mode(settings: Admission, ground: Ground) -> str:
    """How the settings decide: by score only where there is a model."""
    return "cap" if settings.mode == "priced" and ground.model.version == 0 else settings.mode


def _lots(settings: Admission, some: Sequence[Case], passed: Flags, mode: str) -> Lots:
    if mode == "off":
        return always(len(some))
    return by_score(settings, passed) if mode == "priced" else by_cap(settings, [one.heard[1] for one in some])


def _passing(cases: Sequence[Case], old: TactPolicy, new: TactPolicy, ground: Ground) -> Flags:
    if not cases or _mode(new.admission, ground) != "priced":
        return np.zeros(len(cases), bool)
    return passing([one.choice for one in cases], old.admission, new.admission, ground)


def _has_room(new: TactPolicy, heard: tuple[int, int, int, int], ground: Ground) -> bool:
    caps, week = new.caps, new.caps.person_per_week
    if _mode(new.admission, ground) == "priced":
        week = min(week, new.admission.person_per_week)
    allowed = (caps.person_per_day, week, caps.sender_per_day, caps.sender_per_week)
    return all(count < cap for count, cap in zip(heard, allowed, strict=True))


def _cases(job: Job) -> list[Case]:
    lines = {one.message_id: one for one in job.lines}
    found = []
    for choice in job.choices:
        line = lines.get(choice.message_id)
        heard = record.decode_facts(line.facts).heard if line is not None else None
        if line is not None and heard is not None:
            found.append(Case(choice, line, heard, job.acts.get(choice.message_id, ())))
    return found


def _ground(job: Job) -> Ground:
    return Ground.of(
        job.model, len({one.recipient for one in job.lines}), (job.until - job.since).total_seconds() / 86_400
    )


def _told(model: Model, cases: Sequence[Case]) -> dict[str, Floats]:
    """What the model foretells of each message that is let out, its person unknown; the price is known."""
    content, affinity, pressure = (
        np.asarray([getattr(one.choice, name) for one in cases]) for name in ("content", "affinity", "pressure")
    )
    chances = hazard.chances(model, content, affinity, pressure) @ model.weights
    price = np.asarray([one.choice.terms[0] for one in cases])
    return {"revenue": price, "blocks": chances[BLOCK], "stops": chances[STOP], "used": chances[USEFUL]}


def _figure(cases: Sequence[Case], name: str, told: Floats) -> Estimate | off_policy.Thin:
    pairs = zip(cases, told.tolist(), strict=True)
    return doubly_robust([one.decision(one.reward(name), foretold) for one, foretold in pairs], _draw())


def _shown(name: str, found: Estimate | off_policy.Thin, cases: Sequence[Case]) -> dict[str, Any]:
    assert isinstance(found, Estimate)
    now = _sum(cases, name)
    return {
        "name": name,
        "now": now,
        "then": found.brings.mid * len(cases),
        "change": _share(found.more, now / len(cases)),
    }


def _sum(cases: Sequence[Case], name: str) -> float:
    return sum(one.reward(name) for one in cases)


def _senders(job: Job, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """By which share more of each sender's messages would have gone out, those with the most messages first."""
    by_sender: defaultdict[str, list[Decision]] = defaultdict(list)
    for one in cases:
        by_sender[one.line.sender_id].append(one.decision(float(one.choice.let_out), 1.0))
    shown = []
    for sender_id in sorted(by_sender, key=lambda one: -len(by_sender[one]))[:SENDERS_SHOWN_MAX]:
        decisions = by_sender[sender_id]
        found, out = doubly_robust(decisions, _draw()), sum(one.reward for one in decisions)
        if isinstance(found, Estimate) and out:
            change = _share(found.more, out / len(decisions))
            shown.append({"name": job.names.get(sender_id, sender_id), "change": change})
    return shown


def _share(found: Interval, of: float) -> dict[str, float]:
    return {"mid": found.mid / of, "low": found.low / of, "high": found.high / of}


def _draw() -> off_policy.Draw:
    chance = np.random.default_rng(20)
    return lambda count: chance.integers(0, count, count)
