"""What a card says beside prices: fees for the days that they are due, commitments, shares of partners."""

from datetime import date

import pytest

from takt.core.terms import Commitment, Fee, Reseller, Terms, fee_micros, true_up_micros, wholesale_micros

NOVEMBER = date(2026, 11, 1)
SEAT = Fee("seat", "sender", 1_000_001)


@pytest.mark.parametrize(
    ("begins", "ends", "due"),
    [
        (date(2026, 11, 1), date(2026, 12, 1), 1_000_001),
        (date(2026, 10, 1), date(2027, 1, 1), 1_000_001),
        (date(2026, 11, 1), date(2026, 11, 2), 33_333),
        (date(2026, 11, 2), date(2026, 11, 3), 33_333),
        (date(2026, 11, 30), date(2026, 12, 5), 33_334),
        (date(2026, 11, 2), date(2026, 11, 2), 0),
        (date(2026, 10, 1), date(2026, 11, 1), 0),
        (date(2026, 12, 1), date(2026, 12, 9), 0),
    ],
)
def test_a_fee_is_due_for_its_days_of_the_month(begins: date, ends: date, due: int) -> None:
    assert fee_micros(SEAT, NOVEMBER, begins, ends) == due


@pytest.mark.parametrize(("last", "due"), [(1, 0), (2, 1_000_001), (30, 1_000_001)])
def test_a_fee_that_is_not_prorated_is_due_for_any_day_at_all(last: int, due: int) -> None:
    whole = Fee("seat", "sender", 1_000_001, prorated=False)
    assert fee_micros(whole, NOVEMBER, NOVEMBER, date(2026, 11, last)) == due


def test_only_what_counts_lessens_a_commitment_and_it_never_gives_back() -> None:
    promised = Commitment(100, frozenset({"marketing"}))
    assert true_up_micros(promised, {}) == 100
    assert true_up_micros(promised, {"marketing": 99, "service": 50}) == 1
    assert true_up_micros(promised, {"marketing": 101}) == 0


@pytest.mark.parametrize(
    ("price", "share", "pays"),
    [(100, 1500, 85), (99, 1500, 85), (45_600, 1, 45_596), (45_600, 0, 45_600), (45_600, 10_000, 0), (0, 1500, 0)],
)
def test_a_partner_keeps_its_share_and_never_more(price: int, share: int, pays: int) -> None:
    assert wholesale_micros(price, share) == pays


def test_what_a_card_leaves_out() -> None:
    assert (SEAT.counter, SEAT.included, SEAT.prorated) == ("", 0, True)
    assert Reseller() == Reseller("", 0, margin_kept=True)
    assert Terms() == Terms((), None, (), None)
