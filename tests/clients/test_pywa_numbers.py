"""pywa, unmodified, on numbers: their life, how they show themselves, links, block lists, accounts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pywa import errors
from pywa.types.calls import CallingSettings, CallingSettingsStatus
from pywa.types.others import Command, Industry, Pagination, StorageStatus, UserIdentityChangeSettings

from tests.clients.pywa_company import BOTH, do, opened
from tests.databases import Variant
from tests.live import takt

pytestmark = BOTH


@dataclass
class Client:
    """pywa of a company, and the addresses and secrets of the demo."""

    wa: Any
    env: dict[str, str]
    url: str

    async def do(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return await do(call, *arguments, **named)

    async def ask(self, method: str, path: str, token: str, **request: Any) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {token}"}) as client:
            return await client.request(method, path, **request)

    async def until_seen(self, name: str, /, **wanted: Any) -> None:
        """Wait until a person's device gets the outreach sender so: senders are looked up at most half a second old."""
        async with asyncio.timeout(30):
            while (shown := await self.seen_by(name)) | wanted != shown:
                await asyncio.sleep(0.05)

    async def seen_by(self, name: str) -> dict[str, Any]:
        """The outreach sender as a person's device gets it."""
        path = f"/device/v1/senders/{self.env['TAKT_SENDER_OUTREACH']}"
        answer = await self.ask("GET", path, self.env[f"TAKT_DEVICE_{name}"])
        assert answer.is_success, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def write(self, name: str, client_id: str = "c1") -> httpx.Response:
        body = {
            "client_id": client_id,
            "to": self.env["TAKT_SENDER_OUTREACH"],
            "type": "text",
            "text": {"body": "Moin"},
        }
        return await self.ask("POST", "/device/v1/messages", self.env[f"TAKT_DEVICE_{name}"], json=body)


@pytest.fixture
async def client(sort: str, db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Client]:
    async with takt(db, variant.parts, tmp_path) as live, opened(sort, live) as wa:
        yield Client(wa, live.env, live.url)


async def test_a_number_from_creation_to_registration(client: Client) -> None:
    wa = client.wa
    made = await client.do(
        wa.create_phone_number, country_calling_code="49", phone_number="305550001", verified_name="Nordwind Neu"
    )
    assert await client.do(wa.request_verification_code, code_method="SMS", language_code="de", phone_id=made.id)
    told = await client.ask("GET", f"/takt/v1/numbers/{made.id}/code", client.env["TAKT_OPERATOR_TOKEN"])
    assert await client.do(wa.verify_phone_number, code=told.json()["code"], phone_id=made.id)
    assert await client.do(wa.register_phone_number, pin="123456", phone_id=made.id)
    shown = await client.do(wa.get_business_phone_number, phone_id=made.id)
    assert (shown.status, shown.code_verification_status, shown.is_pin_enabled) == ("CONNECTED", "VERIFIED", True)
    assert (shown.country_code, shown.country_dial_code) == ("DE", "49")
    with pytest.raises(errors.WhatsAppError) as wrong:
        await client.do(wa.register_phone_number, pin="000000", phone_id=made.id)
    assert wrong.value.code == 133005
    assert await client.do(wa.deregister_phone_number, phone_id=made.id)
    listed = await client.do(wa.get_business_phone_numbers, pagination=Pagination(limit=1))
    every = [one async for one in _all(client, listed)]
    assert {one.id: one.status for one in every}[made.id] == "DISCONNECTED"


async def _all(client: Client, page: Any) -> AsyncIterator[Any]:
    """All pages, each fetched by pywa itself."""
    while page:
        for one in page:
            yield one
        page = await client.do(page.next) if page.has_next else None


async def test_a_display_name_is_wished_and_decided(client: Client) -> None:
    assert await client.do(client.wa.update_display_name, "Nordwind Hamburg")
    shown = await client.do(client.wa.get_business_phone_number)
    assert (shown.verified_name, shown.new_name_status) == ("Nordwind", "PENDING_REVIEW")
    path = f"/takt/v1/numbers/{client.env['TAKT_SENDER_OUTREACH']}/name"
    await client.ask("POST", path, client.env["TAKT_OPERATOR_TOKEN"], json={"decision": "APPROVED"})
    await client.until_seen("MARA", name="Nordwind Hamburg")


async def test_a_profile_reaches_the_messenger(client: Client) -> None:
    wa = client.wa
    assert await client.do(
        wa.update_business_profile, about="Regen? Jacke.", address="Hamburg", description="Gegen Wind.",
        email="post@nordwind.example", industry=Industry.RETAIL, websites=["https://nordwind.example"],
    )  # fmt: skip
    read = await client.do(wa.get_business_profile)
    assert (read.about, read.industry, read.websites) == (
        "Regen? Jacke.",
        Industry.RETAIL,
        ("https://nordwind.example",),
    )
    profile = {
        "about": "Regen? Jacke.", "description": "Gegen Wind.", "email": "post@nordwind.example", "address": "Hamburg",
        "websites": ["https://nordwind.example"], "vertical": "RETAIL", "picture": None,
    }  # fmt: skip
    await client.until_seen("MARA", profile=profile)


