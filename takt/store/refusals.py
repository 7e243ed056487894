"""What was refused, as a message or at once: each, the newest first; and how many of a company were refused or wait, and why.

Read when asked for.
"""

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


@value
class Asked:
    """Refusals from an instant on to before another; of one company, to one number, before this one in the list, if named."""

    since: datetime
    until: datetime
    business_id: UUID | None = None
    wa_id: str | None = None
    before: tuple[datetime, UUID] | None = None


@value
class Refused:
    """A message that was refused for a reason.

    `times`: this often it, or what is like it, was refused at once, and left no message. 0: it is a message.
    """

    message_id: UUID
    sender_id: str
    wa_id: str
    category: str
    reason: str
    at: datetime
    times: int = 0


async def newest(conn: Conn, part: int, asked: Asked, limit: int) -> list[Refused]:
    """The newest refusals of a part, whoever they were for: people who have no chat, or whom nobody knows. Raises TooMuchError.

    Those of erased people are not among them: nothing is left that explains them.
    """
    at, message_id = asked.before or (None, None)
    to = " AND $7::text IS NULL" if asked.wa_id is None else (
        " AND (m.recipient_id = (SELECT recipient_id FROM recipient WHERE part = $1 AND wa_id = $7)"
        " OR (m.recipient_id IS NULL AND m.wa_id = $7))"
    )  # fmt: skip
    query = (
        "SELECT m.message_id, m.sender_id, m.wa_id, m.category, m.reason, m.accepted_at FROM message m"  # noqa: S608
        " WHERE m.part = $1 AND m.accepted_at >= $2 AND m.accepted_at < $3 AND ($4::uuid IS NULL OR m.business_id = $4)"
        " AND NOT m.inbound AND m.status = 'failed' AND m.cursor IS NULL AND m.facts IS NOT NULL"
        " AND ($5::timestamptz IS NULL OR (m.accepted_at, m.message_id) < ($5, $6::uuid))"
        f" {to} ORDER BY m.accepted_at DESC, m.message_id DESC LIMIT $8"
    )
    try:
        rows = await conn.fetch(
            query, part, asked.since, asked.until, asked.business_id, at, message_id, asked.wa_id, limit
        )
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    return [Refused(*row) for row in rows]


async def newest_rebuffs(conn: Conn, part: int, asked: Asked, limit: int) -> list[Refused]:
    """The newest of a part that were refused at once. Raises TooMuchError."""
    at, message_id = asked.before or (None, None)
    try:
        rows = await conn.fetch(
            "SELECT message_id, sender_id, wa_id, category, reason, at, times FROM rebuff WHERE part = $1"
            " AND minute > $2::timestamptz - interval '1 minute' AND minute < $3 AND at >= $2 AND at < $3"
            " AND ($4::uuid IS NULL OR business_id = $4) AND ($5::timestamptz IS NULL OR (at, message_id) < ($5, $6::uuid))"
            " AND ($7::text IS NULL OR wa_id = $7) ORDER BY minute DESC, at DESC, message_id DESC LIMIT $8",
            part, asked.since, asked.until, asked.business_id, at, message_id, asked.wa_id, limit,
        )  # fmt: skip
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    return [Refused(*row) for row in rows]


async def of_reason(
    conn: Conn, part: int, business_ids: Sequence[UUID], reason: str, since: datetime, until: datetime
) -> dict[UUID, int]:
    """How many messages of each of these companies were refused for a reason, at once too. Raises TooMuchError."""
    try:
        rows = await conn.fetch(
            "SELECT business_id, sum(times)::int FROM (SELECT business_id, 1 AS times FROM message WHERE part = $1"
            " AND accepted_at >= $2 AND accepted_at < $3 AND business_id = any($4::uuid[]) AND NOT inbound"
            " AND status = 'failed' AND cursor IS NULL AND reason = $5 UNION ALL SELECT business_id, times FROM rebuff"
            " WHERE part = $1 AND minute > $2::timestamptz - interval '1 minute' AND minute < $3 AND at >= $2 AND at < $3"
            " AND business_id = any($4::uuid[]) AND reason = $5) refused GROUP BY 1",
            part, since, until, business_ids, reason,
        )  # fmt: skip
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    return {row[0]: row[1] for row in rows}


async def count(conn: Conn, part: int, business_id: UUID, since: datetime, until: datetime, by: str) -> Sequence[Group]:
    """Refused and waiting messages of a company, and what was refused at once, by `template`, `campaign` or `sender`.

    Raises TooMuchError.
    """
    query = (
        f"SELECT {_BY[by]} AS key, coalesce(m.reason, m.waits_for, ''), m.status = 'waiting', count(*),"  # noqa: S608
        " (array_agg(m.message_id ORDER BY m.accepted_at DESC))[1], max(m.accepted_at), min(m.due_at), max(m.due_at)"
        " FROM message m WHERE m.part = $1 AND m.accepted_at >= $2 AND m.accepted_at < $3 AND m.business_id = $4"
        " AND NOT m.inbound AND (m.status = 'waiting' OR (m.status = 'failed' AND m.cursor IS NULL))"
        " GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2 LIMIT $5"
    )
    rebuffs = (
        f"SELECT {_BY[by]} AS key, m.reason, false, sum(m.times)::int, (array_agg(m.message_id ORDER BY m.at DESC))[1],"  # noqa: S608
        " max(m.at), NULL, NULL FROM rebuff m WHERE m.part = $1 AND m.minute > $2::timestamptz - interval '1 minute'"
        " AND m.minute < $3 AND m.at >= $2 AND m.at < $3 AND m.business_id = $4"
        " GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2 LIMIT $5"
    )
    try:
        rows = await conn.fetch(query, part, since, until, business_id, GROUPS_MAX)
        rows += await conn.fetch(rebuffs, part, since, until, business_id, GROUPS_MAX)
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    return [Group(*row) for row in rows]
