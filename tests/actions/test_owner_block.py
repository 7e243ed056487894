"""A block holds for the advertising of all numbers of an owner, until the person asks for it again."""

from datetime import datetime, timedelta

import pytest

from takt.actions.outgoing import Refused
from tests.actions.sending import reasons, send
from tests.letters import add_company
from tests.world import NOW, OPEN, Somebody, World, template_to

BEFORE = NOW - timedelta(days=1)
"""After the consent, which is nine days old."""


@pytest.fixture
async def world(rolled_back: World) -> World:
    return rolled_back


async def willing(world: World, count: int) -> list[Somebody]:
    """People who want advertising of Nordwind."""
    found = [await world.add_person(number) for number in world.numbers(world.site.parts[0], count)]
    for person in found:
        await world.set_marketing(person, granted=True)
    return found


async def offers(world: World, *people: Somebody) -> list[str | None]:
    return reasons(await send(world, *(template_to(world, one.wa_id, "autumn_offer") for one in people)))


async def block_the_sister(world: World, person: Somebody, *, owned: bool = True) -> None:
    """The person blocks a number of another company, which the owner of Nordwind has, or not."""
    other = await add_company(world, world.business.contract_part)
    await world.set_thread(person, other, blocked_at=BEFORE)
    owner_id = world.business.business_id if owned else other.business.business_id
    await world.set_reference(
        "UPDATE business SET owner_id = $1 WHERE business_id = $2", owner_id, other.business.business_id
    )


async def test_in_a_batch_it_concerns_those_who_blocked_another_number(world: World) -> None:
    one, two, three = await willing(world, 3)
    await world.set_thread(two, world.support, blocked_at=BEFORE)
    await world.set_thread(three, world.support)
    done = await send(world, *(template_to(world, person.wa_id, "autumn_offer") for person in (one, two, three)))
    assert reasons(done) == [None, "owner_blocked", None]
    refused = done.answers[1]
    assert isinstance(refused, Refused)
    assert refused.denied.rule == "owner_block"
    assert refused.denied.figure == f"blocked another number of the owner {BEFORE:%Y-%m-%d %H:%M} UTC"


async def test_what_is_no_advertising_comes_all_the_same(world: World) -> None:
    (one,) = await willing(world, 1)
    await world.set_thread(one, world.support, blocked_at=BEFORE)
    done = await send(world, template_to(world, one.wa_id), template_to(world, one.wa_id, "autumn_offer"))
    assert reasons(done) == [None, "owner_blocked"]


async def test_unblocking_lifts_it(world: World) -> None:
    (one,) = await willing(world, 1)
    await world.set_thread(one, world.support, blocked_at=BEFORE)
    assert await offers(world, one) == ["owner_blocked"]
    await world.execute("UPDATE thread SET blocked_at = NULL WHERE part = $1", one.part)
    assert await offers(world, one) == [None]


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOW - timedelta(days=9), "owner_blocked"),
        (NOW - timedelta(days=9, microseconds=1), None),
    ],
)
async def test_a_later_consent_outweighs_it(world: World, at: datetime, reason: str | None) -> None:
    (one,) = await willing(world, 1)
    await world.set_thread(one, world.support, blocked_at=at)
    assert await offers(world, one) == [reason]


async def test_it_holds_for_the_other_companies_of_the_owner(world: World) -> None:
    (one,) = await willing(world, 1)
    await block_the_sister(world, one)
    assert await offers(world, one) == ["owner_blocked"]


async def test_another_owner_is_another(world: World) -> None:
    (one,) = await willing(world, 1)
    await block_the_sister(world, one, owned=False)
    assert await offers(world, one) == [None]


async def test_the_policy_may_leave_it_to_the_company(world: World) -> None:
    one, two = await willing(world, 2)
    await world.set_policy({**OPEN, "reputation": {"stop_covers_owner": False}})
    await block_the_sister(world, one)
    await world.set_thread(two, world.support, blocked_at=BEFORE)
    assert await offers(world, one, two) == [None, "owner_blocked"]
