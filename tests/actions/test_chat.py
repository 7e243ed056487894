"""Blocking, accepting and deleting: once each, told to the other devices, and to the company where it concerns it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from takt.actions.chat import Accept, Answer, Block, Chat, Command, Complaint, Delete
from takt.actions.outcome import DESK, Done, inbox_topic
from takt.clock import CLOCK
from takt.core import refusal
from takt.core.ids import slot_of
from takt.store.pool import transaction
from tests.letters import answer, write
from tests.world import NOW, Somebody, World, twins


async def somebody(world: World, place: int = 0) -> Somebody:
    return await world.add_person(world.numbers(world.site.parts[0], place + 1)[place])


async def run(world: World, person: Somebody, *commands: Command, again: bool = False) -> Done[Answer]:
    async with transaction(world.site.pool(person.part)) as conn:
        return await Chat(world.reference)(conn, person.part, list(commands), NOW, again=again)


async def notices(world: World, person: Somebody) -> list[tuple[Any, ...]]:
    return await world.rows(
        "SELECT cursor, sender_id, kind, (body->>'blocked')::bool, (body->>'accepted')::bool,"
        " (body->>'cleared_through')::int FROM notice WHERE part = $1 AND recipient_id = $2 ORDER BY cursor",
        person.part, person.recipient_id,
    )  # fmt: skip


async def thread(world: World, person: Somebody, columns: str) -> list[tuple[Any, ...]]:
    return await world.rows(
        f"SELECT {columns} FROM thread WHERE part = $1 AND recipient_id = $2", person.part, person.recipient_id
    )


async def test_blocking_and_unblocking(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support)
    sender_id = world.support.sender_id
    async with twins(world):
        done = await run(world, person, Block(person.recipient_id, sender_id, blocked=True))
        assert done == Done([True], {DESK, inbox_topic(person.recipient_id)})
        assert await thread(world, person, "blocked_at, inbound_count, version, unprojected") == [(NOW, 1, 2, True)]
        repeated = await run(world, person, Block(person.recipient_id, sender_id, blocked=True))
        assert repeated == Done([True], set())
        await run(world, person, Block(person.recipient_id, sender_id, blocked=False))
    assert await thread(world, person, "blocked_at, version") == [(None, 3)]
    assert await notices(world, person) == [
        (2, sender_id, "thread", True, True, 0), (3, sender_id, "thread", False, True, 0),
    ]  # fmt: skip


async def test_who_was_blocked_before_any_contact_does_not_learn_of_the_person(world: World) -> None:
    person = await somebody(world)
    done = await run(world, person, Block(person.recipient_id, world.outreach.sender_id, blocked=True))
    assert done.wakes == {inbox_topic(person.recipient_id)}
    assert await thread(world, person, "blocked_at, last_cursor, unprojected") == [(NOW, 0, False)]


async def test_what_the_company_was_to_be_shown_before_it_still_is(world: World) -> None:
    person = await somebody(world)
    await world.set_thread(person, world.outreach)
    await run(world, person, Block(person.recipient_id, world.outreach.sender_id, blocked=True))
    assert await thread(world, person, "last_cursor, unprojected") == [(0, True)]


async def test_a_complaint_is_kept_once_for_the_operator(world: World) -> None:
    person = await somebody(world)
    said = Complaint(CLOCK.new_id(), "spam", "Jeden Tag dreimal")
    command = Block(person.recipient_id, world.outreach.sender_id, blocked=True, complaint=said)
    await run(world, person, command)
    done = await run(world, person, command, again=True)
    assert done == Done([True], {inbox_topic(person.recipient_id)})
    assert await world.rows(
        "SELECT part, report_id, recipient_id, sender_id, reason, note, at FROM report WHERE part = $1", person.part
    ) == [
        (person.part, said.report_id, person.recipient_id, world.outreach.sender_id, "spam", "Jeden Tag dreimal", NOW)
    ]  # fmt: skip
    assert len(await notices(world, person)) == 1
    assert await world.count("outbox") == 0, "the company is not told"


async def test_a_first_contact_is_accepted_once(world: World) -> None:
    person = await somebody(world)
    await answer(world, person, world.outreach)
    command = Accept(person.recipient_id, world.outreach.sender_id)
    async with twins(world):
        await run(world, person, command, command)
    assert await thread(world, person, "accepted, version") == [(True, 2)]
    assert await notices(world, person) == [(2, world.outreach.sender_id, "thread", False, True, 0)]


async def test_deleting_ends_the_right_to_write(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support)
    await answer(world, person, world.support)
    await answer(world, person, world.outreach)
    command = Delete(person.recipient_id, world.support.sender_id)
    async with twins(world):
        done = await run(world, person, command)
        repeated = await run(world, person, command)
    assert done == Done([True], {DESK, inbox_topic(person.recipient_id)})
    assert repeated == Done([True], set())
    assert await thread(world, person, "sender_id, deleted_at, window_until, cleared_through, last_cursor") == [
        (world.support.sender_id, NOW, None, 3, 2), (world.outreach.sender_id, None, None, 0, 3),
    ][::-1]  # fmt: skip
    assert await notices(world, person) == [(4, world.support.sender_id, "thread", False, True, 3)]


async def test_a_chat_that_went_on_can_be_deleted_again(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support)
    command = Delete(person.recipient_id, world.support.sender_id)
    await run(world, person, command)
    await write(world, person, world.support, at=NOW + timedelta(minutes=1))
    await run(world, person, command)
    assert await thread(world, person, "window_until, cleared_through") == [(None, 3)]


async def test_a_window_without_words_can_be_closed_too(world: World) -> None:
    person = await somebody(world)
    await world.set_thread(person, world.support, window_until=NOW + timedelta(hours=1))
    await run(world, person, Delete(person.recipient_id, world.support.sender_id))
    assert await thread(world, person, "window_until, deleted_at") == [(None, NOW)]


async def test_several_acts_in_a_batch_follow_one_another(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    for who in (person, other):
        await answer(world, who, world.outreach)
    sender_id = world.outreach.sender_id
    await run(
        world, person, Accept(person.recipient_id, sender_id), Block(other.recipient_id, sender_id, blocked=True),
        Block(person.recipient_id, sender_id, blocked=True), Delete(person.recipient_id, sender_id),
    )  # fmt: skip
    assert [row[0] for row in await notices(world, person)] == [2, 3, 4]
    assert (await notices(world, person))[-1] == (4, sender_id, "thread", True, True, 3)
    assert len(await notices(world, other)) == 1


async def test_what_is_not_there_is_said(world: World) -> None:
    person = await somebody(world)
    stranger: UUID = CLOCK.new_id(slot_of(person.recipient_id))
    done = await run(
        world, person, Accept(stranger, world.support.sender_id), Accept(person.recipient_id, "99999"),
        Accept(person.recipient_id, world.support.sender_id), Delete(person.recipient_id, world.support.sender_id),
    )  # fmt: skip
    assert done == Done(
        [refusal.PERSON_UNKNOWN, refusal.SENDER_UNKNOWN, refusal.THREAD_UNKNOWN, refusal.THREAD_UNKNOWN], set()
    )
