"""Holds on leases: where the messages of a payer flow in several parts, most batches leave its wallet alone.

A lease is asked for, used and given back in the transaction that sends, so that a crash leaves nothing half done. Which
payers flow is remembered by the process alone: losing that costs work only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from takt.core import entries, lease
from takt.core.entries import SPEND, Changes, Payer
from takt.core.lease import Flow, Lease
from takt.core.ledger import Wallet
from takt.store import journal, leases, ledger
from takt.store.ledger import Hold
from takt.store.pool import Conn, DecideAgainError

FLOWS_MAX: Final = 10_000
LAPSED_MAX: Final = 200


class LeasedError(DecideAgainError):
    """Money that a batch needs may lie in leases; it decides again when they are called in."""


class Flows:
    """How fast the messages of payers came of late in each part, as far as this process saw it; at most 10,000."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Payer], Flow] = {}

    def note(self, part: int, payer: Payer, micros: int, now: datetime) -> Flow:
        """Take a batch into account; the pace with it."""
        if len(self._known) >= FLOWS_MAX and (part, payer) not in self._known:
            self._known.clear()
        found = self._known[part, payer] = lease.flowing(self._known.get((part, payer)), micros, now)
        return found


async def reserve(
    conn: Conn, part: int, holds: Iterable[Hold], wallets: Mapping[Payer, Wallet], flows: Flows | None, now: datetime
) -> None:
    """Set the sums of these holds aside, on leases where there are any; last statements of a batch.

    Without `flows` all of it is set aside on the accounts. Raises OverspentError when an account does not cover its sum.
    """
    changes = ledger.set_aside(holds)
    if flows is not None:
        await _lease(conn, part, changes, wallets, flows, now)
    if changes:
        await journal.move(conn, changes)


async def _lease(
    conn: Conn, part: int, changes: Changes, wallets: Mapping[Payer, Wallet], flows: Flows, now: datetime
) -> None:
    """Take what is held on leases out of the changes, and add what is leased to them."""
    needed: dict[Payer, int] = {}
    paces: dict[Payer, Flow] = {}
    for (payer, account, _), change in changes.items():
        if account == SPEND:
            pace = paces[payer] = flows.note(part, payer, change.pending_micros, now)
            if pace.ahead_micros >= lease.WORTH * change.pending_micros:
                needed[payer] = change.pending_micros
    if not needed:
        return
    done = await leases.use(conn, part, needed, now)
    asking: dict[Payer, str] = {}
    for payer, account, currency in list(changes):
        if account == SPEND and payer in done:
            del changes[payer, account, currency]
        elif account == SPEND and payer in needed:
            asking[payer] = currency
    if asking:
        sizes = {payer: lease.size(wallets[payer], paces[payer]) for payer in asking}
        await _renew(conn, part, asking, needed, sizes, changes, now)


async def _renew(
    conn: Conn, part: int, asking: Mapping[Payer, str], needed: Mapping[Payer, int], sizes: Mapping[Payer, int],
    changes: Changes, now: datetime,
) -> None:  # fmt: skip
    """Close what cannot hold the batch, and ask for more where that is worth its while."""
    found = await leases.lock(conn, part, asking)
    missing = [one for one in sorted(asking) if one not in found and sizes[one] >= lease.WORTH * needed[one]]
    for payer in missing:
        await leases.add(conn, part, payer, asking[payer], now)
    if missing:
        found = await leases.lock(conn, part, asking)
    after: list[Lease] = []
    for payer, old in found.items():
        new = lease.use(old, needed[payer], now) or lease.renew(old, needed[payer], sizes[payer], now)
        if new != old:
            _follow(changes, old, new)
            after.append(new)
    if after:
        await leases.put(conn, part, after)


def _follow(changes: Changes, old: Lease, new: Lease) -> None:
    """What the account does as a lease changes: the rest of the old one comes back, that of the new one is set aside."""
    change = entries.change(changes, old.payer, SPEND, old.currency)
    change.pending_micros += new.rest_micros - old.rest_micros
    change.leased_micros += new.leased_micros - old.leased_micros


async def call_in(conn: Conn, parts: Sequence[int], payers: Collection[Payer]) -> None:
    """Give back what is not used of all leases of these payers, in all parts; their wallets are not held before.

    No part that ever had one grants another until the transaction ends.
    """
    changes: Changes = {}
    for part in sorted(parts):
        found = await leases.lock(conn, part, payers)
        await _close(conn, part, [one for one in found.values() if one.is_open], changes)
    if changes:
        await journal.move(conn, changes)


async def wallets(
    conn: Conn, payers: Collection[Payer], now: datetime, locked_in: Sequence[int]
) -> dict[Payer, Wallet]:  # fmt: skip
    """The wallets of these payers. With `locked_in`, all parts, they are held, and their leases called in before."""
    if len(locked_in) > 1:
        seen = await ledger.wallets(conn, payers, now, locked=False)
        leased = [payer for payer, wallet in seen.items() if wallet.leased_micros > 0]
        if leased:
            await call_in(conn, locked_in, leased)
    return await ledger.wallets(conn, payers, now, locked=bool(locked_in))


async def hold_unleased(conn: Conn, parts: Sequence[int], payer: Payer, now: datetime) -> Wallet:
    """The wallet of a payer, held until the transaction ends, with nothing leased from it.

    Raises LeasedError when the first lease of a part comes in between; the next try finds none.
    """
    if len(parts) > 1:
        await call_in(conn, parts, [payer])
    wallet = (await ledger.wallets(conn, [payer], now, locked=True))[payer]
    if wallet.leased_micros > 0:
        raise LeasedError
    return wallet


async def lapse(conn: Conn, part: int, now: datetime) -> int:
    """Give back what is not used of leases whose time is over, at most 200; how many there were."""
    over = await leases.lapsed(conn, part, now, LAPSED_MAX)
    changes: Changes = {}
    await _close(conn, part, over, changes)
    if changes:
        await journal.move(conn, changes)
    return len(over)


async def _close(conn: Conn, part: int, some: Sequence[Lease], changes: Changes) -> None:
    if not some:
        return
    closed = [lease.close(one) for one in some]
    for old, new in zip(some, closed, strict=True):
        _follow(changes, old, new)
    await leases.put(conn, part, closed)
