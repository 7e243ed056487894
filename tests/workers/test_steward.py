"""The steward: tiers that grow and shrink, measures proposed and decided, templates put away."""

import json
from datetime import timedelta
from typing import Any, cast

import pytest

from takt.actions.number import Numbers
from takt.actions.standing import Decide, ObjectTo, SetOwner, SetTier, Standings, Take
from takt.actions.template import Templates
from takt.clock import CLOCK
from takt.core.feedback import slot_of_time
from takt.core.ids import NodeSort
from takt.core.reach import hour_of
from takt.store.pool import Conn, Pool, transaction
from takt.store.site import Site
from takt.wakes import Wakes
from takt.workers.appraiser import Appraiser, Deciders
from takt.workers.steward import Hands, Steward
from tests.letters import add_company
from tests.workers.test_appraiser import OFFER, SetClock
from tests.world import NOW, OnePool, World, make_world

FIELDS = [
    "account_update", "account_alerts", "business_capability_update", "phone_number_quality_update",
    "message_template_status_update",
]  # fmt: skip


@pytest.fixture
async def world(conn: Conn, parts: tuple[int, ...]) -> World:
    made = await make_world(Site(parts, cast("Pool", OnePool(conn))))
    await made.set_reference("UPDATE endpoint SET fields = $1", FIELDS)
    await made.set_reference("UPDATE business SET tier_at = $1", NOW - timedelta(days=1))
    return made


async def tend(world: World, clock: SetClock | None = None) -> None:
    clock = clock or SetClock()
    templates = Templates(world.reference, CLOCK.new_id, lambda slot: CLOCK.new_node_id(NodeSort.TEMPLATE, slot))
    numbers = Numbers(world.reference, world.site.parts, CLOCK.new_id)
    appraiser = Appraiser(world.site, world.reference, Deciders(templates, numbers), Wakes(), clock)
    hands = Hands(templates, Standings(world.reference, CLOCK.new_id))
    await Steward(world.site, world.reference, appraiser, hands, Wakes(), clock).tend()


async def do(world: World, *commands: Any, clock: SetClock | None = None) -> list[str]:
    async with transaction(world.site.pool(world.business.contract_part)) as conn:
        action = Standings(world.reference, CLOCK.new_id)
        now = (clock or SetClock()).at
        return (await action(conn, world.business.contract_part, list(commands), now, again=False)).answers


async def tier(world: World) -> str:
    [(found,)] = await world.rows("SELECT tier FROM business WHERE business_id = $1", world.business.business_id)
    return str(found)


async def told(world: World) -> list[tuple[str, Any]]:
    rows = await world.rows("SELECT field, body FROM outbox ORDER BY event_id")
    values = [(row[0], json.loads(row[1])["value"]) for row in rows]
    return [(name, one.get("event") or one.get("max_daily_conversations_per_business")) for name, one in values]


async def make_red(world: World) -> None:
    await world.execute(
        "INSERT INTO resonance (part, sender_id, template_id, slot_at, market, category, business_id, delivered, harm)"
        " VALUES ($1, $2, $3, $4, 'DE', 'marketing', $5, 1000, 60000)",
        world.site.parts[0], world.outreach.sender_id, OFFER, slot_of_time(NOW - timedelta(hours=3)),
        world.business.business_id,
    )  # fmt: skip


async def measures(world: World) -> list[tuple[Any, ...]]:
    return await world.rows("SELECT kind, days, state FROM measure ORDER BY proposed_at, kind")


async def test_half_of_a_limit_used_with_good_quality_lets_it_grow(world: World) -> None:
    await world.set_reference("UPDATE business SET tier = 'TIER_2K'")
    await world.set_reference("UPDATE sender SET quality = 'GREEN', quality_at = $1", NOW)
    await tend(world)
    assert await tier(world) == "TIER_2K"
    await world.execute(
        "INSERT INTO ration (part, subject, slot_at, used) VALUES ($1, $2, $3, 1000)",
        world.business.contract_part, f"reach:{world.business.business_id}", hour_of(NOW - timedelta(days=3)),
    )  # fmt: skip
    await tend(world)
    assert await tier(world) == "TIER_10K"
    assert await told(world) == [
        ("business_capability_update", "TIER_10K"), *[("phone_number_quality_update", "UPGRADE")] * 2,
    ]  # fmt: skip
    await tend(world)
    assert await tier(world) == "TIER_10K", "one step in six hours"


async def test_red_numbers_let_a_limit_shrink(world: World) -> None:
    await world.set_reference("UPDATE sender SET quality = 'RED', quality_at = $1 WHERE kind = 'outreach'", NOW)
    await tend(world)
    assert await tier(world) == "TIER_100K"
    assert ("phone_number_quality_update", "DOWNGRADE") in await told(world)


async def test_a_verified_company_leaves_the_lowest_tier_by_itself(world: World) -> None:
    await world.set_reference("UPDATE business SET tier = 'TIER_250'")
    await tend(world)
    assert await tier(world) == "TIER_2K"


