"""Who is let in at the device API, and what is refused, how."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from takt.core.ids import slot_of_key
from takt.web.device import door as door_module
from tests.device import Device, Messenger, ok, open_messenger, post, refused
from tests.world import World, twins


@pytest.fixture
async def messenger(world: World) -> AsyncIterator[Messenger]:
    async with open_messenger(world) as opened:
        yield opened


@pytest.fixture
async def mara(messenger: Messenger) -> AsyncIterator[Device]:
    async with messenger.device(await messenger.person()) as device:
        yield device


FAULTS: list[tuple[str, str, Any, str]] = [
    ("POST", "/messages", {"to": "12345", "type": "text", "text": {"body": "x"}}, "client_id"),
    ("POST", "/messages", post("12345", client_id="x" * 65), "client_id"),
    ("POST", "/messages", post("12345", client_id=""), "client_id"),
    ("POST", "/messages", post("12345\n"), "to"),
    ("POST", "/messages", post("12345", "x" * 4097), "text.body"),
    ("POST", "/messages", post("12345", " \n "), "text.body"),
    ("POST", "/messages", post("12345", "a\x00b"), "text.body"),
    ("POST", "/messages", post("12345") | {"type": "poll"}, "type"),
    ("POST", "/messages", post("12345") | {"type": "button"}, "button"),
    ("POST", "/messages", post("12345") | {"button": {"text": "x", "payload": "x"}}, "button"),
    ("POST", "/messages", post("12345") | {"txt": 1}, "txt"),
    ("POST", "/messages", post("12345", context="x"), "context"),
    ("POST", "/receipts", {"status": "seen", "through": 1}, "status"),
    ("POST", "/receipts", {"status": "read", "through": -1}, "through"),
    ("POST", "/receipts", {"status": "read", "through": 1.5}, "through"),
    ("POST", "/receipts", {"status": "read", "through": 2**70}, "through"),
    ("POST", "/receipts", {"status": "read"}, "through"),
    ("POST", "/typing", {}, "to"),
    ("PUT", "/senders/100493023125001/consent", {"purpose": "", "granted": True}, "purpose"),
    ("PUT", "/senders/100493023125001/consent", {"purpose": "marketing", "granted": "yes"}, "granted"),
    ("PUT", "/senders/100493023125001/block", {"blocked": True, "report": {"reason": "x"}}, "report.reason"),
    ("PUT", "/senders/100493023125001/block", {"blocked": 1}, "blocked"),
    ("PUT", "/me", {"locale": "fr"}, "locale"),
    ("GET", "/inbox?after=x", None, "after"),
    ("GET", "/inbox?limit=501", None, "limit"),
    ("GET", "/inbox?limit=0", None, "limit"),
    ("GET", "/threads/100493023125001/messages?before=-1", None, "before"),
    ("GET", "/events?after=9e9", None, "after"),
]


async def test_faults_name_their_field(mara: Device) -> None:
    for method, path, body, field in FAULTS:
        sentence = await refused(await mara.http.request(method, path, json=body), 400, "invalid", field)
        assert field in sentence
        assert sentence.endswith(".")


async def test_a_body_has_an_end_and_is_json(mara: Device) -> None:
    await refused(await mara.http.post("/messages", content=b"x" * 65537), 413, "too_large")
    await refused(await mara.http.post("/messages", content=b"{"), 400, "invalid")
    await refused(await mara.http.post("/messages", content=b""), 400, "invalid")
    await refused(await mara.http.post("/messages", content=b"[]"), 400, "invalid")


async def test_addresses_and_methods_that_do_not_exist(mara: Device) -> None:
    await refused(await mara.http.get("/nowhere"), 404, "not_found")
    await refused(await mara.http.delete("/me"), 405, "method")
    assert (await mara.http.head("/events")).status_code == 204
    await refused(await mara.http.get("/senders/99999"), 404, "unknown_sender", "to")
    await refused(await mara.http.get("/threads/99999/messages"), 404, "unknown_sender", "to")


async def test_only_a_known_token_opens_the_door(messenger: Messenger, mara: Device) -> None:
    slot = f"{slot_of_key(mara.person.wa_id):03x}"
    for shown in ("", "Bearer", "Basic x", "Bearer x", f"Bearer d{slot}{'A' * 40}", f"Bearer {mara.token}x"):
        async with httpx.AsyncClient(base_url=str(mara.http.base_url), headers={"Authorization": shown}) as client:
            answered = await client.get("/me")
            await refused(answered, 401, "signed_out")
            assert answered.headers["www-authenticate"] == "Bearer"
    async with messenger.browser() as nobody:
        await refused(await nobody.get("/me"), 401, "signed_out")
    assert await ok(await mara.http.get("/me", headers={"Authorization": f"bearer {mara.token}"}))


async def test_a_token_in_the_wrong_part_opens_nothing(messenger: Messenger, mara: Device) -> None:
    async with twins(messenger.world):
        await messenger.world.execute("DELETE FROM device WHERE part = $1", mara.person.part)
        await refused(await mara.http.get("/me"), 401, "signed_out")


async def test_a_device_is_looked_up_anew_after_a_while(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ok(await mara.http.get("/me"))
    await messenger.world.execute("DELETE FROM device")
    await ok(await mara.http.get("/me"))
    now_s = messenger.clock.monotonic_s
    monkeypatch.setattr(type(messenger.clock), "monotonic_s", lambda _self: now_s() + door_module.KNOWN_S)
    await refused(await mara.http.get("/me"), 401, "signed_out")


async def test_signing_in_and_out_of_a_browser(messenger: Messenger) -> None:
    person = await messenger.person(name="Mara")
    other = await messenger.person(0 if len(messenger.world.site.parts) > 1 else 1, part=-1, name="Leyla")
    for who, key in ((person, "mara"), (other, "leyla")):
        await messenger.world.execute(
            "UPDATE recipient SET demo_key = $2 WHERE recipient_id = $1", who.recipient_id, key
        )
    async with messenger.browser() as browser:
        people = (await ok(await browser.get("/demo-people")))["people"]
        assert sorted(people, key=lambda one: str(one["key"])) == [
            {"key": "leyla", "name": "Leyla", "locale": "de"}, {"key": "mara", "name": "Mara", "locale": "de"},
        ]  # fmt: skip
        await refused(await browser.post("/sign-in", json={"person": "leyla"}), 403, "header_missing", "X-Takt")
        browser.headers["X-Takt"] = "1"
        await refused(await browser.post("/sign-in", json={"person": "olga"}), 404, "unknown_person", "person")
        answered = await browser.post("/sign-in", json={"person": "leyla"})
        assert (await ok(answered))["wa_id"] == other.wa_id
        cookie = answered.headers["set-cookie"]
        assert all(word in cookie for word in ("takt_device=d", "HttpOnly", "SameSite=Strict", "Path=/"))
        assert "Secure" not in cookie
        assert (await ok(await browser.get("/me")))["name"] == "Leyla"
        await ok(await browser.post("/messages", json=post(messenger.world.support.sender_id)))
        del browser.headers["X-Takt"]
        await ok(await browser.get("/me"))
        answered = await browser.post("/messages", json=post(messenger.world.support.sender_id))
        await refused(answered, 403, "header_missing", "X-Takt")
        await refused(await browser.post("/sign-out"), 403, "header_missing", "X-Takt")
        token = browser.cookies["takt_device"]
        await ok(await browser.post("/sign-out", headers={"X-Takt": "1"}), 204)
        await ok(await browser.post("/sign-out", headers={"X-Takt": "1"}), 204)
        await refused(await browser.get("/me", headers={"Cookie": f"takt_device={token}"}), 401, "signed_out")


async def test_behind_a_proxy_with_tls_the_cookie_stays_there(messenger: Messenger) -> None:
    person = await messenger.person()
    await messenger.world.execute("UPDATE recipient SET demo_key = 'mara' WHERE recipient_id = $1", person.recipient_id)
    async with messenger.browser() as browser:
        headers = {"X-Takt": "1", "X-Forwarded-Proto": "https"}
        answered = await browser.post("/sign-in", json={"person": "mara"}, headers=headers)
        assert "Secure" in answered.headers["set-cookie"]


async def test_outside_the_demo_nobody_is_chosen(world: World) -> None:
    async with open_messenger(world, demo=False) as messenger, messenger.browser() as browser:
        await refused(await browser.get("/demo-people"), 404, "no_demo")
        answered = await browser.post("/sign-in", json={"person": "mara"}, headers={"X-Takt": "1"})
        await refused(answered, 404, "no_demo")
