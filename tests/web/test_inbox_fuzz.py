"""Whatever bytes come to the inbox, the answer is a clear refusal: never a fault of ours, never a look inside."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from tests.inbox import API, COOKIE, WRITE, Inbox, key_of

REQUESTS = 400
ODD_TEXTS = (
    "", "0", "-1", "1e9", "NaN", "null", "true", "\x00", "\ud800", "💩", "ẞ", "a" * 5000, "' OR '1'='1", "../..",
    "%", "{{1}}", "<script>", "\r\nX-Evil: 1", "9" * 25, "wamid.", "wamid.HRgBkgS",
)  # fmt: skip


def odd_value(chance: random.Random, depth: int = 0) -> object:
    """Any JSON value, with a liking for the ends of the ranges."""
    kind = chance.randrange(9 if depth < 3 else 6)
    match kind:
        case 0:
            return chance.choice(ODD_TEXTS).replace("\ud800", "?")
        case 1:
            return chance.choice((0, -1, 1, 2**31, 2**63 - 1, 2**63, 2**64, -(2**63)))
        case 2:
            return chance.choice((None, True, False, 0.5, -0.0, 1e308))
        case 3 | 4 | 5:
            return chance.choice(("ines", "text", "template", "order_update", "de", "read", "body", "x"))
        case 6:
            return [odd_value(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return {name: odd_value(chance, depth + 1) for name in odd_names(chance)}


def odd_names(chance: random.Random) -> list[str]:
    names = (
        "client_id", "type", "text", "template", "name", "language", "code", "components", "parameters", "body",
        "sender", "recipient", "through", "locale", "person", "login", "password", "status", "context", "to",
        "sub_type", "index", "payload",
    )  # fmt: skip
    return chance.sample(names, chance.randrange(1, 8))


def odd_body(chance: random.Random) -> bytes:
    """Mostly JSON objects, sometimes something that only looks like one."""
    body = msgspec.json.encode({name: odd_value(chance) for name in odd_names(chance)})
    match chance.randrange(8):
        case 0:
            return body[: chance.randrange(len(body) + 1)]
        case 1:
            return bytes(chance.randrange(256) for _ in range(chance.randrange(60)))
        case 2:
            return chance.choice(
                (b'"\\ud800"', b'{"client_id":"\\ud800"}', b'{"login":"\\udfff","password":"\\ud83d"}')
            )
        case 3:
            return chance.choice((b"[" * 20_000, b'{"a":' * 20_000, b"[]", b"7", b'"x"', b"null", b"{}"))
        case _:
            return body


def check(status: int, body: str, sent: object) -> None:
    assert status < 500, (status, sent)
    for inside in ("Traceback", "asyncpg", "takt/", ".py", "SELECT", "Error:"):
        assert inside not in body, (inside, sent)


async def test_odd_requests_are_refused_in_one_shape(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(20261122)
    person = await inbox.person()
    await inbox.write(person, inbox.world.support)
    await inbox.projected()
    own = key_of(person, inbox.world.support)
    paths = ("/me", "/threads", "/price", "/templates", "/demo-people", "/sign-in", f"/threads/{own}",
             f"/threads/{own}/messages", f"/threads/{own}/read", f"/threads/{own}/typing")  # fmt: skip
    async with inbox.browser("ines") as client:
        # A refusal may come before the body is read, and then the connection ends: so each request has its own.
        cookie = {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}", "Connection": "close"}
        for _ in range(REQUESTS):
            path = chance.choice(paths)
            if chance.random() < 0.2:
                path = f"/{chance.choice(('threads', 'messages', 'x'))}/{quoted(chance)}/{chance.choice(('messages', 'explain', 'read'))}"
            query = "&".join(
                f"{name}={quoted(chance)}"
                for name in chance.sample(("q", "before", "limit", "filter", "sender", "after"), 2)
            )
            method, body = chance.choice(("GET", "POST", "PUT", "POST")), odd_body(chance)
            answer = await client.request(method, f"{path}?{query}", content=body, headers={**WRITE, **cookie})
            check(answer.status_code, answer.text, (method, path, query, body))
            if answer.status_code >= 400 and "%0A" not in path:  # a path with a line in it is no door's
                assert set(answer.json()["error"]) <= {"code", "message", "field"}, (method, path, body)
        assert (await client.get("/me", headers=cookie)).status_code == 200
    assert not [entry for entry in caplog.records if entry.levelno >= logging.ERROR]


def quoted(chance: random.Random) -> str:
    return "".join(f"%{byte:02X}" for byte in chance.choice(ODD_TEXTS).encode("utf-8", "surrogatepass")[:300])


async def test_odd_bytes_on_the_wire_break_nothing(inbox: Inbox) -> None:
    chance = random.Random(20261123)
    async with inbox.browser("ines") as client:
        token = client.cookies[COOKIE]
    good = (
        f"POST {API}/price HTTP/1.1\r\nHost: localhost\r\nCookie: {COOKIE}={token}\r\nX-Takt: 1\r\n"
        "Content-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n"
        '{"type":"tex"}'
    ).encode()
    for _ in range(150):
        raw = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(raw))
            match chance.randrange(3):
                case 0:
                    raw[place] = chance.randrange(256)
                case 1:
                    del raw[place : place + chance.randrange(1, 20)]
                case _:
                    raw[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9)))
        answered = await exchange(inbox.url, bytes(raw))
        if answered:
            check(int(answered.split(b" ", 2)[1]), answered.decode("latin-1"), bytes(raw))
    async with inbox.browser("ines") as client:
        assert (await client.get("/me")).status_code == 200


async def exchange(url: str, raw: bytes) -> bytes:
    """What the server says to these bytes; nothing when it hangs up, or waits for more."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(raw)
        async with asyncio.timeout(0.3):
            return await reader.read(65536)
    except (TimeoutError, ConnectionError):
        return b""
    finally:
        writer.close()


async def test_a_body_too_large_is_refused(inbox: Inbox) -> None:
    async with inbox.browser("ines") as client:
        for content in (b"x" * (64 * 1024 + 1), endless()):
            answer = await client.post("/price", content=content, headers=WRITE)
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


async def endless() -> AsyncIterator[bytes]:
    for _ in range(80):
        yield b"x" * 1024


async def test_a_header_of_the_cookie_in_odd_bytes_is_no_session(inbox: Inbox) -> None:
    for value in (b"\xff\xfe", b"a;b", b'"', b"\xc3\x28"):
        async with httpx.AsyncClient(base_url=inbox.url + API) as client:
            answer = await client.get("/me", headers={b"Cookie": COOKIE.encode() + b"=" + value})
            assert answer.status_code == 401
