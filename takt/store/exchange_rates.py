"""Average rates of months, by which tax in another currency is told in euro: never changed, corrected by a newer version."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from takt.core.exchange import Rate
from takt.core.value import value
from takt.store.pool import Conn

LISTED_MAX: Final = 10_000


@value
class Told:
    """A rate as it was told: by whom, when, and why another than before; the highest version holds."""

    rate: Rate
    version: int
    who: str
    at: datetime
    why: str


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


async def correct(conn: Conn, rate: Rate, who: str, why: str, now: datetime) -> bool:
    """Let this rate supersede the one of its month; False when that one is the same, or none is known."""
    done = await conn.fetchval(
        "INSERT INTO exchange_rate (currency, month, version, per_euro_micros, source, set_by, set_at, why)"
        " SELECT currency, month, version + 1, $3, $4, $5, $6, $7 FROM exchange_rate"
        " WHERE currency = $1 AND month = $2 AND per_euro_micros <> $3 AND version = (SELECT max(version)"
        " FROM exchange_rate WHERE currency = $1 AND month = $2) RETURNING true",
        rate.currency, rate.month, rate.per_euro_micros, rate.source, who, now, why,
    )  # fmt: skip
    return bool(done)


async def of_currency(conn: Conn, currency: str) -> dict[date, Rate]:
    """The rates of a currency that hold, by month."""
    rows = await conn.fetch(
        "SELECT DISTINCT ON (month) currency, month, per_euro_micros, source FROM exchange_rate WHERE currency = $1"
        " ORDER BY month, version DESC",
        currency,
    )
    return {row[1]: Rate(*row) for row in rows}


async def newest(conn: Conn) -> list[Told]:
    """The newest 10,000 with what was told before, newest first; of a month the one that holds first."""
    rows = await conn.fetch(
        "SELECT currency, month, per_euro_micros, source, version, set_by, set_at, why FROM exchange_rate"
        " ORDER BY month DESC, currency, version DESC LIMIT $1",
        LISTED_MAX,
    )
    return [Told(Rate(*row[:4]), *row[4:]) for row in rows]
