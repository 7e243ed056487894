"""What the operator does with money, by the own API: grants are listed and voided; none of it is done by one person alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from takt.actions import grant
from takt.clock import CLOCK
from takt.core.grants import Grant, GrantKind
from takt.core.ids import slot_of
from takt.lanes import Lanes
from takt.store.pool import transaction
from takt.web.auth import Authenticator
from takt.web.takt.door import OwnDoor
from takt.web.takt.granting import GrantApi, GrantDesk
from takt.workers.lapser import Lapser
from takt.workers.notary import Notary
from tests.cloud import OPERATOR, Cloud, open_cloud
from tests.world import FUNDS, World


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        door = OwnDoor(Authenticator(world.site.everywhere, world.reference, CLOCK), CLOCK)
        grants = Lanes(grant.void, world.site, opened.wakes, CLOCK.now)
        desk = GrantDesk(world.site, world.reference, grants, CLOCK)
        opened.app.router.routes[:0] = GrantApi(door, desk, world.reference).routes()
        task = asyncio.create_task(grants.run())
        yield opened
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("path", ["/refunds", "{}/reversals", "{}/grants", "{}/top-ups"])
async def test_no_address_moves_money_by_the_word_of_one(world: World, cloud: Cloud, path: str) -> None:
    at = path.format(f"/businesses/{world.business.waba_id}")
    answer = await cloud.call("POST", f"/takt/v1{at}", OPERATOR, json={"amount_micros": 700, "message": "x"})
    assert answer.status_code in {400, 405}
    assert await world.money() == (FUNDS, 0)


async def test_a_grant_is_listed_lapses_and_is_voided(world: World, cloud: Cloud) -> None:
    at = f"/takt/v1/businesses/{world.business.waba_id}/grants"
    now = CLOCK.now()
    given = Grant(
        CLOCK.new_id(slot_of(world.payer[1])), world.payer, "sorry", GrantKind.GOODWILL, 700, "EUR", 0, ("utility",),
        ("DE",), now, now + timedelta(days=30),
    )  # fmt: skip
    async with transaction(world.site.pool(world.payer[0])) as conn:
        await grant.issue(conn, [given, given], now)
    [listed] = (await cloud.call("GET", at, OPERATOR)).json()["grants"]
    assert (await cloud.call("GET", "/takt/v1/grants")).json() == {"grants": [listed]}, "its company reads the same"
    assert {name: listed[name] for name in ("id", "name", "kind", "state", "left_micros", "held_micros", "markets")} == {
        "id": str(given.grant_id), "name": "sorry", "kind": "goodwill", "state": "active", "left_micros": 700,
        "held_micros": 0, "markets": ["DE"],
    }  # fmt: skip
    assert (await cloud.call("DELETE", f"{at}/{listed['id']}", OPERATOR)).status_code == 200
    for gone in (listed["id"], "x"):
        assert (await cloud.call("DELETE", f"{at}/{gone}", OPERATOR)).status_code == 400
    await Lapser(world.site, world.reference, CLOCK).lapse_all()
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
