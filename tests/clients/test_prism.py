"""Prism between pywa and Takt: it holds every answer against Meta's own description of the Cloud API.

Requests are not judged, for the description asks more of them than the real service. What Prism finds is known, with its
reason, in PRISM_KNOWN, or is a fault; and what is known must still be found.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pywa import WhatsApp, errors
from pywa.types import Button, Template
from pywa.types.others import Pagination
from pywa.types.templates import BodyText, TemplateCategory, TemplateLanguage

from tests import meta, samples
from tests.databases import Variant
from tests.flowing import FITTING
from tests.live import Live, Redirected, takt
from tests.programs import PACKAGES, node
from tests.serving import free_port

VERSION = "24.0"
START_S_MAX = 30


def known(call: str, place: str, words: str) -> tuple[str, str, str]:
    """A word of ours that is not among those of the description."""
    return call, f"body.{place}", f"Response body property {place} must be equal to one of the allowed values: {words}"


def lacking(call: str, place: str, *names: str) -> list[tuple[str, str, str]]:
    """What the description demands and ours has not."""
    dotted = place.removeprefix("body").lstrip(".")
    whose = f"Response body property {dotted}" if dotted else "Response body"
    return [(call, place, f"{whose} must have required property '{name}'") for name in names]


def kind(call: str, place: str, right: str) -> tuple[str, str, str]:
    """A value of ours that is of another kind."""
    return call, f"body.{place}", f"Response body property {place} must be {right}"


def refused(call: str) -> tuple[str, str, str]:
    """An operation with refusals of which the description has none."""
    return call, "", "Unable to match the returned status code with those defined in the document: 200"


UNRATED: Final = "what has no rating yet is UNKNOWN in the service's other pages and in pywa"
SMALL: Final = "the service itself says it in small letters"
CAPITALS: Final = "the service itself says it in capitals, and pywa reads it so"
SELF: Final = "the service itself says SELF"
EDGE: Final = "an edge that is asked for as a field comes as an object with data, like all of them"
VERIFICATIONS, OWNERS = "VERIFIED, UNVERIFIED, PENDING, REJECTED", "SELF_OWNED, CLIENT_OWNED, AGENCY_OWNED"
NUMBER, NUMBERS, LINK = "GET /{Phone-Number-ID}", "GET /{WABA-ID}/phone_numbers", "GET /{Phone-Number-ID}/message_qrdls"
ACCOUNT, OWNED, SETTINGS = "GET /{WABA-ID}", "GET /{Business-ID}/owned_whatsapp_business_accounts", f"{NUMBER}/settings"
# What Prism finds in our answers: (method and path, place, its words) and why it stays so.
PRISM_KNOWN: Final[dict[tuple[str, str, str], str]] = {
    known(NUMBER, "quality_rating", "GREEN, YELLOW, RED, NA"): UNRATED,
    known(NUMBERS, "data[].quality_rating", "GREEN, YELLOW, RED, NA"): UNRATED,
    known(NUMBERS, "data[].status", "PENDING, LINKED, UNLINKED, DELETED, MIGRATED, BANNED, RESTRICTED"):
        "a number that works is CONNECTED, as the same file has it for the number itself",
    known(ACCOUNT, "business_verification_status", VERIFICATIONS): SMALL,
    known(OWNED, "data[].business_verification_status", VERIFICATIONS): SMALL,
    known(ACCOUNT, "ownership_type", OWNERS): SELF,
    known(OWNED, "data[].ownership_type", OWNERS): SELF,
    kind(ACCOUNT, "subscribed_apps", "array"): EDGE,
    kind(OWNED, "data[].subscribed_apps", "array"): EDGE,
    kind("GET /{Media-ID}", "file_size", "string"): "the service itself sends a number, and pywa promises one",
    known(SETTINGS, "calling.status", "enabled, disabled"): CAPITALS,
    known(SETTINGS, "storage_configuration.status", "default, in_country_storage_enabled"): CAPITALS,
    **dict.fromkeys(
        lacking(SETTINGS, "body.calling", "call_icon_visibility", "callback_permission_status", "ip_addresses"),
        "there are no calls, and so nothing to be seen of them",
    ),
    **dict.fromkeys(
        lacking(f"{LINK}/{{QR-Code-ID}}", "body", "code", "deep_link_url", "prefilled_message"),
        "the service itself answers with a list of one, and pywa reads it so",
    ),
    refused("POST /{Phone-Number-ID}/messages"): "the file describes no refusal of a send",
    refused("DELETE /{Flow-ID}"): "the file describes no refusal to delete",
}  # fmt: skip


class Watched(Redirected):
    """Goes through Prism and keeps what it found in the answers."""

    def __init__(self, url: str, names: meta.Names) -> None:
        super().__init__(url)
        self._names = names
        self.found: set[tuple[str, str, str]] = set()
        self.seen: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        call = self._names.find(request.method, request.url.path)
        self.seen.add(call)
        for one in json.loads(answer.headers.get("sl-violations", "[]")):
            if one["location"][0] == "response":
                self.found.add((call, _unnumbered(_place(one)), _unnumbered(one["message"])))
        return answer


def _unnumbered(words: str) -> str:
    return re.sub(r"\.\d+\b", "[]", words)


def _place(violation: dict[str, Any]) -> str:
    return ".".join(map(str, violation["location"][1:]))


@asynccontextmanager
async def prism(description: Path, url: str) -> AsyncIterator[str]:
    """Prism as a proxy in front of `url`; its own address."""
    port = free_port()
    program = PACKAGES / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    async with node(program, "proxy", description, url, "--host", "127.0.0.1", "--port", str(port)) as process:
        assert process.stdout is not None
        said = b""
        async with asyncio.timeout(START_S_MAX):
            while b"is listening" not in said:
                line = await process.stdout.readline()
                assert line, said.decode()
                said += line
        draining = asyncio.create_task(process.stdout.read())
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            draining.cancel()


def use(wa: WhatsApp, env: dict[str, str], known: dict[str, str]) -> None:
    """Everything that pywa does at the operations that are meant to work here."""
    send(wa, env["TAKT_USER_MARA"], known)
    show(wa, known)
    wa.get_templates(pagination=Pagination(limit=4))
    wa.get_template(meta.DEMO_TEMPLATE)
    wa.create_template(
        Template(
            name="neu",
            language=TemplateLanguage.GERMAN,
            category=TemplateCategory.UTILITY,
            components=[BodyText("Guten Tag, Mara!")],
        )
    )
    wa.update_template(meta.DEMO_TEMPLATE, new_components=[BodyText("Guten Abend, Mara!")])
    wa.delete_template("neu")
    wa.get_media_url(known["Media-ID"])
    wa.upload_media(samples.PDF, "application/pdf", "a.pdf")
    wa.delete_media(known["Media-ID"])
    wa.get_flows()
    wa.get_flow(known["Flow-ID"])
    wa.update_flow_metadata(known["Flow-ID"], name="Anprobe")
    wa.update_flow_json(known["Flow-ID"], FITTING)
    wa.get_flow_assets(known["Flow-ID"])
    wa.publish_flow(known["Flow-ID"])
    wa.deprecate_flow(known["Flow-ID"])
    wa.create_flow("Neu", ["OTHER"])
    wa.migrate_flows(env["TAKT_WABA_ID"], ["Anprobe"])
    with pytest.raises(errors.WhatsAppError):
        wa.delete_flow(known["Flow-ID"])


def send(wa: WhatsApp, mara: str, known: dict[str, str]) -> None:
    """Messages of many kinds, and some that are refused."""
    wa.send_template(mara, "order_update", TemplateLanguage.GERMAN, [BodyText.params("Mara", "4711")])
    assert wa.send_message(mara, "Gern.").id
    wa.send_image(mara, known["Media-ID"], caption="Jacke")
    wa.send_location(mara, 53.54, 9.99, "Laden")
    wa.send_message(mara, "Passt es?", buttons=[Button("Ja", "ja")])
    with pytest.raises(errors.TemplateNotExists):
        wa.send_template(mara, "nowhere", TemplateLanguage.GERMAN)
    with pytest.raises(errors.WhatsAppError):
        wa.send_message(mara, "x" * 5000)
    wa.block_users([mara])
    wa.get_blocked_users()
    wa.unblock_users([mara])


def show(wa: WhatsApp, known: dict[str, str]) -> None:
    """The number, what it shows of itself, and the company."""
    wa.get_business_phone_number()
    wa.get_business_phone_numbers()
    wa.get_business_account()
    wa.get_owned_business_accounts(business_portfolio_id=known["Business-ID"])
    wa.get_business_phone_number_settings()
    wa.update_conversational_automation(ice_breakers=["Öffnungszeiten"])
    wa.update_business_profile(about="Regenjacken")
    wa.get_business_profile()
    wa.update_commerce_settings(is_cart_enabled=False)
    wa.get_commerce_settings()
    wa.create_qr_code("Hallo", "PNG")
    wa.update_qr_code(known["QR-Code-ID"], "Tach")
    wa.get_qr_code(known["QR-Code-ID"])
    wa.get_qr_codes()
    wa.delete_qr_code(known["QR-Code-ID"])


@pytest.fixture
async def live(db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Live]:
    async with takt(db, variant.parts, tmp_path) as running:
        yield running


async def test_answers_are_as_the_platform_describes_them(live: Live, tmp_path: Path) -> None:
    env = live.env
    await live.write("mara", "Hallo")
    known = await meta.furnished(live.url, env)
    description = tmp_path / "meta.json"
    description.write_text(json.dumps(meta.pinned(meta.meant(), known, f"v{VERSION}", bodies=False)))
    async with prism(description, live.url) as proxy:
        watched = Watched(proxy, meta.Names(known))
        with httpx.Client(transport=watched) as session:
            wa = WhatsApp(
                phone_id=env["TAKT_SENDER_OUTREACH"], token=env["TAKT_TOKEN"], session=session, server=None,
                waba_id=env["TAKT_WABA_ID"], api_version=VERSION,
            )  # fmt: skip
            await asyncio.to_thread(use, wa, env, known)
    assert sorted(watched.found - PRISM_KNOWN.keys()) == []
    assert sorted(PRISM_KNOWN.keys() - watched.found) == [], "known, but no longer so"
    assert sorted(watched.seen - set(meta.meant())) == []
