"""Templates of every kind, made by pywa, approved, and sent by it with values: what the person's device then shows."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import pytest
from pywa.types import templates as t
from pywa.types.flows import FlowActionType
from pywa.types.message_status import MessageStatus, MessageStatusType
from pywa.types.others import Pagination, ProductsSection
from pywa.types.templates import BodyText, TemplateCategory, TemplateLanguage, TemplateStatus

from takt.demo import world
from tests import samples
from tests.clients.pywa_chat import Chat, chatting
from tests.databases import Variant, Workshop

GERMAN = TemplateLanguage.GERMAN
UTILITY, MARKETING, CODE = TemplateCategory.UTILITY, TemplateCategory.MARKETING, TemplateCategory.AUTHENTICATION
FLOW = world.FLOWS[0].flow_id
SHOP = "https://nordwind.example/"
UNTIL = dt.datetime(2031, 1, 1, tzinfo=dt.UTC)


class Sent(NamedTuple):
    """A template, the values it is sent with, and what a person sees beside its body."""

    category: TemplateCategory
    components: list[Any]
    values: Callable[[Chat], list[Any]]
    shown: dict[str, Any]


def body(number: int) -> BodyText:
    """A body that no other template has."""
    return BodyText(f"Zu Ihrer Bestellung haben wir die Nachricht {number} für Sie.")


def header(kind: str) -> dict[str, Any]:
    return {"type": "HEADER", "format": kind, "example": {"header_handle": ["4::aW1hZ2U"]}}


def buttons(*given: Any) -> t.Buttons:
    return t.Buttons(buttons=list(given))


def card() -> t.CarouselCard:
    link = t.URLButton(text="Ansehen", url=SHOP + "{{1}}", example=SHOP + "1")
    return t.CarouselCard(components=[header("IMAGE"), BodyText("Regenjacke"), buttons(link)])


def filled_card(chat: Chat, index: int) -> Any:
    picture = t.HeaderImage.params(image=chat.link("bild.jpg"))
    return t.CarouselCard.params(params=[picture, t.URLButton.params(url_variable=f"j{index}", index=0)], index=index)


def shown_card(index: int) -> dict[str, Any]:
    link = {"kind": "url", "text": "Ansehen", "url": f"{SHOP}j{index}"}
    return {"header": {"kind": "image", "media": JPEG}, "body": "Regenjacke", "buttons": [link]}


JPEG, MP4, PDF = ("image/jpeg", samples.JPEG), ("video/mp4", samples.MP4), ("application/pdf", samples.PDF)
OTP = [t.AuthenticationBody(add_security_recommendation=True), t.AuthenticationFooter(code_expiration_minutes=5),
       buttons(t.CopyCodeOTPButton())]  # fmt: skip
COUPON = buttons(t.CopyCodeButton(example="HERBST20"))
TERMIN = t.FlowButton(text="Termin", flow_id=FLOW, flow_action=FlowActionType.NAVIGATE, navigate_screen="TERMIN")

KINDS: dict[str, Sent] = {
    "text": Sent(
        UTILITY, [t.HeaderText("Paket {{1}}", "1"), BodyText("Es kommt {{1}} bei Ihnen an.", "morgen")],
        lambda _: [t.HeaderText.params("0034"), BodyText.params("heute")],
        {"header": {"kind": "text", "text": "Paket 0034"}, "body": "Es kommt heute bei Ihnen an."},
    ),
    "image": Sent(
        UTILITY, [header("IMAGE"), body(1)], lambda chat: [t.HeaderImage.params(image=chat.link("bild.jpg"))],
        {"header": {"kind": "image", "media": JPEG}},
    ),
    "video": Sent(
        UTILITY, [header("VIDEO"), body(2)], lambda chat: [t.HeaderVideo.params(video=chat.path("film.mp4"))],
        {"header": {"kind": "video", "media": MP4}},
    ),
    "document": Sent(
        UTILITY, [header("DOCUMENT"), body(3)],
        lambda chat: [t.HeaderDocument.params(document=chat.link("rechnung.pdf"), filename="R.pdf")],
        {"header": {"kind": "document", "media": PDF, "filename": "R.pdf"}},
    ),
    "gif": Sent(
        MARKETING, [header("GIF"), body(4)], lambda chat: [t.HeaderGIF.params(gif=chat.link("film.mp4"))],
        {"header": {"kind": "gif", "media": MP4}},
    ),
    "location": Sent(
        UTILITY, [t.HeaderLocation(), body(5)],
        lambda _: [t.HeaderLocation.params(lat=53.5, lon=10.0, name="Laden", address="Hamburg")],
        {"header": {"kind": "location", "location": {
            "latitude": 53.5, "longitude": 10.0, "name": "Laden", "address": "Hamburg"}}},
    ),
    "product": Sent(
        MARKETING, [t.HeaderProduct(), body(6), buttons(t.SPMButton(text="Ansehen"))],
        lambda _: [t.HeaderProduct.params(catalog_id="77", sku="J1")],
        {"header": {"kind": "product", "product": {"catalog_id": "77", "product_retailer_id": "J1"}},
         "buttons": [{"kind": "product", "text": "Ansehen"}]},
    ),
    "replies": Sent(
        UTILITY, [body(7), buttons(t.QuickReplyButton(text="Ja"), t.QuickReplyButton(text="Nein"))],
        lambda _: [t.QuickReplyButton.params(callback_data="yes", index=0)],
        {"buttons": [{"kind": "quick_reply", "text": "Ja", "payload": "yes"},
                     {"kind": "quick_reply", "text": "Nein", "payload": "Nein"}]},
    ),
    "coupon": Sent(
        MARKETING, [body(8), COUPON], lambda _: [t.CopyCodeButton.params(coupon_code="MARA20", index=0)],
        {"buttons": [{"kind": "copy_code", "text": "Code kopieren", "code": "MARA20"}]},
    ),
    "flow": Sent(
        UTILITY, [body(9), buttons(TERMIN)], lambda _: [t.FlowButton.params(index=0, flow_token="t-9")],
        {"buttons": [{"kind": "flow", "text": "Termin", "flow_id": FLOW, "token": "t-9", "action": "navigate",
                      "mode": "published", "screen": "TERMIN"}]},
    ),
    "catalog": Sent(
        MARKETING, [body(10), buttons(t.CatalogButton(text="Katalog"))],
        lambda _: [t.CatalogButton.params(thumbnail_product_sku="J1", index=0)],
        {"buttons": [{"kind": "catalog", "text": "Katalog", "thumbnail": "J1"}]},
    ),
    "products": Sent(
        MARKETING, [t.HeaderText("Herbst"), body(11), buttons(t.MPMButton(text="Artikel"))],
        lambda _: [t.MPMButton.params(
            product_sections=[ProductsSection("Jacken", ["J1"])], thumbnail_product_sku="J1", index=0)],
        {"header": {"kind": "text", "text": "Herbst"}, "buttons": [{"kind": "products", "text": "Artikel", "thumbnail": "J1",
                     "sections": [{"title": "Jacken", "products": [{"product_retailer_id": "J1"}]}]}]},
    ),
    # pywa gives seconds where milliseconds are meant.
    "offer": Sent(
        MARKETING, [t.LimitedTimeOffer(text="Nur heute", has_expiration=True), body(12), COUPON],
        lambda _: [t.LimitedTimeOffer.params(expiration_time=UNTIL), t.CopyCodeButton.params(coupon_code="JETZT", index=0)],
        {"offer": {"text": "Nur heute", "code": "JETZT", "expires_at": int(UNTIL.timestamp())},
         "buttons": [{"kind": "copy_code", "text": "Code kopieren", "code": "JETZT"}]},
    ),
    "carousel": Sent(
        MARKETING, [body(13), t.Carousel(cards=[card(), card()])],
        lambda chat: [t.Carousel.params(cards=[filled_card(chat, 0), filled_card(chat, 1)])],
        {"cards": [shown_card(0), shown_card(1)]},
    ),
    "code": Sent(
        CODE, OTP, lambda _: [t.AuthenticationBody.params(otp="482913"), t.CopyCodeOTPButton.params(otp="482913")],
        {"body": "*482913* ist dein Bestätigungscode. Gib ihn zu deiner Sicherheit niemandem weiter.",
         "footer": "Dieser Code läuft in 5 Minuten ab.",
         "buttons": [{"kind": "copy_code", "text": "Code kopieren", "code": "482913"}]},
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=["pywa", "pywa_async"])
async def chat(
    request: pytest.FixtureRequest, workshop: Workshop, variant: Variant, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Chat]:
    async with chatting(request.param, workshop, variant, tmp_path_factory.mktemp("takt")) as made:
        for name, one in KINDS.items():
            new = t.Template(name=f"kind_{name}", language=GERMAN, category=one.category, components=one.components)
            await made.do(made.wa.create_template, new)
        await approved(made)
        yield made


async def approved(chat: Chat) -> None:
    """Wait until the review has let all of them through."""
    async with asyncio.timeout(20):
        while True:
            page = await chat.do(chat.wa.get_templates, pagination=Pagination(limit=100))
            waiting = {one.name: one.status for one in page if one.name.startswith("kind_")}
            if set(waiting.values()) == {TemplateStatus.APPROVED}:
                return
            assert TemplateStatus.REJECTED not in waiting.values(), waiting
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("name", KINDS)
async def test_a_filled_template_is_shown(chat: Chat, name: str) -> None:
    kind = KINDS[name]
    sent = await chat.do(
        chat.wa.send_template, chat.mara, f"kind_{name}", GERMAN, kind.values(chat), tracker=name,
    )  # fmt: skip
    status = await chat.told(MessageStatus, id=sent.id)
    assert (status.status, status.error) == (MessageStatusType.SENT, None)
    sort, shown = await chat.shown(sent.id)
    text = next((one.text for one in kind.components if isinstance(one, BodyText)), None)
    assert (sort, shown) == ("template", {"name": f"kind_{name}", "language": "de", "body": text, **kind.shown})


async def test_a_template_goes_by_the_path_for_marketing(chat: Chat) -> None:
    sent = await chat.do(
        chat.wa.send_template, chat.mara, "autumn_offer", GERMAN, [BodyText.params("Mara", "HERBST20")],
        use_mm_lite_api=True, message_activity_sharing=False,
    )  # fmt: skip
    status = await chat.told(MessageStatus, id=sent.id)
    assert (status.status, status.error) == (MessageStatusType.SENT, None)
    assert (await chat.row(sent.id))["category"] == "marketing"
