"""What tests of prices share: a company on another rate card, messages that come and go, and what was charged."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from takt.actions.publish import Published, publish
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.message import Accepted, SendMessage, Status
from takt.store.pool import transaction
from takt.store.stamp import touch
from tests.world import NOW, TWIN, Somebody, World

SINCE = NOW - timedelta(days=30)
FREE = "free_customer_service"
REACTION: dict[str, Any] = {"when": {"form": "reaction"}, "price": 0, "type": FREE}


def document(*rules: dict[str, Any], card: str = "tested", **fields: Any) -> dict[str, Any]:
    """A rate card of these rules."""
    return {"card": card, "currency": "EUR", **fields, "rules": list(rules)}


def stepped(counter: str, *steps: tuple[int, int], **when: Any) -> dict[str, Any]:
    """A rule by the steps of a counter."""
    found: dict[str, Any] = {"tiers": {"counter": counter, "steps": [list(step) for step in steps]}}
    return {"when": when, **found} if when else found


async def publish_at(world: World, wanted: dict[str, Any], now: datetime = SINCE) -> Published:
    async with transaction(world.site.everywhere) as conn:
        return await publish(conn, wanted, now)


async def pay_by(world: World, wanted: dict[str, Any]) -> None:
    """Publish a card, and let the company pay by it."""
    await publish_at(world, wanted)
    async with transaction(world.site.everywhere) as conn:
        await conn.execute(
            "UPDATE business SET card = $1 WHERE business_id = $2", wanted["card"], world.business.business_id
        )
        await touch(conn)


async def send(world: World, *commands: SendMessage, now: datetime = NOW) -> list[Any]:
    """One batch of sends: the answers."""
    part = world.part_of(commands[0].wa_id)
    async with transaction(world.site.pool(part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        return list((await action(conn, part, list(commands), now, again=False)).answers)


async def sent(world: World, *commands: SendMessage, now: datetime = NOW) -> list[UUID]:
    """The same where all must go out: the ids."""
    answers = await send(world, *commands, now=now)
    assert all(isinstance(one, Accepted) for one in answers), answers
    return [one.message_id for one in answers]


async def deliver(world: World, person: Somebody, through: int = 2**40, now: datetime = NOW) -> None:
    """A device has received everything up to a cursor."""
    async with transaction(world.site.pool(person.part)) as conn:
        action = TakeReceipts(world.reference, CLOCK.new_id)
        await action(
            conn, person.part, [Receipt(person.recipient_id, Status.DELIVERED, through)], now, again=False
        )  # fmt: skip


async def holds(world: World) -> dict[UUID, tuple[str, int, int | None, int | None]]:
    """State, what was set aside, what was taken of it, and the place in its count, of each hold."""
    rows = await world.rows(
        "SELECT message_id, state, amount_micros, captured_micros, ordinal FROM hold WHERE part < $1", TWIN
    )
    return {row[0]: row[1:] for row in rows}


async def counters(world: World) -> dict[str, int]:
    return dict(await world.rows("SELECT key || '@' || period, counted FROM counter WHERE part < $1", TWIN))


async def prices(world: World) -> dict[UUID, dict[str, Any]]:
    """What is kept of the price of each message."""
    rows = await world.rows("SELECT message_id, pricing FROM message WHERE NOT inbound AND pricing IS NOT NULL")
    return {row[0]: json.loads(row[1]) for row in rows}


async def told(world: World, field: str = "messages") -> list[dict[str, Any]]:
    """The events of a field, in order."""
    rows = await world.rows("SELECT body FROM outbox WHERE field = $1 ORDER BY event_id", field)
    return [json.loads(row[0])["value"] for row in rows]


async def pricings(world: World) -> list[tuple[str, str, bool, str, str]]:
    """Status and price of each status event that shows one."""
    found = [one["statuses"][0] for one in await told(world) if "statuses" in one]
    return [
        (
            one["status"], one["pricing"]["type"], one["pricing"]["billable"], one["pricing"]["category"],
            one["pricing"]["pricing_model"],
        )
        for one in found
        if "pricing" in one
    ]  # fmt: skip
