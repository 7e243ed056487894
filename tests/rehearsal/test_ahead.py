"""Both policies in the twin: the same world and chance, so that what differs is the policies' own."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from takt.core.admission.settings import Admission
from takt.core.caps import Caps
from takt.core.support import Support
from takt.core.tact import TactPolicy, parse_policy, render_policy
from takt.core.waiting import Waiting
from takt.rehearsal import ahead, seen, worlds
from takt.rehearsal.ahead import FIGURES, figure, rehearse, stays_within
from takt.rehearsal.installed import Installed
from takt.rehearsal.job import Job, Line
from takt.rehearsal.seen import look, spread_of
from takt.twin import life as living
from takt.twin.offers import draw_offers
from takt.twin.policies import Delivery
from takt.twin.running import run

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OFF = Admission(mode="off")
LOOSE, TIGHT = TactPolicy(caps=Caps(50, 50, 50, 50), admission=OFF), TactPolicy(caps=Caps(2, 2, 1, 2), admission=OFF)
PRICED = replace(LOOSE, admission=Admission(mode="priced"))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "USERS", 300)
    monkeypatch.setattr(ahead, "FRONTIER_PAIRS", 2)


def test_the_same_policy_changes_nothing() -> None:
    shown = rehearse(LOOSE, LOOSE, 3)
    for one in shown["figures"]:
        assert one["now"] == one["then"]
        assert one["change"] == {"mid": 0.0, "low": 0.0, "high": 0.0}
    assert [one["change"]["mid"] for one in shown["senders"]] == [0.0] * 4


def test_tighter_caps_annoy_less_and_earn_less_at_once() -> None:
    shown = rehearse(LOOSE, TIGHT, 4)
    change = {one["name"]: one["change"] for one in shown["figures"]}
    assert list(change) == list(FIGURES)
    assert change["annoyance"]["mid"] < -0.3
    assert change["revenue_now"]["high"] < 0
    assert all(one["change"]["mid"] < 0 for one in shown["senders"])
    points = shown["frontier"]["lines"][0]["points"]
    assert [one["y"] for one in points] == sorted(one["y"] for one in points), "looser caps annoy more"
    assert (shown["world"], shown["weeks"], shown["seeds"]) == ("usual", 26, 4)


def test_the_same_seed_gives_the_same_preview() -> None:
    assert rehearse(LOOSE, TIGHT, 2) == rehearse(LOOSE, TIGHT, 2)


def test_within_the_budget_only_with_the_whole_interval() -> None:
    high = rehearse(LOOSE, TIGHT, 3)["annoyance"]["high"]
    for budget, within in ((high + 1e-9, True), (high - 1e-9, False)):
        old = replace(LOOSE, admission=replace(OFF, budget=budget))
        assert stays_within(rehearse(old, replace(TIGHT, admission=old.admission), 3)) is within


def test_what_the_twin_cannot_judge_takes_a_second_person() -> None:
    """Whoever raises the budget itself, most of all."""
    old = replace(LOOSE, admission=replace(OFF, budget=9_999.0))
    within = {"annoyance": {"high": 1.0}, "budget": 15.0, "unjudged": []}
    assert stays_within(within)
    for change in ({"admission": replace(OFF, budget=10_000.0)}, {"support": Support(9)}, {"waiting": Waiting(1)}):
        found = ahead.unjudged(old, replace(old, **change))
        assert found == list(change)
        assert not stays_within({**within, "unjudged": found})


def test_of_admission_only_the_yardstick_is_left_to_two() -> None:
    """How much may be tried by lot is judged by what it brings; by what annoyance is measured, by people."""
    changes: list[tuple[dict[str, Any], list[str]]] = [
        ({"exploration": 0.1}, []),
        ({"mode": "cap"}, []),
        ({"budgets": (("DE", 9.0),)}, ["admission"]),
    ]
    for change, told in changes:
        assert ahead.unjudged(PRICED, replace(PRICED, admission=replace(PRICED.admission, **change))) == told


def test_a_score_that_decides_keeps_to_its_budget_and_lets_the_wanted_through() -> None:
    cap = replace(LOOSE, admission=Admission(mode="cap", cap_per_week=4))
    found = ahead.pair(cap, replace(PRICED, admission=Admission(mode="priced", budget=15.0)), 1, None)
    assert figure("annoyance", found.then) == pytest.approx(15.0, rel=0.4)
    assert figure("annoyance", found.now) > 2 * figure("annoyance", found.then)
    assert figure("wanted", found.then) / sum(found.then.delivered) > figure("wanted", found.now) / sum(
        found.now.delivered
    )


def test_a_score_decides_as_soon_as_there_is_a_model_and_the_cap_until_then() -> None:
    world = replace(worlds.usual(4), users=200, log_weeks=6)
    offers = draw_offers(world, 2)
    policy, by_week = Installed(PRICED, offers), []
    life = living.begin(offers)
    for week in range(6):
        counts = run(offers, life, policy, range(week, week + 1))
        by_week.append((policy.known is not None and policy.known.model.version, sum(counts.delivered)))
    first = next(week for week, (version, _) in enumerate(by_week) if version)
    assert first > 0
    assert all(delivered <= 200 * 2 * 1.2 for _, delivered in by_week[:first]), (
        "two a week each, but for those explored"
    )


def test_the_comparison_group_gets_nothing_while_a_score_decides() -> None:
    held = replace(PRICED, admission=replace(PRICED.admission, hold_out=0.1))
    offers, life, logged = ahead.live_log(ahead.around_the_usual(1), held, 1)
    out = logged._held_out
    assert 0 < out.mean() < 0.3
    run(offers, life, logged, range(offers.world.log_weeks, offers.world.log_weeks + 2))
    assert not life.recent[:, out].any()


@pytest.mark.parametrize("caps", [Caps(1, 3, 1, 2), Caps(2, 4, 1, 1), Caps(0, 9, 9, 9), Caps(3, 2, 9, 9)])
def test_nobody_ever_gets_more_than_the_caps(caps: Caps) -> None:
    world = replace(worlds.usual(4), traffic=replace(worlds.usual().traffic, per_week=20.0))
    offers = draw_offers(world, 1)
    policy = Installed(TactPolicy(caps=caps, admission=Admission(mode="off")), offers)
    days: list[Counter[Any]] = []
    learned = policy.learn

    def learn(delivery: Delivery) -> None:
        edges = Counter(zip(delivery.person.tolist(), delivery.sender.tolist(), strict=True))
        people: Counter[Any] = Counter(delivery.person.tolist())
        days.append(edges + people)
        learned(delivery)

    policy.learn = learn  # type: ignore[method-assign]
    run(offers, living.begin(offers), policy, range(3))
    for last in range(len(days)):
        week = sum(days[max(0, last - 6) : last + 1], Counter())
        for whom, count in days[last].items():
            assert count <= (caps.sender_per_day if isinstance(whom, tuple) else caps.person_per_day)
        for whom, count in week.items():
            assert count <= (caps.sender_per_week if isinstance(whom, tuple) else caps.person_per_week)


def test_the_days_before_a_change_still_count() -> None:
    policy = Installed(LOOSE, draw_offers(replace(worlds.usual(1), log_weeks=1), 1))
    policy._days[0] = 1
    after = policy.goes_on(TIGHT)
    assert (after._days == policy._days).all()
    after._days[0] = 0
    assert (policy._days[0] == 1).all(), "each goes its own way"


def test_a_world_is_looked_for_that_shows_what_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "USERS", 1_500)
    true = worlds.usual()
    offers, _, logged = ahead.live_log(replace(true, weeks=0), LOOSE, 7)
    was_seen = ahead.show(offers, logged)
    found = ahead.near(LOOSE, 3, was_seen)
    offers, _, logged = ahead.live_log(replace(found, weeks=0), LOOSE, 3)
    shows = ahead.show(offers, logged)
    assert shows.rate(shows.blocks) == pytest.approx(was_seen.rate(was_seen.blocks), rel=0.4)
    assert shows.offered / shows.people == pytest.approx(was_seen.offered / was_seen.people, rel=0.1)
    assert worlds.distance(was_seen, shows) < 1
    assert worlds.distance(was_seen, was_seen) == 0


def line(number: int, at: datetime, person: str = "r1", **more: Any) -> Line:
    return Line(str(number), person, "49", "DE", "s1", "marketing", at, at, "{}", **more)


def job(lines: list[Line], acts: dict[str, list[str]]) -> Job:
    whole = render_policy(parse_policy({}))
    return Job(whole, whole, NOW - timedelta(days=28), NOW, tuple(lines), acts=acts)


def test_what_was_seen_is_counted_from_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "DELIVERED_LEAST", 5)
    monkeypatch.setattr(seen, "BLOCKS_LEAST", 1)
    lines = [line(n, NOW - timedelta(days=6 - n), price_micros=100_000) for n in range(5)]
    lines += [
        line(9, NOW - timedelta(days=1), "r2", price_micros=100_000),
        line(10, NOW, "r2", reason="cap_of_person"),
        line(11, NOW, "r3", reason="marketing_not_granted"),
        line(12, NOW - timedelta(days=30), "r4"),
    ]
    found = look(job(lines, {"4": ["block"], "9": ["stop_all"], "1": ["stop"], "11": ["block"]}))
    assert found is not None
    assert (found.people, found.weeks, found.offered, found.delivered) == (2, 4.0, 7, 6)
    assert (found.blocks, found.stops) == (2, 1)
    assert found.price == pytest.approx(0.1)
    assert (found.tired, found.tired_blocks, found.tired_stops) == (2, 1, 0)


def test_too_little_on_record_says_nothing() -> None:
    assert look(job([line(1, NOW)], {"1": ["block"]})) is None


def test_chance_alone_is_no_difference_between_people() -> None:
    chance = np.random.default_rng(1)
    assert spread_of(chance.poisson(5.0, 20_000).tolist()) < 0.1
    rates = 5.0 * np.exp(0.6 * chance.standard_normal(20_000) - 0.18)
    assert spread_of(chance.poisson(rates).tolist()) == pytest.approx(0.6, abs=0.05)
    assert spread_of([]) == 0.0
