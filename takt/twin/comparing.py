"""Comparing policies: the same worlds for all, means over seeds, and the gaps at equal revenue and at equal harm."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from takt.twin import frontier, keeping, running
from takt.twin.frontier import HARMS, ORACLE, READING, REVENUES, STATIC, TACT, Curve
from takt.twin.keeping import Kept
from takt.twin.running import Figures
from takt.twin.seeds import each
from takt.twin.start import set_out
from takt.twin.world import World

GAP_REVENUE: Final = 4_500.0


Read = Callable[[list[Figures], float], float | None]
"""The harm of a family at a revenue, or its revenue at a harm; None where it does not get there."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that one seed showed."""

    seed: int
    curves: Sequence[Curve]
    kept: Sequence[Kept]


def try_out(world: World, seed: int) -> Trial:
    """Run every policy in the world of one seed."""
    start = set_out(world, seed)
    curves = [frontier.curve(start, chain) for chain in frontier.chains(start)]
    return Trial(seed, curves, [keeping.keep(start, budget) for budget in keeping.BUDGETS])


def compare(world: World, seeds: Sequence[int], jobs: int = 1) -> dict[str, Any]:
    """The comparison as a document: policies with mean figures, gaps at equal revenue and harm, budgets kept."""
    trials = each(try_out, world, seeds, jobs)
    return {
        "world": world.name,
        "users": world.users,
        "seeds": list(seeds),
        "policies": _policies(trials),
        "equal_revenue": [_at_revenue(trials, revenue) for revenue in REVENUES],
        "equal_harm": [_at_harm(trials, harm) for harm in HARMS],
        "budget": keeping.told([trial.kept for trial in trials]),
    }


def _policies(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    found = []
    for number, first in enumerate(trials[0].curves):
        for place, name in enumerate(first.names):
            figures = running.mean([trial.curves[number].figures[place] for trial in trials])
            found.append({"family": first.family, "variant": first.variant, "policy": name} | _told(figures))
    return found


def _told(figures: Figures) -> dict[str, Any]:
    told = asdict(figures)
    del told["weekly_harm"], told["weekly_expected"]
    return {name: round(number, 4) for name, number in told.items()}


def _at_revenue(trials: Sequence[Trial], revenue: float) -> dict[str, Any]:
    families = list(dict.fromkeys(curve.family for curve in trials[0].curves))
    harm = {family: _mean([frontier.harm_at(_of(trial, family), revenue) for trial in trials]) for family in families}
    tact, static, ceiling = harm[TACT], harm[STATIC], harm[ORACLE]
    return {
        "revenue": revenue,
        "harm": {family: _rounded(one) for family, one in harm.items()},
        "tact_against": {family: _change(tact, harm[family]) for family in (STATIC, READING)},
        "tact_against_by_seed": _by_seed(trials, frontier.harm_at, revenue),
        "oracle_against_static": _change(ceiling, static),
        "gap_closed": gap_closed(static, tact, ceiling),
        "wanted": _wanted(trials, revenue),
    }


def gap_closed(static: float | None, tact: float | None, ceiling: float | None) -> float | None:
    """The share of the way from the harm of static caps to the ceiling's; None without one of them, or without a way."""
    if static is None or tact is None or ceiling is None or static == ceiling:
        return None
    return round((static - tact) / (static - ceiling), 3)


def _by_seed(trials: Sequence[Trial], read: Read, at: float) -> dict[str, list[float | None]]:
    """How the score compares in the world of each seed, so that the spread is seen."""
    return {
        family: [_change(read(_of(one, TACT), at), read(_of(one, family), at)) for one in trials]
        for family in (STATIC, READING)
    }


def _wanted(trials: Sequence[Trial], revenue: float) -> list[dict[str, Any]]:
    """How much of what is wanted arrives, and how much of what arrives is not, by chain."""
    found = []
    for number, curve in enumerate(trials[0].curves):
        read = [frontier.read(trial.curves[number], revenue) for trial in trials]
        there = [one for one in read if one is not None]
        if len(there) == len(trials):
            figures = running.mean(there)
            found.append(
                {
                    "family": curve.family,
                    "variant": curve.variant,
                    "wanted_delivered": round(figures.wanted_delivered, 3),
                    "unwanted_share": round(figures.unwanted_share, 3),
                    "harm": round(figures.harm, 2),
                }
            )
    return found


def _at_harm(trials: Sequence[Trial], harm: float) -> dict[str, Any]:
    families = list(dict.fromkeys(curve.family for curve in trials[0].curves))
    revenue = {family: _mean([frontier.revenue_at(_of(one, family), harm) for one in trials]) for family in families}
    return {
        "harm": harm,
        "revenue": {family: _rounded(one) for family, one in revenue.items()},
        "tact_against": {family: _change(revenue[TACT], revenue[family]) for family in (STATIC, READING)},
        "tact_against_by_seed": _by_seed(trials, frontier.revenue_at, harm),
        "oracle_against_static": _change(revenue[ORACLE], revenue[STATIC]),
    }


def _of(trial: Trial, family: str) -> list[Figures]:
    return [one for curve in trial.curves if curve.family == family for one in curve.figures]


def _mean(numbers: Sequence[float | None]) -> float | None:
    there = [one for one in numbers if one is not None]
    return sum(there) / len(there) if len(there) == len(numbers) else None


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def _change(of: float | None, against: float | None) -> float | None:
    return None if of is None or not against else round(of / against - 1.0, 3)
