"""Flows at the Cloud API's door: who may do what, what is refused and how, pages, and anything at all as an input."""

import json
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cloud import APP_ID, FOREIGN, POOR, TOKEN, Cloud, open_cloud
from tests.flowing import fitting, with_endpoint
from tests.world import World

WABA = "200493023125"
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "\x00",
    "💩" * 300,
    "[",
    "{}",
    [],
    [1],
    ["OTHER"],
    {},
    {"a": []},
)
FIELDS = (
    "name", "categories", "flow_json", "endpoint_uri", "clone_flow_id", "publish", "application_id", "file",
    "asset_type", "source_waba_id", "source_flow_names", "fields", "limit", "after", "before", "token",
)  # fmt: skip


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


async def make(cloud: Cloud, name: str = "Eins", **more: Any) -> dict[str, Any]:
    answer = await cloud.call("POST", f"/v24.0/{WABA}/flows", json={"name": name, "categories": ["OTHER"], **more})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def refusal(cloud: Cloud, method: str, path: str, token: str = TOKEN, **body: Any) -> tuple[int, str]:
    answer = await cloud.call(method, path, token, json=body or None)
    assert answer.status_code >= 400, answer.text
    error = answer.json()["error"]
    return error["code"], error["error_data"]["details"]


async def test_only_the_company_sees_and_changes_its_flows(cloud: Cloud) -> None:
    made = await make(cloud)
    for method, path in (
        ("GET", ""), ("POST", ""), ("DELETE", ""), ("GET", "/assets"), ("POST", "/assets"), ("POST", "/publish"),
        ("POST", "/deprecate"), ("GET", "/assets/flow.json"),
    ):  # fmt: skip
        assert (await refusal(cloud, method, f"/{made['id']}{path}", FOREIGN))[0] == 100
        assert (await refusal(cloud, method, f"/{made['id']}{path}", POOR))[0] == 200
    assert (await refusal(cloud, "POST", f"/{WABA}/flows", FOREIGN, name="x"))[0] == 100
    assert (await refusal(cloud, "GET", f"/{WABA}/flows", POOR))[0] == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"categories": ["OTHER"]}, "name"),
        ({"name": "x"}, "categories"),
        ({"name": "x", "categories": ["NONSENSE"]}, "categories"),
        ({"name": "x" * 201, "categories": ["OTHER"]}, "name"),
        ({"name": "x", "categories": ["OTHER"], "endpoint_uri": "ftp://a"}, "endpoint_uri"),
        ({"name": "x", "categories": ["OTHER"], "publish": True}, "flow_json"),
        ({"name": "x", "categories": ["OTHER"], "flow_json": "{}", "clone_flow_id": "1"}, "clone_flow_id"),
    ],
)
async def test_a_refusal_names_the_parameter(cloud: Cloud, body: dict[str, Any], named: str) -> None:
    code, details = await refusal(cloud, "POST", f"/{WABA}/flows", **body)
    assert code == 100
    assert details.startswith(named)


async def test_a_name_and_a_clone_must_fit(cloud: Cloud) -> None:
    made = await make(cloud)
    body: dict[str, Any] = {"name": "Eins", "categories": ["OTHER"]}
    assert (await refusal(cloud, "POST", f"/{WABA}/flows", **body))[1].startswith("name")
    assert (await refusal(cloud, "POST", f"/{WABA}/flows", **{**body, "name": "Zwei", "clone_flow_id": made["id"]}))[
        0
    ] == 100
    other = await make(cloud, "Zwei")
    assert (await refusal(cloud, "POST", f"/{other['id']}", name="Eins"))[1].startswith("name")
    assert (await refusal(cloud, "POST", f"/{other['id']}", application_id="1"))[1].startswith("application_id")
    answer = await cloud.call("POST", f"/{other['id']}", json={"application_id": APP_ID, "name": "Drei"})
    assert answer.json() == {"success": True}


