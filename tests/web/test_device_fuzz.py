"""Whatever bytes come to the device API, the answer is a clear refusal: never a fault of ours, never a look inside."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takt.core.ids import wamid
from tests.device import Device, Messenger, open_messenger
from tests.letters import answer, write
from tests.world import World

WORDS = st.sampled_from([
    "", "0", "-1", "1e9", "NaN", "null", "\x00", "💩", "a" * 5000, "' OR '1'='1", "../..", "%", "<script>",
    "\r\nX-Evil: 1", "9" * 25, "wamid.", "wamid.HRgBkgS", "text", "button", "read", "delivered", "de", "marketing",
    "100493023125001", "100493023125002", "spam",
])  # fmt: skip
NUMBERS = st.sampled_from([0, 1, -1, 2**31, 2**62, 2**63 - 1, 2**63, 2**64, -(2**63), 10**40, 0.5, 1e308])
VALUES: Any = st.recursive(
    WORDS | NUMBERS | st.none() | st.booleans() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "client_id", "to", "type", "text", "body", "button", "payload", "context", "status", "through", "sender", "purpose",
    "granted", "blocked", "report", "reason", "note", "locale", "read_receipts", "person",
]  # fmt: skip
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6)
ALMOST = st.fixed_dictionaries(
    {"client_id": WORDS, "to": st.just("100493023125001"), "type": st.sampled_from(["text", "button"])},
    optional={
        "text": VALUES | st.fixed_dictionaries({"body": VALUES | st.text(max_size=50)}),
        "button": VALUES | st.fixed_dictionaries({"text": VALUES, "payload": VALUES}),
        "context": VALUES,
    },
)


def _encode(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError):
        return b"{}"


BODIES = st.one_of(
    OBJECTS.map(_encode),
    ALMOST.map(_encode),
    VALUES.map(_encode),
    st.binary(max_size=60),
    st.sampled_from(
        [b'"\\ud800"', b'{"client_id":"\\ud800"}', b"[" * 2000, b'{"text":' * 2000, b"\xff", b"{", b"\x00"]
    ),
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
NAMES = st.sampled_from([
    "100493023125001", "100493023125002", "0", "%00", "%ff", "..", "%2e%2e", "9" * 100, "wamid.x", "💩", "a%2Fb", "*",
])  # fmt: skip
PATHS = st.one_of(
    st.sampled_from([
        "/me", "/threads", "/inbox", "/events", "/senders", "/messages", "/receipts", "/typing", "/demo-people",
        "/sign-in", "/sign-out", "/", "//", "",
    ]),
    NAMES.map(lambda name: f"/threads/{name}"),
    NAMES.map(lambda name: f"/threads/{name}/messages"),
    NAMES.map(lambda name: f"/threads/{name}/accept"),
    NAMES.map(lambda name: f"/senders/{name}"),
    NAMES.map(lambda name: f"/senders/{name}/consent"),
    NAMES.map(lambda name: f"/senders/{name}/block"),
    NAMES.map(lambda name: f"/messages/{name}/why"),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20).map(lambda text: "/" + text),
)  # fmt: skip
QUERIES = st.sampled_from([
    "", "?after=0", "?after=x", "?after=-1", "?after=" + "9" * 30, "?limit=0", "?limit=501", "?before=%00", "?locale=x",
    "?locale=en", "?a=b&" * 50, "?%ff=%ff", "?after=1&after=2", "?limit=５",
])  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(["last-event-id", "cookie", "content-type", "content-length-x", "x-takt", "accept"]),
    st.sampled_from(["", "1", "x", "takt_device=x", 'takt_device="\\073"', ";;==;", "9" * 3000, "-5"]),
    max_size=3,
)  # fmt: skip


@pytest.fixture
async def messenger(world: World) -> AsyncIterator[Messenger]:
    async with open_messenger(world) as opened:
        yield opened


@pytest.fixture
async def mara(messenger: Messenger) -> AsyncIterator[Device]:
    async with messenger.device(await messenger.person()) as device:
        yield device


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(method=METHODS, path=PATHS, query=QUERIES, body=BODIES, headers=HEADERS)
async def test_any_request_is_answered_in_order(
    mara: Device, caplog: pytest.LogCaptureFixture, method: str, path: str, query: str, body: bytes, headers: Any
) -> None:
    caplog.set_level(logging.ERROR)
    async with mara.http.stream(method, path + query, content=body, headers=headers) as answered:
        assert answered.status_code < 500, (method, path, body)
        if answered.headers.get("content-type", "").startswith("text/event-stream"):
            return
        raw = await answered.aread()
    shown = raw.decode()
    assert "Traceback" not in shown
    if answered.status_code >= 400 and method != "HEAD" and answered.headers["content-type"].startswith("application"):
        error = msgspec.json.decode(raw)["error"]
        assert error["code"]
        assert error["message"].endswith(".")
    assert "a device request failed" not in caplog.text
    assert "a command failed" not in caplog.text


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(body=ALMOST.map(_encode))
async def test_almost_right_messages_are_taken_or_refused(mara: Device, body: bytes) -> None:
    answered = await mara.http.post("/messages", content=body)
    assert answered.status_code in (200, 400, 409), answered.text


async def test_a_hostile_answer_to_a_real_message_does_no_harm(
    world: World, messenger: Messenger, mara: Device
) -> None:
    message_id, _ = await answer(world, mara.person, world.support)
    await write(world, mara.person, world.support)
    for context in (wamid(message_id), wamid(message_id)[:-1], wamid(message_id) + "=", wamid(message_id).lower()):
        body = {
            "client_id": context[-60:], "to": world.support.sender_id, "type": "button",
            "button": {"text": "x", "payload": "x"}, "context": context,
        }  # fmt: skip
        assert (await mara.http.post("/messages", json=body)).status_code == 400
