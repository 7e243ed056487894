"""Group commit: what goes together, what fails alone, and what happens when the database goes away in between."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from takt import lanes as module
from takt.actions.outcome import Done
from takt.actions.outgoing import Answer
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.message import Accepted, SendMessage
from takt.lanes import BATCH_MAX, CROWD, WAITING_MAX, Lane, LaneFullError, UnavailableError
from takt.store import pool as pool_module
from takt.store.pool import Conn, transaction
from takt.wakes import Wakes
from tests.actions.processes import check_books, people, process, running, submit, yeses
from tests.world import NOW, UTILITY, World, template_to


async def first_lane(
    world: World, action: Any = None, now: Callable[[], datetime] = lambda: NOW
) -> tuple[Lane[SendMessage, Answer], str]:
    """A lane of the first part that is not running yet, and somebody there."""
    part = world.site.parts[0]
    (wa_id,) = world.numbers(part, 1)
    await world.add_person(wa_id)
    send = action or Send(world.reference, CLOCK.new_id, len(world.site.parts))
    return Lane(send, world.site, part, Wakes(), now), wa_id


@pytest.mark.parametrize(
    "poison",
    [{"callback": "\x00"}, {"callback": "\ud800"}, {"sender_id": "100000000000000"}, {"callback": 7}],
    ids=["refused by the server", "refused by the driver", "refused by the action", "of a wrong type"],
)
async def test_a_poisonous_command_fails_alone(world: World, poison: dict[str, Any]) -> None:
    """The others of its batch are answered as if it had not been there, and at once."""
    lane, wa_id = await first_lane(world)
    commands = [template_to(world, wa_id) for _ in range(5)]
    commands[2] = replace(commands[2], **poison)
    tasks = [asyncio.create_task(lane.submit(command)) for command in commands]
    await asyncio.sleep(0)
    async with running(lane.run), asyncio.timeout(30):
        answers: list[Any] = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(answer, Accepted) for answer in answers] == [True, True, False, True, True]
    assert isinstance(answers[2], Exception)
    assert not isinstance(answers[2], UnavailableError)
    assert [answer.cursor for answer in answers if isinstance(answer, Accepted)] == [1, 2, 3, 4]
    await check_books(world)


async def test_what_arrives_together_goes_together(world: World) -> None:
    """One transaction for all that waits, up to the size of a batch, each answered with its own."""
    sizes: list[int] = []

    async def action(conn: Conn, part: int, commands: list[int], now: datetime, /, *, again: bool) -> Done[int]:
        assert not again
        sizes.append(len(commands))
        return Done([command * 2 for command in commands])

    lane = Lane(action, world.site, world.site.parts[0], Wakes(), lambda: NOW)
    tasks = [asyncio.create_task(lane.submit(n)) for n in range(BATCH_MAX + 3)]
    await asyncio.sleep(0)
    async with running(lane.run):
        assert await asyncio.gather(*tasks) == [n * 2 for n in range(BATCH_MAX + 3)]
        assert await lane.submit(21) == 42
    assert sizes == [BATCH_MAX, 3, 1]


@pytest.mark.parametrize(("waiting", "abreast"), [(CROWD - 1, 1), (CROWD, 2)])
async def test_only_a_crowd_goes_abreast(world: World, waiting: int, abreast: int) -> None:
    """While one batch is under way, another begins beside it when enough wait; fewer come after it."""
    begun: list[int] = []
    gate = asyncio.Event()

    async def action(conn: Conn, part: int, commands: list[int], now: datetime, /, *, again: bool) -> Done[int]:
        begun.append(len(commands))
        await gate.wait()
        return Done(commands)

    lane = Lane(action, world.site, world.site.parts[0], Wakes(), lambda: NOW, abreast=2)
    async with running(lane.run), asyncio.timeout(30):
        first = asyncio.create_task(lane.submit(0))
        while not begun:
            await asyncio.sleep(0.01)
        others = [asyncio.create_task(lane.submit(n)) for n in range(1, waiting + 1)]
        await asyncio.sleep(0.1)
        assert begun == [1, waiting][:abreast]
        gate.set()
        assert await asyncio.gather(first, *others) == list(range(waiting + 1))
    assert begun == [1, waiting]


async def test_a_full_lane_says_so(world: World) -> None:
    """Whoever comes when too many wait is sent away at once; those who wait are not disturbed."""
    lane, wa_id = await first_lane(world)
    tasks = [asyncio.create_task(lane.submit(template_to(world, wa_id))) for _ in range(WAITING_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(LaneFullError):
        await asyncio.wait_for(lane.submit(template_to(world, wa_id)), 30)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_caller_who_leaves_disturbs_nobody(world: World) -> None:
    """The message of a client that hung up is sent all the same, and the next ones are answered."""
    lane, wa_id = await first_lane(world)
    tasks = [asyncio.create_task(lane.submit(template_to(world, wa_id))) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    async with running(lane.run), asyncio.timeout(30):
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers[1], asyncio.CancelledError)
        last = await lane.submit(template_to(world, wa_id))
    assert isinstance(last, Accepted)
    assert last.cursor == 4


async def test_a_lane_that_is_stopped_finishes_its_batch(world: World) -> None:
    """Whoever was in the batch under way gets an answer before the lane ends."""
    begun, finished, gate = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def action(conn: Conn, part: int, commands: list[int], now: datetime, /, *, again: bool) -> Done[int]:
        begun.set()
        await gate.wait()
        finished.set()
        return Done(commands)

    lane = Lane(action, world.site, world.site.parts[0], Wakes(), lambda: NOW)
    waiting = asyncio.create_task(lane.submit(7))
    task = asyncio.create_task(lane.run())
    async with asyncio.timeout(30):
        await begun.wait()
        task.cancel()
        await asyncio.sleep(0)
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert finished.is_set()
        assert await waiting == 7


class Killed:
    """The send, whose connection the server cuts at some moment of the first runs."""

    def __init__(self, send: Send, world: World, *, before: bool, runs: int = 1) -> None:
        self.send = send
        self.world = world
        self.before = before
        self.left = runs
        self.agains: list[bool] = []

    async def __call__(
        self, conn: Conn, part: int, commands: list[SendMessage], now: datetime, /, *, again: bool
    ) -> Done[Answer]:
        self.agains.append(again)
        pid = await conn.fetchval("SELECT pg_backend_pid()")
        if self.left and self.before:
            await self.kill(pid)
        done = await self.send(conn, part, commands, now, again=again)
        if self.left and not self.before:
            await self.kill(pid)
        return done

    async def kill(self, pid: int) -> None:
        """Have the server end that session."""
        self.left -= 1
        await self.world.rows("SELECT pg_terminate_backend($1, 5000)", pid)


@pytest.mark.parametrize("before", [True, False], ids=["before it writes", "before it commits"])
async def test_a_batch_whose_connection_dies_is_run_again(world: World, db: str, *, before: bool) -> None:
    """The server ends the session, the lane tries anew, and everybody is answered once."""
    wa_ids = await people(world, 2)
    made: list[Killed] = []

    def wrap(send: Send) -> Killed:
        made.append(Killed(send, world, before=before))
        return made[0]

    async with process(world, db, wrap) as lanes:
        answers = await asyncio.gather(*(submit(lanes, template_to(world, wa_id)) for wa_id in wa_ids * 3))
    assert yeses(answers) == len(wa_ids) * 3
    assert (await world.money())[1] == len(answers) * UTILITY
    assert True in made[0].agains
    await check_books(world)


async def test_a_batch_that_waits_too_long_for_a_lock_is_run_again(
    world: World, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds the wallet for longer than a statement waits: nobody is refused for that, everybody waits."""
    monkeypatch.setattr(pool_module, "LOCK_WAIT_S_MAX", 0.05)
    wa_ids = await people(world, 3)
    async with process(world, db) as lanes:
        async with transaction(world.site.everywhere) as conn:
            await conn.execute("SELECT FROM account FOR UPDATE")
            tasks = [asyncio.create_task(submit(lanes, template_to(world, wa_id))) for wa_id in wa_ids]
            await asyncio.sleep(0.4)
            assert not any(task.done() for task in tasks)
        assert yeses(await asyncio.gather(*tasks)) == len(wa_ids)
    await check_books(world)


