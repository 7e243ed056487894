"""A figure that is not known exactly: its estimate, and the bounds between which it is believed to lie."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from takt.core.value import value

LEVEL: Final = 0.9
"""How sure an interval is: nine of ten of them hold the truth."""
_NORMAL: Final = 1.6448536269514722
"""The 95 % quantile of the normal distribution."""


@value
class Interval:
    """An estimate with its bounds, in the unit of what it is about. `low` and `high` need not stand alike around it."""

    mid: float
    low: float
    high: float

    def holds(self, truth: float) -> bool:
        """Whether the truth lies within."""
        return self.low <= truth <= self.high

    @property
    def width(self) -> float:
        """From bound to bound."""
        return self.high - self.low

    def map(self, change: Callable[[float], float]) -> "Interval":
        """The interval of a figure that grows with this one."""
        return Interval(change(self.mid), change(self.low), change(self.high))


def between(found: Sequence[float], mid: float, level: float = LEVEL) -> Interval:
    """The interval that leaves out as many of the values found on either side; at least one value must be there."""
    in_order = sorted(found)
    left_out = (1 - level) / 2
    return Interval(mid, _quantile(in_order, left_out), _quantile(in_order, 1 - left_out))


def foretold(found: Sequence[float]) -> Interval:
    """Where the next value like these lies nine times of ten; at least two must be there.

    A prediction interval by Student's distribution: wider than one for the mean, for the truth is one such value.
    """
    count = len(found)
    mid = math.fsum(found) / count
    spread = math.sqrt(math.fsum((one - mid) ** 2 for one in found) / (count - 1))
    reach = _student(count - 1) * spread * math.sqrt(1 + 1 / count)
    return Interval(mid, mid - reach, mid + reach)


def _student(degrees: int) -> float:
    """The 95 % quantile of Student's t, by the expansion of Cornish and Fisher (3 % too low at two degrees)."""
    z = _NORMAL
    return (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )


def _quantile(in_order: Sequence[float], share: float) -> float:
    """The value below which this share of the others lies, between two of them if need be."""
    place = share * (len(in_order) - 1)
    whole = int(place)
    after = in_order[min(whole + 1, len(in_order) - 1)]
    return in_order[whole] + (place - whole) * (after - in_order[whole])
