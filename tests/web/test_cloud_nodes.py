"""Nodes and lists of the Cloud API: whose they are, what is selected, pages, and how every mistake is answered."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from takt.store import businesses
from takt.store.businesses import NewTemplate
from takt.store.pool import transaction
from tests.cloud import (
    APP_ID,
    APP_TOKEN,
    FOREIGN,
    FOREIGN_APP,
    FOREIGN_SENDER,
    FOREIGN_WABA,
    POOR,
    TOKEN,
    Cloud,
    open_cloud,
)
from tests.serving import served
from tests.world import NOW, World

SENDER, SUPPORT, WABA = "100493023125001", "100493023125002", "200493023125"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


def error(answer: httpx.Response) -> tuple[int, int, int | None]:
    """HTTP status, code and subcode of an error envelope, which must be complete."""
    told = answer.json()["error"]
    assert told["message"]
    assert told["fbtrace_id"] == answer.headers["x-fb-trace-id"]
    assert told["error_data"]["details"]
    return answer.status_code, told["code"], told.get("error_subcode")


UNKNOWN = (400, 100, 33)


async def test_a_sender_shows_its_default_fields_under_any_version_and_none(cloud: Cloud) -> None:
    shown = (await cloud.get(f"/v24.0/{SENDER}")).json()
    assert shown["id"] == SENDER
    assert shown["display_phone_number"] == "+49 30 23125001"
    assert shown["status"] == "CONNECTED"
    for path in (f"/{SENDER}", f"/v13.0/{SENDER}"):
        assert (await cloud.get(path)).json() == shown
    answer = await cloud.get(f"/v126.12/{SENDER}/")
    assert answer.json() == shown
    assert answer.headers["facebook-api-version"] == "v126.12"
    assert answer.headers["x-fb-trace-id"]


async def test_fields_select_and_unknown_ones_are_named(cloud: Cloud) -> None:
    answer = await cloud.get(f"/{SENDER}", fields="verified_name,account_mode,certificate")
    assert answer.json() == {"id": SENDER, "verified_name": "Nordwind", "account_mode": "LIVE"}
    assert error(await cloud.get(f"/{SENDER}", fields="colour"))[1] == 100


async def test_health_tells_what_stands_in_the_way(cloud: Cloud, world: World) -> None:
    healthy = (await cloud.get(f"/{SENDER}", fields="health_status")).json()["health_status"]
    assert healthy["can_send_message"] == "AVAILABLE"
    await world.set_reference("UPDATE business SET stage = 'pilot' WHERE waba_id = $1", WABA)
    limited = (await cloud.get(f"/{SENDER}", fields="health_status,account_mode")).json()
    assert limited["health_status"]["can_send_message"] == "LIMITED"
    assert limited["account_mode"] == "SANDBOX"
    await world.set_reference("UPDATE sender SET status = 'paused' WHERE sender_id = $1", SENDER)
    blocked = (await cloud.get(f"/{SENDER}", fields="health_status,status")).json()
    assert blocked["health_status"]["can_send_message"] == "BLOCKED"
    assert blocked["health_status"]["entities"][0]["errors"] == [
        {"error_code": 141000, "error_description": "The sender is paused.", "possible_solution": "Ask the operator."}
    ]
    assert blocked["status"] == "RESTRICTED"
    for stage, code in (("applied", 141002), ("paused", 141014)):
        await world.set_reference("UPDATE business SET stage = $1 WHERE waba_id = $2", stage, WABA)
        company = (await cloud.get(f"/{WABA}", fields="health_status")).json()["health_status"]
        assert [one["error_code"] for one in company["entities"][0]["errors"]] == [code]


async def test_health_tells_of_an_empty_wallet(cloud: Cloud, world: World) -> None:
    await world.execute("UPDATE account SET posted_micros = 0 WHERE kind = 'spend'")
    for path in (f"/{SENDER}", f"/{WABA}"):
        health = (await cloud.get(path, fields="health_status")).json()["health_status"]
        assert health["can_send_message"] == "LIMITED"
        (company,) = [one for one in health["entities"] if one["entity_type"] == "WABA"]
        assert company["errors"][0]["error_code"] == 141006
    assert (await cloud.get(f"/{SENDER}")).status_code == 200


async def test_health_of_a_template(cloud: Cloud, world: World) -> None:
    template = (await cloud.get(f"/{WABA}/message_templates", fields="id", limit=1)).json()["data"][0]["id"]
    shown = "health_status"
    assert (await cloud.get(f"/{template}", fields=shown)).json()[shown]["can_send_message"] == "AVAILABLE"
    await world.set_reference("UPDATE template SET status = 'PAUSED'")
    health = (await cloud.get(f"/{template}", fields=shown)).json()[shown]
    assert health["can_send_message"] == "BLOCKED"
    assert health["entities"][0]["errors"][0]["error_code"] == 141002


async def test_a_company_and_its_senders(cloud: Cloud) -> None:
    assert (await cloud.get(f"/{WABA}")).json()["name"] == "Nordwind"
    full = (await cloud.get(f"/{WABA}", fields="id,status,subscribed_apps,currency")).json()
    assert full["subscribed_apps"]["data"][0]["whatsapp_business_api_data"]["id"] == APP_ID
    listed = (await cloud.get(f"/{WABA}/phone_numbers")).json()
    assert [row["id"] for row in listed["data"]] == [SENDER, SUPPORT]
    assert "next" not in listed["paging"]


async def test_senders_come_in_pages_both_ways(cloud: Cloud) -> None:
    first = (await cloud.get(f"/{WABA}/phone_numbers", limit=1, fields="id")).json()
    assert first["data"] == [{"id": SENDER}]
    second = (await cloud.client.get(first["paging"]["next"], headers={"Authorization": f"Bearer {TOKEN}"})).json()
    assert second["data"] == [{"id": SUPPORT}]
    assert "next" not in second["paging"]
    back = (await cloud.client.get(second["paging"]["previous"], headers={"Authorization": f"Bearer {TOKEN}"})).json()
    assert back["data"] == [{"id": SENDER}]
    assert "previous" not in back["paging"]


async def test_templates_are_filtered(cloud: Cloud) -> None:
    async def names(**query: Any) -> list[str]:
        answer = await cloud.get(f"/{WABA}/message_templates", **query)
        assert answer.status_code == 200, answer.text
        return [row["name"] for row in answer.json()["data"]]

    every = ["autumn_offer", "disabled_offer", "new_offer", "order_update", "paused_offer"]
    assert await names() == every
    assert await names(name="offer") == ["autumn_offer", "disabled_offer", "new_offer", "paused_offer"]
    assert await names(status="approved") == ["autumn_offer", "order_update"]
    assert await names(status='["PAUSED","DISABLED"]') == ["disabled_offer", "paused_offer"]
    assert await names(category="utility") == ["order_update"]
    assert await names(language="de") == every
    assert await names(language="en_US") == []
    assert await names(content="NEUES") == every
    assert await names(name_or_content="order") == ["order_update"]
    assert await names(quality_score="GREEN") == []
    assert await names(quality_score="GREEN,UNKNOWN") == every
    assert await names(name="%") == []
    assert error(await cloud.get(f"/{WABA}/message_templates", status="fine"))[:2] == (400, 100)


async def test_a_template_is_told_whole(cloud: Cloud) -> None:
    wanted = "id,name,language,category,status,components,parameter_format,message_send_ttl_seconds,quality_score"
    row = (await cloud.get(f"/{WABA}/message_templates", name="order_update", fields=wanted)).json()["data"][0]
    assert row == {
        "id": "400493023125001",
        "name": "order_update",
        "language": "de",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": "Neues zu {{1}}."}],
        "parameter_format": "POSITIONAL",
        "message_send_ttl_seconds": 3600,
        "quality_score": {"score": "UNKNOWN", "date": int(NOW.timestamp())},
    }
    assert (await cloud.get("/400493023125001", fields="name,status")).json() == {
        "id": "400493023125001",
        "name": "order_update",
        "status": "APPROVED",
    }


async def test_templates_come_in_pages_with_a_summary(cloud: Cloud, world: World) -> None:
    async with transaction(world.site.everywhere) as conn:
        for number, language in enumerate(("de_AT", "de_CH", "en", "en_US", "fr")):
            template = NewTemplate(
                f"40049302312501{number}", world.business.business_id, "new_offer", language, "marketing",
                [{"type": "BODY", "text": "x"}],
            )  # fmt: skip
            await businesses.add_template(conn, template, NOW)
    seen: list[tuple[str, str]] = []
    url: str | None = f"/v24.0/{WABA}/message_templates?limit=3&name=new&access_token={TOKEN}&summary=total_count"
    pages = []
    while url is not None:
        page = (await cloud.get(url, None)).json()
        pages.append(page)
        seen += [(row["name"], row["language"]) for row in page["data"]]
        url = page["paging"].get("next")
    assert seen == [("new_offer", language) for language in ("de", "de_AT", "de_CH", "en", "en_US", "fr")]
    assert [len(page["data"]) for page in pages] == [3, 3]
    assert pages[0]["summary"] == {"total_count": 6}
    assert pages[0]["paging"]["next"].startswith("https://graph.example/v24.0/")
    before = (await cloud.get(pages[1]["paging"]["previous"], None)).json()
    assert before["data"] == pages[0]["data"]
    assert "previous" not in before["paging"]


async def test_the_next_page_is_on_the_host_that_the_client_used(cloud: Cloud) -> None:
    for host in ("graph.facebook.com", "127.0.0.1:8080"):
        answer = await cloud.get(f"https://{host}/{WABA}/message_templates", limit=1)
        assert answer.json()["paging"]["next"].startswith(f"https://{host}/{WABA}/message_templates?limit=1&after=")


async def test_apps_know_themselves(cloud: Cloud) -> None:
    assert (await cloud.get("/app")).json()["id"] == APP_ID
    assert (await cloud.get("/app", APP_TOKEN)).json()["name"] == "Nordwind"
    assert (await cloud.get(f"/{APP_ID}", APP_TOKEN)).json()["id"] == APP_ID


async def test_what_is_not_the_callers_looks_like_what_does_not_exist(cloud: Cloud) -> None:
    cases: list[str] = [
        f"/{FOREIGN_WABA}",
        f"/{FOREIGN_WABA}/phone_numbers",
        f"/{FOREIGN_WABA}/message_templates",
        f"/{FOREIGN_WABA}/subscribed_apps",
        f"/{FOREIGN_SENDER}",
        f"/{FOREIGN_APP}",
        f"/{FOREIGN_APP}/subscriptions",
        "/4711",
        "/4711/phone_numbers",
        f"/{SENDER}/phone_numbers",
        f"/{SENDER}/subscriptions",
    ]
    for path in cases:
        foreign, missing = await cloud.get(path), await cloud.get("/99999999")
        assert error(foreign) == error(missing) == UNKNOWN
        named = path.split("/")[1]
        assert foreign.json()["error"]["message"] == missing.json()["error"]["message"].replace("99999999", named)
        assert foreign.json()["error"]["type"] == "GraphMethodException"


async def test_a_foreign_company_sees_nothing_of_ours(cloud: Cloud) -> None:
    for path in (f"/{SENDER}", f"/{WABA}", f"/{APP_ID}", "/400493023125001", f"/{WABA}/message_templates"):
        assert error(await cloud.get(path, FOREIGN)) == UNKNOWN


async def test_without_a_right_token_nobody_gets_in(cloud: Cloud) -> None:
    cases: list[tuple[dict[str, str], str, int]] = [
        ({}, f"/{SENDER}", 104),
        ({"Authorization": "Basic abc"}, f"/{SENDER}", 104),
        ({"Authorization": "Bearer"}, f"/{SENDER}", 104),
        ({"Authorization": "Bearer nonsense"}, f"/{SENDER}", 190),
        ({"Authorization": f"Bearer {TOKEN}x"}, f"/{SENDER}", 190),
        ({"Authorization": "Bearer " + "x" * 5000}, f"/{SENDER}", 190),
        ({"Authorization": f"Bearer {APP_ID}|wrong"}, f"/{SENDER}", 190),
        ({"Authorization": f"Bearer {APP_TOKEN}x"}, f"/{APP_ID}", 190),
        ({"Authorization": "Bearer 999999|secret of sixteen and more"}, f"/{APP_ID}", 190),
        ({}, f"/{SENDER}?access_token=nonsense", 190),
        ({}, f"/{SENDER}?access_token=", 104),
    ]
    for headers, path, code in cases:
        answer = await cloud.client.get(path, headers=headers)
        assert error(answer)[:2] == (401, code)
        assert "www-authenticate" in answer.headers


async def test_a_token_comes_in_the_header_in_two_schemes_or_as_a_parameter(cloud: Cloud) -> None:
    for headers in ({"Authorization": f"OAuth {TOKEN}"}, {"Authorization": f"bearer  {TOKEN}"}):
        assert (await cloud.client.get(f"/{SENDER}", headers=headers)).status_code == 200
    assert (await cloud.client.get(f"/{SENDER}?access_token={TOKEN}")).status_code == 200
    assert (await cloud.get(f"/{SENDER}?access_token={TOKEN}", "nonsense")).status_code == 200


async def test_an_expired_token_says_so(cloud: Cloud, world: World) -> None:
    await world.set_reference("UPDATE token SET expires_at = '2020-01-01T00:00:00Z'")
    answer = await cloud.get(f"/{SENDER}")
    assert error(answer) == (401, 190, 463)
    assert "2020-01-01" in answer.json()["error"]["message"]


async def test_a_token_that_was_taken_away_is_out_when_reference_rows_change(cloud: Cloud, world: World) -> None:
    assert (await cloud.get(f"/{SENDER}")).status_code == 200
    await world.set_reference("DELETE FROM token")
    await cloud.get(f"/{SENDER}", "another")  # any look at the database notices that reference rows changed
    assert error(await cloud.get(f"/{SENDER}"))[:2] == (401, 190)


async def test_a_token_without_permissions_sees_nothing(cloud: Cloud) -> None:
    for path in (f"/{SENDER}", f"/{WABA}", f"/{WABA}/phone_numbers", f"/{WABA}/message_templates"):
        assert error(await cloud.get(path, POOR))[:2] == (403, 200)


async def test_an_unknown_path_is_said_to_be_one(cloud: Cloud) -> None:
    cases: list[str] = [f"/{SENDER}/nope", f"/{SENDER}/messages/x", "/v24.0", "/nope/nope", "/1" * 30]
    for path in cases:
        assert error(await cloud.get(path))[:2] == (400, 2500)


async def test_a_word_in_the_place_of_an_id_is_an_unknown_alias(cloud: Cloud) -> None:
    for path in ("/nope", "/v24.0/nope", "/nope/phone_numbers", "/²", "/robots.txt"):
        assert error(await cloud.get(path))[:2] == (404, 803)


async def test_an_unknown_method_is_told_which_there_are(cloud: Cloud) -> None:
    cases: list[tuple[str, str]] = [
        ("PUT", f"/{SENDER}"),
        ("PUT", f"/{WABA}/message_templates"),
        ("GET", f"/{SENDER}/messages"),
        ("POST", "/app"),
    ]
    for method, path in cases:
        answer = await cloud.call(method, path)
        assert error(answer)[:2] == (400, 100)
        assert "this path takes" in answer.json()["error"]["error_data"]["details"]


async def test_wrong_parameters_are_named(cloud: Cloud) -> None:
    cases: list[str] = ["limit=0", "limit=x", "after=x", "before=AAAA", "fields=,", "summary=[", "name=%00"]
    for query in cases:
        answer = await cloud.get(f"/{WABA}/message_templates?{query}")
        assert error(answer)[:2] == (400, 100)


async def test_it_is_the_same_over_real_http(cloud: Cloud) -> None:
    async with served(cloud.app) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get(f"/v24.0/{WABA}/message_templates?limit=1&access_token={TOKEN}")
        assert answer.json()["paging"]["next"].startswith(f"{url}/v24.0/{WABA}/message_templates?")
        assert (await client.get(answer.json()["paging"]["next"])).json()["data"][0]["name"] == "disabled_offer"
        assert error(await client.get("/v24.0/%FF%00/x"))[:2] == (400, 2500)
