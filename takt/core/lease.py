"""Leases: room on a wallet put aside for one part of the recipients, so that its messages need not wait for the wallet.

What is granted is set aside on the wallet at once; a message that is held on a lease leaves the wallet alone. In the end
all of it was used or is returned. A lease is worth its while for a payer whose messages flow, and only as far as they do:
near the end of the money there is none, and every message asks the wallet itself. Amounts are integers of micro-units.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from takt.core.entries import Payer
from takt.core.ledger import Wallet
from takt.core.value import value

VALID: Final = timedelta(seconds=45)
"""For how long a lease may be used."""
AHEAD: Final = timedelta(seconds=2)
"""For how long it is meant to last, at the pace of late; who rests for longer begins anew."""
SHARE: Final = 100
"""At most one part in so many of what is available, and of what is left of a hard budget."""
WORTH: Final = 8
"""At least so many batches like the one that asks must fit."""
MEMORY: Final = timedelta(seconds=10)
"""Over how long a pace is measured."""


@value
class Lease:
    """Where a lease stands; one that is not open is used or returned to the last micro-unit."""

    payer: Payer
    currency: str
    valid_until: datetime
    granted_micros: int = 0
    used_micros: int = 0
    returned_micros: int = 0
    is_open: bool = False

    @property
    def rest_micros(self) -> int:
        """What may still be used of it, or comes back."""
        return self.granted_micros - self.used_micros - self.returned_micros

    @property
    def leased_micros(self) -> int:
        """What is granted and not over."""
        return self.granted_micros if self.is_open else 0


@value
class Flow:
    """How fast the messages of a payer came of late: `micros` after `since` and up to `last`."""

    since: datetime
    last: datetime
    micros: int = 0

    @property
    def ahead_micros(self) -> int:
        """What is needed for the next seconds at this pace; 0 if it is not known."""
        span = self.last - self.since
        return self.micros * (AHEAD // timedelta(microseconds=1)) // (span // timedelta(microseconds=1)) if span else 0


def flowing(flow: Flow | None, micros: int, now: datetime) -> Flow:
    """The pace after a batch that costs `micros`."""
    if flow is None or not flow.last <= now <= flow.last + AHEAD:
        return Flow(now, now)
    if now - flow.since > MEMORY:
        return Flow(now - (now - flow.since) // 2, now, (flow.micros + micros) // 2)
    return Flow(flow.since, now, flow.micros + micros)


def size(wallet: Wallet, flow: Flow) -> int:
    """How much may be leased: two seconds of the pace, and no more than a hundredth of what there is."""
    room = wallet.available_micros
    if wallet.budget_left_micros is not None:
        room = min(room, wallet.budget_left_micros)
    return max(0, min(room // SHARE, flow.ahead_micros))


def use(lease: Lease, micros: int, now: datetime) -> Lease | None:
    """The lease after a batch is held on it; None if it is over, or too small."""
    assert micros > 0
    if not lease.is_open or now >= lease.valid_until or lease.rest_micros < micros:
        return None
    return replace(lease, used_micros=lease.used_micros + micros)


def close(lease: Lease) -> Lease:
    """The lease when it is over: what was not used is returned."""
    return replace(lease, returned_micros=lease.granted_micros - lease.used_micros, is_open=False)


def renew(lease: Lease, micros: int, granted_micros: int, now: datetime) -> Lease:
    """What follows on a lease that cannot hold a batch: a new one that holds it, or none if that is not worth its while."""
    assert micros > 0
    if granted_micros < WORTH * micros:
        return close(lease)
    return Lease(lease.payer, lease.currency, now + VALID, granted_micros, micros, is_open=True)
