"""Frontiers: families of policies, each at many settings, and what the best of a family reaches."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from takt.core.admission.outlook import Stakes
from takt.core.admission.scoring import Taste
from takt.twin import policies
from takt.twin.life import Life
from takt.twin.oracle import Oracle
from takt.twin.policies import Policy
from takt.twin.running import Figures, between
from takt.twin.start import Start
from takt.twin.tact import Setting, Tact

STATIC, READING, TACT, ORACLE = "static cap", "by reading", "tact", "oracle"
SHADOWS: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0)
ORACLE_SHADOWS: Final = (0.25, 0.5, *SHADOWS, 22.0, 33.0)
ORACLE_ALPHAS: Final = (0.0, 0.1, 0.3)
TACT_ALPHAS: Final = (0.1, 0.3)
CAPS: Final = (1, 2, 3, 4, 5, 6, 8)
READING_FACTORS: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0)
USE_LEAST: Final = (0.17, 0.15, 0.13, 0.1, 0.07, 0.05)
REVENUES: Final = (3_000.0, 3_500.0, 4_000.0, 4_500.0, 5_000.0)
HARMS: Final = (10.0, 20.0, 40.0)

Maker = Callable[[Life], Policy]


@dataclass(frozen=True, slots=True)
class Chain:
    """Policies of one kind at settings from lax to strict; a family may have several."""

    family: str
    variant: str
    makers: Sequence[Maker]


@dataclass(frozen=True, slots=True)
class Curve:
    """What the policies of a chain did in one run each."""

    family: str
    variant: str
    names: Sequence[str]
    figures: Sequence[Figures]


def chains(start: Start) -> list[Chain]:
    """All policies that are compared, each made anew for a life of its own."""
    world = start.offers.world
    return [
        Chain("no cap", "", [lambda _: policies.NoCap()]),
        Chain(STATIC, "a day, price first", [_per_day(cap) for cap in (1, 2)]),
        Chain(STATIC, "a week, first come", [_per_week(cap, price_first=False) for cap in CAPS]),
        Chain(STATIC, "a week, price first", [_per_week(cap, price_first=True) for cap in CAPS]),
        Chain("per sender", "a week", [_per_sender(cap, world.senders) for cap in (1, 2)]),
        Chain(READING, "", [_by_reading(factor) for factor in READING_FACTORS]),
        Chain("weekly budget", "", [_weekly_budget(least, world.users) for least in USE_LEAST]),
        *(
            Chain(TACT, f"alpha {alpha:g}", [_tact(start, shadow, alpha) for shadow in SHADOWS])
            for alpha in TACT_ALPHAS
        ),
        *(
            Chain(ORACLE, f"alpha {alpha:g}", [_oracle(start, shadow, alpha) for shadow in ORACLE_SHADOWS])
            for alpha in ORACLE_ALPHAS
        ),
    ]


def curve(start: Start, chain: Chain) -> Curve:
    """Run all policies of a chain from one start."""
    names, figures = zip(*(start.run_named(maker) for maker in chain.makers), strict=True)
    return Curve(chain.family, chain.variant, names, figures)


def read(curve: Curve, revenue: float) -> Figures | None:
    """The figures of a curve where it reaches this revenue, on a line between two neighbours; None beyond its ends."""
    ordered = sorted(curve.figures, key=lambda one: one.revenue)
    for low, high in pairwise(ordered):
        if low.revenue <= revenue <= high.revenue:
            part = (revenue - low.revenue) / max(high.revenue - low.revenue, 1e-9)
            return between(low, high, part)
    return None


def harm_at(figures: Sequence[Figures], revenue: float) -> float | None:
    """The least harm at which a family reaches this revenue, on a line between two of its settings; None beyond them."""
    return _best([(one.revenue, one.harm) for one in figures], revenue, min)


def revenue_at(figures: Sequence[Figures], harm: float) -> float | None:
    """The most revenue that a family reaches at this harm, on a line between two of its settings; None beyond them."""
    return _best([(one.harm, one.revenue) for one in figures], harm, max)


def _best(places: Sequence[tuple[float, float]], at: float, better: Callable[[Iterable[float]], float]) -> float | None:
    found = [
        low_y if high_x == low_x else low_y + (high_y - low_y) * (at - low_x) / (high_x - low_x)
        for low_x, low_y in places
        for high_x, high_y in places
        if low_x <= at <= high_x
    ]
    return better(found) if found else None


def _per_week(cap: int, *, price_first: bool) -> Maker:
    return lambda _: policies.PerWeek(cap, price_first=price_first)


def _per_day(cap: int) -> Maker:
    return lambda _: policies.PerDay(cap)


def _per_sender(cap: int, senders: int) -> Maker:
    return lambda _: policies.PerSender(cap, senders)


def _by_reading(factor: float) -> Maker:
    return lambda _: policies.ByReading(factor)


def _weekly_budget(least: float, users: int) -> Maker:
    return lambda _: policies.WeeklyBudget(least, users)


def _tact(start: Start, shadow: float, alpha: float) -> Maker:
    setting = Setting(shadow, taste=Taste(alpha))
    return lambda _: Tact(start.known.copy(), start.sample, setting, start.offers.seed)


def _oracle(start: Start, shadow: float, alpha: float) -> Maker:
    return lambda life: Oracle(life, shadow, Taste(alpha), Stakes(leave=5.0), start.begun)
