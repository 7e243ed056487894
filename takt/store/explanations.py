"""What is on record about one message, for whoever asks why."""

from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@value
class MessageRecord:
    """A message of a company with its verdict's facts, its price and where the money is (None: nothing was held).

    `times`: it was refused at once and left no message, and this often it or what is like it was. 0: it is a message.
    """

    message_id: UUID
    sender_id: str
    business_id: UUID
    wa_id: str
    type: str
    category: str
    status: str
    reason: str | None
    facts: str
    pricing: str | None
    hold_state: str | None
    consent_id: UUID | None
    accepted_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    due_at: datetime | None = None
    times: int = 0


@value
class Listed:
    """A message of a company to somebody, in a list; `times` as in `MessageRecord`."""

    message_id: UUID
    sender_id: str
    category: str
    status: str
    reason: str | None
    accepted_at: datetime
    times: int = 0


async def newest_to(conn: Conn, part: int, wa_id: str, limit: int) -> list[Listed] | None:
    """The newest messages of companies to this number, and what was refused at once.

    None when nobody has it and none was ever sent there.
    """
    person = await conn.fetchrow(
        "SELECT recipient_id, cursor FROM recipient WHERE part = $1 AND wa_id = $2", part, wa_id
    )
    if person is None:
        found = await _newest_to_nobody(conn, part, wa_id, limit)
    else:
        found = await _newest_to_person(conn, part, person["recipient_id"], person["cursor"], limit)
    found += await _newest_rebuffs(conn, part, wa_id, limit)
    newest = sorted(found, key=lambda one: one.accepted_at, reverse=True)[:limit]
    return newest if newest or person is not None else None


async def _newest_to_person(conn: Conn, part: int, recipient_id: UUID, cursor: int, limit: int) -> list[Listed]:
    rows = await conn.fetch(
        "SELECT message_id, sender_id, category, status, reason, accepted_at FROM message"
        " WHERE part = $1 AND recipient_id = $2 AND NOT inbound AND facts IS NOT NULL"
        " AND (cursor IS NULL OR cursor > $3::bigint - $4) ORDER BY accepted_at DESC, message_id LIMIT $4",
        part, recipient_id, cursor, limit,
    )  # fmt: skip
    return [Listed(*row) for row in rows]


async def _newest_to_nobody(conn: Conn, part: int, wa_id: str, limit: int) -> list[Listed]:
    rows = await conn.fetch(
        "SELECT message_id, sender_id, category, status, reason, accepted_at FROM message"
        " WHERE part = $1 AND recipient_id IS NULL AND wa_id = $2 AND NOT inbound AND cursor IS NULL AND facts IS NOT NULL"
        " ORDER BY accepted_at DESC, message_id LIMIT $3",
        part, wa_id, limit,
    )  # fmt: skip
    return [Listed(*row) for row in rows]


async def _newest_rebuffs(conn: Conn, part: int, wa_id: str, limit: int) -> list[Listed]:
    rows = await conn.fetch(
        "SELECT message_id, sender_id, category, 'failed', reason, at, times FROM rebuff"
        " WHERE part = $1 AND wa_id = $2 AND wa_id <> '' ORDER BY at DESC, message_id LIMIT $3",
        part, wa_id, limit,
    )  # fmt: skip
    return [Listed(*row) for row in rows]


async def message_record(conn: Conn, part: int, message_id: UUID) -> MessageRecord | None:
    """The record of one message of a company, or else of what was refused at once under this id, the newest; None: neither is there."""
    row = await conn.fetchrow(
        "SELECT m.message_id, m.sender_id, m.business_id, m.wa_id, m.type, m.category, m.status, m.reason, m.facts,"
        " m.pricing, h.state, m.consent_id, m.accepted_at, m.delivered_at, m.read_at, m.failed_at,"
        " m.due_at"
        " FROM message m LEFT JOIN hold h ON h.part = $1 AND h.message_id = m.message_id AND h.leg = 0"
        " WHERE m.part = $1 AND m.message_id = $2 AND NOT m.inbound",
        part, message_id,
    )  # fmt: skip
    return await _rebuff_record(conn, part, message_id) if row is None else MessageRecord(*row)


async def _rebuff_record(conn: Conn, part: int, message_id: UUID) -> MessageRecord | None:
    row = await conn.fetchrow(
        "SELECT message_id, sender_id, business_id, wa_id, type, category, 'failed', reason, facts, pricing, NULL, NULL, at,"
        " NULL, NULL, at, NULL, times FROM rebuff WHERE part = $1 AND message_id = $2 ORDER BY at DESC LIMIT 1",
        part, message_id,
    )  # fmt: skip
    return None if row is None else MessageRecord(*row)
