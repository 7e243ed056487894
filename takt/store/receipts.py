"""Statuses of companies' messages, moved on set-wise. Only under the row locks of their recipients.

Which messages moved, and from where, is told by one statement for each step, so that nothing is asked first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.message import Status
from takt.core.value import value
from takt.store.pool import Conn


@value
class Span:
    """Messages of an inbox behind one cursor and up to another; of one sender, or of all when it is empty."""

    recipient_id: UUID
    sender_id: str
    behind: int
    through: int


@value
class Moved:
    """A message whose status moved on. `pricing` is JSON; `failed_at` is when its time was over, if that was before."""

    message_id: UUID
    recipient_id: UUID
    sender_id: str
    cursor: int
    callback: str | None
    pricing: str | None
    type: str
    template_id: str | None
    category: str
    business_id: UUID
    delivered_at: datetime | None
    failed_at: datetime | None = None


_RETURNING: Final = (
    " RETURNING m.message_id, m.recipient_id, m.sender_id, m.cursor, m.callback, m.pricing, m.type, m.template_id,"
    " m.category, m.business_id, m.delivered_at, m.failed_at"
)
_SPANS: Final = (
    " FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[]) u(recipient_id, sender_id, behind, through)"
    " WHERE m.part = $1 AND m.recipient_id = u.recipient_id AND m.cursor > u.behind AND m.cursor <= u.through"
    " AND (u.sender_id = '' OR m.sender_id = u.sender_id) AND NOT m.inbound AND m.status = "
)
# The status left behind is a constant of the statement, not a parameter: `message_undelivered` is an index of one
# status alone, and a plan for any status could not use it.
_STEPS: Final[dict[tuple[Status, Status], str]] = {
    (Status.ACCEPTED, Status.DELIVERED): (
        f"UPDATE message m SET status = 'delivered', delivered_at = $6{_SPANS}'accepted'{_RETURNING}"  # noqa: S608 - constants
    ),
    (Status.ACCEPTED, Status.READ): (
        f"UPDATE message m SET status = 'read', delivered_at = $6, read_at = $6{_SPANS}'accepted'{_RETURNING}"  # noqa: S608 - constants
    ),
    (Status.DELIVERED, Status.READ): (
        f"UPDATE message m SET status = 'read', read_at = $6{_SPANS}'delivered'{_RETURNING}"  # noqa: S608 - constants
    ),
}
# Their time was over, but the device had them: `message_expired` is an index of those that no receipt has named yet.
_OVERDUE: Final = f"{_SPANS}'failed' AND m.reason = 'expired' AND m.delivered_at IS NULL{_RETURNING}"
_LATE: Final[dict[Status, str]] = {
    Status.DELIVERED: (
        "UPDATE message m SET status = CASE WHEN m.failed_at >= $7 THEN 'delivered' ELSE m.status END, delivered_at = $6"  # noqa: S608 - constants
        + _OVERDUE
    ),
    Status.READ: (
        "UPDATE message m SET status = CASE WHEN m.failed_at >= $7 THEN 'read' ELSE m.status END, delivered_at = $6,"  # noqa: S608 - constants
        " read_at = CASE WHEN m.failed_at >= $7 THEN $6::timestamptz END" + _OVERDUE
    ),
}
_EXPIRE: Final = (
    "UPDATE message m SET status = 'failed', reason = 'expired', failed_at = $3 WHERE m.part = $1"  # noqa: S608 - constants
    " AND m.message_id = any($2::uuid[]) AND m.status = 'accepted' AND m.expires_at <= $3" + _RETURNING
)
_PLAY: Final = (
    "UPDATE message m SET played_at = $4 FROM unnest($2::uuid[], $3::uuid[]) u(recipient_id, message_id)"  # noqa: S608 - constants
    " WHERE m.part = $1 AND m.message_id = u.message_id AND m.recipient_id = u.recipient_id AND NOT m.inbound"
    " AND m.type = 'audio' AND (m.content ->> 'voice')::boolean AND m.cursor IS NOT NULL AND m.played_at IS NULL"
    " AND m.status <> 'failed'" + _RETURNING
)


async def advance(
    conn: Conn, part: int, step: tuple[Status, Status], spans: Sequence[Span], now: datetime
) -> list[Moved]:
    """Move the messages of these spans from the first status of the step to the second; those that moved."""
    rows = await conn.fetch(
        _STEPS[step], part, [span.recipient_id for span in spans], [span.sender_id for span in spans],
        [span.behind for span in spans], [span.through for span in spans], now,
    )  # fmt: skip
    return [Moved(*row) for row in rows]


async def advance_late(
    conn: Conn, part: int, status: Status, spans: Sequence[Span], charged_since: datetime, now: datetime
) -> list[Moved]:
    """Messages of these spans that were delivered after their time was over, each told once in its life.

    They move on to `status` if that was at `charged_since` or later; else they stay failed.
    """
    rows = await conn.fetch(
        _LATE[status], part, [span.recipient_id for span in spans], [span.sender_id for span in spans],
        [span.behind for span in spans], [span.through for span in spans], now, charged_since,
    )  # fmt: skip
    return [Moved(*row) for row in rows]


async def play(conn: Conn, part: int, asked: Sequence[tuple[UUID, UUID]], now: datetime) -> list[Moved]:
    """Those of these voice notes, each with the person who has it, that were never played before."""
    rows = await conn.fetch(_PLAY, part, [one[0] for one in asked], [one[1] for one in asked], now)
    return [Moved(*row) for row in rows]


async def set_pricing(conn: Conn, part: int, pricing: Mapping[UUID, str]) -> None:
    """Keep the final prices of delivered messages, each as JSON."""
    await conn.execute(
        "UPDATE message m SET pricing = u.pricing::json FROM unnest($2::uuid[], $3::text[]) u(message_id, pricing)"
        " WHERE m.part = $1 AND m.message_id = u.message_id",
        part, list(pricing), list(pricing.values()),
    )  # fmt: skip


async def list_expired(conn: Conn, part: int, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Messages, each with its recipient, that were not delivered within their time; the longest overdue first."""
    rows = await conn.fetch(
        "SELECT message_id, recipient_id FROM message WHERE part = $1 AND status = 'accepted' AND expires_at <= $2"
        " AND recipient_id IS NOT NULL ORDER BY expires_at LIMIT $3",
        part, now, limit,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def expire(conn: Conn, part: int, message_ids: Sequence[UUID], now: datetime) -> list[Moved]:
    """Fail those of these messages that are still undelivered and overdue; those that failed."""
    rows = await conn.fetch(_EXPIRE, part, message_ids, now)
    return [Moved(*row) for row in rows]
