"""What people and companies write in tests of the desk, put into the database as the lanes would put it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from takt.clock import CLOCK
from takt.core.ids import SLOTS, slot_of
from takt.store import businesses
from takt.store.pool import Conn, transaction
from takt.store.reference import Sender
from tests.world import NOW, Somebody, World


async def write(
    world: World, person: Somebody, sender: Sender, body: str = "Hallo", *, at: datetime = NOW
) -> tuple[UUID, int]:
    """The person writes to the sender; the message with its cursor."""
    async with transaction(world.site.pool(person.part)) as conn:
        message_id, cursor = await _add(conn, world, person, sender, body, at, inbound=True)
        await conn.execute(
            "INSERT INTO thread (part, recipient_id, sender_id, last_at, last_text, last_cursor, last_message_id,"
            " inbound_cursor, inbound_count, window_until, accepted)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $6, 1, $8, true)"
            " ON CONFLICT (part, recipient_id, sender_id) DO UPDATE SET last_at = excluded.last_at,"
            " last_text = excluded.last_text, last_cursor = excluded.last_cursor,"
            " last_message_id = excluded.last_message_id, inbound_cursor = excluded.inbound_cursor,"
            " inbound_count = thread.inbound_count + 1, window_until = excluded.window_until,"
            " version = thread.version + 1, unprojected = true",
            person.part, person.recipient_id, sender.sender_id, at, body, cursor, message_id,
            at + timedelta(hours=24),
        )  # fmt: skip
    return message_id, cursor


async def answer(
    world: World, person: Somebody, sender: Sender, body: str = "Moin", *, at: datetime = NOW
) -> tuple[UUID, int]:
    """The sender writes to the person; the message with its cursor."""
    async with transaction(world.site.pool(person.part)) as conn:
        message_id, cursor = await _add(conn, world, person, sender, body, at, inbound=False)
        await conn.execute(
            "INSERT INTO thread (part, recipient_id, sender_id, last_at, last_text, last_cursor, last_message_id)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT (part, recipient_id, sender_id) DO UPDATE SET last_at = excluded.last_at,"
            " last_text = excluded.last_text, last_cursor = excluded.last_cursor,"
            " last_message_id = excluded.last_message_id, version = thread.version + 1, unprojected = true",
            person.part, person.recipient_id, sender.sender_id, at, body, cursor, message_id,
        )  # fmt: skip
    return message_id, cursor


async def add_company(world: World, contract_part: int) -> Sender:
    """Another company, whose contract lies in that part; the sender it speaks as."""
    slot = next(slot for slot in range(SLOTS) if world.site.part_of(slot) == contract_part)
    company = replace(
        world.business, business_id=CLOCK.new_id(), contract_id=CLOCK.new_id(slot), waba_id="200493023199",
        name="Rabattkiste", contract_part=contract_part,
    )  # fmt: skip
    sender = replace(world.support, sender_id="100493023199001", business=company, phone="493023199001")
    async with transaction(world.site.everywhere) as conn:
        await businesses.add_business(conn, company, NOW)
        await businesses.add_contract(conn, company, "EUR", NOW)
        await businesses.add_sender(conn, world.site.parts, sender, NOW)
    return sender


async def _add(
    conn: Conn, world: World, person: Somebody, sender: Sender, body: str, at: datetime, *, inbound: bool
) -> tuple[UUID, int]:
    message_id = CLOCK.new_id(slot_of(person.recipient_id))
    cursor = await conn.fetchval(
        "UPDATE recipient SET cursor = cursor + 1 WHERE part = $1 AND recipient_id = $2 RETURNING cursor",
        person.part, person.recipient_id,
    )  # fmt: skip
    await conn.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type,"
        " content, category, status, accepted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'text', $9, 'service',"
        " 'accepted', $10)",
        person.part, message_id, person.recipient_id, person.wa_id, sender.sender_id, world.business.business_id,
        inbound, cursor, msgspec.json.encode({"body": body, "preview_url": False}).decode(), at,
    )  # fmt: skip
    return message_id, cursor
