"""Estimates from logs: over simulated logs whose truth is known, intervals hold it as often as they say."""

import math
from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.admission import off_policy
from takt.core.admission.off_policy import (
    Decision,
    Draw,
    Estimate,
    Thin,
    doubly_robust,
    effective_size,
    unexplored,
)
from takt.core.interval import Interval, between

PEOPLE = 100
LOGS = 80

Chooses = Callable[[float], float]
"""With which probability a policy lets a message of such appeal out."""


def logging_policy(appeal: float) -> float:
    return 0.15 + 0.7 / (1 + math.exp(-2 * appeal))


def pickier(appeal: float) -> float:
    return 0.9 if appeal > 0 else 0.2


def contrary(appeal: float) -> float:
    """Lets out what the log's policy rather kept back."""
    return 0.1 if appeal > 0 else 0.8


def reward_of(appeal: float, mood: float) -> float:
    """What a message brings on average when it is let out; nothing else brings anything."""
    return 1 + 0.8 * appeal + 0.6 * mood


def simulate(
    seed: int, target: Chooses, *, forecast: Callable[[float], float] = lambda _: 0.0, shift: float = 0.0
) -> list[Decision]:
    """A log; moods tie the messages of a person together. `shift` makes the recorded propensities wrong."""
    rng, log = Random(seed), []
    for person in range(PEOPLE):
        mood = rng.gauss(0, 1)
        for _ in range(rng.randint(1, 12)):
            appeal = rng.gauss(0, 1)
            chance = logging_policy(appeal)
            admitted = rng.random() < chance
            reward = reward_of(appeal, mood) + rng.gauss(0, 1) if admitted else 0.0
            recorded = min(max(chance + shift, 0.01), 0.99)
            wanted = target(appeal)
            log.append(
                Decision(
                    str(person), "high" if appeal > 0 else "low", admitted, recorded if admitted else 1 - recorded,
                    wanted if admitted else 1 - wanted, reward, forecast(appeal) if admitted else 0.0,
                    wanted * forecast(appeal),
                )
            )  # fmt: skip
    return log


def truth_of(policy: Chooses) -> float:
    """The mean reward of a decision, by summing over appeals; moods are nought on average."""
    steps = [n / 1000 for n in range(-5000, 5001)]
    density = [math.exp(-a * a / 2) / math.sqrt(2 * math.pi) / 1000 for a in steps]
    return sum(policy(a) * reward_of(a, 0) * d for a, d in zip(steps, density, strict=True))


def chance(seed: int) -> Draw:
    rng = np.random.default_rng(seed)
    return lambda count: rng.integers(0, count, count)


def told(found: Estimate | Thin) -> Estimate:
    assert isinstance(found, Estimate)
    return found


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(off_policy, "ROUNDS", 100)


@pytest.mark.parametrize("told_of", [0.0, 1.0], ids=["by propensities alone", "with a forecast"])
def test_nine_intervals_of_ten_hold_the_truth(told_of: float) -> None:
    brings, more = truth_of(pickier), truth_of(pickier) - truth_of(logging_policy)
    found = [
        told(doubly_robust(simulate(seed, pickier, forecast=lambda a: told_of * reward_of(a, 0)), chance(seed)))
        for seed in range(LOGS)
    ]
    for interval, truth in (("brings", brings), ("more", more)):
        held = sum(getattr(one, interval).holds(truth) for one in found) / LOGS
        assert 0.8 <= held <= 0.98, f"{interval}: {held:.0%} of the intervals hold {truth:.3f}"


def test_people_are_drawn_whole() -> None:
    """If one person's decisions were drawn apart, intervals would be too narrow to hold the truth as often."""
    log = [one for seed in range(3) for one in simulate(seed, pickier)]
    together = [Decision(str(n % 5), "c", True, 0.5, 0.5, float(n % 5)) for n in range(len(log))]
    apart = [Decision(str(n), "c", True, 0.5, 0.5, float(n % 5)) for n in range(len(log))]
    assert (
        told(doubly_robust(together, chance(1))).brings.width > 5 * told(doubly_robust(apart, chance(1))).brings.width
    )


