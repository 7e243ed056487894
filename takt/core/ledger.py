"""The wallet: what is there, what is set aside, and the three moves of a message's money.

A hold sets the price aside when a message is accepted; delivery captures it, failure or expiry releases it. The state
of a hold goes one way only. Amounts are integers of micro-units; the credit line is a negative `min_available`.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from takt.core.value import value


class HoldState(StrEnum):
    """Where the money of one message is."""

    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"


class Settlement(StrEnum):
    """What ends a hold. A capture may cost less than was held; the rest is free again."""

    CAPTURE = "capture"
    RELEASE = "release"


SETTLED: Final[dict[Settlement, HoldState]] = {
    Settlement.CAPTURE: HoldState.CAPTURED,
    Settlement.RELEASE: HoldState.RELEASED,
}


@value
class Wallet:
    """The spend account of a contract: journal balance, the sum of open holds, and how low it may go."""

    posted_micros: int
    pending_micros: int
    min_available_micros: int

    @property
    def available_micros(self) -> int:
        """What may still be set aside before the limit is reached."""
        return self.posted_micros - self.pending_micros - self.min_available_micros


def hold(wallet: Wallet, amount_micros: int) -> Wallet | None:
    """The wallet with the amount set aside, or None when it does not cover it."""
    assert amount_micros > 0
    if wallet.available_micros < amount_micros:
        return None
    return Wallet(wallet.posted_micros, wallet.pending_micros + amount_micros, wallet.min_available_micros)


def settle_hold(state: HoldState, settlement: Settlement) -> HoldState | None:
    """The next state of a hold, or None when it is settled already and nothing may happen."""
    return SETTLED[settlement] if state is HoldState.HELD else None


def settle(wallet: Wallet, amount_micros: int, captured_micros: int) -> Wallet:
    """The wallet after a held amount is settled: what was captured of it is gone, the rest is free again."""
    assert 0 < amount_micros <= wallet.pending_micros
    assert 0 <= captured_micros <= amount_micros, "never more than was set aside"
    return replace(
        wallet,
        posted_micros=wallet.posted_micros - captured_micros,
        pending_micros=wallet.pending_micros - amount_micros,
    )


def top_up(wallet: Wallet, amount_micros: int) -> Wallet:
    """The wallet after money came in."""
    assert amount_micros > 0
    return replace(wallet, posted_micros=wallet.posted_micros + amount_micros)
