"""Proofs of consent of people who were erased: kept as long as somebody may ask for them, then dropped.

Records are written once, and no role of ours may change or drop one; here alone that right is taken, for as long as one
transaction lasts.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.store.pool import Conn

_TURN: Final = 0x7A6B70726F6F66
"""Who drops proofs holds this: two transactions cannot give themselves the same right at once."""


async def outlived(conn: Conn, part: int, before: datetime, limit: int) -> list[UUID]:
    """People who were erased altogether, and of whom there is no record younger than that; under what they are kept."""
    rows = await conn.fetch(
        "SELECT e.recipient_id FROM erasure e WHERE e.part = $1 AND e.business_id IS NULL AND e.asked_at <= $2"
        " AND EXISTS (SELECT FROM consent_record c WHERE c.part = $1 AND c.recipient_id = e.recipient_id)"
        " AND NOT EXISTS (SELECT FROM consent_record c WHERE c.part = $1 AND c.recipient_id = e.recipient_id AND c.at > $2)"
        " ORDER BY e.asked_at LIMIT $3",
        part, before, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


async def drop(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> int:
    """Drop all records of consent of these people, whole chains; how many. Nobody else may, and nobody at other times.

    The right to do so is there in this transaction alone.
    """
    await conn.execute("SELECT pg_advisory_xact_lock($1)", _TURN)
    await conn.execute("GRANT DELETE ON consent_record TO CURRENT_USER")
    rows = await conn.fetch(
        "DELETE FROM consent_record WHERE part = $1 AND recipient_id = any($2::uuid[]) RETURNING true",
        part, recipient_ids,
    )  # fmt: skip
    await conn.execute("REVOKE DELETE ON consent_record FROM CURRENT_USER")
    return len(rows)
