"""Everything a person can answer, as pywa's own handler for it gets it, and pywa's waiting for such an answer."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pywa import types as w
from pywa.types import callback
from pywa.types.calls import CallPermissionResponse, CallPermissionUpdate
from pywa.types.flows import FlowActionType
from pywa.types.others import ContactsOrigin
from pywa.types.templates import BodyText, TemplateLanguage
from pywa.types.user_preferences import MarketingPreference, UserMarketingPreferences

from takt.demo import world
from tests import samples
from tests.clients.pywa_chat import Chat, chatting
from tests.databases import Variant, Workshop

CARD = {
    "name": {"formatted_name": "Tim Brandt", "first_name": "Tim"},
    "phones": [{"phone": "+49171", "wa_id": "49171"}],
}
FORM = {"tag": "2026-12-01", "uhrzeit": "10:00", "bemerkung": "Größe M"}
MEDIA = {
    "image": (samples.JPEG, "image/jpeg"), "video": (samples.MP4, "video/mp4"), "document": (samples.PDF, "application/pdf"),
    "audio": (samples.opus(), "audio/ogg"), "sticker": (samples.webp(), "image/webp"),
}  # fmt: skip


@pytest.fixture(scope="module", params=["pywa", "pywa_async"])
async def chat(
    request: pytest.FixtureRequest, workshop: Workshop, variant: Variant, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Chat]:
    async with chatting(request.param, workshop, variant, tmp_path_factory.mktemp("takt")) as made:
        yield made


async def ask(chat: Chat, buttons: Any) -> Any:
    return await chat.do(chat.wa.send_message, chat.mara, "Was passt?", buttons=buttons)


async def test_words(chat: Chat) -> None:
    asked = await chat.do(chat.wa.send_message, chat.mara, "Wann?")
    said = await chat.answer("text", {"body": "Freitag ✓"}, asked.id)
    message = await chat.told(w.Message, id=said)
    assert (message.type, message.text, message.from_user.wa_id) == ("text", "Freitag ✓", chat.mara)
    assert message.reply_to_message.id == asked.id


async def test_a_quick_reply_of_a_template(chat: Chat) -> None:
    sent = await chat.do(
        chat.wa.send_template, chat.mara, "appointment", TemplateLanguage.GERMAN,
        [BodyText.params(name="Mara", day="Freitag")],
    )  # fmt: skip
    said = await chat.answer("button", {"payload": "Verschieben", "text": "Verschieben"}, sent.id)
    button = await chat.told(w.CallbackButton, id=said)
    assert (button.data, button.title, button.is_quick_reply) == ("Verschieben", "Verschieben", True)


async def test_a_button(chat: Chat) -> None:
    sent = await ask(chat, [callback.Button("Ja", "yes")])
    said = await chat.answer("interactive", {"type": "button_reply", "id": "yes", "title": "Ja"}, sent.id)
    button = await chat.told(w.CallbackButton, id=said)
    assert (button.data, button.title, button.is_quick_reply) == ("yes", "Ja", False)
    assert button.reply_to_message.id == sent.id


async def test_a_row_of_a_list(chat: Chat) -> None:
    rows = [callback.SectionRow("Regen", "rain", "Hält dicht")]
    sent = await ask(chat, callback.SectionList("Wählen", [callback.Section("Jacken", rows)]))
    picked = {"type": "list_reply", "id": "rain", "title": "Regen", "description": "Hält dicht"}
    said = await chat.answer("interactive", picked, sent.id)
    found = await chat.told(w.CallbackSelection, id=said)
    assert (found.data, found.title, found.description) == ("rain", "Regen", "Hält dicht")


async def test_a_place(chat: Chat) -> None:
    sent = await chat.do(chat.wa.request_location, chat.mara, "Wohin?")
    place = {"latitude": 53.54, "longitude": 9.98, "name": "Zuhause", "address": "Hamburg"}
    said = await chat.answer("location", place, sent.id)
    told = (await chat.told(w.Message, id=said)).location
    assert {name: getattr(told, name) for name in place} == place


@pytest.mark.parametrize("kind", MEDIA)
async def test_a_medium_comes_with_its_bytes(chat: Chat, kind: str) -> None:
    raw, mime = MEDIA[kind]
    brought = await chat.as_user(
        "mara", "POST", "/media", params={"filename": "Beleg.pdf"}, content=raw, headers={"content-type": mime}
    )
    more = {"caption": "Siehe"} if kind in ("image", "video", "document") else {}
    voice = {"voice": True} if kind == "audio" else {}
    said = await chat.answer(kind, {"id": brought["id"], **more, **voice})
    message = await chat.told(w.Message, id=said)
    medium = getattr(message, kind)
    assert (message.type, message.caption) == (kind, more.get("caption"))
    assert medium.mime_type.startswith(mime)
    assert getattr(medium, "voice", None) is (True if kind == "audio" else None)
    assert await chat.do(medium.get_bytes) == raw
    path = await chat.do(medium.download, path=chat.folder)
    assert path.read_bytes() == raw
    assert await chat.do(chat.wa.get_media_bytes, await chat.do(medium.get_media_url)) == raw


async def test_address_cards_and_the_own_number(chat: Chat) -> None:
    said = await chat.answer("contacts", [CARD])
    told = (await chat.told(w.Message, id=said)).contacts
    assert (told.origin, told.first.name.formatted_name, told.first_wa_id) == (
        ContactsOrigin.OTHER, "Tim Brandt", "49171",
    )  # fmt: skip
    sent = await chat.do(chat.wa.request_contact_info, chat.mara, "Ihre Nummer?")
    own = {"name": {"formatted_name": "Mara Brandt", "first_name": "Mara"}, "phones": [{"phone": chat.mara}]}
    said = await chat.answer("contacts", [own], sent.id)
    told = (await chat.told(w.Message, id=said)).contacts
    assert told.first.name.formatted_name == "Mara Brandt"
    assert told.origin == ContactsOrigin.CONTACT_REQUEST


async def test_a_reaction_comes_and_goes(chat: Chat) -> None:
    sent = await chat.do(chat.wa.send_message, chat.mara, "Bestellt.")
    said = await chat.answer("reaction", {"message_id": sent.id, "emoji": "👍"})
    reaction = (await chat.told(w.Message, id=said)).reaction
    assert (reaction.message_id, reaction.emoji, reaction.is_removed) == (sent.id, "👍", False)
    said = await chat.answer("reaction", {"message_id": sent.id, "emoji": ""})
    assert (await chat.told(w.Message, id=said)).reaction.is_removed


async def test_a_finished_form(chat: Chat) -> None:
    form = callback.FlowButton(
        "Termin", world.FLOWS[0].flow_id, flow_token="t-1", flow_action_type=FlowActionType.NAVIGATE,
        flow_action_screen="TERMIN",
    )  # fmt: skip
    sent = await ask(chat, form)
    finished = {"type": "nfm_reply", "name": "flow", "response": {"flow_token": "t-1", **FORM}}
    said = await chat.answer("interactive", finished, sent.id)
    completion = await chat.told(w.FlowCompletion, id=said)
    assert (completion.token, completion.response, completion.body) == ("t-1", FORM, "Sent")


async def test_an_order(chat: Chat) -> None:
    sent = await chat.do(chat.wa.send_catalog, chat.mara, "Alles")
    item = {"product_retailer_id": "J1", "quantity": 2, "item_price": 99.5, "currency": "EUR"}
    said = await chat.answer("order", {"catalog_id": "77", "text": "Bitte bald", "product_items": [item]}, sent.id)
    order = (await chat.told(w.Message, id=said)).order
    assert (order.catalog_id, order.text, order.total_price) == ("77", "Bitte bald", 199.0)
    assert [(one.sku, one.quantity, one.price, one.currency) for one in order.products] == [("J1", 2, 99.5, "EUR")]


async def test_an_order_from_the_own_catalogue(chat: Chat) -> None:
    sent = await chat.do(chat.wa.send_catalog, chat.mara, "Alles", thumbnail_product_sku="J1")
    said = await chat.answer("order", {"product_items": [{"product_retailer_id": "J1", "quantity": 1}]}, sent.id)
    order = (await chat.told(w.Message, id=said)).order
    assert order.catalog_id == (await chat.do(chat.wa.get_commerce_settings)).catalog_id


@pytest.mark.parametrize("response", ["accept", "reject"])
async def test_a_permission_to_call(chat: Chat, response: str) -> None:
    sent = await ask(chat, callback.CallPermissionRequestButton())
    said = await chat.answer("interactive", {"type": "call_permission_reply", "response": response}, sent.id)
    told = await chat.told(CallPermissionUpdate, id=said)
    assert told.response == CallPermissionResponse(response)
    assert bool(told) is (response == "accept")
    assert (told.expiration_timestamp is not None) is (response == "accept")


async def test_marketing_stopped_and_resumed(chat: Chat) -> None:
    path = f"/senders/{chat.env['TAKT_SENDER_OUTREACH']}/consent"
    for granted, value in ((False, MarketingPreference.STOP), (True, MarketingPreference.RESUME)):
        await chat.as_user("mara", "PUT", path, json={"purpose": "marketing", "granted": granted})
        assert (await chat.told(UserMarketingPreferences, value=value)).from_user.wa_id == chat.mara


# pywa's own wait asks for an attribute by its old name.
@pytest.mark.filterwarnings("ignore:ReplyToMessage.message_id")
async def test_an_answer_is_waited_for(chat: Chat) -> None:
    sent = await ask(chat, [callback.Button("Ja", "yes")])
    waiting = asyncio.create_task(chat.do(sent.wait_for_click, timeout=10))
    await chat.until(lambda: chat.wa._listeners)
    said = await chat.answer("interactive", {"type": "button_reply", "id": "yes", "title": "Ja"}, sent.id)
    assert (await waiting).id == said
    waiting = asyncio.create_task(chat.do(chat.wa.listen, sent.listener_identifier, timeout=10))
    await chat.until(lambda: chat.wa._listeners)
    await chat.do(chat.wa.stop_listening, sent.listener_identifier, reason="enough")
    with pytest.raises(Exception, match="enough"):
        await waiting


async def test_every_webhook_was_understood(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    """Handed to the client once more, each reaches its handler, and nothing is said of trouble."""
    posts = [got for got in chat.receiver.got if got.method == "POST"]
    assert posts
    for got in posts:
        for change in got.changes():
            body = json.dumps({"object": "whatsapp_business_account", "entry": [
                {"id": chat.env["TAKT_WABA_ID"], "changes": [change]}]})  # fmt: skip
            assert await chat.do(chat.wa.webhook_update_handler, body.encode()) == ("ok", 200)
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
