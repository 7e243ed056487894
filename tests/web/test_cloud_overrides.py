"""Overrides: of each message an app hears at the nearest place, and of everything else at its own."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt.store.reference import Snapshot
from tests.cloud import APP_TOKEN, FOREIGN, POOR, Cloud, open_cloud
from tests.receiver import Got, Reply, receiving
from tests.world import World

WABA, SENDER, SUPPORT = "200493023125", "100493023125001", "100493023125002"
OWN = "https://nordwind.example/hooks"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


def challenged(got: Got) -> Reply:
    return 200, got.query["hub.challenge"].encode()


async def snapshot(world: World) -> Snapshot:
    async with world.site.everywhere.acquire() as conn:
        return await world.reference.fresh(conn)


async def heard(world: World, field: str = "messages") -> dict[str | None, list[str]]:
    now = await snapshot(world)
    return {
        sender: [one.callback_url for one in now.listeners(world.business.business_id, field, sender)]
        for sender in (SENDER, SUPPORT, None)
    }


async def link(cloud: Cloud, **body: Any) -> Any:
    return (await cloud.call("POST", f"/{WABA}/subscribed_apps", json=body)).json()


async def configure(cloud: Cloud, sender: str, **body: Any) -> Any:
    return (await cloud.call("POST", f"/v24.0/{sender}/", json={"webhook_configuration": body})).json()


async def test_the_nearest_callback_counts(world: World, cloud: Cloud) -> None:
    async with receiving(challenged) as phone, receiving(challenged) as account:
        assert await heard(world) == {SENDER: [OWN], SUPPORT: [OWN], None: [OWN]}
        done = {"success": True}
        assert await link(cloud, override_callback_uri=account.url, verify_token="v") == done
        assert await configure(cloud, SENDER, override_callback_uri=phone.url, verify_token="v") == done
        assert await heard(world) == {SENDER: [phone.url], SUPPORT: [account.url], None: [account.url]}
        assert await heard(world, "user_preferences") == {SENDER: [OWN], SUPPORT: [OWN], None: [OWN]}
        shown = (await cloud.get(f"/{SENDER}", fields="webhook_configuration")).json()
        assert shown["webhook_configuration"] == {
            "phone_number": phone.url, "whatsapp_business_account": account.url, "application": OWN,
        }  # fmt: skip
        (linked,) = (await cloud.get(f"/{WABA}/subscribed_apps")).json()["data"]
        assert linked["override_callback_uri"] == account.url
        chosen = (await snapshot(world)).listeners(world.business.business_id, "messages", SENDER)[0]
        assert chosen.secret == APP_TOKEN.partition("|")[2]
        subscribed = (await cloud.get("/300493023125/subscriptions", APP_TOKEN)).json()["data"]
        assert [one["callback_url"] for one in subscribed] == [OWN]
        assert await configure(cloud, SENDER, override_callback_uri="") == done
        assert await heard(world) == {SENDER: [account.url], SUPPORT: [account.url], None: [account.url]}
        assert await link(cloud) == done
        assert await heard(world) == {SENDER: [OWN], SUPPORT: [OWN], None: [OWN]}


async def test_an_override_alone_is_enough_for_an_app_without_a_callback(world: World, cloud: Cloud) -> None:
    await cloud.call("DELETE", "/300493023125/subscriptions", APP_TOKEN)
    async with receiving(challenged) as account:
        await link(cloud, override_callback_uri=account.url, verify_token="v")
        assert (await heard(world))[SENDER] == [account.url]
        await cloud.call("DELETE", f"/{WABA}/subscribed_apps")
        assert (await heard(world))[SENDER] == []


async def test_an_override_that_fails_is_not_written(world: World, cloud: Cloud) -> None:
    async with receiving(lambda _: (200, b"no")) as wrong:
        for done in (
            await link(cloud, override_callback_uri=wrong.url, verify_token="v"),
            await configure(cloud, SENDER, override_callback_uri=wrong.url, verify_token="v"),
        ):
            assert done["error"]["code"] == 2200
            assert done["error"]["error_data"]["details"].startswith("override_callback_uri")
    for body, says in (
        ({"override_callback_uri": "https://x.example/"}, "verify_token"),
        ({"override_callback_uri": "https://x.example/" + "a" * 200, "verify_token": "v"}, "200 characters"),
        ({"override_callback_uri": ["x"], "verify_token": "v"}, "text"),
        ({}, "override_callback_uri"),
    ):
        assert says in (await configure(cloud, SENDER, **body))["error"]["error_data"]["details"]
    for token in (FOREIGN, POOR):
        asked = {"webhook_configuration": {"override_callback_uri": ""}}
        assert (await cloud.call("POST", f"/{SENDER}", token, json=asked)).status_code in (400, 403)
    assert (await cloud.call("POST", f"/{SENDER}", json={})).status_code == 400
    assert (await heard(world))[SENDER] == [OWN]
