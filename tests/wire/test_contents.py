"""Every type of message is understood as the Cloud API writes it, and what is wrong with one is named."""

from typing import Any

import pytest

from takt.core.content import (
    Button,
    Card,
    ContactsContent,
    Content,
    Header,
    InteractiveContent,
    LocationContent,
    MediaContent,
    ReactionContent,
    Source,
    TemplateContent,
    sources,
)
from takt.core.emoji import is_emoji
from takt.wire.cloud import SendRequest, parse_marketing, parse_send
from takt.wire.errors import WireError
from tests.wire.bodies import WAMID

UPLOADED = Source(media_id="600000000000001")
LINKED = Source(link="https://nordwind.example/a.jpg")
ADA = {"name": {"formatted_name": "Ada L", "first_name": "Ada"}}


def sent(kind: str, value: Any, **more: Any) -> SendRequest | WireError:
    found = parse_send({"messaging_product": "whatsapp", "to": "491713920001", "type": kind, kind: value, **more})
    assert isinstance(found, SendRequest | WireError)
    return found


def interactive(kind: str, action: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": kind, "body": {"text": "b"}, "action": action, **more}


def replies(count: int, **changed: Any) -> list[dict[str, Any]]:
    return [{"type": "reply", "reply": {"id": str(n), "title": f"T{n}", **changed}} for n in range(count)]


def rows(count: int, start: int = 0) -> list[dict[str, str]]:
    return [{"id": str(n), "title": f"R{n}"} for n in range(start, start + count)]


def products(count: int) -> list[dict[str, str]]:
    return [{"product_retailer_id": f"p{n}"} for n in range(count)]


def url_card(index: int, **more: Any) -> dict[str, Any]:
    action = {"name": "cta_url", "parameters": {"display_text": "Los", "url": "https://x.example"}}
    header = {"type": "image", "image": {"link": LINKED.link}}
    return {"card_index": index, "type": "cta_url", "header": header, "action": action, **more}


URL_BUTTON = Button("url", "Los", {"url": "https://x.example"})
FLOW = {"flow_message_version": "3", "flow_id": "5", "flow_cta": "Los", "flow_token": "t",
        "flow_action_payload": {"screen": "A", "data": {"k": 1}}}  # fmt: skip

UNDERSTOOD: list[tuple[str, Any, Content]] = [
    ("image", {"id": UPLOADED.media_id, "caption": "c"}, MediaContent("image", UPLOADED, "c")),
    ("image", {"id": 600000000000001, "caption": None}, MediaContent("image", UPLOADED)),
    ("video", {"link": LINKED.link}, MediaContent("video", LINKED)),
    ("audio", {"id": UPLOADED.media_id, "voice": True}, MediaContent("audio", UPLOADED, voice=True)),
    ("document", {"link": LINKED.link, "filename": "../../a\x07.pdf"}, MediaContent("document", LINKED, None, "a.pdf")),
    ("sticker", {"id": UPLOADED.media_id, "caption": "passed over"}, MediaContent("sticker", UPLOADED)),
    ("location", {"latitude": "53.5", "longitude": -9, "name": "L"}, LocationContent(53.5, -9.0, "L")),
    ("contacts", [{**ADA, "unknown": 1, "phones": [{"phone": "+49", "type": "WORK", "x": 1}]}],
     ContactsContent(({**ADA, "phones": [{"phone": "+49", "type": "WORK"}]},))),
    ("reaction", {"message_id": WAMID, "emoji": "👍🏽"}, ReactionContent(WAMID, "👍🏽")),
    ("reaction", {"message_id": WAMID, "emoji": ""}, ReactionContent(WAMID, "")),
    ("reaction", {"message_id": WAMID}, ReactionContent(WAMID, "")),
    ("interactive", interactive("button", {"buttons": replies(2)}, footer={"text": "f"}),
     InteractiveContent("button", Card(None, "b", "f", (Button("reply", "T0", {"id": "0"}), Button("reply", "T1", {"id": "1"}))))),
    ("interactive", interactive("button", {"buttons": replies(1)}, header={"type": "image", "image": {"link": LINKED.link}}),
     InteractiveContent("button", Card(Header("image", source=LINKED), "b", None, (Button("reply", "T0", {"id": "0"}),)))),
    ("interactive", interactive("list", {"button": "Auf", "sections": [{"rows": rows(1)}]}, header={"type": "text", "text": "H"}),
     InteractiveContent("list", Card(Header("text", "H"), "b", None, (Button("list", "Auf"),)), ({"title": "", "rows": rows(1)},))),
    ("interactive", interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "Los", "url": "https://x.example"}}),
     InteractiveContent("cta_url", Card(None, "b", None, (URL_BUTTON,)))),
    ("interactive", interactive("flow", {"name": "flow", "parameters": FLOW}),
     InteractiveContent("flow", Card(None, "b", None, (Button("flow", "Los", {
         "flow_id": "5", "token": "t", "mode": "published", "action": "navigate", "screen": "A", "data": {"k": 1}}),)))),
    ("interactive", {"type": "product", "action": {"catalog_id": "c", "product_retailer_id": "p"}},
     InteractiveContent("product", Card(buttons=(Button("product", "", {"product": {"catalog_id": "c", "product_retailer_id": "p"}}),)))),
    ("interactive", interactive("product_list", {"catalog_id": "c", "sections": [{"title": "S", "product_items": products(1)}]}, header={"type": "text", "text": "H"}),
     InteractiveContent("product_list", Card(Header("text", "H"), "b", None, (Button("products", "", {"catalog_id": "c"}),)),
                        ({"title": "S", "products": [{"catalog_id": "c", "product_retailer_id": "p0"}]},))),
    ("interactive", interactive("catalog_message", {"name": "catalog_message"}), InteractiveContent("catalog_message", Card(None, "b", None, (Button("catalog", ""),)))),
    ("interactive", interactive("location_request_message", {"name": "send_location"}), InteractiveContent("location_request_message", Card(None, "b", None, (Button("send_location", ""),)))),
    ("interactive", interactive("request_contact_info", {"name": "request_contact_info"}), InteractiveContent("request_contact_info", Card(None, "b", None, (Button("request_contact_info", ""),)))),
    ("interactive", {"type": "call_permission_request", "action": {"name": "call_permission_request"}}, InteractiveContent("call_permission_request", Card(buttons=(Button("call_permission", ""),)))),
    ("interactive", interactive("voice_call", {"name": "voice_call", "parameters": {"display_text": "Ruf", "ttl_minutes": 4320.0}}), InteractiveContent("voice_call", Card(None, "b", None, (Button("voice_call", "Ruf", {"ttl_minutes": 4320}),)))),
    ("interactive", interactive("address_message", {"name": "address_message", "parameters": {"country": "in", "values": {"name": "Ada", "x": "y"}}}),
     InteractiveContent("address_message", Card(None, "b", None, (Button("address", "", {"country": "IN", "values": {"name": "Ada"}}),)))),
    ("interactive", interactive("carousel", {"cards": [url_card(1, body={"text": "zwei"}), url_card(0)]}),
     InteractiveContent("carousel", Card(None, "b"), (), (Card(Header("image", source=LINKED), "", None, (URL_BUTTON,)), Card(Header("image", source=LINKED), "zwei", None, (URL_BUTTON,))))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "content"), UNDERSTOOD)
