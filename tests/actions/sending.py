"""What the tests of sending share: one batch as its lane would run it, and a look at what it left."""

import json
from typing import Any

from takt.actions.outcome import Done
from takt.actions.outgoing import Answer, Refused
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.message import SendMessage
from takt.store.pool import transaction
from tests.world import NOW, Somebody, World


async def send(world: World, *commands: SendMessage, again: bool = False) -> Done[Answer]:
    """Run one batch as the lane of its part would."""
    part = world.part_of(commands[0].wa_id)
    action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
    async with transaction(world.site.pool(part)) as conn:
        return await action(conn, part, list(commands), NOW, again=again)


async def events(world: World) -> list[dict[str, Any]]:
    """What the webhook owes, in order."""
    rows = await world.rows("SELECT body FROM outbox WHERE part = any($1) ORDER BY event_id", world.site.parts)
    return [json.loads(row[0])["value"] for row in rows]


async def counts(world: World) -> dict[str, int]:
    """How many rows there are of what a send may write."""
    return {table: await world.count(table) for table in ("message", "thread", "hold", "outbox", "notice", "journal")}


async def cursor_of(world: World, person: Somebody) -> int:
    """The newest inbox number of a person."""
    ((cursor,),) = await world.rows(
        "SELECT cursor FROM recipient WHERE part = $1 AND recipient_id = $2", person.part, person.recipient_id
    )
    return int(cursor)


def reasons(done: Done[Answer]) -> list[str | None]:
    """The reason of each answer, None for a yes."""
    return [answer.denied.reason.name if isinstance(answer, Refused) else None for answer in done.answers]


async def leave(world: World, micros: int) -> None:
    """Leave so much money in the wallet."""
    await world.execute(
        "UPDATE account SET posted_micros = $3 WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
        *world.payer, micros,
    )  # fmt: skip
