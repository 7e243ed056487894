"""How a budget of harm is kept: the shadow price follows it, and every four weeks on end are held against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from takt.core.admission.scoring import Taste
from takt.twin import frontier
from takt.twin.seeds import each
from takt.twin.start import Start, set_out
from takt.twin.tact import Setting, Tact
from takt.twin.world import World

BUDGETS: Final = (10.0, 20.0, 40.0)
SETTLED_WEEKS: Final = 4


@dataclass(frozen=True, slots=True)
class Held:
    """Harm over the budget: the mean of the settled weeks, the most and the least of any four weeks in a row, and of any week."""

    mean: float
    most: float
    least: float
    week: float


@dataclass(frozen=True, slots=True)
class Kept:
    """How a budget was kept by what happened, and by what was to be expected by the true chances; and what was earned."""

    budget: float
    happened: Held
    expected: Held
    revenue: float


def keep(start: Start, budget: float) -> Kept:
    """Let the shadow price follow a budget of harm a week per 1,000 people."""
    setting = Setting(budget=budget, taste=Taste(frontier.TACT_ALPHAS[0]))
    done = start.run(lambda _: Tact(start.known.copy(), start.sample, setting, start.offers.seed))
    return Kept(budget, held(done.weekly_harm, budget), held(done.weekly_expected, budget), done.revenue)


def held(weekly: Sequence[float], budget: float) -> Held:
    """Weeks of harm against their budget, from the fifth on (all of them where there are no more)."""
    settled = [one / budget for one in weekly[SETTLED_WEEKS:] or weekly]
    span = min(SETTLED_WEEKS, len(settled))
    windows = [sum(settled[at : at + span]) / span for at in range(len(settled) - span + 1)]
    return Held(sum(settled) / len(settled), max(windows), min(windows), max(settled))


def compare(world: World, seeds: Sequence[int], jobs: int = 1) -> dict[str, Any]:
    """How the budgets are kept in the worlds of these seeds, as a document."""
    trials = each(_try_out, world, seeds, jobs)
    return {"world": world.name, "users": world.users, "seeds": list(seeds), "budget": told(trials)}


def told(trials: Sequence[Sequence[Kept]]) -> list[dict[str, Any]]:
    """Of each budget: means over the seeds of the means and of revenue, and the most and the least of any seed."""
    return [
        {"budget": several[0].budget}
        | {name: _told([getattr(one, name) for one in several]) for name in ("happened", "expected")}
        | {"revenue": round(sum(one.revenue for one in several) / len(several))}
        for several in zip(*trials, strict=True)
    ]


def _told(several: Sequence[Held]) -> dict[str, float]:
    return {
        "mean": round(sum(one.mean for one in several) / len(several), 3),
        "most_of_four_weeks": round(max(one.most for one in several), 3),
        "least_of_four_weeks": round(min(one.least for one in several), 3),
        "most_of_a_week": round(max(one.week for one in several), 3),
    }


def _try_out(world: World, seed: int) -> list[Kept]:
    start = set_out(world, seed)
    return [keep(start, budget) for budget in BUDGETS]
