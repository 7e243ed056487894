"""What the operator looks up of money: all contracts with their wallets, and entries with their place in the chain."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from takt.core.entries import Entry, EntryKind, Payer
from takt.core.value import value
from takt.store.pool import Conn

CONTRACTS_MAX: Final = 1000
ENTRIES_MAX: Final = 200


@value
class Account:
    """A contract and its spend account, in micro-units. It may go down to `-limit_micros`; `excess_micros` is beyond that."""

    payer: Payer
    business_id: UUID
    mode: str
    currency: str
    time_zone: str
    created_at: datetime
    posted_micros: int
    held_micros: int
    limit_micros: int
    excess_micros: int
    month_closed: date | None

    @property
    def available_micros(self) -> int:
        """What may still be spent."""
        return max(0, self.posted_micros - self.held_micros + self.limit_micros)

    @property
    def state(self) -> str:
        """`beyond` its limit, `empty`, or `open` for spending."""
        if self.excess_micros > 0:
            return "beyond"
        return "open" if self.available_micros > 0 else "empty"


@value
class Found:
    """An entry, when it was booked, and the batch of the chain it is in; entries from before there was a chain have none."""

    entry: Entry
    booked_at: datetime
    batch: int | None
    hash: bytes | None


_ENTRIES: Final = (
    "SELECT j.contract_id, j.entry_id, j.kind, j.debit, j.credit, j.amount_micros, j.currency, j.event_at, j.leg, j.note,"
    " j.undoes, j.booked_at, b.number, b.hash FROM journal j"
    " LEFT JOIN batch b ON b.part = $1 AND b.batch_id = j.batch WHERE j.part = $1"
)
_NEWEST: Final = " ORDER BY j.booked_at DESC, j.entry_id, j.leg"


async def contracts(conn: Conn, part: int) -> list[Account]:
    """The first 1,000 contracts of a part."""
    rows = await conn.fetch(
        "SELECT c.contract_id, c.business_id, c.mode, c.currency, c.time_zone, c.created_at, a.posted_micros,"
        " a.pending_micros, -coalesce(a.min_available, 0), a.excess_micros,"
        " (SELECT max(month) FROM closing l WHERE l.part = $1 AND l.contract_id = c.contract_id)"
        " FROM contract c JOIN account a ON a.part = $1 AND a.contract_id = c.contract_id AND a.kind = 'spend'"
        " WHERE c.part = $1 ORDER BY c.contract_id LIMIT $2",
        part, CONTRACTS_MAX,
    )  # fmt: skip
    return [Account((part, row[0]), *row[1:]) for row in rows]


async def newest(conn: Conn, part: int, kind: str, since: datetime, until: datetime) -> list[Found]:
    """The newest entries of a part that were booked within a time; of all kinds, if `kind` is empty."""
    rows = await conn.fetch(
        f"{_ENTRIES} AND j.booked_at >= $2 AND j.booked_at < $3 AND ($4 = '' OR j.kind = $4){_NEWEST} LIMIT $5",
        part, since, until, kind, ENTRIES_MAX + 1,
    )  # fmt: skip
    return _found(part, rows)


async def newest_of(conn: Conn, payer: Payer, kind: str, since: datetime, until: datetime) -> list[Found]:
    """The same of one contract."""
    rows = await conn.fetch(
        f"{_ENTRIES} AND j.contract_id = $2 AND j.booked_at >= $3 AND j.booked_at < $4 AND ($5 = '' OR j.kind = $5)"
        f"{_NEWEST} LIMIT $6",
        *payer, since, until, kind, ENTRIES_MAX + 1,
    )  # fmt: skip
    return _found(payer[0], rows)


async def named(conn: Conn, payer: Payer, entry_ids: Sequence[UUID]) -> list[Found]:
    """The entries of a contract with these ids, with all their legs."""
    rows = await conn.fetch(
        f"{_ENTRIES} AND j.contract_id = $2 AND j.entry_id = any($3::uuid[]){_NEWEST}",
        *payer,
        entry_ids,
    )
    return _found(payer[0], rows)


def _found(part: int, rows: Sequence[asyncpg.Record]) -> list[Found]:
    return [
        Found(Entry((part, row[0]), row[1], EntryKind(row[2]), *row[3:11]), row[11], row[12], row[13]) for row in rows
    ]
