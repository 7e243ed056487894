"""Figures counted from real messages: sends, receipts, captures and presses, in every grouping, and who may ask."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.ids import slot_of, wamid
from takt.core.message import Status
from takt.store.pool import transaction
from tests.cloud import FOREIGN, POOR, Cloud, open_cloud
from tests.world import Somebody, World, template_to

WABA, SENDER = "200493023125", "100493023125001"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


@pytest.fixture
async def now(world: World) -> datetime:
    """The world's price list is older than the real present, in which ids are made."""
    return CLOCK.now()


async def send(world: World, command: Any, now: datetime) -> Any:
    part = world.part_of(command.wa_id)
    action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
    async with transaction(world.site.pool(part)) as conn:
        done = await action(conn, part, [command], now, again=False)
    return done.answers[0]


async def receipt(world: World, person: Somebody, status: Status, through: int, now: datetime) -> None:
    async with transaction(world.site.pool(person.part)) as conn:
        command = Receipt(person.recipient_id, status, through, SENDER if status is Status.READ else None)
        await TakeReceipts(world.reference, CLOCK.new_id)(conn, person.part, [command], now, again=False)


def window(now: datetime) -> tuple[int, int]:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return int((day - timedelta(days=1)).timestamp()), int((day + timedelta(days=1)).timestamp())


async def field(cloud: Cloud, text: str) -> Any:
    answer = await cloud.get(f"/v24.0/{WABA}", fields=text)
    assert answer.status_code == 200, answer.text
    return answer.json()[text.partition(".")[0]]


async def told(world: World, now: datetime) -> list[Somebody]:
    """Three templates to people of different parts: one only sent, one delivered, one read."""
    people = [await world.add_person(world.numbers(part, 3)[2], market="DE") for part in world.site.parts[:1]]
    people += [await world.add_person(world.numbers(world.site.parts[-1], place + 1)[place]) for place in (0, 1)]
    for person in people:
        answer = await send(world, template_to(world, person.wa_id), now)
        assert answer.cursor == 1, answer
    await receipt(world, people[1], Status.DELIVERED, 1, now)
    await receipt(world, people[2], Status.READ, 1, now)
    return people


async def test_messages_prices_and_conversations_are_counted(world: World, cloud: Cloud, now: datetime) -> None:
    await told(world, now)
    start, end = window(now)
    at = int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
    found = await field(cloud, f"analytics.start({start}).end({end}).granularity(DAY).phone_numbers([])")
    point = {"start": at, "end": at + 86400}
    assert found == {
        "phone_numbers": ["493023125001", "493023125002"],
        "granularity": "DAY",
        "data_points": [{**point, "sent": 3, "delivered": 2}],
    }
    none = await field(cloud, f"analytics.start({start}).end({end}).granularity(DAY).product_types([2])")
    assert none["data_points"] == []
    dimensions = '.dimensions(["COUNTRY", PRICING_CATEGORY , PRICING_TYPE,TIER,PHONE])'
    priced = await field(cloud, f"pricing_analytics.start({start}).end({end}).granularity(DAILY){dimensions}")
    assert priced["data"][0]["data_points"] == [
        {
            **point, "country": "DE", "phone_number": "493023125001", "tier": "0:MAX", "pricing_type": "REGULAR",
            "pricing_category": "UTILITY", "volume": 2, "cost": 0.1,
        }
    ]  # fmt: skip
    cost = await field(cloud, f"pricing_analytics.start({start}).end({end}).granularity(MONTHLY).metric_types(COST)")
    assert cost["data"][0]["data_points"][0]["cost"] == 0.1
    assert "volume" not in cost["data"][0]["data_points"][0]
    talks = await field(
        cloud,
        f"conversation_analytics.start({start}).end({end}).granularity(DAILY).dimensions([CONVERSATION_CATEGORY])",
    )
    assert talks["data"][0]["data_points"] == [
        {**point, "conversation_category": "UTILITY", "conversation": 3, "cost": 0.1}
    ]
    for filtered in ("country_codes([US])", "phone_numbers([493023125002])", "pricing_categories([MARKETING])"):
        nothing = await field(cloud, f"pricing_analytics.start({start}).end({end}).granularity(DAILY).{filtered}")
        assert nothing["data"][0]["data_points"] == []
    calls = await field(cloud, f"call_analytics.start({start}).end({end}).granularity(DAILY)")
    assert calls == {"data": [{"data_points": []}]}


