"""The own API about prices: estimates of campaigns, a company's rate card, and what one message costs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt import cards
from takt.actions.examine import Examine
from takt.clock import CLOCK
from takt.lanes import Lanes
from takt.web.auth import Authenticator
from takt.web.takt.door import OwnDoor
from takt.web.takt.prices import PriceApi
from takt.web.takt.routes import OwnApi
from tests.cloud import FOREIGN_SENDER, POOR, Cloud, open_cloud
from tests.pricing import document, pay_by, publish_at, stepped
from tests.world import FUNDS, World

ESTIMATE = "/takt/v1/estimate"
LOT: dict[str, Any] = {"category": "utility", "region": "DE", "count": 3}
COUNTERS = {"n": {"scope": "contract", "by": "market"}}


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        door = OwnDoor(Authenticator(world.site.everywhere, world.reference, CLOCK), CLOCK)
        lane = Lanes(Examine(world.reference, len(world.site.parts)), world.site, opened.wakes, CLOCK.now)
        opened.app.router.routes[:0] = [
            *PriceApi(door, world.site, world.reference, CLOCK).routes(),
            *OwnApi(door, world.site, world.reference, lane, CLOCK).routes(),
        ]
        task = asyncio.create_task(lane.run())
        async with world.site.everywhere.acquire() as conn:
            await world.reference.fresh(conn)
        yield opened
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def fresh(world: World) -> None:
    async with world.site.everywhere.acquire() as conn:
        await world.reference.fresh(conn)


async def test_a_campaign_is_estimated_from_the_counts_as_they_are(world: World, cloud: Cloud) -> None:
    """Least, expected and most; the steps it would cross; whether the wallet has it."""
    await pay_by(world, document(stepped("n", (0, 50), (5, 40)), counters=COUNTERS))
    await fresh(world)
    month = CLOCK.now().date().replace(day=1)
    await world.execute(
        "INSERT INTO counter (part, contract_id, key, period, counted) VALUES ($1, $2, 'n/DE', $3, 4)",
        *world.payer, month,
    )  # fmt: skip
    answer = await cloud.call("POST", ESTIMATE, json={"sender": world.outreach.sender_id, "messages": [LOT]})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert {name: told[name] for name in ("card", "version", "currency", "least_micros", "expected_micros", "most_micros")} == {
        "card": "tested", "version": 1, "currency": "EUR", "least_micros": 120, "expected_micros": 130, "most_micros": 150,
    }  # fmt: skip
    assert (told["available_micros"], told["covered"]) == (FUNDS, True)
    assert told["messages"] == [{
        "category": "utility", "region": "DE", "market": "DE", "count": 3, "rule": 0, "least_micros": 120,
        "expected_micros": 130, "most_micros": 150, "counter": "n", "counted_before": 4,
        "steps": [{"messages": 1, "price_micros": 50}, {"messages": 2, "price_micros": 40}],
    }]  # fmt: skip
    await world.execute("UPDATE account SET posted_micros = 149 WHERE kind = 'spend'")
    answer = await cloud.call("POST", ESTIMATE, json={"sender": world.outreach.sender_id, "messages": [LOT]})
    assert answer.json()["covered"] is False
    assert await world.count("hold") == 0


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"messages": [LOT]}, "sender"),
        ({"sender": FOREIGN_SENDER, "messages": [LOT]}, "sender"),
        ({"messages": []}, "messages"),
        ({"messages": [1]}, "messages[0]"),
        ({"messages": [{**LOT, "count": 0}]}, "messages[0].count"),
        ({"messages": [{**LOT, "count": True}]}, "messages[0].count"),
        ({"messages": [{**LOT, "category": "spam"}]}, "messages[0].category"),
        ({"messages": [{**LOT, "region": "Germany"}]}, "messages[0].region"),
        ({"messages": [{**LOT, "window": "ajar"}]}, "messages[0].window"),
        ({"messages": [{**LOT, "bid_micros": -1}]}, "messages[0].bid_micros"),
        ({"messages": [{**LOT, "price": 1}]}, "messages[0].price"),
    ],
)  # fmt: skip
async def test_a_wrong_estimate_is_refused_with_the_field_named(
    world: World, cloud: Cloud, body: dict[str, Any], says: str
) -> None:
    sender = {} if says == "sender" else {"sender": world.outreach.sender_id}
    answer = await cloud.call("POST", ESTIMATE, json={**sender, **body})
    assert answer.status_code == 400
    assert says in answer.json()["error"]["error_data"]["details"]


async def test_prices_need_their_permission(cloud: Cloud) -> None:
    for method, path in (("POST", ESTIMATE), ("GET", "/takt/v1/rate-card")):
        assert (await cloud.call(method, path, POOR)).status_code == 403


async def test_a_company_reads_its_rate_card_with_all_its_dates(world: World, cloud: Cloud) -> None:
    await publish_at(world, cards.document("markets-cloud-2026-10"))
    await pay_by(world, {**cards.document("start"), "card": "now"})
    await fresh(world)
    told = (await cloud.get("/takt/v1/rate-card")).json()
    assert (told["card"], told["version"]) == ("now", 1)
    assert told["versions"][0]["document"]["rules"] == cards.document("start")["rules"]
    assert told["versions"][0]["valid"]["to"] is None


async def test_one_message_s_price_says_what_it_costs_and_what_is_set_aside(world: World, cloud: Cloud) -> None:
    await pay_by(world, document(stepped("n", (0, 0), (5, 40)), counters=COUNTERS))
    person = await world.add_person(world.numbers(world.site.parts[0], 1)[0])
    body = {
        "sender": world.outreach.sender_id, "to": person.wa_id, "type": "template",
        "template": {
            "name": "order_update", "language": {"code": "de"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "4711"}]}],
        },
    }  # fmt: skip
    answer = await cloud.call("POST", "/takt/v1/price", json=body)
    assert answer.status_code == 200, answer.text
    price = answer.json()["price"]
    assert (price["micros"], price["most_micros"], price["counter"], price["type"], price["state"]) == (
        0, 40, "n", "free_customer_service", "free",
    )  # fmt: skip
