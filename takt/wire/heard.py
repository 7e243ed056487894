"""What a person said, as a webhook tells it to the company: the message's type and its object.

Shapes: Cloud API reference, "Inbound message".
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from takt.core.content import (
    CallReply,
    ContactsContent,
    File,
    Files,
    FormReply,
    LocationContent,
    MediaContent,
    OrderContent,
    Press,
    ReactionContent,
    Reply,
    Said,
    TextContent,
)
from takt.core.value import value

CALL_PERMISSION: Final = timedelta(days=7)


@value
class Heard:
    """Type and object of a message in a webhook."""

    kind: str
    content: Any


def heard(said: Said, files: Files, media_urls: Mapping[str, str], at: datetime) -> Heard:
    """What to tell of a content; `media_urls` are where the company gets the media, by id."""
    match said:
        case TextContent():
            return Heard("text", {"body": said.body})
        case Press():
            return Heard("button", {"payload": said.payload, "text": said.text})
        case Reply() | FormReply() | CallReply():
            return Heard("interactive", _interactive(said, at))
        case MediaContent():
            return Heard(said.kind, _medium(said, files[said.source], media_urls))
        case _:
            return _plain(said)


def _plain(said: LocationContent | ContactsContent | ReactionContent | OrderContent) -> Heard:
    match said:
        case LocationContent():
            point = {"latitude": said.latitude, "longitude": said.longitude}
            return Heard("location", {**point, **_present({"name": said.name, "address": said.address})})
        case ContactsContent():
            origin = {"origin": said.origin} if said.origin is not None else {}
            return Heard("contacts", [{**one, **origin} for one in said.contacts])
        case ReactionContent():
            return Heard("reaction", {"message_id": said.message_id, **_present({"emoji": said.emoji})})
        case OrderContent():
            items = list(said.product_items)
            return Heard("order", {"catalog_id": said.catalog_id, "text": said.text, "product_items": items})


def _interactive(said: Reply | FormReply | CallReply, at: datetime) -> dict[str, Any]:
    match said:
        case Reply():
            picked = {"id": said.id, "title": said.title, **_present({"description": said.description})}
            return {"type": said.kind, said.kind: picked}
        case FormReply():
            form = {"response_json": json.dumps(said.response), "body": "Sent", "name": said.name}
            return {"type": "nfm_reply", "nfm_reply": form}
        case CallReply():
            until = {"expiration_timestamp": int((at + CALL_PERMISSION).timestamp())} if said.accepted else {}
            answer = {"response": "accept" if said.accepted else "reject", **until, "response_source": "user_action"}
            return {"type": "call_permission_reply", "call_permission_reply": answer}


def _medium(said: MediaContent, file: File, media_urls: Mapping[str, str]) -> dict[str, Any]:
    """A medium; its hash is in base64 here, and in hex where the medium is asked for."""
    told: dict[str, Any] = {
        "mime_type": file.mime_type,
        "sha256": base64.b64encode(bytes.fromhex(file.sha256)).decode(),
        "id": file.media_id,
    }
    more = {"url": media_urls.get(file.media_id), "caption": said.caption, "filename": said.filename or file.filename}
    if said.kind == "audio":
        told["voice"] = said.voice
    if said.kind == "sticker":
        told["animated"] = file.animated
    if said.kind != "document":
        del more["filename"]
    return {**told, **_present(more)}


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in fields.items() if one}
