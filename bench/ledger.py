"""Holds and captures a second through a lane alone: money without messages, for one payer and for many.

The baseline is the same statements with a commit for each, as many at a time as there are connections.
"""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import uvloop

from bench.house import House, open_house
from bench.report import Table, machine
from bench.world import CARD, PRICE_MICROS, add_company, add_prices
from takt.actions.outcome import Done
from takt.app import COLLECT_AFTER
from takt.clock import CLOCK
from takt.core import ledger as rules
from takt.core.chain import START
from takt.core.charging import CountKey
from takt.core.entries import Payer
from takt.core.usage import Usage
from takt.lanes import Action, Lanes
from takt.store import counters, journal, ledger
from takt.store.journal import OverspentError
from takt.store.ledger import Cost, Hold
from takt.store.pool import Conn, Pool, close_pool, connect, open_pool, transaction
from takt.store.site import PARTS, Site
from takt.wakes import Wakes

NAME: Final = "ledger"
MOVES: Final = 20_000
PAYERS: Final = 1_000
AT_ONCE: Final = 512
CONNECTIONS: Final = 8
BASELINE_SHARE: Final = 10
TRIES_MAX: Final = 100
MONEY_BATCH: Final = 20
MONEY_BATCHES: Final = 400
COLUMNS: Final = ("case", "at once", "holds/s", "captures/s", "life cycles/s", "ratio")

