"""Media as the Cloud API writes them: in webhooks, in answers, as download addresses, sessions and handles.

A download address is signed with the medium's own key, so it says which medium, until when, and that we made it; it
opens nothing without the company's token.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from takt.core.content import File

URL_LIFE: Final = timedelta(minutes=5)
DOWNLOAD_PATH: Final = "whatsapp_business/attachments"
SESSION_PREFIX: Final = "upload:"
HANDLE_PREFIX: Final = "4::"
HANDLE_CHARS_MAX: Final = 512

_SESSION: Final = "1:attachment:"


def media_object(file: File, *, url: str, caption: str | None = None, voice: bool | None = None) -> dict[str, Any]:
    """The object in a webhook, under the kind's name. `voice` is given for audio and for nothing else."""
    shown: dict[str, Any] = {
        "caption": caption,
        "filename": file.filename if _is_document(file) else None,
        "mime_type": file.mime_type,
        "sha256": base64.b64encode(bytes.fromhex(file.sha256)).decode(),
        "id": file.media_id,
        "url": url,
        "voice": voice,
        "animated": file.animated if file.mime_type == "image/webp" else None,
    }
    return {name: told for name, told in shown.items() if told is not None}


def media_node(file: File, url: str) -> dict[str, Any]:
    """The answer to `GET /{media}`."""
    return {
        "messaging_product": "whatsapp",
        "url": url,
        "mime_type": file.mime_type,
        "sha256": file.sha256,
        "file_size": file.size,
        "id": file.media_id,
    }


def download_url(origin: str, media_id: str, url_key: str, now: datetime) -> str:
    """Where the bytes can be fetched for five minutes; `origin` is scheme and host, such as `https://graph.example`."""
    until = int((now + URL_LIFE).timestamp())
    query = {"mid": media_id, "ext": str(until), "hash": _signature(media_id, url_key, until)}
    return f"{origin.rstrip('/')}/{DOWNLOAD_PATH}/?{urlencode(query)}"


def is_valid(media_id: str, url_key: str, until: str, signature: str, now: datetime) -> bool:
    """Whether these parameters are those of an address that we made and that still lives."""
    if not (until.isascii() and until.isdigit() and len(until) <= 12) or int(until) < now.timestamp():
        return False
    return hmac.compare_digest(_signature(media_id, url_key, int(until)).encode(), signature.encode())


def session_id(media_id: str) -> str:
    """The id of an upload that is gone on with."""
    return SESSION_PREFIX + base64.urlsafe_b64encode(f"{_SESSION}{media_id}".encode()).decode().rstrip("=")


def parse_session_id(text: str) -> str | None:
    """The medium behind such an id, or None."""
    inner = _decoded(text.removeprefix(SESSION_PREFIX)) if text.startswith(SESSION_PREFIX) else None
    return inner.removeprefix(_SESSION) if inner is not None and inner.startswith(_SESSION) else None


def handle(file: File) -> str:
    """The handle of a finished upload, for template examples and profile pictures."""
    words = [base64.b64encode(word.encode()).decode() for word in (file.mime_type, file.media_id)]
    return HANDLE_PREFIX + ":".join(words)


def parse_handle(text: str) -> str | None:
    """The medium behind a handle, or None."""
    words = text.removeprefix(HANDLE_PREFIX).split(":")
    if not text.startswith(HANDLE_PREFIX) or len(text) > HANDLE_CHARS_MAX or len(words) != 2:
        return None
    return _decoded(words[1])


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_").decode("ascii")
    except (binascii.Error, ValueError):
        return None


def _is_document(file: File) -> bool:
    return not file.mime_type.startswith(("image/", "audio/", "video/"))


def _signature(media_id: str, url_key: str, until: int) -> str:
    return hmac.new(url_key.encode(), f"{media_id}.{until}".encode(), "sha256").hexdigest()
