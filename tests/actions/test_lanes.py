"""Group commit under real concurrency: exact money, numbers without gaps, and faults that stay where they belong.

The action is the real send, the database a real one; "another process" is another pool, reference and set of lanes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import asyncpg
import pytest

from takt import lanes as module
from takt.actions.outcome import Done
from takt.actions.send import Answer, Refused, Send
from takt.clock import CLOCK
from takt.core.ids import slot_of_key
from takt.core.message import Accepted, SendMessage
from takt.lanes import BATCH_MAX, WAITING_MAX, Lane, LaneFullError, Lanes, UnavailableError
from takt.store.pool import Conn, open_pool, transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.wakes import Wakes
from tests.world import NOW, UTILITY, World, template_to

SendLanes = Lanes[SendMessage, Answer]
Wrap = Callable[[Send], Any]


@asynccontextmanager
async def process(world: World, db: str, wrap: Wrap = lambda action: action) -> AsyncIterator[SendLanes]:
    """A process of its own: pool, reference and running lanes."""
    pool = await open_pool(db, name="takt test process", connections_max=6)
    action = wrap(Send(Reference(), CLOCK.new_id, len(world.site.parts)))
    lanes: SendLanes = Lanes(action, Site(world.site.parts, pool), Wakes(), lambda: NOW)
    try:
        async with running(lanes.run):
            yield lanes
    finally:
        await pool.close()


@asynccontextmanager
async def running(run: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[asyncio.Task[None]]:
    """A loop that runs for the length of the block."""
    task = asyncio.create_task(run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def submit(lanes: SendLanes, command: SendMessage) -> Answer:
    """Put a command into the lane of its recipient's part."""
    return await lanes.submit(slot_of_key(command.wa_id), command)


async def people(world: World, a_part: int) -> list[str]:
    """So many people in every part."""
    wa_ids = [wa_id for part in world.site.parts for wa_id in world.numbers(part, a_part)]
    for wa_id in wa_ids:
        await world.add_person(wa_id)
    return wa_ids


async def leave(world: World, micros: int) -> None:
    """Leave so much money in the wallet."""
    await world.execute(
        "UPDATE account SET posted_micros = $3 WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
        *world.payer, micros,
    )  # fmt: skip


async def check_books(world: World) -> None:
    """Money set aside, holds, messages in inboxes, cursors and events tell the same story."""
    _, pending = await world.money()
    ((held, holds),) = await world.rows("SELECT coalesce(sum(amount_micros), 0)::bigint, count(*) FROM hold")
    assert pending == held
    assert await world.rows(
        "SELECT r.recipient_id FROM recipient r LEFT JOIN message m ON m.part = r.part AND m.recipient_id = r.recipient_id"
        " AND m.cursor IS NOT NULL GROUP BY r.recipient_id, r.cursor HAVING count(m) <> r.cursor"
        " OR coalesce(max(m.cursor), 0) <> r.cursor OR count(DISTINCT m.cursor) <> r.cursor"
    ) == []  # fmt: skip
    ((messages, accepted),) = await world.rows(
        "SELECT count(*), count(*) FILTER (WHERE status = 'accepted') FROM message"
    )
    ((events,),) = await world.rows("SELECT count(*) FROM outbox")
    assert (events, accepted) == (messages, holds)


def yeses(answers: list[Answer]) -> int:
    """How many were accepted; the others must have met the empty wallet."""
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert {answer.denied.reason.name for answer in refused} <= {"insufficient_funds"}
    return len(answers) - len(refused)


async def test_200_sends_at_once_against_money_for_50_are_50(world: World, db: str) -> None:
    """One process: exactly as many go out as the wallet pays, over all parts."""
    wa_ids = await people(world, 8)
    await leave(world, 50 * UTILITY)
    async with process(world, db) as lanes:
        commands = [template_to(world, wa_ids[n % len(wa_ids)]) for n in range(200)]
        answers = await asyncio.gather(*(submit(lanes, command) for command in commands))
    assert yeses(answers) == 50
    assert [answer.message_id for answer in answers] == [command.message_id for command in commands]
    assert await world.money() == (50 * UTILITY, 50 * UTILITY)
    await check_books(world)


async def test_two_processes_share_one_wallet_to_the_last_micro_unit(world: World, db: str) -> None:
    """The same with a second process that knows nothing of the first: exactly 50 again."""
    wa_ids = await people(world, 8)
    await leave(world, 50 * UTILITY)
    async with process(world, db) as one, process(world, db) as two:
        commands = [template_to(world, wa_ids[n % len(wa_ids)]) for n in range(200)]
        answers = await asyncio.gather(
            *(submit((one, two)[n % 2], command) for n, command in enumerate(commands))
        )  # fmt: skip
    assert yeses(answers) == 50
    await check_books(world)


class Gated:
    """A connection whose statements that begin with these words wait at a gate."""

    def __init__(self, conn: Conn, words: str) -> None:
        self._conn = conn
        self._words = words
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def execute(self, query: str, *values: Any) -> Any:
        if query.startswith(self._words):
            self.reached.set()
            await self.open.wait()
        return await self._conn.execute(query, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)