def test_every_type_is_understood(kind: str, value: Any, content: Content) -> None:
    found = sent(kind, value)
    assert isinstance(found, SendRequest), found
    assert found.content == content


MISSING, BAD, LONG = 131008, 131009, 100
NAMED: list[tuple[str, Any, int, str]] = [
    ("image", {}, MISSING, "image.id is required"),
    ("image", {"id": "1", "link": "https://x.example"}, BAD, "image must have id or link, not both"),
    ("image", {"id": "../1"}, BAD, "image.id must be the id"),
    ("image", {"link": "ftp://x.example/a"}, BAD, "image.link must be an address"),
    ("image", {"link": "https://x.example/ a"}, BAD, "image.link must be an address"),
    ("image", {"link": "https://x.example/" + "a" * 2048}, LONG, "image.link must be at most 2048"),
    ("video", {"id": "1", "caption": "x" * 1025}, LONG, "video.caption must be at most 1024"),
    ("location", {"latitude": 91, "longitude": 0}, BAD, "location.latitude must be a number from -90 to 90"),
    ("location", {"latitude": 0, "longitude": "nan"}, BAD, "location.longitude must be a number"),
    ("location", {"latitude": 0, "longitude": True}, BAD, "location.longitude must be a number"),
    ("location", {"latitude": 0}, MISSING, "location.longitude is required"),
    ("contacts", [], BAD, "contacts must be a list of 1 to 257"),
    ("contacts", [{"name": {"formatted_name": "Ada"}}], BAD, "contacts[0].name must have formatted_name and one of"),
    ("contacts", [{**ADA, "birthday": "10.12.1815"}], BAD, "contacts[0].birthday must be a day"),
    ("contacts", [{**ADA, "phones": {}}, 7], BAD, "contacts[1] must be an object"),
    ("reaction", {"message_id": "wamid.x", "emoji": "👍"}, BAD, "reaction.message_id must be the id of a message"),
    ("reaction", {"message_id": WAMID, "emoji": "👍👍"}, BAD, "reaction.emoji must be one emoji"),
    ("reaction", {"message_id": WAMID, "emoji": "ok"}, BAD, "reaction.emoji must be one emoji"),
    ("interactive", {"type": "order_details"}, 134011, "type: payments"),
    ("interactive", {"type": "poll"}, BAD, "interactive.type must be one of button, list"),
    ("interactive", {"type": "button", "action": {"buttons": replies(1)}}, MISSING, "interactive.body is required"),
    ("interactive", interactive("button", {"buttons": replies(4)}), BAD, "interactive.action.buttons must be a list of 1 to 3"),
    ("interactive", interactive("button", {"buttons": replies(2, title="same")}), BAD, "interactive.action.buttons must have titles that differ"),
    ("interactive", interactive("button", {"buttons": replies(1, title="x" * 21)}), LONG, "interactive.action.buttons[0].reply.title must be at most 20"),
    ("interactive", interactive("button", {"buttons": replies(1, id="x" * 257)}), LONG, "interactive.action.buttons[0].reply.id must be at most 256"),
    ("interactive", interactive("button", {"buttons": replies(1)}, header={"type": "gif"}), BAD, "interactive.header.type must be document or image or text or video"),
    ("interactive", interactive("list", {"button": "A", "sections": [{"rows": rows(1)}]}, header={"type": "image"}), BAD, "interactive.header.type must be text"),
    ("interactive", interactive("list", {"button": "A", "sections": [{"rows": rows(1)}, {"rows": rows(1, 1)}]}), MISSING, "interactive.action.sections[0].title is required"),
    ("interactive", interactive("list", {"button": "A", "sections": [{"title": "a", "rows": rows(6)}, {"title": "b", "rows": rows(5, 6)}]}), BAD, "interactive.action.sections must hold at most 10 rows"),
    ("interactive", interactive("list", {"button": "A", "sections": [{"rows": rows(1) * 2}]}), BAD, "interactive.action.sections must have row ids that differ"),
    ("interactive", interactive("cta_url", {"parameters": {"display_text": "x", "url": "javascript:alert(1)"}}), BAD, "interactive.action.parameters.url must be an address"),
    ("interactive", interactive("flow", {"parameters": {**FLOW, "flow_name": "n"}}), BAD, "interactive.action.parameters must have flow_id or flow_name"),
    ("interactive", interactive("flow", {"parameters": {**FLOW, "flow_action": "data_exchange"}}), BAD, "interactive.action.parameters.flow_action_payload does not belong"),
    ("interactive", interactive("product", {"product_retailer_id": "p"}), MISSING, "interactive.action.catalog_id is required"),
    ("interactive", interactive("product", {"catalog_id": "c", "product_retailer_id": "p"}, header={"type": "text"}), BAD, "interactive.header does not belong"),
    ("interactive", interactive("product_list", {"catalog_id": "c", "sections": [{"product_items": products(1)}]}), MISSING, "interactive.header is required"),
    ("interactive", interactive("product_list", {"catalog_id": "c", "sections": [{"product_items": products(31)}]}, header={"type": "text", "text": "H"}), BAD, "interactive.action.sections[0].product_items must be a list of 1 to 30"),
    ("interactive", interactive("carousel", {"cards": [url_card(0)]}), BAD, "interactive.action.cards must be a list of 2 to 10"),
    ("interactive", interactive("carousel", {"cards": [url_card(0), url_card(0)]}), BAD, "interactive.action.cards must have card_index values that differ"),
    ("interactive", interactive("carousel", {"cards": [url_card(0), url_card(1, header={"type": "video", "video": {"id": "1"}})]}), BAD, "interactive.action.cards must all have the same kind of header"),
    ("interactive", interactive("carousel", {"cards": [url_card(0), url_card(1, body={"text": "a\n\n\nb"})]}), BAD, "interactive.action.cards[1].body.text must have at most 2 line breaks"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "code", "says"), NAMED)
