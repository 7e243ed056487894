"""Money: whatever happens in whatever order, nobody spends what is not there and nothing is paid twice."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from takt.core.ledger import HoldState, Settlement, Wallet, hold, settle, settle_hold, top_up

AMOUNT = st.integers(1, 2_000_000)


class Ledger(RuleBasedStateMachine):
    """Top-ups, holds and settlements as they may come: repeated, both kinds for one hold, in any order."""

    holds = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.wallet = Wallet(0, 0, 0)
        self.paid_in = 0
        self.captured = 0
        self.amounts: dict[int, int] = {}
        self.states: dict[int, HoldState] = {}

    @initialize(credit=st.integers(0, 3_000_000))
    def open(self, credit: int) -> None:
        """Begin with an empty wallet, prepaid or with a line of credit."""
        self.wallet = Wallet(0, 0, -credit)

    @rule(amount=AMOUNT)
    def pay_in(self, amount: int) -> None:
        """Money comes in."""
        self.wallet = top_up(self.wallet, amount)
        self.paid_in += amount

    @rule(target=holds, amount=AMOUNT)
    def accept(self, amount: int) -> object:
        """A message is accepted if the wallet covers its price, and only then."""
        held = hold(self.wallet, amount)
        assert (held is not None) == (self.wallet.available_micros >= amount)
        if held is None:
            return multiple()
        self.wallet = held
        number = len(self.amounts)
        self.amounts[number], self.states[number] = amount, HoldState.HELD
        return number

    @rule(number=holds, settlement=st.sampled_from(Settlement), share=st.integers(0, 100))
    def report(self, number: int, settlement: Settlement, share: int) -> None:
        """What became of a message arrives, maybe once more; it may cost less than was set aside."""
        state = settle_hold(self.states[number], settlement)
        if state is None:
            return
        assert self.states[number] is HoldState.HELD
        self.states[number] = state
        captured = share * self.amounts[number] // 100 if state is HoldState.CAPTURED else 0
        self.captured += captured
        self.wallet = settle(self.wallet, self.amounts[number], captured)

    def sum_of(self, state: HoldState) -> int:
        """The money of all holds in a state."""
        return sum(amount for number, amount in self.amounts.items() if self.states[number] is state)

    @invariant()
    def limit_is_kept(self) -> None:
        """The wallet never goes below its limit."""
        assert self.wallet.available_micros >= 0

    @invariant()
    def money_is_where_the_holds_say(self) -> None:
        """What is set aside is the sum of open holds; what is gone is what was captured of them."""
        assert self.wallet.pending_micros == self.sum_of(HoldState.HELD)
        assert self.wallet.posted_micros == self.paid_in - self.captured
        assert self.captured <= self.sum_of(HoldState.CAPTURED)


TestLedger = Ledger.TestCase


def test_a_wallet_gives_its_last_micro_unit_but_not_one_more() -> None:
    """The boundary of a prepaid wallet."""
    wallet = Wallet(100, 40, 0)
    assert hold(wallet, 60) == Wallet(100, 100, 0)
    assert hold(wallet, 61) is None


def test_a_line_of_credit_is_spent_like_money() -> None:
    """The boundary of a postpaid wallet."""
    assert hold(Wallet(0, 0, -50), 50) == Wallet(0, 50, -50)
    assert hold(Wallet(0, 0, -50), 51) is None


@pytest.mark.parametrize("settlement", Settlement)
@pytest.mark.parametrize("state", [HoldState.CAPTURED, HoldState.RELEASED])
def test_a_settled_hold_stays_as_it_is(state: HoldState, settlement: Settlement) -> None:
    """Capture and release exclude each other, and neither happens twice."""
    assert settle_hold(state, settlement) is None


@pytest.mark.parametrize("amount", [0, -1])
def test_only_positive_amounts_move(amount: int) -> None:
    """A price of nothing needs no hold; a negative one is a fault."""
    wallet = Wallet(100, 50, 0)
    for move in (hold, top_up):
        with pytest.raises(AssertionError):
            move(wallet, amount)
    with pytest.raises(AssertionError):
        settle(wallet, amount, amount)


def test_more_than_is_set_aside_cannot_be_settled() -> None:
    """A settlement without its hold is a fault."""
    with pytest.raises(AssertionError):
        settle(Wallet(100, 10, 0), 11, 0)
    with pytest.raises(AssertionError):
        settle(Wallet(100, 10, 0), 10, 11)
