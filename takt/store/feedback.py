"""Feedback as rows: which message an act belongs to, whose act it is, and what was done and taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.core.feedback import BRIGADE_SPAN, CAUSE_AGE, Crowd, Voter
from takt.core.value import value
from takt.store.pool import Conn

LOOK_BACK_MAX: Final = 200
"""How many rows of an inbox are looked at for the cause of an act."""


@value
class Search:
    """Where the cause of an act is looked for: the message it was done to, else the newest of a sender or business."""

    recipient_id: UUID
    about: UUID | None = None
    sender_id: str = ""
    business_id: UUID | None = None
    marketing: bool = False


@value
class Cause:
    """A message of a company that an act belongs to. `at` is when it was delivered, or else accepted."""

    message_id: UUID
    sender_id: str
    business_id: UUID
    template_id: str
    category: str
    at: datetime
    was_read: bool


@value
class Said:
    """One act, as it is kept; `weight` in thousandths of a vote."""

    recipient_id: UUID
    cause: Cause
    kind: str
    reason: str
    market: str
    weight: int
    newcomer: bool
    slot_at: datetime


@value
class Undone:
    """An act that was taken back."""

    sender_id: str
    business_id: UUID
    template_id: str
    category: str
    market: str
    slot_at: datetime
    kind: str
    weight: int


_CAUSES: Final = (
    "SELECT u.place, c.* FROM unnest($2::int[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::bool[])"
    " u(place, recipient_id, about, sender_id, business_id, marketing) CROSS JOIN LATERAL (SELECT m.message_id,"
    " m.sender_id, m.business_id, coalesce(m.template_id, ''), m.category, coalesce(m.delivered_at, m.accepted_at),"
    " m.status = 'read' FROM (SELECT o.* FROM message o WHERE o.part = $1 AND o.recipient_id = u.recipient_id"
    " AND o.cursor IS NOT NULL AND (u.about IS NULL OR o.message_id = u.about) ORDER BY o.cursor DESC LIMIT $9) m"
    " WHERE NOT m.inbound AND m.status <> 'failed' AND m.type <> 'reaction'"
    " AND (u.about IS NOT NULL OR m.accepted_at >= $8) AND (u.sender_id = '' OR m.sender_id = u.sender_id)"
    " AND (u.business_id IS NULL OR m.business_id = u.business_id) AND (NOT u.marketing OR m.category = 'marketing')"
    " ORDER BY m.cursor DESC LIMIT 1) c"
)


async def find_causes(conn: Conn, part: int, searches: Sequence[Search], now: datetime) -> list[Cause | None]:
    """The message that each of these acts belongs to; None where no message of the last seven days fits."""
    rows = await conn.fetch(
        _CAUSES, part, list(range(len(searches))), [one.recipient_id for one in searches],
        [one.about for one in searches], [one.sender_id for one in searches], [one.business_id for one in searches],
        [one.marketing for one in searches], now - CAUSE_AGE, LOOK_BACK_MAX,
    )  # fmt: skip
    found: list[Cause | None] = [None] * len(searches)
    for row in rows:
        found[row[0]] = Cause(*row[1:])
    return found


async def voters(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> dict[UUID, Voter]:
    """Since when these people are here, with how many senders they have to do, and how many of them they block."""
    rows = await conn.fetch(
        "SELECT r.recipient_id, r.created_at, count(t.sender_id), count(t.blocked_at) FROM recipient r"
        " LEFT JOIN thread t ON t.part = $1 AND t.recipient_id = r.recipient_id"
        " WHERE r.part = $1 AND r.recipient_id = any($2::uuid[]) GROUP BY r.recipient_id, r.created_at",
        part, recipient_ids,
    )  # fmt: skip
    return {row[0]: Voter(*row[1:]) for row in rows}


async def crowds(conn: Conn, part: int, sender_ids: Sequence[str], now: datetime) -> dict[str, Crowd]:
    """How many newcomers and others did something to these senders within the last hour in this part."""
    rows = await conn.fetch(
        "SELECT sender_id, count(DISTINCT recipient_id) FILTER (WHERE newcomer),"
        " count(DISTINCT recipient_id) FILTER (WHERE NOT newcomer) FROM feedback WHERE part = $1"
        " AND sender_id = any($2::text[]) AND at > $3 AND kind NOT IN ('reply', 'interested') GROUP BY sender_id",
        part, sender_ids, now - BRIGADE_SPAN,
    )  # fmt: skip
    return {row[0]: Crowd(row[1], row[2]) for row in rows}


async def add(conn: Conn, part: int, said: Sequence[Said], now: datetime) -> set[tuple[UUID, str]]:
    """Keep acts; those that count: done for the first time, or again after they were taken back."""
    rows = await conn.fetch(
        "INSERT INTO feedback AS f (part, recipient_id, message_id, kind, reason, sender_id, business_id, template_id,"
        " category, market, weight, newcomer, was_read, slot_at, at)"
        " SELECT r.part, u.recipient_id, u.message_id, u.kind, u.reason, u.sender_id, u.business_id, u.template_id,"
        " u.category, u.market, u.weight, u.newcomer, u.was_read, u.slot_at, $15 FROM recipient r"
        " JOIN unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[],"
        " $10::text[], $11::int[], $12::bool[], $13::bool[], $14::timestamptz[]) u(recipient_id, message_id, kind,"
        " reason, sender_id, business_id, template_id, category, market, weight, newcomer, was_read, slot_at)"
        " ON r.recipient_id = u.recipient_id WHERE r.part = $1"
        " ON CONFLICT (part, recipient_id, message_id, kind) DO UPDATE SET undone_at = NULL, at = excluded.at,"
        " reason = excluded.reason, weight = excluded.weight WHERE f.undone_at IS NOT NULL RETURNING f.message_id, f.kind",
        part, [one.recipient_id for one in said], [one.cause.message_id for one in said], [one.kind for one in said],
        [one.reason for one in said], [one.cause.sender_id for one in said], [one.cause.business_id for one in said],
        [one.cause.template_id for one in said], [one.cause.category for one in said], [one.market for one in said],
        [one.weight for one in said], [one.newcomer for one in said], [one.cause.was_read for one in said],
        [one.slot_at for one in said], now,
    )  # fmt: skip
    return {(row[0], row[1]) for row in rows}


async def set_reasons(conn: Conn, part: int, reasons: Sequence[tuple[UUID, str, str]]) -> None:
    """Why people block senders, said afterwards: person, sender and reason; what was said before stands."""
    await conn.execute(
        "UPDATE feedback f SET reason = u.reason FROM unnest($2::uuid[], $3::text[], $4::text[])"
        " u(recipient_id, sender_id, reason) WHERE f.part = $1 AND f.recipient_id = u.recipient_id"
        " AND f.sender_id = u.sender_id AND f.kind = 'block' AND f.undone_at IS NULL AND f.reason = ''",
        part, [one[0] for one in reasons], [one[1] for one in reasons], [one[2] for one in reasons],
    )  # fmt: skip


async def undo(
    conn: Conn, part: int, acts: Sequence[tuple[UUID, str, str, UUID | None]], now: datetime, within: timedelta
) -> list[Undone]:
    """Take acts back, each named by person, kind, sender ("" for any) and business (None for any); those so young."""
    rows = await conn.fetch(
        "UPDATE feedback f SET undone_at = $6 FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[])"
        " u(recipient_id, kind, sender_id, business_id) WHERE f.part = $1 AND f.recipient_id = u.recipient_id"
        " AND f.kind = u.kind AND (u.sender_id = '' OR f.sender_id = u.sender_id)"
        " AND (u.business_id IS NULL OR f.business_id = u.business_id) AND f.undone_at IS NULL AND f.at > $7"
        " RETURNING f.sender_id, f.business_id, f.template_id, f.category, f.market, f.slot_at, f.kind, f.weight",
        part, [one[0] for one in acts], [one[1] for one in acts], [one[2] for one in acts],
        [one[3] for one in acts], now, now - within,
    )  # fmt: skip
    return [Undone(*row) for row in rows]


async def undo_about(conn: Conn, part: int, acts: Sequence[tuple[UUID, UUID, str]], now: datetime) -> list[Undone]:
    """Take acts about messages back, each named by person, message and kind."""
    rows = await conn.fetch(
        "UPDATE feedback f SET undone_at = $5 FROM unnest($2::uuid[], $3::uuid[], $4::text[])"
        " u(recipient_id, message_id, kind) WHERE f.part = $1 AND f.recipient_id = u.recipient_id"
        " AND f.message_id = u.message_id AND f.kind = u.kind AND f.undone_at IS NULL"
        " RETURNING f.sender_id, f.business_id, f.template_id, f.category, f.market, f.slot_at, f.kind, f.weight",
        part, [one[0] for one in acts], [one[1] for one in acts], [one[2] for one in acts], now,
    )  # fmt: skip
    return [Undone(*row) for row in rows]
