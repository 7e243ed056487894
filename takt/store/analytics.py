"""Figures of a company from its messages and holds: counted when asked for, for a stretch of time.

A stretch of time is found by a summary of the pages (index `message_accepted`), which costs the sends next to nothing.
What is counted grows with all messages of the stretch in a part; a count that takes too long is given up.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from takt.core.figures import Clicks, Stretch, Tally, TemplateTally
from takt.store.pool import Conn

ROWS_MAX = 20_000
READ_WITHIN = timedelta(days=7)

_SPANS = {
    "HALF_HOUR": "date_bin('30 minutes', m.accepted_at, '2000-01-01T00:00:00Z'::timestamptz)",
    "DAY": "date_trunc('day', m.accepted_at)",
    "MONTH": "date_trunc('month', m.accepted_at)",
}
# Telling persons apart is dear, so it is done for those alone who ask.
_TALKS = {True: "count(DISTINCT (m.recipient_id, date_trunc('day', m.accepted_at)))", False: "0::bigint"}
_SENT = (
    " FROM message m LEFT JOIN hold h ON h.part = $1 AND h.message_id = m.message_id AND h.leg = 0 WHERE m.part = $1"
    " AND m.accepted_at >= $2 AND m.accepted_at < $3 AND m.business_id = $4 AND NOT m.inbound AND m.cursor IS NOT NULL"
)


class TooMuchError(Exception):
    """There is more in this stretch of time than can be counted at once."""


async def count_messages(
    conn: Conn, part: int, business_id: UUID, stretch: Stretch, *, talks: bool = False
) -> list[Tally]:
    """What a company sent; conversations are counted with `talks` alone. Raises TooMuchError."""
    query = (
        f"SELECT {_SPANS[stretch.step]}, m.sender_id, coalesce(m.pricing->>'region', m.pricing->>'market', ''), m.category,"
        " coalesce(m.pricing->>'kind', ''), m.template_id IS NOT NULL,"
        " coalesce(m.pricing->>'tier', ''), count(*),"
        " count(*) FILTER (WHERE m.status IN ('delivered', 'read')), count(*) FILTER (WHERE m.status = 'read'),"
        f" {_TALKS[talks]},"
        " coalesce(sum(coalesce(h.captured_micros, h.amount_micros)) FILTER (WHERE h.state = 'captured'), 0)::bigint"
        f"{_SENT} GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1 LIMIT $5"
    )
    try:
        rows = await conn.fetch(query, part, stretch.start, stretch.end, business_id, ROWS_MAX)
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    _check(rows)
    return [Tally(*row) for row in rows]


async def count_templates(
    conn: Conn, part: int, business_id: UUID, stretch: Stretch, template_ids: Sequence[str]
) -> list[TemplateTally]:
    """What became of these templates. Raises TooMuchError."""
    query = (
        f"SELECT {_SPANS[stretch.step]}, m.template_id, count(*),"
        " count(*) FILTER (WHERE m.status IN ('delivered', 'read')),"
        " count(*) FILTER (WHERE m.read_at < m.accepted_at + $6::interval),"
        " coalesce(sum(coalesce(h.captured_micros, h.amount_micros)) FILTER (WHERE h.state = 'captured'), 0)::bigint"
        f"{_SENT} AND m.template_id = any($5::text[]) GROUP BY 1, 2 ORDER BY 1, 2 LIMIT $7"
    )
    try:
        rows = await conn.fetch(
            query, part, stretch.start, stretch.end, business_id, template_ids, READ_WITHIN, ROWS_MAX
        )
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    _check(rows)
    return [TemplateTally(*row) for row in rows]


async def count_clicks(
    conn: Conn, part: int, business_id: UUID, stretch: Stretch, template_ids: Sequence[str]
) -> list[Clicks]:
    """How often their quick replies were pressed within seven days: an answer lies in the part of what it answers.

    Raises TooMuchError.
    """
    query = (
        f"SELECT {_SPANS[stretch.step]}, m.template_id, b.content->>'text', count(*)"  # noqa: S608 - constants
        " FROM message b JOIN message m ON m.part = $1 AND m.message_id = b.context_id WHERE b.part = $1"
        " AND b.accepted_at >= $2 AND b.accepted_at < $3::timestamptz + $6::interval AND b.business_id = $4 AND b.inbound"
        " AND b.type = 'button' AND m.accepted_at >= $2 AND m.accepted_at < $3"
        " AND b.accepted_at < m.accepted_at + $6::interval AND m.template_id = any($5::text[])"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT $7"
    )
    try:
        rows = await conn.fetch(
            query, part, stretch.start, stretch.end, business_id, template_ids, READ_WITHIN, ROWS_MAX
        )
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    _check(rows)
    return [Clicks(*row) for row in rows]


def _check(rows: Sequence[object]) -> None:
    if len(rows) >= ROWS_MAX:
        raise TooMuchError
