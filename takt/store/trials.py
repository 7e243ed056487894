"""What the pausing test looks at: messages of templates that count by now, and those of them that people blocked or reported."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.core.feedback import FULL, SLOT
from takt.core.value import value
from takt.store.pool import Conn

HALF_A_VOTE: Final = FULL // 2
"""What an act must count at least to speak against a template here: those of notorious blockers and brigades do not."""


@value
class Tried:
    """A template under test, since when, and the senders that speak for its company."""

    template_id: str
    since: datetime
    senders: tuple[str, ...]


@value
class Count:
    """Messages of a template that count, and how many of them were blocked or reported."""

    messages: int = 0
    against: int = 0

    def plus(self, other: "Count") -> "Count":
        """Both together."""
        return Count(self.messages + other.messages, self.against + other.against)


@value
class Candidate:
    """A template that may be sent, as the test finds it."""

    template_id: str
    business_id: UUID
    tried_since: datetime | None
    approved_at: datetime | None
    created_at: datetime


async def suspects(conn: Conn, part: int, since: datetime) -> set[str]:
    """Templates that somebody blocked or reported since then."""
    rows = await conn.fetch(
        "SELECT DISTINCT template_id FROM feedback WHERE part = $1 AND at > $2 AND kind IN ('block', 'report')"
        " AND template_id <> ''",
        part, since,
    )  # fmt: skip
    return {row[0] for row in rows}


async def candidates(conn: Conn, template_ids: Sequence[str]) -> list[Candidate]:
    """Those of these templates that may be sent, to everybody: in pacing another rule counts."""
    rows = await conn.fetch(
        "SELECT template_id, business_id, tried_since, approved_at, created_at FROM template"
        " WHERE template_id = any($1) AND status IN ('APPROVED', 'FLAGGED') AND room IS NULL",
        list(template_ids),
    )  # fmt: skip
    return [Candidate(*row) for row in rows]


@value
class Paced:
    """A template in pacing: how many of its messages may go out, and since when that counts."""

    template_id: str
    business_id: UUID
    room: int
    paced_at: datetime


async def list_paced(conn: Conn, limit: int) -> list[Paced]:
    """The templates in pacing, the newest first."""
    rows = await conn.fetch(
        "SELECT template_id, business_id, room, paced_at FROM template WHERE room IS NOT NULL AND paced_at IS NOT NULL"
        " AND status IN ('APPROVED', 'FLAGGED') ORDER BY paced_at DESC LIMIT $1",
        limit,
    )  # fmt: skip
    return [Paced(*row) for row in rows]


@value
class Graded:
    """The colour of a template as it is kept."""

    template_id: str
    business_id: UUID
    quality: str
    quality_at: datetime | None


async def graded(conn: Conn, template_ids: Sequence[str]) -> list[Graded]:
    """The colours of those of these templates that are in use."""
    rows = await conn.fetch(
        "SELECT template_id, business_id, quality, quality_at FROM template"
        " WHERE template_id = any($1) AND status IN ('APPROVED', 'FLAGGED', 'PAUSED', 'LOCKED')",
        list(template_ids),
    )  # fmt: skip
    return [Graded(*row) for row in rows]


@value
class Standing:
    """A template in use, as it stands; `began_at` is when feedback on it began to count."""

    template_id: str
    name: str
    language: str
    category: str
    status: str
    quality: str
    began_at: datetime
    room: int | None
    paced_at: datetime | None


async def list_standing(conn: Conn, business_id: UUID, limit: int) -> list[Standing]:
    """The templates of a business that are in use, those that harm most first."""
    rows = await conn.fetch(
        "SELECT template_id, name, language, category, status, quality, coalesce(tried_since, approved_at, created_at),"
        " room, paced_at FROM template WHERE business_id = $1"
        " AND status IN ('APPROVED', 'FLAGGED', 'PAUSED', 'LOCKED', 'LIMIT_EXCEEDED')"
        " ORDER BY array_position(ARRAY['RED', 'YELLOW', 'GREEN'], quality) NULLS LAST, name, language LIMIT $2",
        business_id, limit,
    )  # fmt: skip
    return [Standing(*row) for row in rows]


async def count(conn: Conn, part: int, tried: Sequence[Tried], now: datetime, mature: timedelta) -> dict[str, Count]:
    """The counts of these templates in one part.

    What was delivered in a slot that is over for `mature` counts; of later slots what was read.
    """
    ripe = now - mature - SLOT
    pairs = [(sender, one.template_id, one.since) for one in tried for sender in one.senders]
    messages = await conn.fetch(
        "SELECT u.template_id, sum(CASE WHEN r.slot_at <= $5 THEN r.delivered ELSE r.read END)::int"
        " FROM unnest($2::text[], $3::text[], $4::timestamptz[]) u(sender_id, template_id, since)"
        " JOIN resonance r ON r.sender_id = u.sender_id AND r.template_id = u.template_id AND r.slot_at >= u.since"
        " WHERE r.part = $1 GROUP BY u.template_id",
        part, [one[0] for one in pairs], [one[1] for one in pairs], [one[2] for one in pairs], ripe,
    )  # fmt: skip
    against = await conn.fetch(
        "SELECT u.template_id, count(DISTINCT f.message_id)::int"
        " FROM unnest($2::text[], $3::timestamptz[]) u(template_id, since)"
        " JOIN feedback f ON f.template_id = u.template_id AND f.slot_at >= u.since WHERE f.part = $1"
        " AND f.kind IN ('block', 'report') AND f.undone_at IS NULL AND f.weight >= $5"
        " AND (f.was_read OR f.slot_at <= $4) GROUP BY u.template_id",
        part, [one.template_id for one in tried], [one.since for one in tried], ripe, HALF_A_VOTE,
    )  # fmt: skip
    blocked = {row[0]: row[1] for row in against}
    return {row[0]: Count(row[1], min(row[1], blocked.get(row[0], 0))) for row in messages}
