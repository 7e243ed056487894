"""What people answer besides text: each kind gets to the company as the webhook that clients know, and nothing strange does."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from takt.core.content import Content
from takt.core.ids import wamid
from takt.wire.cloud import SendRequest, parse_send
from tests.device import Device, Messenger, ok, open_messenger, refused
from tests.flowing import RIGHT, fitting
from tests.world import NOW, Somebody, World, text_to


@pytest.fixture
async def mara(world: World) -> Somebody:
    person = await world.add_person(world.numbers(world.site.parts[0], 1)[0])
    await world.invite(person, world.outreach)
    return person


@pytest.fixture
async def messenger(world: World, mara: Somebody) -> AsyncIterator[Messenger]:
    async with open_messenger(world) as made:
        yield made


@pytest.fixture
async def phone(messenger: Messenger, mara: Somebody) -> AsyncIterator[Device]:
    async with messenger.device(mara) as device:
        yield device


def content(kind: str, value: Any) -> Content:
    request = parse_send({"messaging_product": "whatsapp", "to": "491713920001", "type": kind, kind: value})
    assert isinstance(request, SendRequest), request
    return request.content


async def offer(messenger: Messenger, mara: Somebody, action: dict[str, Any], kind: str) -> str:
    """The company sends an interactive message; its id."""
    sent = content("interactive", {"type": kind, "body": {"text": "Bitte wählen"}, "action": action})
    command = replace(text_to(messenger.world, mara.wa_id), content=sent)
    await messenger.send_lanes.submit(0, command)
    return wamid(command.message_id)


async def say(phone: Device, messenger: Messenger, kind: str, value: Any, context: str | None = None) -> Any:
    """Say something, and what the company hears of it."""
    before = await events(messenger)
    body = {"client_id": f"c{len(before)}", "to": messenger.world.outreach.sender_id, "type": kind, kind: value}
    await ok(await phone.http.post("/messages", json={**body, **({"context": context} if context else {})}))
    (heard,) = (await events(messenger))[len(before) :]
    return heard


async def events(messenger: Messenger) -> list[Any]:
    rows = await messenger.world.rows("SELECT body FROM outbox ORDER BY event_id")
    return [one for (body,) in rows for one in json.loads(body)["value"].get("messages", [])]


REPLIES = {"buttons": [{"type": "reply", "reply": {"id": "b1", "title": "Passt"}}]}
LIST = {"button": "Auf", "sections": [{"rows": [{"id": "r1", "title": "Zehn Uhr", "description": "früh"}]}]}
CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("button", REPLIES, {"type": "button_reply", "id": "b1", "title": "Passt"},
     {"type": "button_reply", "button_reply": {"id": "b1", "title": "Passt"}}),
    ("list", LIST, {"type": "list_reply", "id": "r1", "title": "Zehn Uhr", "description": "früh"},
     {"type": "list_reply", "list_reply": {"id": "r1", "title": "Zehn Uhr", "description": "früh"}}),
    ("call_permission_request", {"name": "call_permission_request"}, {"type": "call_permission_reply", "response": "reject"},
     {"type": "call_permission_reply", "call_permission_reply": {"response": "reject", "response_source": "user_action"}}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "action", "answer", "told"), CASES, ids=[case[0] for case in CASES])
async def test_an_answer_is_what_was_offered(
    messenger: Messenger, mara: Somebody, phone: Device, kind: str, action: Any, answer: Any, told: Any
) -> None:
    offered = await offer(messenger, mara, action, kind)
    heard = await say(phone, messenger, "interactive", answer, offered)
    assert (heard["type"], heard["interactive"]) == ("interactive", told)
    assert heard["context"] == {"from": messenger.world.outreach.phone, "id": offered}


@pytest.mark.parametrize(
    "answer",
    [
        {"type": "button_reply", "id": "b2", "title": "Passt"},
        {"type": "button_reply", "id": "b1", "title": "Anders"},
        {"type": "list_reply", "id": "b1", "title": "Passt"},
        {"type": "nfm_reply", "name": "address_message", "response": {}},
        {"type": "call_permission_reply", "response": "accept"},
    ],
)
async def test_what_was_not_offered_is_no_answer(
    messenger: Messenger, mara: Somebody, phone: Device, answer: dict[str, Any]
) -> None:
    offered = await offer(messenger, mara, REPLIES, "button")
    body = {"client_id": "c", "to": messenger.world.outreach.sender_id, "type": "interactive", "interactive": answer}
    await refused(
        await phone.http.post("/messages", json={**body, "context": offered}), 400, "unknown_button", "button"
    )
    await refused(await phone.http.post("/messages", json=body), 400, "unknown_message", "context")
    assert await events(messenger) == []


async def test_a_form_says_what_it_asks_for(messenger: Messenger, mara: Somebody, phone: Device) -> None:
    """The answer is checked against the form that the message opened, and told as it was given."""
    world = messenger.world
    await world.set_reference(
        "INSERT INTO flow (flow_id, business_id, name, categories, status, body, preview_key, preview_until, created_at,"
        " updated_at) VALUES ('500000000000001', $1, 'visit', '{}', 'PUBLISHED', $2, 'k', $3, $3, $3)",
        world.business.business_id, json.dumps(fitting()), NOW,
    )  # fmt: skip
    action = {"parameters": {"flow_name": "visit", "flow_cta": "Los", "flow_token": "t"}}
    offered = await offer(messenger, mara, action, "flow")
    answer = {**RIGHT, "flow_token": "t"}
    told = await say(
        phone, messenger, "interactive", {"type": "nfm_reply", "name": "flow", "response": answer}, offered
    )
    reply = told["interactive"]["nfm_reply"]
    assert (reply["name"], reply["body"], json.loads(reply["response_json"])) == ("flow", "Sent", answer)
    for wrong, field in (({"flow_token": "x"}, "flow_token"), ({"time": "11"}, "time")):
        body = {
            "client_id": "w", "to": world.outreach.sender_id, "type": "interactive", "context": offered,
            "interactive": {"type": "nfm_reply", "name": "flow", "response": {**answer, **wrong}},
        }  # fmt: skip
        await refused(
            await phone.http.post("/messages", json=body), 400, "invalid_answer", f"interactive.response.{field}"
        )


PLACE = {"latitude": 53.5, "longitude": 9.9, "name": "Laden"}
ADA = {"name": {"formatted_name": "Ada L", "first_name": "Ada"}, "phones": [{"phone": "+49", "wa_id": "49"}]}


async def test_places_cards_and_reactions_get_there(messenger: Messenger, mara: Somebody, phone: Device) -> None:
    place = await say(phone, messenger, "location", PLACE)
    assert (place["type"], place["location"]) == ("location", PLACE)
    cards = await say(phone, messenger, "contacts", [ADA])
    assert cards["contacts"] == [{**ADA, "origin": "other"}]
    reaction = await say(phone, messenger, "reaction", {"message_id": place["id"], "emoji": "👍"})
    assert reaction["reaction"] == {"message_id": place["id"], "emoji": "👍"}
    gone = await say(phone, messenger, "reaction", {"message_id": place["id"], "emoji": ""})
    assert gone["reaction"] == {"message_id": place["id"]}


async def test_a_number_that_was_asked_for_says_so(messenger: Messenger, mara: Somebody, phone: Device) -> None:
    asked = await offer(messenger, mara, {"name": "request_contact_info"}, "request_contact_info")
    heard = await say(phone, messenger, "contacts", [ADA], asked)
    assert heard["contacts"][0]["origin"] == "contact_request"


async def test_an_order_is_of_a_catalogue_that_was_shown(messenger: Messenger, mara: Somebody, phone: Device) -> None:
    shown = await offer(messenger, mara, {"catalog_id": "c", "product_retailer_id": "p"}, "product")
    lines = [{"product_retailer_id": "p", "quantity": 2, "item_price": 3.5, "currency": "EUR"}]
    order = {"catalog_id": "c", "product_items": lines}
    heard = await say(phone, messenger, "order", order, shown)
    assert heard["order"] == {"catalog_id": "c", "text": "", "product_items": lines}


async def test_a_reaction_opens_no_window(messenger: Messenger, mara: Somebody, phone: Device) -> None:
    world = messenger.world
    heard = await say(phone, messenger, "text", {"body": "Hallo"})
    await world.execute("UPDATE thread SET window_until = NULL, unanswered = 3")
    await say(phone, messenger, "reaction", {"message_id": heard["id"], "emoji": "👍"})
    assert await world.rows("SELECT window_until, unanswered FROM thread") == [(None, 3)]


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("location", {"latitude": 91, "longitude": 0}, "location.latitude"),
        ("contacts", [], "contacts"),
        ("reaction", {"message_id": "x"}, "reaction.message_id"),
        ("interactive", {"type": "poll"}, "interactive.type"),
        ("interactive", {"type": "nfm_reply", "name": "flow", "response": {"x": "y" * 20_000}}, "interactive.response"),
        ("image", {"link": "https://x.example/a.jpg"}, "image.link"),
        ("order", {"catalog_id": "c", "product_items": []}, "order.product_items"),
    ],
)
async def test_what_is_wrong_is_named(phone: Device, messenger: Messenger, kind: str, value: Any, field: str) -> None:
    body = {"client_id": "c", "to": messenger.world.outreach.sender_id, "type": kind, kind: value}
    await refused(await phone.http.post("/messages", json=body), 400, "invalid", field)
