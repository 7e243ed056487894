"""Exactly once, although servers and PostgreSQL are killed hard under load.

Programs send, people write and read, a receiver takes webhooks; at moments drawn from a seed a server, the postmaster or
a backend gets SIGKILL. Afterwards everything comes to rest, and what clients were told is compared with what database
and receiver hold. There are four parts, so that money lies in leases when something dies; one company runs out of it.
`TAKT_CRASH_SEED=… make test ARGS=tests/crash` plays a seed again.
"""

import asyncio
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import environ
from pathlib import Path
from typing import Final

import pytest

from bench.house import House, Server, open_house, serving
from bench.world import FUNDS_MICROS, PRICE_MICROS, Company, Listening, Person, add_company, add_people, add_prices
from takt.store.audit import ledger_faults
from takt.store.pool import connect
from takt.store.site import PARTS
from tests.crash import plan, record
from tests.crash.compare import Heard, differences, heard
from tests.crash.killing import Killed, kill_all
from tests.crash.people import Crowd, Told
from tests.crash.plan import PEOPLE, Plan
from tests.crash.quiet import make_some_wait
from tests.crash.record import Record
from tests.receiver import Got, Receiver, Reply, receiving

EVENTS_PER_POST: Final = (1, 1000)
FUNDS: Final = (FUNDS_MICROS, 300 * PRICE_MICROS)
PARTS_HERE: Final = PARTS[4]
SENDERS: Final = 2
DEVICE_LOOPS: Final = 4
LAST_ANSWERS_S_MAX: Final = 30.0
SETTLE_ROUNDS_MAX: Final = 60
SETTLE_PAUSE_S: Final = 0.5
REFUSED_EACH: Final = 40
REPEATS: Final = 20
ENOUGH: Final = 500


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    told: Told
    record: Record
    events: Heard
    killed: Sequence[Killed]
    people: Sequence[Person]
    troubles: Sequence[str]
    waited: int


@pytest.mark.timeout(240)
def test_nothing_is_lost_or_doubled_when_everything_is_killed(out_folder: Path) -> None:
    seed = int(environ.get("TAKT_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    drawn = plan.draw(seed, len(EVENTS_PER_POST) * SENDERS)
    _say(f"TAKT_CRASH_SEED={seed}")
    with open_house(len(PARTS_HERE)) as house, serving(house, TAKT_PARTS=str(len(PARTS_HERE))) as server:
        ended = asyncio.run(_play(house, server, drawn))
        log = shutil.copy(server.log, out_folder / "crash-server.log")
    told = ended.told
    _say(
        f"killed and silent: {', '.join(f'{one.target} {one.silence_s:.1f} s' for one in ended.killed)}; {len(told.tried)} sends, {len(told.sent)} answered, {told.lost} answers lost,"
        f" {dict(told.answers)}; {ended.events.count} events for {len(ended.record.events)} owed, {ended.waited} waited"
    )
    found = [*ended.troubles, *differences(told, ended.record, ended.events, ended.people)]
    listed = out_folder / "crash-differences.txt"
    listed.write_text("\n".join(found))
    assert not found, "\n".join([f"TAKT_CRASH_SEED={seed}", *found[:20], f"{len(found)} in all: {listed}, {log}"])
    assert len(told.sent) >= ENOUGH
    assert ended.waited > 0, "some messages waited, and were released"
    assert ended.record.leases > 0, "some money was leased when something died"


def _say(line: str) -> None:
    """Told with `pytest -s`, and with a failure."""
    sys.stdout.write(f"{line}\n")


async def _play(house: House, server: Server, drawn: Plan) -> Ended:
    async with receiving(_answers(random.Random(drawn.seed))) as receiver:
        senders, people = await _settle(house, receiver)
        crowd = Crowd(f"http://127.0.0.1:{server.port}", senders, people)
        try:
            killed, waited = await _under_load(house, server, crowd, drawn, people)
            restless = await _come_to_rest(house, crowd, people)
            changed = await _repeat(crowd, drawn)
        finally:
            await crowd.aclose()
        async with connect(house.url, name="crash") as conn:
            found = await record.read(conn)
            faults = await ledger_faults(conn, PARTS_HERE)
        events = heard([one.changes() for one in receiver.taken])
        return Ended(crowd.told, found, events, killed, people, [*restless, *changed, *faults], waited)


async def _settle(house: House, receiver: Receiver) -> tuple[list[tuple[Company, str]], list[Person]]:
    async with connect(house.url, name="crash") as conn, conn.transaction():
        await add_prices(conn)
        companies = [
            await add_company(
                conn, PARTS_HERE, number, senders=SENDERS, listening=Listening(receiver.url, events), funds_micros=funds
            )
            for number, (events, funds) in enumerate(zip(EVENTS_PER_POST, FUNDS, strict=True))
        ]
        people = await add_people(conn, PARTS_HERE, range(PEOPLE))
    return [(company, sender) for company in companies for sender in company.senders], people


async def _under_load(
    house: House, server: Server, crowd: Crowd, drawn: Plan, people: Sequence[Person]
) -> tuple[Sequence[Killed], int]:
    """Let everybody go about their business while things are killed; what was killed, and how much waited."""
    over, out = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        busy = [group.create_task(crowd.send_all(sendings, over)) for sendings in drawn.sendings]
        busy.append(group.create_task(crowd.write_all(drawn.words, over)))
        for place in range(DEVICE_LOOPS):
            group.create_task(crowd.live(people[place::DEVICE_LOOPS], out))
        waiting = group.create_task(make_some_wait(house, people, over))
        killed = await kill_all(house, server, drawn.kills, crowd.told)
        over.set()
        async with asyncio.timeout(LAST_ANSWERS_S_MAX):
            await asyncio.gather(*busy)
            waited = await waiting
        out.set()
    return killed, waited


async def _come_to_rest(house: House, crowd: Crowd, people: Sequence[Person]) -> list[str]:
    """Let devices take what came until nothing is undelivered and no event is owed; what is left if that never comes."""
    left: dict[str, int] = {}
    async with connect(house.url, name="crash") as conn:
        await conn.execute("UPDATE lease SET valid_until = now() WHERE is_open")  # nobody waits until they are over
        for _ in range(SETTLE_ROUNDS_MAX):
            looked = [await crowd.look(person) for person in people]
            left = await record.unfinished(conn)
            if all(looked) and not left:
                return []
            await asyncio.sleep(SETTLE_PAUSE_S)
    return [f"this never came to rest: {left}"]


async def _repeat(crowd: Crowd, drawn: Plan) -> list[str]:
    """Send some answered sends with a key once more; each whose answer is another one now."""
    known = crowd.told.sent
    answered = [one for sendings in drawn.sendings for one in sendings if one.keyed and one.number in known]
    again = {one.number: await crowd.send(one) for one in answered[:REPEATS]}
    return [
        f"send {number} was answered {known[number]}, then {now}"
        for number, now in again.items()
        if now != known[number]
    ]


def _answers(dice: random.Random) -> Callable[[Got], Reply]:
    """A receiver's answers: now and then a fault, as real receivers have them."""
    return lambda _: (500, b"") if dice.random() * REFUSED_EACH < 1 else (200, b"")
