"""A tariff: what each unit costs by its place in a count, as steps that apply from a number of units on.

A plain price is a tariff of one step. The total of a count is a function of the count alone (it *telescopes*): whatever
the order in which units come, and however they are bundled, the sum of their prices is `total(last) - total(first)`.
Amounts are whole micro-units; everything that a look-up needs is worked out once, when the tariff is made.
"""

import itertools
from bisect import bisect_right
from collections.abc import Sequence

from takt.core.value import value


@value
class Tariff:
    """Steps: `firsts` units are counted before each begins, and it takes `prices` a unit.

    `ceilings` is the dearest price from a step on, `floors` the cheapest, `totals` what all units before it cost;
    `names` is the places of a step as the wire has them, `0:750000` or `750001:MAX`, and empty where it is free.
    """

    firsts: tuple[int, ...]
    prices: tuple[int, ...]
    ceilings: tuple[int, ...]
    floors: tuple[int, ...]
    totals: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def dearest(self) -> int:
        """The highest price of all steps."""
        return self.ceilings[0]

    def step(self, counted: int) -> int:
        """The step of the next unit when so many are counted."""
        return bisect_right(self.firsts, counted) - 1

    def total(self, counted: int) -> int:
        """What the first so many units cost together."""
        step = self.step(counted)
        return self.totals[step] + (counted - self.firsts[step]) * self.prices[step]

    def cost(self, counted: int, units: int = 1) -> int:
        """What the next units cost when so many are counted."""
        return self.total(counted + units) - self.total(counted)

    def end(self, step: int) -> int | None:
        """How many units are counted when a step ends; the last has no end."""
        return self.firsts[step + 1] if step + 1 < len(self.firsts) else None


def tariff(steps: Sequence[tuple[int, int]]) -> Tariff:
    """Make a tariff of steps `(units counted before it, price a unit)`.

    The first begins at 0 and each later than the one before; prices are whole and not below zero.
    """
    firsts, prices = tuple(first for first, _ in steps), tuple(price for _, price in steps)
    assert firsts, "a tariff has a step"
    assert firsts[0] == 0, "the first step begins with the first unit"
    assert all(one < following for one, following in itertools.pairwise(firsts)), "steps ascend"
    totals = [0]
    for place in range(1, len(firsts)):
        totals.append(totals[-1] + (firsts[place] - firsts[place - 1]) * prices[place - 1])
    ceilings = tuple(max(prices[place:]) for place in range(len(prices)))
    floors = tuple(min(prices[place:]) for place in range(len(prices)))
    return Tariff(firsts, prices, ceilings, floors, tuple(totals), _names(firsts, prices))


def _names(firsts: Sequence[int], prices: Sequence[int]) -> tuple[str, ...]:
    """The first step that is charged begins at 0: a free allowance before it is no step of its own on the wire."""
    found: list[str] = []
    for step, price in enumerate(prices):
        low = firsts[step] + 1 if any(prices[:step]) else 0
        high = firsts[step + 1] if step + 1 < len(firsts) else "MAX"
        found.append(f"{low}:{high}" if price else "")
    return tuple(found)


def flat(price_micros: int) -> Tariff:
    """One price for every unit."""
    return tariff(((0, price_micros),))


def with_included(given: Tariff, units: int) -> Tariff:
    """The tariff whose first units are free and which goes on after them as it was: an included volume."""
    if units == 0:
        return given
    return tariff(((0, 0), *((first + units, given.prices[step]) for step, first in enumerate(given.firsts))))
