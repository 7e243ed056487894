"""What companies wrote and nobody has read yet, and which of it read like fraud.

Only what companies send is read here: every statement says `NOT inbound`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

LISTED_MAX: Final = 100


@value
class Unread:
    """A message of a company; `content` is JSON."""

    message_id: UUID
    business_id: UUID
    sender_id: str
    template_id: str | None
    content: str
    accepted_at: datetime


@value
class Suspicion:
    """A message that reads like fraud; `held`: it is in no inbox yet. `findings` is JSON."""

    message_id: UUID
    business_id: UUID
    sender_id: str
    held: bool
    findings: str


@value
class Shown:
    """A suspicion as the operator sees it; `type` and `content` are the message's, `content` JSON."""

    message_id: UUID
    business_id: UUID
    sender_id: str
    held: bool
    findings: str
    found_at: datetime
    state: str
    decided_at: datetime | None
    decided_by: str
    note: str
    type: str
    content: str
    status: str


_UNREAD: Final = "SELECT message_id, business_id, sender_id, template_id, content::text, accepted_at FROM message"


async def take_turn(conn: Conn, part: int, start: datetime) -> datetime | None:
    """Up to which instant everything was read (`start` where nothing was yet); None while somebody else reads this part."""
    await conn.execute(
        "INSERT INTO reading_mark (part, read_to) VALUES ($1, $2) ON CONFLICT (part) DO NOTHING", part, start
    )
    found: datetime | None = await conn.fetchval(
        "SELECT read_to FROM reading_mark WHERE part = $1 FOR UPDATE SKIP LOCKED", part
    )
    return found


async def set_read_to(conn: Conn, part: int, at: datetime) -> None:
    """Everything up to then was read."""
    await conn.execute("UPDATE reading_mark SET read_to = $2 WHERE part = $1", part, at)


async def list_free(conn: Conn, part: int, after: datetime, until: datetime, limit: int) -> list[Unread]:
    """What companies wrote freely and was accepted in this time, the oldest first; those of one instant all or none."""
    rows = await conn.fetch(
        f"{_UNREAD} WHERE part = $1 AND accepted_at > $2 AND accepted_at <= $3 AND NOT inbound AND template_id IS NULL"
        " AND cursor IS NOT NULL AND type <> 'reaction' ORDER BY accepted_at FETCH FIRST $4 ROWS WITH TIES",
        part, after, until, limit,
    )  # fmt: skip
    return [Unread(*row) for row in rows]


async def list_filled(conn: Conn, part: int, after: datetime, until: datetime, limit: int) -> list[Unread]:
    """Some of the templates with links in them that were sent in this time, the newest first."""
    rows = await conn.fetch(
        f"{_UNREAD} WHERE part = $1 AND accepted_at > $2 AND accepted_at <= $3 AND NOT inbound AND template_id IS NOT NULL"
        " AND cursor IS NOT NULL AND category <> 'authentication' AND content::text ~ '[a-z0-9][.][a-z]{2}'"
        " ORDER BY accepted_at DESC LIMIT $4",
        part, after, until, limit,
    )  # fmt: skip
    return [Unread(*row) for row in rows]


async def list_held(conn: Conn, part: int, limit: int) -> list[Unread]:
    """Messages that wait to be read, the longest waiting first."""
    rows = await conn.fetch(
        f"{_UNREAD} m WHERE m.part = $1 AND m.status = 'waiting' AND m.waits_for = 'filter' AND NOT m.inbound"
        " AND m.cleared_at IS NULL AND NOT EXISTS"
        " (SELECT FROM suspicion s WHERE s.part = $1 AND s.message_id = m.message_id) ORDER BY m.accepted_at LIMIT $2",
        part, limit,
    )  # fmt: skip
    return [Unread(*row) for row in rows]


