"""What another policy would have brought, by the log of the one that ran.

Each decision of the log was left to chance by a known probability. Weighing what came of it by how much likelier (or less
likely) the other policy would have come to the same gives what that policy would have brought. Where a model foretells
the outcome only what it got wrong is weighed (doubly robust): that is right if either the probabilities or the model are.
One lot may stand behind several decisions about a person; then `before` is how much likelier the other policy makes those
that came before. All holds for the time that the log covers: what a policy does to people over months no log of the past shows.

Decisions about one person hang together, so intervals come of drawing whole people anew (a bootstrap by cluster). An estimate
that rests on few decisions is refused, and so is not told as if it were one.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from takt.core.admission.arrays import Floats, Ints
from takt.core.interval import Interval, between
from takt.core.value import value

WEIGHT_MAX: Final = 20.0
EFFECTIVE_LEAST: Final = 0.05
"""Below this share of decisions that count in effect, a log says nothing about a policy."""
ROUNDS: Final = 400

ROBUST, REWARDS, COUNT = range(3)
"""Sums kept for each person: forecasts with their corrections, rewards, decisions."""

Draw = Callable[[int], Ints]
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
    before: float = 1.0

    @property
    def weight(self) -> float:
        """How often the other policy would have done this, for once that it was done; clipped."""
        return min(self.before * self.alike / self.done, WEIGHT_MAX)

    @property
    def admits(self) -> float:
        """How often the other policy comes to this message and lets it out."""
        return min(self.before, WEIGHT_MAX) * (self.alike if self.admitted else 1.0 - self.alike)


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


def doubly_robust(decisions: Sequence[Decision], draw: Draw) -> Estimate | Thin:
    """What the other policy brings: a model's forecasts, put right by what came of the decisions; in the unit of the rewards."""
    effective = effective_size(one.weight for one in decisions)
    if not decisions or effective < EFFECTIVE_LEAST * len(decisions):
        return Thin(effective, len(decisions))
    people = _by_person(decisions)
    brings, more = [], []
    for _ in range(ROUNDS):
        drawn = np.bincount(draw(len(people)), minlength=len(people)) @ people
        brings.append(_brings(drawn))
        more.append(_brings(drawn) - _brought(drawn))
    whole = people.sum(0)
    mid = _brings(whole)
    return Estimate(between(brings, mid), between(more, mid - _brought(whole)), effective, len(decisions))


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
    whole = sum(lets_out.values())
    return sum(much for cell, much in lets_out.items() if cell not in explored) / whole if whole else 0.0


def _by_person(decisions: Iterable[Decision]) -> Floats:
    """The sums of each person, a row each."""
    people: dict[str, list[float]] = {}
    for one in decisions:
        sums = people.setdefault(one.person, [0.0] * 3)
        sums[ROBUST] += min(one.before, WEIGHT_MAX) * one.told_alike + one.weight * (one.reward - one.told_done)
        sums[REWARDS] += one.reward
        sums[COUNT] += 1
    return np.asarray(list(people.values()))


def _brings(sums: Floats) -> float:
    return float(sums[ROBUST] / sums[COUNT])


def _brought(sums: Floats) -> float:
    return float(sums[REWARDS] / sums[COUNT])
