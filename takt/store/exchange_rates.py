"""Average rates of months, by which tax in another currency is told in euro: written once, never changed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from takt.core.exchange import Rate
from takt.store.pool import Conn

LISTED_MAX: Final = 10_000


async def add(conn: Conn, rates: Sequence[Rate], who: str, now: datetime) -> int:
    """Write those that are not known yet; how many these were."""
    done = await conn.fetchval(
        "WITH added AS (INSERT INTO exchange_rate (currency, month, per_euro_micros, source, set_by, set_at)"
        " SELECT *, $5, $6 FROM unnest($1::text[], $2::date[], $3::bigint[], $4::text[]) ON CONFLICT DO NOTHING"
        " RETURNING 1) SELECT count(*) FROM added",
        [one.currency for one in rates], [one.month for one in rates], [one.per_euro_micros for one in rates],
        [one.source for one in rates], who, now,
    )  # fmt: skip
    return int(done)


async def of_currency(conn: Conn, currency: str) -> dict[date, Rate]:
    """All rates of a currency by month."""
    rows = await conn.fetch(
        "SELECT currency, month, per_euro_micros, source FROM exchange_rate WHERE currency = $1", currency
    )
    return {row[1]: Rate(*row) for row in rows}


async def newest(conn: Conn) -> list[Rate]:
    """The newest 10,000, newest first."""
    rows = await conn.fetch(
        "SELECT currency, month, per_euro_micros, source FROM exchange_rate ORDER BY month DESC, currency LIMIT $1",
        LISTED_MAX,
    )
    return [Rate(*row) for row in rows]