def test_a_good_forecast_makes_the_interval_narrower() -> None:
    logs = [simulate(seed, contrary, forecast=lambda a: reward_of(a, 0)) for seed in range(10)]
    untold = [[replace(one, told_done=0.0, told_alike=0.0) for one in log] for log in logs]
    robust, bare = (sum(told(doubly_robust(log, chance(1))).brings.width for log in some) for some in (logs, untold))
    assert robust < bare


def test_a_right_model_puts_wrong_propensities_right() -> None:
    logs = [simulate(seed, pickier, forecast=lambda a: reward_of(a, 0), shift=0.25) for seed in range(30)]
    by_model = sum(told(doubly_robust(log, chance(1))).brings.mid for log in logs) / len(logs)
    assert by_model == pytest.approx(truth_of(pickier), abs=0.06)


def test_a_wrong_model_does_not_mislead_where_propensities_are_right() -> None:
    logs = [simulate(seed, pickier, forecast=lambda a: 5 - a) for seed in range(40)]
    found = sum(told(doubly_robust(log, chance(1))).brings.mid for log in logs) / len(logs)
    assert found == pytest.approx(truth_of(pickier), abs=0.08)


def test_the_policy_of_the_log_brings_what_it_brought() -> None:
    log = simulate(3, logging_policy)
    found = told(doubly_robust(log, chance(3)))
    assert found.brings.mid == pytest.approx(sum(one.reward for one in log) / len(log))
    assert found.more.mid == pytest.approx(0)
    assert found.effective == pytest.approx(len(log))


def test_weights_are_clipped_at_twenty() -> None:
    assert Decision("a", "c", True, 0.001, 1.0, 1.0).weight == 20
    assert Decision("a", "c", True, 0.5, 1.0, 1.0).weight == 2
    assert Decision("a", "c", True, 0.5, 1.0, 1.0, before=3.0).weight == 6


@pytest.mark.parametrize(("rare", "thin"), [(4, True), (6, False)])
def test_a_log_with_too_few_decisions_that_count_is_refused(rare: int, *, thin: bool) -> None:
    """Of a hundred decisions only these would have been taken by the other policy: under 5 % say nothing."""
    log = [Decision(str(n), "c", n < rare, 0.5, 1.0 if n < rare else 0.0, 1.0) for n in range(100)]
    found = doubly_robust(log, chance(1))
    assert isinstance(found, Thin) is thin
    assert found.effective == pytest.approx(rare)
    assert found.of == 100


def test_an_empty_log_is_refused() -> None:
    assert doubly_robust([], chance(1)) == Thin(0.0, 0)


def test_the_share_in_cells_where_nothing_was_ever_let_out() -> None:
    seen = [Decision("a", "seen", True, 0.5, 0.9, 1.0), Decision("a", "seen", False, 0.5, 0.1, 0.0)]
    blind = [Decision("a", "blind", False, 1.0, 0.4, 0.0), Decision("b", "blind", False, 1.0, 1.0, 0.0)]
    assert unexplored(seen) == 0
    assert unexplored([*seen, *blind]) == pytest.approx(0.6 / 2.4)
    assert unexplored([]) == 0


@given(st.lists(st.floats(0.01, 20), min_size=1, max_size=50))
def test_never_more_decisions_count_than_there_are(weights: list[float]) -> None:
    assert 1 - 1e-9 <= effective_size(weights) <= len(weights) + 1e-9


def test_an_interval_leaves_out_as_much_on_either_side() -> None:
    found = between([float(n) for n in range(101)], 50.0)
    assert [found.mid, found.low, found.high] == pytest.approx([50, 5, 95])
    assert between([7.0], 7.0) == Interval(7.0, 7.0, 7.0)
    assert Interval(1.0, 0.0, 4.0).map(lambda x: 2 * x) == Interval(2.0, 0.0, 8.0)
