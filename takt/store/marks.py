"""How far a company is with what a person wrote to it: received and read, as cursors of that person's inbox."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from takt.core.value import value
from takt.store import inbox, recipients
from takt.store.facts import Pair
from takt.store.inbox import Notice
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient


@value
class Mark:
    """How far a company has received or read what a person wrote, as a cursor of that person's inbox."""

    pair: Pair
    status: str
    through: int


@value
class Written:
    """A message that a person wrote, and where it stands in the inbox."""

    pair: Pair
    cursor: int


@value
class Reading:
    """How far a company is with a thread: cursors, and counts of the person's messages."""

    inbound_cursor: int
    inbound_count: int
    desk_received: int
    desk_read: int
    desk_read_count: int
    window_until: datetime | None
    closed: bool


@value
class Read:
    """A thread that a company has read through this cursor; `count` is how many of the person's messages that makes."""

    pair: Pair
    through: int
    count: int


async def find_written(conn: Conn, part: int, message_ids: Sequence[UUID]) -> dict[UUID, Written]:
    """Those of these messages that a person wrote; all others are missing."""
    rows = await conn.fetch(
        "SELECT message_id, recipient_id, sender_id, cursor FROM message"
        " WHERE part = $1 AND message_id = any($2::uuid[]) AND inbound AND cursor IS NOT NULL",
        part, message_ids,
    )  # fmt: skip
    return {row[0]: Written((row[1], row[2]), row[3]) for row in rows}


async def readings(conn: Conn, part: int, pairs: Sequence[Pair]) -> dict[Pair, Reading]:
    """How far companies are with these threads. `closed`: the person blocked the sender or deleted the chat."""
    rows = await conn.fetch(
        "SELECT t.recipient_id, t.sender_id, t.inbound_cursor, t.inbound_count, t.desk_received, t.desk_read,"
        " t.desk_read_count, t.window_until, t.blocked_at IS NOT NULL OR t.deleted_at IS NOT NULL FROM thread t"
        " JOIN unnest($2::uuid[], $3::text[]) u(recipient_id, sender_id)"
        " ON t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id WHERE t.part = $1",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs],
    )  # fmt: skip
    return {(row[0], row[1]): Reading(*row[2:]) for row in rows}


async def count_written(conn: Conn, part: int, spans: Mapping[Pair, tuple[int, int]]) -> dict[Pair, int]:
    """How many messages people wrote behind the first and up to the second cursor of each span."""
    pairs = list(spans)
    rows = await conn.fetch(
        "SELECT m.recipient_id, m.sender_id, count(*) FROM message m"
        " JOIN unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[]) u(recipient_id, sender_id, behind, through)"
        " ON m.recipient_id = u.recipient_id AND m.sender_id = u.sender_id AND m.cursor > u.behind"
        " AND m.cursor <= u.through WHERE m.part = $1 AND m.inbound GROUP BY m.recipient_id, m.sender_id",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs], [spans[pair][0] for pair in pairs],
        [spans[pair][1] for pair in pairs],
    )  # fmt: skip
    return defaultdict(int, {(row[0], row[1]): row[2] for row in rows})


async def set_read(conn: Conn, part: int, reads: Sequence[Read]) -> None:
    """Write back how far threads are read, and leave them to be projected. What is read has been received."""
    await conn.execute(
        "UPDATE thread t SET desk_read = u.through, desk_read_count = u.count,"
        " desk_received = greatest(t.desk_received, u.through), version = t.version + 1, unprojected = true"
        " FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[]) u(recipient_id, sender_id, through, count)"
        " WHERE t.part = $1 AND t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id",
        part, [read.pair[0] for read in reads], [read.pair[1] for read in reads], [read.through for read in reads],
        [read.count for read in reads],
    )  # fmt: skip


async def add_marks(
    conn: Conn, part: int, people: Mapping[UUID, LockedRecipient], marks: Sequence[Mark], now: datetime
) -> None:
    """Tell locked people how far a company is with what they wrote: a notice each, under new inbox numbers."""
    if not marks:
        return
    notices: list[Notice] = []
    for mark in marks:
        recipient_id, sender_id = mark.pair
        person = people[recipient_id]
        person.cursor += 1
        body = msgspec.json.encode({"status": mark.status, "through": mark.through}).decode()
        notices.append(Notice(recipient_id, person.cursor, sender_id, "status", body))
    await recipients.set_cursors(conn, part, [people[one] for one in sorted({mark.pair[0] for mark in marks})])
    await inbox.add_notices(conn, part, notices, now)
