"""Media on a person's device: what they bring, what is in their inbox, and what is not theirs."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from urllib.parse import urlsplit

import pytest

from takt.actions.media import UNSENT_EACH_MAX
from takt.clock import CLOCK
from takt.core.ids import slot_of_node
from takt.core.media import INBOX_LIFE
from takt.store import media, numbers
from takt.store.media import Use
from takt.store.pool import transaction
from tests import samples
from tests.device import Device, Messenger, ok, open_messenger, refused
from tests.world import NOW, World


@pytest.fixture
async def messenger(world: World) -> AsyncIterator[Messenger]:
    async with open_messenger(world) as opened:
        yield opened


@pytest.fixture
async def mara(messenger: Messenger) -> AsyncIterator[Device]:
    async with messenger.device(await messenger.person(part=len(messenger.world.site.parts) - 1)) as device:
        yield device


async def note(world: World, device: Device, media_id: str) -> None:
    async with transaction(world.site.pool(device.person.part)) as conn:
        use = Use(device.recipient_id, media_id, CLOCK.new_id(), world.business.business_id)
        await media.note_uses(conn, device.person.part, [use], NOW, NOW + INBOX_LIFE)


@pytest.mark.parametrize(
    ("raw", "content_type", "mime_type", "kind"),
    [
        (samples.JPEG, "image/jpeg", "image/jpeg", "image"), (samples.PNG, "", "image/png", "image"),
        (samples.webp(), "image/webp", "image/webp", "sticker"), (samples.webp(90), "", "image/webp", "document"),
        (samples.opus(), "audio/ogg", "audio/ogg; codecs=opus", "audio"), (samples.MP4, "video/mp4", "video/mp4", "video"),
        (samples.PDF, "application/pdf", "application/pdf", "document"),
        (b"<script>", "text/html", "text/html", "document"),
    ],
)  # fmt: skip
async def test_a_person_brings_a_file(
    mara: Device, world: World, raw: bytes, content_type: str, mime_type: str, kind: str
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await ok(await mara.http.post("/media?filename=../Bild%20Ü.x", content=raw, headers=headers))
    name = answer["id"]
    assert answer == {
        "id": name, "mime_type": mime_type, "sha256": sha256(raw).hexdigest(), "size": len(raw), "kind": kind,
    }  # fmt: skip
    assert world.site.part_of(slot_of_node(name) or 0) == mara.person.part, "it lies where the person does"
    shown = await mara.http.get(f"/media/{name}")
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, raw, mime_type)
    way = "attachment" if mime_type in ("application/pdf", "text/html") else "inline"
    assert shown.headers["content-disposition"] == f"{way}; filename=\"Bild _.x\"; filename*=UTF-8''Bild%20%C3%9C.x"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert shown.headers["cache-control"].startswith("private, max-age=")
    again = await mara.http.get(f"/media/{name}", headers={"If-None-Match": shown.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = await mara.http.get(f"/media/{name}", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, raw[2:5])
    head = await mara.http.head(f"/media/{name}")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(raw)))


async def test_nobody_else_sees_it(mara: Device, messenger: Messenger, world: World) -> None:
    name = (await ok(await mara.http.post("/media", content=samples.PNG)))["id"]
    async with messenger.device(await messenger.person(1)) as other:
        await note(world, other, "600010000000001")
        await refused(await other.http.get(f"/media/{name}"), 404, "unknown_media", "media")
        await note(world, other, name)
        assert (await other.http.get(f"/media/{name}")).content == samples.PNG, "in the inbox it is theirs, too"
    await refused(await mara.http.get("/media/600010000000001"), 404, "unknown_media", "media")
    await refused(await mara.http.get("/media/x"), 404, "unknown_media", "media")
    async with messenger.browser() as stranger:
        assert (await stranger.get(f"/media/{name}")).status_code == 401
        assert (await stranger.post("/media", content=samples.PNG)).status_code == 401


async def test_a_picture_of_a_sender_is_seen_by_everybody(mara: Device, messenger: Messenger, world: World) -> None:
    name = (await ok(await mara.http.post("/media", content=samples.PNG)))["id"]
    async with messenger.browser() as stranger:
        assert (await stranger.get(f"/media/{name}")).status_code == 401
        async with transaction(world.site.everywhere) as conn:
            await numbers.set_picture(conn, world.support.sender_id, name)
            await world.reference.fresh(conn)
        shown = await stranger.get(f"/media/{name}")
        assert (shown.status_code, shown.content) == (200, samples.PNG)
        assert (await stranger.get("/media/600010000000001")).status_code == 401


async def test_what_does_not_fit_leaves_nothing(mara: Device, world: World) -> None:
    large = await mara.http.post("/media", content=samples.PNG + b"x" * (5 * 1024 * 1024))
    assert "5242880" in await refused(large, 413, "too_large", "file")
    wrong = await mara.http.post("/media", content=samples.PNG, headers={"Content-Type": "image/jpeg"})
    assert "image/png" in await refused(wrong, 400, "invalid", "file")
    await refused(await mara.http.post("/media", content=b""), 400, "invalid", "file")
    assert (await world.count("media"), await world.count("media_chunk")) == (0, 0)


async def test_an_upload_that_is_cut_off_leaves_nothing(mara: Device, messenger: Messenger, world: World) -> None:
    where = urlsplit(messenger.url)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(
        f"POST /device/v1/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {mara.token}\r\n"
        f"Content-Length: 9000000\r\n\r\n".encode()
    )
    writer.write(samples.MP4 + b"x" * 1_000_000)
    await writer.drain()
    async with asyncio.timeout(30):
        while not await world.count("media_chunk"):
            await asyncio.sleep(0.02)
        writer.close()
        while await world.count("media") or await world.count("media_chunk"):
            await asyncio.sleep(0.02)


async def test_who_brings_much_and_sends_nothing_must_wait(mara: Device, world: World) -> None:
    name = (await ok(await mara.http.post("/media", content=samples.PNG)))["id"]
    await world.execute(
        "INSERT INTO media (part, media_id, recipient_id, url_key, mime_type, size, created_at, served_until, expires_at)"
        " SELECT part, '6' || lpad(n::text, 14, '0'), recipient_id, n::text, '', 0, created_at, served_until, expires_at"
        " FROM media, generate_series(1, $2) n WHERE part = $1 AND media_id = $3",
        mara.person.part, UNSENT_EACH_MAX - 1, name,
    )  # fmt: skip
    full = await mara.http.post("/media", content=samples.PNG)
    await refused(full, 429, "too_many")
    assert full.headers["retry-after"] == "60"
    await note(world, mara, name)
    await ok(await mara.http.post("/media", content=samples.PNG))
    [(used, expires_at)] = await world.rows(
        "SELECT used, expires_at FROM media WHERE part = $1 AND media_id = $2", mara.person.part, name
    )
    assert (used, expires_at) == (True, NOW + INBOX_LIFE)
