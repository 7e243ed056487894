"""What all doors share: reading a bounded body, sending JSON, and who the client believes it talks to."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

BODY_BYTES_MAX: Final = 1024 * 1024
OVERHANG_BYTES_MAX: Final = 64 * 1024
BODY_S_MAX: Final = 10.0
BODY_WATCH_S: Final = 0.5
JSON_TYPE: Final = b"application/json; charset=utf-8"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class Incoming:
    """A request's body on its way in: to be called like `receive`, and knows whether there is more to come."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        said = header(scope, b"content-length") or b"0"
        self.is_whole = said == b"0" and header(scope, b"transfer-encoding") is None

    async def __call__(self) -> MutableMapping[str, Any]:
        """The next message about the request."""
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self.is_whole = True
        return message


class BodyTooLargeError(Exception):
    """The body has more than the allowed bytes."""


class BodyTooSlowError(Exception):
    """The body did not arrive in time."""


class ClientGoneError(Exception):
    """The client went away before its body was complete."""


async def read_body(scope: Scope, receive: Receive, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """The whole body, at most `bytes_max` bytes (1 MiB) within 10 s.

    One that is only a little too large is read to its end before it is refused: a sender that is still writing when the
    answer comes would see a broken connection instead.

    Raises BodyTooLargeError, BodyTooSlowError or ClientGoneError.
    """
    declared = header(scope, b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > bytes_max + OVERHANG_BYTES_MAX:
        raise BodyTooLargeError
    reader = _READERS.enter()
    try:
        return await _read(receive, bytes_max)
    except asyncio.CancelledError:
        if reader in _READERS.late:
            reader.uncancel()
            raise BodyTooSlowError from None
        raise
    finally:
        _READERS.leave(reader)


class _Readers:
    """The tasks that wait for a body. One timer looks after them all: a timer of its own costs a request 3 µs."""

    def __init__(self) -> None:
        self._since: dict[asyncio.Task[Any], float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None  # the one whose timer runs
        self.late: set[asyncio.Task[Any]] = set()

    def enter(self) -> asyncio.Task[Any]:
        """Watch the running task from now on."""
        reader = asyncio.current_task()
        assert reader is not None
        loop = reader.get_loop()
        self._since[reader] = loop.time()
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(BODY_WATCH_S, self._look, loop)
        return reader

    def leave(self, reader: asyncio.Task[Any]) -> None:
        """Watch it no longer."""
        self._since.pop(reader, None)
        self.late.discard(reader)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        begun_by = loop.time() - BODY_S_MAX
        for reader, since in tuple(self._since.items()):
            if since > begun_by:
                break  # the others began later still
            del self._since[reader]
            self.late.add(reader)
            reader.cancel()
        if self._since:
            loop.call_later(BODY_WATCH_S, self._look, loop)
        else:
            self._loop = None


_READERS: Final = _Readers()


async def _read(receive: Receive, bytes_max: int) -> bytes:
    message = await _next(receive)
    if not message.get("more_body", False):
        return _bounded(message.get("body", b""), bytes_max)
    chunks = bytearray(message.get("body", b""))
    while message.get("more_body", False):
        message = await _next(receive)
        chunks += message.get("body", b"")
        if len(chunks) > bytes_max + OVERHANG_BYTES_MAX:
            raise BodyTooLargeError
    return _bounded(chunks, bytes_max)


async def send_bytes(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = (), content_type: bytes = JSON_TYPE
) -> None:
    """A complete answer."""
    await send({
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", content_type),
            (b"content-length", str(len(body)).encode()),
            *headers,
        ],
    })  # fmt: skip
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            return value  # type: ignore[no-any-return]
    return None


def origin(scope: Scope) -> str:
    """Scheme and host that the client used, such as `https://graph.example`; what a proxy said is in the scope."""
    host = header(scope, b"host")
    if host is None:
        name, port = scope.get("server") or ("localhost", 80)
        return f"{scope['scheme']}://{name}:{port}"
    return f"{scope['scheme']}://{host.decode('latin-1')}"


async def _next(receive: Receive) -> MutableMapping[str, Any]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    return message


def _bounded(body: bytes | bytearray, bytes_max: int) -> bytes:
    if len(body) > bytes_max:
        raise BodyTooLargeError
    return bytes(body)
