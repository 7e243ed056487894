"""What another policy would have brought, by the log of the one that ran.

Each decision of the log was left to chance by a known probability, its *propensity*. Weighing what came of it by how much
likelier (or less likely) the other policy would have done the same gives what that policy would have brought: `ips`.
Where a model foretells the outcome, `doubly_robust` weighs only what the model got wrong; it is right if either the
propensities or the model are. Both hold for the time that the log covers: what a policy does to people over months no log of
the past shows.

Decisions about one person hang together, so intervals come of drawing whole people anew (a bootstrap by cluster). An estimate
that rests on few decisions is refused, and so is not told as if it were one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from takt.core.interval import Interval, between
from takt.core.value import value

WEIGHT_MAX: Final = 20.0
EFFECTIVE_LEAST: Final = 0.05
"""Below this share of decisions that count in effect, a log says nothing about a policy."""
ROUNDS: Final = 400

Draw = Callable[[int], Sequence[int]]
"""Chance, given from outside: of n things, n places (from 0) drawn at random, each as often as it comes."""


@value
class Decision:
    """One line of a log, and what the other policy thinks of it.

    `done` is the probability with which what was done was chosen, `alike` that with which the other policy does the same;
    both of them in 0 to 1, `done` above 0. `reward` is what came of it, in any unit. A model's forecasts, if there is one: `told_done`
    of what came of what was done, `told_alike` of what comes of the other policy's choice.
    """

    person: str
    cell: str
    admitted: bool
    done: float
    alike: float
    reward: float
    told_done: float = 0.0
    told_alike: float = 0.0

    @property
    def weight(self) -> float:
        """How often the other policy would have done this, for once that it was done; clipped."""
        return min(self.alike / self.done, WEIGHT_MAX)

    @property
    def admits(self) -> float:
        """The probability with which the other policy lets the message out."""
        return self.alike if self.admitted else 1.0 - self.alike


@value
class Estimate:
    """The mean reward of a decision under the other policy, and by how much it is more than what the log's policy brought.

    `effective` is the number of decisions that count in effect, of `of` in all.
    """

    brings: Interval
    more: Interval
    effective: float
    of: int


@value
class Thin:
    """Too few decisions count in effect to tell anything."""

    effective: float
    of: int


@dataclass(slots=True)
class _Sums:
    """Of one person: weighted rewards, weights, forecasts with their corrections, rewards, decisions."""

    weighted: float = 0.0
    weights: float = 0.0
    robust: float = 0.0
    rewards: float = 0.0
    count: int = 0


def ips(decisions: Sequence[Decision], draw: Draw) -> Estimate | Thin:
    """The self-normalised estimate by propensities alone, in the unit of the rewards."""
    return _estimate(decisions, draw, lambda all_: _ratio(sum(s.weighted for s in all_), sum(s.weights for s in all_)))


def doubly_robust(decisions: Sequence[Decision], draw: Draw) -> Estimate | Thin:
    """The estimate by a model's forecasts, put right by propensities."""
    return _estimate(decisions, draw, lambda all_: _ratio(sum(s.robust for s in all_), sum(s.count for s in all_)))


def effective_size(weights: Iterable[float]) -> float:
    """As many equal weights would tell as much (Kish)."""
    total = squares = 0.0
    for weight in weights:
        total += weight
        squares += weight * weight
    return total * total / squares if squares else 0.0


def unexplored(decisions: Iterable[Decision]) -> float:
    """Of what the other policy lets out, the share in cells in which nothing was ever let out: pure hope, 0 to 1."""
    explored: set[str] = set()
    lets_out: dict[str, float] = {}
    for one in decisions:
        if one.admitted:
            explored.add(one.cell)
        lets_out[one.cell] = lets_out.get(one.cell, 0.0) + one.admits
    return _ratio(sum(much for cell, much in lets_out.items() if cell not in explored), sum(lets_out.values()))


def _estimate(decisions: Sequence[Decision], draw: Draw, of: Callable[[Sequence[_Sums]], float]) -> Estimate | Thin:
    effective = effective_size(one.weight for one in decisions)
    if not decisions or effective < EFFECTIVE_LEAST * len(decisions):
        return Thin(effective, len(decisions))
    people = _by_person(decisions)
    brought = _mean(people)
    brings, more = [], []
    for _ in range(ROUNDS):
        drawn = [people[place] for place in draw(len(people))]
        found = of(drawn)
        brings.append(found)
        more.append(found - _mean(drawn))
    mid = of(people)
    return Estimate(between(brings, mid), between(more, mid - brought), effective, len(decisions))


def _by_person(decisions: Iterable[Decision]) -> list[_Sums]:
    people: dict[str, _Sums] = {}
    for one in decisions:
        sums = people.setdefault(one.person, _Sums())
        weight = one.weight
        sums.weighted += weight * one.reward
        sums.weights += weight
        sums.robust += one.told_alike + weight * (one.reward - one.told_done)
        sums.rewards += one.reward
        sums.count += 1
    return list(people.values())


def _mean(people: Sequence[_Sums]) -> float:
    return _ratio(sum(one.rewards for one in people), sum(one.count for one in people))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
