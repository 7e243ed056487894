"""A person's inbox: one log of messages and notices under one numbering, written under the recipient's row lock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@value
class Inbound:
    """A message that a person writes. `content` is JSON."""

    message_id: UUID
    recipient_id: UUID
    wa_id: str
    sender_id: str
    business_id: UUID
    cursor: int
    client_id: str
    type: str
    content: str
    context_id: UUID | None


@value
class Own:
    """A message that a person wrote before."""

    message_id: UUID
    cursor: int
    at: datetime


@value
class Quoted:
    """A message that an answer points to. `content` is JSON."""

    recipient_id: UUID
    sender_id: str
    inbound: bool
    content: str


@value
class Notice:
    """What else a person's devices must learn; `body` is JSON."""

    recipient_id: UUID
    cursor: int
    sender_id: str
    kind: str
    body: str


_INBOUND = (
    "part", "message_id", "recipient_id", "wa_id", "sender_id", "business_id", "inbound", "cursor", "client_id", "type",
    "content", "context_id", "category", "status", "accepted_at",
)  # fmt: skip


async def find_own(conn: Conn, part: int, keys: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], Own]:
    """What people have written already under these client ids."""
    rows = await conn.fetch(
        "SELECT m.recipient_id, m.client_id, m.message_id, m.cursor, m.accepted_at FROM message m"
        " JOIN unnest($2::uuid[], $3::text[]) u(recipient_id, client_id)"
        " ON m.recipient_id = u.recipient_id AND m.client_id = u.client_id WHERE m.part = $1 AND m.inbound",
        part, [key[0] for key in keys], [key[1] for key in keys],
    )  # fmt: skip
    return {(row[0], row[1]): Own(row[2], row[3], row[4]) for row in rows}


async def find_quoted(conn: Conn, part: int, message_ids: Sequence[UUID]) -> dict[UUID, Quoted]:
    """Those of these messages that are in somebody's inbox and have not failed."""
    rows = await conn.fetch(
        "SELECT message_id, recipient_id, sender_id, inbound, content FROM message WHERE part = $1"
        " AND message_id = any($2::uuid[]) AND cursor IS NOT NULL AND (inbound OR status <> 'failed')",
        part, message_ids,
    )  # fmt: skip
    return {row[0]: Quoted(*row[1:]) for row in rows}


async def add_inbound(conn: Conn, part: int, messages: Sequence[Inbound], now: datetime) -> None:
    """Write what people wrote. How far a company is with it stands in the thread; the status here never moves."""
    await conn.copy_records_to_table(
        "message",
        columns=_INBOUND,
        records=[
            (
                part, m.message_id, m.recipient_id, m.wa_id, m.sender_id, m.business_id, True, m.cursor, m.client_id,
                m.type, m.content, m.context_id, "service", "accepted", now,
            )
            for m in messages
        ],
    )  # fmt: skip


async def add_notices(conn: Conn, part: int, notices: Sequence[Notice], now: datetime) -> None:
    """Write notices under numbers that their people's cursors already count."""
    await conn.copy_records_to_table(
        "notice",
        columns=("part", "recipient_id", "cursor", "sender_id", "kind", "body", "at"),
        records=[(part, n.recipient_id, n.cursor, n.sender_id, n.kind, n.body, now) for n in notices],
    )


async def people_after(conn: Conn, part: int, after: UUID, limit: int) -> list[UUID]:
    """The next people in the order of their ids, to go round all of them bit by bit."""
    rows = await conn.fetch(
        "SELECT recipient_id FROM recipient WHERE part = $1 AND recipient_id > $2 ORDER BY recipient_id LIMIT $3",
        part, after, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


async def drop_outdone(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> int:
    """Drop notices of these people that a later one of the same kind and thread says better; how many went.

    Every notice tells a state, the latest of which counts. Dropped ones leave gaps in the numbering, which mean nothing.
    The confirmation of a stop stays: it is a line of the chat.
    """
    done = await conn.execute(
        "DELETE FROM notice n USING (SELECT o.recipient_id, o.cursor, row_number() OVER (PARTITION BY o.recipient_id,"
        " o.sender_id, o.kind, o.body -> 'status', o.body -> 'purpose' ORDER BY o.cursor DESC) AS place"
        " FROM notice o WHERE o.part = $1 AND o.recipient_id = any($2::uuid[]) AND NOT o.body ? 'confirm') old"
        " WHERE n.part = $1 AND n.recipient_id = old.recipient_id AND n.cursor = old.cursor AND old.place > 1",
        part, recipient_ids,
    )  # fmt: skip
    return int(done.split()[-1])
