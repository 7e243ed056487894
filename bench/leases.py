"""Holds a second of one payer whose messages go to four parts at once: each batch on its wallet, and on leases.

Both in turn, three times each in one run; the middle one counts.
"""

import asyncio
from datetime import datetime
from itertools import count
from typing import Final

import uvloop

from bench.house import House, open_house
from bench.ledger import CONNECTIONS, holds_of, rate
from bench.report import Table, machine
from bench.world import add_company, add_prices
from takt.actions import leasing
from takt.actions.leasing import Flows
from takt.actions.outcome import Done
from takt.clock import CLOCK
from takt.core import ledger as rules
from takt.core.entries import Payer
from takt.core.ids import SLOTS
from takt.lanes import Action, Lanes
from takt.store import ledger
from takt.store.audit import ledger_faults
from takt.store.ledger import Hold
from takt.store.pool import Conn, Pool, close_pool, connect, open_pool
from takt.store.site import PARTS, Site
from takt.wakes import Wakes

NAME: Final = "leases"
PARTS_HERE: Final = PARTS[4]
CROWDS: Final = ((8, 1_500), (64, 8_000), (512, 16_000))
TURNS: Final = 3
COLUMNS: Final = ("at once", "on the wallet, holds/s", "on leases, holds/s", "ratio")


def measure() -> tuple[Table, str]:
    """Run every crowd with and without leases, in turn."""
    with open_house() as house:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            rows = runner.run(_measure(house))
        notes = [
            f"Four parts, a lane each, {CONNECTIONS} connections; money without messages. The middle of {TURNS} runs each, in turn.",
            "Afterwards: the audit finds what is pending to be the open holds and the rests of open leases.",
        ]
        return Table(NAME, "One payer over four parts", COLUMNS, rows, notes), machine(house.embedded)


async def _measure(house: House) -> list[tuple[str, ...]]:
    async with connect(house.url, name="bench") as conn, conn.transaction():
        await add_prices(conn)
        payer = (await add_company(conn, PARTS_HERE, 0)).payer
    pool = await open_pool(house.url, name="bench", connections_max=CONNECTIONS)
    rows = [await _crowd(pool, payer, at_once, moves) for at_once, moves in CROWDS]
    async with pool.acquire() as conn:
        faults = await ledger_faults(conn, PARTS_HERE)
    await close_pool(pool)
    if faults:
        raise RuntimeError("; ".join(faults))
    return rows


async def _crowd(pool: Pool, payer: Payer, at_once: int, moves: int) -> tuple[str, ...]:
    plain: list[float] = []
    leased: list[float] = []
    for _ in range(TURNS):
        plain.append(await _run(pool, payer, at_once, moves, None))
        leased.append(await _run(pool, payer, at_once, moves, Flows()))
    without, with_them = sorted(plain)[TURNS // 2], sorted(leased)[TURNS // 2]
    return str(at_once), f"{without:,.0f}", f"{with_them:,.0f}", f"{with_them / without:.2f}"


async def _run(pool: Pool, payer: Payer, at_once: int, moves: int, flows: Flows | None) -> float:
    lanes = Lanes(_holding(flows), Site(PARTS_HERE, pool), Wakes(), CLOCK.now)
    loops = asyncio.create_task(lanes.run())
    turn = count()
    each = SLOTS // len(PARTS_HERE)
    found = await rate(
        holds_of([payer], moves), lambda one: lanes.submit(next(turn) % len(PARTS_HERE) * each, one), at_once
    )
    loops.cancel()
    await asyncio.gather(loops, return_exceptions=True)
    return found


def _holding(flows: Flows | None) -> Action[Hold, None]:
    async def hold(conn: Conn, part: int, commands: list[Hold], now: datetime, *, again: bool) -> Done[None]:
        """What a send does with money, and nothing else."""
        wallets = await leasing.wallets(conn, {one.payer for one in commands}, now, PARTS_HERE if again else ())
        for one in commands:
            held = rules.hold(wallets[one.payer], one.amount_micros)
            assert held is not None, "the company here has money enough"
            wallets[one.payer] = held.wallet
        await ledger.add_holds(conn, part, commands, now)
        await leasing.reserve(conn, part, commands, wallets, None if again else flows, now)
        return Done([None] * len(commands))

    return hold
