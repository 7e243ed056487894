"""How many messages of a company were refused or wait, by what they have in common and why. Counted when asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from takt.core.value import value
from takt.store.pool import Conn

GROUPS_MAX: Final = 2000
_BY: Final = {
    "template": "coalesce(m.template_id, '')",
    "campaign": "coalesce(m.callback, '')",
    "sender": "m.sender_id",
}


class TooMuchError(Exception):
    """There is more in this stretch of time than can be counted at once."""


@value
class Group:
    """Messages with the same `key` (template, campaign or sender) and the same end: refused for `reason`, or waiting.

    `newest` is one of them; `first_due` and `last_due` say when those that wait are looked at again.
    """

    key: str
    reason: str
    waits: bool
    count: int
    newest: UUID
    newest_at: datetime
    first_due: datetime | None
    last_due: datetime | None


async def of_reason(
    conn: Conn, part: int, business_ids: Sequence[UUID], reason: str, since: datetime, until: datetime
) -> dict[UUID, int]:
    """How many messages of each of these companies were refused for a reason. Raises TooMuchError."""
    try:
        rows = await conn.fetch(
            "SELECT business_id, count(*) FROM message WHERE part = $1 AND accepted_at >= $2 AND accepted_at < $3"
            " AND business_id = any($4::uuid[]) AND NOT inbound AND status = 'failed' AND cursor IS NULL AND reason = $5"
            " GROUP BY 1",
            part, since, until, business_ids, reason,
        )  # fmt: skip
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    return {row[0]: row[1] for row in rows}


async def count(conn: Conn, part: int, business_id: UUID, since: datetime, until: datetime, by: str) -> Sequence[Group]:
    """Refused and waiting messages of a company, by `template`, `campaign` or `sender`. Raises TooMuchError."""
    query = (
        f"SELECT {_BY[by]} AS key, coalesce(m.reason, m.waits_for, ''), m.status = 'waiting', count(*),"  # noqa: S608
        " (array_agg(m.message_id ORDER BY m.accepted_at DESC))[1], max(m.accepted_at), min(m.due_at), max(m.due_at)"
        " FROM message m WHERE m.part = $1 AND m.accepted_at >= $2 AND m.accepted_at < $3 AND m.business_id = $4"
        " AND NOT m.inbound AND (m.status = 'waiting' OR (m.status = 'failed' AND m.cursor IS NULL))"
        " GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2 LIMIT $5"
    )
    try:
        rows = await conn.fetch(query, part, since, until, business_id, GROUPS_MAX)
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    return [Group(*row) for row in rows]
