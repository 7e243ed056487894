"""Estimates by the log of decisions: over simulated logs whose truth is known, intervals hold it as often as they say."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pytest

from takt.core.admission import cold, hazard, off_policy
from takt.core.admission.book import render_model
from takt.core.admission.settings import Admission
from takt.core.tact import parse_policy, render_policy
from takt.rehearsal import logged
from takt.rehearsal.job import Choice, Job, Line, decode_job, encode
from takt.rehearsal.likelihood import along, always, by_cap
from takt.rehearsal.logged import estimate, weighed
from takt.rehearsal.scored import Ground, passing
from takt.wire.record import encode_facts
from tests.rehearsal.test_recorded import FACTS, NOON, OPEN

PEOPLE = 250
SHARE = 0.2
OFFERED = 6
CAP = 2
COLD = {"mode": "cap", "cap_per_week": CAP, "cold_exploration": SHARE}
GROUND = Ground(hazard.prior(), PEOPLE, 28.0)


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(off_policy, "ROUNDS", 100)


def annoyed(heard: int) -> float:
    """How likely somebody blocks who had so many."""
    return 0.03 + 0.04 * heard


def simulate(seed: int, share: float = SHARE) -> Job:
    """A cold start: six messages a week for each person, a cap, wider for some."""
    rng, lines, choices, acts = Random(seed), list[Line](), list[Choice](), dict[str, list[str]]()
    for person in range(PEOPLE):
        lot, heard = rng.random(), 0
        for nth in range(OFFERED):
            at = NOON - timedelta(days=1) + timedelta(hours=nth)
            found = cold.decide(CAP, lot, share, [NOON] * heard, NOON)
            number = str(UUID(int=len(lines) + 1))
            facts = encode_facts(replace(FACTS, heard=(0, heard, 0, 0), caps=(9, 9, 9, 9)))
            sender = "s1" if len(lines) % 3 else "s2"
            lines.append(
                Line(number, f"r{person}", "49", "DE", sender, "marketing", NOON, NOON, facts, price_micros=100_000)
            )
            seen = (rng.gauss(0, 1), 0.0, float(heard))
            choices.append(
                Choice(number, at, "cap", found.passed, found.passed, *seen, (0.1, *[0.0] * 6), rng.random() < 0.2)
            )
            if found.passed:
                if rng.random() < annoyed(heard):
                    acts[number] = ["block"]
                heard += 1
    return job(lines, choices, acts, {**OPEN, "admission": {**COLD, "cold_exploration": share}})


def job(lines: list[Line], choices: list[Choice], acts: dict[str, list[str]], old: dict[str, Any]) -> Job:
    was, model = render_policy(parse_policy(old)), hazard.prior()
    rendered = {"version": 0, **render_model(model)}
    return Job(
        was, was, NOON - timedelta(days=28), NOON + timedelta(days=1), tuple(lines), acts=acts, names={"s1": "Nordwind"},
        choices=tuple(choices), model=rendered,
    )  # fmt: skip


def under(one: Job, **sections: Any) -> Job:
    return replace(one, new=render_policy(parse_policy({**OPEN, "admission": COLD, **sections})))


def told(found: dict[str, Any] | None, name: str) -> dict[str, Any]:
    assert found is not None
    assert msgspec.json.decode(msgspec.json.encode(found)) == found  # it leaves its process so
    assert not found["thin"]
    return next(one for one in found["figures"] if one["name"] == name)


def brings(cap: int, share: float = 0.0) -> float:
    """How many block under a cap, of all people, on average."""
    ways = [(1.0 - share, cap), *((share / len(cold.WIDENINGS), cap * one) for one in cold.WIDENINGS)]
    return PEOPLE * sum(chance * sum(map(annoyed, range(min(allowed, OFFERED)))) for chance, allowed in ways)


def test_intervals_hold_what_a_wider_and_a_narrower_cap_would_have_brought() -> None:
    """The new policy's own weeks count, not those of the log: with a wider cap more people come to their third message."""
    held = 0
    for seed in range(12):
        log = simulate(seed)
        now = len(log.acts)
        for cap in (1, 4):
            found = told(
                estimate(under(log, admission={**COLD, "cap_per_week": cap, "cold_exploration": 0.0})), "blocks"
            )
            true = (brings(cap) - brings(CAP, SHARE)) / brings(CAP, SHARE)
            held += found["change"]["low"] <= true <= found["change"]["high"]
            assert found["now"] == now
    assert held >= 20, f"{held} of 24"


