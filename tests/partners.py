"""A company becomes the client of a partner."""

from dataclasses import replace

from takt.clock import CLOCK
from takt.core.entries import Payer
from takt.core.ids import SLOTS
from takt.store import businesses, ledger
from takt.store.pool import transaction
from takt.store.stamp import touch
from tests.world import NOW, World


async def sell_through_partner(world: World, funds: int) -> Payer:
    """The company becomes a client: its partner, in another part if there are several, has so much."""
    part, contract_id = world.site.parts[0], CLOCK.new_id(SLOTS // 8)
    partner = replace(
        world.business, business_id=CLOCK.new_id(), waba_id="200493023777", contract_id=contract_id, contract_part=part
    )
    async with transaction(world.site.everywhere) as conn:
        await businesses.add_business(conn, partner, NOW)
        await businesses.add_contract(conn, partner, "EUR", NOW)
        if funds:
            await ledger.add_top_up(conn, (part, contract_id), CLOCK.new_id(), funds, "", NOW)
        await conn.execute(
            "UPDATE business SET partner_part = $1, partner_id = $2 WHERE business_id = $3",
            part, contract_id, world.business.business_id,
        )  # fmt: skip
        await touch(conn)
    return part, contract_id
