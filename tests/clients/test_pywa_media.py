"""pywa's media calls against the whole of Takt: upload, address, bytes, deletion, and uploads that are gone on with."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from pywa import errors

from tests import samples
from tests.clients.pywa_company import BOTH, do, opened
from tests.databases import Variant
from tests.live import Live, takt

MIB = 1024 * 1024


@pytest.fixture
async def live(db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Live]:
    async with takt(db, variant.parts, tmp_path) as made:
        yield made


@pytest.fixture
async def wa(sort: str, live: Live) -> AsyncIterator[Any]:
    async with opened(sort, live) as made:
        yield made


@BOTH
async def test_a_file_goes_up_and_down_and_away(wa: Any, tmp_path: Path) -> None:
    raw = samples.JPEG + bytes(range(256)) * 3000
    media = await do(wa.upload_media, raw, "image/jpeg", "Bild.jpg")
    url = await do(wa.get_media_url, media.id)
    assert (url.id, url.mime_type, url.sha256, url.file_size) == (
        media.id, "image/jpeg", sha256(raw).hexdigest(), len(raw),
    )  # fmt: skip
    assert await do(wa.get_media_bytes, url.url) == raw
    path = await do(wa.download_media, url=url.url, path=tmp_path)
    assert path.read_bytes() == raw
    assert b"".join(await streamed(wa, url.url)) == raw
    assert await do(wa.delete_media, media.id)
    with pytest.raises(errors.WhatsAppError):
        await do(wa.get_media_url, media.id)


async def streamed(wa: Any, url: str) -> list[bytes]:
    """The pieces that either client streams."""
    pieces = wa.stream_media(url)
    if hasattr(pieces, "__aiter__"):
        return [piece async for piece in pieces]
    return await do(list, pieces)  # type: ignore[no-any-return]


@BOTH
async def test_a_file_of_another_kind_is_the_clients_own_class(wa: Any) -> None:
    with pytest.raises(errors.MediaUploadError) as refused:
        await do(wa.upload_media, samples.PNG, "image/jpeg", "Bild.jpg")
    assert refused.value.code == 131053
    assert "image/png" in (refused.value.details or "")


@BOTH
async def test_an_upload_in_two_goes(wa: Any, live: Live) -> None:
    api, raw = wa.api, samples.PDF + b"x" * 400_000
    made = await do(api.create_upload_session, live.env["TAKT_APP_ID"], "a b.pdf", len(raw), "application/pdf")
    await do(api.upload_file, made["id"], raw[:150_000])
    assert (await do(api.get_upload_session, made["id"]))["file_offset"] == 150_000
    done = await do(api.upload_file, made["id"], raw[150_000:], 150_000)
    assert done["h"].startswith("4::")


async def test_media_lie_where_the_setting_says(db: str, variant: Variant, tmp_path: Path) -> None:
    room = tmp_path / "media"
    async with takt(db, variant.parts, tmp_path, TAKT_MEDIA=f"directory:{room}") as (url, env):
        headers = {"Authorization": f"Bearer {env['TAKT_DEVICE_MARA']}"}
        async with httpx.AsyncClient(base_url=f"{url}/device/v1", headers=headers) as device:
            name = (await device.post("/media", content=samples.PNG)).json()["id"]
            assert (await device.get(f"/media/{name}")).content == samples.PNG
    assert [one.read_bytes() for one in room.rglob("*") if one.is_file()] == [samples.PNG]


def resident_bytes() -> int:
    match = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert match is not None
    return int(match.group(1)) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
async def test_a_hundred_megabytes_pass_through_a_little_memory(live: Live) -> None:
    """Server and client are this one process, so what both hold is counted."""
    before, highest, size = resident_bytes(), 0, 100 * MIB

    async def watch() -> None:
        nonlocal highest
        while True:
            highest = max(highest, resident_bytes())
            await asyncio.sleep(0.02)

    def up_and_down() -> int:
        with httpx.Client(base_url=live.url, timeout=60) as client:
            client.headers["Authorization"] = f"Bearer {live.env['TAKT_TOKEN']}"
            kind = {"Content-Type": "multipart/form-data; boundary=cut"}
            path = f"/{live.env['TAKT_SENDER_OUTREACH']}/media"
            answer = client.post(path, content=_form(size), headers=kind)
            assert answer.status_code == 200, answer.text
            url = client.get(f"/{answer.json()['id']}").json()["url"]
            with client.stream("GET", url) as response:
                return sum(len(piece) for piece in response.iter_bytes())

    watching = asyncio.create_task(watch())
    got = await asyncio.to_thread(up_and_down)
    watching.cancel()
    assert got == size
    assert highest - before < 40 * MIB


def _form(size: int) -> Iterator[bytes]:
    """A document of that size, made while it is sent, with the fields that go with it."""
    yield b'--cut\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n'
    yield b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-'
    left = size - len(b"%PDF-")
    while left:
        yield b"." * min(left, 65536)
        left -= min(left, 65536)
    yield b'\r\n--cut\r\nContent-Disposition: form-data; name="type"\r\n\r\napplication/pdf\r\n--cut--\r\n'
