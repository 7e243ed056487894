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
from pywa.types.others import Pagination
from pywa.types.templates import BodyText, TemplateLanguage

from tests import meta
from tests.databases import Variant
from tests.live import Live, Redirected, takt
from tests.programs import PACKAGES, node
from tests.serving import free_port

VERSION = "24.0"
START_S_MAX = 30


def known(call: str, place: str, words: str) -> tuple[str, str, str]:
    """A word of ours that is not among those of the description."""
    return call, f"body.{place}", f"Response body property {place} must be equal to one of the allowed values: {words}"


UNRATED: Final = "what has no rating yet is UNKNOWN in the service's other pages and in pywa"
# What Prism finds in our answers: (method and path, place, its words) and why it stays so.
PRISM_KNOWN: Final[dict[tuple[str, str, str], str]] = {
    known("GET /{Phone-Number-ID}", "quality_rating", "GREEN, YELLOW, RED, NA"): UNRATED,
    known("GET /{WABA-ID}/phone_numbers", "data[].quality_rating", "GREEN, YELLOW, RED, NA"): UNRATED,
    known(
        "GET /{WABA-ID}/phone_numbers",
        "data[].status",
        "PENDING, LINKED, UNLINKED, DELETED, MIGRATED, BANNED, RESTRICTED",
    ): "a number that works is CONNECTED, as the same file has it for the number itself",
    known(
        "GET /{WABA-ID}", "business_verification_status", "VERIFIED, UNVERIFIED, PENDING, REJECTED"
    ): "the service itself says it in small letters",
    known("GET /{WABA-ID}", "ownership_type", "SELF_OWNED, CLIENT_OWNED, AGENCY_OWNED"): "the service itself says SELF",
    (
        "GET /{WABA-ID}",
        "body.subscribed_apps",
        "Response body property subscribed_apps must be array",
    ): "an edge that is asked for as a field comes as an object with data, like all of them",
    (
        "POST /{Phone-Number-ID}/messages",
        "",
        "Unable to match the returned status code with those defined in the document: 200",
    ): "the file describes no refusal of a send",
}


class Watched(Redirected):
    """Goes through Prism and keeps what it found in the answers."""

    def __init__(self, url: str, names: dict[str, str]) -> None:
        super().__init__(url)
        self._names = names
        self.found: set[tuple[str, str, str]] = set()
        self.seen: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        path = request.url.path.removeprefix(f"/v{VERSION}")
        for value, name in self._names.items():
            path = path.replace(value, name)
        call = f"{request.method} {path}"
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


def use(wa: WhatsApp, env: dict[str, str]) -> None:
    """Everything that pywa does at the operations that are meant to work here."""
    mara = env["TAKT_USER_MARA"]
    order = [BodyText.params("Mara", "4711")]
    wa.send_template(mara, "order_update", TemplateLanguage.GERMAN, order)
    sent = wa.send_message(mara, "Gern.")
    with pytest.raises(errors.TemplateNotExists):
        wa.send_template(mara, "nowhere", TemplateLanguage.GERMAN)
    with pytest.raises(errors.WhatsAppError):
        wa.send_message(mara, "x" * 5000)
    wa.get_business_phone_number()
    wa.get_business_phone_numbers()
    wa.get_business_account()
    wa.get_templates(pagination=Pagination(limit=4))
    wa.get_template(meta.DEMO_TEMPLATE)
    assert sent.id


@pytest.fixture
async def live(db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Live]:
    async with takt(db, variant.parts, tmp_path) as running:
        yield running


async def test_answers_are_as_the_platform_describes_them(live: Live, tmp_path: Path) -> None:
    env = live.env
    description = tmp_path / "meta.json"
    description.write_text(json.dumps(meta.pinned(meta.meant(), meta.ids(env), f"v{VERSION}", bodies=False)))
    names = {value: f"{{{name}}}" for name, value in meta.ids(env).items()}
    async with prism(description, live.url) as proxy:
        watched = Watched(proxy, names)
        with httpx.Client(transport=watched) as session:
            wa = WhatsApp(
                phone_id=env["TAKT_SENDER_OUTREACH"], token=env["TAKT_TOKEN"], session=session, server=None,
                waba_id=env["TAKT_WABA_ID"], api_version=VERSION,
            )  # fmt: skip
            await asyncio.to_thread(use, wa, env)
    assert sorted(watched.found - PRISM_KNOWN.keys()) == []
    assert sorted(PRISM_KNOWN.keys() - watched.found) == [], "known, but no longer so"
    assert sorted(watched.seen - set(meta.meant())) == []
