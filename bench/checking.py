"""What the check of money adds to a send: the same sends by a card that charges and by one by which nothing costs anything.

By the free card a message is rated, and that is all: no wallet is read, nothing is held, no balance is moved. Paid and
free sends are pressed in turns on one server and one database, so that what else the machine does hits both.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import Final

from bench.house import House, analyze, open_house, serving
from bench.load import press
from bench.report import Table, machine
from bench.sends import Case, Run, pressed, spread
from bench.world import CARD, FREE_CARD, Company, add_company, add_people, add_prices
from takt.store.pool import connect
from takt.store.site import PARTS

NAME: Final = "checking"
CONNECTIONS: Final = (1, 16, 128)
TURNS: Final = 4
SECONDS: Final = 2.0
WARM_UP_S: Final = 2.0
PEOPLE: Final = 2_000
PAYERS: Final = 40

COLUMNS: Final = (
    "payers", "connections", "sends/s", "p50 ms", "p99 ms", "CPU µs Takt", "CPU µs PG", "free: sends/s", "p50 ms",
    "p99 ms", "CPU µs Takt", "CPU µs PG", "added p50 ms", "added p99 ms", "ratio of sends/s",
)  # fmt: skip


def measure() -> tuple[Table, str]:
    """Press paid and free sends in turns, at each number of connections."""
    rows: list[tuple[str, ...]] = []
    with open_house() as house:
        pairs = asyncio.run(_settle(house))
        with serving(house) as takt:
            for pair in pairs.values():
                for one in pair:
                    press(takt.port, one.requests, connections=CONNECTIONS[-1], seconds=WARM_UP_S)
            asyncio.run(analyze(house.url))
            for connections in CONNECTIONS:
                for payers, pair in pairs.items():
                    runs: tuple[list[Run], list[Run]] = ([], [])
                    for turn in range(TURNS):
                        for place in (0, 1) if turn % 2 else (1, 0):
                            runs[place].append(pressed(house, takt, pair[place], connections, SECONDS))
                    rows.append(_row(payers, connections, *runs))
        return Table(NAME, "What the check of money adds to a send", COLUMNS, rows, _notes()), machine(house.embedded)


async def _settle(house: House) -> dict[int, tuple[Case, Case]]:
    """For one payer and for many: the sends that cost something, and those that do not."""
    parts = PARTS[1]
    async with connect(house.url, name="bench") as conn, conn.transaction():
        await add_prices(conn)
        people = await add_people(conn, parts, range(PEOPLE))
        found: dict[int, list[Case]] = {1: [], PAYERS: []}
        for place, card in enumerate((CARD, FREE_CARD)):
            one = await add_company(conn, parts, 100 * place, senders=PAYERS, card=card)
            many = [await add_company(conn, parts, 100 * place + 1 + n, card=card) for n in range(PAYERS)]
            found[1].append(Case(card, spread(people, partial(_of_one, one))))
            found[PAYERS].append(Case(card, spread(people, partial(_of_many, many))))
    return {payers: (paid, free) for payers, (paid, free) in found.items()}


def _of_one(one: Company, number: int) -> tuple[Company, int]:
    return one, number % PAYERS


def _of_many(many: Sequence[Company], number: int) -> tuple[Company, int]:
    return many[number % PAYERS], 0


def _row(payers: int, connections: int, paid: Sequence[Run], free: Sequence[Run]) -> tuple[str, ...]:
    first, second = _medians(paid), _medians(free)
    return (
        str(payers), str(connections), *_shown(first), *_shown(second),
        f"{first[1] - second[1]:+.2f}", f"{first[2] - second[2]:+.2f}", f"{first[0] / second[0]:.2f}",
    )  # fmt: skip


def _medians(runs: Sequence[Run]) -> tuple[float, float, float, float, float]:
    return (
        median(one.load.per_s for one in runs), median(one.load.p50_ms for one in runs),
        median(one.load.p99_ms for one in runs), median(one.server_us for one in runs),
        median(one.database_us for one in runs),
    )  # fmt: skip


def _shown(figures: tuple[float, float, float, float, float]) -> tuple[str, ...]:
    return (f"{figures[0]:,.0f}", *(f"{one:.2f}" for one in figures[1:3]), *(f"{one:.0f}" for one in figures[3:]))


def _notes() -> list[str]:
    return [
        f"{TURNS} turns of {SECONDS:.0f} s each, paid and free one after the other, every second turn the other way round; medians.",
        "Closed loop, one part, one Takt process; the same templates to the same people; one payer has as many senders.",
        "A paid send: its wallet is read, its price held, its balance moved in the transaction that accepts it. A free one is rated only.",
        "Every answered send was found in the database afterwards. CPU is processor time per send.",
    ]
