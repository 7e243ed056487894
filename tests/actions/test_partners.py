"""A partner sells on: its client's message has two legs, both or none; what the client pays is the partner's."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from takt import ledger_proof
from takt.actions.expire import Expire
from takt.actions.refund import Refund, refund
from takt.actions.register import AddBusiness, Register
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.entries import Payer
from takt.core.ids import SLOTS
from takt.store import businesses, ledger
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from takt.store.reference import touch
from takt.store.site import Site
from tests.pricing import deliver, document, pay_by, sent
from tests.world import FUNDS, NOW, Somebody, World, make_world, template_to

PRICE = 100_000
KEPT = 1_500
WHOLESALE = 85_000


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


async def with_partner(world: World, funds: int) -> Payer:
    """The company becomes a client: its partner, in another part if there are several, keeps 15 %."""
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
    await pay_by(world, document({"price": PRICE}, reseller={"share_basis_points": KEPT}))
    return part, contract_id


async def somebody(world: World) -> Somebody:
    place = await world.count("recipient")
    part = world.site.parts[0]
    return await world.add_person(world.numbers(part, place + 1)[place])


async def money(world: World, payer: Payer, kind: str = "spend") -> tuple[int, int]:
    rows = await world.rows(
        "SELECT posted_micros, pending_micros FROM account WHERE part = $1 AND contract_id = $2 AND kind = $3",
        *payer, kind,
    )  # fmt: skip
    return (rows[0][0], rows[0][1]) if rows else (0, 0)


async def is_whole(world: World) -> None:
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []
    assert (await ledger_proof.verify(world.site, NOW + timedelta(days=9))).faults == ()


async def test_both_legs_are_held_captured_and_given_back(world: World) -> None:
    partner = await with_partner(world, FUNDS)
    person = await somebody(world)
    (one,) = await sent(world, template_to(world, person.wa_id))
    assert (await world.money(), await money(world, partner)) == ((FUNDS, PRICE), (FUNDS, WHOLESALE))
    await deliver(world, person)
    assert (await world.money(), await money(world, partner)) == ((FUNDS - PRICE, 0), (FUNDS - WHOLESALE, 0))
    assert await money(world, world.payer, "partner") == (PRICE, 0)
    assert await money(world, partner, "revenue:utility") == (WHOLESALE, 0)
    assert await world.rows("SELECT leg, contract_id, amount_micros, unit_price_micros FROM usage ORDER BY leg") == [
        (0, world.payer[1], PRICE, PRICE), (1, partner[1], WHOLESALE, WHOLESALE),
    ]  # fmt: skip
    async with transaction(world.site.pool(person.part)) as conn:
        done = await refund(conn, person.part, [Refund(one, "")], NOW, again=False)
    assert [answer and answer.amount_micros for answer in done.answers] == [PRICE]
    assert (await world.money(), await money(world, partner)) == ((FUNDS, 0), (FUNDS, 0))
    await is_whole(world)


async def test_a_failure_releases_both(world: World) -> None:
    partner = await with_partner(world, FUNDS)
    person = await somebody(world)
    await sent(world, template_to(world, person.wa_id))
    async with transaction(world.site.pool(person.part)) as conn:
        await Expire(world.reference, CLOCK.new_id)(conn, person.part, NOW + timedelta(hours=2))
    assert (await world.money(), await money(world, partner)) == ((FUNDS, 0), (FUNDS, 0))
    assert await world.rows("SELECT leg, state FROM hold ORDER BY leg") == [(0, "released"), (1, "released")]
    await deliver(world, person, now=NOW + timedelta(hours=3))
    assert (await world.money(), await money(world, partner)) == ((FUNDS - PRICE, 0), (FUNDS - WHOLESALE, 0))
    await is_whole(world)


@pytest.mark.parametrize(("of_client", "of_partner"), [(FUNDS, WHOLESALE - 1), (PRICE - 1, FUNDS)])
async def test_invariant_12_both_legs_are_held_or_neither(world: World, of_client: int, of_partner: int) -> None:
    """Whoever of the two has too little, nothing is set aside with either."""
    partner = await with_partner(world, of_partner)
    await world.execute(
        "UPDATE account SET posted_micros = $1 WHERE contract_id = $2 AND kind = 'spend'", of_client, world.payer[1]
    )
    person = await somebody(world)
    command = template_to(world, person.wa_id)
    async with transaction(world.site.pool(person.part)) as conn:
        await Send(world.reference, CLOCK.new_id, len(world.site.parts))(conn, person.part, [command], NOW, again=False)
    assert await world.rows("SELECT reason FROM message WHERE message_id = $1", command.message_id) == [
        ("insufficient_funds",)
    ]
    assert await world.count("hold") == 0
    assert (await world.money(), await money(world, partner)) == ((of_client, 0), (of_partner, 0))


async def test_a_partner_that_used_up_its_budget_cannot_sell(world: World) -> None:
    partner = await with_partner(world, FUNDS)
    await world.execute(
        "UPDATE account SET budget_micros = $1, mark_micros = posted_micros WHERE contract_id = $2 AND kind = 'spend'",
        WHOLESALE - 1,
        partner[1],
    )
    person = await somebody(world)
    command = template_to(world, person.wa_id)
    async with transaction(world.site.pool(person.part)) as conn:
        await Send(world.reference, CLOCK.new_id, len(world.site.parts))(conn, person.part, [command], NOW, again=False)
    assert await world.count("hold") == 0
    assert await world.rows("SELECT reason FROM message WHERE message_id = $1", command.message_id) == [
        ("insufficient_funds",)
    ]


async def test_the_last_money_of_a_partner_pays_for_one_message(world: World) -> None:
    """Two in one batch: the second sees what the first set aside with the partner."""
    partner = await with_partner(world, WHOLESALE)
    first, second = await somebody(world), await somebody(world)
    both = [template_to(world, one.wa_id) for one in (first, second)]
    async with transaction(world.site.pool(first.part)) as conn:
        await Send(world.reference, CLOCK.new_id, len(world.site.parts))(conn, first.part, both, NOW, again=False)
    assert await world.rows("SELECT message_id FROM hold ORDER BY leg") == [(both[0].message_id,)] * 2
    assert (await world.money(), await money(world, partner)) == ((FUNDS, PRICE), (WHOLESALE, WHOLESALE))


async def test_a_partner_pays_in_the_currency_of_its_client(world: World) -> None:
    await with_partner(world, 0)
    sold = replace(
        world.business, business_id=CLOCK.new_id(), waba_id="200493023778", contract_id=CLOCK.new_id(), card="card",
        partner=(world.site.parts[0], UUID(int=5)),
    )  # fmt: skip
    async with transaction(world.site.everywhere) as conn:
        done = await Register(world.site.parts)(conn, 0, [AddBusiness(sold, "EUR")], NOW, again=False)
    assert done.answers == ["partner"]