Do = Callable[[Hold], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rates:
    """Holds and captures a second."""

    holds: float
    captures: float

    @property
    def lives(self) -> float:
        """Life cycles a second where each is a hold and a capture, one after the other."""
        return 1 / (1 / self.holds + 1 / self.captures)


async def hold(conn: Conn, part: int, commands: list[Hold], now: datetime, *, again: bool) -> Done[None]:
    """Set money aside for a batch: what a send does with money, and nothing else."""
    wallets = await ledger.wallets(conn, {one.payer for one in commands}, now, locked=again)
    for one in commands:
        held = rules.hold(wallets[one.payer], one.amount_micros)
        assert held is not None, "the companies here have money enough"
        wallets[one.payer] = held.wallet
    await ledger.add_holds(conn, part, commands, now)
    await journal.move(conn, ledger.set_aside(commands))
    return Done([None] * len(commands))


async def capture(conn: Conn, part: int, commands: list[Hold], now: datetime, *, again: bool) -> Done[None]:  # noqa: ARG001 - a repeat finds the holds captured and moves nothing
    """Earn what was set aside: what a receipt does with money, and nothing else."""
    settled = await ledger.capture_holds(conn, part, {one.message_id: Cost() for one in commands}, now)
    await ledger.settle(conn, part, settled, _used(commands, now), now)
    return Done([None] * len(commands))


async def capture_counted(conn: Conn, part: int, commands: list[Hold], now: datetime, *, again: bool) -> Done[None]:
    """The same where each of them gets the next place in one count: the hottest row there can be."""
    del again
    key = CountKey(*commands[0].payer, "all", now.date().replace(day=1))
    before = (await counters.move_on(conn, {key: len(commands)}))[key]
    costs = {one.message_id: Cost(one.amount_micros, before + place) for place, one in enumerate(commands, 1)}
    settled = await ledger.capture_holds(conn, part, costs, now)
    await ledger.settle(conn, part, settled, _used(commands, now), now)
    return Done([None] * len(commands))


def _used(commands: Sequence[Hold], now: datetime) -> list[Usage]:
    return [
        Usage(
            one.message_id, one.payer, "100493023125001", one.category, one.market, one.card, one.card_version, one.rule,
            "", None, one.amount_micros, one.amount_micros, one.currency, "regular", now, 0, "400493023125001",
        )
        for one in commands
    ]  # fmt: skip


def measure(moves: int = MOVES) -> tuple[Table, str]:
    """Run both cases through lanes and with single commits."""
    with open_house() as house:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            rows, seen = runner.run(_measure(house, moves))
        notes = [
            f"{moves:,} holds, then as many captures (journal, usage, accounts, chain); {moves // BASELINE_SHARE:,} of each in the baseline.",
            f"Baseline: the same statements, one commit for each, on {CONNECTIONS} connections.",
            *seen,
            "Afterwards: every hold captured once, each account equal to its journal, and the chain whole.",
        ]
        return Table(NAME, "Money through a lane", COLUMNS, rows, notes), machine(house.embedded)


async def _measure(house: House, moves: int) -> tuple[list[tuple[str, ...]], list[str]]:
    async with connect(house.url, name="bench") as conn, conn.transaction():
        await add_prices(conn)
        payers = [(await add_company(conn, PARTS[1], number)).payer for number in range(PAYERS)]
    pool = await open_pool(house.url, name="bench", connections_max=CONNECTIONS)
    async with pool.acquire() as conn:
        await conn.execute("ANALYZE")
    gc.set_threshold(*COLLECT_AFTER)  # as a server has it
    gc.freeze()
    rows: list[tuple[str, ...]] = []
    for name, some in ((f"{PAYERS:,} payers", payers), ("one payer", payers[:1])):
        lane = await _with_lanes(pool, some, moves)
        single = await _with_single_commits(pool, some, moves // BASELINE_SHARE)
        rows += [
            _row(f"{name}, lane", AT_ONCE, lane, f"{lane.lives / single.lives:.1f}"),
            _row(f"{name}, a commit each", CONNECTIONS, single, "1"),
        ]
    rows.append(
        _row("one payer, each counted", AT_ONCE, await _with_lanes(pool, payers[:1], moves, capture_counted), "")
    )
    seen = [await _money_of_a_send(pool, payers, len(payers)), await _money_of_a_send(pool, payers, 1)]
    async with pool.acquire() as conn:
        await _check(conn)
        if (found := await conn.fetchval("SELECT counted FROM counter")) != moves:
            raise RuntimeError(f"{found} of {moves} captures were counted")
        seen.append(await _bytes(conn))
    await close_pool(pool)
    return rows, seen


def _row(name: str, at_once: int, rates: Rates, ratio: str) -> tuple[str, ...]:
    return name, str(at_once), f"{rates.holds:,.0f}", f"{rates.captures:,.0f}", f"{rates.lives:,.0f}", ratio


async def _money_of_a_send(pool: Pool, payers: Sequence[Payer], among: int) -> str:
    """What money adds to a transaction of sends: wallets, holds and the reservation, without the commit."""
    took: list[float] = []
    for _ in range(MONEY_BATCHES):
        holds = holds_of(payers[:among], MONEY_BATCH)
        async with pool.acquire() as conn:
            away = conn.transaction()
            await away.start()
            begun = time.perf_counter()
            await hold(conn, 0, holds, CLOCK.now(), again=False)
            took.append(1000 * (time.perf_counter() - begun))
            await away.rollback()
    took.sort()
    return (
        f"Money in a transaction of {MONEY_BATCH} sends by {min(among, MONEY_BATCH)} payers adds {took[len(took) // 2]:.1f} ms"
        f" (p50), {took[len(took) * 99 // 100]:.1f} ms (p99)."
    )


async def _bytes(conn: Conn) -> str:
    """How large the rows of a message's money are, with their indexes."""
    sizes = []
    for table in ("journal", "usage", "hold"):
        size = await conn.fetchval(f"SELECT pg_total_relation_size('{table}')::float / count(*) FROM {table}")
        sizes.append(f"{table} {size:.0f}")
    return f"Bytes a row, indexes included: {', '.join(sizes)}."


async def _with_lanes(pool: Pool, payers: Sequence[Payer], moves: int, earn: Action[Hold, None] = capture) -> Rates:
    site, wakes = Site(PARTS[1], pool), Wakes()
    holding, capturing = Lanes(hold, site, wakes, CLOCK.now), Lanes(earn, site, wakes, CLOCK.now)
    loops = [asyncio.create_task(lanes.run()) for lanes in (holding, capturing)]
    rates = await _time(
        holds_of(payers, moves), lambda one: holding.submit(0, one), lambda one: capturing.submit(0, one), AT_ONCE
    )
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    return rates


async def _with_single_commits(pool: Pool, payers: Sequence[Payer], moves: int) -> Rates:
    async def hold_one(one: Hold) -> None:
        for _ in range(TRIES_MAX):
            try:
                async with transaction(pool) as conn:
                    await hold(conn, 0, [one], CLOCK.now(), again=False)
            except OverspentError:
                continue
            return

    async def capture_one(one: Hold) -> None:
        async with transaction(pool) as conn:
            await capture(conn, 0, [one], CLOCK.now(), again=False)

    return await _time(holds_of(payers, moves), hold_one, capture_one, CONNECTIONS)


async def _time(holds: Sequence[Hold], hold_one: Do, capture_one: Do, at_once: int) -> Rates:
    return Rates(await rate(holds, hold_one, at_once), await rate(holds, capture_one, at_once))


async def rate(holds: Sequence[Hold], do: Do, at_once: int) -> float:
    """How many of these holds are done a second, so many at once."""
    waiting = iter(holds)

    async def client() -> None:
        for one in waiting:
            await do(one)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(at_once)))
    return len(holds) / (time.perf_counter() - begun)


def holds_of(payers: Sequence[Payer], count: int) -> list[Hold]:
    """So many holds, of these payers in turn."""
    return [
        Hold(CLOCK.new_id(), payers[n % len(payers)], PRICE_MICROS, "EUR", "utility", "DE", CARD, 1, 3)
        for n in range(count)
    ]


async def _check(conn: Conn) -> None:
    open_holds = await conn.fetchval("SELECT count(*) FROM hold WHERE state <> 'captured'")
    wrong = await conn.fetchval(
        "SELECT count(*) FROM account a WHERE a.kind = 'spend' AND (a.pending_micros <> 0 OR a.posted_micros <> (SELECT coalesce(sum(CASE WHEN j.credit = 'spend' THEN j.amount_micros ELSE -j.amount_micros END), 0) FROM journal j WHERE j.part = a.part AND j.contract_id = a.contract_id AND 'spend' IN (j.debit, j.credit)))"
    )
    broken = await conn.fetchval(
        "SELECT count(*) FROM batch b LEFT JOIN batch a ON a.number = b.number - 1 WHERE b.previous <> coalesce(a.hash, $1) OR b.hash <> sha256(b.previous || b.digest)",
        START,
    )
    if open_holds or wrong or broken:
        raise RuntimeError(
            f"{open_holds} holds open, {wrong} accounts differ from their journal, {broken} links broken"
        )
