"""Links that open a chat with a text already written. They lie beside the contract of the company they belong to."""

from datetime import datetime

from takt.core.value import value
from takt.store.pool import Conn


@value
class Link:
    """A link by its code: whose chat it opens, and with which text."""

    code: str
    sender_id: str
    text: str


async def find(conn: Conn, part: int, code: str) -> Link | None:
    """A link by its code."""
    row = await conn.fetchrow(
        "SELECT code, sender_id, text FROM message_link WHERE part = $1 AND code = $2", part, code
    )
    return None if row is None else Link(*row)


async def list_after(conn: Conn, part: int, sender_id: str, after: str, limit: int) -> list[Link]:
    """The first links of a sender behind that code."""
    rows = await conn.fetch(
        "SELECT code, sender_id, text FROM message_link WHERE part = $1 AND sender_id = $2 AND code > $3"
        " ORDER BY code LIMIT $4",
        part, sender_id, after, limit,
    )  # fmt: skip
    return [Link(*row) for row in rows]


async def list_before(conn: Conn, part: int, sender_id: str, before: str, limit: int) -> list[Link]:
    """The last links of a sender before that code, in the order of codes."""
    rows = await conn.fetch(
        "SELECT code, sender_id, text FROM message_link WHERE part = $1 AND sender_id = $2 AND code < $3"
        " ORDER BY code DESC LIMIT $4",
        part, sender_id, before, limit,
    )  # fmt: skip
    return [Link(*row) for row in reversed(rows)]


async def count_of(conn: Conn, part: int, sender_id: str) -> int:
    """How many links a sender has."""
    return int(
        await conn.fetchval("SELECT count(*) FROM message_link WHERE part = $1 AND sender_id = $2", part, sender_id)
    )


async def put(conn: Conn, part: int, link: Link, now: datetime) -> None:
    """A link as it shall be from now on."""
    await conn.execute(
        "INSERT INTO message_link (part, code, sender_id, text, created_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (part, code) DO UPDATE SET text = excluded.text",
        part, link.code, link.sender_id, link.text, now,
    )  # fmt: skip


async def remove(conn: Conn, part: int, code: str) -> None:
    """The code leads nowhere any more."""
    await conn.execute("DELETE FROM message_link WHERE part = $1 AND code = $2", part, code)