async def test_templates_are_counted_once_insights_are_on(world: World, cloud: Cloud, now: datetime) -> None:
    people = await told(world, now)
    start, end = window(now)
    (template_id,) = (
        await world.rows("SELECT DISTINCT template_id FROM message WHERE part = any($1)", list(world.site.parts))
    )[0]
    asked: dict[str, Any] = {"start": start, "end": end, "granularity": "DAILY", "template_ids": f"[{template_id}]"}
    off = await cloud.get(f"/{WABA}/template_analytics", **asked)
    assert (off.status_code, off.json()["error"]["code"]) == (400, 200007)
    on = await cloud.call("POST", f"/{WABA}?is_enabled_for_insights=true")
    assert on.json()["id"] == WABA
    assert (await cloud.call("POST", f"/{WABA}?is_enabled_for_insights=false")).json()["error"]["code"] == 200006
    points = (await cloud.get(f"/{WABA}/template_analytics", **asked)).json()["data"][0]["data_points"]
    assert len(points) == 1
    assert {name: points[0][name] for name in ("template_id", "sent", "delivered", "read", "clicked", "cost")} == {
        "template_id": template_id, "sent": 3, "delivered": 2, "read": 1, "clicked": [],
        "cost": [{"type": "amount_spent", "value": 0.1}, {"type": "cost_per_delivered", "value": 0.05}],
    }  # fmt: skip
    # A press comes in as any message of a person does; here it is written beside what it answers.
    person = people[2]
    await world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type,"
        " content, context_id, category, status, accepted_at) SELECT part, $2, recipient_id, wa_id, sender_id,"
        " business_id, true, 900, 'button', '{\"text\": \"Passt\", \"payload\": \"p\"}', message_id, 'service', 'accepted',"
        " accepted_at FROM message WHERE part = $1 AND recipient_id = $3 AND NOT inbound",
        person.part, CLOCK.new_id(slot_of(person.recipient_id)), person.recipient_id,
    )  # fmt: skip
    found = await field(
        cloud, f"template_analytics.start({start}).end({end}).granularity(DAILY).template_ids([{template_id}])"
        ".metric_types([CLICKED])",
    )  # fmt: skip
    (point,) = found["data"][0]["data_points"]
    assert point["clicked"] == [{"type": "quick_reply_button", "button_content": "Passt", "count": 1}]
    assert "sent" not in point
    group = await cloud.get(f"/{WABA}/template_group_analytics", **{**asked, "template_group_ids": "[1]"})
    assert group.json()["data"][0]["data_points"] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("analytics", "granularity"),
        ("analytics.start(1).end(2).granularity(DAY)", "365 days"),
        ("analytics.start({s}).end({s}).granularity(DAY)", "later than start"),
        ("analytics.start({s}).end({e}).granularity(DAILY)", "must be one of HALF_HOUR, DAY, MONTH"),
        ("pricing_analytics.start({s}).end(9999999999).granularity(HALF_HOUR)", "points"),
        ("pricing_analytics.start(x).end({e}).granularity(DAILY)", "seconds"),
        ("pricing_analytics.start({s}).end({e}).granularity(DAILY).dimensions([MOON])", "COUNTRY"),
        ("template_analytics.start({s}).end({e}).granularity(DAILY)", "template_ids"),
    ],
)
async def test_questions_that_cannot_be_answered_name_what_is_wrong(
    cloud: Cloud, now: datetime, text: str, says: str
) -> None:
    start, end = window(now)
    answer = await cloud.get(f"/{WABA}", fields=text.replace("{s}", str(start)).replace("{e}", str(end)))
    assert answer.status_code == 400
    assert says in answer.json()["error"]["message"]


async def test_nobody_counts_another_company(cloud: Cloud, now: datetime) -> None:
    start, end = window(now)
    text = f"analytics.start({start}).end({end}).granularity(DAY)"
    assert (await cloud.get(f"/{WABA}", FOREIGN, fields=text)).status_code == 400
    assert (await cloud.get(f"/{WABA}", POOR, fields=text)).status_code == 403


async def test_the_history_of_a_message_tells_what_became_of_it_and_of_its_webhooks(
    world: World, cloud: Cloud, now: datetime
) -> None:
    people = await told(world, now)
    rows = await world.rows(
        "SELECT message_id FROM message WHERE part = $1 AND recipient_id = $2", people[2].part, people[2].recipient_id
    )
    named = wamid(rows[0][0])
    asked = {"message_id": named, "fields": "id,message_id,events{delivery_status,webhook_update_state}"}
    (found,) = (await cloud.get(f"/{SENDER}/message_history", **asked)).json()["data"]
    assert found["message_id"] == named
    assert [(one["delivery_status"], one["webhook_update_state"]) for one in found["events"]["data"]] == [
        ("SENT", "PENDING"),
        ("READ", "PENDING"),
    ]
    page = (await cloud.get(f"/{found['id']}/events", limit=1)).json()
    assert page["data"][0]["node"]["delivery_status"] == "SENT"
    only = (await cloud.get(f"/{found['id']}/events", status_filter="READ")).json()["data"]
    assert [one["node"]["delivery_status"] for one in only] == ["READ"]
    assert (await cloud.get(f"/{found['id']}/events", FOREIGN)).status_code == 400
    assert (await cloud.get(f"/{SENDER}/message_history", message_id="x")).status_code == 400
