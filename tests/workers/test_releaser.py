"""The releaser: what is due in all parts goes out, and a message that cannot be looked at holds up no other."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from takt.actions.outcome import inbox_topic
from takt.actions.release import Release
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.message import Waits
from takt.store.pool import transaction
from takt.wakes import Wakes
from takt.workers.releaser import Releaser
from tests.world import NOW, OPEN, Somebody, World, template_to

LATER = NOW + timedelta(days=1)


@pytest.fixture
async def quiet(world: World) -> World:
    """It is Sunday, and advertising waits for Monday."""
    await world.set_policy({**OPEN, "quiet_hours": {}})
    await world.set_reference("UPDATE template SET ttl_s = 2592000")
    return world


def make(world: World, wakes: Wakes | None = None, now: Callable[[], datetime] = lambda: LATER) -> Releaser:
    release = Release(world.reference, CLOCK.new_id, len(world.site.parts))
    return Releaser(world.site, world.reference, release, wakes or Wakes(), now)


async def wait(world: World, person: Somebody, count: int = 1) -> None:
    """Let so many messages wait for the person."""
    await world.set_marketing(person, granted=True)
    commands = [template_to(world, person.wa_id, "autumn_offer", str(number)) for number in range(count)]
    async with transaction(world.site.pool(person.part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        done = await action(conn, person.part, commands, NOW, again=False)
    assert all(isinstance(answer, Waits) for answer in done.answers)


async def test_it_releases_in_every_part_and_wakes_the_devices(quiet: World) -> None:
    people = [await quiet.add_person(quiet.numbers(part, 1)[0]) for part in quiet.site.parts]
    for person in people:
        await wait(quiet, person)
    wakes = Wakes()
    with wakes.subscribe(inbox_topic(people[-1].recipient_id)) as woken:
        releasing = asyncio.create_task(make(quiet, wakes).run())
        try:
            assert await woken.wait(5)
        finally:
            releasing.cancel()
    assert await quiet.rows("SELECT DISTINCT status FROM message") == [("accepted",)]


async def test_a_message_that_cannot_be_looked_at_holds_up_no_other(
    quiet: World, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays, told in the log, and is passed over."""
    person = await quiet.add_person(quiet.numbers(quiet.site.parts[0], 1)[0])
    await wait(quiet, person, 5)
    await quiet.execute(
        "UPDATE message SET sender_id = '100000000000000' WHERE message_id IN"
        " (SELECT message_id FROM message WHERE part = $1 ORDER BY due_at LIMIT 2)",
        person.part,
    )
    releaser = make(quiet)
    for _ in range(2):
        assert not await releaser.release(person.part)
    assert await quiet.rows("SELECT status, count(*) FROM message GROUP BY status ORDER BY status") == [
        ("accepted", 3), ("waiting", 2),
    ]  # fmt: skip
    assert f"a message of part {person.part} cannot be released" in caplog.text


async def test_somebody_who_is_busy_is_left_to_the_next_round(quiet: World) -> None:
    person = await quiet.add_person(quiet.numbers(quiet.site.parts[0], 1)[0])
    await wait(quiet, person)
    releaser = make(quiet)
    async with transaction(quiet.site.pool(person.part)) as conn:
        await conn.execute(
            "SELECT 1 FROM recipient WHERE part = $1 AND recipient_id = $2 FOR UPDATE", person.part, person.recipient_id
        )
        async with asyncio.timeout(30):
            await releaser.release(person.part)
        assert await quiet.rows("SELECT status FROM message") == [("waiting",)]
    await releaser.release(person.part)
    assert await quiet.rows("SELECT status FROM message") == [("accepted",)]


async def test_what_is_not_due_is_left_alone(quiet: World) -> None:
    person = await quiet.add_person(quiet.numbers(quiet.site.parts[0], 1)[0])
    await wait(quiet, person)
    await make(quiet, now=lambda: NOW + timedelta(hours=1)).release(person.part)
    assert await quiet.rows("SELECT status FROM message") == [("waiting",)]
