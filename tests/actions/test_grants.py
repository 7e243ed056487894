"""Grants against PostgreSQL: used before the wallet, given back where they came from, and gone when they are over."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from takt.actions import grant
from takt.actions.expire import Expire
from takt.actions.grant import Lapse, VoidGrant
from takt.actions.refund import Refund, refund
from takt.actions.register import AddBusiness, Register
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.grants import Grant, GrantKind
from takt.store import grants
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from takt.store.site import Site
from tests.pricing import deliver, publish_at, sent
from tests.world import FUNDS, MARKETING, NOW, UTILITY, Somebody, World, make_world, template_to, twins

END = NOW + timedelta(days=10)


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


def made(
    world: World, amount: int, *, priority: int = 0, categories: tuple[str, ...] = (), end: datetime = END
) -> Grant:
    return Grant(
        CLOCK.new_id(), world.payer, "trial", GrantKind.PROMO, amount, "EUR", priority, categories, (), NOW, end
    )  # fmt: skip


async def add(world: World, *some: Grant | VoidGrant, now: datetime = NOW) -> list[bool]:
    """Give, then void; whether there was something to do."""
    given = [one for one in some if isinstance(one, Grant)]
    over = [one for one in some if isinstance(one, VoidGrant)]
    async with transaction(world.site.pool(world.payer[0])) as conn:
        await grant.issue(conn, given, now)
        return [True] * len(given) + (await grant.void(conn, world.payer[0], over, now, again=False)).answers


async def lapse(world: World, now: datetime = END) -> int:
    async with transaction(world.site.pool(world.payer[0])) as conn:
        return await Lapse(CLOCK.new_id)(conn, world.payer[0], now)


async def on(world: World, *some: Grant) -> list[tuple[int, int]]:
    """Posted and pending of the accounts of these grants."""
    rows = await world.rows(
        "SELECT kind, posted_micros, pending_micros FROM account WHERE part = $1 AND kind LIKE 'grant:%'",
        world.payer[0],
    )
    found = {row[0]: (row[1], row[2]) for row in rows}
    return [found[one.account] for one in some]


async def somebody(world: World) -> Somebody:
    place = await world.count("recipient")
    part = world.site.parts[0]
    person = await world.add_person(world.numbers(part, place + 1)[place])
    await world.set_marketing(person, granted=True)
    return person


async def adds_up(world: World) -> bool:
    async with world.site.everywhere.acquire() as conn:
        return await ledger_faults(conn, world.site.parts) == []


async def total(world: World, kind: str) -> int:
    [(found,)] = await world.rows(
        "SELECT coalesce(sum(amount_micros), 0)::bigint FROM journal WHERE part = $1 AND kind = $2",
        world.payer[0],
        kind,
    )
    return int(found)


async def test_a_message_is_paid_by_several_grants_and_the_wallet(world: World) -> None:
    first, second = made(world, 60_000, categories=("marketing",)), made(world, 30_000, priority=1)
    assert await add(world, second, first, first) == [True, True, True]
    person = await somebody(world)
    (one,) = await sent(world, template_to(world, person.wa_id, "autumn_offer"))
    assert await world.rows("SELECT drawn_on, drawn_micros FROM hold WHERE message_id = $1 AND part < 1000", one) == [
        ([first.account, second.account, "spend"], [60_000, 30_000, 10_000])
    ]
    assert await on(world, first, second) == [(60_000, 60_000), (30_000, 30_000)]
    assert await world.money() == (FUNDS, 10_000)
    async with twins(world):
        await deliver(world, person)
    assert await on(world, first, second) == [(0, 0), (0, 0)]
    assert await world.money() == (FUNDS - 10_000, 0)
    assert await world.rows(
        "SELECT leg, debit, amount_micros FROM journal WHERE entry_id = $1 AND part < 1000 ORDER BY leg", one
    ) == [(0, first.account, 60_000), (1, second.account, 30_000), (2, "spend", 10_000)]
    async with transaction(world.site.pool(person.part)) as conn:
        await refund(conn, person.part, [Refund(one, "")], NOW, again=False)
    assert await on(world, first, second) == [(60_000, 0), (30_000, 0)]
    assert await world.money() == (FUNDS, 0)


async def test_a_message_it_is_not_good_for_leaves_it_alone(world: World) -> None:
    only = made(world, 60_000, categories=("marketing",))
    await add(world, only)
    person = await somebody(world)
    await sent(world, template_to(world, person.wa_id))
    assert await on(world, only) == [(60_000, 0)]
    assert await world.money() == (FUNDS, UTILITY)


async def test_a_company_without_money_sends_on_its_grant(world: World) -> None:
    await world.execute("UPDATE account SET posted_micros = 0 WHERE kind = 'spend'")
    await add(world, made(world, MARKETING))
    person = await somebody(world)
    await sent(world, template_to(world, person.wa_id, "autumn_offer"))
    second = template_to(world, person.wa_id, "autumn_offer")
    async with transaction(world.site.pool(person.part)) as conn:
        await Send(world.reference, CLOCK.new_id, len(world.site.parts))(conn, person.part, [second], NOW, again=False)
    assert await world.rows("SELECT reason FROM message WHERE message_id = $1", second.message_id) == [
        ("insufficient_funds",)
    ]


async def test_what_is_over_goes_to_breakage_and_what_comes_back_follows(world: World) -> None:
    """Invariant 18: issued = used + left + expired + voided, at every step."""
    one = made(world, 250_000, end=NOW + timedelta(minutes=90))
    await add(world, one)
    person, other = await somebody(world), await somebody(world)
    await sent(world, template_to(world, person.wa_id, "autumn_offer"), template_to(world, other.wa_id, "autumn_offer"))
    await deliver(world, person)
    assert await on(world, one) == [(150_000, 100_000)]
    assert await lapse(world, NOW) == 0
    over = one.expires_at
    async with twins(world):
        assert await lapse(world, over) == 1
    assert await on(world, one) == [(100_000, 100_000)]
    assert await lapse(world, over) == 0, "what is set aside is not taken off"
    async with transaction(world.site.pool(other.part)) as conn:
        await Expire(world.reference, CLOCK.new_id)(conn, other.part, over)
    assert await on(world, one) == [(100_000, 0)]
    assert await lapse(world, over) == 1
    assert await on(world, one) == [(0, 0)]
    assert await world.rows("SELECT closed_at FROM credit_grant WHERE part < 1000") == [(over,)]
    assert (await total(world, "grant"), await total(world, "capture"), await total(world, "breakage")) == (
        250_000, MARKETING, 150_000,
    )  # fmt: skip
    assert await adds_up(world)


async def test_a_refund_to_a_grant_that_is_over_lapses_at_once(world: World) -> None:
    one = made(world, MARKETING, end=NOW + timedelta(minutes=90))
    await add(world, one)
    person = await somebody(world)
    (message_id,) = await sent(world, template_to(world, person.wa_id, "autumn_offer"))
    await deliver(world, person)
    assert await lapse(world, one.expires_at) == 1, "nothing is left: it is closed"
    async with transaction(world.site.pool(person.part)) as conn:
        await refund(conn, person.part, [Refund(message_id, "")], NOW, again=False)
    assert await on(world, one) == [(MARKETING, 0)]
    assert await lapse(world, one.expires_at) == 1
    assert await on(world, one) == [(0, 0)]
    assert await total(world, "breakage") == MARKETING
    assert await adds_up(world)


async def test_a_voided_grant_goes_back_to_where_it_came_from(world: World) -> None:
    one = made(world, 70_000)
    await add(world, one)
    assert await add(world, VoidGrant(world.payer, one.grant_id), VoidGrant(world.payer, one.grant_id)) == [True, False]
    assert await add(world, VoidGrant(world.payer, UUID(int=5))) == [False]
    person = await somebody(world)
    await sent(world, template_to(world, person.wa_id))
    assert await on(world, one) == [(70_000, 0)], "it is no longer drawn on"
    assert await lapse(world, NOW) == 1
    assert await on(world, one) == [(0, 0)]
    assert await total(world, "void") == 70_000
    async with world.site.everywhere.acquire() as conn:
        [standing] = await grants.list_grants(conn, world.payer)
    assert standing.state(NOW) == "voided"


async def test_a_new_company_gets_what_its_card_gives(world: World) -> None:
    trial = {"id": "trial", "kind": "promo", "amount": 20_000_000, "days": 90, "eligible": ["marketing"]}
    await publish_at(world, {"card": "giving", "currency": "EUR", "grants": [trial], "rules": [{"price": 1}]})
    contract_id = CLOCK.new_id()
    business = replace(
        world.business, business_id=CLOCK.new_id(), waba_id="200493023777", card="giving", contract_id=contract_id
    )
    async with transaction(world.site.everywhere) as conn:
        done = await Register(world.site.parts)(conn, 0, [AddBusiness(business, "EUR")], NOW, again=False)
        assert done.answers == [None]
        [standing] = await grants.list_grants(conn, (business.contract_part, contract_id))
    assert (standing.left_micros, standing.grant.categories, standing.grant.expires_at) == (
        20_000_000, ("marketing",), NOW + timedelta(days=90),
    )  # fmt: skip
    assert await adds_up(world)
