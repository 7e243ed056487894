"""Processes of their own: each with its pool, its reference rows and its running lanes of sends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from takt.actions.outgoing import Answer, Refused
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.ids import slot_of_key
from takt.core.message import SendMessage
from takt.lanes import Lanes
from takt.store.pool import open_pool
from takt.store.reference import Reference
from takt.store.site import Site
from takt.wakes import Wakes
from tests.world import NOW, World

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
