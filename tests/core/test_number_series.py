"""Series of numbers: what is missing, given twice, beyond, or on a day before the number before it."""

from datetime import date
from typing import Any

import pytest

from takt.core.number_series import Gaps, gaps

NONE: dict[str, Any] = {"missing": (), "twice": (), "beyond": (), "backwards": ()}


@pytest.mark.parametrize(
    ("places", "days", "wrong"),
    [
        ([1, 2, 3], [1, 1, 1], {}),
        ([3, 1, 2], [3, 1, 2], {}),
        ([1, 3], [1, 1], {"missing": (2,)}),
        ([3, 2, 2, 3, 1], [1, 1, 1, 1, 1], {"twice": (2, 3)}),
        ([5, 1, 0, 2, 4, 3], [1, 1, 1, 1, 1, 1], {"beyond": (0, 4, 5)}),
        ([], [], {"missing": (1, 2, 3)}),
        ([1, 2, 3], [2, 1, 2], {"backwards": (2,)}),
    ],
)
def test_gaps_are_named(places: list[int], days: list[int], wrong: dict[str, tuple[int, ...]]) -> None:
    found = gaps(3, [(place, date(2026, 1, day)) for place, day in zip(places, days, strict=True)])
    assert found == Gaps(**{**NONE, **wrong})
    assert found.none == (not wrong)
