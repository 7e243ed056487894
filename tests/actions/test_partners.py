"""A partner sells on: its client's message has two legs, both or none; what the client pays is the partner's."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from takt import ledger_proof
from takt.actions.expire import Expire
from takt.actions.outgoing import Refused
from takt.actions.refund import Refund, refund
from takt.actions.register import AddBusiness, Register
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.entries import Payer
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from takt.store.site import Site
from tests.actions.processes import people, process, submit
from tests.partners import sell_through_partner
from tests.pricing import SINCE, deliver, document, pay_by, publish_at, sent, stepped
from tests.world import FUNDS, NOW, Somebody, World, make_world, template_to

PRICE = 100_000
KEPT = 1_500
WHOLESALE = 85_000


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


async def with_partner(world: World, funds: int) -> Payer:
    """Its partner keeps 15 %."""
    partner = await sell_through_partner(world, funds)
    await pay_by(world, document({"price": PRICE}, reseller={"share_basis_points": KEPT}))
    return partner


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


@pytest.mark.parametrize(
    ("of_client", "of_partner", "reason"),
    [(FUNDS, WHOLESALE - 1, "partner_funds"), (PRICE - 1, FUNDS, "insufficient_funds")],
)
async def test_invariant_12_both_legs_are_held_or_neither(
    world: World, of_client: int, of_partner: int, reason: str
) -> None:
    """Whoever of the two has too little, nothing is set aside with either."""
    partner = await with_partner(world, of_partner)
    await world.execute(
        "UPDATE account SET posted_micros = $1 WHERE contract_id = $2 AND kind = 'spend'", of_client, world.payer[1]
    )
    person = await somebody(world)
    command = template_to(world, person.wa_id)
    async with transaction(world.site.pool(person.part)) as conn:
        await Send(world.reference, CLOCK.new_id, len(world.site.parts))(conn, person.part, [command], NOW, again=False)
    ((said, facts),) = await world.rows(
        "SELECT reason, facts::text FROM message WHERE message_id = $1", command.message_id
    )
    assert said == reason
    assert str(WHOLESALE - 1) not in facts, "what a partner has is not its clients' affair"
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
        ("partner_funds",)
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


THEIRS = 60_000


async def with_wholesale(world: World, funds: int, *wholesale: dict[str, Any], **counters: Any) -> Payer:
    """Its partner pays by a card of its own."""
    partner = await sell_through_partner(world, funds)
    rules = wholesale or ({"price": THEIRS},)
    await publish_at(world, document(*rules, card="bulk", **counters), SINCE - timedelta(days=1))
    await pay_by(world, document({"price": PRICE}, reseller={"wholesale": "bulk"}))
    return partner


async def used(world: World) -> list[tuple[object, ...]]:
    return await world.rows(
        "SELECT leg, contract_id, card, amount_micros, forgone_micros, refund, late FROM usage"
        " ORDER BY delivered_at, leg, refund"
    )


async def test_a_wholesale_card_prices_the_second_leg(world: World) -> None:
    partner = await with_wholesale(world, FUNDS)
    person = await somebody(world)
    (one,) = await sent(world, template_to(world, person.wa_id))
    assert (await world.money(), await money(world, partner)) == ((FUNDS, PRICE), (FUNDS, THEIRS))
    assert await world.rows("SELECT leg, card, rule, earned_on, share FROM hold ORDER BY leg") == [
        (0, "tested", 0, "partner", None), (1, "bulk", 0, None, None),
    ]  # fmt: skip
    await deliver(world, person)
    await deliver(world, person)
    assert (await world.money(), await money(world, partner)) == ((FUNDS - PRICE, 0), (FUNDS - THEIRS, 0))
    assert await money(world, partner, "revenue:utility") == (THEIRS, 0)
    async with transaction(world.site.pool(person.part)) as conn:
        for _ in range(2):
            done = await refund(conn, person.part, [Refund(one, "")], NOW, again=False)
            assert [answer and answer.amount_micros for answer in done.answers] == [PRICE]
    assert (await world.money(), await money(world, partner)) == ((FUNDS, 0), (FUNDS, 0))
    assert await used(world) == [
        (0, world.payer[1], "tested", PRICE, 0, False, False), (0, world.payer[1], "tested", -PRICE, 0, True, False),
        (1, partner[1], "bulk", THEIRS, 0, False, False), (1, partner[1], "bulk", -THEIRS, 0, True, False),
    ]  # fmt: skip
    await is_whole(world)


@pytest.mark.parametrize("own_card", [True, False])
@pytest.mark.parametrize("after", [timedelta(hours=1), timedelta(days=4)])
async def test_both_legs_are_late_or_absorbed_alike(world: World, after: timedelta, own_card: bool) -> None:  # noqa: FBT001
    """A receipt within the grace is charged to both; after it both are the operator's loss, and told."""
    partner = await (with_wholesale if own_card else with_partner)(world, FUNDS)
    cost = THEIRS if own_card else WHOLESALE
    person = await somebody(world)
    await sent(world, template_to(world, person.wa_id))
    ended = NOW + timedelta(hours=2)
    async with transaction(world.site.pool(person.part)) as conn:
        await Expire(world.reference, CLOCK.new_id)(conn, person.part, ended)
    assert (await world.money(), await money(world, partner)) == ((FUNDS, 0), (FUNDS, 0))
    await deliver(world, person, now=ended + after)
    charged = after < timedelta(days=3)
    assert await world.money() == (FUNDS - PRICE * charged, 0)
    assert await money(world, partner) == (FUNDS - cost * charged, 0)
    assert [(row[0], row[3], row[4], row[6]) for row in await used(world)] == [
        (0, PRICE * charged, PRICE * (not charged), True), (1, cost * charged, cost * (not charged), True),
    ]  # fmt: skip
    assert {row[0] for row in await world.rows("SELECT state FROM hold")} == {"captured" if charged else "absorbed"}
    await is_whole(world)


