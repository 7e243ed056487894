"""What is wrong with a series of numbers: places missing, given twice, or out of the order of their days."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from takt.core.value import value


@value
class Gaps:
    """The faults of a series: nothing in any of them is as it must be."""

    missing: tuple[int, ...]
    twice: tuple[int, ...]
    beyond: tuple[int, ...]
    backwards: tuple[int, ...]

    @property
    def none(self) -> bool:
        """Whether numbers run from 1 on, each once, on days that never go back."""
        return not (self.missing or self.twice or self.beyond or self.backwards)


def gaps(given: int, places: Sequence[tuple[int, date]]) -> Gaps:
    """The faults of a series that gave `given` places, of which documents have these, with their days."""
    ordered = sorted(places)
    there = Counter(place for place, _ in ordered)
    return Gaps(
        tuple(place for place in range(1, given + 1) if place not in there),
        tuple(place for place, times in there.items() if times > 1),
        tuple(place for place in there if not 1 <= place <= given),
        tuple(later[0] for before, later in pairwise(ordered) if later[1] < before[1]),
    )
