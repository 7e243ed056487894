"""The filter at the doors: suspicions and watched senders for the operator, appeals and link domains for companies."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cloud import FOREIGN, OPERATOR, POOR, TOKEN, Cloud, open_cloud
from tests.suspecting import SCAM, suspect
from tests.world import World


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


async def test_the_operator_sees_and_decides(world: World, cloud: Cloud) -> None:
    message = await suspect(world)
    (one,) = (await cloud.call("GET", "/takt/v1/suspicions", OPERATOR)).json()["data"]
    assert (one["message"], one["text"], one["held"], one["state"]) == (message, SCAM, False, "open")
    assert one["company"]["name"] == world.business.name
    assert "card" in " ".join(one["words"])
    body = {"decision": "confirm", "note": "plainly"}
    told = await cloud.call("POST", f"/takt/v1/suspicions/{message}", OPERATOR, json=body)
    assert (told.json()["state"], told.json()["note"]) == ("confirmed", "plainly")
    assert (await cloud.call("GET", "/takt/v1/suspicions", OPERATOR)).json()["data"] == []
    shown = (await cloud.call("GET", "/takt/v1/suspicions?state=confirmed", OPERATOR)).json()["data"]
    assert [each["message"] for each in shown] == [message]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/takt/v1/suspicions?state=some", None),
        ("POST", "/takt/v1/suspicions/{}", {"decision": "maybe"}),
        ("POST", "/takt/v1/suspicions/{}", {"decision": "clear", "note": 7}),
        ("POST", "/takt/v1/suspicions/wamid.QUJD", {"decision": "clear"}),
        ("POST", "/takt/v1/suspicions/x", {"decision": "clear"}),
        ("PUT", "/takt/v1/senders/{sender}/watch", {"watch": "sometimes"}),
        ("PUT", "/takt/v1/senders/1/watch", {"watch": ""}),
    ],
)
async def test_what_is_wrong_is_told(world: World, cloud: Cloud, method: str, path: str, body: Any) -> None:
    message = await suspect(world)
    answer = await cloud.call(method, path.format(message, sender=world.outreach.sender_id), OPERATOR, json=body)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["code"] in (100, 131009, 33)


async def test_a_frozen_sender_s_company_appeals(world: World, cloud: Cloud) -> None:
    at = f"/takt/v1/senders/{world.outreach.sender_id}"
    appeal = {"reason": "It was a drill for our staff."}
    assert (await cloud.call("POST", f"{at}/appeal", json=appeal)).status_code == 400
    assert (await cloud.call("PUT", f"{at}/watch", OPERATOR, json={"watch": "frozen"})).status_code == 200
    assert (await cloud.call("POST", f"{at}/appeal", json=appeal)).json() == {"success": True}
    assert (await cloud.call("POST", f"{at}/appeal", json={"reason": "  "})).status_code == 400
    assert (await cloud.call("POST", f"{at}/appeal", FOREIGN, json=appeal)).status_code in (400, 404)
    (one,) = (await cloud.call("GET", "/takt/v1/suspicions", OPERATOR)).json()["senders"]
    assert (one["watch"], one["appeal"], one["by_hand"]) == ("frozen", appeal["reason"], True)


async def test_a_company_registers_domains(cloud: Cloud) -> None:
    at = "/takt/v1/link-domains"
    told = await cloud.call("POST", at, json={"domains": ["https://Shop.Example.org/x", "münchen.example"]})
    assert told.json() == {"data": ["example.org", "xn--mnchen-3ya.example"]}
    assert (await cloud.call("GET", at)).json() == told.json()
    assert (await cloud.call("GET", at, FOREIGN)).json() == {"data": []}
    assert (await cloud.call("DELETE", f"{at}/example.org")).json() == {"success": True}
    assert (await cloud.call("DELETE", f"{at}/example.org")).status_code in (400, 404)
    for wrong in ([], "example.org", ["bit.ly"], ["10.0.0.1"], ["nonsense"], [7], ["a.example"] * 51):
        assert (await cloud.call("POST", at, json={"domains": wrong})).status_code == 400


async def test_nobody_else_gets_in(cloud: Cloud) -> None:
    for token in (TOKEN, POOR, None):
        assert (await cloud.call("GET", "/takt/v1/suspicions", token)).status_code in (401, 403)
    assert (await cloud.call("GET", "/takt/v1/link-domains", POOR)).status_code in (401, 403)
