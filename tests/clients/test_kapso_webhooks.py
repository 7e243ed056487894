"""What Takt sends by itself, in the eyes of @kapso/whatsapp-cloud-api: each webhook signed, read, and saying what was meant."""

from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests import samples
from tests.databases import Variant
from tests.kapso import Company, open_company
from tests.likeness import unlike

FLOW: Final = "500493023125001"
CATALOG: Final = "600493023125001"
CARD: Final = {
    "name": {"formatted_name": "Ines Albrecht", "first_name": "Ines"},
    "phones": [{"phone": "+49 30 23125 001"}],
}
ITEM: Final = {"product_retailer_id": "jacke-1", "quantity": 2, "item_price": 129.9, "currency": "EUR"}
FORM: Final = {"flow_token": "t", "tag": "2026-12-01", "uhrzeit": "10:00", "bemerkung": "Größe M"}


@pytest.fixture
async def company(db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Company]:
    async with open_company(db, variant.parts, tmp_path) as made:
        yield made


class Chat:
    """Mara and the company: she says something, and the company hears it."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.said = 0

    async def say(self, kind: str, value: object, context: str | None = None) -> Any:
        """What the company's client makes of it."""
        self.said += 1
        body = {
            "client_id": f"c{self.said}",
            "to": self.company.live.env["TAKT_SENDER_OUTREACH"],
            "type": kind,
            kind: value,
        }
        await self.company.live.as_user(
            "mara", "POST", "/messages", json=body | ({"context": context} if context else {})
        )
        return (await self.company.heard("messages", self.said))[-1]

    async def ask(self, call: str, **given: object) -> str:
        """The id of a message that the company sends."""
        env = self.company.live.env
        to = {"phoneNumberId": env["TAKT_SENDER_OUTREACH"], "to": env["TAKT_USER_MARA"]}
        return str((await self.company.kapso.call(f"messages.{call}", {**to, **given}))["messages"][0]["id"])

    async def bring(self, raw: bytes, mime_type: str, filename: str = "") -> str:
        """The id of a file that she uploads."""
        headers = {"Content-Type": mime_type}
        path = f"/media?filename={filename}" if filename else "/media"
        return str((await self.company.live.as_user("mara", "POST", path, content=raw, headers=headers))["id"])


@pytest.fixture
async def chat(company: Company) -> Chat:
    made = Chat(company)
    await made.say("text", {"body": "Hallo"})
    return made


async def test_every_webhook_is_signed_and_read_as_it_was_meant(company: Company) -> None:
    """What people and the platform do comes out of the client's reader under the names it gives."""
    live, words = company.live, dict(company.live.env)
    await live.write("mara", "Größe M, bitte ✓")
    (message,) = await company.heard("messages")
    assert message["text"] == {"body": "Größe M, bitte ✓"}
    assert (message["from"], message["type"]) == (words["TAKT_USER_MARA"], "text")
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    await Chat(company).ask("sendTemplate", template=template, bizOpaqueCallbackData="4711")
    inbox = await live.as_user("mara", "GET", "/inbox")
    await live.as_user("mara", "POST", "/receipts", json={"status": "read", "through": inbox["cursor"]})
    statuses = await company.heard("statuses", 2)
    assert [status["status"] for status in statuses] == ["sent", "read"]
    assert {status["recipientId"] for status in statuses} == {words["TAKT_USER_MARA"]}
    assert statuses[0]["pricing"]["pricingModel"] == "PMP"
    assert statuses[1]["bizOpaqueCallbackData"] == "4711"


MEDIA: Final[tuple[tuple[str, bytes, str, dict[str, Any], dict[str, Any]], ...]] = (
    ("image", samples.JPEG, "image/jpeg", {"caption": "Passt das?"}, {}),
    ("video", samples.MP4, "video/mp4", {"caption": "Sieh!"}, {}),
    ("audio", samples.opus(), "audio/ogg", {}, {"voice": False}),
    ("document", samples.PDF, "application/pdf", {"caption": "Rechnung"}, {"filename": "7.pdf"}),
    ("sticker", samples.webp(), "image/webp", {}, {"animated": False}),
)


async def test_media_of_people_come_with_their_address(chat: Chat) -> None:
    found = []
    for kind, raw, mime_type, more, told in MEDIA:
        name = await chat.bring(raw, mime_type, str(told.get("filename", "")))
        message = await chat.say(kind, {"id": name, **more})
        found += unlike(
            {"type": kind, kind: {"id": name, "sha256": b64encode(sha256(raw).digest()).decode(), **more, **told}},
            message,
        )
        assert message[kind]["mimeType"].startswith(mime_type)
        got = await chat.company.kapso.call("media.download", {"mediaId": name, "auth": "always"})
        assert got == {"base64": b64encode(raw).decode()}
    assert found == []


