"""Everything pywa can send to a person, and what the person's device then shows."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import httpx
import pytest
from pywa.types import callback, others
from pywa.types.flows import FlowActionType
from pywa.types.message_status import MessageStatus, MessageStatusType

from takt.demo import world
from tests import samples
from tests.clients.pywa_chat import Chat, chatting
from tests.databases import Variant, Workshop

Arguments: TypeAlias = Callable[[Chat], dict[str, Any] | Awaitable[dict[str, Any]]]

CARD = others.Contact(
    name=others.Contact.Name(formatted_name="Ines Albrecht", first_name="Ines"), birthday="1990-05-01",
    phones=[others.Contact.Phone(phone="+49 171 1", type="WORK", wa_id="491711")],
    emails=[others.Contact.Email(email="ines@nordwind.example", type="WORK")],
    urls=[others.Contact.Url(url="https://nordwind.example", type="WORK")],
    addresses=[others.Contact.Address(city="Hamburg", country_code="de")],
    org=others.Contact.Org(company="Nordwind"),
)  # fmt: skip
SHOWN_CARD = {
    "name": {"formatted_name": "Ines Albrecht", "first_name": "Ines"}, "birthday": "1990-05-01",
    "phones": [{"phone": "+49 171 1", "type": "WORK", "wa_id": "491711"}],
    "emails": [{"email": "ines@nordwind.example", "type": "WORK"}],
    "urls": [{"url": "https://nordwind.example", "type": "WORK"}],
    "addresses": [{"city": "Hamburg", "country_code": "de"}], "org": {"company": "Nordwind"},
}  # fmt: skip
JPEG, MP4, PDF = ("image/jpeg", samples.JPEG), ("video/mp4", samples.MP4), ("application/pdf", samples.PDF)
MP3, OPUS, WEBP = (
    ("audio/mpeg", samples.MP3),
    ("audio/ogg; codecs=opus", samples.opus()),
    ("image/webp", samples.webp()),
)
SHOP = "https://nordwind.example/herbst"
TWO = [callback.Button("Ja", "yes"), callback.Button("Nein", "no")]
SHOWN_TWO = [{"kind": "reply", "text": "Ja", "id": "yes"}, {"kind": "reply", "text": "Nein", "id": "no"}]
FLOW = world.FLOWS[0].flow_id


def fixed(**given: Any) -> Arguments:
    return lambda _: given


def linked(name: str, file: str, **given: Any) -> Arguments:
    return lambda chat: {name: chat.link(file), **given}


def of_disk(name: str, file: str, **given: Any) -> Arguments:
    return lambda chat: {name: chat.path(file), **given}


def uploaded(name: str, file: str, **given: Any) -> Arguments:
    async def find(chat: Chat) -> dict[str, Any]:
        return {name: await chat.upload(file), **given}

    return find


def card(kind: str, body: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "interactive", {"kind": kind, "body": body, **more}


def url_card(text: str, path: str) -> dict[str, Any]:
    return {"body": text, "buttons": [{"kind": "url", "text": "Ansehen", "url": f"{SHOP}/{path}"}]}


def image_cards(chat: Chat) -> list[Any]:
    return [
        callback.ImageCarouselCard(
            body=text, image=chat.link("bild.jpg"), buttons=callback.URLButton("Ansehen", f"{SHOP}/{text}")
        )
        for text in ("Jacke", "Hose")
    ]


def video_cards(chat: Chat) -> list[Any]:
    return [
        callback.VideoCarouselCard(
            body=text, video=chat.link("film.mp4"), buttons=[callback.Button("Mehr", f"more {text}")]
        )
        for text in ("Jacke", "Hose")
    ]


SECTIONS = callback.SectionList("Wählen", [
    callback.Section("Jacken", [callback.SectionRow("Regen", "rain", "Hält dicht"), callback.SectionRow("Wind", "wind")]),
    callback.Section("Hosen", [callback.SectionRow("Kurz", "short")]),
])  # fmt: skip
SHOWN_SECTIONS = [
    {"title": "Jacken", "rows": [{"id": "rain", "title": "Regen", "description": "Hält dicht"},
                                 {"id": "wind", "title": "Wind"}]},
    {"title": "Hosen", "rows": [{"id": "short", "title": "Kurz"}]},
]  # fmt: skip
PRODUCTS = [others.ProductsSection("Jacken", ["J1", "J2"]), others.ProductsSection("Hosen", ["H1"])]


def product(sku: str) -> dict[str, str]:
    return {"catalog_id": "77", "product_retailer_id": sku}


SENDS: dict[str, tuple[str, Arguments, tuple[str, Any]]] = {
    "text": ("send_message", fixed(text="Moin"), ("text", {"body": "Moin"})),
    "preview": ("send_text", fixed(text=SHOP, preview_url=True), ("text", {"body": SHOP, "preview_url": True})),
    "image by id": (
        "send_image", uploaded("image", "bild.jpg", caption="Jacke"),
        ("image", {"media": JPEG, "caption": "Jacke"}),
    ),
    "image by link": ("send_image", linked("image", "bild.jpg"), ("image", {"media": JPEG})),
    "image by path": ("send_image", of_disk("image", "bild.jpg"), ("image", {"media": JPEG})),
    "image by bytes": (
        "send_image", fixed(image=samples.PNG, mime_type="image/png"),
        ("image", {"media": ("image/png", samples.PNG)}),
    ),
    "image with buttons": (
        "send_image", linked("image", "bild.jpg", caption="Passt das?", footer="Nordwind", buttons=TWO),
        card("button", "Passt das?", header={"kind": "image", "media": JPEG}, footer="Nordwind", buttons=SHOWN_TWO),
    ),
    "video by id": ("send_video", uploaded("video", "film.mp4"), ("video", {"media": MP4})),
    "video by link": (
        "send_video", linked("video", "film.mp4", caption="Regen"), ("video", {"media": MP4, "caption": "Regen"}),
    ),
    "video by path": ("send_video", of_disk("video", "film.mp4"), ("video", {"media": MP4})),
    "document by id": (
        "send_document", uploaded("document", "rechnung.pdf", filename="R 4711.pdf"),
        ("document", {"media": PDF, "filename": "R 4711.pdf"}),
    ),
    "document by link": (
        "send_document", linked("document", "rechnung.pdf", caption="Danke", filename="R.pdf"),
        ("document", {"media": PDF, "caption": "Danke", "filename": "R.pdf"}),
    ),
    "document by path": (
        "send_document", of_disk("document", "rechnung.pdf", filename="rechnung.pdf"), ("document", {"media": PDF, "filename": "rechnung.pdf"}),
    ),
    "audio by id": ("send_audio", uploaded("audio", "ton.mp3"), ("audio", {"media": MP3})),
    "audio by link": ("send_audio", linked("audio", "ton.mp3"), ("audio", {"media": MP3})),
    "audio by path": ("send_audio", of_disk("audio", "ton.mp3"), ("audio", {"media": MP3})),
    "voice by id": ("send_voice", uploaded("voice", "notiz.ogg"), ("audio", {"media": OPUS, "voice": True})),
    "sticker by id": ("send_sticker", uploaded("sticker", "figur.webp"), ("sticker", {"media": WEBP})),
    "voice by bytes": (
        "send_voice", fixed(voice=samples.opus(), mime_type="audio/ogg"), ("audio", {"media": OPUS, "voice": True}),
    ),
    "voice by link": ("send_voice", linked("voice", "notiz.ogg"), ("audio", {"media": OPUS, "voice": True})),
    "sticker by link": ("send_sticker", linked("sticker", "figur.webp"), ("sticker", {"media": WEBP})),
    "sticker by bytes": (
        "send_sticker", fixed(sticker=samples.webp(), mime_type="image/webp"), ("sticker", {"media": WEBP}),
    ),
    "location": (
        "send_location", fixed(latitude=53.54, longitude=9.98, name="Laden", address="Am Sandtorkai 1"),
        ("location", {"latitude": 53.54, "longitude": 9.98, "name": "Laden", "address": "Am Sandtorkai 1"}),
    ),
    "location asked for": (
        "request_location", fixed(text="Wohin?"),
        card("location_request_message", "Wohin?", buttons=[{"kind": "send_location", "text": ""}]),
    ),
    "contact": ("send_contact", fixed(contact=CARD), ("contacts", {"contacts": [SHOWN_CARD]})),
    "contact asked for": (
        "request_contact_info", fixed(text="Ihre Nummer?"),
        card("request_contact_info", "Ihre Nummer?", buttons=[{"kind": "request_contact_info", "text": ""}]),
    ),
    "buttons": (
        "send_message", fixed(text="Passt Freitag?", header="Termin", footer="Nordwind", buttons=TWO),
        card("button", "Passt Freitag?", header={"kind": "text", "text": "Termin"}, footer="Nordwind", buttons=SHOWN_TWO),
    ),
    "list": (
        "send_message", fixed(text="Was suchen Sie?", buttons=SECTIONS),
        card("list", "Was suchen Sie?", buttons=[{"kind": "list", "text": "Wählen"}], sections=SHOWN_SECTIONS),
    ),
    "url button": (
        "send_message", fixed(text="Herbst", buttons=callback.URLButton("Zum Angebot", SHOP)),
        card("cta_url", "Herbst", buttons=[{"kind": "url", "text": "Zum Angebot", "url": SHOP}]),
    ),
    "flow button": (
        "send_message", fixed(text="Anprobe", buttons=callback.FlowButton(
            "Termin", FLOW, flow_token="t-1", flow_action_type=FlowActionType.NAVIGATE, flow_action_screen="TERMIN")),
        card("flow", "Anprobe", buttons=[{
            "kind": "flow", "text": "Termin", "flow_id": FLOW, "token": "t-1", "action": "navigate",
            "screen": "TERMIN", "mode": "published"}]),
    ),
    "call permission": (
        "send_message", fixed(text="Dürfen wir anrufen?", buttons=callback.CallPermissionRequestButton()),
        card("call_permission_request", "Dürfen wir anrufen?", buttons=[{"kind": "call_permission", "text": ""}]),
    ),
    "voice call": (
        "send_message", fixed(text="Fragen?", buttons=callback.VoiceCallButton("Anrufen", dt.timedelta(days=1))),
        card("voice_call", "Fragen?", buttons=[{"kind": "voice_call", "text": "Anrufen", "ttl_minutes": 1440}]),
    ),
    "catalog": (
        "send_catalog", fixed(body="Alles", footer="Nordwind", thumbnail_product_sku="J1"),
        card("catalog_message", "Alles", footer="Nordwind", buttons=[{"kind": "catalog", "text": "", "thumbnail": "J1"}]),
    ),
    "product": (
        "send_product", fixed(catalog_id="77", sku="J1", body="Jacke", footer="Nordwind"),
        card("product", "Jacke", footer="Nordwind", buttons=[{"kind": "product", "text": "", "product": product("J1")}]),
    ),
    "products": (
        "send_products", fixed(catalog_id="77", product_sections=PRODUCTS, title="Herbst", body="Auswahl"),
        card("product_list", "Auswahl", header={"kind": "text", "text": "Herbst"},
             buttons=[{"kind": "products", "text": "", "catalog_id": "77"}], sections=[
                {"title": "Jacken", "products": [product("J1"), product("J2")]},
                {"title": "Hosen", "products": [product("H1")]}]),
    ),
    "carousel of images": (
        "send_carousel", lambda chat: {"body": "Neu", "cards": image_cards(chat)},
        card("carousel", "Neu", cards=[
            {"header": {"kind": "image", "media": JPEG}, **url_card(text, text)} for text in ("Jacke", "Hose")]),
    ),
    "carousel of videos": (
        "send_carousel", lambda chat: {"body": "Neu", "cards": video_cards(chat)},
        card("carousel", "Neu", cards=[
            {"header": {"kind": "video", "media": MP4}, "body": text,
             "buttons": [{"kind": "reply", "text": "Mehr", "id": f"more {text}"}]} for text in ("Jacke", "Hose")]),
    ),
}  # fmt: skip
"""Each a method of the client, what it is called with, and type and content on the device."""


@pytest.fixture(scope="module", params=["pywa", "pywa_async"])
async def chat(
    request: pytest.FixtureRequest, workshop: Workshop, variant: Variant, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Chat]:
    async with chatting(request.param, workshop, variant, tmp_path_factory.mktemp("takt")) as made:
        yield made


@pytest.mark.parametrize("what", SENDS)
async def test_what_is_sent_is_shown(chat: Chat, what: str) -> None:
    method, arguments, expected = SENDS[what]
    given = arguments(chat)
    sent = await chat.do(
        getattr(chat.wa, method), chat.mara, tracker=what, **(given if isinstance(given, dict) else await given)
    )
    status = await chat.told(MessageStatus, id=sent.id)
    assert (status.status, status.error, status.tracker) == (MessageStatusType.SENT, None, what)
    assert await chat.shown(sent.id) == expected


async def test_an_answer_quotes_the_message(chat: Chat) -> None:
    asked = await chat.answer("text", {"body": "Wann?"})
    sent = await chat.do(chat.wa.send_message, chat.mara, "Freitag.", reply_to_message_id=asked)
    assert (await chat.row(sent.id))["context"] == asked


async def test_a_reaction_comes_and_goes(chat: Chat) -> None:
    said = await chat.answer("text", {"body": "Danke!"})
    sent = await chat.do(chat.wa.send_reaction, chat.mara, "🎉", said)
    assert await chat.shown(sent.id) == ("reaction", {"message_id": said, "emoji": "🎉"})
    taken = await chat.do(chat.wa.remove_reaction, chat.mara, said)
    assert await chat.shown(taken.id) == ("reaction", {"message_id": said, "emoji": ""})


async def test_a_message_is_delivered_read_and_played(chat: Chat) -> None:
    sent = await chat.do(chat.wa.send_voice, chat.mara, chat.link("notiz.ogg"))
    row = await chat.row(sent.id)
    await chat.as_user("mara", "POST", "/receipts", json={"status": "delivered", "through": row["cursor"]})
    await chat.told(MessageStatus, id=sent.id, status=MessageStatusType.DELIVERED)
    await chat.read(sent.id)
    await chat.told(MessageStatus, id=sent.id, status=MessageStatusType.READ)
    await chat.as_user("mara", "POST", f"/messages/{sent.id}/played")
    await chat.told(MessageStatus, id=sent.id, status=MessageStatusType.PLAYED)


async def test_a_person_sees_that_the_company_read_and_writes(chat: Chat) -> None:
    said = await chat.answer("text", {"body": "Noch da?"})
    assert await chat.do(chat.wa.mark_message_as_read, said)
    assert (await chat.row(said))["status"] == "read"
    headers = {"Authorization": f"Bearer {chat.env['TAKT_DEVICE_MARA']}"}
    async with (
        httpx.AsyncClient(base_url=chat.url, headers=headers) as device,
        device.stream("GET", "/device/v1/events") as stream,
        asyncio.timeout(30),
    ):
        lines = stream.aiter_lines()
        while await anext(lines) != "event: hello":
            pass
        assert await chat.do(chat.wa.indicate_typing, said)
        while await anext(lines) != "event: typing":
            pass
        assert chat.env["TAKT_SENDER_OUTREACH"] in await anext(lines)