async def test_ice_breakers_and_commands_reach_the_messenger(client: Client) -> None:
    wa = client.wa
    commands = [Command(name="status", description="Wo ist mein Paket?")]
    assert await client.do(wa.update_conversational_automation, ice_breakers=["Termin buchen"], commands=commands)
    read = (await client.do(wa.get_business_phone_number)).conversational_automation
    assert read is not None
    assert (read.ice_breakers, read.commands) == (("Termin buchen",), tuple(commands))
    shown = [{"name": "status", "description": "Wo ist mein Paket?"}]
    await client.until_seen("JONAS", prompts=["Termin buchen"], commands=shown)


async def test_a_username_is_shown_to_people(client: Client) -> None:
    wa = client.wa
    assert await client.do(wa.set_username, "nordwind")
    status = await client.do(wa.get_current_username)
    assert (status.username, status.status.value) == ("nordwind", "approved")
    await client.until_seen("MARA", username="nordwind")
    assert await client.do(wa.get_reserved_usernames)
    assert await client.do(wa.delete_username)
    await client.until_seen("MARA", username=None)


async def test_settings_commerce_and_key(client: Client) -> None:
    wa = client.wa
    settings = await client.do(wa.get_business_phone_number_settings)
    assert settings.calling is not None
    assert settings.calling.status == CallingSettingsStatus.DISABLED
    assert settings.storage_configuration is not None
    assert settings.storage_configuration.status == StorageStatus.DEFAULT
    with pytest.raises(errors.WhatsAppError) as refused:
        await client.do(
            wa.update_business_phone_number_settings, calling=CallingSettings(status=CallingSettingsStatus.ENABLED)
        )
    assert refused.value.code == 138013
    checked = UserIdentityChangeSettings(enable_identity_key_check=True)
    assert await client.do(wa.update_business_phone_number_settings, user_identity_change=checked)
    assert (await client.do(wa.get_business_phone_number_settings)).user_identity_change == checked
    assert await client.do(wa.update_commerce_settings, is_catalog_visible=True, is_cart_enabled=False)
    commerce = await client.do(wa.get_commerce_settings)
    assert (commerce.is_catalog_visible, commerce.is_cart_enabled) == (True, False)
    key = rsa.generate_private_key(65537, 2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert await client.do(wa.set_business_public_key, pem)


async def test_qr_codes(client: Client) -> None:
    wa = client.wa
    made = await client.do(wa.create_qr_code, prefilled_message="Moin", image_type="PNG")
    async with httpx.AsyncClient(base_url=client.url) as browser:
        followed = await browser.get(httpx.URL(made.deep_link_url).raw_path.decode())
        assert followed.headers["location"] == f"/c/{client.env['TAKT_SENDER_OUTREACH']}?text=Moin"
        assert made.qr_image_url is not None
        image = await browser.get(httpx.URL(made.qr_image_url).raw_path.decode())
        assert image.content.startswith(b"\x89PNG")
    changed = await client.do(wa.update_qr_code, made.code, "Tach")
    assert changed.prefilled_message == "Tach"
    found = await client.do(wa.get_qr_code, made.code, image_type="SVG")
    assert found is not None
    assert found.qr_image_url is not None
    assert found.qr_image_url.endswith(".svg")
    assert [one.code for one in await client.do(wa.get_qr_codes)] == [made.code]
    assert await client.do(wa.delete_qr_code, made.code)
    assert list(await client.do(wa.get_qr_codes)) == []


async def test_a_blocked_person_cannot_write_and_is_not_told_why(client: Client) -> None:
    wa, jonas, mara = client.wa, client.env["TAKT_USER_JONAS"], client.env["TAKT_USER_MARA"]
    assert (await client.write("JONAS")).is_success
    result = await client.do(wa.block_users, [jonas])
    assert [one.wa_id for one in result.added_users] == [jonas]
    refused = await client.write("JONAS", "c2")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_available")
    assert [one.wa_id for one in await client.do(wa.get_blocked_users)] == [jonas]
    removed = await client.do(wa.unblock_users, [jonas])
    assert [one.wa_id for one in removed.removed_users] == [jonas]
    assert (await client.write("JONAS", "c3")).is_success
    with pytest.raises(errors.WhatsAppError) as failed:
        await client.do(wa.block_users, [mara, jonas])
    assert failed.value.code == 139100
    assert [one.wa_id for one in await client.do(wa.get_blocked_users)] == [jonas]


async def test_the_account_and_its_portfolio(client: Client) -> None:
    wa = client.wa
    account = await client.do(wa.get_business_account)
    assert (account.currency, account.country, account.timezone_id) == ("EUR", "DE", "47")
    assert account.owner_business_info is not None
    portfolio = account.owner_business_info.id
    owned = await client.do(wa.get_owned_business_accounts, business_portfolio_id=portfolio)
    assert [one.id for one in owned] == [account.id]
    assert list(await client.do(wa.get_shared_business_accounts, business_portfolio_id=portfolio)) == []
    await client.do(wa.update_business_account_settings, disable_marketing_messages_on_cloud_api=False)
    with pytest.raises(errors.WhatsAppError):
        await client.do(wa.update_business_account_settings, disable_marketing_messages_on_cloud_api=True)
