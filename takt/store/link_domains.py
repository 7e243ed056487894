"""The domains that companies say their links lead to. Reference rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.store.pool import Conn

DOMAINS_MAX = 200


async def of_business(conn: Conn, business_id: UUID) -> list[str]:
    """Those of a company, in order."""
    rows = await conn.fetch(
        "SELECT domain FROM link_domain WHERE business_id = $1 ORDER BY domain LIMIT $2", business_id, DOMAINS_MAX
    )
    return [row[0] for row in rows]


async def add(conn: Conn, business_id: UUID, domains: Sequence[str], now: datetime) -> bool:
    """Register domains; one that is there stays. False when the company would have too many."""
    await conn.execute("SELECT 1 FROM business WHERE business_id = $1 FOR NO KEY UPDATE", business_id)
    count: int = await conn.fetchval(
        "SELECT count(*) FROM (SELECT domain FROM link_domain WHERE business_id = $1 UNION SELECT unnest($2::text[])) every",
        business_id, domains,
    )  # fmt: skip
    if count > DOMAINS_MAX:
        return False
    await conn.execute(
        "INSERT INTO link_domain (business_id, domain, at) SELECT $1, unnest($2::text[]), $3 ON CONFLICT DO NOTHING",
        business_id, domains, now,
    )  # fmt: skip
    return True


async def drop(conn: Conn, business_id: UUID, domain: str) -> bool:
    """Take a domain off the list; False when it was not on it."""
    done: str = await conn.execute(
        "DELETE FROM link_domain WHERE business_id = $1 AND domain = $2", business_id, domain
    )
    return done != "DELETE 0"
