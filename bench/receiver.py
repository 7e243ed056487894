"""A company's receiver of webhooks: answers 200 to every POST and counts what it was told, by kind of event."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

TAKEN: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
HEAD_BYTES_MAX: Final = 64 * 1024


@dataclass(slots=True)
class Receiver:
    """`posts` counts requests; `told` counts statuses by their name, and messages of users as `message`."""

    port: int = 0
    posts: int = 0
    told: Counter[str] = field(default_factory=Counter)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def forget(self) -> None:
        """Count from zero again."""
        self.posts = 0
        self.told.clear()

    async def wait_until(self, enough: Callable[[Counter[str]], bool], seconds: float) -> None:
        """Wait until what was told is enough. Raises TimeoutError when it is not in time."""
        async with asyncio.timeout(seconds):
            while not enough(self.told):
                self._changed.clear()
                await self._changed.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                _, _, rest = head.partition(b"content-length:")
                body = await reader.readexactly(int(rest.partition(b"\r\n")[0]))
                self._take(msgspec.json.decode(body))
                writer.write(TAKEN)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _take(self, post: dict[str, Any]) -> None:
        self.posts += 1
        for entry in post["entry"]:
            for change in entry["changes"]:
                self.told.update(status["status"] for status in change["value"].get("statuses", ()))
                self.told["message"] += len(change["value"].get("messages", ()))
        self._changed.set()


@asynccontextmanager
async def receiving(port: int) -> AsyncIterator[Receiver]:
    """A receiver on this port for the length of the block."""
    receiver = Receiver(port)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port, limit=HEAD_BYTES_MAX, backlog=256)
    try:
        yield receiver
    finally:
        server.close()
