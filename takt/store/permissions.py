"""Reading a person's permissions: standings, records, and how each was used, for their own page and for proofs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.consent import Act, ConsentRecord, Link, Standing, broken
from takt.core.value import value
from takt.store.consent import records
from takt.store.pool import Conn

PAGE: int = 1000


@value
class Held:
    """A standing with the way it came by."""

    purpose: str
    standing: Standing
    source: str


@value
class Use:
    """How often messages rested on a consent, and when first and last."""

    record_id: UUID
    count: int
    first_at: datetime
    last_at: datetime


@value
class Written:
    """How often a business wrote to a person: ever, within the last 30 days, and when last."""

    ever: int
    lately: int
    last_at: datetime | None


@value
class Chain:
    """All records of a person with their hashes, and the first that does not follow, if one does not."""

    links: tuple[Link, ...]
    broken: ConsentRecord | None


async def held(conn: Conn, part: int, recipient_id: UUID) -> dict[UUID, list[Held]]:
    """The standings of a person with each business."""
    rows = await conn.fetch(
        "SELECT business_id, purpose, record_id, act, at, valid_until, granted, source FROM consent"
        " WHERE part = $1 AND recipient_id = $2 ORDER BY business_id, purpose",
        part, recipient_id,
    )  # fmt: skip
    found: dict[UUID, list[Held]] = {}
    for business_id, purpose, record_id, act, at, valid_until, granted, source in rows:
        known = Act.STOP if act == Act.GRANT and not granted else Act(act)
        one = Held(purpose, Standing(record_id, known, at, valid_until), source)
        found.setdefault(business_id, []).append(one)
    return found


async def uses(conn: Conn, part: int, recipient_id: UUID) -> dict[UUID, Use]:
    """How a person's consents were used, by their records."""
    rows = await conn.fetch(
        "SELECT consent_id, count(*), min(accepted_at), max(accepted_at) FROM message"
        " WHERE part = $1 AND recipient_id = $2 AND cursor IS NOT NULL AND consent_id IS NOT NULL GROUP BY consent_id",
        part, recipient_id,
    )  # fmt: skip
    return {row[0]: Use(*row) for row in rows}


async def written(conn: Conn, part: int, recipient_id: UUID, lately: datetime) -> dict[UUID, Written]:
    """How often each business wrote to a person."""
    rows = await conn.fetch(
        "SELECT business_id, count(*), count(*) FILTER (WHERE accepted_at >= $3), max(accepted_at) FROM message"
        " WHERE part = $1 AND recipient_id = $2 AND cursor IS NOT NULL AND NOT inbound GROUP BY business_id",
        part, recipient_id, lately,
    )  # fmt: skip
    return {row[0]: Written(row[1], row[2], row[3]) for row in rows}


async def met(conn: Conn, part: int, recipient_id: UUID) -> list[str]:
    """The senders with whom a person has a thread."""
    rows = await conn.fetch("SELECT sender_id FROM thread WHERE part = $1 AND recipient_id = $2", part, recipient_id)
    return [row[0] for row in rows]


async def chain(conn: Conn, part: int, recipient_id: UUID) -> Chain:
    """All records of a person, verified."""
    links: list[Link] = []
    while True:
        page = await records(conn, part, recipient_id, links[-1][0].number if links else 0, PAGE)
        links += page
        if len(page) < PAGE:
            return Chain(tuple(links), broken(links))


async def person_of(conn: Conn, part: int, wa_id: str) -> UUID | None:
    """Whom a number belongs to."""
    found: UUID | None = await conn.fetchval(
        "SELECT recipient_id FROM recipient WHERE part = $1 AND wa_id = $2", part, wa_id
    )
    return found


async def salts(conn: Conn, part: int, recipient_id: UUID) -> Sequence[tuple[str, str]]:
    """The numbers that a person's records hold as hashes, each with its salt; none once the person is erased."""
    rows = await conn.fetch(
        "SELECT wa_id, salt FROM consent_number WHERE part = $1 AND recipient_id = $2", part, recipient_id
    )
    return [(row[0], row[1]) for row in rows]
