"""Both policies in the twin, half a year ahead: the same world, the same offers, the same chance, one difference.

Each pair lives in a world of its own, since nobody knows the true one; what the pairs disagree about is what is not known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from takt.core.admission.arrays import Floats, Ints
from takt.core.admission.settings import Admission
from takt.core.caps import CAP_MAX, Caps
from takt.core.interval import Interval, foretold
from takt.core.tact import TactPolicy, render_policy
from takt.rehearsal import worlds
from takt.rehearsal.installed import Installed
from takt.rehearsal.seen import Seen, spread_of
from takt.twin import life as living
from takt.twin.life import Life
from takt.twin.offers import DAYS_A_WEEK, Offers, draw_offers
from takt.twin.running import Counts, run
from takt.twin.world import World

MONTH: Final = 4
JUDGED: Final = ("caps", "admission")
YARDSTICK: Final = ("budget", "budgets", "weights")
"""By what a policy of admission is judged: whoever changes that cannot be judged by what they changed it to."""
SETTLING: Final = 3
"""Weeks of a log in which a policy that decides by score finds its model and its price; what they show is not counted."""
MATCHING: Final = 3
"""How often a world is moved towards what was seen; before each its log is lived anew."""
TRIES_MAX: Final = 4
SCORED_TRIES_MAX: Final = 2
"""The same where a score decides already: living such a log takes ten times as long."""
NEAR: Final = 0.35
"""A world as near as this to what was seen will do; else another one is drawn, and the nearest of all taken."""
FRONTIER_PAIRS: Final = 3
FRONTIER_CAPS: Final = (1, 2, 3, 4, 6, 9)
FRONTIER_BUDGETS: Final = (0.4, 1.0, 2.5)
"""As multiples of the budget: what deciding by score would do with more and with less."""
QUARTERS: Final = ("most", "more", "less", "least")
STOP_WEIGHT: Final = 5.0
ONE_CASE: Final = 0.5
"""What is added to both sides of a ratio, in cases: where nothing happened something might have."""
_LEAST: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Pair:
    """One world under both policies: counts, what arrived by sender, and how the senders are liked (0 is most)."""

    now: Counts
    then: Counts
    arrived_now: Floats
    arrived_then: Floats
    liked: Ints
    beside: tuple[tuple[str, tuple[Counts, ...]], ...] = ()


def rehearse(old: TactPolicy, new: TactPolicy, seeds: int, seen: Seen | None = None) -> dict[str, Any]:
    """What the new policy would do beside the old one, for programs. All is for 1,000 people; annoyance a week.

    The budget is that of the old one: whoever raises it cannot be judged by what they raised it to.
    """
    pairs = [pair(old, new, seed, seen, frontier=seed < FRONTIER_PAIRS) for seed in range(seeds)]
    annoyance = _ratio([figure("annoyance", one.then) for one in pairs])
    return {
        "world": "usual" if seen is None else "own",
        "weeks": worlds.WEEKS,
        "seeds": seeds,
        "figures": [_compared(name, pairs) for name in FIGURES],
        "annoyance": _shown(annoyance),
        "budget": old.admission.budget,
        "unjudged": unjudged(old, new),
        "senders": [{"name": name, "change": _shown(_by_quarter(pairs, place))} for place, name in enumerate(QUARTERS)],
        "frontier": _frontier(pairs),
    }


def stays_within(shown: dict[str, Any]) -> bool:
    """Whether annoyance stays within the budget, its whole interval, and nothing changes that the twin cannot judge."""
    return bool(shown["annoyance"]["high"] <= shown["budget"] and not shown["unjudged"])


def unjudged(old: TactPolicy, new: TactPolicy) -> list[str]:
    """The sections of which a change takes a second person whatever the twin shows: those it does not know, and its yardstick."""
    before, after = render_policy(old), render_policy(new)
    touched = [name for name in after if before[name] != after[name]]
    measured = any(before["admission"][name] != after["admission"][name] for name in YARDSTICK)
    return [name for name in touched if name not in JUDGED or (name == "admission" and measured)]


FIGURES: Final = ("revenue_now", "revenue_later", "annoyance", "blocks", "stops", "leaves", "wanted")


def figure(name: str, counts: Counts) -> float:
    """One figure of a run, for 1,000 people."""
    per, weeks = 1_000.0 / counts.users, len(counts.revenue)
    match name:
        case "revenue_now":
            return sum(counts.revenue[:MONTH]) * per
        case "revenue_later":
            return sum(counts.revenue[-MONTH:]) * per
        case "annoyance":
            return (sum(counts.blocks) + STOP_WEIGHT * sum(counts.stops)) * per / weeks
        case _:
            return float(sum(getattr(counts, name))) * per


def pair(old: TactPolicy, new: TactPolicy, seed: int, seen: Seen | None, *, frontier: bool = False) -> Pair:
    """Both policies in the world of one seed, after a log that the old one has left."""
    world = near(old, seed, seen) if seen is not None else around_the_usual(seed)
    offers, life, logged = live_log(
        world, old, seed, learns=by_score(old, new), people=None if seen is None else seen.people
    )
    weeks = range(world.log_weeks, world.log_weeks + world.weeks)
    first, second = logged.goes_on(old), logged.goes_on(new)
    now, then = run(offers, life.copy(), first, weeks), run(offers, life.copy(), second, weeks)
    families = _families(new if by_score(new) else old) if frontier else {}
    beside = tuple(
        (name, tuple(run(offers, life.copy(), logged.goes_on(one), weeks) for one in family))
        for name, family in families.items()
    )
    return Pair(now, then, first.arrived, second.arrived, _liked(offers), beside)


def by_score(*policies: TactPolicy) -> bool:
    """Whether a score decides under any of these."""
    return any(one.admission.mode == "priced" for one in policies)


def _families(tact: TactPolicy) -> dict[str, list[TactPolicy]]:
    """Policies to look at beside: plain weekly caps, and deciding by score at several budgets where that is at issue."""
    off, open_ = Admission(mode="off"), Caps(CAP_MAX, CAP_MAX, CAP_MAX, CAP_MAX)
    found = {
        "weekly_caps": [TactPolicy(caps=Caps(CAP_MAX, cap, CAP_MAX, CAP_MAX), admission=off) for cap in FRONTIER_CAPS]
    }
    if by_score(tact):
        budgets = [tact.admission.budget * times for times in FRONTIER_BUDGETS]
        found["by_score"] = [TactPolicy(caps=open_, admission=replace(tact.admission, budget=one)) for one in budgets]
    return found


def around_the_usual(seed: int, number: int = 0) -> World:
    """One of the worlds that could be."""
    return worlds.around(worlds.usual(), np.random.default_rng((seed, 11, number)))


def near(old: TactPolicy, seed: int, seen: Seen) -> World:
    """A world that shows what was seen, as nearly as those that are tried do."""
    tried: list[tuple[float, World]] = []
    for number in range(SCORED_TRIES_MAX if by_score(old) else TRIES_MAX):
        world = worlds.scaled(around_the_usual(seed, number), seen)
        world, shown = matched(world, old, seed, seen)
        tried.append((worlds.distance(seen, shown), world))
        if tried[-1][0] <= NEAR:
            break
    return min(tried, key=lambda one: one[0])[1]


def matched(world: World, old: TactPolicy, seed: int, seen: Seen) -> tuple[World, Seen]:
    """The world moved towards what was seen, and what it then shows."""
    for _ in range(MATCHING):
        world = worlds.at_the_rate(world, seen, _shows(world, old, seed))
    return world, _shows(world, old, seed)


def _shows(world: World, old: TactPolicy, seed: int) -> Seen:
    offers, _, logged = live_log(replace(world, weeks=0), old, seed)
    return show(offers, logged)


def show(offers: Offers, logged: Installed) -> Seen:
    """What an installation would have seen of this log."""
    counts = logged.log
    assert counts is not None
    weeks = len(counts.revenue)
    last = offers.world.log_weeks * DAYS_A_WEEK
    days = offers.days[last - weeks * DAYS_A_WEEK : last]
    offered = np.sum([np.bincount(day.person, minlength=counts.users) for day in days], 0)
    delivered = sum(counts.delivered)
    return Seen(
        counts.users, float(weeks), int(offered.sum()), delivered, sum(counts.blocks), sum(counts.stops), sum(counts.leaves),
        sum(counts.revenue) / max(delivered, 1), spread_of(offered.tolist()), *(int(one) for one in logged.tired),
    )  # fmt: skip


def live_log(
    world: World, old: TactPolicy, seed: int, *, learns: bool = False, people: int | None = None
) -> tuple[Offers, Life, Installed]:
    """A world lived through its log under a policy: what is offered in it, its people by then, the policy by then.

    `learns`: a score may decide later; `people`: how many the installation has that the world stands for.
    """
    offers = draw_offers(world, seed)
    life = living.begin(offers)
    logged = Installed(old, offers, learns=learns, people=people)
    settled = SETTLING if old.admission.mode == "priced" else 0
    run(offers, life, logged, range(settled))
    logged.tired[:] = 0
    logged.log = run(offers, life, logged, range(settled, world.log_weeks))
    return offers, life, logged


def _liked(offers: Offers) -> Ints:
    """For each sender the quarter of how much its messages matter to people, 0 the most."""
    senders = offers.world.senders
    count, total = np.zeros(senders), np.zeros(senders)
    for day in offers.days:
        count += np.bincount(day.sender, minlength=senders)
        total += np.bincount(day.sender, day.relevance, senders)
    place = np.argsort(np.argsort(-total / np.maximum(count, 1.0)))
    found: Ints = place * len(QUARTERS) // senders
    return found


def _by_quarter(pairs: Sequence[Pair], quarter: int) -> Interval:
    """By which share more of what these senders send arrives."""
    now = [float(one.arrived_now[one.liked == quarter].sum()) for one in pairs]
    then = [float(one.arrived_then[one.liked == quarter].sum()) for one in pairs]
    return relative(now, then).map(lambda ratio: ratio - 1.0)


def _compared(name: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    now, then = ([figure(name, getattr(one, side)) for one in pairs] for side in ("now", "then"))
    change = relative(now, then).map(lambda ratio: ratio - 1.0)
    return {"name": name, "now": _mean(now), "then": _mean(then), "change": _shown(change)}


def relative(now: Sequence[float], then: Sequence[float]) -> Interval:
    """By which factor a figure changes: worlds agree about that far better than about the difference."""
    return _ratio([(after + ONE_CASE) / (before + ONE_CASE) for before, after in zip(now, then, strict=True)])


def _ratio(found: Sequence[float]) -> Interval:
    """The interval of a number that is never below nought, and spreads by factors."""
    return foretold([math.log(max(one, _LEAST)) for one in found]).map(math.exp)


def _frontier(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Where both policies lie between revenue and annoyance a week, and where plain weekly caps do.

    Those were run in a few of the worlds; how they lie to the old policy there is carried over to all.
    """
    now, few = _point([one.now for one in pairs]), [one for one in pairs if one.beside]
    there = _point([one.now for one in few])
    lines = []
    for name, family in few[0].beside:
        ran = [_point([dict(one.beside)[name][place] for one in few]) for place in range(len(family))]
        points = [{axis: now[axis] * one[axis] / max(there[axis], _LEAST) for axis in now} for one in ran]
        lines.append({"name": name, "points": points})
    return {
        "lines": lines,
        "now": now,
        "then": _point([one.then for one in pairs]),
    }


def _point(counts: Sequence[Counts]) -> dict[str, float]:
    weekly = [sum(one.revenue) * 1_000.0 / one.users / len(one.revenue) for one in counts]
    return {"x": _mean(weekly), "y": _mean([figure("annoyance", one) for one in counts])}


def _mean(found: Sequence[float]) -> float:
    return math.fsum(found) / len(found)


def _shown(found: Interval) -> dict[str, float]:
    return {"mid": found.mid, "low": found.low, "high": found.high}
