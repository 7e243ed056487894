"""Content as people see it, in the JSON that is kept beside a message and handed to devices (docs/content.md)."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from takt.core.content import (
    Button,
    CallReply,
    Card,
    ContactsContent,
    Files,
    Filled,
    FormReply,
    Header,
    InteractiveContent,
    LocationContent,
    MediaContent,
    OrderContent,
    Press,
    ReactionContent,
    Reply,
    Said,
    Shown,
    Source,
    TextContent,
)
from takt.core.message import preview
from takt.core.value import value

SIGNS: Final[Mapping[str, str]] = {
    "image": "📷", "video": "🎬", "audio": "🎵", "document": "📄", "sticker": "🩹", "location": "📍", "contacts": "👤",
    "order": "🛒",
}  # fmt: skip
"""What stands for a message in a list, before its words."""

VOICE_SIGN: Final = "🎤"
REMOVED_SIGN: Final = "–"
_ANSWERED: Final[Mapping[str, str]] = {"nfm_reply": "✓", "call_permission_reply": "✓"}


@value
class Kept:
    """What is written of a content: the message's type, the JSON, a line for lists."""

    type: str
    json: str
    line: str


def keep(content: Shown | Said, files: Files) -> Kept:
    """What to write of a content; `files` are behind its media."""
    kind, shown = _render(content, files)
    return Kept(kind, msgspec.json.encode(shown).decode(), line_of(kind, shown))


def line_of(kind: str, content: Mapping[str, Any]) -> str:
    """The line for lists of a content in its JSON."""
    return preview(text_of(kind, content))


def text_of(kind: str, content: Mapping[str, Any]) -> str:
    """What a content says to whoever shows texts alone: its body or caption, or a sign with a name."""
    match kind:
        case "text" | "template":
            return str(content.get("body", ""))
        case "button":
            return str(content["text"])
        case "interactive":
            return str(_ANSWERED.get(content["kind"]) or content.get("body") or content.get("title") or "")
        case "reaction":
            return content["emoji"] or REMOVED_SIGN
        case _:
            return f"{_sign(kind, content)} {_words(kind, content)}".strip()


def _sign(kind: str, content: Mapping[str, Any]) -> str:
    return VOICE_SIGN if content.get("voice") else SIGNS.get(kind, "…")


def _words(kind: str, content: Mapping[str, Any]) -> str:
    match kind:
        case "contacts":
            return str(content["contacts"][0]["name"]["formatted_name"])
        case "location":
            return str(content.get("name") or content.get("address") or "")
        case "order":
            return str(content.get("text") or "")
        case _:
            return str(content.get("caption") or content.get("filename") or "")


def _render(content: Shown | Said, files: Files) -> tuple[str, dict[str, Any]]:
    match content:
        case TextContent():
            return "text", {"body": content.body, **({"preview_url": True} if content.preview_url else {})}
        case Filled():
            return "template", _filled(content, files)
        case MediaContent():
            return content.kind, _medium(content, files)
        case InteractiveContent():
            return "interactive", _interactive(content, files)
        case LocationContent() | ReactionContent() | ContactsContent():
            return _plain(content)
        case _:
            return _said(content)


def _plain(content: LocationContent | ReactionContent | ContactsContent) -> tuple[str, dict[str, Any]]:
    match content:
        case LocationContent():
            return "location", _location(content)
        case ReactionContent():
            return "reaction", {"message_id": content.message_id, "emoji": content.emoji}
        case ContactsContent():
            return "contacts", _present({"contacts": content.contacts, "origin": content.origin})


def _said(content: Press | Reply | FormReply | CallReply | OrderContent) -> tuple[str, dict[str, Any]]:
    match content:
        case Press():
            return "button", {"payload": content.payload, "text": content.text}
        case Reply():
            picked = {"kind": content.kind, "id": content.id, "title": content.title}
            return "interactive", {**picked, **_present({"description": content.description})}
        case FormReply():
            form = {"kind": "nfm_reply", "name": content.name, "body": "Sent", "response": content.response}
            return "interactive", form
        case CallReply():
            return "interactive", {"kind": "call_permission_reply", "accepted": content.accepted}
        case OrderContent():
            items = {"catalog_id": content.catalog_id, "text": content.text, "product_items": content.product_items}
            return "order", items


def _filled(filled: Filled, files: Files) -> dict[str, Any]:
    offer = {"offer": dict(filled.offer)} if filled.offer else {}
    named = {"name": filled.name, "language": filled.language}
    return {**named, **_card(filled.card, files), **_more_cards(filled.cards, files), **offer}


def _interactive(content: InteractiveContent, files: Files) -> dict[str, Any]:
    more = _present({"sections": content.sections})
    return {"kind": content.kind, **_card(content.card, files), **more, **_more_cards(content.cards, files)}


def _more_cards(cards: tuple[Card, ...], files: Files) -> dict[str, Any]:
    return {"cards": [_card(one, files) for one in cards]} if cards else {}


def _card(card: Card, files: Files) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if card.header is not None:
        shown["header"] = _header(card.header, files)
    if card.body:
        shown["body"] = card.body
    if card.footer:
        shown["footer"] = card.footer
    if card.buttons:
        shown["buttons"] = [_button(one) for one in card.buttons]
    return shown


def _header(header: Header, files: Files) -> dict[str, Any]:
    if header.source is not None:
        medium = {"media": _file(header.source, files), "filename": header.filename}
        return {"kind": header.kind, **_present(medium)}
    if header.location is not None:
        return {"kind": header.kind, "location": _location(header.location)}
    if header.product:
        return {"kind": header.kind, "product": dict(header.product)}
    return {"kind": header.kind, "text": header.text}


def _button(button: Button) -> dict[str, Any]:
    return {"kind": button.kind, "text": button.text, **button.more}


def _medium(content: MediaContent, files: Files) -> dict[str, Any]:
    found = files.get(content.source)
    filename = content.filename or (found.filename if found is not None and content.kind == "document" else None)
    more = {"caption": content.caption, "filename": filename, "voice": content.voice}
    return {"media": _file(content.source, files), **_present(more)}


def _file(source: Source, files: Files) -> dict[str, Any]:
    """The file that is shown; of one that could not be had, what was asked for: such a message reaches nobody."""
    found = files.get(source)
    if found is None:
        return _present({"id": source.media_id, "link": source.link})
    known = {"id": found.media_id, "mime_type": found.mime_type, "sha256": found.sha256, "size": found.size}
    return {**known, **_present({"animated": found.animated})}


def _location(place: LocationContent) -> dict[str, Any]:
    point = {"latitude": place.latitude, "longitude": place.longitude}
    return {**point, **_present({"name": place.name, "address": place.address})}


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in fields.items() if one}
