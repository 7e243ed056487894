"""What the operator does with money, by the own API: refunds, reversals, grants."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from takt.actions import grant, refund
from takt.actions.pilot import set_members
from takt.clock import CLOCK
from takt.core.ids import slot_of, wamid
from takt.lanes import Lanes
from takt.store import ledger
from takt.store.pool import transaction
from takt.web.auth import Authenticator
from takt.web.takt.door import OwnDoor
from takt.web.takt.granting import GrantApi, GrantDesk
from takt.web.takt.operation import OperatorApi, OperatorLanes
from takt.workers.lapser import Lapser
from takt.workers.notary import Notary
from tests.cloud import OPERATOR, Cloud, open_cloud
from tests.pricing import deliver, sent
from tests.world import FUNDS, NOW, UTILITY, World, template_to


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        door = OwnDoor(Authenticator(world.site.everywhere, world.reference, CLOCK), CLOCK)
        lanes = OperatorLanes(
            Lanes(set_members, world.site, opened.wakes, CLOCK.now),
            Lanes(refund.refund, world.site, opened.wakes, CLOCK.now),
            Lanes(refund.reverse, world.site, opened.wakes, CLOCK.now),
        )
        grants = Lanes(grant.give, world.site, opened.wakes, CLOCK.now)
        desk = GrantDesk(world.site, world.reference, grants, CLOCK)
        opened.app.router.routes[:0] = [
            *OperatorApi(door, world.reference, lanes).routes(),
            *GrantApi(door, desk, world.reference).routes(),
        ]
        tasks = [asyncio.create_task(one.run()) for one in (lanes.refunds, lanes.reversals, grants)]
        yield opened
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_money_comes_in_and_goes_back(world: World, cloud: Cloud) -> None:
    at = f"/takt/v1/businesses/{world.business.waba_id}"
    entry = CLOCK.new_id(slot_of(world.payer[1]))
    async with transaction(world.site.pool(world.payer[0])) as conn:
        await ledger.add_top_up(conn, world.payer, entry, 700, "transfer", NOW)
    person = await world.add_person(world.numbers(world.site.parts[0], 1)[0])
    (message_id,) = await sent(world, template_to(world, person.wa_id))
    refused = await cloud.call("POST", "/takt/v1/refunds", OPERATOR, json={"message": wamid(message_id)})
    assert refused.status_code == 400, "it was not charged yet"
    await deliver(world, person)
    assert await world.money() == (FUNDS + 700 - UTILITY, 0)
    for _ in range(2):
        back = await cloud.call(
            "POST", "/takt/v1/refunds", OPERATOR, json={"message": wamid(message_id), "note": "late"}
        )
        assert (back.status_code, back.json()["amount_micros"]) == (200, UTILITY)
        wrong = await cloud.call("POST", f"{at}/reversals", OPERATOR, json={"entry": str(entry)})
        assert (wrong.status_code, wrong.json()["amount_micros"]) == (200, 700)
        assert await world.money() == (FUNDS, 0)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/refunds", {"message": "wamid.x"}, "message"),
        ("/refunds", {"message": 7}, "message"),
        ("/businesses/{}/reversals", {"entry": "x"}, "entry"),
        ("/businesses/{}/reversals", {"entry": 7}, "entry"),
        ("/businesses/{}/reversals", {"entry": "0" * 32, "note": "a\nb"}, "note"),
        ("/businesses/{}/grants", {}, "amount_micros"),
        ("/businesses/{}/grants", {"amount_micros": 0}, "amount_micros"),
        ("/businesses/{}/grants", {"amount_micros": 1, "kind": "gift"}, "kind"),
        ("/businesses/{}/grants", {"amount_micros": 1, "days": 0}, "days"),
        ("/businesses/{}/grants", {"amount_micros": 1, "categories": ["adverts"]}, "categories"),
        ("/businesses/{}/grants", {"amount_micros": 1, "markets": [7]}, "markets"),
    ],
)
async def test_wrong_wishes_name_the_field(
    world: World, cloud: Cloud, path: str, body: dict[str, object], field: str
) -> None:
    answer = await cloud.call("POST", f"/takt/v1{path.format(world.business.waba_id)}", OPERATOR, json=body)
    assert answer.status_code == 400
    assert field in answer.text
    assert await world.money() == (FUNDS, 0)


async def test_money_in_by_hand_is_a_booking_of_two_people_and_nothing_else(world: World, cloud: Cloud) -> None:
    at = f"/takt/v1/businesses/{world.business.waba_id}/top-ups"
    assert (await cloud.call("POST", at, OPERATOR, json={"amount_micros": 700})).status_code == 400
    assert await world.money() == (FUNDS, 0)


async def test_only_the_operator_may(world: World, cloud: Cloud) -> None:
    at = f"/businesses/{world.business.waba_id}"
    for path in ("/refunds", f"{at}/reversals", f"{at}/grants"):
        assert (await cloud.call("POST", f"/takt/v1{path}", json={})).status_code == 403


async def test_a_grant_is_given_listed_lapses_and_is_voided(world: World, cloud: Cloud) -> None:
    at = f"/takt/v1/businesses/{world.business.waba_id}/grants"
    wish = {"amount_micros": 700, "name": "sorry", "days": 30, "categories": ["utility"], "markets": ["DE"]}
    once = {"idempotency-key": "once"}
    given, again = [await cloud.call("POST", at, OPERATOR, json=wish, headers=once) for _ in range(2)]
    assert (given.status_code, again.json()["id"]) == (200, given.json()["id"])
    [listed] = (await cloud.call("GET", at, OPERATOR)).json()["grants"]
    assert (await cloud.call("GET", "/takt/v1/grants")).json() == {"grants": [listed]}, "its company reads the same"
    assert {name: listed[name] for name in ("id", "name", "kind", "state", "left_micros", "held_micros", "markets")} == {
        "id": given.json()["id"], "name": "sorry", "kind": "goodwill", "state": "active", "left_micros": 700,
        "held_micros": 0, "markets": ["DE"],
    }  # fmt: skip
    assert (await cloud.call("DELETE", f"{at}/{listed['id']}", OPERATOR)).status_code == 200
    for gone in (listed["id"], "x"):
        assert (await cloud.call("DELETE", f"{at}/{gone}", OPERATOR)).status_code == 400
    await Lapser(world.site, CLOCK).lapse_all()
    [listed] = (await cloud.call("GET", at, OPERATOR)).json()["grants"]
    assert (listed["state"], listed["left_micros"]) == ("voided", 0)
    unknown = await cloud.call("GET", "/takt/v1/businesses/1/grants", OPERATOR)
    assert unknown.status_code == 400


async def test_the_notary_makes_the_root_of_the_day_before(world: World) -> None:
    """What was booked the days before is under a root once its round is over, and a second round changes nothing."""
    notary = Notary(world.site, CLOCK)
    for _ in range(2):
        await notary.make_all()
        assert await world.rows("SELECT first_number, last_number FROM day_root") == [(1, 1)]
