"""A company reads what a person wrote: through a message, once, and the person learns of it."""

from datetime import timedelta
from typing import Any

import pytest

from takt.actions.acknowledge import Acknowledge, Acknowledged, Answer, acknowledge
from takt.actions.outcome import DESK, Done, inbox_topic
from takt.clock import CLOCK
from takt.core.ids import slot_of
from takt.store.pool import transaction
from tests.letters import answer, write
from tests.world import NOW, Somebody, World, twins


async def run(world: World, person: Somebody, *commands: Acknowledge, again: bool = False) -> Done[Answer]:
    async with transaction(world.site.pool(person.part)) as conn:
        return await acknowledge(conn, person.part, list(commands), NOW, again=again)


async def somebody(world: World, place: int = 0) -> Somebody:
    return await world.add_person(world.numbers(world.site.parts[0], place + 1)[place])


async def marks(world: World, person: Somebody) -> tuple[Any, ...]:
    [row] = await world.rows(
        "SELECT desk_received, desk_read, desk_read_count, inbound_count, version, unprojected FROM thread"
        " WHERE part = $1 AND recipient_id = $2 AND sender_id = $3",
        person.part, person.recipient_id, world.support.sender_id,
    )  # fmt: skip
    return row


async def notices(world: World, person: Somebody) -> list[tuple[Any, ...]]:
    return await world.rows(
        "SELECT cursor, sender_id, kind, body->>'status', (body->>'through')::int, at FROM notice"
        " WHERE part = $1 AND recipient_id = $2 ORDER BY cursor",
        person.part, person.recipient_id,
    )  # fmt: skip


async def test_through_a_message_everything_before_it_is_read(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support, "eins")
    await answer(world, person, world.support, "dazwischen")
    await write(world, person, world.outreach, "an einen anderen Absender")
    two, cursor = await write(world, person, world.support, "zwei")
    await write(world, person, world.support, "drei")
    async with twins(world):
        done = await run(world, person, Acknowledge(world.support.sender_id, message_id=two))
    assert cursor == 4
    assert done.answers == [Acknowledged(person.recipient_id, 4)]
    assert done.wakes == {DESK, inbox_topic(person.recipient_id)}
    # Two of the three messages are read; what is read has been received; the thread is to be projected.
    assert await marks(world, person) == (4, 4, 2, 3, 5, True)
    assert await notices(world, person) == [(6, world.support.sender_id, "status", "read", 4, NOW)]


async def test_by_the_person_the_whole_thread_is_read(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support, "eins")
    await write(world, person, world.support, "zwei")
    done = await run(world, person, Acknowledge(world.support.sender_id, recipient_id=person.recipient_id))
    assert done.answers == [Acknowledged(person.recipient_id, 2)]
    assert (await marks(world, person))[:4] == (2, 2, 2, 2)


async def test_by_the_person_up_to_what_was_seen(world: World) -> None:
    person = await somebody(world)
    for body in ("eins", "zwei", "drei"):
        await write(world, person, world.support, body)
    command = Acknowledge(world.support.sender_id, recipient_id=person.recipient_id, through=2)
    assert (await run(world, person, command)).answers == [Acknowledged(person.recipient_id, 2)]
    assert (await marks(world, person))[:4] == (2, 2, 2, 3)
    beyond = Acknowledge(world.support.sender_id, recipient_id=person.recipient_id, through=99)
    assert (await run(world, person, beyond)).answers == [Acknowledged(person.recipient_id, 3)]
    assert (await marks(world, person))[:4] == (3, 3, 3, 3)


async def test_a_repeat_and_a_step_back_change_nothing(world: World) -> None:
    person = await somebody(world)
    one, _ = await write(world, person, world.support, "eins")
    two, _ = await write(world, person, world.support, "zwei")
    await run(world, person, Acknowledge(world.support.sender_id, message_id=two))
    before, told = await marks(world, person), await notices(world, person)
    for message_id in (two, one):
        done = await run(world, person, Acknowledge(world.support.sender_id, message_id=message_id))
        assert done.answers == [Acknowledged(person.recipient_id, 2)]
        assert done.wakes == set()
    assert await marks(world, person) == before
    assert await notices(world, person) == told


