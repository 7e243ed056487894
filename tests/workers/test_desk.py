"""The projector: every change comes to the desk, in order, once, whatever is cut off between its two transactions."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from takt.actions.outcome import DESK, desk_topic, inbox_topic
from takt.store import desk, views
from takt.store.desk import Desk
from takt.store.pool import transaction
from takt.store.views import Card
from takt.wakes import Subscription, Wakes
from takt.workers import desk as worker
from takt.workers.desk import Projector
from tests.letters import add_company, answer, write
from tests.world import NOW, Somebody, World, twins

LATER = NOW + timedelta(minutes=5)


def projector_of(world: World, wakes: Wakes | None = None) -> Projector:
    return Projector(world.site, world.reference, wakes or Wakes(), lambda: LATER)


async def project(world: World, wakes: Wakes | None = None) -> None:
    for part in world.site.parts:
        await projector_of(world, wakes).drain(part)


async def somebody(world: World, *, part: int = 0, place: int = 0, name: str = "Mara") -> Somebody:
    """A person of the n-th part; none of them lies in the contract's part, where there is another."""
    return await world.add_person(world.numbers(world.site.parts[part], place + 1)[place], name=name)


async def cards(world: World) -> list[Card]:
    part = world.business.contract_part
    async with world.site.pool(part).acquire() as conn:
        return await views.list_cards_after(conn, part, world.business.business_id, 0, 1000)


