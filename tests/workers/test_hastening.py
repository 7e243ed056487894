"""A change of policy: what waits by an older one is looked at again, soon, spread, and one slice at a time."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from takt.actions import hastening
from takt.actions.release import Release
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.message import Waits
from takt.store.pool import transaction
from takt.wakes import Wakes
from takt.workers.releaser import Releaser
from tests.world import NOW, OPEN, World, template_to, twins

QUIET: dict[str, Any] = {**OPEN, "quiet_hours": {}}
SPREAD = timedelta(minutes=30)


class Clock:
    """The instant at which the loop looks."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def releaser(world: World, clock: Clock) -> Releaser:
    release = Release(world.reference, CLOCK.new_id, len(world.site.parts))
    return Releaser(world.site, world.reference, release, Wakes(), clock.now)


@pytest.fixture
async def quiet(world: World) -> World:
    """It is Sunday, and eight messages to two people of one part wait for Monday."""
    await world.set_policy(QUIET)
    await world.set_reference("UPDATE template SET ttl_s = 2592000")
    for wa_id in world.numbers(world.site.parts[0], 2):
        await world.set_marketing(await world.add_person(wa_id), granted=True)
        await wait(world, wa_id, 4)
    return world


async def wait(world: World, wa_id: str, count: int) -> None:
    """Let so many messages wait."""
    commands = [template_to(world, wa_id, "autumn_offer", str(number)) for number in range(count)]
    async with transaction(world.site.pool(world.part_of(wa_id))) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        done = await action(conn, world.part_of(wa_id), commands, NOW, again=False)
    assert all(isinstance(answer, Waits) for answer in done.answers)


async def set_policy(world: World, document: dict[str, Any]) -> None:
    """A change of policy, which this process has heard of."""
    await world.set_policy(document)
    async with world.site.everywhere.acquire() as conn:
        await world.reference.fresh(conn)


async def due(world: World) -> dict[Any, datetime]:
    rows = await world.rows("SELECT message_id, due_at FROM message WHERE part = any($1)", world.site.parts)
    return {row[0]: row[1] for row in rows}


async def states(world: World) -> list[tuple[Any, ...]]:
    return await world.rows(
        "SELECT status, count(*) FROM message WHERE part = any($1) GROUP BY status", world.site.parts
    )


async def test_what_may_go_out_by_the_new_policy_does_so_soon_and_spread(
    quiet: World, releaser: Releaser, clock: Clock
) -> None:
    part = quiet.site.parts[0]
    await set_policy(quiet, OPEN)
    async with twins(quiet):
        await releaser.hasten(part)
    at = set((await due(quiet)).values())
    assert NOW <= min(at) < max(at) <= NOW + SPREAD
    assert len(at) == 8
    clock.at = NOW + SPREAD
    await releaser.release(part)
    assert await states(quiet) == [("accepted", 8)]


async def test_what_still_may_not_waits_on_for_the_slot_that_it_had(
    quiet: World, releaser: Releaser, clock: Clock
) -> None:
    before = await due(quiet)
    await set_policy(quiet, {**QUIET, "caps": {"person_per_week": 999}})
    part = quiet.site.parts[0]
    await releaser.hasten(part)
    assert await due(quiet) != before
    clock.at = NOW + SPREAD
    await releaser.release(part)
    assert await due(quiet) == before
    assert await states(quiet) == [("waiting", 8)]
    await releaser.hasten(part)
    assert await due(quiet) == before, "by this version it is decided"


async def test_without_a_change_nothing_is_moved(quiet: World, releaser: Releaser) -> None:
    before = await due(quiet)
    for _ in range(3):
        await releaser.hasten(quiet.site.parts[0])
    assert await due(quiet) == before


async def test_a_slice_a_round_until_all_is_gone_over(
    quiet: World, releaser: Releaser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hastening, "SLICE_MAX", 3)
    await set_policy(quiet, OPEN)
    moved: list[int] = []
    for _ in range(4):
        await releaser.hasten(quiet.site.parts[0])
        moved.append(sum(at <= NOW + SPREAD for at in (await due(quiet)).values()))
    assert moved == [3, 6, 8, 8]
    await quiet.execute("UPDATE message SET due_at = $2 WHERE part = $1", quiet.site.parts[0], NOW + timedelta(days=1))
    await releaser.hasten(quiet.site.parts[0])
    assert set((await due(quiet)).values()) == {NOW + timedelta(days=1)}, "all was gone over"
    await set_policy(quiet, {**OPEN, "caps": {}})
    await releaser.hasten(quiet.site.parts[0])
    assert sum(at <= NOW + SPREAD for at in (await due(quiet)).values()) == 3, "until the next change"


async def test_what_waits_for_a_person_or_a_turn_is_left_alone(quiet: World, releaser: Releaser) -> None:
    part = quiet.site.parts[0]
    await quiet.execute("UPDATE message SET waits_for = 'filter' WHERE part = $1", part)
    before = await due(quiet)
    await set_policy(quiet, OPEN)
    await releaser.hasten(part)
    assert await due(quiet) == before


async def test_what_somebody_decides_at_this_moment_is_passed_over(quiet: World, releaser: Releaser) -> None:
    """Neither waits for the other: whoever holds a message writes what became of it anyway."""
    part = quiet.site.parts[0]
    held = min(before := await due(quiet), key=before.__getitem__)
    await set_policy(quiet, OPEN)
    async with transaction(quiet.site.pool(part)) as conn:
        await conn.execute("SELECT 1 FROM message WHERE part = $1 AND message_id = $2 FOR UPDATE", part, held)
        await releaser.hasten(part)
    after = await due(quiet)
    assert [one for one in after if after[one] == before[one]] == [held]


async def test_nothing_is_put_off(quiet: World, releaser: Releaser) -> None:
    part, soon = quiet.site.parts[0], NOW + timedelta(microseconds=1)
    await quiet.execute("UPDATE message SET due_at = $2 WHERE part = $1", part, soon)
    await set_policy(quiet, OPEN)
    await releaser.hasten(part)
    assert set((await due(quiet)).values()) == {soon}


async def test_a_change_meanwhile_begins_anew(
    quiet: World, releaser: Releaser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hastening, "SLICE_MAX", 3)
    part, before = quiet.site.parts[0], await due(quiet)
    first = sorted(before, key=before.__getitem__)[:3]
    for document in (OPEN, {**OPEN, "caps": {}}):
        await set_policy(quiet, document)
        await releaser.hasten(part)
        now = await due(quiet)
        assert {one for one in now if now[one] != before[one]} == set(first)
        for one in first:
            await quiet.execute(
                "UPDATE message SET due_at = $3 WHERE part = $1 AND message_id = $2", part, one, before[one]
            )


async def test_the_loop_does_it_by_itself(
    quiet: World, releaser: Releaser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takt.workers.releaser.RELEASE_S", 0.01)
    await set_policy(quiet, OPEN)
    looping = asyncio.create_task(releaser.run())
    try:
        async with asyncio.timeout(20):
            while max((await due(quiet)).values()) > NOW + SPREAD:
                await asyncio.sleep(0.01)
            clock.at = NOW + SPREAD
            while await states(quiet) != [("accepted", 8)]:
                await asyncio.sleep(0.01)
    finally:
        looping.cancel()
