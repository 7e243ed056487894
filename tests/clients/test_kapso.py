"""@kapso/whatsapp-cloud-api, a second unmodified client, against the whole of Takt: every call it has, by a table."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from takt.store import stamp
from tests import samples
from tests.databases import Variant
from tests.kapso import Company, Row, open_company
from tests.likeness import filled, unlike
from tests.programs import Refused, kapso

WAMID = re.compile(r"wamid\.[A-Za-z0-9+/=]+")
DIGITS = re.compile(r"[0-9]{1,20}")

SENT: Final = {
    "messagingProduct": "whatsapp",
    "contacts": [{"input": "$TAKT_USER_MARA", "waId": "$TAKT_USER_MARA"}],
    "messages": [{"id": WAMID}],
}
DONE: Final = {"success": True}


def refused(code: int, category: str, action: str, **more: object) -> dict[str, object]:
    """The client's own error: its code, the class it sees in it, and what it advises to do."""
    return {"code": code, "category": category, "retry": {"action": action}, **more}


def to_mara(call: str, outcome: dict[str, Any] = SENT, **given: object) -> Row:
    """A message to Mara, who wrote a moment ago."""
    return Row(
        f"messages.{call}", {"phoneNumberId": "$TAKT_SENDER_OUTREACH", "to": "$TAKT_USER_MARA", **given}, outcome,
    )  # fmt: skip


def of_number(call: str, outcome: dict[str, Any], **given: object) -> Row:
    """A call about the sender."""
    return Row(f"phoneNumbers.{call}", {"phoneNumberId": "$TAKT_SENDER_OUTREACH", **given}, outcome)


def of_templates(call: str, outcome: dict[str, Any], **given: object) -> Row:
    """A call about the company's templates."""
    return Row(f"templates.{call}", {"businessAccountId": "$TAKT_WABA_ID", **given}, outcome)


def of_flows(call: str, outcome: dict[str, Any], keep: tuple[str, str] | None = None, **given: object) -> Row:
    """A call about the company's flows."""
    return Row(f"flows.{call}", {"wabaId": "$TAKT_WABA_ID", **given}, outcome, keep)


def of_flow(call: str, outcome: dict[str, Any], **given: object) -> Row:
    """A call about the flow that was made before."""
    return Row(f"flows.{call}", {"flowId": "$FLOW", **given}, outcome)


def uploaded(word: str, mime_type: str, raw: bytes) -> Row:
    """A file that goes up; its id becomes that word."""
    given = {**SENDER, "type": mime_type, "file": raw, "fileName": "Datei"}
    return Row("media.upload", given, {"id": DIGITS}, (word, "id"))


SENDER: Final = {"phoneNumberId": "$TAKT_SENDER_OUTREACH"}
PHOTO: Final = {"id": "$PHOTO"}
PRODUCT: Final[dict[str, Any]] = {"catalogId": "600493023125001", "productRetailerId": "jacke-1"}
CARDS: Final = [
    {"cardIndex": n, "header": {"type": "image", "image": PHOTO}, "bodyText": "Jacke",
     "action": {"displayText": "Ansehen", "url": "https://nordwind.example/1"}}
    for n in range(2)
]  # fmt: skip
FORM: Final = {
    "version": "7.0",
    "screens": [{"id": "WHEN", "title": "Termin", "terminal": True, "layout": {"type": "SingleColumnLayout", "children": [
        {"type": "TextHeading", "text": "Wann?"},
        {"type": "Footer", "label": "Fertig", "onClickAction": {"name": "complete", "payload": {}}},
    ]}}],
}  # fmt: skip
ORDER: Final = [{"type": "body", "parameters": [{"type": "text", "text": "Mara"}, {"type": "text", "text": "4711"}]}]
TEMPLATE: Final = {"name": "order_update", "language": {"code": "de"}, "components": ORDER}

