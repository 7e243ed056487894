"""The chain of batches, read for proofs and for looking whether anything was changed; and the roots of days."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime
from uuid import UUID

from takt.core.entries import Entry, EntryKind
from takt.core.usage import Usage
from takt.core.value import value
from takt.store.pool import Conn
from takt.store.usage import FIELDS, read


@value
class Batch:
    """What one transaction booked in a part, as its row says."""

    part: int
    number: int
    batch_id: UUID
    entries: int
    usages: int
    digest: bytes
    previous: bytes
    hash: bytes
    booked_at: datetime


@value
class Rows:
    """What batches have in them, each row with the seal that it carries."""

    entries: defaultdict[UUID, list[tuple[Entry, int | None]]] = field(
        default_factory=lambda: defaultdict(list), hash=False
    )
    usages: defaultdict[UUID, list[tuple[Usage, int | None]]] = field(
        default_factory=lambda: defaultdict(list), hash=False
    )


@value
class DayRoot:
    """The root over a run of batches."""

    part: int
    day: date
    first_number: int
    last_number: int
    root: bytes


_BATCHES = (
    "SELECT part, number, batch_id, entries, usages, digest, previous, hash, booked_at FROM batch WHERE part = $1"
)
_ROOTS = "SELECT part, day, first_number, last_number, root FROM day_root WHERE part = $1"


async def batches(conn: Conn, part: int, after: int, limit: int) -> list[Batch]:
    """The next batches of a part, in the order of the chain."""
    rows = await conn.fetch(f"{_BATCHES} AND number > $2 ORDER BY number LIMIT $3", part, after, limit)
    return [Batch(*row) for row in rows]


async def find_batch(conn: Conn, part: int, batch_id: UUID) -> Batch | None:
    """The batch with this id."""
    row = await conn.fetchrow(f"{_BATCHES} AND batch_id = $2", part, batch_id)
    return None if row is None else Batch(*row)


async def batch_of(conn: Conn, part: int, message_id: UUID) -> tuple[int, UUID] | None:
    """The part and the id of the batch in which what a message of `part` used was booked."""
    row = await conn.fetchrow(
        "SELECT contract_part, batch FROM usage WHERE part = $1 AND message_id = $2 AND leg = 0 AND NOT refund",
        part, message_id,
    )  # fmt: skip
    return None if row is None else (row[0], row[1])


async def head(conn: Conn, part: int) -> tuple[int, bytes]:
    """Number and hash of the newest link of a part, as the next one would take it; (0, nothing) before the first."""
    row = await conn.fetchrow("SELECT number, hash FROM chain WHERE part = $1", part)
    return (0, b"") if row is None else (row[0], row[1])


async def add_entries(conn: Conn, part: int, some: Sequence[Batch], found: Rows) -> None:
    """Read the entries of these batches of a part."""
    rows = await conn.fetch(
        "SELECT batch, seal, contract_id, entry_id, kind, debit, credit, amount_micros, currency, event_at, leg, note,"
        " undoes FROM journal WHERE part = $1 AND booked_at = any($2::timestamptz[]) AND batch = any($3::uuid[])",
        part, sorted({one.booked_at for one in some}), [one.batch_id for one in some],
    )  # fmt: skip
    for row in rows:
        found.entries[row[0]].append((Entry((part, row[2]), row[3], EntryKind(row[4]), *row[5:]), row[1]))


async def add_usages(conn: Conn, part: int, some: Sequence[Batch], found: Rows) -> None:
    """Read what messages of a part used, as far as it is in these batches."""
    rows = await conn.fetch(
        f"SELECT {FIELDS}, batch, seal FROM usage WHERE part = $1 AND booked_at = any($2::timestamptz[])"  # noqa: S608 - constants
        " AND batch = any($3::uuid[])",
        part, sorted({one.booked_at for one in some}), [one.batch_id for one in some],
    )  # fmt: skip
    for row in rows:
        found.usages[row["batch"]].append((read(row), row["seal"]))


async def written(conn: Conn, part: int, before: datetime) -> tuple[int, int]:
    """How many entries and rows of usage there are in a part, as far as they were booked before then.

    Entries from before there were batches are left out.
    """
    entries = await conn.fetchval(
        "SELECT count(*) FROM journal WHERE part = $1 AND booked_at < $2"
        " AND (batch IS NOT NULL OR booked_at >= (SELECT min(booked_at) FROM batch WHERE part = $1))",
        part, before,
    )  # fmt: skip
    used = await conn.fetchval("SELECT count(*) FROM usage WHERE part = $1 AND booked_at < $2", part, before)
    return int(entries), int(used)


async def told(conn: Conn, part: int, before: datetime) -> tuple[int, int]:
    """How many of either the batches of a part tell of."""
    row = await conn.fetchrow(
        "SELECT coalesce(sum(entries), 0)::bigint, coalesce(sum(usages), 0)::bigint FROM batch"
        " WHERE part = $1 AND booked_at < $2",
        part, before,
    )  # fmt: skip
    assert row is not None
    return row[0], row[1]


async def last_root(conn: Conn, part: int) -> DayRoot | None:
    """The newest root of a part."""
    row = await conn.fetchrow(f"{_ROOTS} ORDER BY day DESC LIMIT 1", part)
    return None if row is None else DayRoot(*row)


async def roots(conn: Conn, part: int) -> list[DayRoot]:
    """All roots of a part, by day."""
    return [DayRoot(*row) for row in await conn.fetch(f"{_ROOTS} ORDER BY day", part)]


async def root_over(conn: Conn, part: int, number: int) -> DayRoot | None:
    """The root that a batch is under, once there is one."""
    row = await conn.fetchrow(f"{_ROOTS} AND first_number <= $2 AND last_number >= $2", part, number)
    return None if row is None else DayRoot(*row)


async def last_number_before(conn: Conn, part: int, instant: datetime) -> int:
    """The newest batch of a part that was booked before an instant; 0 if there is none."""
    found = await conn.fetchval(
        "SELECT number FROM batch WHERE part = $1 AND booked_at < $2 ORDER BY number DESC LIMIT 1", part, instant
    )
    return int(found or 0)


async def add_root(conn: Conn, one: DayRoot, now: datetime) -> None:
    """Write the root of a day; one that is there stays."""
    await conn.execute(
        "INSERT INTO day_root (part, day, first_number, last_number, root, made_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (part, day) DO NOTHING",
        one.part, one.day, one.first_number, one.last_number, one.root, now,
    )  # fmt: skip
