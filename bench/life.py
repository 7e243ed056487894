"""Whole lives of messages a second: accepted, delivered, read, captured, and told to the company's webhook.

People hold event streams open; when a message comes in their device says that it was read, which captures its money.
A life is over when the company's receiver has heard `sent` and `read` of it. Then everything is counted again in the
database.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import uvloop

from bench.client import Line, Stream, compose
from bench.house import House, Server, analyze, bare, cpu_s, free_port, open_house, serving
from bench.receiver import Receiver, receiving
from bench.report import Table, machine
from bench.sends import request
from bench.world import PRICE_MICROS, Company, Listening, Person, add_company, add_people, add_prices
from takt.store.pool import connect
from takt.store.site import PARTS

NAME: Final = "life"
LIVES: Final = 10_000
SENDING: Final = (16, 128)
EVENTS_PER_POST: Final = (1, 1_000)
PEOPLE: Final = 500
SENDERS: Final = 8
RECEIPT_LINES: Final = 32
WARM_UP_SHARE: Final = 20
WAIT_S_MAX: Final = 120.0
COLUMNS: Final = (
    "events a POST, at most", "senders at once", "lives/s", "sends/s", "behind s", "events in a POST", "bare/s", "ratio", "CPU µs Takt", "CPU µs PG",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to: lives and sends a second, and how long the last life ended after the last send."""

    lives_per_s: float
    sends_per_s: float
    behind_s: float
    events_in_post: float
    server_us: float
    database_us: float


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a run needs but its size: a server on its house, people, and the receiver of all companies."""

    house: House
    server: Server
    people: Sequence[Person]
    receiver: Receiver

    async def live(self, company: Company, lives: int, at_once: int) -> Run:
        """Let so many messages live, sent on so many connections."""
        before = await _counts(self.house.url)
        self.receiver.forget()
        devices = await _open_devices(self.server.port, self.people)
        spent = self._spent()
        begun = time.perf_counter()
        await _send(self.server.port, company, self.people, lives, at_once)
        sent_s = time.perf_counter() - begun
        await self.receiver.wait_until(lambda told: min(told["read"], told["sent"]) >= lives, WAIT_S_MAX)
        lived_s = time.perf_counter() - begun
        used = [now - then for now, then in zip(self._spent(), spent, strict=True)]
        await devices.close()
        _check(lives, before, await _settled_counts(self.house.url, before), self.receiver)
        return Run(
            lives / lived_s, lives / sent_s, lived_s - sent_s, self.receiver.told.total() / self.receiver.posts,
            used[0] / lives * 1e6, used[1] / lives * 1e6,
        )  # fmt: skip

    def _spent(self) -> tuple[float, float]:
        return cpu_s(self.server.pid), cpu_s(self.house.postmaster)


def measure(lives: int = LIVES) -> tuple[Table, str]:
    """Run at both numbers of sending connections, for both ways of taking webhooks."""
    with open_house() as house:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            rows = runner.run(_measure(house, lives))
        return Table(NAME, "Whole lives of messages", COLUMNS, rows, _notes(lives)), machine(house.embedded)


async def _measure(house: House, lives: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    async with receiving(free_port()) as receiver:
        companies, people = await _settle(house, receiver.port)
        with serving(house) as takt, bare(house) as baseline:
            stage = Stage(house, takt, people, receiver)
            for company in companies.values():
                await stage.live(company, lives // WARM_UP_SHARE, SENDING[0])
            await analyze(house.url)
            for at_once in SENDING:
                plain = await _live_barely(baseline, companies[1], people, lives, at_once)
                for events, company in companies.items():
                    run = await stage.live(company, lives, at_once)
                    rows.append(_row(events, at_once, run, plain))
    return rows


async def _settle(house: House, port: int) -> tuple[dict[int, Company], list[Person]]:
    """The companies, by how many events they take in a POST, and the people they write to."""
    url = f"http://127.0.0.1:{port}/hooks"
    async with connect(house.url, name="bench") as conn, conn.transaction():
        await add_prices(conn)
        people = await add_people(conn, PARTS[1], range(PEOPLE))
        companies = {
            events: await add_company(conn, PARTS[1], number, senders=SENDERS, listening=Listening(url, events))
            for number, events in enumerate(EVENTS_PER_POST)
        }
    return companies, people


async def _live_barely(server: Server, company: Company, people: Sequence[Person], lives: int, at_once: int) -> float:
    """The same requests to the bare handler, a send and a receipt for each life; lives a second."""
    begun = time.perf_counter()
    await asyncio.gather(
        _send(server.port, company, people, lives, at_once), _acknowledge(server.port, people[0], lives, at_once)
    )
    return lives / (time.perf_counter() - begun)


async def _send(port: int, company: Company, people: Sequence[Person], lives: int, at_once: int) -> None:
    asked = (request(company, (n + n // PEOPLE) % SENDERS, people[n % PEOPLE]) for n in itertools.count())
    composed = (compose("POST", one.path, one.token, one.body.encode()) for one in itertools.islice(asked, lives))
    await asyncio.gather(*(_ask_all(port, composed) for _ in range(at_once)))


async def _acknowledge(port: int, person: Person, lives: int, at_once: int) -> None:
    receipts = iter([_receipt(person, through) for through in range(lives)])
    await asyncio.gather(*(_ask_all(port, receipts) for _ in range(at_once)))


async def _ask_all(port: int, requests: Iterator[bytes]) -> None:
    line = await Line.open(port)
    for one in requests:
        answer = await line.ask(one)
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {answer.body.decode()}")
    line.close()


def _receipt(person: Person, through: int) -> bytes:
    body = json.dumps({"status": "read", "through": through}).encode()
    return compose("POST", "/device/v1/receipts", person.device, body)


class _Devices:
    """The devices of all people: each says that it read what its stream brings, with one receipt under way at a time."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = people
        self._through = [0] * len(people)
        self._noted: asyncio.Queue[int] = asyncio.Queue()
        self._waiting = [False] * len(people)
        self._streams: list[Stream] = []
        self._loops: list[asyncio.Task[None]] = []

    async def open(self, port: int) -> None:
        """Open all streams, then begin to acknowledge."""
        for place, person in enumerate(self._people):
            stream = Stream("/device/v1/events", person.device, self._hearing(place))
            await stream.open(port)
            self._streams.append(stream)
        async with asyncio.timeout(WAIT_S_MAX):
            for stream in self._streams:
                await stream.greeted.wait()
        self._loops = [asyncio.create_task(self._acknowledge(port)) for _ in range(RECEIPT_LINES)]

    async def close(self) -> None:
        """Let go of everything."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        for stream in self._streams:
            stream.close()

    def _hearing(self, place: int) -> Any:
        def heard(name: str, text: bytes) -> None:
            if name != "message":
                return
            self._through[place] = json.loads(text)["cursor"]
            if not self._waiting[place]:
                self._waiting[place] = True
                self._noted.put_nowait(place)

        return heard

    async def _acknowledge(self, port: int) -> None:
        line = await Line.open(port)
        while True:
            place = await self._noted.get()
            self._waiting[place] = False
            answer = await line.ask(_receipt(self._people[place], self._through[place]))
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {answer.body.decode()}")


async def _open_devices(port: int, people: Sequence[Person]) -> _Devices:
    devices = _Devices(people)
    await devices.open(port)
    return devices


async def _counts(url: str) -> dict[str, int]:
    async with connect(url, name="bench") as conn:
        row = await conn.fetchrow(
            "SELECT (SELECT count(*) FROM message WHERE status = 'read') AS read, (SELECT count(*) FROM hold WHERE state = 'captured') AS captured, (SELECT count(*) FROM hold WHERE state = 'held') AS held, (SELECT count(*) FROM journal WHERE kind = 'capture') AS booked, (SELECT sum(posted_micros) FROM account WHERE kind LIKE 'revenue:%')::bigint AS earned, (SELECT sum(pending_micros) FROM account)::bigint AS pending, (SELECT count(*) FROM outbox WHERE state = 'done') AS told, (SELECT count(*) FROM outbox WHERE state = 'owed') AS owed"
        )
    assert row is not None
    return dict(row)


async def _settled_counts(url: str, before: dict[str, int]) -> dict[str, int]:
    """The counts once the webhook loop has noted what the receiver took."""
    async with asyncio.timeout(WAIT_S_MAX):
        while (counts := await _counts(url))["owed"]:  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.1)
    return {name: counts[name] - before[name] for name in counts}


def _check(lives: int, before: dict[str, int], grown: dict[str, int], receiver: Receiver) -> None:
    right = {
        "read": lives, "captured": lives, "held": 0, "booked": lives, "earned": lives * PRICE_MICROS, "pending": 0,
        "told": 2 * lives, "owed": 0,
    }  # fmt: skip
    if grown != right or before["held"] or receiver.told["read"] != lives:
        raise RuntimeError(f"expected {right}, found {grown}; the receiver heard {receiver.told}")


def _row(events: int, at_once: int, run: Run, plain: float) -> tuple[str, ...]:
    return (
        f"{events:,}", str(at_once), f"{run.lives_per_s:,.0f}", f"{run.sends_per_s:,.0f}", f"{run.behind_s:.1f}",
        f"{run.events_in_post:.0f}", f"{plain:,.0f}", f"{run.lives_per_s / plain:.2f}", f"{run.server_us:.0f}",
        f"{run.database_us:.0f}",
    )  # fmt: skip


def _notes(lives: int) -> list[str]:
    return [
        f"{lives:,} lives of paid templates to {PEOPLE} people, each with an open event stream; load: own asyncio generator, in one process with devices and receiver.",
        "A life is a send, an event on a stream, a receipt that captures, and two webhook events (sent, read).",
        "Baseline: bare Starlette routes that answer the same sends and one receipt for each, and do nothing else.",
        "A warm-up and ANALYZE come first, as with sends.",
        "Counted in the database afterwards: messages read, holds captured, journal, accounts, outbox done.",
    ]
