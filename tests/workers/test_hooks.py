"""The webhook loop against real receivers: order, signatures, batches, failures, leases, burial."""

import asyncio
import json
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

import pytest

from takt.clock import CLOCK
from takt.core.retry import LIFE
from takt.store import hooks
from takt.workers.hook_sweep import HookSweep
from tests.hooking import SECRET, Owing, TurnedClock, another, listen, looping
from tests.receiver import Got, Receiver, Reply, receiving
from tests.world import World, twins


def in_order(numbers: list[int]) -> bool:
    """Whether the events of each person came in the order they were made."""
    by_person: defaultdict[int, list[int]] = defaultdict(list)
    for number in numbers:
        by_person[number % 97].append(number)
    return all(of_one == sorted(of_one) for of_one in by_person.values())


async def settled(owing: Owing, state: str, count: int, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while (await owing.states()).get(state, 0) != count:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("together", [1, 1000])
async def test_events_come_once_in_order_and_signed_over_the_exact_bytes(world: World, together: int) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url, together=together)
        await owing.add(250, text="Grüße ✓ 😀")
        async with twins(world), looping(world):
            await settled(owing, "done", 250)
        assert sorted(receiver.numbers()) == list(range(250))
        assert in_order(receiver.numbers())
        assert all(got.is_signed(SECRET) for got in receiver.got)
        assert all(got.body.isascii() for got in receiver.got)
        first = receiver.got[0]
        assert first.method == "POST"
        assert first.headers["content-type"] == "application/json"
        assert first.headers["user-agent"].startswith("takt/")
        told = json.loads(first.body)
        assert told["object"] == "whatsapp_business_account"
        assert told["entry"][0]["id"] == world.business.waba_id
        assert told["entry"][0]["changes"][0]["value"]["text"] == "Grüße ✓ 😀"
        assert "time" not in told["entry"][0]


async def test_one_event_a_post_is_what_an_endpoint_gets_unasked(world: World) -> None:
    async def shortly(_: Got) -> Reply:
        await asyncio.sleep(0.01)
        return 200, b""

    async with receiving(shortly) as receiver:
        owing = await listen(world, receiver.url)
        await owing.add(300)
        async with twins(world), looping(world):
            await settled(owing, "done", 300)
        assert {len(got.changes()) for got in receiver.got} == {1}
        assert 1 < receiver.at_once_max <= 16
        assert in_order(receiver.numbers())
        rows = await world.rows("SELECT events FROM attempt WHERE part < 1000")
        assert sorted(len(row[0]) for row in rows) == [1] * 300
        assert len({row[0][0] for row in rows}) == 300


async def test_many_events_share_a_post_up_to_the_limits(world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url, together=1000)
        await owing.add(1500)
        await owing.add(20, text="x" * 200_000)
        async with looping(world):
            await settled(owing, "done", 1520)
        sizes = [len(got.changes()) for got in receiver.got]
        assert max(sizes) == 1000
        assert max(len(got.body) for got in receiver.got) <= 3_000_100
        assert len(sizes) <= 8
        rows = await world.rows("SELECT status, cardinality(events), answer FROM attempt ORDER BY attempt_id")
        assert [row[1] for row in rows] == sizes
        assert {(row[0], row[2]) for row in rows} == {(200, "EVENT_RECEIVED")}


