"""How fast marketing is decided: a batch of 200 by score, beside the plainest cap on the same batch; then with a database.

There the action itself loads what is believed of the people and decides, and writes the rows of the log in the same
transaction: all that admission adds to a send of marketing.
"""

import asyncio
import gc
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

import numpy as np
import uvloop

from bench.house import House, analyze, open_house
from bench.report import Table, machine
from takt.actions import admitting
from takt.actions.admitting import Ask
from takt.app import COLLECT_AFTER
from takt.clock import CLOCK
from takt.core.admission import belief, exploration, hazard, outlook, scoring
from takt.core.admission.arrays import places
from takt.core.admission.book import ANYWHERE, Book, Segment
from takt.core.admission.outlook import GRID, Prospect, Stakes
from takt.core.admission.scoring import Candidates, Taste
from takt.core.admission.settings import Admission
from takt.core.admission.shadow import ShadowPrice
from takt.core.tact import TactPolicy
from takt.store import admissions
from takt.store.pool import Conn, connect
from takt.store.recipients import LockedRecipient

NAME: Final = "admitting"
BATCH: Final = 200
SECONDS: Final = 4.0
BATCHES: Final = 2_000
"""So many are decided with a database: a p99 is what the twenty slowest took."""
PEOPLE: Final = 20_000
OWNERS: Final = 20
EACH: Final = 6
SHADOW: Final = 0.3
COLUMNS: Final = ("case", "decisions per s", "p50 ms", "p99 ms", "p99 ms of processor time", "times the cap's p50")


def measure(seconds: float = SECONDS) -> tuple[Table, str]:
    """Time batches of 200."""
    cases = (("a plain weekly cap", _cap()), ("by score, every term kept", _score()))
    spans = [(name, _spans(call, seconds)) for name, call in cases]
    first = float(np.median(spans[0][1][0]))
    with open_house() as house, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        spans += runner.run(_with_facts(house))
        here = machine(house.embedded)
    rows = [
        (
            name, f"{BATCH / float(np.mean(span)):,.0f}", f"{1e3 * float(np.median(span)):.3f}",
            f"{1e3 * float(np.quantile(span, 0.99)):.3f}", f"{1e3 * float(np.quantile(own, 0.99)):.3f}",
            f"{float(np.median(span)) / first:,.1f}",
        )
        for name, (span, own) in spans
    ]  # fmt: skip
    notes = [
        f"Batches of {BATCH} messages, one thread; the baseline is a cap with the dearest first, on arrays as well.",
        f"With a database: {PEOPLE:,} people with what is believed of each and of {OWNERS} owners, one connection, no other load.",
        f"There {BATCHES:,} batches were timed.",
        "Garbage is collected as in the server.",
        "There every term of every decision is kept.",
        "A send opens its transaction anyway: begin and commit count only where the log's rows are written.",
    ]
    return Table(NAME, "Admission of marketing", COLUMNS, rows, notes), here


def _score() -> Callable[[], object]:
    model, chance = hazard.prior(), np.random.default_rng(1)
    ahead = outlook.outlook(_prospect(), 4.0, Stakes())
    person = chance.integers(0, 150, BATCH)
    tolerance = chance.normal(0, 1, (BATCH, len(model.nodes)))
    seen = [chance.normal(0, 1, BATCH) for _ in range(2)]
    price, pressure, lot = chance.uniform(0.05, 0.15, BATCH), chance.uniform(0, 6, BATCH), chance.random(BATCH)
    multiplier = exploration.multipliers(chance.random(BATCH), 0.03)
    room = np.full(BATCH, 7)

    def decide() -> object:
        offered = Candidates(
            price, seen[0], seen[1], pressure, belief.weights(model, tolerance), np.ones(BATCH), np.zeros(BATCH)
        )
        chances = hazard.chances(model, offered.content, offered.affinity, offered.pressure)
        terms = scoring.weigh(ahead, Taste(0.1), offered, chances)
        passed = scoring.best(terms.score, 0.0, person, room)
        return exploration.draw(passed, multiplier, lot), exploration.propensities(passed, 0.03), terms

    return decide