async def test_whatever_people_say_by_themselves(chat: Chat) -> None:
    first = (await chat.company.heard("messages"))[0]["id"]
    place = {"latitude": 53.54, "longitude": 9.99, "name": "Laden", "address": "Am Sandtorkai 1"}
    order = {"catalog_id": CATALOG, "text": "Bitte bald", "product_items": [ITEM]}
    found = [
        *unlike({"type": "location", "location": place}, await chat.say("location", place)),
        *unlike(
            {"type": "contacts", "contacts": [{
                "name": {"formattedName": "Ines Albrecht", "firstName": "Ines"}, "phones": [{"phone": "+49 30 23125 001"}],
            }]},
            await chat.say("contacts", [CARD]),
        ),
        *unlike(
            {"type": "reaction", "reaction": {"messageId": first, "emoji": "👍"}},
            await chat.say("reaction", {"message_id": first, "emoji": "👍"}),
        ),
        *unlike(
            {"type": "reaction", "reaction": {"messageId": first, "emoji": None}},
            await chat.say("reaction", {"message_id": first, "emoji": ""}),
        ),
        *unlike(
            {"type": "order", "order": {"catalogId": CATALOG, "orderText": "Bitte bald", "productItems": [
                {"productRetailerId": "jacke-1", "quantity": 2, "itemPrice": 129.9, "currency": "EUR"}]},
             "kapso": {"orderText": "Bitte bald"}},
            await chat.say("order", order, await chat.ask("sendInteractiveCatalogMessage", bodyText="Alles")),
        ),
        *unlike(
            {"type": "text", "context": {"from": chat.company.live.env["TAKT_USER_MARA"], "id": first}},
            await chat.say("text", {"body": "das meinte ich"}, first),
        ),
    ]  # fmt: skip
    assert found == []


async def test_whatever_people_answer(chat: Chat) -> None:
    """Buttons, lists, forms, permissions: each names the message it answers, and the client sees who spoke."""
    lists = [{"title": "Größen", "rows": [{"id": "m", "title": "M", "description": "mittel"}]}]
    named = [
        {"type": "text", "parameterName": "name", "text": "Mara"},
        {"type": "text", "parameterName": "day", "text": "Fr"},
    ]
    asked: list[tuple[str, str, dict[str, object], dict[str, Any]]] = [
        (await chat.ask("sendInteractiveButtons", bodyText="Passt es?", buttons=[{"id": "ja", "title": "Ja"}]),
         "interactive", {"type": "button_reply", "id": "ja", "title": "Ja"},
         {"type": "button_reply", "buttonReply": {"id": "ja", "title": "Ja"}}),
        (await chat.ask("sendInteractiveList", bodyText="Größe?", buttonText="Größen", sections=lists),
         "interactive", {"type": "list_reply", "id": "m", "title": "M", "description": "mittel"},
         {"type": "list_reply", "listReply": {"id": "m", "title": "M", "description": "mittel"}}),
        (await chat.ask("sendInteractiveFlow", bodyText="Termin?",
                        parameters={"flowId": FLOW, "flowCta": "Wählen", "flowToken": "t"}),
         "interactive", {"type": "nfm_reply", "name": "flow", "response": FORM},
         {"type": "nfm_reply", "nfmReply": {"name": "flow", "body": "Sent"}}),
        (await chat.ask("sendInteractiveCallPermission", bodyText="Dürfen wir anrufen?",
                        parameters={"phoneNumber": chat.company.live.env["TAKT_USER_MARA"]}),
         "interactive", {"type": "call_permission_reply", "response": "reject"},
         {"type": "call_permission_reply", "callPermissionReply": {"response": "reject", "responseSource": "user_action"}}),
        (await chat.ask("sendTemplate", template={
            "name": "appointment", "language": {"code": "de"}, "components": [{"type": "body", "parameters": named}]}),
         "button", {"payload": "Passt", "text": "Passt"}, {"payload": "Passt", "text": "Passt"}),
    ]  # fmt: skip
    found, heard = [], {}
    for message_id, kind, said, told in asked:
        message = heard[told.get("type", kind)] = await chat.say(kind, said, message_id)
        expected = {
            "type": kind,
            kind: told,
            "context": {"id": message_id, "from": str},
            "kapso": {"direction": "inbound"},
        }
        found += unlike(expected, message)
    assert found == []
    form = heard["nfm_reply"]["kapso"]
    assert unlike({"flowToken": "t", "flowName": "flow", "flowResponse": {"uhrzeit": "10:00"}}, form) == []


async def test_a_voice_note_that_is_played(chat: Chat) -> None:
    upload = {
        "phoneNumberId": chat.company.live.env["TAKT_SENDER_OUTREACH"], "type": "audio/ogg", "file": samples.opus(),
        "fileName": "a.ogg",
    }  # fmt: skip
    note = (await chat.company.kapso.call("media.upload", upload))["id"]
    message_id = await chat.ask("sendAudio", audio={"id": note, "voice": True}, bizOpaqueCallbackData="7")
    await chat.company.live.as_user("mara", "POST", f"/messages/{message_id}/played")
    played = [one for one in await chat.company.heard("statuses", 2) if one["status"] == "played"]
    assert unlike([{"id": message_id, "bizOpaqueCallbackData": "7", "pricing": None}], played) == []


