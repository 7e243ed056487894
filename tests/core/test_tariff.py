"""What units cost by their place in a count: steps, their ends, and what may be said without knowing the count."""

from typing import Any

import pytest

from takt.core.tariff import flat, tariff, with_included

STEPS = tariff(((0, 5), (10, 3), (30, 4)))


def test_every_unit_costs_what_its_step_says() -> None:
    assert [STEPS.cost(counted) for counted in (0, 9, 10, 29, 30, 99)] == [5, 5, 3, 3, 4, 4]
    assert [STEPS.total(counted) for counted in (0, 10, 11, 30, 32)] == [0, 50, 53, 110, 118]
    assert STEPS.cost(8, units=4) == 2 * 5 + 2 * 3
    assert (flat(7).cost(3), flat(7).cost(3, units=4)) == (7, 28)


def test_from_a_step_on_the_dearest_and_the_cheapest_are_known() -> None:
    assert STEPS.dearest == 5
    assert STEPS.ceilings == (5, 4, 4)
    assert STEPS.floors == (3, 3, 4)


def test_a_step_ends_where_the_next_begins() -> None:
    assert [STEPS.end(step) for step in range(3)] == [10, 30, None]


def test_steps_have_names_by_their_places_and_none_where_they_are_free() -> None:
    assert STEPS.names == ("0:10", "11:30", "31:MAX")
    assert tariff(((0, 0), (10, 3), (30, 0), (40, 1))).names == ("", "0:30", "", "41:MAX")
    assert flat(0).names == ("",)


def test_included_units_are_free_and_move_all_steps() -> None:
    assert with_included(STEPS, 100) == tariff(((0, 0), (100, 5), (110, 3), (130, 4)))
    assert with_included(STEPS, 1) == tariff(((0, 0), (1, 5), (11, 3), (31, 4)))
    assert with_included(STEPS, 0) == STEPS


@pytest.mark.parametrize("steps", [(), ((1, 5),), ((0, 5), (0, 3)), ((0, 5), (3, 3), (2, 1)), ((0, 5), (3, 3), (3, 1))])
def test_steps_begin_with_the_first_unit_and_ascend(steps: Any) -> None:
    with pytest.raises(AssertionError):
        tariff(steps)