def test_what_is_wrong_with_a_type_is_named(kind: str, value: Any, code: int, says: str) -> None:
    """A code that clients know, and a sentence that begins with the field as the request wrote it."""
    found = sent(kind, value)
    assert isinstance(found, WireError)
    assert (found.code, found.details.startswith(says)) == (code, True), found.details


def test_a_reaction_answers_nothing_else() -> None:
    found = sent("reaction", {"message_id": WAMID, "emoji": "👍"}, context={"message_id": WAMID})
    assert isinstance(found, WireError)
    assert found.details.startswith("context does not belong to a reaction")


def test_direct_send_is_not_enabled() -> None:
    found = sent("text", {"body": "x"}, category="utility")
    assert isinstance(found, WireError)
    assert (found.code, "Direct Send" in found.message) == (100, True)


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"type": "text", "text": {"body": "x"}}, "type must be template"),
        ({"template": {"name": "n", "language": {"code": "de"}}, "product_policy": "MAYBE"}, "product_policy must be"),
        ({}, "template is required"),
    ],
)
def test_the_path_for_marketing_takes_templates(body: dict[str, Any], details: str) -> None:
    found = parse_marketing({"messaging_product": "whatsapp", "to": "491713920001", **body})
    assert isinstance(found, WireError)
    assert found.details.startswith(details)
    good = {
        "messaging_product": "whatsapp",
        "to": "491713920001",
        "template": {"name": "n", "language": {"code": "de"}},
    }
    request = parse_marketing(good)
    assert isinstance(request, SendRequest)
    assert request.content == TemplateContent("n", "de")


