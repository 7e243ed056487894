"""Conversations that one price covers. Read and written only under the row locks of their recipients."""

from collections.abc import Sequence
from datetime import datetime

from takt.core.charging import Opening, Pair
from takt.store.pool import Conn


async def standing(conn: Conn, part: int, pairs: Sequence[Pair], at: datetime) -> dict[tuple[Pair, str], Opening]:
    """The conversations of these pairs that are open at an instant, by pair and name."""
    rows = await conn.fetch(
        "SELECT c.recipient_id, c.sender_id, c.name, c.opened_at, c.until, c.message_id FROM conversation c"
        " JOIN unnest($2::uuid[], $3::text[]) k(recipient_id, sender_id)"
        " ON c.recipient_id = k.recipient_id AND c.sender_id = k.sender_id WHERE c.part = $1 AND c.until > $4",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs], at,
    )  # fmt: skip
    return {((row[0], row[1]), row[2]): Opening((row[0], row[1]), *row[2:]) for row in rows}


async def open_up(conn: Conn, part: int, openings: Sequence[Opening]) -> None:
    """Open conversations; one of the same name and pair is over by now."""
    await conn.execute(
        "INSERT INTO conversation (part, recipient_id, sender_id, name, opened_at, until, message_id)"
        " SELECT r.part, r.recipient_id, u.sender_id, u.name, u.opened_at, u.until, u.message_id FROM recipient r"
        " JOIN unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::uuid[])"
        " u(recipient_id, sender_id, name, opened_at, until, message_id) ON r.recipient_id = u.recipient_id"
        " WHERE r.part = $1 ON CONFLICT (part, recipient_id, sender_id, name) DO UPDATE"
        " SET opened_at = excluded.opened_at, until = excluded.until, message_id = excluded.message_id",
        part, [one.pair[0] for one in openings], [one.pair[1] for one in openings], [one.name for one in openings],
        [one.opened_at for one in openings], [one.until for one in openings],
        [one.message_id for one in openings],
    )  # fmt: skip
