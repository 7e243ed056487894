"""What a company asks about its usage: costs that are never old, the messages behind them, and files that say all of it."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from takt import exports
from takt.actions.refund import Refund, refund
from takt.clock import CLOCK
from takt.store import used
from takt.store.pool import transaction
from takt.store.reference import Snapshot
from takt.web.auth import Authenticator
from takt.web.clients import Clients
from takt.web.costs import Costs
from takt.web.takt.door import OwnDoor
from takt.web.takt.usage import UsageApi
from takt.wire.usage_file import COLUMNS
from tests.actions.test_close_month import Fixed, closer_at, crowd, delivered
from tests.cloud import FOREIGN, POOR, Cloud, open_cloud
from tests.partners import sell_through_partner
from tests.pricing import SINCE, deliver, document, pay_by, publish_at, send, sent
from tests.world import MARKETING, NOW, UTILITY, World, template_to

LATER = NOW + timedelta(days=1, hours=3)


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        door = OwnDoor(Authenticator(world.site.everywhere, world.reference, CLOCK), CLOCK)
        costs = Costs(world.site, world.reference, Fixed(LATER))
        opened.app.router.routes[:0] = UsageApi(door, world.site, world.reference, costs).routes()
        async with world.site.everywhere.acquire() as conn:
            await world.reference.fresh(conn)
        yield opened


@pytest.fixture
async def parts(world: World) -> int:
    """Two utility messages yesterday, which are in the sums, and today an advertisement that is in none yet."""
    people = await crowd(world)
    await delivered(world, people, 2)
    await closer_at(world, NOW + timedelta(hours=1)).sum_up()
    await delivered(world, people, 1, NOW + timedelta(days=1), name="autumn_offer")
    return len(people)


async def get(cloud: Cloud, path: str) -> Any:
    answer = await cloud.call("GET", f"/takt/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_costs_are_those_of_this_moment(world: World, cloud: Cloud, parts: int) -> None:
    """From the sums, and since their mark from the rows; summing up changes nothing of it."""
    told = await get(cloud, "costs?month=2026-11")
    assert told["total"] == {"units": 3 * parts, "micros": parts * (2 * UTILITY + MARKETING)}
    assert told["today"] == {"units": parts, "micros": parts * MARKETING}
    assert told["available_micros"] == (await world.money())[0]
    assert [(one["key"], one["micros"]) for one in told["by"]["category"]] == [
        ("utility", 2 * parts * UTILITY), ("marketing", parts * MARKETING),
    ]  # fmt: skip
    assert {one["name"] for one in told["by"]["template"]} == {"order_update (de)", "autumn_offer (de)"}
    assert [one["key"] for one in told["by"]["day"]] == ["2026-11-22", "2026-11-23"]
    await closer_at(world, LATER).sum_up()
    assert await get(cloud, "costs?month=2026-11") == told
    empty = await get(cloud, "costs?month=2026-10")
    assert (empty["total"], empty["lines"]) == ({"units": 0, "micros": 0}, [])


async def test_a_figure_leads_to_its_messages_and_to_the_rule_that_priced_them(cloud: Cloud, parts: int) -> None:
    told = await get(cloud, "costs/messages?month=2026-11&category=marketing")
    assert len(told["data"]) == parts
    one = told["data"][0]
    assert one["message"].startswith("wamid.")
    assert (one["amount_micros"], one["rule"], one["reason"]) == (MARKETING, 3, "regular")
    assert one["rule_document"] == {"when": {"category": "marketing"}, "price": MARKETING}
    by_rule = await get(cloud, "costs/messages?month=2026-11&card=card&version=1&rule=4")
    assert {one["category"] for one in by_rule["data"]} == {"utility"}
    assert (await get(cloud, "costs/messages?month=2026-11&market=FR"))["data"] == []


@pytest.mark.parametrize("path", ["costs?month=11", "costs/messages?rule=0", "usage?format=pdf", "usage?month=2026-13"])
async def test_what_is_not_understood_is_named(cloud: Cloud, path: str) -> None:
    answer = await cloud.call("GET", f"/takt/v1/{path}")
    assert answer.status_code == 400
    field = path.partition("?")[2].partition("=")[0]
    assert answer.json()["error"]["error_data"]["details"].startswith(field)


async def test_nobody_sees_what_others_use(world: World, cloud: Cloud, parts: int) -> None:
    """Invariant 31."""
    for token in (FOREIGN, POOR):
        answer = await cloud.call("GET", "/takt/v1/usage?month=2026-11", token)
        assert answer.status_code != 200 or len(answer.text.splitlines()) == 1


async def test_a_partner_sees_what_each_client_used_and_nobody_else_does(world: World, cloud: Cloud) -> None:
    """Its own messages are not among them, given back is what was given back, and what it could not pay for is counted."""
    partner = await sell_through_partner(world, 5 * 60_000 * len(world.site.parts))
    line = {"id": "line", "per": "contract", "every": "month", "price": 300, "prorate": "none"}
    least = {"commitment": {"period": "month", "amount": 900, "eligible": ["utility"]}, "recurring": [line]}
    await publish_at(world, document({"price": 60_000}, card="bulk", **least), SINCE - timedelta(days=1))
    await pay_by(world, document({"price": 100_000}, reseller={"wholesale": "bulk"}))
    people = await crowd(world)
    await delivered(world, people, 4)
    (back,) = await sent(world, template_to(world, people[0].wa_id))
    await deliver(world, people[0])
    async with transaction(world.site.pool(people[0].part)) as conn:
        await refund(conn, people[0].part, [Refund(back, "")], NOW, again=False)
    await closer_at(world, NOW + timedelta(hours=1)).sum_up()
    await world.execute(
        "UPDATE account SET min_available = posted_micros WHERE contract_id = $1 AND kind = 'spend'", partner[1]
    )
    await send(world, template_to(world, people[0].wa_id), now=NOW + timedelta(hours=1))
    count = 4 * len(people)
    snapshot = await fresh(world)
    desk = Clients(world.site, world.reference, Costs(world.site, world.reference, Fixed(LATER)))
    told = await desk.month(snapshot.by_contract[partner[1]], "2026-11")
    assert told["data"] == [
        {
            "waba_id": world.business.waba_id, "name": "Nordwind", "messages": count, "retail_micros": count * 100_000,
            "wholesale_micros": count * 60_000, "margin_micros": count * 40_000, "refused": 1,
        }
    ]  # fmt: skip
    assert told["total"]["margin_micros"] == count * 40_000
    [asked] = told["wholesale"]
    assert (asked["card"], asked["fees"]) == ("bulk", [{"id": "line", "quantity": 1, "micros": 300}])
    assert 0 < asked["commitment"].pop("amount_micros") < 900, "for the days that it had a client"
    assert asked["commitment"] == {"filled_micros": count * 60_000}
    assert (await get(cloud, "clients?month=2026-11"))["data"] == [], "the client sells to nobody"
    assert (await cloud.call("GET", "/takt/v1/clients?month=11")).status_code == 400


async def fresh(world: World) -> Snapshot:
    async with world.site.everywhere.acquire() as conn:
        return await world.reference.fresh(conn)


async def test_a_file_has_every_message_in_either_form(
    world: World, cloud: Cloud, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in pages of any size; both say the same."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415 - large

    monkeypatch.setattr(used, "READ_MAX", 1)
    monkeypatch.setattr(exports, "GROUP_ROWS", 2)
    answer = await cloud.call("GET", "/takt/v1/usage?month=2026-11")
    assert answer.headers["content-disposition"] == 'attachment; filename="usage-200493023125-2026-11.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len({row["message"] for row in rows}) == len(rows) == 3 * parts
    assert sum(int(row["amount_micros"]) for row in rows) == parts * (2 * UTILITY + MARKETING)
    assert list(rows[0]) == [name for name, _ in COLUMNS]
    binary = await cloud.call("GET", "/takt/v1/usage?month=2026-11&format=parquet")
    table = parquet.read_table(pyarrow.BufferReader(binary.content))
    assert [str(one) for one in table["message"]] == [row["message"] for row in rows]
    assert table["delivered_at"][0].as_py().isoformat() == rows[0]["delivered_at"]
    assert table["ordinal"].null_count == 3 * parts


async def test_closed_months_show_their_lines(world: World, cloud: Cloud, parts: int) -> None:
    assert await get(cloud, "months") == {"data": []}
    await closer_at(world).round()
    (month,) = (await get(cloud, "months"))["data"]
    assert (month["month"], month["state"], month["used_micros"]) == (
        "2026-11", "frozen", parts * (2 * UTILITY + MARKETING),
    )  # fmt: skip
    assert [(one["category"], one["quantity"]) for one in month["lines"]] == [
        ("marketing", parts),
        ("utility", 2 * parts),
    ]