async def notices(world: World, person: Somebody) -> list[tuple[int, str, str, str]]:
    rows = await world.rows(
        "SELECT cursor, sender_id, body->>'status', body->>'through' FROM notice"
        " WHERE part = $1 AND recipient_id = $2 AND kind = 'status' ORDER BY cursor",
        person.part, person.recipient_id,
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def count_unprojected(world: World) -> int:
    rows = await world.rows("SELECT count(*) FROM thread WHERE part = any($1) AND unprojected", world.site.parts)
    return int(rows[0][0])


@contextmanager
def listening(wakes: Wakes, *topics: str) -> Iterator[list[Subscription]]:
    with wakes.subscribe(topics[0]) as first, wakes.subscribe(topics[1]) as second:
        yield [first, second]


async def test_a_message_of_a_person_becomes_a_card_and_is_received(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support, "Wo ist mein Paket?")
    wakes = Wakes()
    async with twins(world):
        with listening(wakes, desk_topic(world.business.business_id), inbox_topic(person.recipient_id)) as woken:
            await project(world, wakes)
            assert [await one.wait(0) for one in woken] == [True, True]
    assert await cards(world) == [
        Card(
            world.support.sender_id, person.recipient_id, 1, "Mara", person.wa_id, "Wo ist mein Paket?", False,
            "delivered", NOW, 1, NOW + timedelta(hours=24), False,
        )
    ]  # fmt: skip
    assert await notices(world, person) == [(2, world.support.sender_id, "delivered", "1")]
    assert await world.rows("SELECT desk_received, unprojected FROM thread WHERE part = any($1)", world.site.parts) == [
        (1, False)
    ]
    await assert_told_in_order(world, person)


async def test_what_the_company_writes_is_no_news_for_the_person(world: World) -> None:
    person = await somebody(world)
    message_id, _ = await answer(world, person, world.outreach)
    wakes = Wakes()
    with listening(wakes, desk_topic(world.business.business_id), inbox_topic(person.recipient_id)) as woken:
        await project(world, wakes)
        assert [await one.wait(0) for one in woken] == [True, False]
    [card] = await cards(world)
    assert (card.last_text, card.last_mine, card.last_status, card.unread) == ("Moin", True, "accepted", 0)
    assert await notices(world, person) == []
    await world.execute(
        "UPDATE message SET status = 'read' WHERE part = $1 AND message_id = $2", person.part, message_id
    )
    await world.execute("UPDATE thread SET version = version + 1, unprojected = true WHERE part = $1", person.part)
    await project(world)
    [card] = await cards(world)
    assert (card.number, card.last_status) == (2, "read")


async def test_a_block_and_a_thread_without_a_word_show(world: World) -> None:
    person = await somebody(world)
    await world.set_thread(person, world.support, blocked_at=NOW)
    await project(world)
    [card] = await cards(world)
    assert (card.blocked, card.last_status, card.last_text) == (True, "", "")


async def test_each_change_gets_a_new_number_and_an_old_card_never_returns(world: World) -> None:
    one, two = await somebody(world), await somebody(world, place=1, name="Jonas")
    await write(world, one, world.support)
    await project(world)
    assert await read_unprojected(world, one) == []
    await write(world, one, world.support, "Noch etwas")
    await write(world, two, world.support, at=NOW + timedelta(seconds=1))
    stale = await read_unprojected(world, one)
    await project(world)
    assert [(card.name, card.number, card.unread) for card in await cards(world)] == [("Mara", 2, 2), ("Jonas", 3, 1)]
    await write(world, one, world.support, "Und das")
    await project(world)
    await put(world, stale)
    assert [(card.name, card.last_text) for card in await cards(world)] == [("Jonas", "Hallo"), ("Mara", "Und das")]
    assert await count_unprojected(world) == 0


async def read_unprojected(world: World, person: Somebody) -> list[desk.Shown]:
    async with world.site.pool(person.part).acquire() as conn:
        return await desk.list_unprojected(conn, person.part, "", 100)


async def put(world: World, shown: list[desk.Shown]) -> set[UUID]:
    part = world.business.contract_part
    async with transaction(world.site.pool(part)) as conn:
        return await desk.put_cards(conn, part, {Desk(world.business.business_id, world.business.contract_id): shown})


async def test_a_crash_between_the_two_transactions_loses_and_doubles_nothing(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support)
    assert await put(world, await read_unprojected(world, person)) == {world.business.business_id}
    # Here the process dies: the card is there, the thread not settled, nobody woken. Another one starts.
    assert await notices(world, person) == []
    async with twins(world):
        await project(world)
        await project(world)
    assert [card.number for card in await cards(world)] == [1]
    assert await notices(world, person) == [(2, world.support.sender_id, "delivered", "1")]
    assert await count_unprojected(world) == 0


async def test_a_change_between_the_two_transactions_is_projected_after(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support)
    shown = await read_unprojected(world, person)
    await put(world, shown)
    await write(world, person, world.support, "Hallo?")
    async with transaction(world.site.pool(person.part)) as conn:
        assert await desk.settle(conn, person.part, shown, LATER) == {person.recipient_id}
        assert await desk.settle(conn, person.part, shown, LATER) == set()
    assert await count_unprojected(world) == 1
    await project(world)
    assert [(card.last_text, card.unread) for card in await cards(world)] == [("Hallo?", 2)]
    # The first message is 1, its notice 3 (the second message took 2), and the second one's notice 4.
    assert [(row[0], row[3]) for row in await notices(world, person)] == [(3, "1"), (4, "2")]


async def test_what_was_read_at_once_is_not_told_as_delivered_after(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support)
    await world.execute(
        "UPDATE thread SET desk_received = 1, desk_read = 1, desk_read_count = 1 WHERE part = $1", person.part
    )
    await project(world)
    assert await notices(world, person) == []
    assert [(card.last_status, card.unread) for card in await cards(world)] == [("read", 0)]


async def test_several_projectors_and_writers_agree_in_the_end(world: World) -> None:
    people = [
        await somebody(world, part=index % len(world.site.parts), place=index, name=f"Person {index}")
        for index in range(6)
    ]
    projectors = [projector_of(world) for _ in range(3)]
    written = asyncio.Event()

    async def talk(person: Somebody) -> None:
        for turn in range(12):
            await (write if turn % 3 else answer)(world, person, world.support, f"{turn}")

    async def keep_projecting(projector: Projector) -> None:
        while not written.is_set():
            for part in world.site.parts:
                await projector.drain(part)

    async with twins(world), asyncio.TaskGroup() as group:
        following = group.create_task(follow(world, written))
        loops = [group.create_task(keep_projecting(projector)) for projector in projectors]
        await asyncio.gather(*(talk(person) for person in people))
        await project(world)
        written.set()
        await asyncio.gather(*loops)
        seen = await following
    assert await count_unprojected(world) == 0
    assert {(card.name, card.last_text, card.unread) for card in seen.values()} == {
        (f"Person {index}", "11", 8) for index in range(6)
    }
    assert seen == {(card.sender_id, card.recipient_id): card for card in await cards(world)}
    for person in people:
        await assert_told_in_order(world, person)


async def follow(world: World, written: asyncio.Event) -> dict[tuple[str, UUID], Card]:
    """The newest cards as an open inbox sees them, which asks behind the last number until all was written."""
    seen: dict[tuple[str, UUID], Card] = {}
    after, part = 0, world.business.contract_part
    while True:
        done = written.is_set()
        async with world.site.pool(part).acquire() as conn:
            fresh = await views.list_cards_after(conn, part, world.business.business_id, after, 3)
        seen |= {(card.sender_id, card.recipient_id): card for card in fresh}
        if done and not fresh:
            return seen
        after = max([after, *(card.number for card in fresh)])
        await asyncio.sleep(0.001)


async def assert_told_in_order(world: World, person: Somebody) -> None:
    """Each notice goes further than the one before, and the inbox has each of its numbers once."""
    through = [int(row[3]) for row in await notices(world, person)]
    assert through == sorted(set(through)), "told twice or backwards"
    numbers = await world.rows(
        "SELECT cursor FROM notice WHERE part = $1 AND recipient_id = $2"
        " UNION ALL SELECT cursor FROM message WHERE part = $1 AND recipient_id = $2 ORDER BY cursor",
        person.part, person.recipient_id,
    )  # fmt: skip
    assert [row[0] for row in numbers] == list(range(1, len(numbers) + 1)), "a number given twice or left out"
    assert await world.rows(
        "SELECT cursor FROM recipient WHERE part = $1 AND recipient_id = $2", person.part, person.recipient_id
    ) == [numbers[-1]]


async def test_a_follower_never_steps_over_a_card(world: World) -> None:
    """Two projectors commit at once: numbers become visible in their order, so a cursor cannot pass one by."""
    one, two = await somebody(world), await somebody(world, place=1)
    await write(world, one, world.support)
    first = await read_unprojected(world, one)
    await put(world, first)
    await write(world, two, world.support)
    second = [shown for shown in await read_unprojected(world, two) if shown.recipient_id == two.recipient_id]
    await write(world, one, world.support)
    third = [shown for shown in await read_unprojected(world, one) if shown.recipient_id == one.recipient_id]
    part, business_id = world.business.contract_part, world.business.business_id
    slow = await world.site.pool(part).acquire()
    try:
        change = slow.transaction()
        await change.start()
        await desk.put_cards(slow, part, {Desk(business_id, world.business.contract_id): second})
        other = asyncio.create_task(put(world, third))
        await asyncio.sleep(0.05)
        assert not other.done(), "the second one has to wait for the number of the first"
        await change.commit()
        await other
    finally:
        await world.site.pool(part).release(slow)
    assert [(card.recipient_id, card.number) for card in await cards(world)] == [
        (two.recipient_id, 2), (one.recipient_id, 3),
    ]  # fmt: skip


async def test_one_sender_does_not_keep_another_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BATCH_MAX", 4)
    people = [await somebody(world, place=place, name=f"P{place}") for place in range(20)]
    for person in people:
        await write(world, person, world.outreach, "Antwort auf ein Angebot")
    await write(world, people[0], world.support, "Hilfe")
    assert world.outreach.sender_id < world.support.sender_id
    await project(world)
    numbers = {card.last_text: card.number for card in reversed(await cards(world))}
    assert len(await cards(world)) == 21
    assert numbers["Hilfe"] <= 9, "the second batch of the round, not the last"
    assert await count_unprojected(world) == 0


async def test_a_campaign_is_shown_after_the_chats_and_not_all_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "QUIET_BATCH_MAX", 4)
    people = [await somebody(world, place=place) for place in range(6)]
    for person in people:
        await answer(world, person, world.outreach, "Angebot")
        await answer(world, person, world.support, "Umfrage")
    await write(world, people[0], world.support, "Hilfe")
    now = LATER
    projector = Projector(world.site, world.reference, Wakes(), lambda: now)

    async def shown_next() -> list[str]:
        known = max((card.number for card in await cards(world)), default=0)
        await projector.drain(people[0].part)
        return [card.last_text for card in await cards(world) if card.number > known]

    assert await shown_next() == ["Hilfe", *["Angebot"] * 4]
    await write(world, people[1], world.support, "Auch Hilfe")
    assert await shown_next() == ["Auch Hilfe"]
    now += timedelta(seconds=1)
    # The campaign of one sender does not keep the threads of another waiting.
    assert await shown_next() == ["Umfrage"] * 4
    for _ in range(2):
        now += timedelta(seconds=1)
        await shown_next()
    assert await count_unprojected(world) == 0