async def test_a_commit_whose_word_was_lost_is_recognised(world: World) -> None:
    """The batch was committed, but nobody heard of it: the second run finds it done and doubles nothing."""
    send = Send(world.reference, CLOCK.new_id, len(world.site.parts))
    runs: list[bool] = []

    async def lossy(
        conn: Conn, part: int, commands: list[SendMessage], now: datetime, /, *, again: bool
    ) -> Done[Answer]:
        runs.append(again)
        if len(runs) == 1:
            async with transaction(world.site.pool(part)) as other:
                await send(other, part, commands, now, again=again)
            raise asyncpg.ConnectionDoesNotExistError("the answer to COMMIT never came")
        return await send(conn, part, commands, now, again=again)

    lane, wa_id = await first_lane(world, lossy)
    tasks = [asyncio.create_task(lane.submit(template_to(world, wa_id))) for _ in range(4)]
    await asyncio.sleep(0)
    async with running(lane.run):
        answers = await asyncio.gather(*tasks)
    assert [answer.cursor for answer in answers if isinstance(answer, Accepted)] == [1, 2, 3, 4]
    assert runs == [False, True]
    await check_books(world)


async def test_a_database_that_stays_away_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while, slow attempts included, the caller learns that nobody knows; the lane goes on with the next."""
    monkeypatch.setattr(module, "RETRY_S_MAX", 0.2)
    runs: list[bool] = []

    async def action(conn: Conn, part: int, commands: list[int], now: datetime, /, *, again: bool) -> Done[int]:
        runs.append(again)
        if 1 in commands:
            await asyncio.sleep(0.15)
            raise ConnectionRefusedError
        return Done(commands)

    lane = Lane(action, world.site, world.site.parts[0], Wakes(), lambda: NOW)
    tasks = [asyncio.create_task(lane.submit(n)) for n in (1, 1)]
    await asyncio.sleep(0)
    async with running(lane.run), asyncio.timeout(30):
        told = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(one) for one in told] == [UnavailableError, UnavailableError]
        assert await lane.submit(2) == 2
    first, *more, last = runs
    assert (first, last) == (False, False)
    assert more in ([], [True])


async def test_a_batch_taken_apart_may_have_been_committed(world: World) -> None:
    """After a fault of the moment nobody knows; if the second try meets a poison, its commands still run `again`."""
    runs: list[tuple[int, bool]] = []

    async def action(conn: Conn, part: int, commands: list[int], now: datetime, /, *, again: bool) -> Done[int]:
        runs.append((len(commands), again))
        if len(runs) == 1:
            raise ConnectionResetError
        if 13 in commands:
            raise ValueError(commands)
        return Done(commands)

    lane = Lane(action, world.site, world.site.parts[0], Wakes(), lambda: NOW)
    tasks = [asyncio.create_task(lane.submit(n)) for n in (1, 13, 2)]
    await asyncio.sleep(0)
    async with running(lane.run), asyncio.timeout(30):
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert (answers[0], type(answers[1]), answers[2]) == (1, ValueError, 2)
    assert runs == [(3, False), (3, True), (1, True), (1, True), (1, True)]
