"""Calls of the management API are counted over all processes, limited, and told in headers."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt.core import quota
from takt.web.cloud import meter
from tests.cloud import APP_ID, APP_TOKEN, TOKEN, Cloud, open_cloud
from tests.world import World

WABA, SENDER = "200493023125", "100493023125001"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


async def test_answers_tell_how_much_is_used(world: World, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "CALLS_OF_REGISTERED_MAX", 10)
    monkeypatch.setattr(meter, "FLUSH_S", 0.0)
    told: dict[str, Any] = {}
    for used in range(1, 11):
        answer = await cloud.get(f"/v23.0/{WABA}/phone_numbers")
        assert answer.status_code == 200
        told = json.loads(answer.headers["x-business-use-case-usage"])[WABA][0]
        assert told["type"] == "whatsapp"
        assert told["call_count"] <= used * 10
        assert answer.headers["facebook-api-version"] == "v23.0"
        assert answer.headers["x-fb-request-id"]
    assert told["call_count"] == 100
    refused = await cloud.get(f"/{WABA}")
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["error_subcode"], error["is_transient"]) == (
        429,
        80007,
        2446079,
        True,
    )
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    shown = json.loads(refused.headers["x-business-use-case-usage"])[WABA][0]
    assert shown["call_count"] == 100
    assert 1 <= shown["estimated_time_to_regain_access"] <= 60
    assert (await cloud.get(f"/{SENDER}")).status_code == 200  # calls about a sender are not counted
    assert await world.count("call_count") == 1


async def test_an_app_has_a_limit_of_its_own(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "CALLS_OF_REGISTERED_MAX", 2)
    answers = [await cloud.get(f"/{APP_ID}/subscriptions", APP_TOKEN) for _ in range(3)]
    assert [json.loads(one.headers["x-app-usage"])["call_count"] for one in answers] == [50, 100, 100]
    assert answers[2].json()["error"]["code"] == 4


async def test_two_processes_share_one_count(world: World, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "CALLS_OF_REGISTERED_MAX", 3)
    door = next(one for one in cloud.app.router.routes if hasattr(one, "_door"))._door
    for _ in range(3):
        # A meter that knows nothing yet stands for another process.
        door._meter = meter.Meter(door._meter._lane, door._meter._clock)
        assert (await cloud.get(f"/{WABA}")).status_code == 200
    door._meter = meter.Meter(door._meter._lane, door._meter._clock)
    assert (await cloud.get(f"/{WABA}", TOKEN)).status_code == 429
    assert await world.rows("SELECT node, calls FROM call_count WHERE part = any($1)", list(world.site.parts)) == [
        (WABA, 4)
    ]
