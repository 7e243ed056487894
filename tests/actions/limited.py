"""Settings in which what a company shares with others keeps it from sending: its owner's reach, pacing, stops, measures."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from takt.clock import CLOCK
from takt.core.message import SendMessage
from takt.core.reach import hour_of
from tests.letters import add_company
from tests.world import NOW, OPEN, Somebody, World, template_to

Setting = Callable[[World, Somebody], Coroutine[Any, Any, SendMessage]]


async def reached(world: World, mara: Somebody) -> SendMessage:
    """The lowest tier is used up by 250 others."""
    await world.set_reference("UPDATE business SET tier = 'TIER_250'")
    part, owner_id = world.business.contract_part, world.business.business_id
    await world.execute(
        "INSERT INTO ration (part, subject, slot_at, used) VALUES ($1, $2, $3, 250)",
        part, f"reach:{owner_id}", hour_of(NOW - timedelta(hours=3)),
    )  # fmt: skip
    return template_to(world, mara.wa_id)


async def cut(world: World, mara: Somebody) -> SendMessage:
    command = await reached(world, mara)
    await world.set_reference("UPDATE business SET tier = 'TIER_100K', cut_until = $1", NOW + timedelta(days=1))
    return command


async def paced(world: World, mara: Somebody) -> SendMessage:
    """The room of a new template is used up, and nothing may wait."""
    await world.set_marketing(mara, granted=True)
    await world.set_policy({**OPEN, "waiting": {"wait_h": 0}})
    await world.set_reference("UPDATE template SET room = 1, paced_at = $1", NOW)
    await world.execute(
        "INSERT INTO ration (part, subject, slot_at, used) VALUES ($1, 'room:400493023125002', $2, 1)",
        world.business.contract_part, NOW,
    )  # fmt: skip
    return template_to(world, mara.wa_id, "autumn_offer")


async def stopped_the_owner(world: World, mara: Somebody) -> SendMessage:
    """Mara said yes to Nordwind, and later no to another company that Nordwind owns."""
    await world.set_marketing(mara, granted=True)
    other = await add_company(world, world.business.contract_part)
    await world.set_reference(
        "UPDATE business SET owner_id = $1 WHERE business_id = $2",
        world.business.business_id, other.business.business_id,
    )  # fmt: skip
    await world.execute(
        "INSERT INTO consent (part, recipient_id, business_id, purpose, granted, source, record_id, at, act)"
        " VALUES ($1, $2, $3, 'marketing', false, 'messenger', $2, $4, 'stop')",
        mara.part, mara.recipient_id, other.business.business_id, NOW - timedelta(days=1),
    )  # fmt: skip
    return template_to(world, mara.wa_id, "autumn_offer")


async def blocked_the_company(world: World, mara: Somebody) -> SendMessage:
    """Mara said yes to Nordwind, and later blocked its other number."""
    await world.set_marketing(mara, granted=True)
    await world.set_thread(mara, world.support, blocked_at=NOW - timedelta(days=1))
    return template_to(world, mara.wa_id, "autumn_offer")


def measured(kind: str) -> Setting:
    async def setting(world: World, mara: Somebody) -> SendMessage:
        await world.set_reference(
            "INSERT INTO measure (measure_id, business_id, kind, state, figures, proposed_at, until)"
            " VALUES ($1, $2, $3, 'in_force', '{}', $4, $5)",
            CLOCK.new_id(), world.business.business_id, kind, NOW, NOW + timedelta(days=1),
        )  # fmt: skip
        return template_to(world, mara.wa_id)

    return setting