async def test_fields_other_than_messages_carry_the_time(world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        await owing.add(1, field="user_preferences")
        async with looping(world):
            await settled(owing, "done", 1)
        assert isinstance(json.loads(receiver.got[0].body)["entry"][0]["time"], int)


async def test_new_events_go_out_when_woken(world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        async with looping(world) as loop:
            for count in range(1, 6):
                await owing.add()
                loop.wake()
                await loop.until(lambda count=count: len(receiver.numbers()) == count, 0.9)  # type: ignore[misc]


@pytest.mark.parametrize(("together", "tries"), [(1, 12), (1000, 3)])
async def test_an_endpoint_that_errs_gets_everything_after_its_recovery_in_order(
    world: World, together: int, tries: int
) -> None:
    well = asyncio.Event()
    async with receiving(lambda _: (200, b"") if well.is_set() else (500, b"kaputt\x00 \xff" * 1000)) as receiver:
        owing = await listen(world, receiver.url, together=together)
        await owing.add(30)
        async with twins(world), looping(world) as loop:
            await loop.until(lambda: len(receiver.got) >= 3)
            await asyncio.sleep(0.3)
            assert 3 <= len(receiver.got) <= tries, "it rests"
            assert receiver.numbers() == []
            well.set()
            loop.turn(timedelta(seconds=2))
            await settled(owing, "done", 30)
        assert sorted(receiver.numbers()) == list(range(30))
        assert in_order(receiver.numbers())
        rows = await world.rows("SELECT status, length(answer), error FROM attempt ORDER BY attempt_id")
        assert rows[0] == (500, 2000, None)
        assert await world.rows("SELECT failures, failing_since, next_at FROM delivery WHERE part < 1000") == [
            (0, None, None)
        ]


async def test_no_answer_but_200_counts_and_redirects_are_not_followed(world: World) -> None:
    async with receiving() as other, receiving(lambda _: (302, b""), f"location: {other.url}\r\n") as receiver:
        owing = await listen(world, receiver.url)
        await owing.add()
        async with looping(world) as loop:
            await loop.until(lambda: len(receiver.got) >= 1)
            receiver.answer = lambda _: (204, b"")
            loop.turn(timedelta(seconds=2))
            await loop.until(lambda: len(receiver.got) >= 2)
            await asyncio.sleep(0.1)
        assert other.got == []
        assert await owing.states() == {"owed": 1}
        assert [row[0] for row in await world.rows("SELECT status FROM attempt ORDER BY attempt_id")] == [302, 204]


async def test_nobody_at_the_address_is_an_attempt_with_a_word(world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
    await owing.add()
    async with looping(world) as loop:
        await loop.until_attempted(world)
    assert await world.rows("SELECT status, error FROM attempt") == [(None, "connect")]


@pytest.mark.parametrize("together", [1, 1000])
async def test_a_poison_event_blocks_nobody(world: World, together: int) -> None:
    def answer(got: Got) -> Reply:
        return (500, b"") if any(change["value"]["n"] == 7 for change in got.changes()) else (200, b"")

    async with receiving(answer) as receiver:
        owing = await listen(world, receiver.url, together=together)
        await owing.add(40)
        async with twins(world), looping(world) as loop:
            await settled(owing, "done", 39)
            assert sorted(receiver.numbers()) == [number for number in range(40) if number != 7]
            await owing.add(10)
            loop.wake()
            await settled(owing, "done", 49)
            loop.turn(timedelta(days=6))
            await asyncio.sleep(0.3)
            assert (await owing.states())["owed"] == 1
            loop.turn(timedelta(days=1, hours=1))
            await settled(owing, "buried", 1)


async def test_a_slow_endpoint_does_not_slow_another(world: World) -> None:
    async def slowly(_: Got) -> Reply:
        await asyncio.sleep(3)
        return 200, b""

    async with receiving(slowly) as slow, receiving() as fast:
        one, other = await listen(world, slow.url), await another(world, fast.url)
        await one.add(5)
        async with looping(world) as loop:
            await loop.until(lambda: len(slow.got) >= 1)
            await other.add(200)
            loop.wake()
            await settled(other, "done", 200, 2)
            assert await one.states() == {"owed": 5}


async def test_one_of_two_loops_delivers_to_an_endpoint(world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        async with looping(world) as first, looping(world) as second:
            for _ in range(20):
                await owing.add(20)
                first.wake()
                second.wake()
                await asyncio.sleep(0.01)
            await settled(owing, "done", 400)
        assert sorted(receiver.numbers()) == list(range(400))
        assert in_order(receiver.numbers())
        assert len(receiver.got) == 400


async def test_a_lease_is_taken_over_when_it_ends_and_not_before(world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        clock = TurnedClock()
        part, dead = world.business.contract_part, CLOCK.new_id()
        async with world.site.pool(part).acquire() as conn:
            now = clock.now()
            assert await hooks.lease(conn, part, world.endpoint_id, dead, now, now + timedelta(seconds=30))
        await owing.add(3)
        async with looping(world, clock) as loop:
            loop.turn(timedelta(seconds=20))
            await asyncio.sleep(0.3)
            assert receiver.got == []
            loop.turn(timedelta(seconds=11))
            await settled(owing, "done", 3)


async def test_a_stopped_loop_finishes_its_batch_and_lets_go(world: World) -> None:
    async def slowly(_: Got) -> Reply:
        await asyncio.sleep(0.4)
        return 200, b""

    async with receiving(slowly) as receiver:
        owing = await listen(world, receiver.url)
        await owing.add(3)
        async with looping(world) as loop:
            await loop.until(lambda: len(receiver.got) >= 1)
        assert await owing.states() == {"done": 3}
        assert await world.rows("SELECT lease_owner, lease_until FROM delivery") == [(None, None)]


async def test_an_endpoint_without_address_gets_nothing_and_its_events_are_buried(world: World) -> None:
    owing = await listen(world, "")
    await owing.add(3)
    async with looping(world) as loop:
        await asyncio.sleep(0.3)
        await HookSweep(world.site, world.reference, loop.clock).sweep()
    assert await owing.states() == {"buried": 3}
    assert await world.rows("SELECT 1 FROM attempt") == []


async def test_after_seven_days_what_nobody_took_is_buried_unseen(world: World) -> None:
    owing = await listen(world, "http://127.0.0.1:1/")
    old = await owing.add(1200)
    clock = TurnedClock()
    sweep = HookSweep(world.site, world.reference, clock)
    async with twins(world):
        clock.ahead = LIFE - timedelta(minutes=1)
        await sweep.sweep()
        assert await owing.states() == {"owed": 1200}
        clock.ahead = LIFE + timedelta(minutes=1)
        await sweep.sweep()
        assert await owing.states() == {"buried": 1200}
    assert len(old) == 1200


async def test_done_events_and_attempts_go_when_their_time_is_over(world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        await owing.add(1200)
        async with looping(world):
            await settled(owing, "done", 1200)
    await owing.add(5)
    clock = TurnedClock()
    sweep = HookSweep(world.site, world.reference, clock)
    clock.ahead = timedelta(days=6, hours=23)
    await sweep.sweep()
    assert await owing.states() == {"done": 1200, "owed": 5}
    async with twins(world):
        clock.ahead = timedelta(days=7, hours=1)
        await sweep.sweep()
        assert await owing.states() == {"buried": 5}
        clock.ahead = timedelta(days=30, hours=1)
        await sweep.sweep()
        assert await world.rows("SELECT 1 FROM attempt WHERE part < 1000") == []
        clock.ahead = timedelta(days=37, hours=2)
        await sweep.sweep()
        assert await owing.states() == {}


async def test_an_endpoint_of_a_foreign_signature_gets_its_new_secret_at_once(world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        await world.set_reference("UPDATE app SET secret = 'a fresh secret, long enough'")
        await owing.add()
        async with looping(world):
            await settled(owing, "done", 1)
        assert receiver.got[0].is_signed("a fresh secret, long enough")


async def test_sixty_failing_endpoints_do_not_hold_up_a_healthy_one(world: World) -> None:
    async def never(_: Got) -> Reply:
        await asyncio.sleep(20)
        return 200, b""

    def ids(receiver: Receiver) -> list[int]:
        return receiver.numbers()

    async with receiving(never) as stuck, receiving() as well:
        failing = [await another(world, stuck.url, number) for number in range(10, 60)]
        for owing in failing:
            await owing.add()
        healthy = await listen(world, well.url)
        async with looping(world) as loop:
            await loop.until(lambda: len(stuck.got) == len(failing))
            await healthy.add(5)
            loop.wake()
            await loop.until(lambda: len(ids(well)) == 5, 2)
            loop.task.cancel()
            for task in list(loop.hooks._under_way.values()):
                task.cancel()


async def test_what_was_read_is_bounded_by_bytes_too(world: World) -> None:
    owing = await listen(world, "http://127.0.0.1:1/")
    await owing.add(40, text="x" * 100_000)
    async with world.site.everywhere.acquire() as conn:
        for part in world.site.parts:
            found = await hooks.list_due(conn, part, world.endpoint_id, CLOCK.now(), 1000, 300_000)
            assert len(found) <= 3
            nothing = await hooks.list_due(conn, part, UUID(int=1), CLOCK.now(), 1000, 300_000)
            assert nothing == []