async def test_a_contract_that_cannot_be_reached_holds_up_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if len(world.site.parts) == 1:
        pytest.skip("with one part all contracts lie together")
    stranger = await add_company(world, world.site.parts[0])
    person = await somebody(world)
    await write(world, person, stranger, "an die andere Firma")
    await write(world, person, world.support, "an die eine Firma")
    genuine = desk.put_cards

    async def put_cards(conn: object, part: int, shown: object) -> set[UUID]:
        if part == world.business.contract_part:
            raise ConnectionError("the node is away")
        return await genuine(conn, part, shown)  # type: ignore[arg-type]

    monkeypatch.setattr(desk, "put_cards", put_cards)
    with pytest.raises(ExceptionGroup):
        await projector_of(world).drain(person.part)
    assert await count_unprojected(world) == 1
    assert [(row[1], row[3]) for row in await notices(world, person)] == [(stranger.sender_id, "1")]
    monkeypatch.setattr(desk, "put_cards", genuine)
    await project(world)
    assert await count_unprojected(world) == 0


async def until_projected(world: World) -> None:
    async with asyncio.timeout(30):
        while await count_unprojected(world):
            await asyncio.sleep(0.01)


async def test_the_loop_projects_when_woken_and_by_itself_when_the_wake_up_was_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wakes = Wakes()
    person = await somebody(world)
    monkeypatch.setattr(worker, "SWEEP_S", 60.0)
    running = asyncio.create_task(projector_of(world, wakes).run())
    await asyncio.sleep(0.1)
    await write(world, person, world.support)
    wakes.wake([DESK])
    await until_projected(world)
    running.cancel()
    await asyncio.wait([running])
    monkeypatch.setattr(worker, "SWEEP_S", 0.05)
    running = asyncio.create_task(projector_of(world, wakes).run())
    await asyncio.sleep(0.1)
    await write(world, person, world.support)
    await until_projected(world)
    running.cancel()
    await asyncio.wait([running])


async def test_the_loop_survives_a_fault(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SWEEP_S", 0.02)
    person = await somebody(world)
    await write(world, person, world.support)
    genuine, faults = desk.settle, iter([RuntimeError("bad"), ConnectionError("gone")])

    async def settle(conn: object, part: int, shown: object, now: object) -> set[UUID]:
        for fault in faults:
            raise fault
        return await genuine(conn, part, shown, now)  # type: ignore[arg-type]

    monkeypatch.setattr(desk, "settle", settle)
    running = asyncio.create_task(projector_of(world).run())
    await until_projected(world)
    running.cancel()
    await asyncio.wait([running])
    assert [card.number for card in await cards(world)] == [1]
    assert len(await notices(world, person)) == 1
