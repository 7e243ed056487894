"""Media at the Cloud API's door: upload, look up, download, delete, and uploads that are gone on with."""

from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takt.clock import CLOCK
from takt.core.ids import slot_of_node
from takt.core.media import INBOX_LIFE
from takt.store import media
from takt.store.media import Use
from takt.store.pool import transaction
from tests import samples
from tests.cloud import APP_ID, FOREIGN, FOREIGN_APP, POOR, TOKEN, Cloud, open_cloud
from tests.world import World

SENDER = "100493023125001"
PRODUCT = {"messaging_product": "whatsapp"}


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


async def upload(cloud: Cloud, raw: bytes, mime_type: str | None, token: str = TOKEN, **fields: str) -> httpx.Response:
    return await cloud.call(
        "POST", f"/v24.0/{SENDER}/media", token, files={"file": ("Datei.bin", raw, mime_type or "")},
        data={**PRODUCT, **({"type": mime_type} if mime_type else {}), **fields},
    )  # fmt: skip


async def media_id(cloud: Cloud, raw: bytes = samples.JPEG, mime_type: str = "image/jpeg") -> str:
    answer = await upload(cloud, raw, mime_type)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def error(answer: httpx.Response, code: int, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    told = answer.json()["error"]
    assert told["code"] == code
    return str(told["error_data"]["details"])


async def test_what_is_uploaded_comes_back(cloud: Cloud, world: World) -> None:
    raw = samples.JPEG + bytes(range(256)) * 4000
    name = await media_id(cloud, raw)
    assert len(name) == 15
    shown = (await cloud.get(f"/v24.0/{name}")).json()
    url = shown.pop("url")
    assert shown == {
        "messaging_product": "whatsapp", "mime_type": "image/jpeg", "sha256": sha256(raw).hexdigest(),
        "file_size": len(raw), "id": name,
    }  # fmt: skip
    assert url.startswith("https://graph.example/whatsapp_business/attachments/?mid=")
    whole = await cloud.get(url)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, raw, "image/jpeg")
    assert whole.headers["content-length"] == str(len(raw))
    assert whole.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=262100-262200", 262100, 262201), ("bytes=999000-", 999000, 1_000_211),
     ("bytes=-11", 1_000_200, 1_000_211), ("bytes=-9999999", 0, 1_000_211), ("bytes=5-99999999", 5, 1_000_211)],
)  # fmt: skip
async def test_a_range_is_a_part(cloud: Cloud, asked: str, start: int, end: int) -> None:
    raw = samples.JPEG + b"".join(number.to_bytes(4, "big") for number in range(250_000))
    assert len(raw) == 1_000_211
    url = (await cloud.get(f"/{await media_id(cloud, raw)}")).json()["url"]
    part = await cloud.call("GET", url, headers={"Range": asked})
    assert (part.status_code, part.content) == (206, raw[start:end])
    assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(raw)}"


