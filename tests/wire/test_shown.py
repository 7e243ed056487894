"""Content is kept as people see it, in the shapes that docs/content.md names."""

import json
from typing import Any

import pytest

from takt.core.content import (
    Button,
    CallReply,
    Card,
    ContactsContent,
    File,
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
from takt.wire.shown import keep, text_of

SOURCE = Source(link="https://x.example/a")
FILES = {SOURCE: File("600000000000001", "image/jpeg", "ab" * 32, 9, "name.pdf")}
MEDIA = {"id": "600000000000001", "mime_type": "image/jpeg", "sha256": "ab" * 32, "size": 9}
URL = Button("url", "Los", {"url": "https://x.example"})
ADA = {"name": {"formatted_name": "Ada L", "first_name": "Ada"}}

CASES: list[tuple[Shown | Said, str, dict[str, Any], str]] = [
    (TextContent("Grüße", preview_url=True), "text", {"body": "Grüße", "preview_url": True}, "Grüße"),
    (TextContent("eine\nZeile"), "text", {"body": "eine\nZeile"}, "eine Zeile"),
    (MediaContent("image", SOURCE, "Blick"), "image", {"media": MEDIA, "caption": "Blick"}, "📷 Blick"),
    (MediaContent("audio", SOURCE, voice=True), "audio", {"media": MEDIA, "voice": True}, "🎤"),
    (MediaContent("document", SOURCE), "document", {"media": MEDIA, "filename": "name.pdf"}, "📄 name.pdf"),
    (LocationContent(0.0, 9.5, "Laden"), "location", {"latitude": 0.0, "longitude": 9.5, "name": "Laden"}, "📍 Laden"),
    (ContactsContent((ADA,)), "contacts", {"contacts": [ADA]}, "👤 Ada L"),
    (ReactionContent("wamid.x", "👍"), "reaction", {"message_id": "wamid.x", "emoji": "👍"}, "👍"),
    (ReactionContent("wamid.x", ""), "reaction", {"message_id": "wamid.x", "emoji": ""}, "–"),
    (
        InteractiveContent("list", Card(Header("text", "H"), "b", "f", (Button("list", "Auf"),)), ({"title": "", "rows": []},)),
        "interactive",
        {"kind": "list", "header": {"kind": "text", "text": "H"}, "body": "b", "footer": "f",
         "buttons": [{"kind": "list", "text": "Auf"}], "sections": [{"title": "", "rows": []}]},
        "b",
    ),
    (
        Filled("n", "de", Card(Header("image", source=SOURCE), "b", None, (URL,)), (Card(body="c"),), {"text": "t"}),
        "template",
        {"name": "n", "language": "de", "header": {"kind": "image", "media": MEDIA}, "body": "b",
         "buttons": [{"kind": "url", "text": "Los", "url": "https://x.example"}], "cards": [{"body": "c"}],
         "offer": {"text": "t"}},
        "b",
    ),
    (Press("P", "Passt"), "button", {"payload": "P", "text": "Passt"}, "Passt"),
    (Reply("button_reply", "1", "Ja"), "interactive", {"kind": "button_reply", "id": "1", "title": "Ja"}, "Ja"),
    (FormReply("flow", {"k": 1}), "interactive", {"kind": "nfm_reply", "name": "flow", "body": "Sent", "response": {"k": 1}}, "✓"),
    (CallReply(accepted=False), "interactive", {"kind": "call_permission_reply", "accepted": False}, "✓"),
    (OrderContent("c", "bitte", ({"quantity": 1},)), "order", {"catalog_id": "c", "text": "bitte", "product_items": [{"quantity": 1}]}, "🛒 bitte"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "kind", "stored", "line"), CASES, ids=[f"{case[1]}-{case[3]}" for case in CASES])
def test_every_content_has_its_type_its_json_and_its_line(
    content: Shown | Said, kind: str, stored: dict[str, Any], line: str
) -> None:
    kept = keep(content, FILES)
    assert (kept.type, json.loads(kept.json), kept.line) == (kind, stored, line)
    assert " ".join(text_of(kind, stored).split()) == line


def test_a_medium_that_could_not_be_had_is_kept_as_it_was_named() -> None:
    """A failed message still says what it wanted to show."""
    assert json.loads(keep(MediaContent("image", SOURCE), {}).json) == {"media": {"link": "https://x.example/a"}}
