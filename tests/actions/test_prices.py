"""Messages under rate cards with counts, conversations and dates: what is set aside, charged and told."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from takt import cards
from takt.actions.outgoing import Refused
from takt.core.content import ReactionContent
from takt.core.ids import wamid
from tests.actions.sending import leave
from tests.pricing import (
    FREE,
    REACTION,
    counters,
    deliver,
    document,
    holds,
    pay_by,
    prices,
    pricings,
    publish_at,
    send,
    sent,
    stepped,
    told,
)
from tests.world import FUNDS, NOW, Somebody, World, template_to, text_to

N = {"n": {"scope": "contract", "period": "month"}}
HERE = {"n": {"scope": "sender", "period": "month"}}
CLOSED = {"price": 3}


@pytest.fixture
async def world(rolled_back: World) -> World:
    return rolled_back


@pytest.fixture
async def mara(world: World) -> Somebody:
    person = await world.add_person(world.numbers(world.site.parts[0], 1)[0])
    await world.invite(person, world.outreach)
    return person


async def test_a_message_is_charged_by_its_place_in_the_count(world: World, mara: Somebody) -> None:
    """The dearest that can come is set aside, what it costs is taken, the rest is free again."""
    await pay_by(world, document(stepped("n", (0, 50), (2, 40), category="utility"), CLOSED, counters=N))
    first = await sent(world, *(template_to(world, mara.wa_id) for _ in range(3)))
    assert await world.money() == (FUNDS, 150)
    await deliver(world, mara)
    assert await holds(world) == {
        first[0]: ("captured", 50, 50, 1), first[1]: ("captured", 50, 50, 2), first[2]: ("captured", 50, 40, 3),
    }  # fmt: skip
    assert await world.money() == (FUNDS - 140, 0)
    (fourth,) = await sent(world, template_to(world, mara.wa_id))
    assert (await holds(world))[fourth][1] == 40, "the dear step is over for this month"
    assert (await counters(world)) == {"n@2026-11-01": 3}
    assert [(await prices(world))[one]["tier"] for one in first] == ["0:2", "0:2", "3:MAX"]


async def test_the_free_answers_of_a_month_and_what_is_told_of_them(world: World, mara: Somebody) -> None:
    """The rules since October 2026: 1,000 of a number and month are free, then they cost what utility does."""
    await publish_at(world, cards.document("markets-cloud-2026-10"))
    await pay_by(world, {**cards.document("start"), "card": "now"})
    await world.execute(
        "INSERT INTO counter (part, contract_id, key, period, counted) VALUES ($1, $2, $3, '2026-11-01', 999)",
        *world.payer, f"service:{world.outreach.sender_id}",
    )  # fmt: skip
    two = await sent(world, text_to(world, mara.wa_id), text_to(world, mara.wa_id))
    assert await pricings(world) == [("sent", FREE, False, "service", "PMP")] * 2
    assert await world.money() == (FUNDS, 2 * 45_600), "each of them may turn out to be the 1,001st"
    await deliver(world, mara)
    assert (await pricings(world))[2:] == [
        ("delivered", FREE, False, "service", "PMP"), ("delivered", "regular", True, "service", "PMP"),
    ]  # fmt: skip
    assert [(await holds(world))[one][2] for one in two] == [0, 45_600]
    assert await world.money() == (FUNDS - 45_600, 0)
    assert [row[0] for row in await world.rows("SELECT entry_id FROM journal WHERE kind = 'capture'")] == [two[1]]
    await sent(world, text_to(world, mara.wa_id))
    assert (await pricings(world))[-1] == ("sent", "regular", True, "service", "PMP")
    assert [one["event"] for one in await told(world, "account_update")] == [], "the end of what is free is no tier"


async def test_an_empty_wallet_has_its_allowance_and_no_more(world: World, mara: Somebody) -> None:
    """Without money the free messages of a month go out, and the next is refused."""
    await pay_by(world, document(stepped("n", (0, 0), (2, 40), category="service"), CLOSED, counters=HERE))
    await leave(world, 39)
    late = await sent(world, *(text_to(world, mara.wa_id) for _ in range(3)))
    assert (await holds(world), await world.money()) == ({}, (39, 0))
    await deliver(world, mara)
    assert [(await prices(world))[one]["price_micros"] for one in late] == [0, 0, 0]
    assert (await prices(world))[late[2]]["forgone_micros"] == 40, "three were on their way when two were free"
    (refused,) = await send(world, text_to(world, mara.wa_id))
    assert isinstance(refused, Refused)
    assert refused.denied.reason.name == "insufficient_funds"
    assert await counters(world) == {f"n:{world.outreach.sender_id}@2026-11-01": 3}


async def test_what_was_not_delivered_is_not_counted(world: World, mara: Somebody) -> None:
    await pay_by(world, document(stepped("n", (0, 50), (1, 40), category="utility"), CLOSED, counters=N))
    one, two = await sent(world, template_to(world, mara.wa_id), template_to(world, mara.wa_id))
    await deliver(world, mara, through=1)
    await deliver(world, mara, through=1)
    assert (await holds(world))[one] == ("captured", 50, 50, 1)
    assert (await holds(world))[two][0] == "held"
    assert await counters(world) == {"n@2026-11-01": 1}


async def test_a_new_month_counts_from_the_beginning(world: World, mara: Somebody) -> None:
    """On the clocks of the contract; and what may outlive the month has the dearest step set aside."""
    await pay_by(world, document(stepped("n", (0, 50), (1, 40), category="utility"), CLOSED, counters=N))
    await world.execute(
        "INSERT INTO counter (part, contract_id, key, period, counted) VALUES ($1, $2, 'n', '2026-11-01', 7)",
        *world.payer,
    )  # fmt: skip
    eve = NOW.replace(day=30, hour=22, minute=30)
    await world.set_reference("UPDATE template SET ttl_s = 60")
    (within,) = await sent(world, template_to(world, mara.wa_id), now=eve)
    await world.set_reference("UPDATE template SET ttl_s = 3600")
    (beyond,) = await sent(world, template_to(world, mara.wa_id), now=eve)
    assert [(await holds(world))[one][1] for one in (within, beyond)] == [40, 50]
    await deliver(world, mara, now=eve + timedelta(minutes=30))
    assert [(await holds(world))[one][2:] for one in (within, beyond)] == [(40, 1), (40, 2)]
    assert await counters(world) == {"n@2026-11-01": 7, "n@2026-12-01": 2}


async def test_a_company_hears_of_the_step_that_it_reached(world: World, mara: Somebody) -> None:
    """Once, in the batch that crossed it."""
    await pay_by(
        world,
        document(
            stepped("n", (0, 50), (2, 40), (3, 30), category="utility"), CLOSED,
            counters={"n": {"scope": "contract", "by": "market"}},
        ),
    )  # fmt: skip
    await world.set_reference("UPDATE endpoint SET fields = fields || '{account_update}'::text[]")
    await sent(world, *(template_to(world, mara.wa_id) for _ in range(3)))
    for through in (1, 2, 3):
        await deliver(world, mara, through=through)
    assert await told(world, "account_update") == [
        {
            "event": "VOLUME_BASED_PRICING_TIER_UPDATE",
            "volume_tier_info": {
                "tier_update_time": int(NOW.timestamp()), "pricing_category": "UTILITY", "tier": tier,
                "effective_month": "2026-11", "region": "DE",
            },
        }
        for tier in ("3:3", "4:MAX")
    ]  # fmt: skip
    assert await counters(world) == {"n/DE@2026-11-01": 3}


async def test_the_first_of_a_conversation_pays_and_the_others_ride(world: World, mara: Somebody) -> None:
    """Each in flight has its price set aside; one pays; who comes later is free from the start."""
    talk = {"conversation": {"name": "talk", "price": 60}}
    await pay_by(world, document(REACTION, talk))
    one, two = await sent(world, template_to(world, mara.wa_id), text_to(world, mara.wa_id))
    assert await world.money() == (FUNDS, 120)
    await deliver(world, mara)
    assert [(await holds(world))[message][2] for message in (one, two)] == [60, 0]
    assert (await prices(world))[two]["paid_by"] == str(one)
    (three,) = await sent(world, template_to(world, mara.wa_id))
    assert three not in await holds(world)
    tomorrow = NOW + timedelta(hours=24)
    await deliver(world, mara, now=tomorrow)
    assert await world.money() == (FUNDS - 60, 0), "what was accepted within stays free"
    (four,) = await sent(world, template_to(world, mara.wa_id), now=tomorrow)
    await deliver(world, mara, now=tomorrow)
    assert (await holds(world))[four][2] == 60
    assert sorted(one[1:] for one in await pricings(world) if one[0] == "delivered") == [
        (FREE, False, "service", "CBP"), (FREE, False, "utility", "CBP"), ("regular", True, "utility", "CBP"),
        ("regular", True, "utility", "CBP"),
    ]  # fmt: skip


async def test_conversations_are_one_person_s_and_one_sender_s(world: World, mara: Somebody) -> None:
    jonas = await world.add_person(world.numbers(mara.part, 2)[1], name="Jonas")
    await world.invite(jonas, world.outreach)
    await world.invite(mara, world.support)
    await pay_by(world, document(REACTION, {"conversation": {"name": "talk", "price": 60}}))
    await sent(
        world, text_to(world, mara.wa_id), text_to(world, jonas.wa_id), text_to(world, mara.wa_id, sender=world.support)
    )
    for person in (mara, jonas):
        await deliver(world, person)
    assert await world.money() == (FUNDS - 180, 0)


@pytest.mark.parametrize(("later", "charged"), [(30, 30), (70, 50)])
async def test_a_card_may_price_at_delivery_but_never_above_the_hold(
    world: World, mara: Somebody, later: int, charged: int
) -> None:
    """`price_pin: delivery`: the newer version counts, as far as it goes down."""
    await pay_by(world, document({"price": 50}, price_pin="delivery"))
    change = NOW + timedelta(hours=1)
    valid = {"from": f"{change:%Y-%m-%dT%H:%M}", "tz": "UTC"}
    await publish_at(world, document({"price": later}, price_pin="delivery", valid=valid))
    early, late = await sent(world, template_to(world, mara.wa_id), template_to(world, mara.wa_id))
    await deliver(world, mara, through=1, now=change - timedelta(seconds=1))
    await deliver(world, mara, now=change)
    assert [(await holds(world))[one][2] for one in (early, late)] == [50, charged]
    assert [(await prices(world))[one]["version"] for one in (early, late)] == [1, 2]


async def test_a_price_is_pinned_at_acceptance_otherwise(world: World, mara: Somebody) -> None:
    await pay_by(world, document({"price": 50}))
    change = NOW + timedelta(hours=1)
    valid = {"from": f"{change:%Y-%m-%dT%H:%M}", "tz": "UTC"}
    await publish_at(world, document({"price": 30}, valid=valid))
    await sent(world, template_to(world, mara.wa_id))
    await deliver(world, mara, now=change)
    assert await world.money() == (FUNDS - 50, 0)
    (after,) = await sent(world, template_to(world, mara.wa_id), now=change)
    assert (await holds(world))[after][1] == 30


async def test_reactions_are_free_and_uncounted(world: World, mara: Somebody) -> None:
    await pay_by(world, document(REACTION, stepped("n", (0, 5)), counters=HERE))
    (text,) = await sent(world, text_to(world, mara.wa_id))
    reaction = replace(text_to(world, mara.wa_id), content=ReactionContent(wamid(text), "👍"))
    (loved,) = await sent(world, reaction)
    await deliver(world, mara)
    assert set(await holds(world)) == {text}
    assert list((await counters(world)).values()) == [1]
    assert "price_micros" not in (await prices(world))[loved]


async def test_a_free_message_leaves_no_journal_row(world: World, mara: Somebody) -> None:
    """Invariant 14, with a plain price of nothing."""
    await pay_by(world, document({"price": 0, "type": FREE}))
    await sent(world, text_to(world, mara.wa_id))
    await deliver(world, mara)
    assert (await holds(world), await counters(world)) == ({}, {})
    assert await world.rows("SELECT 1 FROM journal WHERE kind = 'capture'") == []


async def test_a_refused_message_knows_what_it_would_have_cost(world: World, mara: Somebody) -> None:
    await pay_by(world, document({"price": 50}))
    await leave(world, 49)
    (answer,) = await send(world, template_to(world, mara.wa_id))
    assert isinstance(answer, Refused)
    assert isinstance(answer.message_id, UUID)
    assert await counters(world) == {}
