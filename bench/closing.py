"""Closing a month: rows of usage into sums, the sums proved against every row, the lines fixed; and the month by another card.

The baseline is the least that has to be done: reading all rows of the month once and grouping them by what makes a line.
"""

import asyncio
import os
import time
from collections.abc import Awaitable
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

import uvloop

from bench.house import House, open_house
from bench.report import Table, machine
from bench.world import CARD, add_company, add_prices
from takt.actions.what_if import what_if
from takt.clock import Clock
from takt.core.rate_card import parse_card
from takt.store.pool import Pool, close_pool, connect, open_pool
from takt.store.reference import Reference
from takt.store.site import PARTS, Site
from takt.workers.closer import Closer

NAME: Final = "closing"
ROWS: Final = int(os.environ.get("TAKT_BENCH_ROWS", "1000000"))
COMPANIES: Final = 20
MONTH: Final = date(2026, 10, 1)
CLOSED_AT: Final = datetime(2026, 11, 5, tzinfo=UTC)
CONNECTIONS: Final = 4
COLUMNS: Final = ("step", "rows", "s", "rows/s", "10 million rows at this rate, s", "ratio to baseline")
STEPS: Final[dict[str, Any]] = {
    "card": "steps", "currency": "EUR", "counters": {"n": {"scope": "contract"}},
    "rules": [{"tiers": {"counter": "n", "steps": [[0, 50_000], [10_000, 40_000], [100_000, 30_000]]}}],
}  # fmt: skip
TALKS: Final[dict[str, Any]] = {
    "card": "talks", "currency": "EUR",
    "rules": [
        {"when": {"category": "marketing"}, "conversation": {"name": "ad", "hours": 24, "rides": ["talk"], "price": 90_000}},
        {"conversation": {"name": "talk", "hours": 24, "price": 50_000}},
    ],
}  # fmt: skip

# A month of twenty companies: three categories, five markets, ten templates; some answer people, some come from an advert.
# Each person hears four times within minutes, then again some days later. The ids go by the instant, as ours do.
_MONTH: Final = """
FROM generate_series($1::int, $2::int) n
 JOIN (SELECT *, row_number() OVER (ORDER BY business_id) - 1 AS place FROM business) b ON b.place = n % $3::int
 JOIN sender s ON s.business_id = b.business_id
 CROSS JOIN LATERAL (SELECT '2026-10-01 00:00:01Z'::timestamptz + n * (interval '30 days' / $4::int) AS at,
  (ARRAY['utility', 'marketing', 'authentication'])[1 + n % 10 % 3] AS category,
  (ARRAY['DE', 'AT', 'CH', 'FR', 'NL'])[1 + n / 10 % 5] AS region,
  CASE n % 7 WHEN 0 THEN 'open' WHEN 1 THEN 'entry' ELSE 'closed' END AS window_kind,
  (n / $3::int / 64 * 16 + n / $3::int * 7 % 16) % greatest($4::int / $3::int / 20, 16) * $3::int + n % $3::int AS person) m
 CROSS JOIN LATERAL (SELECT CASE WHEN category = 'utility' AND window_kind = 'open' THEN 1
  WHEN category = 'marketing' AND region = 'DE' THEN 2 ELSE 3 END AS rule) r
 CROSS JOIN LATERAL (SELECT (ARRAY[0, 113100, 45600])[rule] AS price,
  (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000' || lpad(to_hex(n), 16, '0'))::uuid AS message_id,
  ('00000000-0000-7000-8000-' || lpad(to_hex(person), 12, '0'))::uuid AS recipient_id) i
"""
_USAGE: Final = f"""
INSERT INTO usage (part, message_id, contract_part, contract_id, sender_id, category, market, card, card_version, rule,
 tier, unit_price_micros, amount_micros, currency, reason, template_id, delivered_at, booked_at, batch, region,
 window_kind, form)
SELECT 0, message_id, 0, b.contract_id, s.sender_id, category, region, $5, 1, rule, '', price, price, 'EUR', 'regular',
 '40' || n % 10, at, at, b.contract_id, region, window_kind, 'template' {_MONTH}
"""
_MESSAGES: Final = f"""
INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type, content, category,
 status, accepted_at, delivered_at)
SELECT 0, message_id, recipient_id, '49' || person, s.sender_id, b.business_id, false, n, 'template', '{{}}', category,
 'delivered', at, at {_MONTH}
"""
_BASELINE: Final = """
SELECT contract_id, category, market, card, card_version, rule, tier, unit_price_micros, count(*), sum(amount_micros)
FROM usage WHERE part = 0 AND delivered_at >= '2026-10-01Z' AND delivered_at < '2026-11-01Z' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
SLICE: Final = 100_000
FILL_S_MAX: Final = 600

T = TypeVar("T")


class _Then(Clock):
    """A clock that stands after the month's time of grace."""

    def now(self) -> datetime:
        return CLOSED_AT


