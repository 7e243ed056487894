"""Accepted durable sends a second over HTTP, beside a bare handler on the same server software.

Every send is a paid template: token, policy, price, hold, message, inbox number, thread and account are read, written
and committed before the answer. What was answered is counted again in the database.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.house import House, Server, analyze, bare, cpu_s, open_house, serving
from bench.load import Load, Request, generator, press
from bench.report import Table, machine
from bench.world import TEMPLATE, Company, Person, add_company, add_people, add_prices
from takt.store.pool import connect
from takt.store.site import PARTS

NAME: Final = "sends"
CONNECTIONS: Final = (16, 128, 512)
SECONDS: Final = 5.0
WARM_UP_S: Final = 2.0
SETTLE_S: Final = 1.0
PEOPLE: Final = 2_000
PAYERS: Final = 40
REQUESTS: Final = 16_000
# A sender may write to a person 45 times at once and then every six seconds: more needs more senders.
SENDERS: Final = 8
SENDERS_OF_ONE: Final = 6_000

COLUMNS: Final = (
    "case", "connections", "sends/s", "p50 ms", "p99 ms", "bare/s", "bare p99 ms", "ratio", "CPU µs Takt", "CPU µs PG",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One shape of load: the requests to send, over and over."""

    name: str
    requests: Sequence[Request]


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement of Takt: the load, and processor time per send of the server and of the database."""

    load: Load
    server_us: float
    database_us: float


def measure(seconds: float = SECONDS) -> tuple[Table, str]:
    """Run all cases at all numbers of connections."""
    rows: list[tuple[str, ...]] = []
    plains: dict[int, Load] = {}
    with open_house() as house:
        cases = asyncio.run(_settle(house))
        with serving(house) as takt, bare(house) as baseline:
            for one in (takt, baseline):
                press(one.port, cases[0].requests, connections=CONNECTIONS[0], seconds=WARM_UP_S)
            asyncio.run(analyze(house.url))
            for connections in CONNECTIONS:
                plain = press(baseline.port, cases[0].requests, connections=connections, seconds=seconds)
                if plain.refused or plain.broken:
                    raise RuntimeError(f"the baseline failed: {plain}")
                for case in cases:
                    run = pressed(house, takt, case, connections, seconds)
                    rows.append(_row(case.name, connections, run, plain))
                plains[connections] = plain
        with serving(house, TAKT_WORKERS="2") as both:
            press(both.port, cases[0].requests, connections=CONNECTIONS[0], seconds=WARM_UP_S)
            for connections in CONNECTIONS:
                run = pressed(house, both, cases[0], connections, seconds)
                rows.append(_row(f"{cases[0].name}, two processes", connections, run, plains[connections]))
        return Table(NAME, "Accepted durable sends over HTTP", COLUMNS, rows, _notes()), machine(house.embedded)


def pressed(house: House, server: Server, case: Case, connections: int, seconds: float) -> Run:
    """One measurement of a case; RuntimeError when something was refused, or is not in the database."""
    before = _at_rest(house.url)
    spent = _spent(house, server)
    load = press(server.port, case.requests, connections=connections, seconds=seconds)
    written = _at_rest(house.url) - before
    used = [after - was for after, was in zip(_spent(house, server), spent, strict=True)]
    answered = load.count - load.refused
    if load.broken or load.refused or not answered <= written <= answered + connections:
        raise RuntimeError(f"{case.name}: {load}, but {written} messages in the database")
    return Run(load, used[0] / written * 1e6, used[1] / written * 1e6)


def _at_rest(url: str) -> int:
    """The accepted messages, counted when no more come: sends that a load left unanswered are accepted after its end."""
    seen, count = -1, asyncio.run(_accepted(url))
    while count != seen:
        time.sleep(SETTLE_S)
        seen, count = count, asyncio.run(_accepted(url))
    return count


def _spent(house: House, server: Server) -> tuple[float, float]:
    return cpu_s(server.pid), cpu_s(house.postmaster)


async def _accepted(url: str) -> int:
    async with connect(url, name="bench") as conn:
        return int(await conn.fetchval("SELECT count(*) FROM message WHERE cursor IS NOT NULL"))


async def _settle(house: House) -> list[Case]:
    parts = PARTS[1]
    async with connect(house.url, name="bench") as conn, conn.transaction():
        await add_prices(conn)
        people = await add_people(conn, parts, range(PEOPLE))
        one = await add_company(conn, parts, 0, senders=SENDERS)
        crowd = await add_company(conn, parts, 1, senders=SENDERS_OF_ONE)
        payers = [await add_company(conn, parts, 2 + number) for number in range(PAYERS)]
    return [
        Case("spread recipients, one payer", spread(people, lambda n: (one, n % SENDERS))),
        Case(f"spread recipients, {PAYERS} payers", spread(people, lambda n: (payers[n % PAYERS], 0))),
        Case("one recipient, one payer", [request(crowd, n, people[0]) for n in range(SENDERS_OF_ONE)]),
    ]


def spread(people: Sequence[Person], who: Callable[[int], tuple[Company, int]]) -> list[Request]:
    """Requests round all people again and again, each time shifted by one sender or payer."""
    return [request(*who(n + n // PEOPLE), people[n % PEOPLE]) for n in range(REQUESTS)]


def request(company: Company, sender: int, person: Person) -> Request:
    """A send of the paid template from a company's n-th sender to a person."""
    body = {
        "messaging_product": "whatsapp",
        "to": person.wa_id,
        "type": "template",
        "template": {
            "name": TEMPLATE,
            "language": {"code": "de"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "Mara"}, {"type": "text", "text": "4711"}]}
            ],
        },
    }
    return Request(f"/v24.0/{company.senders[sender]}/messages", company.token, json.dumps(body, separators=(",", ":")))


def _row(case: str, connections: int, run: Run, plain: Load) -> tuple[str, ...]:
    load = run.load
    return (
        case, str(connections), f"{load.per_s:,.0f}", f"{load.p50_ms:.1f}", f"{load.p99_ms:.1f}",
        f"{plain.per_s:,.0f}", f"{plain.p99_ms:.1f}", f"{load.per_s / plain.per_s:.2f}",
        f"{run.server_us:.0f}", f"{run.database_us:.0f}",
    )  # fmt: skip


def _notes() -> list[str]:
    return [
        f"Load: {generator()}, closed loop; one part, one Takt process unless two are named, no webhook endpoint (see life for those).",
        "Baseline: a Starlette route on Granian with the same settings that parses the same body and answers the same bytes.",
        f"{PEOPLE:,} spread recipients; the one recipient hears from {SENDERS_OF_ONE:,} senders, because the pair rate stands as it is for everyone.",
        "A warm-up and ANALYZE come first: on a database of the first minute, without statistics, sends cost about twice.",
        "Every answered send was found in the database afterwards. CPU is processor time per send, the desk's projection included.",
    ]
