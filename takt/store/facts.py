"""What a verdict rests on, loaded for a whole batch under the locks of its recipients."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

Pair = tuple[UUID, str]
"""A recipient and a sender."""


@dataclass(slots=True)
class ThreadState:
    """What a send looks at and changes in a thread. A thread that does not exist yet has all at its beginning.

    `marketing_at` is when advertising came within a week, `heard` how much of it a batch adds.
    """

    window_until: datetime | None = None
    unanswered: int = 0
    pair_tat: datetime | None = None
    deleted_at: datetime | None = None
    blocked_at: datetime | None = None
    ever_wrote: bool = False
    last_cursor: int = 0
    last_text: str = ""
    last_message_id: UUID | None = None
    blocked_by_business: bool = False
    marketing_at: list[datetime] = field(default_factory=list)
    heard: int = 0
    muted: bool = False


@value
class Permission:
    """What the newest record says about marketing of a business."""

    granted: bool
    at: datetime
    source: str
    record_id: UUID
    act: str = "grant"
    valid_until: datetime | None = None
    last_use: datetime | None = None


Subject = tuple[UUID, UUID, str]
"""A recipient, a business and a purpose."""


_THREADS: Final = (
    "SELECT t.recipient_id, t.sender_id, t.window_until, t.unanswered, t.pair_tat, t.deleted_at, t.blocked_at,"
    " t.inbound_count > 0, t.business_blocked_at IS NOT NULL, t.muted_at IS NOT NULL, {heard}"
    " FROM thread t JOIN unnest($2::uuid[], $3::text[]) k(recipient_id, sender_id)"
    " ON t.recipient_id = k.recipient_id AND t.sender_id = k.sender_id WHERE t.part = $1"
)
_FOR_ADVERTS: Final = _THREADS.format(heard="t.marketing_at")
_FOR_OTHERS: Final = _THREADS.format(heard="NULL::timestamptz[]")


async def threads(conn: Conn, part: int, pairs: Sequence[Pair], *, adverts: bool = False) -> dict[Pair, ThreadState]:
    """The threads of these pairs; a pair that never wrote to each other is missing.

    `adverts` also loads when advertising came.
    """
    query = _FOR_ADVERTS if adverts else _FOR_OTHERS
    rows = await conn.fetch(query, part, [pair[0] for pair in pairs], [pair[1] for pair in pairs])
    states = {(row[0], row[1]): ThreadState(row[2], row[3], row[4], row[5], row[6], row[7]) for row in rows}
    for row in rows:
        state = states[row[0], row[1]]
        state.blocked_by_business, state.muted = row[8], row[9]
        if row[10]:
            state.marketing_at = row[10]
    return states


async def marketing_permissions(
    conn: Conn, part: int, subjects: Sequence[Subject], old: datetime
) -> dict[Subject, Permission]:
    """What these recipients said to these purposes; silence is missing. Of consents from before `old` the last use, too."""
    rows = await conn.fetch(
        "SELECT c.recipient_id, c.business_id, c.purpose, c.granted, c.at, c.source, c.record_id, c.act, c.valid_until"
        " FROM consent c JOIN unnest($2::uuid[], $3::uuid[], $4::text[]) k(recipient_id, business_id, purpose)"
        " ON c.recipient_id = k.recipient_id AND c.business_id = k.business_id AND c.purpose = k.purpose"
        " WHERE c.part = $1",
        part, [one[0] for one in subjects], [one[1] for one in subjects], [one[2] for one in subjects],
    )  # fmt: skip
    found = {(row[0], row[1], row[2]): Permission(*row[3:]) for row in rows}
    aged = [(key[0], one.record_id) for key, one in found.items() if one.granted and one.at <= old]
    if aged:
        used = await last_uses(conn, part, aged)
        found = {key: replace(one, last_use=used.get(one.record_id)) for key, one in found.items()}
    return found


async def owner_stops(
    conn: Conn, part: int, pairs: Sequence[tuple[UUID, UUID]], siblings: Sequence[Sequence[UUID]]
) -> dict[tuple[UUID, UUID], datetime]:
    """When people last stopped marketing of another company of the same owner.

    Each pair is a person and a business, beside the other businesses of its owner.
    """
    asked = [(place, pair[0], other) for place, pair in enumerate(pairs) for other in siblings[place]]
    rows = await conn.fetch(
        "SELECT u.place, max(c.at) FROM unnest($2::int[], $3::uuid[], $4::uuid[]) u(place, recipient_id, business_id)"
        " JOIN consent c ON c.recipient_id = u.recipient_id AND c.business_id = u.business_id"
        " WHERE c.part = $1 AND c.act = 'stop' AND c.purpose <> 'service' GROUP BY u.place",
        part, [one[0] for one in asked], [one[1] for one in asked], [one[2] for one in asked],
    )  # fmt: skip
    return {pairs[row[0]]: row[1] for row in rows}


async def blocks(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, datetime]]]:
    """The senders that these people block, and since when; whoever blocks none is missing."""
    rows = await conn.fetch(
        "SELECT recipient_id, sender_id, blocked_at FROM thread"
        " WHERE part = $1 AND recipient_id = any($2) AND blocked_at IS NOT NULL",
        part, recipient_ids,
    )  # fmt: skip
    found: dict[UUID, list[tuple[str, datetime]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append((row[1], row[2]))
    return found


async def last_uses(conn: Conn, part: int, consents: Sequence[tuple[UUID, UUID]]) -> dict[UUID, datetime]:
    """When messages last rested on these consents, each named by its person and record; unused ones are missing.

    It is read from the messages themselves, so that a send has nothing to write for it.
    """
    rows = await conn.fetch(
        "SELECT m.consent_id, max(m.accepted_at) FROM message m"
        " JOIN unnest($2::uuid[], $3::uuid[]) k(recipient_id, record_id)"
        " ON m.recipient_id = k.recipient_id AND m.consent_id = k.record_id"
        " WHERE m.part = $1 AND m.cursor IS NOT NULL GROUP BY m.consent_id",
        part, [one[0] for one in consents], [one[1] for one in consents],
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


async def pilot_members(conn: Conn, part: int, pairs: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Which of these recipients are in the pilot of these businesses."""
    rows = await conn.fetch(
        "SELECT p.recipient_id, p.business_id FROM pilot_member p"
        " JOIN unnest($2::uuid[], $3::uuid[]) k(recipient_id, business_id)"
        " ON p.recipient_id = k.recipient_id AND p.business_id = k.business_id WHERE p.part = $1",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs],
    )  # fmt: skip
    return {(row[0], row[1]) for row in rows}


async def paces(conn: Conn, part: int, sender_ids: Sequence[str], *, locked: bool) -> dict[str, datetime]:
    """How far ahead of an even pace these senders are in this part; `locked` holds them, in the order of their ids."""
    query = "SELECT sender_id, tat FROM pace WHERE part = $1 AND sender_id = any($2::text[]) ORDER BY sender_id"
    rows = await conn.fetch(query + (" FOR NO KEY UPDATE" if locked else ""), part, sender_ids)
    return {row[0]: row[1] for row in rows}
