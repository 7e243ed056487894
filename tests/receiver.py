"""A company's webhook receiver for tests: a real HTTP server that keeps what it gets and answers as it is told."""

import asyncio
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, bytes]


@dataclass(frozen=True)
class Got:
    """One request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def changes(self) -> list[dict[str, Any]]:
        return [change for entry in json.loads(self.body)["entry"] for change in entry["changes"]]

    def is_signed(self, secret: str) -> bool:
        right = "sha256=" + hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right, self.headers.get("x-hub-signature-256", ""))


@dataclass
class Receiver:
    """Answers 200 unless `answer` says otherwise; a reply of status 0 breaks the connection."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    taken: list[Got] = field(default_factory=list)
    answer: Callable[[Got], Reply | Awaitable[Reply]] = lambda _: (200, b"EVENT_RECEIVED")
    headers: str = ""
    at_once: int = 0
    at_once_max: int = 0

    def numbers(self, *, taken: bool = True) -> list[int]:
        """The numbers of the events, in the order they came; those of refused requests only on demand."""
        asked = self.taken if taken else self.got
        return [change["value"]["n"] for one in asked for change in one.changes()]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (got := await _read(reader)) is not None:
            self.got.append(got)
            self.at_once += 1
            self.at_once_max = max(self.at_once_max, self.at_once)
            try:
                reply = self.answer(got)
                status, body = await reply if isinstance(reply, Awaitable) else reply
            finally:
                self.at_once -= 1
            if status == 0:
                return
            if status == 200:
                self.taken.append(got)
            head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n{self.headers}\r\n"
            writer.write(head.encode() + body)
            await writer.drain()


@asynccontextmanager
async def receiving(
    answer: Callable[[Got], Reply | Awaitable[Reply]] | None = None,
    headers: str = "",
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine, for the length of the block."""
    receiver = Receiver(headers=headers)
    if answer is not None:
        receiver.answer = answer
    async with listening(receiver.serve, tls) as url:
        receiver.url = f"{url}hook"
        yield receiver


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """A server that runs this on every connection; at the end of the block all of them are closed."""
    tasks: set[asyncio.Task[None]] = set()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await serve(reader, writer)
        except (asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(attend, "127.0.0.1", 0, limit=1 << 22, ssl=tls)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # closing a transport takes one more turn of the loop


async def _read(reader: asyncio.StreamReader) -> Got | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Got(method, target, headers, body)
