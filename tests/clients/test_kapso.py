"""@kapso/whatsapp-cloud-api, a second unmodified client, against the whole of Takt: every call it has, by a table.

Besides the calls it is asked for its opinion on what Takt sends by itself: signature and form of each webhook.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import asyncpg
import pytest

from takt.store import reference
from tests.databases import Variant
from tests.likeness import filled, unlike
from tests.live import Live, takt
from tests.programs import Kapso, Refused, kapso
from tests.receiver import Receiver, receiving

WAIT_S_MAX = 10
VERIFY_TOKEN = "Nordlicht"
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


NO_SUCH_TYPE: Final = refused(131051, "media", "fix_and_retry", httpStatus=400)
NO_SUCH_PATH: Final = refused(2500, "parameter", "fix_and_retry", httpStatus=400)


class Row(NamedTuple):
    """One call. `given` and `outcome` name words with `$`; `keep` makes a word of a member of its answer: (word, member)."""

    call: str
    given: dict[str, Any]
    outcome: dict[str, Any]
    keep: tuple[str, str] | None = None


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


PHOTO: Final = {"link": "https://nordwind.example/jacke.jpg"}
PRODUCT: Final = {"catalogId": "600493023125001", "productRetailerId": "jacke-1"}
CARDS: Final = [
    {"cardIndex": n, "header": {"type": "image", "image": PHOTO}, "bodyText": "Jacke",
     "action": {"displayText": "Ansehen", "url": "https://nordwind.example/1"}}
    for n in range(2)
]  # fmt: skip
ORDER: Final = [{"type": "body", "parameters": [{"type": "text", "text": "Mara"}, {"type": "text", "text": "4711"}]}]
TEMPLATE: Final = {"name": "order_update", "language": {"code": "de"}, "components": ORDER}

TABLE: Final = (
    to_mara("sendText", body="Guten Tag!", previewUrl=False),
    to_mara("sendText", body="Gern.", contextMessageId="$MESSAGE", bizOpaqueCallbackData="4711"),
    to_mara("sendRaw", payload={"messagingProduct": "whatsapp", "to": "$TAKT_USER_MARA", "text": {"body": "roh"}}),
    to_mara("sendTemplate", template=TEMPLATE),
    to_mara("sendImage", NO_SUCH_TYPE, image={**PHOTO, "caption": "Jacke"}),
    to_mara("sendVideo", NO_SUCH_TYPE, video={"link": "https://nordwind.example/1.mp4"}),
    to_mara("sendAudio", NO_SUCH_TYPE, audio={"link": "https://nordwind.example/1.ogg", "voice": True}),
    to_mara("sendDocument", NO_SUCH_TYPE, document={"link": "https://nordwind.example/1.pdf", "filename": "1.pdf"}),
    to_mara("sendSticker", NO_SUCH_TYPE, sticker={"link": "https://nordwind.example/1.webp"}),
    to_mara("sendLocation", NO_SUCH_TYPE, location={"latitude": 53.54, "longitude": 9.99, "name": "Laden"}),
    to_mara("sendContacts", NO_SUCH_TYPE, contacts=[{
        "name": {"formattedName": "Ines Albrecht", "firstName": "Ines"}, "phones": [{"phone": "+49 30 23125 001"}],
    }]),
    to_mara("sendReaction", NO_SUCH_TYPE, reaction={"messageId": "$MESSAGE", "emoji": "👍"}),
    to_mara("sendInteractiveButtons", NO_SUCH_TYPE, bodyText="Passt es?", buttons=[{"id": "ja", "title": "Ja"}]),
    to_mara("sendInteractiveList", NO_SUCH_TYPE, bodyText="Welche Größe?", buttonText="Größen",
            sections=[{"title": "Größen", "rows": [{"id": "m", "title": "M", "description": "mittel"}]}]),
    to_mara("sendInteractiveCtaUrl", NO_SUCH_TYPE, bodyText="Ihr Paket",
            parameters={"displayText": "Verfolgen", "url": "https://nordwind.example/1"}),
    to_mara("sendInteractiveLocationRequest", NO_SUCH_TYPE, bodyText="Wohin?",
            parameters={"requestMessage": "Wohin?"}),
    to_mara("sendInteractiveAddress", NO_SUCH_TYPE, bodyText="Wohin?", parameters={"country": "IN"}),
    to_mara("sendInteractiveCarousel", NO_SUCH_TYPE, bodyText="Neu", cards=CARDS),
    to_mara("sendInteractiveProduct", NO_SUCH_TYPE, bodyText="Die hier", **PRODUCT),
    to_mara("sendInteractiveProductList", NO_SUCH_TYPE, bodyText="Auswahl", header={"type": "text", "text": "Jacken"},
            catalogId="600493023125001",
            sections=[{"title": "Jacken", "productItems": [{"productRetailerId": "jacke-1"}]}]),
    to_mara("sendInteractiveCatalogMessage", NO_SUCH_TYPE, bodyText="Alles"),
    to_mara("sendInteractiveFlow", NO_SUCH_TYPE, bodyText="Termin?",
            parameters={"flowId": "500493023125001", "flowCta": "Wählen", "flowToken": "t"}),
    to_mara("sendInteractiveCallPermission", NO_SUCH_TYPE, bodyText="Dürfen wir anrufen?",
            parameters={"phoneNumber": "$TAKT_USER_MARA"}),
    to_mara("sendInteractiveRaw", NO_SUCH_TYPE, interactive={
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
    of_templates("create", refused(100, "parameter", "fix_and_retry"), name="neu", language="de", category="UTILITY",
                 components=[{"type": "BODY", "text": "Guten Tag!"}]),
    of_templates("delete", refused(100, "parameter", "fix_and_retry"), name="neu"),
    of_number("settings.get", NO_SUCH_PATH),
    of_number("settings.update", NO_SUCH_PATH, fallbackLanguage="de"),
    of_number("businessProfile.get", NO_SUCH_PATH),
    of_number("businessProfile.update", NO_SUCH_PATH, about="Regenjacken"),
    of_number("requestCode", NO_SUCH_PATH, codeMethod="SMS", language="de"),
    of_number("verifyCode", NO_SUCH_PATH, code="123456"),
    of_number("register", NO_SUCH_PATH, pin="123456"),
    of_number("deregister", NO_SUCH_PATH),
    Row("media.get", {"mediaId": "700493023125001"}, refused(100, "parameter", "fix_and_retry", errorSubcode=33)),
    Row("media.download", {"mediaId": "700493023125001"}, refused(100, "parameter", "fix_and_retry")),
    Row("media.delete", {"mediaId": "700493023125001"}, refused(100, "parameter", "fix_and_retry")),
    Row("flows.list", {"wabaId": "$TAKT_WABA_ID"}, NO_SUCH_PATH),
)  # fmt: skip

# Calls that no row is for, and why.
NOT_CALLED: Final = {
    **dict.fromkeys(("messages.query", "messages.get", "messages.listByConversation"), "only at the client's own proxy"),
    **dict.fromkeys(("calls.list", "calls.get"), "only at the client's own proxy"),
    **dict.fromkeys(
        ("calls.connect", "calls.preAccept", "calls.accept", "calls.reject", "calls.terminate", "calls.permissions.get"),
        "Takt carries no calls",
    ),
    **dict.fromkeys(
        ("flows.create", "flows.updateAsset", "flows.publish", "flows.deprecate", "flows.preview", "flows.get",
         "flows.deploy"),
        "flows are not served",
    ),
    "flows.buildCacheKey": "asks nobody",
    "media.upload": "not served; and a body that is refused unread ends in an answer or in a broken connection",
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


class Company(NamedTuple):
    """The client as a company runs it, and what its webhook receiver got."""

    kapso: Kapso
    live: Live
    receiver: Receiver

    async def run(self, row: Row, words: dict[str, str]) -> list[str]:
        """Do a row; what is not as it says, in words."""
        try:
            got = await self.kapso.call(row.call, filled(row.given, words))
        except Refused as fault:
            got = fault.shown
        found = unlike(filled(row.outcome, words), got)
        if row.keep is not None and not found:
            word, member = row.keep
            words[word] = got[member]
        return [f"{row.call}: {one}" for one in found]

    async def heard(self, kind: str, count: int = 1) -> list[Any]:
        """All `messages` or `statuses` that came, as the client reads them, once there are so many."""
        async with asyncio.timeout(WAIT_S_MAX):
            while len(found := [one for hook in await self.read_all() for one in hook[kind]]) < count:
                await asyncio.sleep(0.05)
        return found

    async def read_all(self) -> list[Any]:
        """Every webhook that came, as the client reads it; the client finds each rightly signed, and something in it."""
        hooks = []
        for got in [one for one in self.receiver.got if one.method == "POST"]:
            text, signature = got.body.decode("ascii"), got.headers["x-hub-signature-256"]
            proof = {"appSecret": self.live.env["TAKT_APP_SECRET"], "signatureHeader": signature}
            assert await self.kapso.call("verifySignature", {**proof, "rawBody": text})
            assert not await self.kapso.call("verifySignature", {**proof, "rawBody": f"{text} "})
            hook = await self.kapso.call("normalizeWebhook", text)
            sent = [change["value"] for change in got.changes()]
            for kind in ("messages", "statuses", "contacts"):
                assert len(hook[kind]) == sum(len(value.get(kind, [])) for value in sent), text
            assert sum(map(len, hook["raw"].values())) == len(sent)
            hooks.append(hook)
        return hooks


@pytest.fixture
async def company(db: str, variant: Variant, tmp_path: Path) -> AsyncIterator[Company]:
    async with takt(db, variant.parts, tmp_path) as live, receiving() as receiver:
        env = live.env
        receiver.answer = lambda got: (200, got.query.get("hub.challenge", "").encode())
        async with kapso(live.url, f"{env['TAKT_APP_ID']}|{env['TAKT_APP_SECRET']}") as app:
            body = {"object": "whatsapp_business_account", "callbackUrl": receiver.url, "verifyToken": VERIFY_TOKEN,
                    "fields": "messages,user_preferences"}  # fmt: skip
            path = f"{env['TAKT_APP_ID']}/subscriptions"
            assert await app.call("request", {"method": "POST", "path": path, "body": body}) == {"success": True}
        async with kapso(live.url, env["TAKT_TOKEN"]) as client:
            made = Company(client, live, receiver)
            yield made
            await made.read_all()


async def test_every_call_of_the_client_has_its_outcome(company: Company) -> None:
    words = dict(company.live.env)
    await company.live.write("mara", "Größe M, bitte ✓")
    words["MESSAGE"] = (await company.heard("messages"))[0]["id"]
    found = [fault for row in TABLE for fault in await company.run(row, words)]
    assert found == []


async def test_no_call_of_the_client_is_left_out(company: Company) -> None:
    called = {row.call for row in TABLE}
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
        await reference.touch(conn)
    await conn.close()
    words = dict(company.live.env)
    rows = [to_mara("sendTemplate", template=TEMPLATE)] * 3
    found = [fault for row in rows for fault in await company.run(row, words)]
    assert found
    with pytest.raises(Refused) as fault:
        await company.kapso.call(rows[0].call, filled(rows[0].given, words))
    assert unlike(refused(130429, "throttling", "retry_after"), fault.value.shown) == []
    assert fault.value.shown["retry"]["retryAfterMs"] >= 1000


async def test_every_webhook_is_signed_and_read_as_it_was_meant(company: Company) -> None:
    """What people and the platform do comes out of the client's reader under the names it gives."""
    live, words = company.live, dict(company.live.env)
    await live.write("mara", "Größe M, bitte ✓")
    (message,) = await company.heard("messages")
    assert message["text"] == {"body": "Größe M, bitte ✓"}
    assert (message["from"], message["type"]) == (words["TAKT_USER_MARA"], "text")
    assert await company.run(to_mara("sendTemplate", template=TEMPLATE, bizOpaqueCallbackData="4711"), words) == []
    inbox = await live.as_user("mara", "GET", "/inbox")
    await live.as_user("mara", "POST", "/receipts", json={"status": "read", "through": inbox["cursor"]})
    statuses = await company.heard("statuses", 2)
    assert [status["status"] for status in statuses] == ["sent", "read"]
    assert {status["recipientId"] for status in statuses} == {words["TAKT_USER_MARA"]}
    assert statuses[0]["pricing"]["pricingModel"] == "PMP"
    assert statuses[1]["bizOpaqueCallbackData"] == "4711"
