"""Everything a person can say comes in the shape that clients were written for, with the values that were said."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from takt.core import content
from takt.core.content import (
    CallReply,
    ContactsContent,
    File,
    FormReply,
    LocationContent,
    MediaContent,
    OrderContent,
    Press,
    ReactionContent,
    Reply,
    Said,
    Source,
    TextContent,
)
from takt.core.ids import wamid
from takt.wire import webhook
from takt.wire.heard import heard
from takt.wire.webhook import Context, Identity, Person
from tests.wire.shapes import OPTIONAL, same_shape, sample

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MESSAGE_ID = UUID("01936f3a-0000-7abc-8000-000000000001")
IDENTITY = Identity("1122334455667", "972123456789")
PERSON = Person("972987654321", "US.13491208655302741918", "Zoë 🎈")
ANSWERED = Context(MESSAGE_ID)
SOURCE = Source("65463453")
URL = "https://graph.example/whatsapp_business/attachments/?mid=65463453&ext=1&hash=2"
SHA = bytes(range(32)).hex()

# What people of Takt cannot do, or what a webhook says since the samples were written; values are compared besides.
MAYBE: Final[Mapping[str, str]] = {
    **OPTIONAL,
    "value.messages[].context": "nobody forwards messages here",
    "value.messages[].location.url": "only when a place on a map was picked",
    **{f"value.messages[].{kind}.url": "since v22 a webhook says where the bytes are, as media_with_url has it"
       for kind in ("image", "video", "document", "audio", "sticker")},
}  # fmt: skip

ITEM: Final = {"product_retailer_id": "HAMBURGER", "quantity": 3, "item_price": 30, "currency": "EUR"}
CARD: Final = {
    "name": {"first_name": "Ines", "last_name": "Albrecht", "formatted_name": "Ines Albrecht"},
    "phones": [{"phone": "+49 30 23125 001", "wa_id": "493023125001", "type": "WORK"}],
}
ANSWERS: Final = {"delivery_rating": "4", "flow_token": "t"}
UNTIL: Final = int((AT + timedelta(days=7)).timestamp())
HASHED: Final = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def medium(kind: str, mime_type: str, *, animated: bool = False, **more: Any) -> tuple[Said, File]:
    """A medium of a person, and what we hold of it."""
    return MediaContent(kind, SOURCE, **more), File("65463453", mime_type, SHA, 9, animated=animated)


def told(mime_type: str, **more: Any) -> dict[str, Any]:
    """What is said of every medium."""
    return {"mime_type": mime_type, "sha256": HASHED, "id": "65463453", "url": URL, **more}


# File and name of the sample; what is said; the message's type and its object.
SAYINGS: Final[list[tuple[str, str, Said | tuple[Said, File], str, Any]]] = [
    ("message", "text", TextContent("Grüße"), "text", {"body": "Grüße"}),
    ("message", "image", medium("image", "image/jpeg"), "image", told("image/jpeg")),
    ("message", "media_with_url", medium("image", "image/jpeg"), "image", told("image/jpeg")),
    ("message", "video", medium("video", "video/mp4", caption="Sieh!"), "video", told("video/mp4", caption="Sieh!")),
    ("message", "document", medium("document", "application/pdf", caption="Hier", filename="7.pdf"), "document",
     told("application/pdf", caption="Hier", filename="7.pdf")),
    ("message", "audio", medium("audio", "audio/ogg"), "audio", told("audio/ogg", voice=False)),
    ("message", "voice", medium("audio", "audio/ogg; codecs=opus", voice=True), "audio",
     told("audio/ogg; codecs=opus", voice=True)),
    ("message", "static_sticker", medium("sticker", "image/webp"), "sticker", told("image/webp", animated=False)),
    ("message", "animated_sticker", medium("sticker", "image/webp", animated=True), "sticker",
     told("image/webp", animated=True)),
    ("message", "reaction", ReactionContent("wamid.x", "👍"), "reaction", {"message_id": "wamid.x", "emoji": "👍"}),
    ("message", "unreaction_no_emoji", ReactionContent("wamid.x", ""), "reaction", {"message_id": "wamid.x"}),
    ("message", "current_location", LocationContent(12.25, 43.9), "location", {"latitude": 12.25, "longitude": 43.9}),
    ("message", "chosen_location", LocationContent(53.5, 9.9, "Laden", "Kai 1"), "location",
     {"latitude": 53.5, "longitude": 9.9, "name": "Laden", "address": "Kai 1"}),
    ("message", "contacts", ContactsContent((CARD,)), "contacts", [CARD]),
    ("message", "order", OrderContent("35416", "", (ITEM,)), "order",
     {"catalog_id": "35416", "text": "", "product_items": [ITEM]}),
    ("callback_button", "quick_reply", Press("ja", "Ja"), "button", {"payload": "ja", "text": "Ja"}),
    ("callback_button", "button", Reply("button_reply", "ja", "Ja"), "interactive",
     {"type": "button_reply", "button_reply": {"id": "ja", "title": "Ja"}}),
    ("callback_selection", "callback", Reply("list_reply", "m", "M"), "interactive",
     {"type": "list_reply", "list_reply": {"id": "m", "title": "M"}}),
    ("callback_selection", "description", Reply("list_reply", "m", "M", "mittel"), "interactive",
     {"type": "list_reply", "list_reply": {"id": "m", "title": "M", "description": "mittel"}}),
    ("flow_completion", "completion", FormReply("flow", ANSWERS), "interactive",
     {"type": "nfm_reply", "nfm_reply": {"response_json": json.dumps(ANSWERS), "body": "Sent", "name": "flow"}}),
    ("call_permission_update", "accept", CallReply(True), "interactive",
     {"type": "call_permission_reply", "call_permission_reply": {
         "response": "accept", "expiration_timestamp": UNTIL, "response_source": "user_action"}}),
    ("call_permission_update", "reject", CallReply(False), "interactive",
     {"type": "call_permission_reply", "call_permission_reply": {
         "response": "reject", "response_source": "user_action"}}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "name", "said", "kind", "expected"), SAYINGS, ids=[f"{row[0]}-{row[1]}" for row in SAYINGS]
)
def test_a_message_has_the_keys_that_clients_know(
    file: str, name: str, said: Said | tuple[Said, File], kind: str, expected: Any
) -> None:
    words, files = (said[0], {SOURCE: said[1]}) if isinstance(said, tuple) else (said, {})
    theirs = sample(file, name)
    is_answer = "id" in theirs["value"]["messages"][0].get("context", {})
    body = webhook.render_inbound(
        IDENTITY, PERSON, MESSAGE_ID, AT, heard(words, files, {"65463453": URL}, AT), ANSWERED if is_answer else None
    )
    assert body.isascii()
    assert same_shape(json.loads(body), theirs, MAYBE) == []
    (message,) = json.loads(body)["value"]["messages"]
    assert (message["type"], message[kind]) == (kind, expected)
    assert (message["from"], message["id"], message["timestamp"]) == ("972987654321", wamid(MESSAGE_ID), "1795348800")
    if is_answer:
        assert message["context"] == {"from": "972123456789", "id": wamid(MESSAGE_ID)}


def test_whatever_a_person_may_say_is_compared() -> None:
    """Each kind of content, and each kind of medium."""
    said = [row[2][0] if isinstance(row[2], tuple) else row[2] for row in SAYINGS]
    assert {type(one) for one in said} == set(content.Said.__args__)
    media = {one.kind for one in said if isinstance(one, MediaContent)}
    assert media == {"image", "video", "document", "audio", "sticker"}


def test_somebody_who_quotes_themselves_is_named() -> None:
    context = Context(MESSAGE_ID, "972987654321")
    body = webhook.render_inbound(
        IDENTITY, PERSON, MESSAGE_ID, AT, heard(TextContent("ja"), {}, {}, AT), context
    )  # fmt: skip
    assert same_shape(json.loads(body), sample("message", "reply")) == []
    assert json.loads(body)["value"]["messages"][0]["context"]["from"] == "972987654321"


def test_an_address_comes_as_a_form() -> None:
    reply = heard(FormReply("address_message", {"values": {"city": "Kiel"}}), {}, {}, AT).content
    assert reply["nfm_reply"]["name"] == "address_message"
    assert json.loads(reply["nfm_reply"]["response_json"]) == {"values": {"city": "Kiel"}}


def test_a_voice_note_that_was_played() -> None:
    """What was played was delivered or read before, and priced then."""
    priced = {**OPTIONAL, "value.statuses[].pricing": "in `sent` and in the first of delivered and read alone"}
    body = webhook.render_status(IDENTITY, PERSON, MESSAGE_ID, "played", AT)
    assert same_shape(json.loads(body), sample("message_status", "played"), priced) == []
    assert json.loads(body)["value"]["statuses"][0]["status"] == "played"
