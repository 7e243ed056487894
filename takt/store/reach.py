"""Whom owners reached first, and in which hour last: one row a person and owner, kept for a day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from takt.store.pool import Conn

Pair = tuple[UUID, UUID]
"""An owner and a person."""


async def hours(conn: Conn, part: int, pairs: Sequence[Pair], since: datetime) -> dict[Pair, datetime]:
    """In which hour these owners last reached these people, since then."""
    rows = await conn.fetch(
        "SELECT r.owner_id, r.recipient_id, r.hour FROM reach r JOIN unnest($2::uuid[], $3::uuid[])"
        " u(owner_id, recipient_id) ON r.owner_id = u.owner_id AND r.recipient_id = u.recipient_id"
        " WHERE r.part = $1 AND r.hour >= $4",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs], since,
    )  # fmt: skip
    return {(row[0], row[1]): row[2] for row in rows}


async def put(conn: Conn, part: int, reached: Mapping[Pair, datetime]) -> None:
    """Write in which hour these people were reached."""
    pairs = sorted(reached)
    await conn.execute(
        "INSERT INTO reach (part, owner_id, recipient_id, hour)"
        " SELECT r.part, u.owner_id, u.recipient_id, u.hour FROM recipient r"
        " JOIN unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) u(owner_id, recipient_id, hour)"
        " ON r.recipient_id = u.recipient_id WHERE r.part = $1"
        " ON CONFLICT (part, owner_id, recipient_id) DO UPDATE SET hour = excluded.hour",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs], [reached[pair] for pair in pairs],
    )  # fmt: skip


async def drop_before(conn: Conn, part: int, at: datetime) -> None:
    """Forget who was reached before that."""
    await conn.execute("DELETE FROM reach WHERE part = $1 AND hour < $2", part, at)
