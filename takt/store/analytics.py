"""Figures of a company from its messages and holds: counted when asked for, for a stretch of time.

Message ids begin with their time, so a stretch of time is a range of the primary key, and no index of its own burdens
the sends. What is counted grows with all messages of the stretch in a part; a count that takes too long is given up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from takt.core.figures import Clicks, Stretch, Tally, TemplateTally
from takt.core.ids import make_id
from takt.store.pool import Conn

ROWS_MAX = 20_000
READ_WITHIN = timedelta(days=7)
# An id is made when a message is asked for; with an idempotency key that may be long before it is accepted.
_EARLIER = timedelta(days=1)
_LATER = timedelta(minutes=5)

_SPANS = {
    "HALF_HOUR": "date_bin('30 minutes', m.accepted_at, '2000-01-01T00:00:00Z'::timestamptz)",
    "DAY": "date_trunc('day', m.accepted_at)",
    "MONTH": "date_trunc('month', m.accepted_at)",
}
# Telling persons apart is dear, so it is done for those alone who ask.
_TALKS = {True: "count(DISTINCT (m.recipient_id, date_trunc('day', m.accepted_at)))", False: "0::bigint"}
_SENT = (
    " FROM message m LEFT JOIN hold h ON h.part = $1 AND h.message_id = m.message_id WHERE m.part = $1"
    " AND m.message_id >= $2 AND m.message_id < $3 AND m.accepted_at >= $4 AND m.accepted_at < $5"
    " AND m.business_id = $6 AND NOT m.inbound AND m.cursor IS NOT NULL"
)


class TooMuchError(Exception):
    """There is more in this stretch of time than can be counted at once."""


async def count_messages(
    conn: Conn, part: int, business_id: UUID, stretch: Stretch, *, talks: bool = False
) -> list[Tally]:
    """What a company sent; conversations are counted with `talks` alone. Raises TooMuchError."""
    query = (
        f"SELECT {_SPANS[stretch.step]}, m.sender_id, coalesce(m.pricing->>'market', ''), m.category,"
        " coalesce(m.pricing->>'kind', ''), m.template_id IS NOT NULL, count(*),"
        " count(*) FILTER (WHERE m.status IN ('delivered', 'read')), count(*) FILTER (WHERE m.status = 'read'),"
        f" {_TALKS[talks]},"
        " coalesce(sum(h.amount_micros) FILTER (WHERE h.state = 'captured'), 0)::bigint"
        f"{_SENT} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1 LIMIT $7"
    )
    try:
        rows = await conn.fetch(query, part, *_ids(stretch), stretch.start, stretch.end, business_id, ROWS_MAX)
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
        " count(*) FILTER (WHERE m.read_at < m.accepted_at + $8::interval),"
        " coalesce(sum(h.amount_micros) FILTER (WHERE h.state = 'captured'), 0)::bigint"
        f"{_SENT} AND m.template_id = any($7::text[]) GROUP BY 1, 2 ORDER BY 1, 2 LIMIT $9"
    )
    try:
        rows = await conn.fetch(
            query, part, *_ids(stretch), stretch.start, stretch.end, business_id, template_ids, READ_WITHIN, ROWS_MAX
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
        " AND b.message_id >= $2 AND b.message_id < $3 AND b.business_id = $6 AND b.inbound AND b.type = 'button'"
        " AND m.accepted_at >= $4 AND m.accepted_at < $5 AND b.accepted_at < m.accepted_at + $8::interval"
        " AND m.template_id = any($7::text[]) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT $9"
    )
    first, _ = _ids(stretch)
    last = _first_id(stretch.end + READ_WITHIN + _LATER)
    try:
        rows = await conn.fetch(
            query, part, first, last, stretch.start, stretch.end, business_id, template_ids, READ_WITHIN, ROWS_MAX
        )
    except asyncpg.QueryCanceledError as fault:
        raise TooMuchError from fault
    _check(rows)
    return [Clicks(*row) for row in rows]


def _check(rows: Sequence[object]) -> None:
    if len(rows) >= ROWS_MAX:
        raise TooMuchError


def _first_id(at: datetime) -> UUID:
    return make_id(max(1, int(at.timestamp() * 1000)), 0, 0)


def _ids(stretch: Stretch) -> tuple[UUID, UUID]:
    """The range of the ids of messages that may have been accepted then."""
    return _first_id(stretch.start - _EARLIER), _first_id(stretch.end + _LATER)