async def test_the_first_measure_is_a_warning_and_each_harder_one_waits_for_a_person(world: World) -> None:
    await make_red(world)
    clock = SetClock()
    await tend(world, clock)
    await tend(world, clock)
    assert await measures(world) == [("warning", None, "over")]
    assert ("account_update", "ACCOUNT_VIOLATION") in await told(world)
    clock.at = NOW + timedelta(days=7)
    await tend(world, clock)
    await tend(world, clock)
    assert await measures(world) == [("warning", None, "over"), ("starting", 1, "proposed")]
    [(named, figures)] = await world.rows("SELECT measure_id, figures::text FROM measure WHERE state = 'proposed'")
    kept = json.loads(figures)
    assert kept["red_above"] < kept["low"] < kept["high"]
    assert await do(world, Decide(named, "confirm", "olga", "too much"), clock=clock) == [""]
    assert await do(world, Decide(named, "confirm", "olga"), clock=clock) == ["state"]
    snapshot = await world.reference.fresh(cast("Conn", world.site.everywhere))
    assert [one.kind for one in snapshot.businesses[world.business.business_id].measures] == ["starting"]
    clock.at += timedelta(days=1)
    await tend(world, clock)
    assert (await measures(world))[-1] == ("starting", 1, "over")


async def test_a_company_objects_for_a_week_and_a_person_may_drop_or_lift(world: World) -> None:
    named, company = CLOCK.new_id(), world.business.business_id
    await do(world, Take(named, company, "sending", 5, "{}"))
    assert await do(world, ObjectTo(named, company, "Das war die falsche Liste.")) == [""]
    late = SetClock()
    late.at = NOW + timedelta(days=7)
    assert await do(world, ObjectTo(named, company, "zu spät"), clock=late) == ["late"]
    assert await do(world, Decide(named, "drop", "olga")) == [""]
    direct = CLOCK.new_id()
    await do(world, Take(direct, company, "lock", None, "{}", "olga"))
    assert await do(world, Decide(direct, "lift", "olga"), Decide(CLOCK.new_id(), "lift", "olga")) == ["", "gone"]
    assert await world.rows("SELECT kind, state, objection FROM measure ORDER BY kind") == [
        ("lock", "lifted", ""), ("sending", "dropped", "Das war die falsche Liste."),
    ]  # fmt: skip
    assert [event for name, event in await told(world) if name == "account_update"] == ["DISABLED_UPDATE"] * 3


async def test_who_stands_behind_a_company_carries_its_limit_and_its_measures(world: World) -> None:
    other = (await add_company(world, world.site.parts[-1])).business.business_id
    company = world.business.business_id
    assert await do(world, SetOwner(other, company)) == [""]
    assert await do(world, SetOwner(company, other)) == ["owned"], "owners are one step deep"
    await do(world, SetTier(company, "TIER_2K"), Take(CLOCK.new_id(), company, "sending", 5, "{}", "olga"))
    snapshot = await world.reference.fresh(cast("Conn", world.site.everywhere))
    owned = snapshot.businesses[other]
    assert (owned.owner, owned.tier, [one.kind for one in owned.measures]) == (company, "TIER_2K", ["sending"])
    assert await do(world, SetOwner(other, None)) == [""]
    assert (await world.reference.fresh(cast("Conn", world.site.everywhere))).businesses[other].measures == ()


async def test_three_order_templates_that_advertise_cut_the_reach_for_a_week(world: World) -> None:
    await world.set_reference(
        "UPDATE template SET previous_category = 'utility', category = 'marketing', updated_at = $1", NOW
    )
    await tend(world)
    assert await world.rows("SELECT cut_until FROM business") == [(NOW + timedelta(days=7),)]


async def test_what_nobody_used_for_half_a_year_goes_to_the_archive(world: World) -> None:
    await world.set_reference(
        "UPDATE template SET created_at = $1, approved_at = $1 WHERE name IN ('order_update', 'autumn_offer')",
        NOW - timedelta(days=181),
    )
    await make_red(world)
    await tend(world)
    assert await world.rows("SELECT name, status FROM template WHERE approved_at < $1 ORDER BY name", NOW - timedelta(days=9)) == [
        ("autumn_offer", "APPROVED"), ("order_update", "ARCHIVED"),
    ]  # fmt: skip
    assert ("message_template_status_update", "ARCHIVED") in await told(world)


async def test_what_is_more_than_a_company_may_have_cannot_be_sent_until_there_is_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takt.workers.steward.TEMPLATES_OF_VERIFIED_MAX", 4)
    await world.set_reference("UPDATE template SET status = 'APPROVED'")
    await tend(world)
    assert await world.rows("SELECT name FROM template WHERE status = 'LIMIT_EXCEEDED'") == [("new_offer",)]
    assert ("message_template_status_update", "LIMIT_EXCEEDED") in await told(world)
    await world.set_reference("UPDATE template SET status = 'ARCHIVED' WHERE name = 'order_update'")
    await tend(world)
    assert await world.rows("SELECT status FROM template WHERE name = 'new_offer'") == [("APPROVED",)]
