"""Persons whom senders refuse: kept in the thread of the two, under the lock of the person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.facts import Pair
from takt.store.pool import Conn


@value
class Blocked:
    """A person whom a sender refuses."""

    recipient_id: UUID
    wa_id: str
    user_code: str


async def set_blocked(conn: Conn, part: int, pairs: Sequence[Pair], at: datetime | None) -> None:
    """These senders refuse these persons since then; None ends it. An older block keeps its instant."""
    await conn.execute(
        "UPDATE thread t SET business_blocked_at = CASE WHEN $4::timestamptz IS NULL THEN NULL"
        " ELSE coalesce(t.business_blocked_at, $4) END"
        " FROM unnest($2::uuid[], $3::text[]) u(recipient_id, sender_id)"
        " WHERE t.part = $1 AND t.recipient_id = u.recipient_id AND t.sender_id = u.sender_id",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs], at,
    )  # fmt: skip


async def count_of(conn: Conn, part: int, sender_id: str) -> int:
    """How many persons of this part a sender refuses."""
    return int(
        await conn.fetchval(
            "SELECT count(*) FROM thread WHERE part = $1 AND sender_id = $2 AND business_blocked_at IS NOT NULL",
            part, sender_id,
        )
    )  # fmt: skip


async def list_after(conn: Conn, part: int, sender_id: str, after: UUID, limit: int) -> list[Blocked]:
    """The first persons of this part behind that id whom a sender refuses, in the order of ids."""
    rows = await conn.fetch(
        "SELECT t.recipient_id, r.wa_id, r.user_code FROM thread t"
        " JOIN recipient r ON r.part = $1 AND r.recipient_id = t.recipient_id"
        " WHERE t.part = $1 AND t.sender_id = $2 AND t.business_blocked_at IS NOT NULL AND t.recipient_id > $3"
        " ORDER BY t.recipient_id LIMIT $4",
        part, sender_id, after, limit,
    )  # fmt: skip
    return [Blocked(*row) for row in rows]
