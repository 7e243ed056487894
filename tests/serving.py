"""Real HTTP in tests: an ASGI application behind the server we ship, on a free port of this machine."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

OF_PROGRAMS = range(20_000, 32_000)
"""Below what Linux hands out."""


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Serve for the length of the block; its address, such as `http://127.0.0.1:40321`."""
    with _kept_port() as port:
        server = Server(app, port=port, interface=Interfaces.ASGI, websockets=False, log_enabled=False)
        serving = asyncio.create_task(server.serve())
        try:
            await _until_listening(port, serving)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stop()  # type: ignore[no-untyped-call]
            async with asyncio.timeout(30):
                await serving


@contextmanager
def _kept_port() -> Iterator[int]:
    """A port that no test beside this one is given: servers of two could share it, and answer for each other."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as the server does, which takes it beside this one
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])


def free_port() -> int:
    """A port for a program of its own, which takes a while to listen: of those that the system itself gives to nobody."""
    while True:
        port = secrets.choice(OF_PROGRAMS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


async def _until_listening(port: int, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30):
        while not serving.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
    serving.result()
    raise AssertionError("the server ended before it listened")
