"""Connections to foreign servers: one exchange after another on each, kept for a few seconds in between."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Final

from takt.wire.http import HEAD_BYTES_MAX, BrokenAnswer, Head, parse_chunk_size, parse_head

ANSWER_BYTES_MAX: Final = 8192
ANSWER_S_MAX: Final = 5
INTERIM_ANSWERS_MAX: Final = 5
IDLE_CONNECTIONS_MAX: Final = 256
PIECE_BYTES_MAX: Final = 64 * 1024
# Most servers close an idle connection after five seconds; we do so before them.
IDLE_S_MAX: Final = 4


class Connection:
    """One connection. `begun` tells whether any of the answer has come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.begun = False

    @classmethod
    async def open(cls, address: str, port: int, tls: ssl.SSLContext | None, name: str) -> "Connection":
        """Connect to an address; with TLS the certificate must be one for the name."""
        named = name if tls is not None else None
        return cls(*await asyncio.open_connection(address, port, limit=HEAD_BYTES_MAX, ssl=tls, server_hostname=named))

    async def ask(self, request: bytes) -> Head:
        """Send a request and read the head of the answer. Raises BrokenAnswer, OSError or EOFError."""
        self.begun = False
        # Nobody waits until all is sent: a server that refuses a long body answers before it has read it.
        self._writer.write(request)
        for _ in range(INTERIM_ANSWERS_MAX):
            try:
                raw = await self._reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as cut:
                self.begun = bool(cut.partial)
                raise
            except asyncio.LimitOverrunError:
                raise BrokenAnswer from None
            self.begun = True
            head = parse_head(raw)
            if not head.is_interim:
                return head
        raise BrokenAnswer

    async def read_beginning(self, head: Head, bytes_max: int = ANSWER_BYTES_MAX) -> tuple[bytes, bool]:
        """The first bytes of the body (8 KiB unless said otherwise), and whether the connection can carry another exchange.

        A body that breaks off, dawdles or is too long has an honest beginning all the same.
        """
        answer = bytearray()
        try:
            async with asyncio.timeout(ANSWER_S_MAX):
                whole = await (
                    self._read_chunks(answer, bytes_max)
                    if head.chunked
                    else self._read_plain(head.length, answer, bytes_max)
                )
        except (TimeoutError, EOFError, OSError, BrokenAnswer, asyncio.LimitOverrunError, ValueError):
            whole = False
        return bytes(answer[:bytes_max]), whole and head.keeps_open and self.is_free()

    async def read(self, head: Head) -> AsyncIterator[bytes]:
        """The whole body, piece by piece. Raises BrokenAnswer, OSError or EOFError where it breaks off."""
        if head.chunked:
            while size := parse_chunk_size(await self._line()):
                async for piece in self._read_exactly(size):
                    yield piece
                if await self._reader.readexactly(2) != b"\r\n":
                    raise BrokenAnswer
            while await self._line() != b"\r\n":
                pass  # trailers mean nothing here
        elif head.length is not None:
            async for piece in self._read_exactly(head.length):
                yield piece
        else:
            while piece := await self._reader.read(PIECE_BYTES_MAX):
                yield piece

    def is_free(self) -> bool:
        """Whether both sides are open, and all that was written is on its way."""
        transport = self._writer.transport
        return not transport.is_closing() and not self._reader.at_eof() and transport.get_write_buffer_size() == 0

    def close(self) -> None:
        """Close it, whatever is still under way."""
        self._writer.transport.abort()

    async def _line(self) -> bytes:
        try:
            return await self._reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError:
            raise BrokenAnswer from None

    async def _read_exactly(self, left: int) -> AsyncIterator[bytes]:
        while left:
            piece = await self._reader.read(min(left, PIECE_BYTES_MAX))
            if not piece:
                raise EOFError
            left -= len(piece)
            yield piece

    async def _read_plain(self, length: int | None, answer: bytearray, bytes_max: int) -> bool:
        wanted = bytes_max if length is None else min(length, bytes_max)
        while len(answer) < wanted and (piece := await self._reader.read(wanted - len(answer))):
            answer += piece
        return len(answer) == length

    async def _read_chunks(self, answer: bytearray, bytes_max: int) -> bool:
        while size := parse_chunk_size(await self._reader.readuntil(b"\r\n")):
            answer += await self._reader.readexactly(min(size, bytes_max))
            if len(answer) >= bytes_max or await self._reader.readexactly(2) != b"\r\n":
                return False
        while await self._reader.readuntil(b"\r\n") != b"\r\n":
            pass  # trailers mean nothing here
        return True


class Keep:
    """Idle connections, each for a few seconds, by the whole address they were opened for.

    So whatever a server says on a connection can only be taken for an answer to those who called that very address.
    """

    def __init__(self) -> None:
        self._idle: defaultdict[str, list[Connection]] = defaultdict(list)
        self._count = 0

    def take(self, key: str) -> Connection | None:
        """A connection that still lives, the one used last."""
        while self._idle.get(key):
            connection = self._remove(key, self._idle[key][-1])
            if connection.is_free():
                return connection
            connection.close()
        return None

    def put(self, key: str, connection: Connection) -> None:
        """Keep a connection for the next exchange."""
        if self._count >= IDLE_CONNECTIONS_MAX:
            connection.close()
            return
        self._idle[key].append(connection)
        self._count += 1
        asyncio.get_running_loop().call_later(IDLE_S_MAX, self._let_go, key, connection)

    def close(self) -> None:
        """Close all that are idle."""
        for key in list(self._idle):
            for connection in list(self._idle[key]):
                self._remove(key, connection).close()

    def _let_go(self, key: str, connection: Connection) -> None:
        # One that is in use again, or was since, has a timer of its own.
        if connection in self._idle.get(key, ()):
            self._remove(key, connection).close()

    def _remove(self, key: str, connection: Connection) -> Connection:
        self._idle[key].remove(connection)
        self._count -= 1
        if not self._idle[key]:
            del self._idle[key]
        return connection
