"""How a sender shows itself: profile, automation, settings, commerce, key, and the links that lead to it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from takt.actions import presence
from takt.store.reference import Snapshot
from tests import samples
from tests.cloud import APP_ID, FOREIGN, POOR, Cloud, open_cloud
from tests.world import World, twins

SENDER, SUPPORT = "100493023125001", "100493023125002"
WABA = "200493023125"
PROFILE = f"/{SENDER}/whatsapp_business_profile"
AUTOMATION = f"/{SENDER}/conversational_automation"
LINKS = f"/{SENDER}/message_qrdls"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


async def post(cloud: Cloud, path: str, **given: Any) -> httpx.Response:
    return await cloud.call("POST", path, json=given)


async def refused(cloud: Cloud, path: str, **given: Any) -> int:
    answer = await post(cloud, path, **given)
    assert answer.status_code in (400, 401, 403), answer.text
    assert answer.json()["error"]["error_data"]["details"]
    return int(answer.json()["error"]["code"])


async def fresh(world: World) -> Snapshot:
    async with world.site.everywhere.acquire() as conn:
        return await world.reference.fresh(conn)


def pem(key: Any) -> str:
    text: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode()


async def test_a_profile_is_written_field_by_field_and_read_as_a_list_of_one(cloud: Cloud) -> None:
    empty = {"data": [{"messaging_product": "whatsapp", "vertical": "UNDEFINED"}]}
    assert (await cloud.get(PROFILE)).json() == empty
    told = {
        "messaging_product": "whatsapp", "about": "Regen? Jacke.", "address": "Am Sandtorkai 1", "vertical": "RETAIL",
        "email": "post@nordwind.example", "websites": ["https://nordwind.example"], "description": "Alles gegen Wind.",
    }  # fmt: skip
    assert (await post(cloud, PROFILE, **told)).json() == {"success": True}
    assert (await cloud.get(PROFILE)).json() == {"data": [told]}
    await post(cloud, PROFILE, messaging_product="whatsapp", about="Wind? Jacke.")
    await cloud.call("POST", PROFILE, data={"messaging_product": "whatsapp", "websites": '["https://a.example/"]'})
    shown = (await cloud.get(PROFILE, fields="about,websites,email")).json()["data"][0]
    assert shown == {
        "messaging_product": "whatsapp", "about": "Wind? Jacke.", "websites": ["https://a.example/"],
        "email": "post@nordwind.example",
    }  # fmt: skip


async def uploaded(cloud: Cloud, raw: bytes, mime_type: str) -> str:
    told = {"file_name": "face", "file_length": len(raw), "file_type": mime_type}
    session = (await cloud.call("POST", f"/{APP_ID}/uploads", params=told)).json()["id"]
    return str((await cloud.call("POST", f"/{session}", content=raw)).json()["h"])


async def test_a_picture_is_an_upload_that_everybody_may_see(cloud: Cloud, world: World) -> None:
    handle = await uploaded(cloud, samples.JPEG, "image/jpeg")
    assert (await post(cloud, PROFILE, profile_picture_handle=handle)).json() == {"success": True}
    url = (await cloud.get(PROFILE, fields="profile_picture_url")).json()["data"][0]["profile_picture_url"]
    scheme, _, name = url.rpartition("/device/v1/media/")
    assert scheme == "https://graph.example"
    snapshot = await fresh(world)
    assert snapshot.senders[SENDER].number.picture_media_id == name
    assert snapshot.pictures == {name}
    other = await uploaded(cloud, samples.PDF, "application/pdf")
    assert await refused(cloud, PROFILE, profile_picture_handle=other) == 100
    assert (await fresh(world)).pictures == {name}


@pytest.mark.parametrize(
    "given",
    [
        {"about": ""}, {"about": "x" * 140}, {"about": 5}, {"about": "\ud800"}, {"address": "x" * 257},
        {"description": "x" * 513}, {"email": "nobody"}, {"email": "a@b." + "c" * 130}, {"websites": ["nordwind.example"]},
        {"websites": ["https://a.example"] * 3}, {"websites": ["https://" + "a" * 256]}, {"websites": {"a": 1}},
        {"profile_picture_handle": "4::aW1h:ARa"}, {"vertical": "WIND"}, {"vertical": ["RETAIL"]}, {"profile_picture_handle": "picture.png"},
        {"messaging_product": "mail"},
    ],
)  # fmt: skip
async def test_a_profile_with_a_fault_is_refused_whole(cloud: Cloud, given: dict[str, Any]) -> None:
    if given.get("about") == "\ud800":
        answer = await cloud.call("POST", PROFILE, content=b'{"description":"new","about":"\\ud800"}')
        assert answer.status_code == 400
    else:
        assert await refused(cloud, PROFILE, **{"description": "new", **given}) == 100
    assert "description" not in (await cloud.get(PROFILE)).json()["data"][0]


async def test_automation_is_read_on_the_node(cloud: Cloud) -> None:
    commands = [{"command_name": "status", "command_description": "Wo ist mein Paket?"}]
    assert (await post(cloud, AUTOMATION, prompts=["Termin buchen"], commands=commands)).json() == {"success": True}
    await post(cloud, AUTOMATION, enable_welcome_message=True)
    shown = (await cloud.get(f"/{SENDER}", fields="conversational_automation")).json()
    assert shown == {
        "id": SENDER,
        "conversational_automation": {
            "id": SENDER, "enable_welcome_message": True, "prompts": ["Termin buchen"], "commands": commands,
        },
    }  # fmt: skip
    await post(cloud, AUTOMATION, prompts=[])
    within = (await cloud.get(f"/{SENDER}", fields="conversational_automation{prompts, commands{command_name}}")).json()
    assert within["conversational_automation"] == {"prompts": [], "commands": [{"command_name": "status"}]}


@pytest.mark.parametrize(
    "given",
    [
        {"prompts": ["a"] * 5}, {"prompts": ["x" * 81]}, {"prompts": ["Hallo 👋"]}, {"prompts": [""]}, {"prompts": "a"},
        {"commands": [{"command_name": "a"}]}, {"commands": [{"command_name": "a b", "command_description": "x"}]},
        {"commands": [{"command_name": "x" * 33, "command_description": "x"}]},
        {"commands": [{"command_name": "a", "command_description": "x" * 257}]},
        {"commands": [{"command_name": "a", "command_description": "☂"}]},
        {"commands": [{"command_name": "a", "command_description": "x"}] * 2},
        {"commands": [{"command_name": str(n), "command_description": "x"} for n in range(31)]},
        {"enable_welcome_message": "perhaps"},
    ],
)  # fmt: skip
async def test_automation_with_a_fault_is_refused(cloud: Cloud, given: dict[str, Any]) -> None:
    assert await refused(cloud, AUTOMATION, **given) == 100


async def test_settings_say_what_is_off_and_cannot_be_switched_on(cloud: Cloud) -> None:
    path = f"/{SENDER}/settings"
    shown = (await cloud.get(path, include_sip_credentials="true")).json()
    assert shown == {
        "calling": {"status": "DISABLED"}, "user_identity_change": {"enable_identity_key_check": False},
        "payload_encryption": {"status": "DISABLED"}, "storage_configuration": {"status": "DEFAULT"},
    }  # fmt: skip
    assert (await post(cloud, path, calling={"status": "DISABLED"})).json() == {"success": True}
    assert await refused(cloud, path, calling={"status": "ENABLED"}) == 138013
    assert await refused(cloud, path, calling={"call_icon_visibility": "DEFAULT"}) == 138000
    assert await refused(cloud, path, storage_configuration={"status": "NO_STORAGE_ENABLED"}) == 100
    assert await refused(cloud, path, payload_encryption={"status": "ENABLED"}) == 100
    assert await refused(cloud, path, user_identity_change=5) == 100
    await post(cloud, path, user_identity_change={"enable_identity_key_check": True})
    assert (await cloud.get(path, fields="user_identity_change")).json() == {
        "user_identity_change": {"enable_identity_key_check": True}
    }


async def test_commerce_settings_have_defaults_and_are_kept(cloud: Cloud) -> None:
    path = f"/{SENDER}/whatsapp_commerce_settings"
    assert (await cloud.get(path)).json() == {
        "data": [{"is_cart_enabled": True, "is_catalog_visible": False, "id": SENDER}]
    }
    assert (await post(cloud, f"{path}?is_cart_enabled=false&is_catalog_visible=1")).json() == {"success": True}
    assert (await cloud.get(path)).json()["data"][0] == {
        "is_cart_enabled": False, "is_catalog_visible": True, "id": SENDER,
    }  # fmt: skip
    assert await refused(cloud, path) == 100
    assert await refused(cloud, path, is_cart_enabled="maybe") == 100


async def test_a_key_must_be_an_rsa_key_of_2048_bits(cloud: Cloud) -> None:
    path = f"/{SENDER}/whatsapp_business_encryption"
    assert (await cloud.get(path)).json() == {"data": []}
    key = pem(rsa.generate_private_key(65537, 2048))
    assert (await cloud.call("POST", path, data={"business_public_key": key})).json() == {"success": True}
    assert (await cloud.get(path)).json() == {
        "data": [{"business_public_key": key, "business_public_key_signature_status": "VALID"}]
    }
    for wrong in (
        pem(rsa.generate_private_key(65537, 1024)),
        pem(ec.generate_private_key(ec.SECP256R1())),
        "x",
        key[:99],
    ):
        assert await refused(cloud, path, business_public_key=wrong) == 100


async def test_what_the_operator_keeps_cannot_be_set_by_the_company(cloud: Cloud) -> None:
    assert (await cloud.get(f"/{SENDER}/official_business_account")).json() == {
        "id": SENDER, "oba_status": "APPROVED", "status_message": "The operator has verified this company.",
    }  # fmt: skip
    assert (await cloud.get(f"/{SENDER}/business_compliance_info")).json()["data"] == [
        {"whatsapp_business_account_id": WABA, "messaging_product": "whatsapp", "entity_name": "Nordwind"}
    ]
    assert await refused(cloud, f"/{SENDER}/official_business_account") == 10
    assert await refused(cloud, f"/{SENDER}/business_compliance_info") == 10


async def test_a_link_opens_the_chat_with_its_text_and_has_pictures(cloud: Cloud) -> None:
    made = (await post(cloud, LINKS, prefilled_message="Ist das & jenes da?", generate_qr_image="SVG")).json()
    code = made["code"]
    assert made == {
        "code": code, "prefilled_message": "Ist das & jenes da?",
        "deep_link_url": f"https://graph.example/message/{code}",
        "qr_image_url": f"https://graph.example/message/{code}.svg",
    }  # fmt: skip
    assert len(code) == 14
    followed = await cloud.client.get(made["deep_link_url"])
    assert followed.status_code == 302
    assert followed.headers["location"] == f"/c/{SENDER}?text=Ist%20das%20%26%20jenes%20da%3F"
    svg = await cloud.client.get(made["qr_image_url"])
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert b"<svg" in svg.content
    png = await cloud.client.get(f"/message/{code}.png")
    assert png.content.startswith(b"\x89PNG")
    for wrong in ("AAAAAAAAAAAAAA", "x", f"{code}.gif", "ZZZ" + code[3:]):
        assert (await cloud.client.get(f"/message/{wrong}")).status_code == 404


async def test_links_are_changed_listed_and_deleted(cloud: Cloud, world: World) -> None:
    codes = [(await post(cloud, LINKS, prefilled_message=f"Nr. {n}")).json()["code"] for n in range(3)]
    async with twins(world):
        await change_list_and_delete(cloud, codes)


async def change_list_and_delete(cloud: Cloud, codes: list[str]) -> None:
    changed = (await post(cloud, LINKS, code=codes[0], prefilled_message="Neu")).json()
    assert (changed["prefilled_message"], "qr_image_url" in changed) == ("Neu", False)
    one = (await cloud.get(f"{LINKS}/{codes[0]}", fields="code,prefilled_message,qr_image_url.format(PNG)")).json()
    assert one["data"] == [
        {"code": codes[0], "prefilled_message": "Neu", "qr_image_url": f"https://graph.example/message/{codes[0]}.png"}
    ]
    first = (await cloud.get(LINKS, limit=2, fields="code")).json()
    second = (await cloud.client.get(first["paging"]["next"], headers={"Authorization": "Bearer EAAnordwind"})).json()
    assert [row["code"] for row in first["data"] + second["data"]] == sorted(codes)
    back = await cloud.client.get(second["paging"]["previous"], headers={"Authorization": "Bearer EAAnordwind"})
    assert back.json()["data"] == first["data"]
    assert (await cloud.call("DELETE", f"{LINKS}/{codes[0]}")).json() == {"success": True}
    assert (await cloud.get(f"{LINKS}/{codes[0]}")).status_code == 400
    assert (await cloud.get(f"/{SUPPORT}/message_qrdls/{codes[1]}")).status_code == 400
    assert (await cloud.get(f"/{SUPPORT}/message_qrdls")).json() == {"data": []}


async def test_links_have_limits(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for given in ({}, {"prefilled_message": " "}, {"prefilled_message": "x" * 141},
                  {"prefilled_message": "x", "generate_qr_image": "GIF"}, {"prefilled_message": "x", "code": "nope"}):  # fmt: skip
        assert await refused(cloud, LINKS, **given) == 100
    assert (await cloud.get(LINKS, fields="qr_image_url.format(GIF)")).status_code == 200  # nothing to show yet
    monkeypatch.setattr(presence, "LINKS_MAX", 1)
    await post(cloud, LINKS, prefilled_message="x")
    assert (await cloud.get(LINKS, fields="qr_image_url.format(GIF)")).status_code == 400
    assert await refused(cloud, LINKS, prefilled_message="y") == 100


async def test_nobody_else_sees_or_sets_any_of_it(cloud: Cloud) -> None:
    for edge in ("whatsapp_business_profile", "settings", "whatsapp_commerce_settings", "whatsapp_business_encryption",
                 "message_qrdls"):  # fmt: skip
        for method in ("GET", "POST"):
            assert (await cloud.call(method, f"/{SENDER}/{edge}", FOREIGN)).json()["error"]["code"] == 100
            assert (await cloud.call(method, f"/{SENDER}/{edge}", POOR)).status_code == 403
