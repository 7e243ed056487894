"""Tokens: codes, renewal, revocation, proofs, what debug_token tells, and the operator's API that gives them out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from takt.actions import access, pilot, publish, register, shadow
from takt.clock import CLOCK
from takt.core import signing
from takt.lanes import Lanes
from takt.store import businesses, tokens
from takt.store.businesses import NewToken
from takt.store.pool import transaction
from takt.wakes import Wakes
from takt.web.auth import Authenticator
from takt.web.takt.door import OwnDoor
from takt.web.takt.office import Office, OfficeLanes
from takt.web.takt.registration import RegistrationApi
from tests.cloud import APP_ID, APP_TOKEN, FOREIGN, FOREIGN_APP, FOREIGN_WABA, SCOPES, TOKEN, Cloud, open_cloud
from tests.world import NOW, World

WABA = "200493023125"
SECRET = APP_TOKEN.partition("|")[2]
BOSS = "OPolga"
AT = "/takt/v1"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened, _office(world) as office:
        opened.app.router.routes[:0] = office
        yield opened


@asynccontextmanager
async def _office(world: World) -> AsyncIterator[list[Any]]:
    site, wakes = world.site, Wakes()
    async with transaction(site.everywhere) as conn:
        await businesses.add_token(conn, NewToken(BOSS, "operator"), NOW)
    lanes = OfficeLanes(
        register=Lanes(register.Register(site.parts), site, wakes, CLOCK.now),
        people=Lanes(register.add_people, site, wakes, CLOCK.now),
        access=Lanes(access.let_in, site, wakes, CLOCK.now),
        stages=Lanes(pilot.Stages(world.reference, CLOCK.new_id), site, wakes, CLOCK.now),
        rates=Lanes(publish.publish_all, site, wakes, CLOCK.now),
        shadows=Lanes(shadow.set_shadows, site, wakes, CLOCK.now),
    )
    tasks = [
        asyncio.create_task(one.run())
        for one in (lanes.register, lanes.people, lanes.access, lanes.stages, lanes.rates, lanes.shadows)
    ]
    door = OwnDoor(Authenticator(site.everywhere, world.reference, CLOCK), CLOCK)
    yield list(RegistrationApi(door, Office(site, world.reference, lanes, CLOCK)).routes())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def boss(cloud: Cloud, method: str, path: str, status: int = 200, **body: Any) -> Any:
    answer = await cloud.call(method, f"{AT}{path}", BOSS, **({"json": body} if method == "POST" else {}))
    assert answer.status_code == status, answer.text
    return answer.json()


async def debug(cloud: Cloud, token: str, asking: str = APP_TOKEN) -> Any:
    return (await cloud.get("/debug_token", asking, input_token=token)).json()["data"]


def refused(answer: httpx.Response) -> tuple[int, int, int | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("error_subcode")


async def test_a_token_is_given_out_listed_and_taken_away(cloud: Cloud) -> None:
    made = await boss(cloud, "POST", f"/businesses/{WABA}/tokens", name="Server", days=60, scopes=[SCOPES[1]])
    token = made["token"]
    told = await debug(cloud, token)
    assert told == {
        "app_id": APP_ID, "application": "Nordwind", "type": "SYSTEM_USER", "is_valid": True,
        "issued_at": told["issued_at"], "expires_at": told["issued_at"] + 60 * 86400, "data_access_expires_at": 0,
        "scopes": [SCOPES[1]], "granular_scopes": [{"scope": SCOPES[1], "target_ids": [WABA]}],
        "user_id": made["user_id"],
    }  # fmt: skip
    assert (await cloud.get("/me", token)).json() == {"name": "Server", "id": made["user_id"]}
    assert (await cloud.get("/me", APP_TOKEN)).json() == {"name": "Nordwind", "id": APP_ID}
    assert (await cloud.get("/me/permissions", token)).json() == {
        "data": [{"permission": SCOPES[1], "status": "granted"}]
    }
    listed = (await boss(cloud, "GET", f"/businesses/{WABA}/tokens"))["tokens"]
    assert next(one for one in listed if one["id"] == made["id"])["name"] == "Server"
    assert token not in str(listed)
    await boss(cloud, "DELETE", f"/tokens/{made['id']}", 400)  # not the operator's
    await boss(cloud, "DELETE", f"/businesses/{WABA}/tokens/xyz", 400)
    await boss(cloud, "DELETE", f"/businesses/{WABA}/tokens/{made['id']}")
    assert refused(await cloud.get(f"/{WABA}", token)) == (401, 190, 467)
    gone = await debug(cloud, token)
    assert (gone["is_valid"], gone["error"]["subcode"], gone["user_id"]) == (False, 467, made["user_id"])


async def test_an_expired_token_says_so_and_is_still_explained(world: World, cloud: Cloud) -> None:
    over = tokens.NewToken(
        sha256(b"EAAover").digest(), "system_user", "Old", APP_ID, world.business.business_id, None, SCOPES,
        CLOCK.now() - timedelta(seconds=1),
    )  # fmt: skip
    async with transaction(world.site.everywhere) as conn:
        await tokens.add(conn, over, NOW)
    assert refused(await cloud.get(f"/{WABA}", "EAAover")) == (401, 190, 463)
    told = await debug(cloud, "EAAover")
    assert (told["is_valid"], told["error"]["code"], told["error"]["subcode"]) == (False, 190, 463)
    assert told["app_id"] == APP_ID


async def test_a_code_becomes_a_token_once_and_only_for_its_app(cloud: Cloud) -> None:
    code = (await boss(cloud, "POST", f"/businesses/{FOREIGN_WABA}/codes", app=APP_ID))["code"]
    asked = {"client_id": APP_ID, "client_secret": SECRET, "code": code}
    foreign = {"client_id": FOREIGN_APP, "client_secret": "another secret of sixteen", "code": code}
    assert refused(await cloud.get("/oauth/access_token", None, **foreign)) == (400, 100, 36009)
    token = (await cloud.call("POST", "/oauth/access_token", None, data=asked)).json()["access_token"]
    assert (await cloud.get(f"/{FOREIGN_WABA}", token)).status_code == 200
    assert (await cloud.get(f"/{WABA}", token)).status_code == 400
    assert (await debug(cloud, token))["granular_scopes"][0]["target_ids"] == [FOREIGN_WABA]
    assert refused(await cloud.get("/oauth/access_token", None, **asked)) == (400, 100, 36009)
    assert refused(await cloud.get("/oauth/access_token", None, **{**asked, "client_secret": "no"})) == (400, 1, None)


async def test_a_code_that_is_over_is_refused(world: World, cloud: Cloud) -> None:
    code = (await boss(cloud, "POST", f"/businesses/{WABA}/codes", app=APP_ID))["code"]
    await world.execute("UPDATE code SET expires_at = $1", CLOCK.now() - timedelta(seconds=1))
    asked = {"client_id": APP_ID, "client_secret": SECRET, "code": code}
    assert refused(await cloud.get("/oauth/access_token", None, **asked)) == (400, 100, 36009)


async def test_a_token_is_renewed_for_sixty_days(cloud: Cloud) -> None:
    asked = {
        "grant_type": "fb_exchange_token", "client_id": APP_ID, "client_secret": SECRET, "fb_exchange_token": TOKEN,
    }  # fmt: skip
    told = (await cloud.get("/oauth/access_token", None, **asked)).json()
    assert told["expires_in"] == 60 * 86400
    assert (await debug(cloud, told["access_token"]))["scopes"] == sorted(SCOPES)
    other = await cloud.get("/oauth/access_token", None, **{**asked, "fb_exchange_token": FOREIGN})
    assert refused(other) == (400, 100, None)


async def test_a_proof_is_checked_when_given_and_wanted_when_the_app_says_so(cloud: Cloud) -> None:
    proof = signing.prove(SECRET, TOKEN)
    assert (await cloud.get(f"/{WABA}", appsecret_proof=proof)).status_code == 200
    assert refused(await cloud.get(f"/{WABA}", appsecret_proof="0" * 64)) == (400, 100, None)
    assert refused(await cloud.get(f"/{WABA}", appsecret_proof="é")) == (400, 100, None)
    await boss(cloud, "POST", f"/apps/{APP_ID}", proof_required=True)
    await cloud.get("/me")  # a process hears of it within half a second, or with its next look at the database
    assert refused(await cloud.get(f"/{WABA}")) == (401, 104, None)
    assert (await cloud.get(f"/{WABA}", appsecret_proof=proof)).status_code == 200
    linked = await cloud.call("POST", f"/{WABA}/subscribed_apps", json={"appsecret_proof": proof})
    assert linked.json() == {"success": True}


async def test_the_operator_registers_and_names_what_is_taken(cloud: Cloud) -> None:
    made = await boss(cloud, "POST", "/businesses", name="Kurz", card="card", stage="pilot", id="200493023777")
    assert made == {"id": "200493023777", "name": "Kurz", "stage": "pilot"}
    again = await boss(cloud, "POST", "/businesses", 400, name="Kurz", card="card", id="200493023777")
    assert again["error"]["error_data"]["details"] == "id is taken"
    assert (
        "rate card"
        in (await boss(cloud, "POST", "/businesses", 400, name="K", card="none"))["error"]["error_data"]["details"]
    )
    at = "/businesses/200493023777"
    sender = await boss(cloud, "POST", f"{at}/senders", phone="+493023125777", name="Kurz", kind="support")
    taken = await boss(cloud, "POST", f"{at}/senders", 400, phone="493023125777", name="Kurz")
    assert taken["error"]["error_data"]["details"] == "phone is taken"
    app = await boss(cloud, "POST", f"{at}/apps", name="Kasse")
    token = (await boss(cloud, "POST", f"{at}/tokens", name="T", app=app["id"]))["token"]
    assert (await cloud.get(f"/{sender['id']}", token)).json()["display_phone_number"] == "+49 30 23125777"
    staff = await boss(cloud, "POST", f"{at}/staff", login="Petra@Kurz.example", name="Petra", password="12345678")
    assert (staff["login"], staff["role"]) == ("petra@kurz.example", "agent")
    assert "8 characters" in str(await boss(cloud, "POST", "/staff", 400, login="x", name="X", password="1"))
    person = await boss(cloud, "POST", "/people", wa_id="4366012345678", name="Franz")
    assert person["wa_id"] == "4366012345678"
    other = await boss(cloud, "POST", "/people", wa_id="4366012345678", name="Franz")
    assert other["device_token"] != person["device_token"]
    known = (await boss(cloud, "GET", "/businesses"))["businesses"]
    assert next(one for one in known if one["id"] == "200493023777")["senders"][0]["kind"] == "support"
    assert (await cloud.get(f"{AT}/businesses", TOKEN)).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/businesses", {"name": "x" * 76, "card": "card"}, "name"),
        ("/businesses", {"name": "X", "card": "card", "currency": "eur"}, "currency"),
        ("/businesses", {"name": "X", "card": "card", "id": "12"}, "id"),
        ("/rate-cards", {"card": "x", "currency": "EUR", "rules": []}, "rules"),
        (f"/businesses/{WABA}/senders", {"phone": "12", "name": "X"}, "phone"),
        (f"/businesses/{WABA}/senders", {"phone": "4930231257", "name": "X", "kind": "both"}, "kind"),
        (f"/businesses/{WABA}/tokens", {"name": "X", "scopes": ["all"]}, "scopes"),
        (f"/businesses/{WABA}/tokens", {"name": "X", "days": 0}, "days"),
        (f"/businesses/{WABA}/tokens", {"name": "X", "app": FOREIGN_APP}, "app"),
        (f"/businesses/{WABA}/staff", {"name": "X", "login": "x", "password": "12345678", "role": "operator"}, "role"),
        ("/people", {"wa_id": "+49171", "name": "\u0000"}, "name"),
        ("/people", {"wa_id": 7, "name": "X"}, "wa_id"),
    ],
)
async def test_a_wrong_wish_is_refused_by_name(cloud: Cloud, path: str, body: dict[str, Any], field: str) -> None:
    answer = await cloud.call("POST", f"{AT}{path}", BOSS, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["error_data"]["details"].startswith(field)


async def test_a_card_runs_along_until_it_is_taken_away(world: World, cloud: Cloud) -> None:
    """By the operator alone, and only one that is published."""
    shadow = f"{AT}/businesses/{world.business.waba_id}/shadow"
    unknown = await cloud.call("PUT", shadow, BOSS, json={"card": "nobody"})
    assert unknown.status_code == 400
    for card, listed in (("card", [world.business.waba_id]), (None, [])):
        answer = await cloud.call("PUT", shadow, BOSS, json={"card": card})
        assert answer.json() == {"company": world.business.waba_id, "shadow_card": card}
        shown = (await cloud.call("GET", f"{AT}/shadows", BOSS)).json()
        assert [one["company"] for one in shown["shadows"]] == listed
    effect = await cloud.call("POST", f"{AT}/what-if", BOSS, json={"card": "card", "month": "2026-11"})
    assert (effect.json()["card"], effect.json()["companies"]) == ("card", [])
    for body in ({"card": "nobody"}, {"card": "card", "month": "11"}, {"document": {"card": "x"}}, {"card": 7}):
        assert (await cloud.call("POST", f"{AT}/what-if", BOSS, json=body)).status_code in (400, 404), body