async def clear(conn: Conn, part: int, message_ids: Sequence[UUID], now: datetime) -> None:
    """These were read and are well; those that wait for it go out with the next release."""
    await conn.execute(
        "UPDATE message SET cleared_at = $3, due_at = $3 WHERE part = $1 AND message_id = any($2::uuid[])"
        " AND status = 'waiting' AND waits_for = 'filter'",
        part, message_ids, now,
    )  # fmt: skip


async def condemn(conn: Conn, part: int, message_id: UUID, now: datetime) -> None:
    """This one is fraud: if it still waits, the next release refuses it."""
    await conn.execute(
        "UPDATE message SET waits_for = 'condemned', due_at = $3 WHERE part = $1 AND message_id = $2"
        " AND status = 'waiting'",
        part, message_id, now,
    )  # fmt: skip


async def add(conn: Conn, part: int, found: Sequence[Suspicion], now: datetime) -> None:
    """Note suspicions; one that is there already stays as it is."""
    await conn.execute(
        "INSERT INTO suspicion (part, message_id, business_id, sender_id, held, findings, found_at)"
        " SELECT m.part, m.message_id, m.business_id, m.sender_id, u.held, u.findings::json, $5"
        " FROM message m JOIN unnest($2::uuid[], $3::bool[], $4::text[]) u(message_id, held, findings)"
        " ON m.message_id = u.message_id WHERE m.part = $1 ON CONFLICT (part, message_id) DO NOTHING",
        part, [one.message_id for one in found], [one.held for one in found], [one.findings for one in found], now,
    )  # fmt: skip


async def lock(conn: Conn, part: int, message_id: UUID) -> str | None:
    """The state of a suspicion, under its lock."""
    found: str | None = await conn.fetchval(
        "SELECT state FROM suspicion WHERE part = $1 AND message_id = $2 FOR UPDATE", part, message_id
    )
    return found


async def decide(conn: Conn, part: int, message_id: UUID, state: str, who: str, note: str, now: datetime) -> None:
    """Write down what a person decided."""
    await conn.execute(
        "UPDATE suspicion SET state = $3, decided_by = $4, note = $5, decided_at = $6 WHERE part = $1 AND message_id = $2",
        part, message_id, state, who, note, now,
    )  # fmt: skip


async def strikes(conn: Conn, part: int, since: Mapping[str, datetime]) -> dict[str, int]:
    """How many suspicions that nobody cleared there are of each sender since its instant."""
    rows = await conn.fetch(
        "SELECT s.sender_id, count(*) FROM suspicion s JOIN unnest($2::text[], $3::timestamptz[]) u(sender_id, since)"
        " ON s.sender_id = u.sender_id AND s.found_at >= u.since WHERE s.part = $1 AND s.state <> 'cleared'"
        " GROUP BY s.sender_id",
        part, list(since), list(since.values()),
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


_SHOWN: Final = (
    "SELECT s.message_id, s.business_id, s.sender_id, s.held, s.findings::text, s.found_at, s.state, s.decided_at,"
    " s.decided_by, s.note, m.type, m.content::text, m.status"
    " FROM suspicion s JOIN message m ON m.part = s.part AND m.message_id = s.message_id"
)


async def list_shown(conn: Conn, part: int, state: str, limit: int) -> list[Shown]:
    """Suspicions in a state, the newest first."""
    rows = await conn.fetch(
        f"{_SHOWN} WHERE s.part = $1 AND m.part = $1 AND s.state = $2 ORDER BY s.found_at DESC LIMIT $3",
        part,
        state,
        limit,
    )
    return [Shown(*row) for row in rows]


async def find_shown(conn: Conn, part: int, message_id: UUID) -> Shown | None:
    """One suspicion."""
    row = await conn.fetchrow(f"{_SHOWN} WHERE s.part = $1 AND m.part = $1 AND s.message_id = $2", part, message_id)
    return None if row is None else Shown(*row)


async def count_open(conn: Conn, part: int) -> int:
    """How many wait for a person."""
    found: int = await conn.fetchval("SELECT count(*) FROM suspicion WHERE part = $1 AND state = 'open'", part)
    return found
