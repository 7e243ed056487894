"""The block list of a sender, and what a block does to the person; accounts, their users, and portfolios."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt.store import facts
from takt.web.cloud import block_users
from tests.cloud import FOREIGN, TOKEN, Cloud, open_cloud
from tests.world import Somebody, World, twins

SENDER, SUPPORT, WABA, PORTFOLIO = "100493023125001", "100493023125002", "200493023125", "700493023125"
BLOCKS = f"/{SENDER}/block_users"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


@pytest.fixture
async def people(world: World) -> list[Somebody]:
    """Three who wrote just now, of several parts where there are several."""
    found = []
    for number in range(3):
        person = await world.add_person(f"4917000000{number}0")
        await world.invite(person, world.outreach)
        await world.execute(
            "UPDATE thread SET window_until = now() + interval '23 hours' WHERE part = $1 AND recipient_id = $2",
            person.part, person.recipient_id,
        )  # fmt: skip
        found.append(person)
    return found


async def listed(cloud: Cloud) -> list[str]:
    return [row["wa_id"] for row in (await cloud.get(BLOCKS)).json().get("data", [])]


def named(*users: str) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "block_users": [{"user": one} for one in users]}


async def test_people_are_blocked_listed_and_let_in_again(cloud: Cloud, world: World, people: list[Somebody]) -> None:
    async with twins(world):
        await block_and_let_in(cloud, people)


async def block_and_let_in(cloud: Cloud, people: list[Somebody]) -> None:
    wa_ids = [one.wa_id for one in people]
    answer = await cloud.call("POST", BLOCKS, json=named(f"+{wa_ids[0]}", *wa_ids[1:]))
    assert answer.status_code == 200
    assert answer.json() == {
        "messaging_product": "whatsapp",
        "block_users": {
            "added_users": [
                {"input": f"+{wa_ids[0]}", "wa_id": wa_ids[0]},
                *({"input": one, "wa_id": one} for one in wa_ids[1:]),
            ]
        },
    }
    assert sorted(await listed(cloud)) == sorted(wa_ids)
    assert (await cloud.get(f"/{SUPPORT}/block_users")).json() == {"data": []}
    gone = await cloud.call("DELETE", BLOCKS, json=named(wa_ids[0]))
    assert gone.json()["block_users"] == {"removed_users": [{"input": wa_ids[0], "wa_id": wa_ids[0]}]}
    assert sorted(await listed(cloud)) == sorted(wa_ids[1:])


async def test_the_list_comes_in_pages_over_all_parts(cloud: Cloud, people: list[Somebody]) -> None:
    await cloud.call("POST", BLOCKS, json=named(*(one.wa_id for one in people)))
    seen, url = [], f"https://graph.example{BLOCKS}?limit=1&access_token={TOKEN}"
    for _ in people:
        page = (await cloud.client.get(url)).json()
        seen += [row["wa_id"] for row in page["data"]]
        url = page["paging"].get("next", "")
    assert url == ""
    assert sorted(seen) == sorted(one.wa_id for one in people)


async def test_a_part_failure_tells_both_with_http_400(cloud: Cloud, world: World, people: list[Somebody]) -> None:
    silent = await world.add_person("491700000099")
    answer = await cloud.call("POST", BLOCKS, json=named(people[0].wa_id, silent.wa_id, "4930000", "x"))
    assert answer.status_code == 400
    told = answer.json()
    assert set(told) == {"messaging_product", "block_users", "error"}
    assert told["error"]["code"] == 139100
    assert told["error"]["fbtrace_id"] == answer.headers["x-fb-trace-id"]
    assert [one["wa_id"] for one in told["block_users"]["added_users"]] == [people[0].wa_id]
    failed = told["block_users"]["failed_users"]
    assert [(one["input"], one["errors"][0]["code"]) for one in failed] == [
        (silent.wa_id, 131047), ("4930000", 131026), ("x", 131026),
    ]  # fmt: skip
    assert failed[0]["errors"][0]["error_data"]["details"]
    assert await listed(cloud) == [people[0].wa_id]


async def test_people_are_also_named_by_their_user_id(cloud: Cloud, people: list[Somebody]) -> None:
    code = f"DE.{people[0].recipient_id.int}"
    answer = await cloud.call("POST", BLOCKS, json={"block_users": [{"user_id": code}]})
    assert answer.json()["block_users"] == {"added_users": [{"input": code, "user_id": code}]}
    assert await listed(cloud) == [people[0].wa_id]
    unknown = await cloud.call("POST", BLOCKS, json={"block_users": [{"user_id": "DE.1"}, {"user_id": "nonsense"}]})
    assert (unknown.status_code, len(unknown.json()["block_users"]["failed_users"])) == (400, 2)


async def test_a_block_is_a_fact_for_sends_of_this_sender_alone(
    cloud: Cloud, world: World, people: list[Somebody]
) -> None:
    await cloud.call("POST", BLOCKS, json=named(people[0].wa_id))
    person = people[0]
    await world.invite(person, world.support)
    pairs = [(person.recipient_id, SENDER), (person.recipient_id, SUPPORT)]
    async with world.site.pool(person.part).acquire() as conn:
        states = await facts.threads(conn, person.part, pairs)
    assert [states[pair].blocked_by_business for pair in pairs] == [True, False]


async def test_a_full_list_takes_no_more(cloud: Cloud, people: list[Somebody], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_users, "BLOCKED_MAX", 1)
    assert (await cloud.call("POST", BLOCKS, json=named(people[0].wa_id))).status_code == 200
    full = await cloud.call("POST", BLOCKS, json=named(people[1].wa_id))
    assert full.json()["error"]["code"] == 139101


@pytest.mark.parametrize("given", [None, [], "x", [5], [{}], [{"user": ""}], [{"user": "1" * 200}], [{"user": True}]])
async def test_what_names_nobody_is_refused(cloud: Cloud, given: object) -> None:
    answer = await cloud.call("POST", BLOCKS, json={"block_users": given})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


async def test_an_account_shows_its_numbers_within(cloud: Cloud) -> None:
    shown = (
        await cloud.get(f"/{WABA}", fields="currency,country,timezone_id,phone_numbers.limit(1){id,verified_name}")
    ).json()
    assert shown.pop("phone_numbers")["data"] == [{"id": SENDER, "verified_name": "Nordwind"}]
    assert shown == {"id": WABA, "currency": "EUR", "country": "DE", "timezone_id": "47"}
    page = (await cloud.get(f"/{WABA}", fields="phone_numbers.limit(1){id}")).json()["phone_numbers"]
    following = (await cloud.get(page["paging"]["next"])).json()
    assert following["data"] == [{"id": SUPPORT}]
    assert (await cloud.get(f"/{WABA}", fields="phone_numbers{colour}")).json()["error"]["code"] == 100
    info = (await cloud.get(f"/{WABA}", fields="owner_business_info{id}")).json()
    assert info == {"id": WABA, "owner_business_info": {"id": PORTFOLIO}}


async def test_figures_of_templates_are_switched_on_for_good(cloud: Cloud) -> None:
    assert (await cloud.get(f"/{WABA}", fields="is_enabled_for_insights")).json()["is_enabled_for_insights"] is False
    answer = await cloud.call("POST", f"/{WABA}?is_enabled_for_insights=true")
    assert answer.json() == {"id": WABA}
    assert (await cloud.get(f"/{WABA}", fields="is_enabled_for_insights")).json()["is_enabled_for_insights"] is True
    for query in ("", "?disable_marketing_messages_on_cloud_api=true"):
        assert (await cloud.call("POST", f"/{WABA}{query}")).json()["error"]["code"] == 100
    back = await cloud.call("POST", f"/{WABA}?is_enabled_for_insights=false")
    assert back.json()["error"]["code"] == 200006


async def test_users_are_assigned_and_taken_out(cloud: Cloud) -> None:
    path = f"/{WABA}/assigned_users"
    assert (await cloud.get(path)).json() == {"data": []}
    assert (await cloud.call("POST", f"{path}?user=4711001&tasks=['manage']")).json()["error"]["code"] == 100
    for user in ("4711001", "4711002"):
        answer = await cloud.call("POST", path, params={"user": user, "tasks": '["MANAGE","DEVELOP"]'})
        assert answer.json() == {"success": True}
    first = (await cloud.get(path, limit=1)).json()
    assert first["data"] == [{"id": "4711001", "tasks": ["MANAGE", "DEVELOP"]}]
    assert (await cloud.get(first["paging"]["next"])).json()["data"][0]["id"] == "4711002"
    await cloud.call("DELETE", f"{path}?user=4711001")
    assert [row["id"] for row in (await cloud.get(path)).json()["data"]] == ["4711002"]
    for query in ("?tasks=MANAGE", "?user=x&tasks=MANAGE", "?user=4711001", "?user=4711001&tasks=DANCE"):
        assert (await cloud.call("POST", f"{path}{query}")).json()["error"]["code"] == 100


async def test_a_portfolio_owns_one_account(cloud: Cloud) -> None:
    assert (await cloud.get(f"/{PORTFOLIO}")).json() == {"id": PORTFOLIO, "name": "Nordwind"}
    health = (await cloud.get(f"/{PORTFOLIO}", fields="health_status")).json()["health_status"]
    assert health["entities"][0]["entity_type"] == "BUSINESS"
    owned = (await cloud.get(f"/{PORTFOLIO}/owned_whatsapp_business_accounts", fields="name")).json()
    assert owned["data"] == [{"id": WABA, "name": "Nordwind"}]
    for edge in ("client_whatsapp_business_accounts", "extendedcredits", "preverified_numbers"):
        assert (await cloud.get(f"/{PORTFOLIO}/{edge}")).json() == {"data": []}
        assert (await cloud.get(f"/{PORTFOLIO}/{edge}", FOREIGN)).json()["error"]["code"] == 100
    assert (await cloud.get(f"/{PORTFOLIO}", FOREIGN)).json()["error"]["code"] == 100
