"""pywa as the owner of apps and callbacks: tokens, codes, overrides with webhooks that really arrive there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.pywa_company import BOTH, VERIFY_TOKEN, do, opened
from tests.databases import Variant
from tests.live import takt
from tests.receiver import Got, Receiver, Reply, receiving

pytestmark = BOTH


class Owner:
    """The client, and three receivers: of the app, of the account, of one number."""

    def __init__(self, wa: Any, env: dict[str, str], url: str, places: dict[str, Receiver]) -> None:
        self.wa = wa
        self.env = env
        self.url = url
        self.places = places

    async def write(self, text: str, to: str) -> None:
        """Mara writes to a sender of the company."""
        headers = {"Authorization": f"Bearer {self.env['TAKT_DEVICE_MARA']}"}
        body = {"client_id": text, "to": self.env[f"TAKT_SENDER_{to}"], "type": "text", "text": {"body": text}}
        async with httpx.AsyncClient(base_url=f"{self.url}/device/v1", headers=headers) as device:
            answer = await device.post("/messages", json=body)
        assert answer.is_success, answer.text

    def texts(self, place: str) -> list[str]:
        """What a receiver heard people say; each POST was signed with the app's secret."""
        told = [got for got in self.places[place].got if got.method == "POST"]
        assert all(got.is_signed(self.env["TAKT_APP_SECRET"]) for got in told)
        changes = [change["value"] for got in told for change in got.changes()]
        return [message["text"]["body"] for value in changes for message in value.get("messages", ())]

    async def heard(self, place: str, text: str) -> None:
        """Wait until a text has come to that receiver, and see that it came to no other one."""
        async with asyncio.timeout(30):
            while text not in self.texts(place):
                await asyncio.sleep(0.02)
        assert [one for one in self.places if text in self.texts(one)] == [place]


def hear(got: Got) -> Reply:
    return 200, got.query["hub.challenge"].encode() if got.method == "GET" else b"EVENT_RECEIVED"


@pytest.fixture
async def owner(sort: str, db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Owner]:
    async with takt(db, variant.parts, tmp_path) as live, AsyncExitStack() as stack:
        places = {name: await stack.enter_async_context(receiving(hear)) for name in ("app", "account", "number")}
        wa = await stack.enter_async_context(opened(sort, live))
        yield Owner(wa, live.env, live.url, places)


async def test_webhooks_arrive_at_the_nearest_callback(owner: Owner) -> None:
    wa, env = owner.wa, owner.env
    token = await do(wa.get_app_access_token, env["TAKT_APP_ID"], env["TAKT_APP_SECRET"])
    place = owner.places["app"].url
    assert await do(wa.set_app_callback_url, env["TAKT_APP_ID"], token, place, VERIFY_TOKEN, ["messages"])
    await owner.write("eins", "OUTREACH")
    await owner.heard("app", "eins")
    assert await do(wa.override_waba_callback_url, owner.places["account"].url, VERIFY_TOKEN)
    await owner.write("zwei", "OUTREACH")
    await owner.heard("account", "zwei")
    assert await do(wa.override_phone_callback_url, owner.places["number"].url, VERIFY_TOKEN)
    await owner.write("drei", "OUTREACH")
    await owner.heard("number", "drei")
    await owner.write("vier", "SUPPORT")
    await owner.heard("account", "vier")
    linked = await do(wa.api.get_waba_subscribed_apps, env["TAKT_WABA_ID"])
    assert linked["data"][0]["override_callback_uri"] == owner.places["account"].url
    assert await do(wa.delete_phone_callback_url)
    await owner.write("fünf", "OUTREACH")
    await owner.heard("account", "fünf")
    assert await do(wa.delete_waba_callback_url)
    await owner.write("sechs", "OUTREACH")
    await owner.heard("app", "sechs")
    assert owner.places["number"].got[0].method == "GET"


async def test_a_code_becomes_a_business_token(owner: Owner) -> None:
    env = owner.env
    boss = {"Authorization": f"Bearer {env['TAKT_OPERATOR_TOKEN']}"}
    async with httpx.AsyncClient(base_url=f"{owner.url}/takt/v1", headers=boss) as operator:
        made = await operator.post(f"/businesses/{env['TAKT_WABA_ID']}/codes", json={"app": env["TAKT_APP_ID"]})
    exchange = owner.wa.api.get_business_access_token
    told = await do(exchange, env["TAKT_APP_ID"], env["TAKT_APP_SECRET"], made.json()["code"])
    assert told["token_type"] == "bearer"
    owner.wa.api._session.headers["Authorization"] = f"Bearer {told['access_token']}"
    account = await do(owner.wa.get_business_account)
    assert account.id == env["TAKT_WABA_ID"]
