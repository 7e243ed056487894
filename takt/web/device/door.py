"""What all addresses of the device API share: who calls, methods, limits, and the one shape of refusals.

A refusal is `{"error": {"code": "<word>", "message": "<sentence>", "field": "<name>"}}` with a 4xx status; what it says
to people is in their language. A caller shows a device token, as a bearer token or in the cookie that the web app's
sign-in sets; with the cookie a write also needs the header `X-Takt: 1`, which no foreign page can send.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from takt.clock import Clock
from takt.core.ids import slot_of
from takt.core.refusal import PERSON_UNKNOWN, Refusal
from takt.core.value import value
from takt.lanes import LaneFullError, UnavailableError
from takt.store import reading
from takt.store.pool import Conn, is_retryable
from takt.store.reading import DeviceOwner, token_hash
from takt.store.site import Site
from takt.vault import VaultAway
from takt.web.http import (
    BodyTooLargeError,
    BodyTooSlowError,
    ClientGoneError,
    Receive,
    Scope,
    Send,
    header,
    read_body,
    send_bytes,
)
from takt.wire import device as wire
from takt.wire.device import InvalidError

COOKIE: Final = "takt_device"
BODY_BYTES_MAX: Final = 64 * 1024
COOKIE_CHARS_MAX: Final = 4096
QUERY_FIELDS_MAX: Final = 20
READERS_MAX: Final = 6
KNOWN_MAX: Final = 10_000
KNOWN_S: Final = 10.0
READING: Final = ("GET", "HEAD")
PAGE_POLICY: Final = b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Pages bring nothing from outside and run nothing."""

_LOG = logging.getLogger(__name__)
_TOKEN = re.compile(r"d([0-9a-f]{3})[A-Za-z0-9]{40}")


class Refused(Exception):
    """A request that is not answered with what it asked for."""

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.retry_after_s = retry_after_s

    @classmethod
    def by(cls, refusal: Refusal, locale: str) -> "Refused":
        """A no of the core, in the caller's language."""
        return cls(refusal.http, refusal.code, refusal.text.in_locale(locale), refusal.field)


@value
class Caller:
    """Who calls: the person with the part they lie in, their language, and the device's token by its hash."""

    recipient_id: UUID
    part: int
    locale: str
    token_sha256: bytes

    @property
    def slot(self) -> int:
        """Whose lanes the caller's acts go to."""
        return slot_of(self.recipient_id)


@value
class Reply:
    """An answer; `body` None is no content."""

    body: object = None
    headers: tuple[tuple[bytes, bytes], ...] = ()


@value
class Page:
    """An answer that is a page of its own, to read or print; with a `filename` it is saved."""

    html: str
    filename: str | None = None


Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


@value
class Call:
    """One request: the names in its address, its query, and how to read its body."""

    scope: Scope
    receive: Receive
    names: Mapping[str, str]
    query: Mapping[str, str]

    async def body(self) -> bytes:
        """The body of at most 64 KiB; refused when it is more or comes too slowly."""
        try:
            return await read_body(self.scope, self.receive, BODY_BYTES_MAX)
        except BodyTooLargeError:
            raise Refused(413, "too_large", f"The body must have at most {BODY_BYTES_MAX} bytes.") from None
        except BodyTooSlowError:
            raise Refused(408, "too_slow", "The body did not arrive in time.") from None


Signed = Callable[[Caller, Call], Awaitable[Reply | Page | Asgi]]
Open = Callable[[Call], Awaitable[Reply | Page | Asgi]]


class Door:
    """Finds out who calls, and lends connections for reading: a few at a time, so that writing never waits for long."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._clock = clock
        self._reading = asyncio.Semaphore(READERS_MAX)
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    @asynccontextmanager
    async def reading(self, part: int) -> AsyncIterator[Conn]:
        """A connection to the part, for reading."""
        async with self._reading, self._site.pool(part).acquire() as conn:
            yield conn

    def part_of(self, slot: int) -> int:
        """Where what has this slot lies."""
        return self._site.part_of(slot)

    @asynccontextmanager
    async def everywhere(self) -> AsyncIterator[Conn]:
        """A connection for reading what is small and whole everywhere."""
        async with self._reading, self._site.everywhere.acquire() as conn:
            yield conn

    async def require(self, scope: Scope) -> Caller:
        """Who calls, or a refusal with 401; with 403 when a page may have been tricked into the call."""
        token, by_cookie = _shown(scope)
        match = _TOKEN.fullmatch(token)
        caller = await self._find(token, int(match.group(1), 16)) if match is not None else None
        if caller is None:
            raise Refused.by(PERSON_UNKNOWN, "en")
        if by_cookie and scope["method"] not in READING:
            require_header(scope)
        return caller

    async def still_stands(self, caller: Caller) -> bool:
        """Whether the device may still speak for the person; asks the database."""
        async with self.reading(caller.part) as conn:
            return await reading.find_owner(conn, caller.part, caller.token_sha256) is not None

    def forget(self, caller: Caller) -> None:
        """Ask the database anew at the device's next call."""
        self._known.pop(caller.token_sha256, None)

    async def _find(self, token: str, slot: int) -> Caller | None:
        """A device is looked up at most every 10 seconds."""
        hashed = token_hash(token)
        found = self._known.get(hashed)
        now_s = self._clock.monotonic_s()
        if found is not None and now_s < found[0]:
            return found[1]
        part = self._site.part_of(slot)
        async with self.reading(part) as conn:
            owner: DeviceOwner | None = await reading.find_owner(conn, part, hashed)
        if owner is None:
            return None
        caller = Caller(owner.recipient_id, part, owner.locale, hashed)
        self._known[hashed] = (now_s + KNOWN_S, caller)
        self._known.move_to_end(hashed)
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)
        return caller