async def _with_facts(house: House) -> list[tuple[str, tuple[list[float], list[float]]]]:
    async with connect(house.url, name="bench") as conn:
        new = [CLOCK.new_id() for _ in range(OWNERS)]
        owners = [
            row[0] for row in await conn.fetch("SELECT unnest($1::uuid[])", new)
        ]  # as the reference rows have them
        people = await _add_people(conn, owners)
        await analyze(house.url)
        gc.set_threshold(*COLLECT_AFTER)
        gc.freeze()
        chance = np.random.default_rng(3)
        policy, book = TactPolicy(admission=Admission(mode="priced")), _book()
        found = []
        for name, writes in (("by score, facts loaded", False), ("by score, facts loaded, log written", True)):
            spans: tuple[list[float], list[float]] = ([], [])
            for _ in range(BATCHES):
                asks = _asks(people, owners, chance)
                used, before = time.thread_time(), time.perf_counter()
                await _decide(conn, policy, book, asks, writes=writes)
                spans[1].append(time.thread_time() - used)
                spans[0].append(time.perf_counter() - before)
            found.append((name, spans))
    return found


async def _decide(conn: Conn, policy: TactPolicy, book: Book, asks: list[Ask], *, writes: bool) -> None:
    now = CLOCK.now()
    if not writes:
        await admitting.load(conn, 0, policy, book, asks, now)
        return
    async with conn.transaction():
        loaded = await admitting.load(conn, 0, policy, book, asks, now)
        await admissions.add(conn, 0, [one.decision for one in loaded.opinions], now)


def _asks(people: list[UUID], owners: list[UUID], chance: np.random.Generator) -> list[Ask]:
    now = CLOCK.now()
    asks = []
    for place in chance.integers(0, len(people), BATCH):
        person = LockedRecipient(people[place], "", "", "", "DE", 0, read_receipts=True)
        person.exposure, person.exposed_at = float(chance.uniform(0, 4)), now - timedelta(days=1)
        price = int(chance.uniform(50_000, 150_000))
        asks.append(Ask(CLOCK.new_id(), person, owners[int(chance.integers(0, OWNERS))], "", price))
    return asks


def _book() -> Book:
    ahead = outlook.outlook(_prospect(), SHADOW, Stakes())
    values = tuple(tuple(row) for row in ahead.values.tolist())
    return Book(segments={ANYWHERE: Segment(ShadowPrice(SHADOW), 0, values)}, key=b"bench")


async def _add_people(conn: Conn, owners: list[UUID]) -> list[UUID]:
    people = [CLOCK.new_id() for _ in range(PEOPLE)]
    await conn.execute(
        "INSERT INTO recipient (part, recipient_id, wa_id, user_code, name, market, created_at)"
        " SELECT 0, u.id, (4915000000000 + u.n)::text, 'DE.' || u.n, '', 'DE', now()"
        " FROM unnest($1::uuid[]) WITH ORDINALITY u(id, n)",
        people,
    )
    await conn.execute(
        "INSERT INTO belief (part, recipient_id, logs, owners, means, variances)"
        " SELECT 0, u.id, ARRAY[-2, -1, -0.5, 0, -0.1, -0.3, -1], $2, $3, $4 FROM unnest($1::uuid[]) u(id)",
        people, owners[:EACH], [0.3] * EACH, [1.0] * EACH,
    )  # fmt: skip
    return [row[0] for row in await conn.fetch("SELECT recipient_id FROM recipient WHERE part = 0")]


def _cap() -> Callable[[], object]:
    chance = np.random.default_rng(1)
    person, price = chance.integers(0, 150, BATCH), chance.uniform(0.05, 0.15, BATCH)
    room = chance.integers(0, 3, BATCH)

    def decide() -> object:
        order = np.lexsort((-price, person))
        passed = np.zeros(BATCH, bool)
        passed[order] = places(person, order) < room[order]
        return passed

    return decide


def _prospect() -> Prospect:
    model, chance, count = hazard.prior(), np.random.default_rng(2), 100
    content, affinity, grid = chance.standard_normal(count), chance.standard_normal(count), len(GRID)
    flat = hazard.chances(model, np.repeat(content, grid), np.repeat(affinity, grid), np.tile(GRID, count))
    chances = flat.reshape(len(hazard.OUTCOMES), count, grid, len(model.nodes)).transpose(0, 3, 1, 2)
    return Prospect(np.full(count, 0.09), np.zeros(count), chances, np.ones(count), 0.7)


def _spans(call: Callable[[], object], seconds: float) -> tuple[list[float], list[float]]:
    """How long each call took: by the clock, and of the processor's time."""
    found: list[float] = []
    own: list[float] = []
    begun = time.perf_counter()
    while (before := time.perf_counter()) - begun < seconds:
        used = time.thread_time()
        call()
        own.append(time.thread_time() - used)
        found.append(time.perf_counter() - before)
    return found, own
