"""What a company sees of its webhooks, and what it can send again."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from takt.clock import CLOCK
from tests.cloud import APP_TOKEN, FOREIGN, POOR, Cloud, open_cloud
from tests.hooking import Owing, another, listen, looping
from tests.receiver import receiving
from tests.web.test_cloud_subscriptions import details
from tests.world import World, twins

AT = "/takt/v1/webhooks"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


async def listed(cloud: Cloud, what: str, **query: Any) -> list[dict[str, Any]]:
    answer = await cloud.get(f"{AT}/{what}", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()[what]
    return found


async def deliver(world: World, owing: Owing) -> None:
    async with looping(world) as loop:
        await loop.until_settled(owing)


async def test_events_and_attempts_tell_what_became_of_a_webhook(cloud: Cloud, world: World) -> None:
    async with receiving(lambda _: (200, b"danke")) as receiver:
        owing = await listen(world, receiver.url)
        ids = [str(one) for one in await owing.add(3)]
        async with twins(world):
            assert [one["id"] for one in await listed(cloud, "events")] == sorted(ids, reverse=True)
        await deliver(world, owing)
    assert await listed(cloud, "events") == []
    done = await listed(cloud, "events", state="done")
    assert {one["id"] for one in done} == set(ids)
    assert done[0]["settled_at"] >= done[0]["created_at"]
    attempts = await listed(cloud, "attempts")
    assert sorted(one["events"] for one in attempts) == sorted([one] for one in ids)
    assert (attempts[0]["status"], attempts[0]["answer"], attempts[0]["error"]) == (200, "danke", None)
    whole = (await cloud.get(f"{AT}/events/{ids[1]}")).json()
    assert whole["body"] == {"value": {"n": 1, "text": "Hallo"}, "field": "messages"}
    assert [one["events"] for one in whole["tries"]] == [[ids[1]]]
    assert (whole["state"], whole["failed_alone"], whole["replayed_at"]) == ("done", 0, None)


async def test_lists_go_on_where_they_ended(cloud: Cloud, world: World) -> None:
    owing = await listen(world, "http://127.0.0.1:1/")
    ids = sorted((str(one) for one in await owing.add(25)), reverse=True)
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = (await cloud.get(f"{AT}/events", limit=10, **({"after": after} if after else {}))).json()
        seen += [one["id"] for one in page["events"]]
        after = page["after"]
    assert seen == ids


async def test_one_event_is_sent_again(cloud: Cloud, world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        event_id = (await owing.add())[0]
        assert "still owed" in details(await cloud.call("POST", f"{AT}/events/{event_id}/replay"))
        await deliver(world, owing)
        async with twins(world):
            assert (await cloud.call("POST", f"{AT}/events/{event_id}/replay")).json() == {"success": True}
        told = (await cloud.get(f"{AT}/events/{event_id}")).json()
        assert (told["state"], told["settled_at"]) == ("owed", None)
        assert told["replayed_at"] is not None
        await deliver(world, owing)
        assert [json.loads(got.body) for got in receiver.got] == [json.loads(receiver.got[0].body)] * 2
        assert len((await cloud.get(f"{AT}/events/{event_id}")).json()["tries"]) == 2


async def test_a_buried_event_gets_seven_new_days(cloud: Cloud, world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        await owing.add(2)
        await world.execute(
            "UPDATE outbox SET state = 'buried', settled_at = now(), created_at = created_at - interval '8 days'"
        )
        assert (await cloud.call("POST", f"{AT}/replay", json={"state": "buried"})).json() == {
            "replayed": 2,
            "after": None,
        }
        await deliver(world, owing)
        assert await owing.states() == {"done": 2}


async def test_many_events_are_sent_again_slice_by_slice(cloud: Cloud, world: World) -> None:
    owing = await listen(world, "http://127.0.0.1:1/")
    early = await owing.add(700)
    late = await owing.add(700)
    await world.execute("UPDATE outbox SET state = 'done', settled_at = now()")
    first = (await cloud.call("POST", f"{AT}/replay", json={"since": "2026-01-01T00:00:00Z"})).json()
    assert first["replayed"] == 1000
    assert await owing.states() == {"owed": 1000, "done": 400}
    rows = await world.rows("SELECT event_id FROM outbox WHERE state = 'done'")
    assert {row[0] for row in rows} == set(sorted(early + late)[1000:])
    rest = (await cloud.call("POST", f"{AT}/replay", json={"state": "done", "after": first["after"]})).json()
    assert rest == {"replayed": 400, "after": None}


async def test_since_leaves_out_what_is_older(cloud: Cloud, world: World) -> None:
    owing = await listen(world, "http://127.0.0.1:1/")
    await owing.add(3)
    await world.execute("UPDATE outbox SET state = 'done', settled_at = now()")
    asked = await cloud.call("POST", f"{AT}/replay", json={"since": "2199-01-01"})
    assert asked.json() == {"replayed": 0, "after": None}


async def test_endpoints_show_how_they_answer(cloud: Cloud, world: World) -> None:
    owing = await listen(world, "http://127.0.0.1:1/hook")
    assert (await listed(cloud, "endpoints"))[0]["failures"] == 0
    await owing.add()
    async with looping(world) as loop:
        await loop.until_attempted(world)
    shown = (await listed(cloud, "endpoints"))[0]
    assert (shown["callback_url"], shown["failures"]) == ("http://127.0.0.1:1/hook", 1)
    assert shown["next_at"] > shown["failing_since"]
    assert shown["fields"] == ["messages", "user_preferences"]


async def test_an_endpoint_takes_several_events_a_post_when_it_asks_for_it(cloud: Cloud, world: World) -> None:
    async with receiving() as receiver:
        owing = await listen(world, receiver.url)
        path = f"{AT}/endpoints/{world.endpoint_id}"
        assert (await listed(cloud, "endpoints"))[0]["events_per_post"] == 1
        assert (await cloud.call("PUT", path, json={"events_per_post": 50})).json() == {"success": True}
        async with world.site.everywhere.acquire() as conn:
            await world.reference.fresh(conn)
        assert (await listed(cloud, "endpoints"))[0]["events_per_post"] == 50
        await owing.add(120)
        await deliver(world, owing)
        assert [len(got.changes()) for got in receiver.got] == [50, 50, 20]
    for wrong in (0, 1001, True, "5", None):
        assert "events_per_post must be" in details(await cloud.call("PUT", path, json={"events_per_post": wrong}))
    foreign = await cloud.call("PUT", path, FOREIGN, json={"events_per_post": 5})
    assert foreign.json()["error"]["error_subcode"] == 33


async def test_one_endpoint_can_be_asked_for(cloud: Cloud, world: World) -> None:
    one, other = await listen(world, "http://127.0.0.1:1/"), await another(world, "http://127.0.0.1:1/")
    await one.add(2)
    await other.add(3)
    assert len(await listed(cloud, "events")) == 5
    assert len(await listed(cloud, "events", endpoint=str(other.endpoint_id))) == 3
    assert len(await listed(cloud, "endpoints", endpoint=str(other.endpoint_id))) == 1
    await world.execute("UPDATE outbox SET state = 'done', settled_at = now()")
    asked = {"state": "done", "endpoint": str(one.endpoint_id)}
    assert (await cloud.call("POST", f"{AT}/replay", json=asked)).json()["replayed"] == 2


async def test_nobody_sees_or_sends_what_is_another_companys(cloud: Cloud, world: World) -> None:
    owing = await listen(world, "http://127.0.0.1:1/")
    event_id = (await owing.add())[0]
    await world.execute("UPDATE outbox SET state = 'done', settled_at = now()")

    async def as_foreigner(method: str, path: str, **request: Any) -> httpx.Response:
        return await cloud.call(method, f"{AT}/{path}", FOREIGN, **request)

    for path in ("endpoints", "attempts", "events?state=done"):
        assert not next(iter((await as_foreigner("GET", path)).json().values()))
    for method, path in (("GET", f"events/{event_id}"), ("POST", f"events/{event_id}/replay")):
        answer = await as_foreigner(method, path)
        assert answer.json()["error"]["error_subcode"] == 33
    assert (await as_foreigner("POST", "replay", json={"state": "done"})).json()["replayed"] == 0
    named = {"state": "done", "endpoint": str(world.endpoint_id)}
    assert (await as_foreigner("POST", "replay", json=named)).json()["error"]["error_subcode"] == 33
    assert (await as_foreigner("GET", f"events?endpoint={world.endpoint_id}")).json()["error"]["error_subcode"] == 33
    assert await owing.states() == {"done": 1}


async def test_only_a_company_with_the_permission_gets_in(cloud: Cloud) -> None:
    for token, status in ((None, 401), ("nonsense", 401), (POOR, 403), (APP_TOKEN, 403)):
        for method, path in (("GET", "events"), ("GET", f"events/{UUID(int=1)}"), ("POST", "replay")):
            answer = await cloud.call(method, f"{AT}/{path}", token)
            assert answer.status_code == status
            assert answer.json()["error"]["fbtrace_id"]


async def test_wrong_questions_are_answered_by_name(cloud: Cloud) -> None:
    for path, word in (
        ("events?state=lost", "state must be"),
        ("events?limit=0", "limit must be"),
        ("events?limit=9999", "limit must be"),
        ("events?after=x", "after must be"),
        ("attempts?endpoint=x", "endpoint must be"),
        ("events/nonsense", "'nonsense' does not exist"),
        (f"events/{CLOCK.new_id()}", "does not exist"),
    ):
        assert word in details(await cloud.get(f"{AT}/{path}"))
    for body, word in (
        ({}, "state or since is required"),
        ({"state": "owed"}, "state must be"),
        ({"since": "gestern"}, "since must be"),
        ({"since": 5}, "since must be"),
        ({"state": "done", "after": "x"}, "after must be"),
        ({"state": "done", "endpoint": 7}, "endpoint must be"),
    ):
        assert word in details(await cloud.call("POST", f"{AT}/replay", json=body))
    assert "JSON object" in details(await cloud.call("POST", f"{AT}/replay", content=b"["))
