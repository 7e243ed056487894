"""Forms on devices of people in every part: opened by their own messages alone, and by whatever comes refused in order."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from takt.clock import CLOCK
from takt.core.ids import slot_of, wamid
from takt.store import flows
from takt.store.flows import NewFlow, Written
from takt.store.pool import transaction
from tests.device import Messenger, ok, open_messenger, refused
from tests.flowing import with_endpoint
from tests.world import NOW, Somebody, World

FLOW_ID = "500000000000001"
BUTTON = {"kind": "flow", "text": "Los", "flow_id": FLOW_ID, "token": "t-1", "data": {"name": "Mara"}}


@pytest.fixture
async def messenger(world: World) -> AsyncIterator[Messenger]:
    written = Written(json.dumps(with_endpoint()), "[]", "7.3", "3.0")
    flow = NewFlow(
        FLOW_ID,
        world.business.business_id,
        None,
        "Anprobe",
        ("OTHER",),
        "PUBLISHED",
        written,
        "http://127.0.0.1:9/",
        "k",
    )
    async with transaction(world.site.everywhere) as conn:
        await flows.add(conn, flow, NOW, NOW)
    async with open_messenger(world) as opened:
        yield opened


async def put(world: World, person: Somebody, cursor: int, content: dict[str, Any]) -> str:
    message_id = CLOCK.new_id(slot_of(person.recipient_id))
    await world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type,"
        " content, category, status, accepted_at) VALUES ($1, $2, $3, $4, $5, $6, false, $7, 'interactive', $8,"
        " 'service', 'accepted', $9)",
        person.part, message_id, person.recipient_id, person.wa_id, world.outreach.sender_id, world.business.business_id,
        cursor, json.dumps(content), NOW,
    )  # fmt: skip
    return wamid(message_id)


async def test_a_message_opens_its_form_in_every_part(messenger: Messenger, world: World) -> None:
    for part in range(len(world.site.parts)):
        person = await messenger.person(part=part)
        shapes: list[dict[str, Any]] = [
            {"kind": "flow", "body": "x", "buttons": [BUTTON]},
            {"name": "t", "language": "de", "cards": [{"buttons": [{"kind": "url"}]}, {"buttons": [BUTTON]}]},
        ]
        async with messenger.device(person) as device:
            for cursor, content in enumerate(shapes, 1):
                message = await put(world, person, cursor, content)
                opened = await ok(await device.http.get(f"/flows/{message}"))
                assert opened == {
                    "flow": with_endpoint(), "name": "Anprobe", "endpoint": True, "action": "navigate", "token": "t-1",
                    "screen": "WHEN", "data": {"name": "Mara"},
                }  # fmt: skip
            plain = await put(world, person, 9, {"body": "x"})
            await refused(await device.http.get(f"/flows/{plain}"), 404, "unknown_flow", "message")
            await refused(await device.http.get("/flows/nonsense"), 400, "invalid", "message")


async def test_nobody_opens_the_form_of_another(messenger: Messenger, world: World) -> None:
    own, other = await messenger.person(), await messenger.person(1)
    message = await put(world, own, 1, {"buttons": [BUTTON]})
    async with messenger.device(other) as device:
        await refused(await device.http.get(f"/flows/{message}"), 404, "unknown_flow", "message")
        asked = {"action": "INIT", "flow_token": "t-1"}
        answer = await device.http.post(f"/flows/{message}/exchange", json=asked)
        await refused(answer, 404, "unknown_flow", "message")


ODD = (b"", b"{", b"[]", b"null", b'{"action":"ping","flow_token":"t-1"}', b'{"action":"INIT"}', b"\xff" * 9)
BODIES: tuple[dict[str, Any], ...] = (
    {"action": "INIT", "flow_token": "t-1", "data": []},
    {"action": "INIT", "flow_token": "t-2"},
    {"action": "INIT", "flow_token": "t-1", "screen": "NOWHERE"},
    {"action": "INIT", "flow_token": "t-1", "more": 1},
    {"action": "data_exchange", "flow_token": "t-1", "screen": "WHEN", "data": {"time": "99"}},
    {"action": "data_exchange", "flow_token": "t-1", "data": {"time": "10"}},
)


async def test_what_does_not_fit_is_refused_before_anybody_is_asked(messenger: Messenger, world: World) -> None:
    person = await messenger.person()
    message = await put(world, person, 1, {"buttons": [BUTTON]})
    async with messenger.device(person) as device:
        for raw in (*ODD, *(json.dumps(one).encode() for one in BODIES)):
            answer = await device.http.post(f"/flows/{message}/exchange", content=raw)
            assert answer.status_code == 400, (raw, answer.text)
        assert await world.count("flow_count") == 0
        right = {"action": "data_exchange", "flow_token": "t-1", "screen": "WHEN", "data": {"time": "10"}}
        answer = await device.http.post(f"/flows/{message}/exchange", json=right)
        await refused(answer, 502, "flow_unanswered")
        assert await world.count("flow_count") == 1
