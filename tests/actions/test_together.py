"""Two processes on one database do everything at once: nobody waits for ever, and the books agree at the end."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from takt.actions.chat import Accept, Block, Chat, Delete
from takt.actions.consent import Consent, SetConsent
from takt.actions.expire import Expire
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.receive import Receive, Write
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.content import TextContent
from takt.core.ids import slot_of
from takt.core.message import Status
from takt.lanes import Lanes
from takt.store.pool import transaction
from takt.store.reference import Reference
from takt.wakes import Wakes
from tests.world import FUNDS, ORIGIN, Somebody, World, template_to

ACTORS = 12
ACTS = 25


class Process:
    """The lanes of one process, and the loops that run them."""

    def __init__(self, world: World) -> None:
        reference, new_id = Reference(), CLOCK.new_id
        actions: dict[str, Any] = {
            "send": Send(reference, new_id, len(world.site.parts)),
            "receive": Receive(reference, new_id, ORIGIN),
            "receipt": TakeReceipts(reference, new_id),
            "consent": Consent(reference, new_id),
            "chat": Chat(reference),
        }
        self.lanes: dict[str, Lanes[Any, Any]] = {
            name: Lanes(action, world.site, Wakes(), CLOCK.now) for name, action in actions.items()
        }
        self.expire = Expire(reference, new_id)


def act(world: World, person: Somebody, chance: random.Random) -> tuple[str, Any]:
    """Something that this person or the company does, and the lane it goes to."""
    one, slot = person.recipient_id, slot_of(person.recipient_id)
    sender_id = chance.choice((world.outreach.sender_id, world.support.sender_id))
    match chance.randrange(8):
        case 0 | 1 | 2:
            return "send", template_to(world, person.wa_id)
        case 3:
            word = chance.choice(("Hallo", "STOP", "START"))
            return "receive", Write(CLOCK.new_id(slot), one, sender_id, str(CLOCK.new_id()), TextContent(word))
        case 4 | 5:
            status = chance.choice((Status.DELIVERED, Status.READ))
            return "receipt", Receipt(one, status, chance.randrange(60), chance.choice((None, sender_id)))
        case 6:
            return "consent", SetConsent(CLOCK.new_id(slot), one, sender_id, "service", granted=chance.random() < 0.5)
        case _:
            choices: Sequence[Any] = (
                Block(one, sender_id, blocked=chance.random() < 0.3), Accept(one, sender_id), Delete(one, sender_id),
            )  # fmt: skip
            return "chat", chance.choice(choices)


async def test_everything_at_once(world: World) -> None:
    await world.execute("UPDATE sender SET throughput_per_s = 100000")
    parts = world.site.parts
    people = [await world.add_person(number) for part in {parts[0], parts[-1]} for number in world.numbers(part, 4)]
    processes = [Process(world), Process(world)]
    running = [asyncio.create_task(lane.run()) for one in processes for lane in one.lanes.values()]
    running += [asyncio.create_task(expire_on_and_on(world, one)) for one in processes]
    try:
        async with asyncio.timeout(90):
            await asyncio.gather(*(live(world, people, processes, random.Random(seed)) for seed in range(ACTORS)))
    finally:
        for task in running:
            task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
    assert not [fault for fault in ended if not isinstance(fault, asyncio.CancelledError)]
    await the_books_agree(world)
    await the_inboxes_are_whole(world)


async def live(world: World, people: Sequence[Somebody], processes: Sequence[Process], chance: random.Random) -> None:
    """One act after the other, of anybody by any process."""
    for _ in range(ACTS):
        person = chance.choice(people)
        name, command = act(world, person, chance)
        await chance.choice(processes).lanes[name].submit(slot_of(person.recipient_id), command)


async def expire_on_and_on(world: World, process: Process) -> None:
    """Templates live for an hour, so two hours on whatever was not delivered is overdue."""
    while True:
        for part in world.site.parts:
            async with transaction(world.site.pool(part)) as conn:
                await process.expire(conn, part, CLOCK.now() + timedelta(hours=2))
        await asyncio.sleep(0.02)


async def the_books_agree(world: World) -> None:
    sums = dict(await world.rows("SELECT state, sum(amount_micros)::bigint FROM hold GROUP BY state"))
    assert await world.money() == (FUNDS - sums.get("captured", 0), sums.get("held", 0))
    [[booked]] = await world.rows(
        "SELECT coalesce(sum(amount_micros), 0)::bigint FROM journal WHERE kind IN ('capture', 'late')"
    )
    assert booked == sums.get("captured", 0) > 0
    [[late]] = await world.rows("SELECT count(*) FROM journal WHERE kind = 'late'")
    assert sums.get("released", 0) + late > 0, "some were over, whether or not they came after all"
    assert await world.rows(
        "SELECT m.status, h.state FROM message m JOIN hold h USING (part, message_id) WHERE (m.status, h.state) NOT IN"
        " (('accepted', 'held'), ('delivered', 'captured'), ('read', 'captured'), ('failed', 'released'))"
    ) == []  # fmt: skip


async def the_inboxes_are_whole(world: World) -> None:
    """Every number up to the newest is a message or a notice, once."""
    for recipient_id, newest in await world.rows("SELECT recipient_id, cursor FROM recipient"):
        rows = await world.rows(
            "SELECT cursor FROM message WHERE recipient_id = $1 AND cursor IS NOT NULL UNION ALL"
            " SELECT cursor FROM notice WHERE recipient_id = $1 ORDER BY 1",
            recipient_id,
        )  # fmt: skip
        assert [row[0] for row in rows] == list(range(1, newest + 1))
