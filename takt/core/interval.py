"""A figure that is not known exactly: its estimate, and the bounds between which it is believed to lie."""

from collections.abc import Callable, Sequence
from typing import Final

from takt.core.value import value

LEVEL: Final = 0.9
"""How sure an interval is: nine of ten of them hold the truth."""


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


def _quantile(in_order: Sequence[float], share: float) -> float:
    """The value below which this share of the others lies, between two of them if need be."""
    place = share * (len(in_order) - 1)
    whole = int(place)
    after = in_order[min(whole + 1, len(in_order) - 1)]
    return in_order[whole] + (place - whole) * (after - in_order[whole])
