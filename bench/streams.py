"""Thousands of idle event streams: memory for each, and how soon one of them hears of a message to its person.

Three moments are taken: when the send begins, when it is answered (committed), and when the stream brings the message.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import uvloop

from bench.client import Line, Stream, compose
from bench.house import House, Server, analyze, bare, open_house, rss_bytes, serving
from bench.load import percentile
from bench.report import Table, machine
from bench.sends import request
from bench.world import Company, Person, add_company, add_people, add_prices
from takt.store.pool import connect
from takt.store.site import PARTS

NAME: Final = "streams"
STREAMS: Final = 5_000
WAKES: Final = 500
WOKEN: Final = 100
OPENING_AT_ONCE: Final = 50
OPEN_S_MAX: Final = 120.0
CALM_S: Final = 3.0
WAKE_S_MAX: Final = 10.0
PAUSE_S: Final = 0.01
COLUMNS: Final = (
    "server", "streams", "opened/s", "MiB before", "KiB a stream", "send to event p50 ms", "p99 ms",
    "answer to event p50 ms", "p99 ms",
)  # fmt: skip


@dataclass(slots=True)
class Ear:
    """One open stream, and when it last heard a message."""

    person: Person
    stream: Stream = field(init=False)
    heard_s: float = 0.0
    hears: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, name: str, _text: bytes) -> None:
        """Note the moment."""
        if name == "message":
            self.heard_s = time.perf_counter()
            self.hears.set()


@dataclass(frozen=True, slots=True)
class Run:
    """Resident memory of the server before and with the streams, how fast they opened, and the two delays."""

    before_bytes: int
    with_bytes: int
    opened_per_s: float
    from_send_s: list[float]
    from_answer_s: list[float]


def measure(streams: int = STREAMS) -> tuple[Table, str]:
    """Run the bare handler and Takt with the same people."""
    with open_house() as house, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        company, people = runner.run(_settle(house, streams))
        runner.run(analyze(house.url))
        with bare(house) as server:
            plain = runner.run(_run(server, company, people, lambda person: f"?wa_id={person.wa_id}"))
        with serving(house) as server:
            takt = runner.run(_run(server, company, people, lambda _: ""))
        rows = [_row("Takt", streams, takt), _row("bare Starlette", streams, plain)]
        return Table(NAME, "Idle event streams", COLUMNS, rows, _notes()), machine(house.embedded)


async def _settle(house: House, streams: int) -> tuple[Company, list[Person]]:
    async with connect(house.url, name="bench") as conn, conn.transaction():
        await add_prices(conn)
        people = await add_people(conn, PARTS[1], range(streams))
        return await add_company(conn, PARTS[1], 0), people


async def _run(server: Server, company: Company, people: Sequence[Person], query: Callable[[Person], str]) -> Run:
    line = await Line.open(server.port)
    await _send(line, company, people[0])
    before = rss_bytes(server.pid)
    begun = time.perf_counter()
    ears = await _open_all(server.port, people, query)
    opened_per_s = len(ears) / (time.perf_counter() - begun)
    await asyncio.sleep(CALM_S)
    after = rss_bytes(server.pid)
    from_send, from_answer = [], []
    for ear in itertools.islice(itertools.cycle(ears[:: max(1, len(ears) // WOKEN)]), WAKES):
        sent, answered, heard = await _wake(line, company, ear)
        from_send.append(heard - sent)
        from_answer.append(max(0.0, heard - answered))
        await asyncio.sleep(PAUSE_S)
    for ear in ears:
        ear.stream.close()
    line.close()
    return Run(before, after, opened_per_s, from_send, from_answer)


async def _open_all(port: int, people: Sequence[Person], query: Callable[[Person], str]) -> list[Ear]:
    """Open a stream for each person, some at a time, and wait until all are greeted."""
    ears = [Ear(person) for person in people]
    waiting = iter(ears)

    async def open_some() -> None:
        for ear in waiting:
            ear.stream = Stream(f"/device/v1/events{query(ear.person)}", ear.person.device, ear.hear)
            await ear.stream.open(port)
            await ear.stream.greeted.wait()

    async with asyncio.timeout(OPEN_S_MAX):
        await asyncio.gather(*(open_some() for _ in range(OPENING_AT_ONCE)))
    return ears


async def _wake(line: Line, company: Company, ear: Ear) -> tuple[float, float, float]:
    ear.hears.clear()
    sent = time.perf_counter()
    await _send(line, company, ear.person)
    answered = time.perf_counter()
    async with asyncio.timeout(WAKE_S_MAX):
        await ear.hears.wait()
    return sent, answered, ear.heard_s


async def _send(line: Line, company: Company, person: Person) -> None:
    one = request(company, 0, person)
    answer = await line.ask(compose("POST", one.path, one.token, one.body.encode()))
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {answer.body.decode()}")


def _row(name: str, streams: int, run: Run) -> tuple[str, ...]:
    delays = [
        f"{percentile(some, rank) * 1e3:.1f}" for some in (run.from_send_s, run.from_answer_s) for rank in (50, 99)
    ]
    each = (run.with_bytes - run.before_bytes) / streams / 1024
    return (
        name, f"{streams:,}", f"{run.opened_per_s:,.0f}", f"{run.before_bytes / 2**20:.0f}", f"{each:.1f}", *delays,
    )  # fmt: skip


def _notes() -> list[str]:
    return [
        f"Resident memory of the server process, {CALM_S:.0f} s after the last stream was greeted; {WAKES} messages one after the other, each to one of the streams. Load: own asyncio generator.",
        "An event may arrive before the answer to its send does; that counts as 0.",
        "Baseline: a Starlette route that streams from an in-process event, without token, log or database.",
    ]
