"""Apps say where they listen: the handshake, every form of parameters, who may, and tokens about tokens."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from takt.store import catalogue, tokens
from takt.web import http
from tests.cloud import APP_ID, APP_TOKEN, FOREIGN, FOREIGN_APP, POOR, TOKEN, Cloud, open_cloud
from tests.receiver import Got, Reply, receiving
from tests.world import World

PATH = f"/v25.0/{APP_ID}/subscriptions"
WABA = "200493023125"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


def challenged(got: Got) -> Reply:
    assert got.query["hub.mode"] == "subscribe"
    assert got.query["hub.challenge"].isdigit()
    assert got.query["hub.verify_token"] == "geheim ü"
    return 200, got.query["hub.challenge"].encode()


def wish(url: str, **more: Any) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "callback_url": url,
        "verify_token": "geheim ü",
        "fields": "messages,user_preferences",
        **more,
    }


async def listed(cloud: Cloud) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await cloud.get(PATH, APP_TOKEN)).json()["data"]
    return found


def details(answer: httpx.Response) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"]["error_data"]["details"])


@pytest.mark.parametrize("form", ["query", "form", "json", "json list", "multipart", "body called a form"])
async def test_an_app_subscribes_after_the_handshake_however_it_asks(cloud: Cloud, form: str) -> None:
    async with receiving(challenged) as receiver:
        asked = wish(receiver.url)
        match form:
            case "query":
                answer = await cloud.call("POST", PATH, APP_TOKEN, params=asked)
            case "form":
                answer = await cloud.call("POST", PATH, None, data={**asked, "access_token": APP_TOKEN})
            case "json":
                answer = await cloud.call("POST", PATH, APP_TOKEN, json=asked)
            case "json list":
                answer = await cloud.call(
                    "POST", PATH, APP_TOKEN, json={**asked, "fields": ["messages", "user_preferences"]}
                )
            case "multipart":
                answer = await cloud.call("POST", PATH, APP_TOKEN, files={k: (None, v) for k, v in asked.items()})
            case _:
                content = httpx.Request("POST", "http://x", json=asked).content
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                answer = await cloud.call("POST", PATH, APP_TOKEN, content=content, headers=kind)
        assert answer.json() == {"success": True}
        assert [got.method for got in receiver.got] == ["GET"]
        assert await listed(cloud) == [
            {
                "object": "whatsapp_business_account",
                "callback_url": receiver.url,
                "active": True,
                "fields": [{"name": "messages", "version": "v25.0"}, {"name": "user_preferences", "version": "v25.0"}],
            }
        ]


async def test_a_client_that_always_sends_its_own_token_means_the_parameter(cloud: Cloud) -> None:
    async with receiving(challenged) as receiver:
        answer = await cloud.call("POST", PATH, POOR, params=wish(receiver.url, access_token=APP_TOKEN))
    assert answer.json() == {"success": True}


async def test_the_company_of_an_app_may_subscribe_it_too(cloud: Cloud) -> None:
    async with receiving(challenged) as receiver:
        assert (await cloud.call("POST", PATH, TOKEN, json=wish(receiver.url))).status_code == 200


async def test_a_callback_that_fails_the_handshake_changes_nothing(cloud: Cloud) -> None:
    cases: list[tuple[Reply, str]] = [
        ((404, b"nope"), "answered HTTP 404"),
        ((204, b""), "answered HTTP 204"),
        ((302, b""), "answered HTTP 302"),
        ((200, b"hello"), "with the challenge"),
        ((200, b""), "with the challenge"),
        ((0, b""), "broke the connection off"),
    ]
    for reply, says in cases:
        before = await listed(cloud)
        async with receiving(lambda _, reply=reply: reply) as receiver:  # type: ignore[misc]
            answer = await cloud.call("POST", PATH, APP_TOKEN, json=wish(receiver.url))
        assert says in details(answer)
        assert answer.json()["error"]["code"] == 2200
        assert await listed(cloud) == before


async def test_a_callback_that_may_not_or_can_not_be_called_is_refused(cloud: Cloud) -> None:
    cases: list[tuple[str, str]] = [
        ("http://10.0.0.1/hook", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("http://127.0.0.1:1/", "could not be reached"),
        ("https://nobody.invalid/", "does not resolve"),
        ("ftp://127.0.0.1/", "must be an address"),
        ("http://a:b@127.0.0.1/", "user name"),
        ("nonsense", "must be an address"),
        ("http://127.0.0.1/" + "x" * 3000, "2048"),
    ]
    for url, says in cases:
        assert says in details(await cloud.call("POST", PATH, APP_TOKEN, json=wish(url)))


async def test_a_wrong_parameter_is_named(cloud: Cloud) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"object": None}, "object is required"),
        ({"object": "page"}, "object must be whatsapp_business_account"),
        ({"fields": None}, "fields is required"),
        ({"fields": ""}, "fields is required"),
        ({"fields": []}, "fields is required"),
        ({"fields": "messages,colours"}, "no webhook field 'colours'"),
        ({"fields": "["}, "fields must be a list"),
        ({"fields": {"a": 1}}, "fields must be a list"),
        ({"verify_token": None}, "verify_token is required"),
        ({"verify_token": "x" * 600}, "verify_token must have at most 512"),
        ({"callback_url": ""}, "callback_url is required"),
        ({"callback_url": "https://example.com/\x00"}, "U+0000"),
    ]
    for change, says in cases:
        asked = {name: value for name, value in (wish("http://127.0.0.1:1/") | change).items() if value is not None}
        assert says in details(await cloud.call("POST", PATH, APP_TOKEN, json=asked))


async def test_fields_change_without_a_new_handshake(cloud: Cloud) -> None:
    asked = {"object": "whatsapp_business_account", "fields": "messages"}
    assert (await cloud.call("POST", PATH, APP_TOKEN, data=asked)).json() == {"success": True}
    assert [one["name"] for one in (await listed(cloud))[0]["fields"]] == ["messages"]
    assert (await listed(cloud))[0]["callback_url"] == "https://nordwind.example/hooks"


async def test_fields_go_one_by_one_or_all_at_once(cloud: Cloud, world: World) -> None:
    answer = await cloud.call("DELETE", PATH, APP_TOKEN, params={"fields": "user_preferences"})
    assert answer.json() == {"success": True}
    assert [one["name"] for one in (await listed(cloud))[0]["fields"]] == ["messages"]
    assert (await cloud.call("DELETE", PATH, APP_TOKEN)).json() == {"success": True}
    assert await listed(cloud) == []
    assert (await cloud.call("DELETE", PATH, APP_TOKEN)).json() == {"success": True}
    async with world.site.everywhere.acquire() as conn:
        snapshot = await world.reference.fresh(conn)
    assert snapshot.listeners(world.business.business_id, "messages") == []


async def test_a_new_address_is_tried_at_once_though_the_old_one_rests(cloud: Cloud, world: World) -> None:
    await world.execute(
        "INSERT INTO delivery (part, endpoint_id, failures, failing_since, next_at)"
        " VALUES ($1, $2, 9, now(), now() + interval '1 hour')",
        world.business.contract_part, world.endpoint_id,
    )  # fmt: skip
    async with receiving(challenged) as receiver:
        answer = await cloud.call("POST", PATH, APP_TOKEN, json=wish(receiver.url))
    assert answer.json() == {"success": True}
    assert await world.rows("SELECT failures, failing_since, next_at FROM delivery") == [(0, None, None)]


async def test_others_may_not_touch_the_subscriptions_of_an_app(cloud: Cloud) -> None:
    cases: list[str] = ["GET", "POST", "DELETE"]
    for method in cases:
        for token, path, status in (
            (FOREIGN, PATH, 400),
            (TOKEN, f"/{FOREIGN_APP}/subscriptions", 400),
            (POOR, PATH, 403),
        ):
            answer = await cloud.call(method, path, token, params=wish("http://127.0.0.1:1/"))
            assert answer.status_code == status, answer.text


async def test_a_company_links_and_unlinks_the_app_of_its_token(cloud: Cloud, world: World) -> None:
    path = f"/{WABA}/subscribed_apps"
    assert (await cloud.call("DELETE", path)).json() == {"success": True}
    assert (await cloud.get(path)).json() == {"data": []}
    assert (await cloud.call("POST", path)).json() == {"success": True}
    assert (await cloud.call("POST", path)).json() == {"success": True}
    linked = (await cloud.get(path)).json()["data"]
    assert [one["whatsapp_business_api_data"]["name"] for one in linked] == ["Nordwind"]
    assert (await cloud.call("POST", path, POOR)).status_code == 403
    assert (await cloud.call("POST", path, FOREIGN)).json()["error"]["error_subcode"] == 33
    assert await world.rows("SELECT count(*) FROM subscribed_app WHERE app_id = $1", APP_ID) == [(1,)]


async def test_an_override_is_refused_rather_than_passed_over(cloud: Cloud) -> None:
    asked = {"override_callback_uri": "https://example.com/", "verify_token": "x"}
    assert "override_callback_uri" in details(await cloud.call("POST", f"/{WABA}/subscribed_apps", json=asked))


async def test_tokens_about_tokens(cloud: Cloud) -> None:
    told = (await cloud.get("/debug_token", APP_TOKEN, input_token=TOKEN)).json()["data"]
    assert (told["is_valid"], told["type"], told["app_id"], told["expires_at"]) == (True, "SYSTEM_USER", APP_ID, 0)
    assert told["granular_scopes"][0]["target_ids"] == [WABA]
    for foreign in (FOREIGN, "nonsense", f"{FOREIGN_APP}|another secret of sixteen"):
        told = (await cloud.get("/debug_token", APP_TOKEN, input_token=foreign)).json()["data"]
        assert (told["is_valid"], told["error"]["code"]) == (False, 190)
    assert "input_token is required" in details(await cloud.get("/debug_token"))


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_app_gets_its_token_for_its_secret(cloud: Cloud, method: str) -> None:
    secret = APP_TOKEN.partition("|")[2]
    path = f"/oauth/access_token?grant_type=client_credentials&client_id={APP_ID}&client_secret={quote(secret)}"
    told = (await cloud.call(method, path, None)).json()
    assert told["token_type"] == "bearer"
    assert (await cloud.get("/app", told["access_token"])).status_code == 200
    wrong = await cloud.call(method, path + "x", None)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, 1)
    assert "grant_type" in details(await cloud.call(method, path.replace("client_credentials", "x"), None))
    assert "code" in details(await cloud.call(method, path + "&code=1", None))


async def test_a_body_that_is_none_is_refused(cloud: Cloud) -> None:
    cases: list[tuple[bytes, str]] = [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"{" * 100_000, "application/json"),
        (b"x", "multipart/form-data"),
        (b"--a\r\n\r\n", "multipart/form-data; boundary=b"),
        (b"&".join(b"a%d=1" % n for n in range(200)), "application/x-www-form-urlencoded"),
    ]
    for content, kind in cases:
        answer = await cloud.call("POST", PATH, APP_TOKEN, content=content, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


async def test_a_body_over_the_limit_is_cut_off(cloud: Cloud) -> None:
    answer = await cloud.call("POST", PATH, APP_TOKEN, content=b"x" * 1_100_000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, 100)


async def test_a_body_that_does_not_come_is_not_waited_for(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BODY_S_MAX", 0.1)
    monkeypatch.setattr(http, "BODY_WATCH_S", 0.05)

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    answer = await cloud.call("POST", PATH, APP_TOKEN, content=slowly())
    assert (answer.status_code, answer.json()["error"]["code"]) == (408, 1)


async def test_while_the_database_is_away_the_answer_says_when_to_come_back(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(tokens, "find", gone)
    answer = await cloud.get(PATH, TOKEN)
    assert (answer.status_code, answer.json()["error"]["code"], answer.headers["retry-after"]) == (503, 131016, "1")
    monkeypatch.undo()
    monkeypatch.setattr(catalogue, "find", gone)
    assert (await cloud.get("/4711")).status_code == 503


async def test_a_fault_of_ours_has_no_inside(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("SELECT secret FROM inside")

    monkeypatch.setattr(catalogue, "find", broken)
    answer = await cloud.get("/4711")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, 131000)
    assert "secret" not in answer.text


async def test_many_handshakes_at_once_wait_their_turn(cloud: Cloud) -> None:
    async def slowly(got: Got) -> Reply:
        await asyncio.sleep(0.05)
        return challenged(got)

    async with receiving(slowly) as receiver:
        asked = [cloud.call("POST", PATH, APP_TOKEN, json=wish(receiver.url)) for _ in range(40)]
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
        assert 1 < receiver.at_once_max <= 16
