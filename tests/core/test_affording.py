"""What a message may cost: by the wallet, by a budget that its company set, by the partner that sells to it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from takt.core import denial
from takt.core.affording import (
    budget_covers,
    budget_figure,
    money_figure,
    partner_covers,
    partner_figure,
    wallet_covers,
)
from takt.core.facts import Facts

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FACTS = Facts(
    sender_status="live", sender_kind="outreach", business_stage="live", unanswered_max=5, throughput_per_s=80, parts=1,
    recipient_known=True, currency="EUR", price_micros=45_600,
)  # fmt: skip


@pytest.mark.parametrize(("available", "covered"), [(45_599, False), (45_600, True), (45_601, True)])
def test_a_wallet_covers_a_price_to_the_micro_unit(available: int, *, covered: bool) -> None:
    facts = replace(FACTS, available_micros=available)
    assert wallet_covers(facts, NOW) is (None if covered else denial.FUNDS)


@pytest.mark.parametrize(("left", "covered"), [(-1, False), (45_599, False), (45_600, True), (45_601, True)])
def test_a_budget_leaves_a_price_to_the_micro_unit(left: int, *, covered: bool) -> None:
    facts = replace(FACTS, budget_left_micros=left)
    assert budget_covers(facts, NOW) is (None if covered else denial.BUDGET)


@pytest.mark.parametrize(
    ("available", "shown"),
    [(1_000_001, "1.000001 EUR"), (12_500_000, "12.500000 EUR"), (0, "0.000000 EUR"), (-1, "-0.000001 EUR"),
     (-2_000_010, "-2.000010 EUR")],
)  # fmt: skip
def test_figures_show_price_and_balance_with_all_their_places(available: int, shown: str) -> None:
    facts = replace(FACTS, available_micros=available)
    assert money_figure(facts, NOW) == f"costs 0.045600 EUR, available {shown}"


@pytest.mark.parametrize(
    ("left", "shown"), [(1_000_001, "1.000001"), (1, "0.000001"), (0, "0.000000"), (-5, "0.000000")]
)
def test_a_budget_that_was_passed_has_nothing_left(left: int, shown: str) -> None:
    facts = replace(FACTS, budget_left_micros=left)
    assert budget_figure(facts, NOW) == f"costs 0.045600 EUR, left of the budget {shown} EUR"


def test_without_a_budget_nothing_of_it_can_be_left() -> None:
    with pytest.raises(AssertionError):
        budget_covers(FACTS, NOW)


def test_of_the_partner_it_is_said_only_whether_it_pays() -> None:
    found = [replace(FACTS, partner_covers=covers) for covers in (True, False)]
    assert [partner_covers(facts, NOW) for facts in found] == [None, denial.PARTNER_FUNDS]
    assert [partner_figure(facts, NOW) for facts in found] == [
        "the partner pays its share", "the partner cannot pay its share",
    ]  # fmt: skip
