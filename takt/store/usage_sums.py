"""Usage in sums by day: what pages show and invoices are made of. Kept up by `advance`, proved by `differing`.

The mark of a part says up to which instant of booking its usage is in the sums; mark and sums move in one transaction,
so that a row is counted once whoever dies. Rows are booked under instants of our clock and seen when they commit: the
mark stays behind the oldest transaction under way. Days are those of the contract's clocks.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from takt.core.entries import Payer
from takt.core.roll_up import UsageKey, following
from takt.core.value import value
from takt.store.pool import Conn

COUNT_S_MAX: Final = 600
BEHIND: Final = timedelta(seconds=60)
"""How far behind the clock the mark stays at least: two clocks may differ, and a batch takes its time."""


@value
class Sum:
    """Units of one price on one day, for one contract."""

    payer: Payer
    day: date
    sender_id: str
    template_id: str
    category: str
    market: str
    card: str
    version: int
    rule: int
    tier: str
    unit_price_micros: int
    region: str
    window: str
    form: str
    quantity: int


_GROUPED = (
    "SELECT u.contract_part, u.contract_id, (u.delivered_at AT TIME ZONE b.time_zone)::date AS day, u.sender_id,"
    " coalesce(u.template_id, ''), u.category, u.market, u.card, u.card_version, u.rule, u.tier, u.unit_price_micros,"
    " u.region, u.window_kind, u.form, sum(CASE WHEN u.refund THEN -1 ELSE 1 END) FROM usage u JOIN business b ON b.contract_id = u.contract_id WHERE u.part = $1"
)
_BY = " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"


async def mark(conn: Conn, part: int, *, locked: bool = False) -> datetime | None:
    """Up to when the usage of a part is in the sums; None before the first. `locked` lets nobody else move it."""
    query = "SELECT through FROM usage_mark WHERE part = $1"
    found: datetime | None = await conn.fetchval(query + (" FOR UPDATE" if locked else ""), part)
    return found


async def begin(conn: Conn, part: int) -> None:
    """Set the mark of a part before its first usage, where it has none yet."""
    await conn.execute(
        "INSERT INTO usage_mark (part, through) SELECT $1, coalesce(min(u.booked_at), '2020-01-01Z') - interval '1 s'"
        " FROM usage u WHERE u.part = $1 ON CONFLICT (part) DO NOTHING",
        part,
    )


async def bound(conn: Conn, now: datetime) -> datetime:
    """Up to when all that was booked can be seen: before the oldest transaction under way began, and a minute ago."""
    oldest: datetime | None = await conn.fetchval(
        "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return min(now, oldest or now) - BEHIND


async def advance(conn: Conn, part: int, since: datetime, through: datetime) -> int:
    """Add what was booked after the mark `since`, up to and with an instant, and move the mark; how many units."""
    rows = await conn.fetch(f"{_GROUPED} AND u.booked_at > $2 AND u.booked_at <= $3{_BY}", part, since, through)
    found = [Sum((row[0], row[1]), *row[2:]) for row in rows]
    await _add(conn, found)
    await conn.execute("UPDATE usage_mark SET through = $2 WHERE part = $1", part, through)
    return sum(one.quantity for one in found)


async def used(conn: Conn, payer: Payer, since: date, until: date) -> dict[UsageKey, int]:
    """What a contract used from a day up to but not including another, by what makes a line; free units are left out."""
    rows = await conn.fetch(
        "SELECT date_trunc('month', day)::date, card, card_version, rule, category, market, tier, unit_price_micros,"
        " sum(quantity)::bigint FROM usage_sum WHERE part = $1 AND contract_id = $2 AND day >= $3 AND day < $4"
        " AND unit_price_micros > 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
        *payer, since, until,
    )  # fmt: skip
    return {UsageKey(*row[:8]): row[8] for row in rows}


async def differing(conn: Conn, parts: Sequence[int], month: date) -> list[Payer]:
    """The contracts whose sums of a month are not what its usage comes to, as of one moment.

    Counts every row of the month, within 600 s. What lies behind the marks is in neither.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        await conn.execute(f"SET LOCAL statement_timeout = '{COUNT_S_MAX}s'")
        counted: defaultdict[Payer, tuple[int, int]] = defaultdict(lambda: (0, 0))
        summed: dict[Payer, tuple[int, int]] = {}
        for part in parts:
            through = await mark(conn, part)
            for row in await conn.fetch(_TOTALS, part, month, following(month), through) if through else ():
                units, micros = counted[row[0], row[1]]
                counted[row[0], row[1]] = (units + row[2], micros + row[3])
            summed |= {
                (part, row[0]): (row[1], row[2]) for row in await conn.fetch(_SUMS, part, month, following(month))
            }
    return sorted(payer for payer in counted.keys() | summed.keys() if counted.get(payer) != summed.get(payer))