async def test_a_first_run_and_a_second_run_take_their_locks_in_one_order(world: World) -> None:
    """A batch that runs again locks the wallet early, others late; neither ever waits for the other in a circle."""
    part = world.site.parts[0]
    wa_ids = world.numbers(part, 2)
    for wa_id in wa_ids:
        await world.add_person(wa_id)
    send = Send(world.reference, CLOCK.new_id, len(world.site.parts))

    async def run(conn: Conn, wa_id: str, *, again: bool) -> Answer:
        return (await send(conn, part, [template_to(world, wa_id)], NOW, again=again)).answers[0]

    async def first_run() -> Answer:
        async with transaction(world.site.pool(part)) as conn:
            return await run(conn, wa_ids[1], again=False)

    async with transaction(world.site.pool(part)) as conn:
        gated = Gated(conn, "UPDATE pace")
        second_run = asyncio.create_task(run(cast("Conn", gated), wa_ids[0], again=True))
        await gated.reached.wait()
        other = asyncio.create_task(first_run())
        async with asyncio.timeout(5):
            while not await world.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
                await asyncio.sleep(0.01)
        gated.open.set()
        assert isinstance(await second_run, Accepted)
    assert isinstance(await other, Accepted)
    await check_books(world)


async def test_a_reader_with_a_cursor_never_steps_over_a_message(world: World, db: str) -> None:
    """Numbers of an inbox have no gaps and become visible in their order, whoever writes them."""
    wa_ids = await people(world, 1)
    persons = dict(await world.rows("SELECT wa_id, recipient_id FROM recipient"))
    seen: dict[str, list[int]] = {wa_id: [] for wa_id in wa_ids}
    done = asyncio.Event()

    async def read(wa_id: str) -> None:
        while True:
            last = done.is_set()
            after = seen[wa_id][-1] if seen[wa_id] else 0
            rows = await world.rows(
                "SELECT cursor FROM message WHERE part = $1 AND recipient_id = $2 AND cursor > $3 ORDER BY cursor LIMIT 7",
                world.part_of(wa_id), persons[wa_id], after,
            )  # fmt: skip
            seen[wa_id] += [row[0] for row in rows]
            if last and not rows:
                return
            await asyncio.sleep(0)

    async with process(world, db) as one, process(world, db) as two:
        readers = [asyncio.create_task(read(wa_id)) for wa_id in wa_ids]
        for _ in range(10):
            sends = [submit(lanes, template_to(world, wa_id)) for wa_id in wa_ids for lanes in (one, two, one, two)]
            assert yeses(await asyncio.gather(*sends)) == len(sends)
        done.set()
        await asyncio.gather(*readers)
    assert seen == {wa_id: list(range(1, 41)) for wa_id in wa_ids}


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
    async with running(lane.run), asyncio.timeout(5):
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


async def test_a_full_lane_says_so(world: World) -> None:
    """Whoever comes when too many wait is sent away at once; those who wait are not disturbed."""
    lane, wa_id = await first_lane(world)
    tasks = [asyncio.create_task(lane.submit(template_to(world, wa_id))) for _ in range(WAITING_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(LaneFullError):
        await lane.submit(template_to(world, wa_id))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_caller_who_leaves_disturbs_nobody(world: World) -> None:
    """The message of a client that hung up is sent all the same, and the next ones are answered."""
    lane, wa_id = await first_lane(world)
    tasks = [asyncio.create_task(lane.submit(template_to(world, wa_id))) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    async with running(lane.run):
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers[1], asyncio.CancelledError)
        last = await lane.submit(template_to(world, wa_id))
    assert isinstance(last, Accepted)
    assert last.cursor == 4


async def test_a_lane_that_is_stopped_finishes_its_batch(world: World) -> None:
    """Whoever was in the batch under way gets an answer, and the lane ends."""
    lane, wa_id = await first_lane(world)
    waiting = asyncio.create_task(lane.submit(template_to(world, wa_id)))
    task = asyncio.create_task(lane.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(await waiting, Accepted)


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
        if commands == [1]:
            await asyncio.sleep(0.15)
            raise ConnectionRefusedError
        return Done(commands)

    lane = Lane(action, world.site, world.site.parts[0], Wakes(), lambda: NOW)
    async with running(lane.run):
        with pytest.raises(UnavailableError):
            await lane.submit(1)
        assert await lane.submit(2) == 2
    assert runs == [False, True, False]


async def test_one_repeated_request_of_two_processes_is_one_message(world: World, db: str) -> None:
    """The same message id at the same time from both, for somebody known and for a stranger."""
    (known, stranger) = world.numbers(world.site.parts[0], 2)
    await world.add_person(known)
    async with process(world, db) as one, process(world, db) as two:
        for wa_id in (known, stranger) * 8:
            command = replace(template_to(world, wa_id), repeatable=True)
            first, second = await asyncio.gather(submit(one, command), submit(two, command))
            assert first.message_id == second.message_id == command.message_id
            assert isinstance(first, Accepted) == isinstance(second, Accepted) == (wa_id == known)
            assert isinstance(first, Refused) or first == second
    assert await world.count("message") == 16
    await check_books(world)
