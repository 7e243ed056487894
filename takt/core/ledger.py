"""The wallet: what is there, what is set aside, and the life of a message's money.

A hold sets the price aside when a message is accepted; delivery captures it, failure or expiry releases it. What comes
after that is told apart: a delivery within the grace is charged late, one beyond it is the operator's loss, and what was
captured may be given back once. The state of a hold goes one way only. Amounts are integers of micro-units; the credit
line is a negative `min_available`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from takt.core.entries import SPEND
from takt.core.value import value

GRACE: Final = timedelta(hours=72)
"""How long after its time was over a delivered message is still charged."""


class HoldState(StrEnum):
    """Where the money of one message is."""

    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"
    REFUNDED = "refunded"
    ABSORBED = "absorbed"


class Settlement(StrEnum):
    """What happens to a hold. A capture may cost less than was held; the rest is free again."""

    CAPTURE = "capture"
    RELEASE = "release"
    CAPTURE_LATE = "capture_late"
    ABSORB = "absorb"
    REFUND = "refund"


STEPS: Final[dict[tuple[HoldState, Settlement], HoldState]] = {
    (HoldState.HELD, Settlement.CAPTURE): HoldState.CAPTURED,
    (HoldState.HELD, Settlement.RELEASE): HoldState.RELEASED,
    (HoldState.RELEASED, Settlement.CAPTURE_LATE): HoldState.CAPTURED,
    (HoldState.RELEASED, Settlement.ABSORB): HoldState.ABSORBED,
    (HoldState.CAPTURED, Settlement.REFUND): HoldState.REFUNDED,
}
"""All that can happen; everything else, in every state, changes nothing."""


@value
class Draw:
    """What a hold sets aside on one account; and, once it is settled, how much of that was taken."""

    account: str
    amount_micros: int


@value
class Wallet:
    """The spend account of a contract: journal balance, the sum of open holds, and how low it may go.

    `budget_left_micros` is what may still be spent this month, below 0 when it was passed; None without a hard budget.
    """

    posted_micros: int
    pending_micros: int
    min_available_micros: int
    budget_left_micros: int | None = None

    @property
    def available_micros(self) -> int:
        """What may still be set aside before the limit is reached."""
        return self.posted_micros - self.pending_micros - self.min_available_micros


def hold(wallet: Wallet, amount_micros: int) -> Wallet | None:
    """The wallet with the amount set aside, or None when it does not cover it."""
    assert amount_micros > 0
    left = wallet.budget_left_micros
    if wallet.available_micros < amount_micros or (left is not None and left < amount_micros):
        return None
    return replace(
        wallet,
        pending_micros=wallet.pending_micros + amount_micros,
        budget_left_micros=left - amount_micros if left is not None else None,
    )


def settle_hold(state: HoldState, settlement: Settlement) -> HoldState | None:
    """The next state of a hold, or None when nothing may happen."""
    return STEPS.get((state, settlement))


def delivered_late(failed_at: datetime, now: datetime) -> Settlement:
    """What becomes of a message that is delivered after its time was over."""
    return Settlement.CAPTURE_LATE if now - failed_at <= GRACE else Settlement.ABSORB


def take(draws: Sequence[Draw], amount_micros: int) -> list[Draw]:
    """How much of what was set aside is taken on each account, in the order of the draws: the first is used up first."""
    taken: list[Draw] = []
    for one in draws:
        part = min(one.amount_micros, amount_micros)
        taken.append(Draw(one.account, part))
        amount_micros -= part
    assert amount_micros == 0, "never more than was set aside"
    return taken


def on_spend(amount_micros: int) -> tuple[Draw, ...]:
    """The draws of a hold that draws on the spend account alone."""
    return (Draw(SPEND, amount_micros),)


def settle(wallet: Wallet, amount_micros: int, captured_micros: int) -> Wallet:
    """The wallet after a held amount is settled: what was captured of it is gone, the rest is free again."""
    assert 0 < amount_micros <= wallet.pending_micros
    assert 0 <= captured_micros <= amount_micros, "never more than was set aside"
    left = wallet.budget_left_micros
    return replace(
        wallet,
        posted_micros=wallet.posted_micros - captured_micros,
        pending_micros=wallet.pending_micros - amount_micros,
        budget_left_micros=left + amount_micros - captured_micros if left is not None else None,
    )


def top_up(wallet: Wallet, amount_micros: int) -> Wallet:
    """The wallet after money came in."""
    assert amount_micros > 0
    return replace(wallet, posted_micros=wallet.posted_micros + amount_micros)