async def test_ranges_that_are_none(cloud: Cloud) -> None:
    url = (await cloud.get(f"/{await media_id(cloud)}")).json()["url"]
    for asked in ("bytes=999999-", "bytes=-0"):
        answer = await cloud.call("GET", url, headers={"Range": asked})
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(samples.JPEG)}")
    for asked in ("bytes=0-1,5-6", "lines=1-2", "bytes=9-2", "bytes=-"):
        assert (await cloud.call("GET", url, headers={"Range": asked})).status_code == 200
    stale = await cloud.call("GET", url, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert stale.status_code == 200


async def test_an_address_needs_its_token_its_time_and_its_signature(
    cloud: Cloud, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = (await cloud.get(f"/{await media_id(cloud)}")).json()["url"]
    assert (await cloud.get(url, token=None)).status_code == 404
    assert (await cloud.get(url, token="wrong")).status_code == 404
    assert (await cloud.get(url, token=FOREIGN)).status_code == 404
    assert (await cloud.get(url[:-1] + ("0" if url[-1] != "0" else "1"))).status_code == 404
    assert (await cloud.get("/whatsapp_business/attachments/?mid=x")).status_code == 404
    assert (await cloud.get(url)).status_code == 200
    real = CLOCK.now()
    monkeypatch.setattr(CLOCK, "now", lambda: real + timedelta(minutes=6))
    assert "five minutes" in error(await cloud.get(url), 100, 404)


@pytest.mark.parametrize(
    ("raw", "mime_type", "says"),
    [
        (samples.PNG, "image/jpeg", "file is called image/jpeg, but its bytes are image/png"),
        (b"MZ\x90\x00", "image/jpeg", "file is called image/jpeg, but its bytes are something else"),
        (samples.opus(2), "audio/ogg", "file must have one channel, not 2"),
        (b"", "image/jpeg", "image/jpeg"),
        (samples.JPEG + b"x" * (5 * 1024 * 1024), "image/jpeg", "file must have at most 5242880 bytes"),
        (samples.webp() + b"x" * 102_400, "image/webp", "file must have at most 102400 bytes"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_and_leaves_nothing(
    cloud: Cloud, world: World, raw: bytes, mime_type: str, says: str
) -> None:
    assert says in error(await upload(cloud, raw, mime_type), 131053)
    assert (await world.count("media"), await world.count("media_chunk")) == (0, 0)


async def test_forms_that_lack_something(cloud: Cloud, world: World) -> None:
    path = f"/v24.0/{SENDER}/media"
    answer = await cloud.call("POST", path, files={"file": ("a", samples.PNG, "image/png")})
    assert error(answer, 100) == "messaging_product must be whatsapp"
    assert error(await cloud.call("POST", path, data=PRODUCT, files={"f": ("a", b"", "")}), 100) == "file is required"
    assert "multipart" in error(await cloud.call("POST", path, json=PRODUCT), 100)
    two = [("file", ("a", samples.PNG, "image/png")), ("file", ("b", samples.PNG, "image/png"))]
    assert error(await cloud.call("POST", path, data=PRODUCT, files=two), 100) == "file must be one file"
    long = await upload(cloud, samples.PNG, "image/png", more="x" * 2000)
    assert error(long, 100) == "more must have at most 1024 bytes"
    assert await world.count("media") == 0
    assert (await upload(cloud, samples.PNG, None)).status_code == 200, "the bytes say what they are"
    assert (await upload(cloud, samples.PNG, "image/png", ttl_minutes="60")).status_code == 200


async def test_others_have_nothing_of_it(cloud: Cloud) -> None:
    name = await media_id(cloud)
    for method in ("GET", "DELETE"):
        error(await cloud.call(method, f"/{name}", FOREIGN), 100)
        error(await cloud.call(method, f"/{name}", POOR), 200, 403)
        error(await cloud.call(method, f"/{name}?phone_number_id=100493023125002"), 100)
        error(await cloud.call(method, f"/{name}?phone_number_id=1"), 100)
    error(await upload(cloud, samples.PNG, "image/png", FOREIGN), 100)
    error(await upload(cloud, samples.PNG, "image/png", POOR), 200, 403)
    error(await cloud.get("/600010000000001"), 100)
    error(await cloud.call("POST", f"/{name}"), 100)
    assert (await cloud.get(f"/{name}", phone_number_id=SENDER)).status_code == 200


async def test_a_deleted_medium_stays_for_who_got_it(cloud: Cloud, world: World) -> None:
    unused, used = await media_id(cloud), await media_id(cloud, samples.PNG, "image/png")
    part = world.site.part_of(slot_of_node(used) or 0)
    async with transaction(world.site.pool(part)) as conn:
        assert await media.keep(conn, part, used, CLOCK.now(), CLOCK.now() + INBOX_LIFE)
    for name in (unused, used):
        assert (await cloud.call("DELETE", f"/{name}")).json() == {"success": True}
        error(await cloud.get(f"/{name}"), 100)
    rows = await world.rows("SELECT media_id FROM media WHERE part = any($1) AND expires_at > now()", world.site.parts)
    assert rows == [(used,)]


async def test_the_company_has_what_a_person_sent_for_seven_days(
    cloud: Cloud, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await world.add_person("491713920001")
    name = await media_id(cloud)
    brought = await bring(world, person.recipient_id, person.part, name)
    error(await cloud.get(f"/{brought}"), 100)
    async with transaction(world.site.pool(person.part)) as conn:
        use = Use(person.recipient_id, brought, CLOCK.new_id(), world.business.business_id)
        await media.note_uses(conn, person.part, [use], CLOCK.now(), CLOCK.now() + INBOX_LIFE)
    assert (await cloud.get(f"/{brought}")).json()["mime_type"] == "image/jpeg"
    error(await cloud.get(f"/{brought}", FOREIGN), 100)
    error(await cloud.call("DELETE", f"/{brought}"), 100)
    real = CLOCK.now()
    monkeypatch.setattr(CLOCK, "now", lambda: real + timedelta(days=7, seconds=1))
    error(await cloud.get(f"/{brought}"), 100)


async def bring(world: World, recipient_id: UUID, part: int, like: str) -> str:
    """A medium of the person's, with the bytes of another one."""
    slot = next(slot for slot in range(4096) if world.site.part_of(slot) == part)
    name = f"6{slot:04}0000000001"
    at = CLOCK.now()
    await world.execute(
        "INSERT INTO media (part, media_id, state, recipient_id, url_key, mime_type, size, received, sha256, created_at,"
        " served_until, expires_at) SELECT $2, $3, state, $4, url_key, mime_type, size, received, sha256, $5, $5, $6"
        " FROM media WHERE part = any($1) AND media_id = $7",
        world.site.parts, part, name, recipient_id, at, at + timedelta(days=1), like,
    )  # fmt: skip
    return name


async def begin(cloud: Cloud, raw: bytes, mime_type: str = "image/jpeg", **more: Any) -> str:
    answer = await cloud.call(
        "POST", f"/v24.0/{APP_ID}/uploads?file_name=Bild.jpg&file_length={len(raw)}&file_type={mime_type}", **more
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def test_an_upload_is_gone_on_with(cloud: Cloud, world: World) -> None:
    raw = samples.JPEG + b"".join(number.to_bytes(3, "big") for number in range(200_000))
    session = await begin(cloud, raw)
    assert session.startswith("upload:")
    assert (await cloud.get(f"/v24.0/{session}")).json() == {"id": session, "file_offset": 0}
    first = await cloud.call("POST", f"/{session}", content=raw[:300_000], headers={"file_offset": "0"})
    assert first.json() == {"id": session, "file_offset": 300_000}
    assert (await cloud.get(f"/{session}")).json()["file_offset"] == 300_000
    beyond = await cloud.call("POST", f"/{session}", content=b"x", headers={"file_offset": "300001"})
    assert "at most 300000" in error(beyond, 100)
    rest = await cloud.call("POST", f"/{session}", content=raw[299_999:], headers={"file_offset": "299999"})
    handle = rest.json()["h"]
    assert handle.startswith("4::")
    again = await cloud.call("POST", f"/{session}", content=b"", headers={"file_offset": str(len(raw))})
    assert again.json() == {"h": handle}
    rows = await world.rows(
        "SELECT sha256, size, mime_type, filename FROM media WHERE part = any($1)", world.site.parts
    )
    assert rows == [(sha256(raw).digest(), len(raw), "image/jpeg", "Bild.jpg")]
    [(body,)] = await world.rows(
        "SELECT string_agg(body, '' ORDER BY number) FROM media_chunk WHERE part = any($1)", world.site.parts
    )
    assert body == raw


async def test_an_upload_that_is_something_else_is_given_up(cloud: Cloud, world: World) -> None:
    session = await begin(cloud, samples.PNG)
    assert "image/png" in error(await cloud.call("POST", f"/{session}", content=samples.PNG), 131053)
    assert (await world.count("media"), await world.count("media_chunk")) == (0, 0)
    error(await cloud.get(f"/{session}"), 100)
    session = await begin(cloud, samples.JPEG)
    assert "more bytes came" in error(await cloud.call("POST", f"/{session}", content=samples.JPEG + b"x"), 100)


async def test_only_one_request_writes_at_a_time(cloud: Cloud, world: World) -> None:
    session = await begin(cloud, samples.JPEG)
    await world.execute(
        "UPDATE media SET writer = 'somebody', writer_until = now() + interval '1 minute' WHERE part = any($1)",
        world.site.parts,
    )
    assert "another request" in error(await cloud.call("POST", f"/{session}", content=samples.JPEG), 100)
    await world.execute("UPDATE media SET writer_until = now() WHERE part = any($1)", world.site.parts)
    assert "h" in (await cloud.call("POST", f"/{session}", content=samples.JPEG)).json()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("file_name=a&file_length=5", "file_type"), ("file_length=5&file_type=text/html", "file_type"),
        ("file_type=image/png", "file_length"), ("file_length=0&file_type=image/png", "file_length"),
        ("file_length=99999999&file_type=image/png", "5242880"), ("file_length=x&file_type=image/png", "file_length"),
    ],
)  # fmt: skip
async def test_sessions_that_cannot_be(cloud: Cloud, query: str, names: str) -> None:
    assert names in error(await cloud.call("POST", f"/{APP_ID}/uploads?{query}"), 100)


async def test_sessions_of_others(cloud: Cloud) -> None:
    error(await cloud.call("POST", f"/{FOREIGN_APP}/uploads?file_length=5&file_type=image/png"), 100)
    session = await begin(cloud, samples.JPEG)
    error(await cloud.get(f"/{session}", FOREIGN), 100)
    error(await cloud.get("/upload:MTphdHRhY2htZW50OnVua25vd24"), 100)
    error(await cloud.get("/upload:xyz"), 100)
    error(await cloud.call("DELETE", f"/{session}"), 100)
    assert (
        await cloud.call("GET", f"/{session}", None, headers={"Authorization": f"OAuth {TOKEN}"})
    ).status_code == 200


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content_type=st.sampled_from(["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""]),
    body=st.binary(max_size=300),
    prefix=st.sampled_from([b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n']),
)
async def test_no_body_breaks_an_upload(cloud: Cloud, content_type: str, body: bytes, prefix: bytes) -> None:
    answer = await cloud.call("POST", f"/{SENDER}/media", content=prefix + body, headers={"Content-Type": content_type})
    assert answer.status_code < 500, answer.text


async def test_addresses_name_the_host_that_the_client_used(cloud: Cloud) -> None:
    name = await media_id(cloud)
    url = (await cloud.call("GET", f"/{name}", headers={"Host": "other.example:8443"})).json()["url"]
    assert urlsplit(url).netloc == "other.example:8443"