async def test_faults_are_told_with_their_places_and_kept(cloud: Cloud) -> None:
    flow = fitting()
    flow["screens"][1]["layout"]["children"][0]["colour"] = "red"
    text = json.dumps(flow, indent=2)
    made = await make(cloud, flow_json=text, publish=True)
    assert made["success"] is False
    [fault] = made["validation_errors"]
    assert fault["error"] == "INVALID_PROPERTY"
    assert "colour" in text.splitlines()[fault["line_start"] - 1]
    assert fault["pointers"][0]["path"] == "screens[1].layout.children[0].colour"
    shown = (await cloud.get(f"/{made['id']}")).json()
    assert shown["status"] == "DRAFT"
    assert shown["validation_errors"] == [fault]
    assert (await refusal(cloud, "POST", f"/{made['id']}/publish"))[0] == 139002
    files = {"file": ("flow.json", "no json", "application/json"), "asset_type": (None, "FLOW_JSON")}
    broken = await cloud.call("POST", f"/{made['id']}/assets", files=files)
    assert broken.json()["error"]["code"] == 139001
    files["file"] = ("flow.json", json.dumps(fitting()), "application/json")
    mended = await cloud.call("POST", f"/{made['id']}/assets", files=files)
    assert mended.json() == {"success": True, "validation_errors": []}
    assert (await cloud.call("POST", f"/{made['id']}/publish")).json() == {"success": True}


async def test_an_endpoint_needs_address_app_and_key(cloud: Cloud) -> None:
    made = await make(cloud, flow_json=json.dumps(with_endpoint()))
    assert "endpoint_uri" in (await refusal(cloud, "POST", f"/{made['id']}/publish"))[1]
    await cloud.call("POST", f"/{made['id']}", json={"endpoint_uri": "http://127.0.0.1:9/"})
    assert "business_public_key" in (await refusal(cloud, "POST", f"/{made['id']}/publish"))[1]


async def test_pages_go_both_ways(cloud: Cloud) -> None:
    ids = sorted([(await make(cloud, f"Flow {number}"))["id"] for number in range(5)])
    seen: list[str] = []
    page = (await cloud.get(f"/{WABA}/flows", limit=2, fields="id")).json()
    while True:
        seen += [one["id"] for one in page["data"]]
        if "next" not in page["paging"]:
            break
        page = (await cloud.get(page["paging"]["next"].replace("https://graph.example", ""))).json()
    assert seen == ids
    back = (await cloud.get(page["paging"]["previous"].replace("https://graph.example", ""))).json()
    assert [one["id"] for one in back["data"]] == ids[2:4]


async def test_the_webhook_goes_where_flows_are_heard(cloud: Cloud, world: World) -> None:
    await world.set_reference("UPDATE endpoint SET fields = '{flows}'")
    await world.set_reference(
        "INSERT INTO subscribed_app (business_id, app_id, created_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING",
        world.business.business_id, APP_ID,
    )  # fmt: skip
    made = await make(cloud, flow_json=json.dumps(fitting()), publish=True)
    [(field, waba, body)] = await world.rows(
        "SELECT field, waba_id, body FROM outbox WHERE part = any($1)", world.site.parts
    )
    assert (field, waba) == ("flows", WABA)
    assert json.loads(body) == {
        "value": {
            "event": "FLOW_STATUS_CHANGE", "message": "Flow Eins has been created.", "flow_id": made["id"],
            "new_status": "PUBLISHED",
        },
        "field": "flows",
    }  # fmt: skip


async def test_anything_gets_an_envelope(cloud: Cloud) -> None:
    made = await make(cloud, flow_json=json.dumps(fitting()))
    paths = [
        f"/{WABA}/flows", f"/{WABA}/migrate_flows", f"/{made['id']}", f"/{made['id']}/assets", "/flows/preview",
        f"/{made['id']}/assets/flow.json",
    ]  # fmt: skip
    chance = random.Random(7)
    for _ in range(300):
        body = {chance.choice(FIELDS): chance.choice(ODD) for _ in range(chance.randrange(5))}
        method, path = chance.choice(("GET", "POST")), chance.choice(paths)
        query = {name: str(given) for name, given in body.items()} if method == "GET" else None
        answer = await cloud.call(method, path, params=query, json=body if method == "POST" else None)
        assert answer.status_code < 500, (method, path, body, answer.text)
        assert answer.status_code == 200 or "error" in answer.json()
