"""The sweeper: overdue messages of all parts fail, and notices that later ones say better go."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from takt.actions.expire import Expire
from takt.actions.outcome import HOOKS
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.store.pool import transaction
from takt.wakes import Wakes
from takt.workers import sweep
from takt.workers.sweep import Sweeper
from tests.world import FUNDS, NOW, Somebody, World, template_to, twins


def make(world: World, wakes: Wakes | None = None) -> Sweeper:
    expire = Expire(world.reference, CLOCK.new_id)
    return Sweeper(world.site, expire, wakes or Wakes(), lambda: NOW + timedelta(hours=2))


async def send(world: World, person: Somebody) -> None:
    async with transaction(world.site.pool(person.part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        await action(conn, person.part, [template_to(world, person.wa_id)], NOW, again=False)


async def add_notices(world: World, person: Somebody, *rows: tuple[int, str, str, Mapping[str, object]]) -> None:
    for cursor, sender_id, kind, body in rows:
        await world.execute(
            "INSERT INTO notice (part, recipient_id, cursor, sender_id, kind, body, at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            person.part, person.recipient_id, cursor, sender_id, kind, msgspec.json.encode(body).decode(), NOW,
        )  # fmt: skip


async def test_it_sweeps_every_part_until_all_is_done_and_tells_who_waits(world: World) -> None:
    people = [await world.add_person(world.numbers(part, 1)[0]) for part in world.site.parts]
    for person in people:
        await send(world, person)
    wakes = Wakes()
    with wakes.subscribe(HOOKS) as woken:
        sweeping = asyncio.create_task(make(world, wakes).run())
        try:
            assert await woken.wait(30)
            async with asyncio.timeout(30):
                while await world.money() != (FUNDS, 0):
                    await asyncio.sleep(0.01)
        finally:
            sweeping.cancel()
    assert await world.rows("SELECT DISTINCT status FROM message") == [("failed",)]


async def test_a_part_that_fails_does_not_stop_the_others(world: World, caplog: pytest.LogCaptureFixture) -> None:
    person = await world.add_person(world.numbers(world.site.parts[-1], 1)[0])
    await send(world, person)
    sweeper = make(world)
    failed: list[int] = []
    whole = sweeper.expire

    async def breaking(part: int) -> bool:
        if not failed:
            failed.append(part)
            raise ConnectionError("the database is away")
        return await whole(part)

    sweeper.expire = breaking  # type: ignore[method-assign]
    sweeping = asyncio.create_task(sweeper.run())
    try:
        async with asyncio.timeout(30):
            while await world.money() != (FUNDS, 0):
                await asyncio.sleep(0.01)
    finally:
        sweeping.cancel()
    assert failed == [world.site.parts[0]]
    assert "sweeping part" in caplog.text


async def test_of_notices_that_say_the_same_the_newest_stays(world: World) -> None:
    person, other = [await world.add_person(number) for number in world.numbers(world.site.parts[0], 2)]
    one, two = world.outreach.sender_id, world.support.sender_id
    await add_notices(
        world, person,
        (1, one, "seen", {"through": 1}),
        (2, two, "seen", {"through": 1}),
        (3, one, "status", {"status": "delivered", "through": 3}),
        (4, one, "status", {"status": "read", "through": 3}),
        (5, one, "consent", {"purpose": "marketing", "granted": True}),
        (6, one, "consent", {"purpose": "service", "granted": True}),
        (7, one, "seen", {"through": 6}),
        (8, one, "status", {"status": "delivered", "through": 8}),
        (9, one, "consent", {"purpose": "marketing", "granted": False}),
        (10, one, "thread", {"blocked": True, "accepted": True, "cleared_through": 0}),
        (11, one, "thread", {"blocked": False, "accepted": True, "cleared_through": 0}),
    )  # fmt: skip
    await add_notices(world, other, (1, one, "seen", {"through": 1}))
    async with twins(world):
        assert await make(world).tidy(person.part) == 4
    left = await world.rows(
        "SELECT recipient_id, cursor FROM notice WHERE part = $1 ORDER BY recipient_id, cursor", person.part
    )
    assert set(left) == {(person.recipient_id, n) for n in (2, 4, 6, 7, 8, 9, 11)} | {(other.recipient_id, 1)}


async def test_it_goes_round_everybody_bit_by_bit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [await world.add_person(number) for number in world.numbers(world.site.parts[0], 5)]
    for person in people:
        await add_notices(world, person, *((n, "1", "seen", {"through": n}) for n in (1, 2, 3)))
    monkeypatch.setattr(sweep, "PEOPLE_MAX", 2)
    sweeper = make(world)
    part = world.site.parts[0]
    assert [await sweeper.tidy(part) for _ in range(4)] == [4, 4, 2, 0]
    await add_notices(world, people[0], (4, "1", "seen", {"through": 4}))
    assert sum([await sweeper.tidy(part) for _ in range(3)]) == 1
    assert UUID(int=0) < people[0].recipient_id