def test_under_the_same_policy_nothing_changes_and_money_is_known_exactly() -> None:
    log = simulate(1)
    found = estimate(decode_job(encode(log)))
    assert found is not None
    for one in found["figures"]:
        assert one["change"]["low"] <= 0 <= one["change"]["high"]
        assert abs(one["change"]["mid"]) < 0.1
    assert told(found, "revenue")["now"] == pytest.approx(0.1 * sum(one.let_out for one in log.choices))
    assert {one["name"] for one in found["senders"]} == {"Nordwind", "s2"}
    assert found["unexplored"] == 0


def test_a_narrower_cap_earns_less_and_every_sender_loses() -> None:
    log = simulate(2)
    found = estimate(under(log, admission={**COLD, "cap_per_week": 1, "cold_exploration": 0.0}))
    assert told(found, "revenue")["change"]["high"] < -0.3
    assert told(found, "blocks")["change"]["high"] < 0
    assert found is not None
    assert all(one["change"]["high"] < 0 for one in found["senders"])


def test_caps_of_the_policy_count_too() -> None:
    log = simulate(3)
    new = parse_policy({**OPEN, "admission": {"mode": "off"}, "caps": {**OPEN["caps"], "person_per_week": 1}})
    for one in weighed(logged._cases(log), parse_policy(log.old), new, GROUND):
        assert one.likely.then == (one.heard[1] < 1 and one.likely.before > 0)


def test_what_a_lot_leads_to_hangs_together() -> None:
    """Whoever got a third message has a wider week, so the fourth and fifth are no chance any more."""
    now, then = by_cap(Admission(cold_exploration=0.2), range(6)), always(6)
    found = along([True, True, True, True, False, False], now, then)
    assert [round(one.now, 3) for one in found if one] == [1.0, 1.0, 0.2, 1.0, 0.5, 0.0]
    assert [round(one.before, 3) for one in found if one] == [1.0, 1.0, 1.0, 5.0, 5.0, 0.0]
    assert along([False], now, then) == [None], "the policy of now could not have done that"


def test_what_was_never_tried_is_told_and_too_little_is_refused() -> None:
    log = simulate(4)
    wide = estimate(under(log, admission={"mode": "off"}))
    assert wide is not None
    assert wide["unexplored"] < 0.1, "some weeks were wider"
    blind = estimate(under(simulate(4, share=0.0), admission={"mode": "off"}))
    assert blind is not None
    assert blind["unexplored"] == pytest.approx(1 / 3), "nobody ever had a third"
    few = estimate(replace(log, choices=log.choices[:50]))
    assert few is not None
    assert (few["thin"], few["figures"], few["senders"]) == (True, [], [])
    assert estimate(replace(log, choices=())) is None


def scored(seed: int, count: int = 400) -> list[Choice]:
    """Messages that were scored: price 0.1, annoyance spread, at a price of 2 for a unit of it."""
    rng = np.random.default_rng(seed)
    annoyance = rng.gamma(1.0, 0.05, count)
    return [
        Choice(str(n), NOON, "priced", let_out=True, passed=True, content=0.0, affinity=0.0, pressure=0.0,
               terms=(0.1, 0.0, 0.0, float(one), float(2 * one), 0.0, 0.0), used=False)
        for n, one in enumerate(annoyance)
    ]  # fmt: skip


def test_another_budget_lets_pass_what_annoys_as_much_as_it_allows() -> None:
    some, old = scored(1), Admission(mode="priced", budget=15.0)
    annoyance = np.asarray([one.terms[3] for one in some])
    before = passing(some, old, old, GROUND)
    assert before.tolist() == [one.terms[0] > one.terms[4] for one in some]
    for times in (0.5, 2.0):
        after = passing(some, old, replace(old, budget=15.0 * times), GROUND)
        assert annoyance[after].sum() == pytest.approx(times * annoyance[before].sum(), rel=0.05)


def test_what_met_the_cap_is_scored_as_of_somebody_unknown() -> None:
    log = simulate(5)
    small, wide = (
        passing(log.choices, Admission(), Admission(mode="priced", budget=budget), GROUND).mean()
        for budget in (5.0, 5_000.0)
    )
    assert small < 0.7 * wide


def test_a_score_decides_only_where_there_is_a_model() -> None:
    log = simulate(6)
    cases, old = logged._cases(log), parse_policy(log.old)
    new = replace(old, admission=replace(old.admission, mode="priced"))
    assert weighed(cases, old, new, GROUND) == weighed(cases, old, old, GROUND)
    known = Ground(replace(hazard.prior(), version=1), PEOPLE, 28.0)
    assert weighed(cases, old, new, known) != weighed(cases, old, old, known)
