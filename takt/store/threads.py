"""Threads, as the acts of a person change them: read and written back whole, under the recipient's row lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.facts import Pair
from takt.store.pool import Conn


@dataclass(slots=True)
class Thread:
    """What a person's acts look at and change. A thread that does not exist yet has all at its beginning.

    `blocked_by_business` is looked at only: a company's block is written on its own (`store.business_blocks`). `told` says
    whether its company should see the change.
    """

    window_until: datetime | None = None
    unanswered: int = 0
    accepted: bool = False
    deleted_at: datetime | None = None
    cleared_through: int = 0
    blocked_at: datetime | None = None
    last_cursor: int = 0
    last_at: datetime | None = None
    last_text: str = ""
    last_message_id: UUID | None = None
    inbound_cursor: int = 0
    inbound_count: int = 0
    blocked_by_business: bool = False
    muted_at: datetime | None = None
    told: bool = False


@value
class Marks:
    """How far a person is with a thread, as cursors: `read` 0 leaves that mark as it is.

    `told`: something that the company sees has changed.
    """

    pair: Pair
    received: int
    read: int
    told: bool


_LOAD = (
    "SELECT t.recipient_id, t.sender_id, t.window_until, t.unanswered, t.accepted, t.deleted_at, t.cleared_through,"
    " t.blocked_at, t.last_cursor, t.last_at, t.last_text, t.last_message_id, t.inbound_cursor, t.inbound_count,"
    " t.business_blocked_at IS NOT NULL, t.muted_at"
    " FROM thread t JOIN unnest($2::uuid[], $3::text[]) u(recipient_id, sender_id)"
    " ON t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id WHERE t.part = $1"
)

_PUT = (
    "INSERT INTO thread (part, recipient_id, sender_id, window_until, unanswered, accepted, deleted_at,"
    " cleared_through, blocked_at, last_cursor, last_at, last_text, last_message_id, inbound_cursor, inbound_count,"
    " unprojected, muted_at)"
    " SELECT r.part, u.recipient_id, u.sender_id, u.window_until, u.unanswered, u.accepted, u.deleted_at,"
    " u.cleared_through, u.blocked_at, u.last_cursor, coalesce(u.last_at, $17), u.last_text, u.last_message_id,"
    " u.inbound_cursor, u.inbound_count, u.told, u.muted_at"
    " FROM recipient r JOIN unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::int[], $6::bool[],"
    " $7::timestamptz[], $8::bigint[], $9::timestamptz[], $10::bigint[], $11::timestamptz[], $12::text[], $13::uuid[],"
    " $14::bigint[], $15::bigint[], $16::bool[], $18::timestamptz[]) u(recipient_id, sender_id, window_until, unanswered, accepted,"
    " deleted_at, cleared_through, blocked_at, last_cursor, last_at, last_text, last_message_id, inbound_cursor,"
    " inbound_count, told, muted_at) ON r.recipient_id = u.recipient_id WHERE r.part = $1"
    " ON CONFLICT (part, recipient_id, sender_id) DO UPDATE SET window_until = excluded.window_until,"
    " unanswered = excluded.unanswered, accepted = excluded.accepted, deleted_at = excluded.deleted_at,"
    " cleared_through = excluded.cleared_through, blocked_at = excluded.blocked_at,"
    " last_cursor = excluded.last_cursor, last_at = excluded.last_at, last_text = excluded.last_text,"
    " last_message_id = excluded.last_message_id, inbound_cursor = excluded.inbound_cursor,"
    " inbound_count = excluded.inbound_count, muted_at = excluded.muted_at, version = thread.version + 1,"
    " unprojected = thread.unprojected OR excluded.unprojected"
)


async def load(conn: Conn, part: int, pairs: Sequence[Pair]) -> dict[Pair, Thread]:
    """The threads of these pairs; a pair that never had to do with each other is missing."""
    rows = await conn.fetch(_LOAD, part, [pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return {(row[0], row[1]): Thread(*row[2:]) for row in rows}


async def put(conn: Conn, part: int, threads: Mapping[Pair, Thread], now: datetime) -> None:
    """Write threads back whole, or for the first time."""
    rows = sorted(threads.items())
    states = [thread for _, thread in rows]
    await conn.execute(
        _PUT, part, [pair[0] for pair, _ in rows], [pair[1] for pair, _ in rows], [t.window_until for t in states],
        [t.unanswered for t in states], [t.accepted for t in states], [t.deleted_at for t in states],
        [t.cleared_through for t in states], [t.blocked_at for t in states], [t.last_cursor for t in states],
        [t.last_at for t in states], [t.last_text for t in states], [t.last_message_id for t in states],
        [t.inbound_cursor for t in states], [t.inbound_count for t in states], [t.told for t in states], now,
        [t.muted_at for t in states],
    )  # fmt: skip


async def read_marks(conn: Conn, part: int, pairs: Sequence[Pair]) -> dict[Pair, int]:
    """Through which cursor these threads are read, those in which something came after that."""
    rows = await conn.fetch(
        "SELECT t.recipient_id, t.sender_id, t.user_read FROM thread t"
        " JOIN unnest($2::uuid[], $3::text[]) u(recipient_id, sender_id)"
        " ON t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id"
        " WHERE t.part = $1 AND t.last_cursor > t.user_read",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs],
    )  # fmt: skip
    return {(row[0], row[1]): row[2] for row in rows}


async def all_read_marks(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> dict[Pair, int]:
    """As `read_marks`, for all threads of these people."""
    rows = await conn.fetch(
        "SELECT recipient_id, sender_id, user_read FROM thread"
        " WHERE part = $1 AND recipient_id = any($2::uuid[]) AND last_cursor > user_read",
        part, recipient_ids,
    )  # fmt: skip
    return {(row[0], row[1]): row[2] for row in rows}


async def set_marks(conn: Conn, part: int, marks: Sequence[Marks]) -> None:
    """Move the marks of threads on; what the company sees is left to be projected."""
    await conn.execute(
        "UPDATE thread t SET user_received = greatest(t.user_received, u.received),"
        " user_read = greatest(t.user_read, u.read), version = t.version + u.told::int,"
        " unprojected = t.unprojected OR u.told"
        " FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bool[])"
        " u(recipient_id, sender_id, received, read, told)"
        " WHERE t.part = $1 AND t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id",
        part, [mark.pair[0] for mark in marks], [mark.pair[1] for mark in marks], [mark.received for mark in marks],
        [mark.read for mark in marks], [mark.told for mark in marks],
    )  # fmt: skip


async def touch(conn: Conn, part: int, pairs: Sequence[Pair]) -> None:
    """Leave these threads to be projected: something about their messages changed that the company sees."""
    await conn.execute(
        "UPDATE thread t SET version = t.version + 1, unprojected = true"
        " FROM unnest($2::uuid[], $3::text[]) u(recipient_id, sender_id)"
        " WHERE t.part = $1 AND t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs],
    )  # fmt: skip
