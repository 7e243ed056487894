"""Leases: how much is granted, for how long, and that all of it is used or comes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from takt.core import lease, ledger
from takt.core.lease import MEMORY, VALID, WORTH, Flow, Lease
from takt.core.ledger import Wallet

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAYER = (0, UUID(int=7))
NONE = Lease(PAYER, "EUR", NOW)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_nothing_is_open_at_first() -> None:
    assert not NONE.is_open


@pytest.mark.parametrize(
    ("available", "budget", "pace", "size"),
    [
        (1_000_000, None, 900, 900),
        (1_000_000, None, 20_000, 10_000),
        (1_000_000, 30_000, 20_000, 300),
        (1_000_000, -5, 20_000, 0),
        (-1, None, 20_000, 0),
        (99, None, 20_000, 0),
    ],
)
def test_no_more_than_two_seconds_or_a_hundredth(available: int, budget: int | None, pace: int, size: int) -> None:
    flow = Flow(NOW, NOW + seconds(2), pace)
    assert lease.size(Wallet(available, 0, 0, budget_left_micros=budget), flow) == size


def test_a_pace_is_known_by_the_second_batch_and_forgotten_after_a_rest() -> None:
    first = lease.flowing(None, 500, NOW)
    assert first.ahead_micros == 0
    second = lease.flowing(first, 500, NOW + seconds(0.5))
    assert second.ahead_micros == 2000
    assert lease.flowing(second, 500, NOW + seconds(2.6)).ahead_micros == 0
    assert lease.flowing(second, 500, NOW).ahead_micros == 0, "a clock that went back begins anew"


@pytest.mark.parametrize(
    ("flow", "after", "found"),
    [
        (Flow(NOW, NOW, 300), 0, Flow(NOW, NOW, 800)),
        (Flow(NOW, NOW + seconds(1), 300), 3, Flow(NOW, NOW + seconds(3), 800)),
        (Flow(NOW, NOW + seconds(1), 300), 3.1, Flow(NOW + seconds(3.1), NOW + seconds(3.1))),
        (Flow(NOW, NOW + seconds(9), 300), 10, Flow(NOW, NOW + seconds(10), 800)),
        (Flow(NOW, NOW + seconds(9), 300), 10.5, Flow(NOW + seconds(5.25), NOW + seconds(10.5), 400)),
    ],
)
def test_a_pace_rests_for_two_seconds_and_forgets_half_after_ten(flow: Flow, after: float, found: Flow) -> None:
    assert lease.flowing(flow, 500, NOW + seconds(after)) == found


OPEN = Lease(PAYER, "EUR", NOW + seconds(45), 800, 100, is_open=True)


def test_a_lease_is_worth_its_while_from_eight_batches_on_and_is_valid_for_45_seconds() -> None:
    assert lease.renew(NONE, 100, 800, NOW) == OPEN
    assert lease.renew(OPEN, 100, 799, NOW) == lease.close(OPEN) == Lease(PAYER, "EUR", OPEN.valid_until, 800, 100, 700)


@pytest.mark.parametrize(
    ("one", "micros", "after", "used"),
    [
        (OPEN, 700, 44, 800),
        (OPEN, 701, 44, None),
        (OPEN, 1, 45, None),
        (replace(OPEN, is_open=False), 1, 0, None),
        (NONE, 1, -1, None),
    ],
)
def test_a_lease_is_used_in_its_time_to_the_last(one: Lease, micros: int, after: int, used: int | None) -> None:
    found = lease.use(one, micros, NOW + seconds(after))
    assert found == (None if used is None else replace(one, used_micros=used))


def test_what_costs_nothing_needs_no_lease() -> None:
    with pytest.raises(AssertionError):
        lease.use(OPEN, 0, NOW)
    with pytest.raises(AssertionError):
        lease.renew(OPEN, 0, 800, NOW)


@given(st.integers(1, 10**9), st.integers(20, 200))
def test_a_steady_pace_is_what_it_is_however_long(micros: int, batches: int) -> None:
    flow, now = None, NOW
    for _ in range(batches):
        flow, now = lease.flowing(flow, micros, now), now + seconds(0.2)
    assert flow is not None
    assert flow.last - flow.since <= MEMORY + seconds(1)
    assert abs(flow.ahead_micros - 10 * micros) <= micros


class Life(RuleBasedStateMachine):
    """Invariant 19 beside a wallet: whatever is granted was used or returned, and nothing is used after its time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.wallet = Wallet(1_000_000, 0, -10_000)
        self.lease = NONE
        self.held = self.granted = self.used = self.returned = 0

    def _follow(self, new: Lease) -> None:
        self.wallet = replace(
            self.wallet, pending_micros=self.wallet.pending_micros + new.rest_micros - self.lease.rest_micros
        )
        self.lease = new

    @rule(passed=st.integers(0, 30))
    def wait(self, passed: int) -> None:
        self.now += seconds(passed)

    @rule(micros=st.integers(1, 900), pace=st.integers(0, 50_000))
    def send(self, micros: int, pace: int) -> None:
        used = lease.use(self.lease, micros, self.now)
        if used is not None:
            assert self.now < self.lease.valid_until
            self._follow(used)
            self.wallet = replace(self.wallet, pending_micros=self.wallet.pending_micros + micros)
            self.held, self.used = self.held + micros, self.used + micros
            return
        if self.wallet.available_micros < micros:
            return
        size = lease.size(self.wallet, Flow(NOW, NOW + seconds(2), pace))
        if self.lease.is_open:
            self.returned += self.lease.rest_micros
        new = lease.renew(self.lease, micros, size, self.now)
        assert new.is_open == (size >= WORTH * micros)
        if new.is_open:
            assert new.valid_until == self.now + VALID
            self.granted, self.used = self.granted + size, self.used + micros
        self._follow(new)
        self.wallet = replace(self.wallet, pending_micros=self.wallet.pending_micros + micros)
        self.held += micros

    @precondition(lambda self: self.lease.is_open)
    @rule()
    def end(self) -> None:
        self.returned += self.lease.rest_micros
        self._follow(lease.close(self.lease))
        assert self.lease.leased_micros == self.lease.rest_micros == 0

    @precondition(lambda self: self.held > 0)
    @rule(share=st.integers(1, 100))
    def settle(self, share: int) -> None:
        micros = max(1, self.held * share // 100)
        self.wallet = ledger.settle(self.wallet, micros, micros)
        self.held -= micros

    @invariant()
    def adds_up(self) -> None:
        one = self.lease
        assert 0 <= one.used_micros <= one.granted_micros
        assert one.is_open or one.granted_micros == one.used_micros + one.returned_micros
        assert self.granted == self.used + self.returned + (one.rest_micros if one.is_open else 0)
        assert self.wallet.pending_micros == self.held + (one.rest_micros if one.is_open else 0)
        assert self.wallet.available_micros >= 0


def test_invariant_19_what_is_granted_is_used_or_returned() -> None:
    run_state_machine_as_test(Life, settings=settings(max_examples=60, stateful_step_count=40))
