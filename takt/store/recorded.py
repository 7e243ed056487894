"""The recorded messages that a policy decides about: advertising, and what support senders say. With what people set."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@value
class RecordedMessage:
    """A message of a company, when it was handed in, and what its person set about quiet hours."""

    message_id: UUID
    recipient_id: UUID
    wa_id: str
    market: str
    sender_id: str
    category: str
    at: datetime
    expires_at: datetime | None
    facts: str
    reason: str | None
    price_micros: int
    time_zone: str | None
    quiet_from_min: int | None
    quiet_to_min: int | None
    quiet_for_all: bool


async def newest(conn: Conn, part: int, since: datetime, until: datetime, limit: int) -> Sequence[RecordedMessage]:
    """Those of a stretch of time, at most so many, the newest first."""
    rows = await conn.fetch(
        "SELECT m.message_id, m.recipient_id, m.wa_id, r.market, m.sender_id, m.category,"
        " coalesce(m.taken_at, m.accepted_at), m.expires_at, m.facts, m.reason,"
        " coalesce((m.facts->>'price_micros')::bigint, 0), r.time_zone, r.quiet_from_min, r.quiet_to_min,"
        " r.quiet_for_all FROM message m JOIN recipient r ON r.part = $1 AND r.recipient_id = m.recipient_id"
        " WHERE m.part = $1 AND m.accepted_at >= $2 AND m.accepted_at < $3 AND NOT m.inbound AND m.facts IS NOT NULL"
        " AND (m.category = 'marketing' OR m.facts->>'sender_kind' = 'support')"
        " ORDER BY m.accepted_at DESC, m.message_id LIMIT $4",
        part, since, until, limit,
    )  # fmt: skip
    return [RecordedMessage(*row) for row in rows]


async def acts(conn: Conn, part: int, since: datetime, limit: int) -> Sequence[tuple[UUID, str]]:
    """What people did about advertising since then, at most so many acts, the newest first: message and kind."""
    rows = await conn.fetch(
        "SELECT message_id, kind FROM feedback WHERE part = $1 AND at >= $2 AND category = 'marketing'"
        " AND kind IN ('block', 'report', 'stop', 'stop_all') AND undone_at IS NULL ORDER BY at DESC LIMIT $3",
        part, since, limit,
    )  # fmt: skip
    return [(row["message_id"], row["kind"]) for row in rows]


@value
class RecordedChoice:
    """A decision of admission, and whether its message was used."""

    message_id: UUID
    at: datetime
    mode: str
    let_out: bool
    passed: bool
    content: float
    affinity: float
    pressure: float
    terms: list[float]
    used: bool


async def choices(
    conn: Conn, part: int, messages: Sequence[UUID], version: int, before: datetime
) -> Sequence[RecordedChoice]:
    """The last decision about each of these messages, if this policy made it before then; nobody held out is among them."""
    rows = await conn.fetch(
        "SELECT DISTINCT ON (a.message_id) a.message_id, a.at, a.mode, a.let_out, a.passed, a.content, a.affinity,"
        " a.pressure, a.terms, EXISTS (SELECT FROM feedback f WHERE f.part = $1 AND f.recipient_id = a.recipient_id"
        " AND f.message_id = a.message_id AND f.kind IN ('interested', 'reply') AND f.undone_at IS NULL) AS used"
        " FROM admission a WHERE a.part = $1 AND a.message_id = any($2::uuid[]) AND a.at < $3 AND NOT a.held_out"
        " AND a.policy_version = $4"
        " ORDER BY a.message_id, a.at DESC",
        part, messages, before, version,
    )  # fmt: skip
    return [RecordedChoice(*row) for row in rows]
