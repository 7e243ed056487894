"""Messages and threads, as a send writes them. A message is its own row in the recipient's inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from takt.core.caps import WEEK
from takt.core.value import value
from takt.store.facts import Pair, ThreadState
from takt.store.pool import Conn, DecideAgainError


@dataclass(slots=True)
class Outbound:
    """A message of a company with its verdict. Refused ones have a reason and no cursor, waiting ones neither.

    What waits has `due_at`, when it is looked at again, and `waits_for`, which says why.
    """

    message_id: UUID
    recipient_id: UUID | None
    wa_id: str
    sender_id: str
    business_id: UUID
    cursor: int | None
    type: str
    content: str
    context_id: UUID | None
    callback: str | None
    category: str
    template_id: str | None
    consent_id: UUID | None
    reason: str | None
    facts: str
    pricing: str | None
    expires_at: datetime | None
    due_at: datetime | None = None
    waits_for: str | None = None

    @property
    def status(self) -> str:
        """How far it is."""
        if self.due_at is not None:
            return "waiting"
        return "accepted" if self.reason is None else "failed"


@value
class Known:
    """A message that an earlier run of the same command wrote already."""

    message_id: UUID
    recipient_id: UUID | None
    cursor: int | None
    reason: str | None
    accepted_at: datetime
    due_at: datetime | None
    waits_for: str | None


@value
class Target:
    """A message that is reacted to."""

    recipient_id: UUID
    sender_id: str
    type: str
    accepted_at: datetime


@dataclass(slots=True)
class Stride:
    """What a batch takes of a sender's pace, and how far ahead of the present the sender may come by it."""

    taken: timedelta
    ahead_max: timedelta


class OverpacedError(DecideAgainError):
    """Another transaction used up the pace of a sender meanwhile; the batch decides again with the paces locked."""


class RepeatedError(DecideAgainError):
    """Another transaction wrote the same message meanwhile; the batch decides again and will find it."""


_COLUMNS = (
    "part", "message_id", "recipient_id", "wa_id", "sender_id", "business_id", "inbound", "cursor", "type", "content",
    "context_id", "callback", "category", "template_id", "consent_id", "status", "reason", "facts", "pricing",
    "accepted_at", "failed_at", "expires_at", "due_at", "waits_for",
)  # fmt: skip


