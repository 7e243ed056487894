"""Where an invoice is, from what was paid, returned and credited, and from the day it is due."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.claim import OPEN, Claim, Standing, standing

DUE = date(2026, 11, 30)
BILL = Claim(gross=11_900, payable=11_900, credited=0, paid=0, due_on=DUE)
LATER = DUE + timedelta(days=1)


@pytest.mark.parametrize(
    ("credited", "paid", "today", "found", "left", "over"),
    [
        (0, 0, DUE, Standing.ISSUED, 11_900, 0),
        (0, 0, LATER, Standing.OVERDUE, 11_900, 0),
        (0, 1, DUE, Standing.PART_PAID, 11_899, 0),
        (0, 1, LATER, Standing.OVERDUE, 11_899, 0),
        (0, 11_900, LATER, Standing.PAID, 0, 0),
        (1_900, 0, DUE, Standing.ISSUED, 10_000, 0),
        (1_900, 10_000, LATER, Standing.PAID, 0, 0),
        (1_900, 11_900, LATER, Standing.PAID, 0, 1_900),
        (11_900, 0, LATER, Standing.CANCELLED, 0, 0),
        (11_900, 11_900, LATER, Standing.CANCELLED, 0, 11_900),
    ],
)
def test_where_an_invoice_is(
    credited: int, paid: int, today: date, found: Standing, left: int, over: int
) -> None:  # fmt: skip
    claim = replace(BILL, credited=credited, paid=paid)
    assert (standing(claim, today), claim.open, claim.over) == (found, left, over)


def test_what_was_paid_before_it_was_issued_is_not_asked_for_again() -> None:
    claim = replace(BILL, payable=0)
    assert standing(claim, LATER) is Standing.PAID
    assert standing(replace(claim, credited=11_900), LATER) is Standing.CANCELLED


def test_an_invoice_over_nothing_is_paid_and_not_cancelled() -> None:
    assert standing(replace(BILL, gross=0, payable=0), LATER) is Standing.PAID


def test_what_is_told_of_an_invoice_keeps_its_names() -> None:
    assert list(Standing) == ["issued", "part_paid", "paid", "overdue", "cancelled"]


MOVES = st.lists(st.tuples(st.sampled_from(["paid", "credited"]), st.integers(-12_000, 12_000)), max_size=6)


@given(moves=MOVES, days=st.integers(-40, 40))
def test_something_is_open_exactly_where_it_says_so(moves: list[tuple[str, int]], days: int) -> None:
    claim = BILL
    for name, amount in moves:
        claim = replace(claim, **{name: max(getattr(claim, name) + amount, 0)})
    claim = replace(claim, credited=min(claim.credited, claim.gross))
    found = standing(claim, DUE + timedelta(days=days))
    assert (claim.open > 0) == (found in OPEN)
    assert claim.open * claim.over == 0
    assert claim.open - claim.over == claim.payable - claim.credited - claim.paid
    assert (found is Standing.OVERDUE) == (claim.open > 0 and days > 0)
