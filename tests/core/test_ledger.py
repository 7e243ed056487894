"""Money: whatever happens in whatever order, nobody spends what is not there and nothing is paid twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from takt.core.ledger import (
    GRACE,
    Credit,
    Draw,
    Held,
    HoldState,
    Settlement,
    Wallet,
    charge_late,
    delivered_late,
    give_back,
    hold,
    on_spend,
    settle,
    settle_hold,
    take,
)

AMOUNT = st.integers(1, 2_000_000)


class Ledger(RuleBasedStateMachine):
    """Top-ups, holds and settlements as they may come: repeated, both kinds for one hold, in any order."""

    holds = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.wallet = Wallet(0, 0, 0)
        self.paid_in = 0
        self.late = 0
        self.charged: dict[int, int] = {}
        self.amounts: dict[int, int] = {}
        self.states: dict[int, HoldState] = {}

    @initialize(credit=st.integers(0, 3_000_000))
    def open(self, credit: int) -> None:
        """Begin with an empty wallet, prepaid or with a line of credit."""
        self.wallet = Wallet(0, 0, -credit)

    @rule(amount=AMOUNT)
    def pay_in(self, amount: int) -> None:
        """Money comes in."""
        self.wallet = replace(self.wallet, posted_micros=self.wallet.posted_micros + amount)
        self.paid_in += amount

    @rule(target=holds, amount=AMOUNT)
    def accept(self, amount: int) -> object:
        """A message is accepted if the wallet covers its price, and only then."""
        held = hold(self.wallet, amount)
        assert (held is not None) == (self.wallet.available_micros >= amount)
        if held is None:
            return multiple()
        self.wallet = held.wallet
        number = len(self.amounts)
        self.amounts[number], self.states[number] = amount, HoldState.HELD
        return number

    @rule(number=holds, settlement=st.sampled_from(Settlement), share=st.integers(0, 100))
    def report(self, number: int, settlement: Settlement, share: int) -> None:
        """What became of a message arrives, maybe once more; it may cost less than was set aside."""
        state = settle_hold(self.states[number], settlement)
        if state is None:
            return
        self.states[number] = state
        price = share * self.amounts[number] // 100
        match settlement:
            case Settlement.CAPTURE | Settlement.RELEASE:
                self.charged[number] = price if settlement is Settlement.CAPTURE else 0
                self.wallet = settle(self.wallet, self.amounts[number], self.charged[number])
            case Settlement.CAPTURE_LATE:
                self.charged[number] = price
                self.late += price
                self.wallet = charge_late(self.wallet, price)
            case Settlement.REFUND:
                self.wallet = give_back(self.wallet, self.charged.pop(number))
            case Settlement.ABSORB:
                pass

    def sum_of(self, state: HoldState) -> int:
        """The money of all holds in a state."""
        return sum(amount for number, amount in self.amounts.items() if self.states[number] is state)

    @invariant()
    def limit_is_kept(self) -> None:
        """Invariant 4: the wallet goes below its limit by what came late at most."""
        assert self.wallet.available_micros >= -self.late

    @invariant()
    def money_is_where_the_holds_say(self) -> None:
        """Invariants 2, 3 and 5: what is set aside is the sum of open holds; what is gone is what was charged."""
        assert self.wallet.pending_micros == self.sum_of(HoldState.HELD)
        assert self.wallet.posted_micros == self.paid_in - sum(self.charged.values())
        assert all(charged <= self.amounts[number] for number, charged in self.charged.items())


TestLedger = Ledger.TestCase


def test_a_wallet_gives_its_last_micro_unit_but_not_one_more() -> None:
    """The boundary of a prepaid wallet."""
    wallet = Wallet(100, 40, 0)
    assert hold(wallet, 60) == Held(Wallet(100, 100, 0), on_spend(60))
    assert hold(wallet, 61) is None
    assert wallet.leased_micros == 0


def test_a_line_of_credit_is_spent_like_money() -> None:
    """The boundary of a postpaid wallet."""
    assert hold(Wallet(0, 0, -50), 50) == Held(Wallet(0, 50, -50), on_spend(50))
    assert hold(Wallet(0, 0, -50), 51) is None


STEPS = {
    (HoldState.HELD, Settlement.CAPTURE): HoldState.CAPTURED,
    (HoldState.HELD, Settlement.RELEASE): HoldState.RELEASED,
    (HoldState.RELEASED, Settlement.CAPTURE_LATE): HoldState.CAPTURED,
    (HoldState.RELEASED, Settlement.ABSORB): HoldState.ABSORBED,
    (HoldState.CAPTURED, Settlement.REFUND): HoldState.REFUNDED,
}


@pytest.mark.parametrize(("state", "settlement"), list(product(HoldState, Settlement)))
def test_states_exclude_each_other_and_the_last_ones_stay(state: HoldState, settlement: Settlement) -> None:
    """Invariant 7: the whole table. Everything else changes nothing."""
    assert settle_hold(state, settlement) == STEPS.get((state, settlement))


def test_grace_ends_with_its_last_instant() -> None:
    failed_at = datetime(2026, 11, 1, tzinfo=UTC)
    assert delivered_late(failed_at, failed_at + GRACE) is Settlement.CAPTURE_LATE
    assert delivered_late(failed_at, failed_at + GRACE + timedelta(microseconds=1)) is Settlement.ABSORB


@given(st.lists(st.integers(1, 50), min_size=1, max_size=5), st.data())
def test_what_is_taken_comes_from_the_first_draws(amounts: list[int], data: st.DataObject) -> None:
    draws = [Draw(str(place), amount) for place, amount in enumerate(amounts)]
    price = data.draw(st.integers(0, sum(amounts)))
    taken = take(draws, price)
    assert sum(one.amount_micros for one in taken) == price
    assert all(0 <= one.amount_micros <= draw.amount_micros for one, draw in zip(taken, draws, strict=True))
    short = [place for place, one in enumerate(taken) if one.amount_micros < amounts[place]]
    assert all(taken[place].amount_micros == 0 for place in short[1:])
    with pytest.raises(AssertionError):
        take(draws, sum(amounts) + 1)


@pytest.mark.parametrize("amount", [0, -1])
def test_only_positive_amounts_move(amount: int) -> None:
    """A price of nothing needs no hold; a negative one is a fault."""
    wallet = Wallet(100, 50, 0)
    with pytest.raises(AssertionError):
        hold(wallet, amount)
    with pytest.raises(AssertionError):
        settle(wallet, amount, amount)


def test_more_than_is_set_aside_cannot_be_settled() -> None:
    """A settlement without its hold is a fault."""
    with pytest.raises(AssertionError):
        settle(Wallet(100, 10, 0), 11, 0)
    with pytest.raises(AssertionError):
        settle(Wallet(100, 10, 0), 10, 11)


def test_states_and_settlements_keep_their_names() -> None:
    """Rows have them."""
    assert [one.value for one in HoldState] == ["held", "captured", "released", "refunded", "absorbed"]
    assert [one.value for one in Settlement] == ["capture", "release", "capture_late", "absorb", "refund"]
    assert timedelta(days=3) == GRACE


BUDGETED = Wallet(
    100, 0, 0, (Credit("grant:a", 7, ("marketing",), ("DE",)), Credit("grant:b", 3, ("utility",))), 40
)  # fmt: skip


def test_a_credit_is_good_for_its_categories_in_its_markets() -> None:
    asked = [(category, market) for category in ("marketing", "utility") for market in ("DE", "FR")]
    assert [BUDGETED.credits[0].covers(*one) for one in asked] == [True, False, False, False]
    assert [BUDGETED.credits[1].covers(*one) for one in asked] == [False, False, True, True]


def test_a_budget_leaves_what_it_has_and_the_grants_that_are_good() -> None:
    assert BUDGETED.budget_for("marketing", "DE") == 47
    assert BUDGETED.budget_for("utility", "FR") == 43
    assert BUDGETED.budget_for("marketing", "FR") == 40
    assert Wallet(100, 0, 0).budget_for("marketing", "DE") is None


def test_a_hold_keeps_to_the_budget_and_its_settlement_gives_back() -> None:
    """What grants pay does not count; what was set aside and not taken is the budget's again."""
    held = hold(BUDGETED, 47, "marketing", "DE")
    assert held is not None
    assert (held.wallet.budget_left_micros, held.wallet.pending_micros) == (0, 40)
    assert hold(BUDGETED, 48, "marketing", "DE") is None
    assert hold(replace(BUDGETED, budget_left_micros=39), 47, "marketing", "DE") is None
    half = hold(BUDGETED, 17, "marketing", "DE")
    assert half is not None
    assert half.wallet.budget_left_micros == 30
    assert settle(held.wallet, 40, 25) == replace(
        held.wallet, posted_micros=75, pending_micros=0, budget_left_micros=15
    )
    assert settle(Wallet(100, 10, 0), 10, 10) == Wallet(90, 0, 0)
    assert settle(Wallet(100, 1, 0), 1, 1) == Wallet(99, 0, 0)


def test_late_charges_and_refunds_may_be_nothing_but_never_less() -> None:
    assert (charge_late(Wallet(5, 0, 0), 7), give_back(Wallet(5, 0, 0), 7)) == (Wallet(-2, 0, 0), Wallet(12, 0, 0))
    for move in (charge_late, give_back):
        assert move(Wallet(5, 0, 0), 0) == Wallet(5, 0, 0)
        with pytest.raises(AssertionError):
            move(Wallet(5, 0, 0), -1)
