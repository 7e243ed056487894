"""Media over HTTP, the same for every door: bodies read piece by piece, and files sent with ranges.

What a browser may show in place is shown so; everything else is a download, and nothing of it can run.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final
from urllib.parse import quote

import structlog

from takt.core.content import File
from takt.core.media import INLINE_TYPES
from takt.core.value import value
from takt.intake import Intake, Seats
from takt.lanes import LaneFullError
from takt.store.pool import is_retryable
from takt.vault import BytesGone, VaultAway, read
from takt.web.http import BodyTooSlowError, ClientGoneError, Headers, Incoming, Receive, Scope, Send, header

PIECE_S_MAX: Final = 20
UPLOAD_S_MAX: Final = 900
SEND_S_MAX: Final = 30
FORGET_S_MAX: Final = 10
DRAINED_BYTES_MAX: Final = 16 * 1024 * 1024
RANGE_DIGITS_MAX: Final = 15
KEPT_S: Final = 86_400

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

_RANGE = re.compile(rb"bytes=([0-9]{0,%d})-([0-9]{0,%d})" % (RANGE_DIGITS_MAX, RANGE_DIGITS_MAX))
_LOG = structlog.get_logger(__name__)


async def pieces(receive: Receive) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises BodyTooSlowError when it pauses for 20 s or lasts 15 min, and ClientGoneError."""
    loop = asyncio.get_running_loop()
    until = loop.time() + UPLOAD_S_MAX
    more = True
    while more:
        try:
            async with asyncio.timeout_at(min(until, loop.time() + PIECE_S_MAX)):
                message = await receive()
        except TimeoutError:
            raise BodyTooSlowError from None
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]


async def drain(rest: AsyncIterator[bytes]) -> None:
    """Read on for a while and forget it: a sender that is still writing would not see the answer otherwise."""
    left = DRAINED_BYTES_MAX
    async for piece in rest:
        left -= len(piece)
        if left <= 0:
            return


async def forget(incoming: Incoming) -> None:
    """Read what is left of the body of a request that is refused before anybody looked at it, for 10 s at most."""
    if not incoming.is_whole:
        with suppress(TimeoutError, BodyTooSlowError, ClientGoneError):
            async with asyncio.timeout(FORGET_S_MAX):
                await drain(pieces(incoming))


@value
class Span:
    """A stretch of a file, from `start` up to but not including `end`; `whole` if nothing else was asked for."""

    start: int
    end: int
    whole: bool


def span_of(asked: bytes | None, size: int) -> Span | None:
    """What a `Range` header asks of a file of this size; None when no byte of it is there.

    Several ranges, other units and nonsense are answered with the whole file, as RFC 9110 allows.
    """
    match = _RANGE.fullmatch(asked.strip()) if asked is not None else None
    if match is None or match.group(0) == b"bytes=-":
        return Span(0, size, whole=True)
    first, last = match.groups()
    if not first:
        return Span(max(0, size - int(last)), size, whole=False) if int(last) and size else None
    start, end = int(first), min(size, int(last) + 1) if last else size
    if last and int(last) < start:
        return Span(0, size, whole=True)
    return Span(start, end, whole=False) if start < size else None


async def file_answer(intake: Intake, file: File, scope: Scope) -> Asgi:
    """An answer with the bytes of a file, or the part of it that was asked for. Raises BytesGone or VaultAway."""
    etag = f'"{file.sha256}"'.encode()
    if etag in (header(scope, b"if-none-match") or b""):
        return _Bare(304, [(b"etag", etag), *_privacy()])
    asked = header(scope, b"range")
    if (header(scope, b"if-range") or etag) != etag:
        asked = None
    span = span_of(asked, file.size)
    if span is None:
        return _Bare(416, [(b"content-range", f"bytes */{file.size}".encode()), (b"content-length", b"0")])
    stream = read(intake.vault, intake.place_of(file.media_id), span.start, span.end)
    # The first piece is had before the answer begins: what is not there can still be said.
    first = await anext(stream, b"") if scope["method"] != "HEAD" else b""
    return _Answer(_Stretch(file, span, etag, first, stream), intake.exits)


class _Bare:
    """An answer without a body."""

    def __init__(self, status: int, headers: Headers) -> None:
        self._status = status
        self._headers = headers

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer."""
        await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await send({"type": "http.response.body", "body": b""})


@value
class _Stretch:
    """A span of a file with its first piece, and where the others come from."""

    file: File
    span: Span
    etag: bytes
    first: bytes
    rest: AsyncIterator[bytes]


class _Answer:
    """A stretch, sent as fast as it is taken; a client that takes nothing for 30 s is let go."""

    def __init__(self, stretch: _Stretch, exits: Seats) -> None:
        self._stretch = stretch
        self._exits = exits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or ask to come again when too many are fetching."""
        try:
            with self._exits.one():
                await self._send(scope, send)
        except LaneFullError:
            await _Bare(503, [(b"retry-after", b"1"), (b"content-length", b"0")])(scope, receive, send)

    async def _send(self, scope: Scope, send: Send) -> None:
        span, file = self._stretch.span, self._stretch.file
        headers = [
            (b"content-type", file.mime_type.encode()),
            (b"content-length", str(span.end - span.start).encode()),
            (b"accept-ranges", b"bytes"),
            (b"etag", self._stretch.etag),
            (b"content-disposition", disposition(file)),
            (b"x-content-type-options", b"nosniff"),
            (b"content-security-policy", b"sandbox; default-src 'none'"),
            *_privacy(),
        ]
        if not span.whole:
            headers.append((b"content-range", f"bytes {span.start}-{span.end - 1}/{file.size}".encode()))
        await send({"type": "http.response.start", "status": 200 if span.whole else 206, "headers": headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            await self._send_bytes(send)
        except (BytesGone, VaultAway, TimeoutError) as fault:
            _LOG.warning("download_broke_off", media_id=file.media_id, why=repr(fault))
        except Exception as fault:
            if not is_retryable(fault):
                raise
            _LOG.warning("download_broke_off", media_id=file.media_id, why=repr(fault))

    async def _send_bytes(self, send: Send) -> None:
        piece: bytes = self._stretch.first
        while piece:
            async with asyncio.timeout(SEND_S_MAX):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await anext(self._stretch.rest, b"")
        await send({"type": "http.response.body", "body": b""})


def disposition(file: File) -> bytes:
    """How a browser shows a file: in place only what holds no program."""
    way = "inline" if file.mime_type in INLINE_TYPES else "attachment"
    if file.filename is None:
        return way.encode()
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in file.filename)
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.filename, safe='')}".encode()


def _privacy() -> Headers:
    return [(b"cache-control", f"private, max-age={KEPT_S}".encode()), (b"vary", b"authorization, cookie")]
