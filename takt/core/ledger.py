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
class Credit:
    """What is left of a grant, and what it is good for; empty `categories` or `markets`: for all."""

    account: str
    left_micros: int
    categories: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()

    def covers(self, category: str, market: str) -> bool:
        """Whether a message of this category into this market may be paid by it."""
        return (not self.categories or category in self.categories) and (not self.markets or market in self.markets)


@value
class Wallet:
    """The spend account of a contract: journal balance, the sum of open holds, and how low it may go.

    `credits` are its grants in the order in which they are used, each before the spend account.
    `budget_left_micros` is what may still be spent this month, below 0 when it was passed; None without a hard budget.
    `leased_micros` is what open leases were granted: as much as that of what is pending may come back unused.
    """

    posted_micros: int
    pending_micros: int
    min_available_micros: int
    credits: tuple[Credit, ...] = ()
    budget_left_micros: int | None = None
    leased_micros: int = 0

    @property
    def available_micros(self) -> int:
        """What may still be set aside on the spend account before the limit is reached."""
        return self.posted_micros - self.pending_micros - self.min_available_micros

    def available_for(self, category: str, market: str) -> int:
        """What may be set aside for a message of this category into this market, with the grants that are good for it."""
        return max(0, self.available_micros) + sum(
            one.left_micros for one in self.credits if one.covers(category, market)
        )

    def budget_for(self, category: str, market: str) -> int | None:
        """What the budget of the month leaves for such a message; grants do not count against it. None without a hard budget."""
        if self.budget_left_micros is None:
            return None
        return self.budget_left_micros + sum(one.left_micros for one in self.credits if one.covers(category, market))


@value
class Held:
    """A wallet in which something was set aside, and on which accounts how much."""

    wallet: Wallet
    draws: tuple[Draw, ...]


def hold(wallet: Wallet, amount_micros: int, category: str = "", market: str = "") -> Held | None:
    """Set an amount aside: on grants that are good for such a message, then on the spend account; None if they do not cover it."""
    assert amount_micros > 0
    left = wallet.budget_left_micros
    draws: list[Draw] = []
    credit: list[Credit] = []
    rest = amount_micros
    for one in wallet.credits:
        drawn = min(rest, one.left_micros) if one.covers(category, market) else 0
        if drawn > 0:
            draws.append(Draw(one.account, drawn))
        credit.append(replace(one, left_micros=one.left_micros - drawn) if drawn > 0 else one)
        rest -= drawn
    if rest > 0:
        if wallet.available_micros < rest or (left is not None and left < rest):
            return None
        draws.append(Draw(SPEND, rest))
    held = replace(
        wallet,
        pending_micros=wallet.pending_micros + rest,
        credits=tuple(credit),
        budget_left_micros=left - rest if left is not None else None,
    )
    return Held(held, tuple(draws))


def beyond_spend(draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
    """The draws as far as they need to be written down: none where all of it is on the spend account."""
    return () if len(draws) == 1 and draws[0].account == SPEND else draws


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


def charge_late(wallet: Wallet, amount_micros: int) -> Wallet:
    """The wallet after a late receipt: taken in one step, for nothing is set aside any more; it may pass the limit."""
    assert amount_micros >= 0
    return replace(wallet, posted_micros=wallet.posted_micros - amount_micros)


def give_back(wallet: Wallet, amount_micros: int) -> Wallet:
    """The wallet after a refund of exactly what was taken."""
    assert amount_micros >= 0
    return replace(wallet, posted_micros=wallet.posted_micros + amount_micros)