TABLE: Final = (
    uploaded("PHOTO", "image/jpeg", samples.JPEG),
    uploaded("FILM", "video/mp4", samples.MP4),
    uploaded("NOTE", "audio/ogg", samples.opus()),
    uploaded("PAPER", "application/pdf", samples.PDF),
    uploaded("STICKER", "image/webp", samples.webp()),
    Row("media.upload", {**SENDER, "type": "image/jpeg", "file": samples.PNG, "fileName": "1.jpg"},
        refused(131053, "media", "fix_and_retry", httpStatus=400)),
    Row("media.get", {"mediaId": "$PHOTO"}, {"id": "$PHOTO", "mimeType": "image/jpeg", "fileSize": len(samples.JPEG),
        "sha256": sha256(samples.JPEG).hexdigest(), "url": re.compile(r"http://127\.0\.0\.1:.*")}),
    Row("media.download", {"mediaId": "$PHOTO", "auth": "always"}, {"base64": b64encode(samples.JPEG).decode()}),
    Row("media.download", {"mediaId": "$PHOTO", "auth": "never"}, {"base64": str}),
    to_mara("sendText", body="Guten Tag!", previewUrl=False),
    to_mara("sendText", body="Gern.", contextMessageId="$MESSAGE", bizOpaqueCallbackData="4711"),
    to_mara("sendRaw", payload={"messagingProduct": "whatsapp", "to": "$TAKT_USER_MARA", "text": {"body": "roh"}}),
    to_mara("sendTemplate", template=TEMPLATE),
    to_mara("sendImage", image={**PHOTO, "caption": "Jacke"}),
    to_mara("sendVideo", video={"id": "$FILM"}),
    to_mara("sendAudio", audio={"id": "$NOTE", "voice": True}),
    to_mara("sendDocument", document={"id": "$PAPER", "filename": "1.pdf"}),
    to_mara("sendSticker", sticker={"id": "$STICKER"}),
    to_mara("sendLocation", location={"latitude": 53.54, "longitude": 9.99, "name": "Laden"}),
    to_mara("sendContacts", contacts=[{
        "name": {"formattedName": "Ines Albrecht", "firstName": "Ines"}, "phones": [{"phone": "+49 30 23125 001"}],
    }]),
    to_mara("sendReaction", reaction={"messageId": "$MESSAGE", "emoji": "👍"}),
    to_mara("sendInteractiveButtons", bodyText="Passt es?", buttons=[{"id": "ja", "title": "Ja"}]),
    to_mara("sendInteractiveList", bodyText="Welche Größe?", buttonText="Größen",
            sections=[{"title": "Größen", "rows": [{"id": "m", "title": "M", "description": "mittel"}]}]),
    to_mara("sendInteractiveCtaUrl", bodyText="Ihr Paket",
            parameters={"displayText": "Verfolgen", "url": "https://nordwind.example/1"}),
    to_mara("sendInteractiveLocationRequest", bodyText="Wohin?",
            parameters={"requestMessage": "Wohin?"}),
    to_mara("sendInteractiveAddress", bodyText="Wohin?", parameters={"country": "IN"}),
    to_mara("sendInteractiveCarousel", bodyText="Neu", cards=CARDS),
    to_mara("sendInteractiveProduct", bodyText="Die hier", **PRODUCT),
    to_mara("sendInteractiveProductList", bodyText="Auswahl", header={"type": "text", "text": "Jacken"},
            catalogId="600493023125001",
            sections=[{"title": "Jacken", "productItems": [{"productRetailerId": "jacke-1"}]}]),
    to_mara("sendInteractiveCatalogMessage", bodyText="Alles"),
    to_mara("sendInteractiveFlow", bodyText="Termin?",
            parameters={"flowId": "500493023125001", "flowCta": "Wählen", "flowToken": "t"}),
    to_mara("sendInteractiveCallPermission", bodyText="Dürfen wir anrufen?",
            parameters={"phoneNumber": "$TAKT_USER_MARA"}),
    to_mara("sendInteractiveRaw", interactive={
        "type": "button", "body": {"text": "Passt es?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "ja", "title": "Ja"}}]},
    }),
    to_mara("markRead", DONE, messageId="$MESSAGE", typingIndicator={"type": "text"}),
    of_templates("list", {"data": [{"id": DIGITS, "name": "appointment"}, {"id": DIGITS, "name": str}], "paging": {
        "cursors": {"before": str, "after": str}, "next": re.compile(r"http://127\.0\.0\.1:.*")}}, limit=2),
    of_templates("list", {"data": [{"name": "winter_offer", "status": "PAUSED", "category": "MARKETING"}]},
                 status="PAUSED"),
    # The client asks at a path that the Cloud API does not have.
    of_templates("get", refused(2500, "parameter", "fix_and_retry"), templateId="400493023125001"),
    of_templates("create", {"id": DIGITS, "status": "PENDING", "category": "UTILITY"}, name="neu", language="de",
                 category="UTILITY", components=[{"type": "BODY", "text": "Guten Tag!"}]),
    of_templates("create", refused(100, "parameter", "fix_and_retry"), name="neu", language="de", category="UTILITY",
                 components=[{"type": "BODY", "text": "Guten Tag!"}]),
    of_templates("list", {"data": [{"name": "neu", "language": "de"}]}, name="neu"),
    of_templates("delete", DONE, name="neu"),
    of_templates("delete", refused(100, "parameter", "fix_and_retry"), name="nie"),
    of_number("settings.get", {"storageConfiguration": {}}),
    of_number("settings.update", DONE, fallbackLanguage="de"),
    of_number("businessProfile.update", DONE, about="Regenjacken"),
    of_number("businessProfile.get", {"data": [{"about": "Regenjacken", "messagingProduct": "whatsapp"}]}),
    of_number("requestCode", refused(136024, "parameter", "fix_and_retry", errorSubcode=2388091), codeMethod="SMS", language="de"),
    of_number("verifyCode", refused(136024, "parameter", "fix_and_retry"), code="123456"),
    of_number("deregister", DONE),
    of_number("register", DONE, pin="123456"),
    of_flows("list", {"data": [{"id": "500493023125001", "status": "PUBLISHED"}]}),
    of_flows("create", {"id": DIGITS, "success": True}, ("FLOW", "id"), name="Neu", flowJson=FORM),
    of_flow("get", {"id": "$FLOW", "name": "Neu", "status": "DRAFT"}),
    of_flow("updateAsset", DONE, json=FORM),
    of_flow("preview", {"preview": {"previewUrl": re.compile(r"http://127\.0\.0\.1:.*"), "expiresAt": str}}),
    of_flow("deprecate", {"code": 139003}),
    of_flow("publish", DONE),
    Row("request", {"method": "DELETE", "path": "$FLOW"}, {"code": 139004}),
    of_flow("deprecate", DONE),
    Row("media.delete", {"mediaId": "$PHOTO"}, DONE),
    Row("media.get", {"mediaId": "$PHOTO"}, refused(100, "parameter", "fix_and_retry", errorSubcode=33)),
)  # fmt: skip

# Calls that no row is for, and why.
NOT_CALLED: Final = {
    **dict.fromkeys(("messages.query", "messages.get", "messages.listByConversation"), "only at the client's own proxy"),
    **dict.fromkeys(("calls.list", "calls.get"), "only at the client's own proxy"),
    **dict.fromkeys(
        ("calls.connect", "calls.preAccept", "calls.accept", "calls.reject", "calls.terminate", "calls.permissions.get"),
        "Takt carries no calls",
    ),
    "flows.deploy": "create, updateAsset, publish and preview in one, and takes two arguments",
    "flows.buildCacheKey": "asks nobody",
}  # fmt: skip

# What goes wrong at once, and what the client makes of it.
LONG: Final = {"messagingProduct": "whatsapp", "to": "$TAKT_USER_MARA", "text": {"body": "x" * 5000}}
REFUSALS: Final = (
    Row("messages.sendTemplate", {"template": {"name": "nowhere", "language": {"code": "de"}}},
        refused(132001, "template", "fix_and_retry", httpStatus=404)),
    Row("messages.sendTemplate", {"template": {"name": "order_update", "language": {"code": "de"}}},
        refused(132000, "template", "fix_and_retry", httpStatus=400)),
    Row("messages.sendTemplate", {"template": {"name": "winter_offer", "language": {"code": "de"}}},
        refused(132015, "template", "fix_and_retry", httpStatus=400)),
    Row("messages.sendRaw", {"payload": LONG},
        refused(100, "parameter", "fix_and_retry", details=re.compile(".*4096.*"))),
    Row("messages.sendRaw", {"payload": {"messagingProduct": "whatsapp", "text": {"body": "x"}}},
        refused(131008, "parameter", "fix_and_retry")),
    Row("messages.sendText", {"phoneNumberId": "1", "body": "x"},
        refused(100, "parameter", "fix_and_retry", errorSubcode=33, type="GraphMethodException")),
)  # fmt: skip


@pytest.fixture
async def company(db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Company]:
    async with open_company(db, variant.parts, tmp_path) as made:
        yield made


async def test_every_call_of_the_client_has_its_outcome(company: Company) -> None:
    words = dict(company.live.env)
    await company.live.write("mara", "Größe M, bitte ✓")
    words["MESSAGE"] = (await company.heard("messages"))[0]["id"]
    found = [fault for row in TABLE for fault in await company.run(row, words)]
    assert found == []


async def test_no_call_of_the_client_is_left_out(company: Company) -> None:
    called = {row.call for row in TABLE} - {"request"}
    assert set(await company.kapso.call("methods")) == called | NOT_CALLED.keys()
    assert called.isdisjoint(NOT_CALLED)


async def test_refusals_are_of_the_clients_own_classes(company: Company) -> None:
    words = dict(company.live.env)
    to = {"phoneNumberId": "$TAKT_SENDER_OUTREACH", "to": "$TAKT_USER_MARA"}
    found = [
        fault for row in REFUSALS for fault in await company.run(row._replace(given={**to, **row.given}), words)
    ]  # fmt: skip
    assert found == []


async def test_a_late_refusal_asked_for_at_once_is_not_to_be_repeated(company: Company) -> None:
    env = company.live.env
    body = {"messagingProduct": "whatsapp", "to": env["TAKT_USER_JONAS"], "text": {"body": "x"}}
    request = {"method": "POST", "path": f"{env['TAKT_SENDER_OUTREACH']}/messages", "body": body}
    with pytest.raises(Refused) as fault:
        await company.kapso.call("request", {**request, "headers": {"Takt-Verdict": "sync"}})
    assert unlike(refused(131047, "reengagementWindow", "do_not_retry"), fault.value.shown) == []


async def test_a_marketing_template_goes_by_its_own_path(company: Company) -> None:
    env = company.live.env
    values = [{"type": "body", "parameters": [{"type": "text", "text": "Mara"}, {"type": "text", "text": "HERBST20"}]}]
    offer = {"name": "autumn_offer", "language": {"code": "de"}, "components": values}
    body = {"messagingProduct": "whatsapp", "to": env["TAKT_USER_MARA"], "type": "template"}
    request = {"method": "POST", "path": f"{env['TAKT_SENDER_OUTREACH']}/marketing_messages"}
    sent = await company.kapso.call("request", {**request, "body": {**body, "template": offer}})
    assert unlike(filled(SENT, env), sent) == []
    with pytest.raises(Refused) as fault:
        await company.kapso.call("request", {**request, "body": {**body, "template": TEMPLATE}})
    assert fault.value.shown["code"] == 134100


async def test_a_wrong_token_is_to_be_refreshed(company: Company) -> None:
    env = company.live.env
    async with kapso(company.live.url, "wrong") as stranger:
        with pytest.raises(Refused) as fault:
            await stranger.call("templates.list", {"businessAccountId": env["TAKT_WABA_ID"]})
    assert unlike(refused(190, "authorization", "refresh_token", httpStatus=401), fault.value.shown) == []


async def test_too_many_at_once_are_to_be_repeated_after_a_while(company: Company, db: str) -> None:
    conn = await asyncpg.connect(db)
    async with conn.transaction():
        await conn.execute("UPDATE sender SET throughput_per_s = 1")
        await stamp.touch(conn)
    await conn.close()
    words = dict(company.live.env)
    rows = [to_mara("sendTemplate", template=TEMPLATE)] * 3
    found = [fault for row in rows for fault in await company.run(row, words)]
    assert found
    with pytest.raises(Refused) as fault:
        await company.kapso.call(rows[0].call, filled(rows[0].given, words))
    assert unlike(refused(130429, "throttling", "retry_after"), fault.value.shown) == []
    assert fault.value.shown["retry"]["retryAfterMs"] >= 1000
