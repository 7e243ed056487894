"""How well a budget of harm can be kept among few people: the product's steering under nothing but chance, beside simpler rules.

Everything that the price does is taken as done at once: a day does just the harm that its allowance foretells, times how wrong the
model is. What is left is chance: blocks that count one, and stops that count five.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from bench.report import Table, machine
from takt.core.admission import shadow
from takt.core.admission.arrays import Floats
from takt.core.admission.shadow import Spent

NAME: Final = "steering"
RUNS: Final = 150
DAYS: Final = 182
KEPT_DAYS: Final = 28
MATURE_DAYS: Final = 2
SETTLED_WEEKS: Final = 4
BUDGET_A_WEEK: Final = 10.0
PEOPLE: Final = (3_000, 12_000)
WRONG: Final = 0.12
"""By how much foretelling is wrong for good in a run (sigma of the logarithm)."""
STOPS: Final = 0.08
STOP: Final = 5
"""Of a unit of annoyance, so many are stops that count for five each; the rest are blocks."""
SCANDAL_DAY, SCANDAL = 70, 1.4

Rule = Callable[[Sequence[Spent], float], float]
"""The annoyance that may be foretold for a day, from the days before (newest first) and the budget of a day."""


def _calibrated(days: Sequence[Spent], budget: float) -> float:
    return budget / shadow.calibrate(days)


def _product(days: Sequence[Spent], budget: float) -> float:
    calibration = shadow.calibrate(days)
    return shadow.allowance(days, calibration, budget) / calibration


RULES: Final[tuple[tuple[str, Rule, float], ...]] = (
    ("not steered, and nothing is ever foretold wrongly", lambda _, budget: budget, 0.0),
    ("not steered", lambda _, budget: budget, WRONG),
    ("calibrated, nothing paid back", _calibrated, WRONG),
    ("**Takt**", _product, WRONG),
)


def measure() -> tuple[Table, str]:
    """Run all rules among few and among more people, with and without a scandal."""
    rows = []
    for people in PEOPLE:
        for name, rule, wrong in RULES:
            cells = [_told(people, rule, wrong, scandal) for scandal in (1.0, SCANDAL)]
            rows.append((f"{people:,}", name, *(cell for told in cells for cell in told)))
    what = ("happened: half, a tenth", "expected: half, a tenth", "happened, least: half")
    columns = ("people", "rule", *what, *(f"scandal, {one}" for one in what))
    notes = (
        f"harm over a budget of {BUDGET_A_WEEK:g} a week per 1,000 people, the most of any four weeks from the fifth on: exceeded in half, in a tenth of {RUNS} runs",
        f"a scandal multiplies harm by {SCANDAL} in week {SCANDAL_DAY // 7}; foretelling is wrong for good by {WRONG:.0%}",
    )
    return Table(NAME, "What chance does to a budget of harm", columns, rows, notes), machine()


def _told(people: int, rule: Rule, wrong: float, scandal: float) -> tuple[str, str, str]:
    chance, budget = np.random.default_rng(people), BUDGET_A_WEEK * people / 1_000.0 / 7.0
    ran = [_run(chance, rule, budget, float(np.exp(wrong * chance.standard_normal())), scandal) for _ in range(RUNS)]
    happened, expected = (np.stack([_four_weeks(one[which], budget) for one in ran]) for which in (0, 1))
    return _most(happened), _most(expected), f"{np.median(happened.min(1)):.2f}"


def _most(found: Floats) -> str:
    most = found.max(1)
    return f"{np.median(most):.2f}, {np.quantile(most, 0.9):.2f}"


def _four_weeks(daily: Floats, budget: float) -> Floats:
    weeks = daily.reshape(-1, 7).mean(1)[SETTLED_WEEKS:] / budget
    return np.convolve(weeks, np.full(SETTLED_WEEKS, 1.0 / SETTLED_WEEKS), "valid")


def _run(chance: np.random.Generator, rule: Rule, budget: float, wrong: float, scandal: float) -> tuple[Floats, Floats]:
    """What happened on each day, and what was to be expected."""
    days: list[Spent] = []
    happened, expected = np.zeros((2, DAYS))
    for day in range(DAYS):
        foretold = rule(days, budget)
        expected[day] = foretold * wrong * (scandal if day >= SCANDAL_DAY else 1.0)
        stops = chance.poisson(STOPS * expected[day])
        happened[day] = chance.poisson((1.0 - STOP * STOPS) * expected[day]) + STOP * stops
        days = [Spent(foretold), *days[: KEPT_DAYS - 1]]
        if day >= MATURE_DAYS:
            known = days[MATURE_DAYS].predicted
            days[MATURE_DAYS] = Spent(known, known, float(happened[day - MATURE_DAYS]))
    return happened, expected
