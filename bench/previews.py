"""How well previews foretell what a change of the policy then does; takes half an hour, so it runs when named.

Each change of caps or of admission is previewed, and then really done, in a world whose people nobody knows: hazards of another shape and
strength, other likings, other traffic than the preview assumes. The preview sees no more of it than an installation would:
what happened under the old policy. Truth is how the figures of the two policies then compare in that world.

Beside it stand two baselines: a preview that has seen nothing (the usual world), and one that takes the first month for all time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bench.report import Table, machine
from takt.core.admission.settings import Admission
from takt.core.caps import Caps
from takt.core.interval import Interval
from takt.core.tact import TactPolicy
from takt.rehearsal import ahead, worlds
from takt.rehearsal.ahead import FIGURES, Pair
from takt.rehearsal.seen import Seen
from takt.twin.running import Counts, run
from takt.twin.world import Hazard, World

NAME: Final = "previews"
CAPS_CHANGED: Final = 6
PAIRS: Final = 8
SEED: Final = 500
PEOPLE: Final = 6_000
CAPS = ((3, 10, 2, 5), (3, 3, 2, 5), (1, 7, 1, 7), (3, 6, 1, 2), (50, 50, 50, 50), (1, 1, 1, 1), (3, 2, 2, 2),
        (3, 4, 2, 4), (2, 8, 1, 3), (5, 5, 5, 5))  # fmt: skip
OFF = Admission(mode="off")
NAMES = ("calibrated", "usual world", "first month")
ADMISSIONS = {
    "wider-cap": (Admission(mode="cap", cap_per_week=2), Admission(mode="cap", cap_per_week=4)),
    "score-for-cap": (
        Admission(mode="cap", cap_per_week=3),
        Admission(mode="priced", budget=15.0, floor_per_week=0),
    ),
    "score-for-nothing": (OFF, Admission(mode="priced", budget=20.0, floor_per_week=0)),
    "doubled-budget": (
        Admission(mode="priced", budget=15.0, floor_per_week=0),
        Admission(mode="priced", budget=30.0, floor_per_week=0),
    ),
}
CHANGES: Final = (*(f"caps-{number}" for number in range(1, CAPS_CHANGED + 1)), *ADMISSIONS)
"""What each change is called, in their order."""
NOTES: Final = (
    f"{PAIRS} worlds in each preview",
    "held: 90 % intervals that held the truth; sign: changes whose direction was foretold",
    "width: the median of the intervals, as a share of the range of all true effects",
)
SHAPES = ("logistic", "complementary", "quadratic")


@dataclass(frozen=True, slots=True)
class Trial:
    """One change: what each way of previewing foretold of each figure, and what came true, as factors."""

    foretold: dict[str, dict[str, Interval]]
    true: dict[str, float]


def measure(only: Sequence[str] = CHANGES) -> tuple[Table, str]:
    """Make all changes, or those of these names alone, each in its own world; and give a line for each figure."""
    asked = zip(CHANGES, changes(CAPS_CHANGED, SEED), strict=True)
    trials = [attempt(old, new, SEED + place, PAIRS) for place, (name, (old, new)) in enumerate(asked) if name in only]
    return table(trials), machine()


def changes(count: int, seed: int) -> list[tuple[TactPolicy, TactPolicy]]:
    """So many changes from some caps to others, no two alike, and one of each kind of admission."""
    chance = np.random.default_rng(seed + 77)
    found: list[tuple[int, int]] = []
    while len(found) < count:
        one, other = (int(place) for place in chance.choice(len(CAPS), 2, replace=False))
        if (one, other) not in found:
            found.append((one, other))
    caps = [(_capped(CAPS[one]), _capped(CAPS[other])) for one, other in found]
    return [*caps, *((_admitting(old), _admitting(new)) for old, new in ADMISSIONS.values())]


def _capped(caps: tuple[int, int, int, int]) -> TactPolicy:
    return TactPolicy(caps=Caps(*caps), admission=OFF)


def _admitting(admission: Admission) -> TactPolicy:
    return TactPolicy(caps=Caps(50, 50, 50, 50), admission=admission)


def attempt(old: TactPolicy, new: TactPolicy, seed: int, pairs: int) -> Trial:
    """Preview a change, and make it."""
    seen, true = truth(old, new, seed)
    own = [ahead.pair(old, new, one, seen) for one in range(pairs)]
    usual = [ahead.pair(old, new, one, None) for one in range(pairs)]
    return Trial({NAMES[0]: factors(own), NAMES[1]: factors(usual), NAMES[2]: first_month(own)}, true)


def truth(old: TactPolicy, new: TactPolicy, seed: int) -> tuple[Seen, dict[str, float]]:
    """What is seen of a hidden world under the old policy, and what then comes of the change."""
    world = hidden(seed)
    offers, life, logged = ahead.live_log(world, old, 1_000 + seed, learns=ahead.by_score(old, new))
    weeks = range(world.log_weeks, world.log_weeks + world.weeks)
    now, then = (run(offers, life.copy(), logged.goes_on(one), weeks) for one in (old, new))
    return ahead.show(offers, logged), {
        name: (ahead.figure(name, then) + ahead.ONE_CASE) / (ahead.figure(name, now) + ahead.ONE_CASE)
        for name in FIGURES
    }


def hidden(seed: int) -> World:
    """A world that no preview knows."""
    chance, world = np.random.default_rng((seed, 99)), worlds.usual()

    def by(spread: float) -> float:
        return float(spread * chance.standard_normal())

    def times(number: float, spread: float) -> float:
        return number * math.exp(by(spread))

    def hazard(one: Hazard) -> Hazard:
        return Hazard(one.constant + by(0.5), times(one.irrelevance, 0.4), times(one.fatigue, 0.5))

    people, traffic, reactions = world.people, world.traffic, world.reactions
    return replace(
        world,
        users=PEOPLE,
        people=replace(
            people, tolerance_sigma=times(people.tolerance_sigma, 0.3), liking_mean=people.liking_mean + by(0.4),
            liking_sigma=times(people.liking_sigma, 0.25), sender_sigma=times(people.sender_sigma, 0.3),
        ),
        traffic=replace(
            traffic, per_week=times(traffic.per_week, 0.3), price_median=times(traffic.price_median, 0.3),
            volume_sigma=times(traffic.volume_sigma, 0.3),
        ),
        fatigue=replace(
            world.fatigue, keep=min(0.95, max(0.6, worlds.nudged(world.fatigue.keep, by(0.5)))),
            each=times(world.fatigue.each, 0.2),
        ),
        reactions=replace(
            reactions, shape=str(chance.choice(np.asarray(SHAPES))), block=hazard(reactions.block),
            stop=hazard(reactions.stop), leave=hazard(reactions.leave),
        ),
    )  # fmt: skip


def factors(pairs: Sequence[Pair]) -> dict[str, Interval]:
    """What previews say, as factors."""
    return {name: _relative(pairs, name) for name in FIGURES}


def first_month(pairs: Sequence[Pair]) -> dict[str, Interval]:
    """The same, if the first month were all there is."""
    short = [replace(one, now=_month(one.now), then=_month(one.then)) for one in pairs]
    return factors(short)


def _month(counts: Counts) -> Counts:
    cut = {name: getattr(counts, name)[: ahead.MONTH] for name in ("revenue", "blocks", "stops", "leaves", "wanted")}
    return replace(counts, **cut)


def _relative(pairs: Sequence[Pair], name: str) -> Interval:
    return ahead.relative(
        [ahead.figure(name, one.now) for one in pairs], [ahead.figure(name, one.then) for one in pairs]
    )


def table(trials: Sequence[Trial]) -> Table:
    """For each figure: how often intervals held and signs were right, and how wide intervals were, beside the effects."""
    rows = [_row(figure, trials) for figure in FIGURES]
    rows.append(("all", *(cell for name in NAMES for cell in (_held(name, FIGURES, trials), "", ""))))
    columns = ("figure", *(f"{name}: {what}" for name in NAMES for what in ("held", "sign", "width")))
    title = f"How well previews foretell a change, {len(trials)} of {len(CHANGES)} changes"
    return Table(NAME, title, columns, rows, NOTES)


def _row(figure: str, trials: Sequence[Trial]) -> tuple[str, ...]:
    true = [one.true[figure] for one in trials]
    cells = [figure]
    for name in NAMES:
        told = [one.foretold[name][figure] for one in trials]
        signs = sum((one.mid > 1) == (fact > 1) for one, fact in zip(told, true, strict=True))
        cells += [_held(name, (figure,), trials), f"{signs}/{len(trials)}", _width(told, true)]
    return tuple(cells)


def _width(told: Sequence[Interval], true: Sequence[float]) -> str:
    """The median of the intervals beside the range of all effects; one effect alone has none."""
    scale = max(true) - min(true)
    return f"{float(np.median([one.width for one in told])) / scale:.0%}" if scale else "-"


def _held(name: str, names: Sequence[str], trials: Sequence[Trial]) -> str:
    found = [one.foretold[name][figure].holds(one.true[figure]) for one in trials for figure in names]
    return f"{sum(found)}/{len(found)}"