async def test_a_message_that_fails(chat: Chat) -> None:
    env = chat.company.live.env
    given = {"phoneNumberId": env["TAKT_SENDER_OUTREACH"], "to": env["TAKT_USER_JONAS"], "body": "Hallo"}
    await chat.company.kapso.call("messages.sendText", given)
    (status,) = [one for one in await chat.company.heard("statuses") if one["status"] == "failed"]
    error = {"code": 131047, "title": str, "message": str, "errorData": {"details": str}, "href": str}
    assert unlike({"errors": [error], "recipientId": env["TAKT_USER_JONAS"]}, status) == []


async def test_somebody_who_stops_and_resumes_offers(chat: Chat) -> None:
    company = chat.company
    for granted, value in ((False, "stop"), (True, "resume")):
        path = f"/senders/{company.live.env['TAKT_SENDER_OUTREACH']}/consent"
        await company.live.as_user("mara", "PUT", path, json={"purpose": "marketing", "granted": granted})
        (told,) = (await company.told("userPreferences", 1 + granted))[-1]["userPreferences"]
        assert (
            unlike({"value": value, "category": "marketing_messages", "waId": company.live.env["TAKT_USER_MARA"]}, told)
            == []
        )


async def test_news_of_templates_flows_and_numbers(company: Company) -> None:
    """They have no reader of their own in this client: it hands them over by the names of their fields."""
    env, kapso = company.live.env, company.kapso
    made = await kapso.call("templates.create", {
        "businessAccountId": env["TAKT_WABA_ID"], "name": "neu", "language": "de", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Ihre Bestellung ist unterwegs zu Ihnen."}]})  # fmt: skip
    (approved,) = await company.told("messageTemplateStatusUpdate")
    assert unlike({"event": "APPROVED", "messageTemplateId": int(made["id"]), "messageTemplateName": "neu",
                   "messageTemplateLanguage": "de", "reason": "NONE"}, approved) == []  # fmt: skip
    await _judge(company, made["id"], decision="recategorise", category="marketing")
    moved = (await company.told("templateCategoryUpdate"))[-1]
    assert (
        unlike(
            {
                "messageTemplateId": int(made["id"]),
                "newCategory": "UTILITY",
                "correctCategory": "MARKETING",
                "categoryUpdateTimestamp": int,
            },
            moved,
        )
        == []
    )
    await _judge(company, made["id"], decision="rate", quality="YELLOW")
    (rated,) = await company.told("messageTemplateQualityUpdate")
    assert unlike({"previousQualityScore": "UNKNOWN", "newQualityScore": "YELLOW"}, rated) == []
    await kapso.call("flows.deprecate", {"flowId": FLOW})
    (flow,) = await company.told("flows")
    assert unlike({"event": "FLOW_STATUS_CHANGE", "flowId": FLOW, "oldStatus": "PUBLISHED", "newStatus": "DEPRECATED"},
                  flow) == []  # fmt: skip
    await kapso.call("request", {"method": "POST", "path": env["TAKT_SENDER_OUTREACH"], "body": {"pin": "654321"}})
    (pin,) = await company.told("security")
    assert unlike({"event": "PIN_CHANGED", "displayPhoneNumber": str, "requester": str}, pin) == []
    path = f"{env['TAKT_SENDER_OUTREACH']}/username"
    await kapso.call("request", {"method": "POST", "path": path, "body": {"username": "nordwind.mode"}})
    (name,) = await company.told("businessUsernameUpdates")
    assert unlike({"username": "nordwind.mode", "status": "approved"}, name) == []
    at = f"businesses/{env['TAKT_WABA_ID']}"
    await _operate(company, "POST", f"{at}/measures", kind="warning")
    (warned,) = await company.told("accountUpdate")
    assert unlike({"event": "ACCOUNT_VIOLATION", "violationInfo": {"violationType": "SPAM"}}, warned) == []
    await _operate(company, "PUT", f"{at}/tier", tier="TIER_2K")
    (limit,) = await company.told("businessCapabilityUpdate")
    assert unlike({"maxDailyConversationsPerBusiness": "TIER_2K"}, limit) == []
    (grown, _) = await company.told("phoneNumberQualityUpdate", 2)
    assert unlike({"event": "DOWNGRADE", "currentLimit": "TIER_2K"}, grown) == []


async def _judge(company: Company, template_id: str, **decision: str) -> None:
    await _operate(company, "POST", f"reviews/{template_id}", **decision)


async def _operate(company: Company, method: str, path: str, **given: str) -> None:
    headers = {"Authorization": f"Bearer {company.live.env['TAKT_OPERATOR_TOKEN']}"}
    async with httpx.AsyncClient(base_url=company.live.url, headers=headers) as client:
        answer = await client.request(method, f"/takt/v1/{path}", json=given)
    assert answer.is_success, answer.text