def measure(rows: int = ROWS) -> tuple[Table, str]:
    """Fill a month, close it, and price it anew."""
    with open_house() as house:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            told, notes = runner.run(_measure(house, rows))
        return Table(NAME, "The close of a month", COLUMNS, told, notes), machine(house.embedded)


async def _measure(house: House, rows: int) -> tuple[list[tuple[str, ...]], list[str]]:
    async with connect(house.url, name="bench") as conn, conn.transaction():
        await add_prices(conn)
        for number in range(COMPANIES):
            await add_company(conn, PARTS[1], number)
        await conn.execute("UPDATE rate_card SET valid_from = '2026-01-01Z'")
        await conn.execute("UPDATE contract SET created_at = '2026-10-01Z'")
    pool = await open_pool(house.url, name="bench", connections_max=CONNECTIONS)
    site, reference = Site(PARTS[1], pool), Reference()
    await _fill(pool, rows)
    closer = Closer(site, reference, _Then())
    async with pool.acquire() as conn:
        snapshot = await reference.fresh(conn)
        await conn.execute("SET statement_timeout = '600s'")
        baseline, _ = await _timed(conn.fetch(_BASELINE))
    summing, units = await _timed(closer.sum_up())
    if units != rows:
        raise RuntimeError(f"{units} of {rows} rows were summed up")
    proving, wrong = await _timed(closer.prove(MONTH))
    closing, closed = await _timed(closer.close(MONTH))
    if wrong or len(closed.closed) != COMPANIES:
        raise RuntimeError(f"{wrong} sums were wrong, {len(closed.closed)} months closed")
    plain, effects = await _timed(what_if(site, snapshot, snapshot.card(CARD, CLOSED_AT), MONTH))
    if any(one.more_micros for one in effects):
        raise RuntimeError("the own card must come to the same")
    stepped, _ = await _timed(what_if(site, snapshot, parse_card(STEPS, 0, {}), MONTH))
    talks, _ = await _timed(what_if(site, snapshot, parse_card(TALKS, 0, {}), MONTH))
    asked = await pool.fetchval("SELECT count(*) FROM closing_line")
    await close_pool(pool)
    steps = [
        ("baseline: one grouping of all rows", baseline), ("usage into sums", summing), ("sums proved by all rows", proving),
        ("closed: proof, lines, books", closing), ("all of it", summing + closing),
        ("what-if by the own card", plain), ("what-if by steps", stepped),
        ("what-if by conversations", talks),
    ]  # fmt: skip
    return [_row(name, rows, taken, baseline) for name, taken in steps], [
        f"{rows:,} rows of usage of {COMPANIES} companies in one month, {asked} lines in all; the rows are made in SQL before.",
        "The close proves the sums again by itself: that is in its time. A server sums up as rows come, so that only the close is left at the end.",
    ]


async def _fill(pool: Pool, rows: int) -> None:
    for first in range(0, rows, SLICE):
        slice_ = (first, min(first + SLICE, rows) - 1, COMPANIES, rows)
        await pool.execute(_USAGE, *slice_, CARD, timeout=FILL_S_MAX)
        await pool.execute(_MESSAGES, *slice_, timeout=FILL_S_MAX)
    async with pool.acquire() as conn:
        await conn.execute(f"SET statement_timeout = '{FILL_S_MAX}s'")
        for table in ("usage", "message"):
            await conn.execute(f"VACUUM (ANALYZE) {table}", timeout=FILL_S_MAX)


async def _timed(work: Awaitable[T]) -> tuple[float, T]:
    begun = time.perf_counter()
    found = await work
    return time.perf_counter() - begun, found


def _row(name: str, rows: int, taken: float, baseline: float) -> tuple[str, ...]:
    rate = rows / taken
    return name, f"{rows:,}", f"{taken:.2f}", f"{rate:,.0f}", f"{10_000_000 / rate:,.1f}", f"{taken / baseline:.1f}"
