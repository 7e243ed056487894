"""How many people an owner reaches first: counted over all its numbers and companies, each person once a day."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from takt.actions.outgoing import Refused
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.reach import hour_of
from takt.store.pool import transaction
from tests.actions.sending import reasons, send
from tests.letters import add_company
from tests.world import NOW, Somebody, World, template_to, text_to, twins


@pytest.fixture
async def world(rolled_back: World) -> World:
    await rolled_back.set_reference("UPDATE business SET tier = 'TIER_250'")
    return rolled_back


async def use(world: World, people: int, *, hours_ago: int = 3) -> None:
    """So many people were reached some hours ago."""
    await world.execute(
        "INSERT INTO ration (part, subject, slot_at, used) VALUES ($1, $2, $3, $4)",
        world.business.contract_part, f"reach:{world.business.business_id}",
        hour_of(NOW - timedelta(hours=hours_ago)), people,
    )  # fmt: skip


async def used(world: World) -> list[tuple[Any, ...]]:
    return await world.rows(
        "SELECT slot_at, used FROM ration WHERE part = $1 ORDER BY slot_at", world.business.contract_part
    )


async def people(world: World, count: int) -> list[Somebody]:
    return [await world.add_person(number) for number in world.numbers(world.site.parts[0], count)]


async def test_each_person_counts_once_whatever_they_are_sent_and_by_whom(world: World) -> None:
    one, two = await people(world, 2)
    async with twins(world):
        done = await send(
            world, template_to(world, one.wa_id), template_to(world, one.wa_id), template_to(world, two.wa_id)
        )
    assert reasons(done) == [None] * 3
    assert await used(world) == [(hour_of(NOW), 2)]
    await send(world, template_to(world, two.wa_id))
    assert await used(world) == [(hour_of(NOW), 2)]


async def test_the_251st_person_has_to_wait_and_the_others_do_not(world: World) -> None:
    one, two, three = await people(world, 3)
    await use(world, 248)
    done = await send(world, *(template_to(world, person.wa_id) for person in (one, two, three, one)))
    assert reasons(done) == [None, None, "reach_limit", None]
    refused = done.answers[2]
    assert isinstance(refused, Refused)
    assert refused.denied.figure == "250 of 250 people written to first within 24 hours"
    assert refused.denied.next_at == hour_of(NOW - timedelta(hours=3)) + timedelta(hours=25)
    done = await send(world, template_to(world, two.wa_id))
    assert reasons(done) == [None], "who was reached already may be reached again"


async def test_a_day_later_they_count_no_more(world: World) -> None:
    (one,) = await people(world, 1)
    await use(world, 250, hours_ago=25)
    assert reasons(await send(world, template_to(world, one.wa_id))) == [None]


async def test_a_person_reached_again_counts_from_then_on(world: World) -> None:
    (one,) = await people(world, 1)
    earlier = hour_of(NOW - timedelta(hours=5))
    await world.execute(
        "INSERT INTO reach (part, owner_id, recipient_id, hour) VALUES ($1, $2, $3, $4)",
        one.part, world.business.business_id, one.recipient_id, earlier,
    )  # fmt: skip
    await use(world, 1, hours_ago=5)
    await send(world, template_to(world, one.wa_id))
    assert await used(world) == [(earlier, 0), (hour_of(NOW), 1)]


async def test_an_answer_within_the_window_reaches_nobody_first(world: World) -> None:
    (one,) = await people(world, 1)
    await use(world, 250)
    await world.invite(one, world.outreach)
    assert reasons(await send(world, text_to(world, one.wa_id), template_to(world, one.wa_id))) == [None, None]
    assert await world.count("reach") == 0


async def test_companies_of_one_owner_share_one_limit(world: World) -> None:
    other = await add_company(world, world.site.parts[-1])
    await world.set_reference(
        "UPDATE business SET owner_id = $1 WHERE business_id = $2",
        world.business.business_id,
        other.business.business_id,
    )
    await world.set_reference("UPDATE sender SET kind = 'outreach' WHERE sender_id = $1", other.sender_id)
    await world.set_reference(
        "UPDATE template SET business_id = $1 WHERE name = 'order_update'", other.business.business_id
    )
    (one,) = await people(world, 1)
    await use(world, 250)
    done = await send(world, template_to(world, one.wa_id, sender=other))
    assert reasons(done) == ["reach_limit"]


async def test_without_a_limit_nothing_is_counted(world: World) -> None:
    await world.set_reference("UPDATE business SET tier = 'TIER_UNLIMITED'")
    (one,) = await people(world, 1)
    await send(world, template_to(world, one.wa_id))
    assert await world.count("reach") == await world.count("ration") == 0


async def test_who_used_it_up_meanwhile_makes_a_batch_decide_again(world: World) -> None:
    """The rations are read without a lock; what another transaction used by then is found when they are written."""
    from takt.store import rations  # noqa: PLC0415
    from takt.store.rations import Ration, Subject  # noqa: PLC0415

    await use(world, 250)
    subject = Subject(
        world.business.contract_part, f"reach:{world.business.business_id}", hour_of(NOW - timedelta(hours=24))
    )
    stale = Ration({hour_of(NOW - timedelta(hours=3)): 249}, 250)
    stale.draw(hour_of(NOW), 1)
    with pytest.raises(rations.OverdrawnError):
        async with transaction(world.site.everywhere) as conn:
            await rations.write(conn, {subject: stale})


async def test_a_new_offer_goes_to_some_first_and_the_rest_waits(world: World) -> None:
    await world.set_reference("UPDATE business SET tier = 'TIER_UNLIMITED'")
    await world.set_reference("UPDATE template SET room = 2, paced_at = $1 WHERE name = 'autumn_offer'", NOW)
    everybody = await people(world, 3)
    for person in everybody:
        await world.set_marketing(person, granted=True)
    done = await send(world, *(template_to(world, person.wa_id, "autumn_offer") for person in everybody))
    assert [type(answer).__name__ for answer in done.answers] == ["Accepted", "Accepted", "Waits"]
    assert await world.rows("SELECT waits_for, due_at FROM message WHERE status = 'waiting'") == [
        ("pacing", NOW + timedelta(minutes=10))
    ]
    assert await used(world) == [(NOW, 2)]
    commands = [
        replace(
            template_to(world, everybody[0].wa_id, "autumn_offer"), message_id=CLOCK.new_id_beside(everybody[0].wa_id)
        )
    ]
    async with transaction(world.site.pool(everybody[0].part)) as conn:
        again = await Send(world.reference, CLOCK.new_id, len(world.site.parts))(
            conn, everybody[0].part, commands, NOW, again=True
        )
    assert type(again.answers[0]).__name__ == "Waits"
