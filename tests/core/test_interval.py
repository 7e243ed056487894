"""Intervals: nine of ten hold what they are about."""

from random import Random

import pytest

from takt.core.interval import Interval, foretold


@pytest.mark.parametrize("count", [3, 6, 12, 40])
def test_the_next_value_lies_within_nine_times_of_ten(count: int) -> None:
    rng = Random(count)
    held = sum(foretold([rng.gauss(5, 2) for _ in range(count)]).holds(rng.gauss(5, 2)) for _ in range(4_000))
    assert held / 4_000 == pytest.approx(0.9, abs=0.02)


def test_values_that_agree_leave_no_doubt() -> None:
    assert foretold([3.0, 3.0, 3.0]) == Interval(3.0, 3.0, 3.0)


def test_what_grows_with_a_figure_has_its_bounds() -> None:
    assert Interval(1.0, 0.0, 4.0).map(lambda x: 2 * x) == Interval(2.0, 0.0, 8.0)
    assert Interval(1.0, 0.0, 4.0).width == 4.0
