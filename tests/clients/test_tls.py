"""Clients that know one host only: TLS under its name with a private authority, ended by an operator's proxy before Takt.

pywa and Kapso go to https://graph.facebook.com as they do by themselves; only where that is has been changed, as an
entry in a hosts file does. Addresses in answers must then lie on the host that the client used.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from pywa import WhatsApp
from pywa.types.others import Pagination
from pywa.types.templates import BodyText, TemplateLanguage

from tests import samples
from tests.certificates import Authority
from tests.databases import Variant
from tests.live import Live, takt
from tests.programs import SCRIPTS, Refused, kapso
from tests.receiver import listening

HOST = "graph.facebook.com"
THERE = f"https://{HOST}/"
FLOW = "500493023125001"


class Front(NamedTuple):
    """Takt behind an operator's proxy: the port of the proxy, and the authority that its certificate is of."""

    live: Live
    port: int
    authority: Path

    @property
    def env(self) -> dict[str, str]:
        return self.live.env


class Resolved(httpx.HTTPTransport):
    """Goes to a port of this machine for every host; name of the certificate and `Host` stay what they are."""

    def __init__(self, port: int, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted)
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = request.url.host
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return super().handle_request(request)


@asynccontextmanager
async def proxied(url: str, certificate: Path, key: Path) -> AsyncIterator[int]:
    """What an operator puts in front: ends TLS, says so, and passes one request per connection on; its port."""
    to = urlsplit(url)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        inner_reader, inner_writer = await asyncio.open_connection(to.hostname, to.port)
        inner_writer.write(forwarded(head))
        request = asyncio.create_task(pump(reader, inner_writer))
        try:
            await pump(inner_reader, writer)
        finally:
            request.cancel()
            inner_writer.close()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    async with listening(pass_on, tls) as address:
        port = urlsplit(address).port
        assert port is not None
        yield port


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(1 << 16):
        writer.write(block)
        await writer.drain()


def forwarded(head: bytes) -> bytes:
    """A request's head as the proxy passes it on: Takt is told scheme and host, and named by its own."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    host = next(line.partition(b":")[2].strip() for line in lines if line.lower().startswith(b"host:"))
    kept = [line for line in lines if not line.lower().startswith((b"host:", b"connection:"))]
    said = [b"Host: takt.internal", b"Connection: close", b"X-Forwarded-Proto: https", b"X-Forwarded-Host: " + host]
    return b"\r\n".join([first, *said, *kept]) + b"\r\n\r\n"


@pytest.fixture
async def front(db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Front]:
    authority = Authority(tmp_path)
    async with takt(db, variant.parts, tmp_path) as live, proxied(live.url, *authority.certify(HOST)) as port:
        yield Front(live, port, authority.file)


async def test_pywa_finds_takt_under_the_only_name_it_knows(front: Front) -> None:
    env = front.env
    trusted = ssl.create_default_context(cafile=str(front.authority))
    with httpx.Client(transport=Resolved(front.port, trusted)) as session:
        wa = WhatsApp(
            phone_id=env["TAKT_SENDER_OUTREACH"], token=env["TAKT_TOKEN"], session=session, server=None,
            waba_id=env["TAKT_WABA_ID"],
        )  # fmt: skip
        order = [BodyText.params("Mara", "4711")]
        sent = await asyncio.to_thread(
            wa.send_template, env["TAKT_USER_MARA"], "order_update", TemplateLanguage.GERMAN, order
        )
        assert sent.id.startswith("wamid.")
        numbers = await asyncio.to_thread(wa.get_business_phone_numbers, pagination=Pagination(limit=1))
        assert [one.id for one in await asyncio.to_thread(numbers.next)] == [env["TAKT_SENDER_SUPPORT"]]
        page = (
            await asyncio.to_thread(
                session.get, f"{wa.api._session.base_url}{env['TAKT_WABA_ID']}/phone_numbers?limit=1"
            )
        ).json()
        assert page["paging"]["next"].startswith(THERE)


async def test_addresses_of_media_and_pictures_lie_on_the_host_that_the_client_knows(front: Front) -> None:
    """And they lead where they should: what is there is fetched by the same name."""
    env, raw = front.env, samples.JPEG
    trusted = ssl.create_default_context(cafile=str(front.authority))
    with httpx.Client(transport=Resolved(front.port, trusted)) as session:
        wa = WhatsApp(
            phone_id=env["TAKT_SENDER_OUTREACH"], token=env["TAKT_TOKEN"], session=session, server=None,
            waba_id=env["TAKT_WABA_ID"], app_id=env["TAKT_APP_ID"], app_secret=env["TAKT_APP_SECRET"],
        )  # fmt: skip
        medium = await asyncio.to_thread(wa.upload_media, raw, "image/jpeg", "Bild.jpg")
        url = (await asyncio.to_thread(wa.get_media_url, medium.id)).url
        assert url.startswith(THERE)
        assert await asyncio.to_thread(wa.get_media_bytes, url) == raw
        link = await asyncio.to_thread(wa.create_qr_code, "Moin", "PNG")
        assert link.qr_image_url is not None
        assert link.qr_image_url.startswith(THERE)
        assert (await asyncio.to_thread(session.get, link.qr_image_url)).content.startswith(b"\x89PNG")
        preview = (await asyncio.to_thread(wa.get_flow, FLOW, invalidate_preview=False)).preview
        assert preview is not None
        assert preview.url.startswith(THERE)
        assert "screens" in (await asyncio.to_thread(session.get, preview.url)).json()


async def test_kapso_finds_takt_under_the_only_name_it_knows(front: Front) -> None:
    env = front.env
    trust = {
        "NODE_OPTIONS": f"--require={SCRIPTS / 'resolve.cjs'}", "NODE_EXTRA_CA_CERTS": str(front.authority),
        "TAKT_RESOLVE": f"{HOST}={front.port}",
    }  # fmt: skip
    async with kapso(None, env["TAKT_TOKEN"], trust) as client:
        first = await client.call("templates.list", {"businessAccountId": env["TAKT_WABA_ID"], "limit": 5})
        assert first["paging"]["next"].startswith(THERE)
        second = await client.call("fetch", {"url": first["paging"]["next"]})
        assert len({one["id"] for one in first["data"] + second["data"]}) == 9
        linked = await client.call("request", {"method": "GET", "path": f"{env['TAKT_WABA_ID']}/subscribed_apps"})
        assert [one["whatsappBusinessApiData"]["link"].startswith(THERE) for one in linked["data"]] == [True]
        given = {"phoneNumberId": env["TAKT_SENDER_OUTREACH"], "to": env["TAKT_USER_MARA"], "template": {
            "name": "hello_world", "language": {"code": "en_US"}}}  # fmt: skip
        assert (await client.call("messages.sendTemplate", given))["messages"][0]["id"].startswith("wamid.")


async def test_a_stranger_authority_is_not_trusted(front: Front) -> None:
    """The proof that the tests above rest on the certificate."""
    trust = {"NODE_OPTIONS": f"--require={SCRIPTS / 'resolve.cjs'}", "TAKT_RESOLVE": f"{HOST}={front.port}"}
    async with kapso(None, front.env["TAKT_TOKEN"], trust) as client:
        with pytest.raises(Refused, match=r"unable to verify|self-signed"):
            await client.call("templates.list", {"businessAccountId": front.env["TAKT_WABA_ID"]})
