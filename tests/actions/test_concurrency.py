"""Sends under real concurrency, on a real database: exact money, inbox numbers without gaps, one message a request."""

import asyncio
from dataclasses import replace
from typing import cast

import asyncpg
import pytest

from takt.actions.outgoing import Answer, Refused
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.limits import PAIR_RATE, throughput
from takt.core.message import Accepted
from takt.core.reach import hour_of
from takt.store.pool import Conn, transaction
from tests.actions.locking import Gated, somebody_waits
from tests.actions.processes import check_books, people, process, submit, yeses
from tests.actions.sending import leave
from tests.world import NOW, UTILITY, World, template_to


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

    async with transaction(world.site.pool(part)) as conn, world.site.everywhere.acquire() as looker:
        gated = Gated(conn, "UPDATE pace")
        second_run = asyncio.create_task(run(cast("Conn", gated), wa_ids[0], again=True))
        await gated.reached.wait()
        with pytest.raises(asyncpg.LockNotAvailableError):
            await looker.execute("SELECT FROM account WHERE kind = 'spend' FOR NO KEY UPDATE NOWAIT")
        other = asyncio.create_task(first_run())
        await somebody_waits(world)
        gated.open.set()
        assert isinstance(await second_run, Accepted)
    assert isinstance(await other, Accepted)
    await check_books(world)


async def test_two_processes_share_one_pace_to_the_last_message(world: World, db: str) -> None:
    """Both read the pace before either has moved it; together they still send no more than the sender may."""
    wa_ids = world.numbers(world.site.parts[0], 100)
    for wa_id in wa_ids:
        await world.add_person(wa_id)
    await world.set_reference("UPDATE sender SET throughput_per_s = 40")
    async with process(world, db) as one, process(world, db) as two:
        commands = [template_to(world, wa_id) for wa_id in wa_ids]
        answers = await asyncio.gather(
            *(submit((one, two)[n % 2], command) for n, command in enumerate(commands))
        )  # fmt: skip
    refused = [answer.denied.reason.name for answer in answers if isinstance(answer, Refused)]
    assert refused == ["throughput"] * 60
    interval = throughput(40, len(world.site.parts)).interval
    rows = await world.rows(
        "SELECT tat FROM pace WHERE part = $1 AND sender_id = $2", world.site.parts[0], world.outreach.sender_id
    )
    assert rows == [(NOW + 40 * interval,)]
    await check_books(world)


async def sent_alone(world: World, wa_id: str, *, again: bool) -> Answer:
    """What comes of a message in a transaction of its own."""
    part = world.part_of(wa_id)
    send = Send(world.reference, CLOCK.new_id, len(world.site.parts))
    async with transaction(world.site.pool(part)) as conn:
        return (await send(conn, part, [template_to(world, wa_id)], NOW, again=again)).answers[0]


async def test_whoever_writes_to_the_same_person_waits(world: World) -> None:
    """The second of two transactions sees all that the first one did: number, count of unanswered, pair rate."""
    part = world.site.parts[0]
    (wa_id,) = world.numbers(part, 1)
    await world.add_person(wa_id)
    send = Send(world.reference, CLOCK.new_id, len(world.site.parts))

    async with transaction(world.site.pool(part)) as conn:
        await send(conn, part, [template_to(world, wa_id)], NOW, again=False)
        second = asyncio.create_task(sent_alone(world, wa_id, again=False))
        await somebody_waits(world)
    answer = await second
    assert isinstance(answer, Accepted)
    assert answer.cursor == 2
    tat = NOW + 2 * PAIR_RATE.interval
    assert await world.rows("SELECT unanswered, last_cursor, pair_tat FROM thread") == [(2, 2, tat)]
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


async def test_a_second_try_holds_what_is_rationed_before_the_wallet(world: World) -> None:
    """As the first try writes them: whoever used of a ration and comes to the wallet last never waits for a second try."""
    await world.set_reference("UPDATE business SET tier = 'TIER_250'")
    part = world.site.parts[0]
    (wa_id,) = world.numbers(part, 1)
    await world.add_person(wa_id)
    async with transaction(world.site.everywhere) as conn:
        await conn.execute(
            "INSERT INTO ration (part, subject, slot_at, used) VALUES ($1, $2, $3, 1)",
            world.business.contract_part, f"reach:{world.business.business_id}", hour_of(NOW),
        )  # fmt: skip
        second = asyncio.create_task(sent_alone(world, wa_id, again=True))
        await somebody_waits(world)
        await conn.execute(
            "SELECT 1 FROM account WHERE part = $1 AND contract_id = $2 FOR NO KEY UPDATE NOWAIT", *world.payer
        )
    assert isinstance(await second, Accepted)
