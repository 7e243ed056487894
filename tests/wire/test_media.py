"""Media on the wire: the webhook's object, addresses that we signed, sessions and handles."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from takt.core.content import File
from takt.core.media import OPUS
from takt.wire import media
from tests.world import NOW

FILE = File("600010000000001", "image/jpeg", "ab" * 32, 1234)


def test_the_object_in_a_webhook() -> None:
    shown = media.media_object(FILE, url="https://x.example/a", caption="Hallo")
    sha256 = base64.b64encode(bytes.fromhex("ab" * 32)).decode()
    assert shown == {
        "caption": "Hallo", "mime_type": "image/jpeg", "sha256": sha256, "id": FILE.media_id, "url": "https://x.example/a",
    }  # fmt: skip
    voice = media.media_object(File("6", OPUS, "ab" * 32, 1), url="u", voice=True)
    assert (voice["voice"], voice["mime_type"]) == (True, "audio/ogg; codecs=opus")
    document = media.media_object(File("6", "application/pdf", "ab" * 32, 1, "a.pdf"), url="u")
    assert document["filename"] == "a.pdf"
    assert "animated" not in document
    assert media.media_object(File("6", "image/webp", "ab" * 32, 1), url="u")["animated"] is False


def test_an_address_lives_five_minutes_and_is_ours() -> None:
    url = media.download_url("https://x.example", FILE.media_id, "key", NOW)
    assert url.startswith(f"https://x.example/{media.DOWNLOAD_PATH}/?")
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    mid, until, signature = query["mid"], query["ext"], query["hash"]
    assert media.is_valid(mid, "key", until, signature, NOW)
    assert media.is_valid(mid, "key", until, signature, NOW + timedelta(minutes=5))
    assert not media.is_valid(mid, "key", until, signature, NOW + timedelta(minutes=5, seconds=1))
    assert not media.is_valid(mid, "other", until, signature, NOW)
    assert not media.is_valid("600010000000002", "key", until, signature, NOW)
    assert not media.is_valid(mid, "key", str(int(until) + 1), signature, NOW)
    assert not media.is_valid(mid, "key", "later", signature, NOW)
    assert not media.is_valid(mid, "key", "9" * 400, signature, NOW)


def test_sessions_and_handles_come_back() -> None:
    assert media.parse_session_id(media.session_id(FILE.media_id)) == FILE.media_id
    assert media.parse_handle(media.handle(FILE)) == FILE.media_id
    assert media.handle(FILE).startswith("4::")


@given(st.text(max_size=60))
def test_no_text_breaks_them(text: str) -> None:
    for shown in (text, f"upload:{text}", f"4::{text}", f"4::aW1h:{text}"):
        media.parse_session_id(shown)
        media.parse_handle(shown)


UPDATES = Path(__file__).parent.parent / "data/cloud-api/message.json"


def test_keys_are_those_of_the_examples() -> None:
    def objects(one: Any) -> list[dict[str, Any]]:
        if isinstance(one, dict):
            inner = [found for value in one.values() for found in objects(value)]
            return [one, *inner] if "mime_type" in one else inner
        return [found for value in one for found in objects(value)] if isinstance(one, list) else []

    known = {"caption", "filename", "mime_type", "sha256", "id", "url", "voice", "animated"}
    assert {key for one in objects(json.loads(UPDATES.read_text())) for key in one} == known