class Address:
    """An ASGI application for one address: which method does what, for a known caller or for anybody."""

    def __init__(
        self, door: Door, *, signed: Mapping[str, Signed] | None = None, open_: Mapping[str, Open] | None = None
    ) -> None:
        self._door = door
        self._signed = dict(signed or {})
        self._open = dict(open_ or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
        except ClientGoneError:
            return
        except Exception as fault:  # noqa: BLE001 - whatever it is, the client gets a sentence and no trace
            await _send_refusal(send, _refusal_of(fault))
            return
        if isinstance(answer, Reply):
            await _send_reply(send, answer)
        elif isinstance(answer, Page):
            await _send_page(send, answer)
        else:
            await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Reply | Page | Asgi:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method not in self._signed and method not in self._open:
            raise Refused(405, "method", f"{scope['method']} is not possible here.")
        call = Call(scope, receive, scope.get("path_params", {}), _query(scope))
        if method in self._open:
            return await self._open[method](call)
        return await self._signed[method](await self._door.require(scope), call)


def require_header(scope: Scope) -> None:
    """Refuse a write that a foreign page could have caused."""
    if header(scope, b"x-takt") != b"1":
        raise Refused(403, "header_missing", "A write needs the header X-Takt: 1.", "X-Takt")


def cookie_of(scope: Scope) -> str:
    """The device token in the cookie, empty when there is none."""
    raw = header(scope, b"cookie")
    if raw is None or len(raw) > COOKIE_CHARS_MAX:
        return ""
    try:
        found = SimpleCookie(raw.decode("latin-1")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""


async def nowhere(_call: Call) -> Reply:
    """The answer of an address that does not exist."""
    raise Refused(404, "not_found", "There is nothing at this address.")


def _shown(scope: Scope) -> tuple[str, bool]:
    """The token that the caller shows, and whether it came by cookie."""
    raw = header(scope, b"authorization")
    if raw is None:
        return cookie_of(scope), True
    kind, _, token = raw.decode("latin-1").partition(" ")
    return (token.strip() if kind.lower() == "bearer" else ""), False


def _query(scope: Scope) -> dict[str, str]:
    raw = scope.get("query_string", b"").decode("latin-1")
    try:
        return dict(parse_qsl(raw, keep_blank_values=True, max_num_fields=QUERY_FIELDS_MAX))
    except ValueError:
        raise Refused(400, "invalid", f"The address must have at most {QUERY_FIELDS_MAX} query fields.") from None


def _refusal_of(fault: Exception) -> Refused:
    match fault:
        case Refused():
            return fault
        case InvalidError(field=field, sentence=sentence):
            return Refused(400, "invalid", sentence, field or None)
        case LaneFullError():
            return Refused(429, "busy", "Too much at once. Please repeat.", retry_after_s=1)
        case _ if isinstance(fault, UnavailableError | VaultAway) or is_retryable(fault):
            return Refused(503, "unavailable", "The database is away. Please repeat.", retry_after_s=2)
        case _:
            _LOG.error("a device request failed", exc_info=fault)
            return Refused(500, "fault", "Something went wrong here. Please try again later.")


async def _send_refusal(send: Send, refused: Refused) -> None:
    error: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.field is not None:
        error["field"] = refused.field
    headers = [(b"cache-control", b"no-store")]
    if refused.retry_after_s is not None:
        headers.append((b"retry-after", str(refused.retry_after_s).encode()))
    if refused.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send_bytes(send, refused.status, wire.render({"error": error}), headers)


async def _send_page(send: Send, page: Page) -> None:
    headers = [(b"cache-control", b"no-store"), (b"content-security-policy", PAGE_POLICY)]
    if page.filename is not None:
        headers.append((b"content-disposition", f'attachment; filename="{page.filename}"'.encode()))
    await send_bytes(send, 200, page.html.encode(), headers, b"text/html; charset=utf-8")


async def _send_reply(send: Send, reply: Reply) -> None:
    headers = [(b"cache-control", b"no-store"), *reply.headers]
    if reply.body is None:
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send_bytes(send, 200, wire.render(reply.body), headers)