def test_the_media_of_a_content_are_found_with_their_places() -> None:
    carousel = sent("interactive", interactive("carousel", {"cards": [url_card(0), url_card(1)]}))
    assert isinstance(carousel, SendRequest)
    assert list(sources(carousel.content)) == [
        ("interactive.action.cards[0].header.image", "image", LINKED),
        ("interactive.action.cards[1].header.image", "image", LINKED),
    ]
    voice = sent("audio", {"id": "1", "voice": True})
    assert isinstance(voice, SendRequest)
    assert list(sources(voice.content)) == [("audio", "voice", Source(media_id="1"))]
    header = {"type": "header", "parameters": [{"type": "image", "image": {"link": LINKED.link}}]}
    template = sent("template", {"name": "n", "language": {"code": "de"}, "components": [
        {"type": "carousel", "cards": [{"card_index": 0, "components": [header]}]}]})  # fmt: skip
    assert isinstance(template, SendRequest)
    place = "template.components[0].cards[0].components[0].parameters[0].image"
    assert list(sources(template.content)) == [(place, "image", LINKED)]


@pytest.mark.parametrize(
    "text", ["👍", "👍🏽", "❤️", "❤", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "1️⃣", "☺️", "🫡", "⭐", "✅", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👁️‍🗨️"]
)
def test_one_emoji_is_one_emoji(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", ["", "a", "1", "👍👍", "👍 ", "ok👍", "🇩", "‍", "\u200d👍", "👍" * 20])
def test_anything_else_is_none(text: str) -> None:
    assert not is_emoji(text)