async def test_the_steps_of_a_wholesale_card_are_the_partner_s(world: World) -> None:
    """The dearest step is set aside, the place in the partner's count is charged; the client's price knows nothing of it."""
    steps = {"counters": {"bulk": {"scope": "contract", "period": "month"}}}
    partner = await with_wholesale(world, FUNDS, stepped("bulk", (0, 90_000), (2, 40_000)), **steps)
    people = [await somebody(world) for _ in range(3)]
    for person in people:
        await sent(world, template_to(world, person.wa_id))
    assert await money(world, partner) == (FUNDS, 3 * 90_000)
    for person in people:
        await deliver(world, person)
    assert await money(world, partner) == (FUNDS - 90_000 - 90_000 - 40_000, 0)
    assert await world.money() == (FUNDS - 3 * PRICE, 0)
    assert await world.rows("SELECT contract_id, key, counted FROM counter WHERE counted > 0") == [
        (partner[1], "bulk", 3)
    ]
    assert await world.rows("SELECT ordinal FROM usage WHERE leg = 1 ORDER BY ordinal") == [(1,), (2,), (3,)]
    assert await world.rows("SELECT ordinal FROM hold WHERE leg = 0 AND ordinal IS NOT NULL") == []
    await is_whole(world)


async def test_a_wholesale_conversation_is_apart_from_the_client_s(world: World) -> None:
    talk = {"conversation": {"name": "talk", "hours": 24, "price": THEIRS}}
    partner = await with_wholesale(world, FUNDS, talk)
    person = await somebody(world)
    await sent(world, template_to(world, person.wa_id))
    await deliver(world, person)
    await sent(world, template_to(world, person.wa_id), now=NOW + timedelta(hours=1))
    await deliver(world, person, now=NOW + timedelta(hours=1))
    assert (await world.money(), await money(world, partner)) == ((FUNDS - 2 * PRICE, 0), (FUNDS - THEIRS, 0))
    assert await world.rows("SELECT name FROM conversation") == [("wholesale:talk",)]
    await is_whole(world)


@pytest.mark.parametrize("short", ["partner_funds", "insufficient_funds"])
async def test_two_processes_share_both_wallets_to_the_last_micro_unit(world: World, db: str, short: str) -> None:
    """Eighty at once, in all parts: whichever of the two has room for twenty, twenty go out, and both hold twenty."""
    partner = await with_wholesale(world, FUNDS)
    room, payer = (20 * THEIRS, partner) if short == "partner_funds" else (20 * PRICE, world.payer)
    await world.execute(
        "UPDATE account SET min_available = posted_micros - $1 WHERE contract_id = $2 AND kind = 'spend'",
        room,
        payer[1],
    )
    wa_ids = await people(world, 8)
    async with process(world, db) as one, process(world, db) as two:
        commands = [template_to(world, wa_ids[n % len(wa_ids)]) for n in range(80)]
        answers = await asyncio.gather(*(submit((one, two)[n % 2], command) for n, command in enumerate(commands)))
    refused = [answer.denied.reason.name for answer in answers if isinstance(answer, Refused)]
    assert refused == [short] * 60
    assert (await world.money())[1] == 20 * PRICE
    assert (await money(world, partner))[1] == 20 * THEIRS
    assert await world.rows("SELECT leg, count(*) FROM hold GROUP BY 1 ORDER BY 1") == [(0, 20), (1, 20)]
    await is_whole(world)
