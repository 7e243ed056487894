"""A small HTTP client on asyncio alone, light enough to measure a server that shares the machine with it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, cast

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body."""

    status: int
    body: bytes


def compose(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """A request of JSON by a holder of a token."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Line(asyncio.Protocol):
    """One connection, kept open, with one request under way at a time."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a server on this machine."""
        _, line = await asyncio.get_running_loop().create_connection(cls, HOST, port)
        return line

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer. Raises ConnectionError when the other side goes away."""
        assert self._transport is not None
        if self._transport.is_closing():
            raise ConnectionResetError
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Let go of the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are of another class

    def connection_lost(self, fault: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(fault or ConnectionResetError())

    def data_received(self, chunk: bytes) -> None:
        self._received += chunk
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        size = end + 4 + _length(bytes(self._received[:end]).lower())
        if len(self._received) < size:
            return
        answer = Answer(int(self._received[9:12]), bytes(self._received[end + 4 : size]))
        del self._received[:size]
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(answer)


def _length(head: bytes) -> int:
    _, _, rest = head.partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0] or 0)


class Stream(asyncio.Protocol):
    """One event stream. `heard` is told the name and the JSON text of each event.

    It asks in HTTP/1.0, so that the answer is the plain stream, without chunks.
    """

    def __init__(self, path: str, token: str, heard: Callable[[str, bytes], None]) -> None:
        self._request = f"GET {path} HTTP/1.0\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        self._heard = heard
        self._received = bytearray()
        self._in_body = False
        self._transport: asyncio.Transport | None = None
        self.greeted = asyncio.Event()
        self.lost = False

    async def open(self, port: int) -> None:
        """Connect to a server on this machine and ask for the stream."""
        await asyncio.get_running_loop().create_connection(lambda: self, HOST, port)

    def close(self) -> None:
        """Let go of the stream."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are of another class
        self._transport.write(self._request)

    def connection_lost(self, _fault: Exception | None) -> None:
        self.lost = True

    def data_received(self, chunk: bytes) -> None:
        self._received += chunk
        if not self._in_body:
            head, found, rest = self._received.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 200 " not in head[:16]:
                raise ConnectionAbortedError(head.decode("latin-1"))
            self._in_body, self._received = True, rest
        while (end := self._received.find(b"\n\n")) >= 0:
            self._tell(bytes(self._received[:end]))
            del self._received[: end + 2]

    def _tell(self, block: bytes) -> None:
        name, text = "", b""
        for line in block.split(b"\n"):
            if line.startswith(b"event:"):
                name = line[6:].strip().decode()
            elif line.startswith(b"data:"):
                text = line[5:].strip()
        if name:
            self.greeted.set()
            self._heard(name, text)
