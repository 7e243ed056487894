"""The operator's money at the own API: contracts, entries with their place in the chain, the close of months."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt.checkup import office
from takt.clock import CLOCK
from takt.core.ids import wamid
from takt.web.auth import Authenticator
from takt.web.money import MoneyDesk
from takt.web.takt.door import OwnDoor
from takt.web.takt.money import MoneyApi
from tests.actions.test_close_month import CLOSE, Fixed, closer_at, crowd, delivered
from tests.cloud import FOREIGN_WABA, OPERATOR, POOR, TOKEN, Cloud, open_cloud
from tests.pricing import deliver, sent
from tests.world import NOW, UTILITY, World, template_to

DAY = f"{NOW:%Y-%m-%d}"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        door = OwnDoor(Authenticator(world.site.everywhere, world.reference, CLOCK), CLOCK)
        desk = MoneyDesk(world.site, world.reference, closer_at(world), Fixed(CLOSE))
        opened.app.router.routes[:0] = MoneyApi(door, desk).routes()
        async with world.site.everywhere.acquire() as conn:
            await world.reference.fresh(conn)
        yield opened


async def get(cloud: Cloud, path: str, status: int = 200, **query: str) -> Any:
    answer = await cloud.get(f"/takt/v1/{path}", OPERATOR, **query)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_money_of_all_is_for_the_operator_alone(world: World, cloud: Cloud) -> None:
    for method, path in (("GET", "contracts"), ("GET", "ledger"), ("GET", "closings"), ("POST", "closings")):
        for token in (TOKEN, POOR):
            answer = await cloud.call(method, f"/takt/v1/{path}", token, json={} if method == "POST" else None)
            assert answer.status_code == 403, path
        assert (await cloud.call(method, f"/takt/v1/{path}", None)).status_code == 401, path
    assert await world.count("closing") == 0


async def test_contracts_say_what_may_be_spent(world: World, cloud: Cloud) -> None:
    told = (await get(cloud, "contracts"))["contracts"]
    assert [one["company"] for one in told] == [FOREIGN_WABA, world.business.waba_id]
    foreign, own = told
    assert (foreign["state"], foreign["balance_micros"], foreign["available_micros"]) == ("empty", 0, 0)
    posted, held = await world.money()
    assert (own["state"], own["balance_micros"], own["held_micros"]) == ("open", posted, held)
    assert (own["card"], own["version"], own["limit_micros"]) == (world.business.card, 1, 0)


async def test_entries_are_found_by_message_company_kind_and_day(world: World, cloud: Cloud) -> None:
    await delivered(world, await crowd(world), 2)
    captured = (await get(cloud, "ledger", day=DAY, kind="capture"))["entries"]
    assert [one["amount_micros"] for one in captured] == [UTILITY] * 2 * len(world.site.parts)
    assert all(one["chain"]["batch"] > 0 and len(one["chain"]["hash"]) == 64 for one in captured)
    assert {one["name"] for one in captured} == {world.business.name}
    message = captured[0]["message"]
    assert [one["entry"] for one in (await get(cloud, "ledger", message=message))["entries"]] == [captured[0]["entry"]]
    assert (await get(cloud, "ledger", message=message, company=FOREIGN_WABA))["entries"] == []
    assert (await get(cloud, "ledger", message=message, kind="refund"))["entries"] == []
    assert (await get(cloud, "ledger", message=wamid(CLOCK.new_id())))["entries"] == []
    own = (await get(cloud, "ledger", company=world.business.waba_id))["entries"]
    assert own == (await get(cloud, "ledger"))["entries"]
    assert (await get(cloud, "ledger", company=FOREIGN_WABA))["entries"] == []
    assert (await get(cloud, "ledger", day="2026-01-01")) == {"entries": [], "more": False}


async def test_what_cannot_be_looked_up_is_named(cloud: Cloud) -> None:
    hostile = {"kind": "gift", "company": "1", "message": "4711", "day": "0000-00-00"}
    for name, text in hostile.items():
        refused = await get(cloud, "ledger", 400, **{name: text})
        assert refused["error"]["error_data"]["details"].startswith(f"{name} must be"), refused
    for month in ("2026-13", "2027-01", ""):
        assert (await get(cloud, "closings", 400, month=month))["error"]["code"] == 131009


async def test_a_month_is_closed_and_what_is_not_says_why(world: World, cloud: Cloud) -> None:
    await delivered(world, await crowd(world), 1)
    at = "/takt/v1/closings"
    told = await get(cloud, "closings")
    assert (told["month"], {one["state"] for one in told["contracts"]}) == ("2026-11", {"open"})
    done = (await cloud.call("POST", at, OPERATOR, json={"month": "2026-11"})).json()
    assert {(one["name"], one["state"]) for one in done["closed"]} == {("Fremd", "empty"), ("Nordwind", "frozen")}
    assert [one["state"] for one in (await get(cloud, "closings"))["contracts"]] == ["empty", "frozen"]
    left = (await cloud.call("POST", at, OPERATOR, json={"month": "2026-12"})).json()
    assert (left["closed"], len(left["open"])) == ([], 2)
    assert "may be closed from" in left["open"][0]["why"]
    assert left["open"][0]["due_at"] == "2027-01-03T23:00:00Z"
    assert [one["month_closed"] for one in (await get(cloud, "contracts"))["contracts"]] == ["2026-11"] * 2
    assert (await cloud.call("POST", at, OPERATOR, json={"month": 11})).status_code == 400


async def test_what_was_delivered_too_late_is_counted_down_to_the_messages(world: World, cloud: Cloud) -> None:
    person = await world.add_person(world.numbers(world.site.parts[0], 1)[0])
    (message_id,) = await sent(world, template_to(world, person.wa_id))
    await deliver(world, person)
    (kept,) = await world.rows("SELECT delivered_at FROM usage")
    month = f"{kept[0]:%Y-%m}"
    empty = (await cloud.get("/takt/v1/losses", OPERATOR, month=month)).json()
    assert (empty["sums"], empty["companies"], empty["messages"]) == ([], [], [])
    await world.execute("GRANT UPDATE ON usage TO CURRENT_USER")
    await world.execute("UPDATE usage SET reason = 'absorbed', forgone_micros = 1000001, amount_micros = 0")
    found = (await cloud.get("/takt/v1/losses", OPERATOR, month=month)).json()
    assert found["sums"] == [{"currency": "EUR", "micros": 1_000_001, "alarm": True, "alarm_micros": 1_000_000}]
    assert [(one["name"], one["messages"]) for one in found["companies"]] == [("Nordwind", 1)]
    assert [(one["message"], one["micros"]) for one in found["messages"]] == [(wamid(message_id), 1_000_001)]
    async with world.site.everywhere.acquire() as conn:
        lost, waits = await office(conn, world.site.parts, kept[0].date())
    assert (lost.what, lost.well, waits.well) == ("Losses", False, True)
    assert "1.000001 EUR" in lost.found
    await world.execute("UPDATE usage SET forgone_micros = 1000000")
    async with world.site.everywhere.acquire() as conn:
        assert all(one.well for one in await office(conn, world.site.parts, kept[0].date()))
    (less,) = (await cloud.get("/takt/v1/losses", OPERATOR, month=month)).json()["sums"]
    assert not less["alarm"]
    assert (await cloud.get("/takt/v1/losses", month=month)).status_code == 403
    assert (await cloud.get("/takt/v1/losses", OPERATOR, month="soon")).status_code == 400
