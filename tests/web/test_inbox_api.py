"""The inbox API over real HTTP: messages with price and reason, sending, prices, templates, explanations."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from takt.actions.outcome import inbox_topic
from takt.clock import CLOCK
from takt.core.ids import slot_of
from takt.store import businesses
from takt.store.businesses import NewTemplate
from takt.store.pool import transaction
from tests.desk_calls import messages, post, template, text
from tests.inbox import WRITE, Inbox, key_of
from tests.world import FUNDS, MARKETING, NOW, UTILITY, Somebody

# ---------------------------------------------------------------- messages


async def test_messages_come_with_status_price_and_reason(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    key = key_of(person, inbox.world.outreach)
    await inbox.write(person, inbox.world.outreach, "Hallo")
    await inbox.projected()
    free = (await post(ines, f"/threads/{key}/messages", text("Moin"))).json()
    assert free["status"] == "accepted"
    inbox.clock.at += timedelta(seconds=1)
    denied = (await post(ines, f"/threads/{key}/messages", template("autumn_offer", "20 %", client_id="c2"))).json()
    reason = {
        "code": 131050, "name": "marketing_not_granted", "title": "User has not opted in to marketing messages",
        "text": "Die Person hat diesem Unternehmen nie Werbung erlaubt.",
        "remedy": "Holen Sie zuerst die Einwilligung ein, zum Beispiel im offenen Service-Chat.",
        "rule": "marketing_consent", "figure": "no opt-in on record", "next_at": None,
        "forecast": "Sobald das geändert ist; Warten allein hilft nicht.",
    }  # fmt: skip
    assert (denied["status"], denied["reason"]) == ("failed", reason)
    inbox.clock.at += timedelta(seconds=1)
    await inbox.world.set_marketing(person, granted=True)
    paid = (await post(ines, f"/threads/{key}/messages", template("autumn_offer", "20 %", client_id="c3"))).json()
    assert paid == {"id": paid["id"], "status": "accepted"}
    page = await messages(ines, key)
    assert [(one["mine"], one["type"], one["text"], one["status"], one["category"]) for one in page] == [
        (False, "text", "Hallo", "delivered", "service"),
        (True, "text", "Moin", "accepted", "service"),
        (True, "template", "Neues zu 20 %.", "failed", "marketing"),
        (True, "template", "Neues zu 20 %.", "accepted", "marketing"),
    ]
    assert [one["price"] for one in page] == [
        None,
        {"micros": 0, "currency": "EUR", "state": "free"},
        None,
        {"micros": MARKETING, "currency": "EUR", "state": "held"},
    ]
    assert [one["reason"] for one in page] == [None, None, reason, None]
    assert [one["id"] for one in page[1:]] == [free["id"], denied["id"], paid["id"]]
    assert page[2]["cursor"] is None
    assert page[3]["content"] == {
        "name": "autumn_offer", "language": "de", "body": "Neues zu 20 %.",
    }  # fmt: skip
    assert set(page[0]) == {
        "cursor", "id", "sender", "mine", "type", "at", "status", "text", "content", "category", "context", "price",
        "reason",
    }  # fmt: skip


async def test_an_expired_message_says_so(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    key = key_of(person, inbox.world.outreach)
    await inbox.write(person, inbox.world.outreach)
    await inbox.projected()
    await post(ines, f"/threads/{key}/messages", text("Moin"))
    await inbox.world.execute(
        "UPDATE message SET status = 'failed', reason = 'expired' WHERE part = $1 AND NOT inbound", person.part
    )
    failed = (await messages(ines, key))[-1]
    assert (failed["status"], failed["reason"]["name"], failed["reason"]["rule"]) == ("failed", "expired", "delivery")


async def test_a_button_press_shows_its_words(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    await inbox.write(person, inbox.world.support)
    await inbox.world.execute(
        "UPDATE message SET type = 'button', content = $2 WHERE part = $1", person.part,
        '{"text": "Passt", "payload": "yes"}',
    )  # fmt: skip
    await inbox.projected()
    [pressed] = await messages(ines, key_of(person, inbox.world.support))
    assert (pressed["type"], pressed["text"], pressed["content"]["payload"]) == ("button", "Passt", "yes")


async def test_pages_of_messages_hold_the_refused_ones_in_their_places(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    sender, other = inbox.world.support, inbox.world.outreach
    for minute in range(12):
        at = NOW + timedelta(minutes=minute)
        if minute % 3 == 2:
            await refuse(inbox, person, f"{minute}", minute)
        else:
            await inbox.write(person, sender if minute != 4 else other, f"{minute}", at=at)
    await inbox.projected()
    key = key_of(person, sender)
    shown: list[str] = []
    before: dict[str, int] = {}
    while page := await messages(ines, key, limit=3, **before):
        shown = [one["text"] for one in page] + shown
        before = {"before": min(one["cursor"] for one in page if one["cursor"] is not None)}
    assert shown == ["0", "1", "2", "3", "5", "6", "7", "8", "9", "10", "11"]
    assert [one["text"] for one in await messages(ines, key)] == shown
    # A number between two messages, as a notice has, is as good a boundary.
    assert [one["text"] for one in await messages(ines, key, before=2, limit=50)] == ["0"]


async def refuse(inbox: Inbox, person: Somebody, body: str, minute: int) -> None:
    """A message of the support sender that did not get into the inbox."""
    await inbox.world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, type, content,"
        " category, status, accepted_at) VALUES ($1, $2, $3, $4, $5, $6, false, 'text', $7, 'service', 'failed', $8)",
        person.part, CLOCK.new_id(slot_of(person.recipient_id)), person.recipient_id, person.wa_id,
        inbox.world.support.sender_id, inbox.world.business.business_id,
        msgspec.json.encode({"body": body}).decode(), NOW + timedelta(minutes=minute),
    )  # fmt: skip


# ---------------------------------------------------------------- sending


async def test_the_same_client_id_is_the_same_message(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    key = key_of(person, inbox.world.support)
    await inbox.write(person, inbox.world.support)
    await inbox.projected()
    answers = await asyncio.gather(*(post(ines, f"/threads/{key}/messages", text("Moin")) for _ in range(5)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [one["text"] for one in await messages(ines, key)] == ["Hallo", "Moin"]
    other = (await post(ines, f"/threads/{key}/messages", text("Moin", "c2"))).json()
    assert other["id"] != answers[0].json()["id"]
    async with inbox.browser("tom") as tom:
        # The thread and the client id name the message, whoever of the company repeats the request.
        assert (await post(tom, f"/threads/{key}/messages", text("Moin"))).json()["id"] == answers[0].json()["id"]


async def test_a_refused_message_is_told_at_once_and_stays(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    key = key_of(person, inbox.world.support)
    await inbox.write(person, inbox.world.support, at=NOW - timedelta(days=2))
    await inbox.projected()
    answer = (await post(ines, f"/threads/{key}/messages", text("Moin"))).json()
    assert (answer["status"], answer["reason"]["name"]) == ("failed", "support_not_invited")
    assert [(one["id"], one["status"]) for one in await messages(ines, key)][1:] == [(answer["id"], "failed")]
    again = (await post(ines, f"/threads/{key}/messages", text("Moin"))).json()
    assert (again["id"], again["status"], again["reason"]["name"]) == (answer["id"], "failed", "support_not_invited")


async def test_a_refusal_that_leaves_nothing_behind_has_no_id(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    key = key_of(person, inbox.world.outreach)
    await inbox.write(person, inbox.world.outreach)
    await inbox.projected()
    answer = (await post(ines, f"/threads/{key}/messages", template("paused_offer", "x"))).json()
    assert (answer["id"], answer["status"], answer["reason"]["name"]) == (None, "failed", "template_paused")
    assert len(await messages(ines, key)) == 1


MALFORMED_MESSAGES: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "client_id"),
    ({"client_id": "x" * 65, "type": "text", "text": {"body": "a"}}, "client_id"),
    ({"client_id": "\x00", "type": "text", "text": {"body": "a"}}, "client_id"),
    ({"client_id": "c"}, "type"),
    ({"client_id": "c", "type": "image", "image": {}}, "image.id"),
    ({"client_id": "c", "type": ["text"], "text": {"body": "a"}}, "type"),
    ({"client_id": "c", "type": "text"}, "text"),
    ({"client_id": "c", "type": "text", "text": "a"}, "text"),
    ({"client_id": "c", "type": "text", "text": {"body": ""}}, "text.body"),
    ({"client_id": "c", "type": "text", "text": {"body": "x" * 4097}}, "text.body"),
    ({"client_id": "c", "type": "text", "text": {"body": "a\x00b"}}, "text.body"),
    ({"client_id": "c", "type": "template", "template": {"name": "x", "language": 7}}, "template.language"),
    ({"client_id": "c", "type": "template", "template": {"name": "x", "language": "?"}}, "template.language.code"),
    ({"client_id": "c", "status": "read", "message_id": "wamid.x", "type": "text"}, "text"),
)


async def test_a_malformed_message_names_the_field(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    await inbox.write(person, inbox.world.support)
    await inbox.projected()
    for body, field in MALFORMED_MESSAGES:
        answer = await post(ines, f"/threads/{key_of(person, inbox.world.support)}/messages", body)
        assert (answer.status_code, answer.json()["error"].get("field")) == (400, field), body
        assert field in answer.json()["error"]["message"]


async def test_reading_goes_up_to_what_was_seen(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    key = key_of(person, inbox.world.support)
    one = await inbox.write(person, inbox.world.support, "eins")
    await inbox.write(person, inbox.world.support, "zwei")
    await inbox.projected()
    assert (await post(ines, f"/threads/{key}/read", {"through": one})).status_code == 204
    await inbox.projected()
    assert (await ines.get(f"/threads/{key}")).json()["unread"] == 1
    assert [message["status"] for message in await messages(ines, key)] == ["read", "delivered"]
    for through in ("1", -1, 2**70, 1.5):
        answer = await post(ines, f"/threads/{key}/read", {"through": through})
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, "through")
    assert (await post(ines, f"/threads/{key}/read")).status_code == 204
    await inbox.projected()
    assert (await ines.get(f"/threads/{key}")).json()["unread"] == 0


async def test_typing_reaches_whom_the_company_may_answer(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    mara, jonas = await inbox.person(0), await inbox.person(1)
    await inbox.write(mara, inbox.world.support)
    await inbox.write(jonas, inbox.world.support, at=NOW - timedelta(days=2))
    await inbox.projected()
    for person, signals in ((mara, [f"typing:{inbox.world.support.sender_id}"]), (jonas, [])):
        with inbox.wakes.subscribe(inbox_topic(person.recipient_id)) as listening:
            assert (await post(ines, f"/threads/{key_of(person, inbox.world.support)}/typing")).status_code == 204
            assert list(listening.signals) == signals


# ---------------------------------------------------------------- prices, templates, explanations


async def test_the_price_is_known_before(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    mara, jonas = await inbox.person(0), await inbox.person(1)
    await inbox.write(mara, inbox.world.outreach)
    await inbox.write(jonas, inbox.world.outreach, at=NOW - timedelta(days=2))
    await inbox.projected()

    async def price(person: Somebody, draft: dict[str, Any]) -> dict[str, Any]:
        named = {"sender": inbox.world.outreach.sender_id, "recipient": str(person.recipient_id)}
        answer = await post(ines, "/price", {**named, **draft})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    assert await price(mara, {"type": "text"}) == {
        "micros": 0, "currency": "EUR", "free": True, "would_send": True, "waits_until": None, "reason": None,
        "because": "Antworten in den 24 Stunden nach einer Nachricht der Person kosten nichts.",
    }  # fmt: skip
    assert (await price(jonas, {"type": "text"}))["reason"]["name"] == "window_closed"
    assert await price(jonas, template("order_update", "4711")) == {
        "micros": UTILITY, "currency": "EUR", "free": False, "would_send": True, "waits_until": None, "reason": None,
        "because": "Kategorie Utility, Land DE, Preisliste card, Version 1.",
    }  # fmt: skip
    denied = await price(jonas, template("autumn_offer", "20 %"))
    assert (denied["micros"], denied["would_send"], denied["reason"]["name"]) == (
        MARKETING, False, "marketing_not_granted",
    )  # fmt: skip
    assert await inbox.world.money() == (FUNDS, 0)
    assert await inbox.world.count("message") == 2
    await ines.put("/me", json={"locale": "en"}, headers=WRITE)
    assert (await price(jonas, template("order_update", "4711")))["because"] == (
        "Category utility, country DE, rate card card, version 1."
    )


async def test_templates_list_what_to_fill_in(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    components: list[dict[str, Any]] = [
        {"type": "HEADER", "format": "TEXT", "text": "Paket {{1}}", "example": {"header_text": ["0034"]}},
        {"type": "BODY", "text": "{{1}}, es kommt {{2}} ({{1}}).", "example": {"body_text": [["Mara", "morgen"]]}},
        {"type": "BUTTONS", "buttons": [
            {"type": "QUICK_REPLY", "text": "Passt"},
            {"type": "URL", "text": "Folgen", "url": "https://n.example/p/{{1}}", "example": ["https://n.example/p/7"]},
        ]},
    ]  # fmt: skip
    named: list[dict[str, Any]] = [
        {"type": "BODY", "text": "{{name}} am {{day}}", "example": {"body_text_named_params": [
            {"param_name": "day", "example": "Freitag"}, {"param_name": "name", "example": "Jonas"}]}},
    ]  # fmt: skip
    own = inbox.world.business.business_id
    async with transaction(inbox.world.site.everywhere) as conn:
        await businesses.add_template(
            conn, NewTemplate("400493023125010", own, "parcel", "de", "utility", components), NOW
        )
        await businesses.add_template(
            conn, NewTemplate("400493023125011", own, "meeting", "de", "utility", named, named=True), NOW
        )
    found = (await ines.get("/templates", params={"sender": inbox.world.outreach.sender_id})).json()["templates"]
    by_name = {one["name"]: one for one in found}
    assert sorted(by_name) == ["autumn_offer", "meeting", "order_update", "parcel"]
    assert by_name["parcel"] == {
        "name": "parcel", "language": "de", "category": "utility", "parameter_format": "POSITIONAL",
        "components": components,
        "parameters": [
            {"where": "header", "name": "1", "example": "0034"},
            {"where": "body", "name": "1", "example": "Mara"},
            {"where": "body", "name": "2", "example": "morgen"},
            {"where": "button", "name": "1", "example": "7", "index": 1},
        ],
    }  # fmt: skip
    assert by_name["meeting"]["parameters"] == [
        {"where": "body", "name": "name", "example": "Jonas"},
        {"where": "body", "name": "day", "example": "Freitag"},
    ]
    assert by_name["order_update"]["parameters"] == [{"where": "body", "name": "1", "example": ""}]


async def test_an_explanation_tells_every_rule(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    key = key_of(person, inbox.world.support)
    await inbox.write(person, inbox.world.support, at=NOW - timedelta(days=2))
    await inbox.projected()
    sent = (await post(ines, f"/threads/{key}/messages", text("Moin"))).json()
    told = (await ines.get(f"/messages/{sent['id']}/explain")).json()
    assert (told["message"], told["status"], told["verdict"]) == (sent["id"], "failed", "denied")
    assert told["reason"]["name"] == told["reason"]["name"] == "support_not_invited"
    assert told["reason"]["rule"] == "sender_kind"
    assert {rule["rule"]: rule["verdict"] for rule in told["rules"]}["sender_kind"] == "denied"
