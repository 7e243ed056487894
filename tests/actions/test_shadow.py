"""A shadow card prices a company's traffic beside its own, and moves nothing."""

from takt.actions.shadow import SetShadow, set_shadows
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from takt.store.site import Site
from takt.store.stamp import touch
from tests.pricing import deliver, document, publish_at, sent
from tests.world import FUNDS, NOW, UTILITY, make_world, template_to


async def test_invariant_29_a_shadow_card_moves_no_money(site: Site) -> None:
    world = await make_world(site)
    await publish_at(world, document({"price": 100 * UTILITY}, card="dear"))
    async with transaction(site.everywhere) as conn:
        await set_shadows(conn, 0, [SetShadow(world.business.business_id, "dear")], NOW, again=False)
        await touch(conn)
    person = await world.add_person(world.numbers(site.parts[0], 1)[0])
    await sent(world, template_to(world, person.wa_id))
    assert await world.money() == (FUNDS, UTILITY)
    await deliver(world, person)
    assert await world.money() == (FUNDS - UTILITY, 0)
    assert await world.rows("SELECT kind, amount_micros FROM journal ORDER BY amount_micros") == [
        ("capture", UTILITY), ("top_up", FUNDS),
    ]  # fmt: skip
    assert await world.rows("SELECT card, amount_micros FROM usage") == [("card", UTILITY)]
    async with site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, site.parts) == []