async def test_a_batch_run_again_wakes_for_what_its_first_run_did(world: World) -> None:
    person = await somebody(world)
    one, _ = await write(world, person, world.support)
    command = Acknowledge(world.support.sender_id, message_id=one)
    await run(world, person, command)
    done = await run(world, person, command, again=True)
    assert done.answers == [Acknowledged(person.recipient_id, 1)]
    assert done.wakes == {DESK, inbox_topic(person.recipient_id)}
    assert len(await notices(world, person)) == 1


async def test_many_acknowledgements_of_one_thread_are_one(world: World) -> None:
    mara, jonas = await somebody(world), await somebody(world, 1)
    ids = [(await write(world, mara, world.support, f"{n}"))[0] for n in range(3)]
    other, _ = await write(world, jonas, world.support)
    commands = [Acknowledge(world.support.sender_id, message_id=one) for one in (ids[1], other, ids[2], ids[0])]
    done = await run(world, mara, *commands)
    assert done.answers == [
        Acknowledged(mara.recipient_id, 3), Acknowledged(jonas.recipient_id, 1),
        Acknowledged(mara.recipient_id, 3), Acknowledged(mara.recipient_id, 3),
    ]  # fmt: skip
    assert [row[0] for row in await notices(world, mara)] == [4]
    assert [row[0] for row in await notices(world, jonas)] == [2]


async def test_two_threads_of_one_person_get_a_number_each(world: World) -> None:
    person = await somebody(world)
    one, _ = await write(world, person, world.support)
    two, _ = await write(world, person, world.outreach)
    await run(
        world, person, Acknowledge(world.support.sender_id, message_id=one),
        Acknowledge(world.outreach.sender_id, message_id=two),
    )  # fmt: skip
    assert [(row[0], row[1], row[4]) for row in await notices(world, person)] == [
        (3, world.outreach.sender_id, 2), (4, world.support.sender_id, 1),
    ]  # fmt: skip
    assert await world.rows("SELECT cursor FROM recipient WHERE part = $1", person.part) == [(4,)]


async def test_what_nobody_wrote_to_this_sender_is_unknown(world: World) -> None:
    person = await somebody(world)
    inbound, _ = await write(world, person, world.support)
    outbound, _ = await answer(world, person, world.support)
    stranger = await somebody(world, 1)
    done = await run(
        world, person,
        Acknowledge(world.outreach.sender_id, message_id=inbound),
        Acknowledge(world.support.sender_id, message_id=outbound),
        Acknowledge(world.support.sender_id, message_id=CLOCK.new_id(slot_of(person.recipient_id))),
        Acknowledge(world.support.sender_id, recipient_id=stranger.recipient_id),
        Acknowledge(world.support.sender_id, recipient_id=CLOCK.new_id(slot_of(person.recipient_id)), typing=True),
    )  # fmt: skip
    assert done.answers == [None] * 5
    assert done.wakes == set()
    assert await notices(world, person) == []
    assert (await marks(world, person))[:3] == (0, 0, 0)


async def test_typing_is_a_passing_signal(world: World) -> None:
    person = await somebody(world)
    one, _ = await write(world, person, world.support)
    command = Acknowledge(world.support.sender_id, message_id=one, typing=True)
    signal = f"{inbox_topic(person.recipient_id)}#typing:{world.support.sender_id}"
    assert signal in (await run(world, person, command)).wakes
    # Also when there is nothing left to read.
    assert (await run(world, person, command)).wakes == {signal}


@pytest.mark.parametrize(
    ("column", "value"),
    [("window_until", NOW), ("blocked_at", NOW - timedelta(hours=1)), ("deleted_at", NOW - timedelta(hours=1))],
)
async def test_typing_is_not_shown_to_whom_the_company_may_not_answer(world: World, column: str, value: object) -> None:
    person = await somebody(world)
    one, _ = await write(world, person, world.support)
    await world.execute(f"UPDATE thread SET {column} = $2 WHERE part = $1", person.part, value)
    done = await run(world, person, Acknowledge(world.support.sender_id, message_id=one, typing=True))
    assert done.answers == [Acknowledged(person.recipient_id, 1)]
    assert not [wake for wake in done.wakes if "#" in wake]


def test_a_command_belongs_to_the_lane_of_its_person() -> None:
    recipient_id, message_id = CLOCK.new_id(17), CLOCK.new_id(18)
    assert Acknowledge("1", recipient_id=recipient_id).slot == 17
    assert Acknowledge("1", message_id=message_id).slot == 18