async def known(conn: Conn, part: int, message_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """Those of these messages that are there already."""
    rows = await conn.fetch(
        "SELECT message_id, recipient_id, cursor, reason, accepted_at, due_at, waits_for FROM message"
        " WHERE part = $1 AND message_id = any($2::uuid[])",
        part, message_ids,
    )  # fmt: skip
    return {row[0]: Known(*row) for row in rows}


async def targets(conn: Conn, part: int, message_ids: Sequence[UUID]) -> dict[UUID, Target]:
    """Those of these messages that are in somebody's inbox."""
    rows = await conn.fetch(
        "SELECT message_id, recipient_id, sender_id, type, accepted_at FROM message"
        " WHERE part = $1 AND message_id = any($2::uuid[]) AND cursor IS NOT NULL",
        part, message_ids,
    )  # fmt: skip
    return {row[0]: Target(*row[1:]) for row in rows}


async def flows_sent(conn: Conn, part: int, flow_ids: Sequence[str], since: datetime) -> dict[str, int]:
    """How often each of these flows went out since then."""
    rows = await conn.fetch(
        "SELECT f.flow_id, count(m.message_id) FROM unnest($2::text[]) f(flow_id) LEFT JOIN message m ON m.part = $1"
        " AND m.accepted_at >= $3 AND NOT m.inbound AND m.cursor IS NOT NULL"
        " AND m.type IN ('interactive', 'template') AND m.content::jsonb -> 'buttons'"
        " @> jsonb_build_array(jsonb_build_object('kind', 'flow', 'flow_id', f.flow_id)) GROUP BY f.flow_id",
        part, flow_ids, since,
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


async def add_outbound(conn: Conn, part: int, messages: Sequence[Outbound], now: datetime) -> None:
    """Write new messages of companies, accepted and refused ones. Raises RepeatedError when one is there already."""
    try:
        await _copy(conn, part, messages, now)
    except asyncpg.UniqueViolationError as fault:
        # On a cluster the name goes on with the number of the shard.
        if not (fault.constraint_name or "").startswith("message_pkey"):
            raise
        raise RepeatedError from fault


async def _copy(conn: Conn, part: int, messages: Sequence[Outbound], now: datetime) -> None:
    await conn.copy_records_to_table(
        "message",
        columns=_COLUMNS,
        records=[
            (
                part, m.message_id, m.recipient_id, m.wa_id, m.sender_id, m.business_id, False, m.cursor, m.type,
                m.content, m.context_id, m.callback, m.category, m.template_id, m.consent_id,
                m.status, m.reason, m.facts, m.pricing, now, None if m.reason is None else now, m.expires_at, m.due_at,
                m.waits_for,
            )
            for m in messages
        ],
    )  # fmt: skip


_SET_THREADS: Final = (
    "INSERT INTO thread (part, recipient_id, sender_id, unanswered, pair_tat, last_cursor, last_at, last_text,"
    " last_message_id{column})"
    " SELECT r.part, u.recipient_id, u.sender_id, u.unanswered, u.pair_tat, u.last_cursor, $9, u.last_text,"
    " u.last_message_id{heard} FROM recipient r JOIN unnest($2::uuid[], $3::text[], $4::int[], $5::timestamptz[],"
    " $6::bigint[], $7::text[], $8::uuid[]{counts})"
    " u(recipient_id, sender_id, unanswered, pair_tat, last_cursor, last_text, last_message_id{count})"
    " ON r.recipient_id = u.recipient_id WHERE r.part = $1"
    " ON CONFLICT (part, recipient_id, sender_id) DO UPDATE SET unanswered = excluded.unanswered,"
    " pair_tat = excluded.pair_tat, last_cursor = excluded.last_cursor, last_at = excluded.last_at,"
    " last_text = excluded.last_text, last_message_id = excluded.last_message_id,{kept}"
    " version = thread.version + 1, unprojected = true"
)
_WITHOUT_ADVERTS: Final = _SET_THREADS.format(column="", heard="", counts="", count="", kept="")
_WITH_ADVERTS: Final = _SET_THREADS.format(
    column=", marketing_at",
    heard=", array_fill($9::timestamptz, ARRAY[u.heard])",
    counts=", $10::int[]",
    count=", heard",
    kept=" marketing_at = CASE WHEN excluded.marketing_at = '{}' THEN thread.marketing_at ELSE"
    " ARRAY(SELECT at FROM unnest(thread.marketing_at) at WHERE at > $11) || excluded.marketing_at END,",
)


async def set_threads(
    conn: Conn, part: int, states: Mapping[Pair, ThreadState], now: datetime, *, adverts: bool
) -> None:
    """Write back the threads that accepted messages of companies changed, and leave them to be projected.

    `adverts`: with the advertising that came `now`.
    """
    rows = sorted(states.items())
    values = [
        part, [pair[0] for pair, _ in rows], [pair[1] for pair, _ in rows], [t.unanswered for _, t in rows],
        [t.pair_tat for _, t in rows], [t.last_cursor for _, t in rows], [t.last_text for _, t in rows],
        [t.last_message_id for _, t in rows], now,
    ]  # fmt: skip
    if adverts:
        await conn.execute(_WITH_ADVERTS, *values, [t.heard for _, t in rows], now - WEEK)
    else:
        await conn.execute(_WITHOUT_ADVERTS, *values)


Place = tuple[datetime, UUID]
"""Where a message stands among those that wait: its slot, and its id among those of one slot."""


@value
class Due:
    """A message that waited, as it lies in the table. `content`, `facts` and `pricing` are JSON."""

    message_id: UUID
    wa_id: str
    sender_id: str
    type: str
    content: str
    context_id: UUID | None
    callback: str | None
    category: str
    template_id: str | None
    facts: str
    taken_at: datetime
    expires_at: datetime
    waits_for: str
    cleared: bool


async def list_due(conn: Conn, part: int, now: datetime, limit: int, skip: int) -> list[tuple[UUID, str]]:
    """Messages that waited for long enough, each with the wa_id of its recipient; the longest due first, but so many."""
    rows = await conn.fetch(
        "SELECT message_id, wa_id FROM message WHERE part = $1 AND status = 'waiting' AND due_at <= $2"
        " ORDER BY due_at LIMIT $3 OFFSET $4",
        part, now, limit, skip,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def load_due(conn: Conn, part: int, message_ids: Sequence[UUID], now: datetime) -> list[Due]:
    """Those of these messages that still wait and are due, in the order in which they came. Under their recipients' locks."""
    rows = await conn.fetch(
        "SELECT message_id, wa_id, sender_id, type, content::text, context_id, callback, category, template_id,"
        " facts::text, coalesce(taken_at, accepted_at), expires_at, waits_for, cleared_at IS NOT NULL FROM message"
        " WHERE part = $1 AND message_id = any($2::uuid[]) AND status = 'waiting' AND due_at <= $3"
        " ORDER BY coalesce(taken_at, accepted_at), message_id",
        part, message_ids, now,
    )  # fmt: skip
    return [Due(*row) for row in rows]


async def settle_due(conn: Conn, part: int, messages: Sequence[Outbound], now: datetime) -> None:
    """Write what became of messages that waited: let out, failed, or waiting on."""
    await conn.execute(
        "UPDATE message m SET cursor = u.cursor, consent_id = u.consent_id, status = u.status, reason = u.reason,"
        " facts = u.facts::json, pricing = u.pricing::json, taken_at = coalesce(m.taken_at, m.accepted_at),"
        " accepted_at = $11::timestamptz, failed_at = CASE WHEN u.status = 'failed' THEN $11::timestamptz END, due_at = u.due_at,"
        " waits_for = u.waits_for"
        " FROM unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],"
        " $9::timestamptz[], $10::text[])"
        " u(message_id, cursor, consent_id, status, reason, facts, pricing, due_at, waits_for)"
        " WHERE m.part = $1 AND m.message_id = u.message_id AND m.status = 'waiting'",
        part, [m.message_id for m in messages], [m.cursor for m in messages], [m.consent_id for m in messages],
        [m.status for m in messages], [m.reason for m in messages], [m.facts for m in messages],
        [m.pricing for m in messages], [m.due_at for m in messages], [m.waits_for for m in messages], now,
    )  # fmt: skip


async def hasten(conn: Conn, part: int, template_id: str, now: datetime) -> int:
    """Let the messages of a template that wait for its pacing be looked at now; how many they are."""
    done = await conn.execute(
        "UPDATE message SET due_at = $3 WHERE part = $1 AND status = 'waiting' AND template_id = $2"
        " AND waits_for = 'pacing' AND due_at > $3",
        part, template_id, now,
    )  # fmt: skip
    return int(done.split()[-1])


@value
class Unhurried:
    """A message that waits: until when, what for, and by which version of the policy that was decided."""

    message_id: UUID
    due_at: datetime
    waits_for: str
    tact_version: int

    @property
    def place(self) -> Place:
        """Where it stands among those that wait."""
        return self.due_at, self.message_id


async def list_waiting(conn: Conn, part: int, after: Place, limit: int) -> list[Unhurried]:
    """Messages that wait beyond this place, in the order of their slots, locked; without those that somebody decides at this moment."""
    rows = await conn.fetch(
        "SELECT message_id, due_at, waits_for, coalesce((facts->>'tact_version')::int, 0) FROM message WHERE part = $1"
        " AND status = 'waiting' AND due_at >= $2 AND (due_at, message_id) > ($2, $3::uuid)"
        " ORDER BY due_at, message_id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED",
        part, *after, limit,
    )  # fmt: skip
    return [Unhurried(*row) for row in rows]


async def bring_forward(conn: Conn, part: int, due: Mapping[UUID, datetime]) -> None:
    """Let these messages, which are locked, be looked at then, if that is earlier than it was to be."""
    await conn.execute(
        "UPDATE message m SET due_at = u.due_at FROM unnest($2::uuid[], $3::timestamptz[]) u(message_id, due_at)"
        " WHERE m.part = $1 AND m.message_id = u.message_id AND m.due_at > u.due_at",
        part, list(due), list(due.values()),
    )  # fmt: skip


async def look_again(conn: Conn, part: int, recipient_ids: Sequence[UUID], now: datetime) -> None:
    """Let what waits for quiet hours of these people be looked at now. Under their locks."""
    await conn.execute(
        "UPDATE message SET due_at = $3 WHERE part = $1 AND recipient_id = any($2::uuid[]) AND cursor IS NULL"
        " AND status = 'waiting' AND waits_for = 'quiet_hours' AND due_at > $3",
        part, recipient_ids, now,
    )  # fmt: skip


async def move_paces(conn: Conn, part: int, strides: Mapping[str, Stride], now: datetime) -> None:
    """Move the paces of these senders on by what their messages took; counters come last in a transaction.

    Raises OverpacedError when another transaction took so much meanwhile that a sender would come too far ahead.
    """
    senders = sorted(strides)
    rows = await conn.fetch(
        "UPDATE pace p SET tat = greatest(p.tat, $5::timestamptz) + u.taken"
        " FROM (SELECT sender_id FROM pace WHERE part = $1 AND sender_id = any($2::text[])"
        " ORDER BY sender_id FOR NO KEY UPDATE) locked"
        " JOIN unnest($2::text[], $3::interval[], $4::interval[]) u(sender_id, taken, ahead_max)"
        " ON u.sender_id = locked.sender_id"
        " WHERE p.part = $1 AND p.sender_id = locked.sender_id RETURNING p.tat <= $5::timestamptz + u.ahead_max",
        part, senders, [strides[sender].taken for sender in senders],
        [strides[sender].ahead_max for sender in senders], now,
    )  # fmt: skip
    if not all(row[0] for row in rows):
        raise OverpacedError