# The month as instants is worked out once for each company, not for each row.
_TOTALS = (
    "WITH month AS MATERIALIZED (SELECT contract_id, $2::date::timestamp AT TIME ZONE time_zone AS since,"
    " $3::date::timestamp AT TIME ZONE time_zone AS until FROM business)"
    " SELECT u.contract_part, u.contract_id, sum(CASE WHEN u.refund THEN -1 ELSE 1 END), sum(u.amount_micros)::bigint"
    " FROM usage u JOIN month b ON b.contract_id = u.contract_id WHERE u.part = $1"
    " AND u.delivered_at >= b.since AND u.delivered_at < b.until AND u.booked_at <= $4 GROUP BY 1, 2"
)
_SUMS = (
    "SELECT contract_id, sum(quantity)::bigint, sum(quantity * unit_price_micros)::bigint FROM usage_sum"
    " WHERE part = $1 AND day >= $2 AND day < $3 GROUP BY contract_id"
)


async def rebuild(conn: Conn, parts: Sequence[int], payer: Payer, month: date) -> None:
    """Make the sums of a contract's month anew from its usage. Holds the marks of all parts until the transaction ends."""
    await conn.execute(f"SET LOCAL statement_timeout = '{COUNT_S_MAX}s'")
    found: list[Sum] = []
    for part in sorted(parts):
        through = await mark(conn, part, locked=True)
        rows = await conn.fetch(
            f"{_GROUPED} AND u.delivered_at >= $2::date::timestamp AT TIME ZONE b.time_zone"
            " AND u.delivered_at < $3::date::timestamp AT TIME ZONE b.time_zone AND u.booked_at <= $4"
            f" AND u.contract_id = $5{_BY}",
            part, month, following(month), through, payer[1],
        )  # fmt: skip
        found += [Sum((row[0], row[1]), *row[2:]) for row in rows]
    await conn.execute(
        "DELETE FROM usage_sum WHERE part = $1 AND contract_id = $2 AND day >= $3 AND day < $4",
        payer[0], payer[1], month, following(month),
    )  # fmt: skip
    await _add(conn, found)


async def _add(conn: Conn, sums: Iterable[Sum]) -> None:
    by_part: defaultdict[int, list[Sum]] = defaultdict(list)
    for one in sums:
        by_part[one.payer[0]].append(one)
    for part, ones in sorted(by_part.items()):
        await conn.execute(
            "INSERT INTO usage_sum (part, contract_id, day, sender_id, template_id, category, market, card,"
            " card_version, rule, tier, unit_price_micros, region, window_kind, form, quantity)"
            " SELECT c.part, c.contract_id, u.day, u.sender, u.template, u.category, u.market, u.card, u.version,"
            " u.rule, u.tier, u.price, u.region, u.window_kind, u.form, sum(u.quantity)::bigint FROM contract c"
            " JOIN unnest($2::uuid[], $3::date[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],"
            " $9::int[], $10::int[], $11::text[], $12::bigint[], $13::text[], $14::text[], $15::text[], $16::bigint[])"
            " u(contract_id, day, sender, template, category, market, card, version, rule, tier, price, region,"
            " window_kind, form, quantity) ON c.contract_id = u.contract_id WHERE c.part = $1"
            " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"
            " ORDER BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 ON CONFLICT (part, contract_id, day, sender_id,"
            " template_id, category, market, card, card_version, rule, tier, unit_price_micros, region, window_kind,"
            " form) DO UPDATE SET quantity = usage_sum.quantity + excluded.quantity",
            part, *_columns(ones),
        )  # fmt: skip


def _columns(sums: Sequence[Sum]) -> list[list[object]]:
    return [
        [one.payer[1] for one in sums], [one.day for one in sums], [one.sender_id for one in sums],
        [one.template_id for one in sums], [one.category for one in sums], [one.market for one in sums],
        [one.card for one in sums], [one.version for one in sums], [one.rule for one in sums],
        [one.tier for one in sums], [one.unit_price_micros for one in sums], [one.region for one in sums],
        [one.window for one in sums], [one.form for one in sums], [one.quantity for one in sums],
    ]  # fmt: skip
