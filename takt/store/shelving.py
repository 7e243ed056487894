"""Templates that are to be put away: unused for long, more than their company may have, or filed wrongly too often."""

from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@value
class Shelved:
    """A template and whose it is."""

    template_id: str
    business_id: UUID


async def list_old(conn: Conn, before: datetime, turn: str, limit: int) -> list[Shelved]:
    """Templates that could be sent since before that; each `turn` begins with others, so that all come up."""
    rows = await conn.fetch(
        "SELECT template_id, business_id FROM template WHERE status IN ('APPROVED', 'FLAGGED')"
        " AND coalesce(tried_since, approved_at, created_at) < $1 ORDER BY md5(template_id || $2) LIMIT $3",
        before, turn, limit,
    )  # fmt: skip
    return [Shelved(*row) for row in rows]


async def used(conn: Conn, part: int, template_ids: list[str], since: datetime) -> set[str]:
    """Those of these templates of which a message was delivered since then, in one part."""
    rows = await conn.fetch(
        "SELECT DISTINCT template_id FROM resonance WHERE part = $1 AND template_id = any($2) AND slot_at >= $3"
        " AND delivered > 0",
        part, template_ids, since,
    )  # fmt: skip
    return {row[0] for row in rows}


async def list_exceeding(conn: Conn, verified_max: int, others_max: int, limit: int) -> list[Shelved]:
    """The newest templates of companies that have more than they may; those beyond the limit already count."""
    rows = await conn.fetch(
        "SELECT template_id, business_id FROM (SELECT t.template_id, t.business_id, t.status, row_number() OVER"
        " (PARTITION BY t.business_id ORDER BY t.created_at, t.template_id) AS place, b.verified FROM template t"
        " JOIN business b USING (business_id) WHERE t.status NOT IN ('DELETED', 'ARCHIVED')) placed"
        " WHERE status IN ('APPROVED', 'FLAGGED') AND place > CASE WHEN verified THEN $1::int ELSE $2::int END LIMIT $3",
        verified_max, others_max, limit,
    )  # fmt: skip
    return [Shelved(*row) for row in rows]


async def list_fitting(conn: Conn, verified_max: int, others_max: int, limit: int) -> list[Shelved]:
    """Templates that were beyond the limit and for which there is room now."""
    rows = await conn.fetch(
        "SELECT template_id, business_id FROM (SELECT t.template_id, t.business_id, t.status, row_number() OVER"
        " (PARTITION BY t.business_id ORDER BY t.created_at, t.template_id) AS place, b.verified FROM template t"
        " JOIN business b USING (business_id) WHERE t.status NOT IN ('DELETED', 'ARCHIVED')) placed"
        " WHERE status = 'LIMIT_EXCEEDED' AND place <= CASE WHEN verified THEN $1::int ELSE $2::int END LIMIT $3",
        verified_max, others_max, limit,
    )  # fmt: skip
    return [Shelved(*row) for row in rows]


async def misfiled(conn: Conn, since: datetime, times: int) -> set[UUID]:
    """Companies whose order templates turned out to be advertising so often since then."""
    rows = await conn.fetch(
        "SELECT business_id FROM template WHERE previous_category = 'utility' AND category = 'marketing'"
        " AND updated_at > $1 GROUP BY business_id HAVING count(*) >= $2",
        since, times,
    )  # fmt: skip
    return {row[0] for row in rows}


async def colours(conn: Conn, since: datetime) -> dict[UUID, set[str]]:
    """The colours of each company's templates in use that changed or were let go since then."""
    rows = await conn.fetch(
        "SELECT business_id, quality FROM template WHERE status IN ('APPROVED', 'FLAGGED', 'PAUSED', 'LOCKED')"
        " AND quality_at > $1 GROUP BY business_id, quality",
        since,
    )  # fmt: skip
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row[0], set()).add(row[1])
    return found


async def tiers(conn: Conn) -> dict[UUID, tuple[str, datetime]]:
    """The tier of each company that nobody owns, and since when."""
    rows = await conn.fetch("SELECT business_id, tier, tier_at FROM business WHERE owner_id IS NULL")
    return {row[0]: (row[1], row[2]) for row in rows}
