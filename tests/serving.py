"""Real HTTP in tests: an ASGI application behind the server we ship, on a free port of this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Serve for the length of the block; its address, such as `http://127.0.0.1:40321`."""
    port = free_port()
    server = Server(app, port=port, interface=Interfaces.ASGI, websockets=False, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    try:
        await _until_listening(port, serving)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        async with asyncio.timeout(30):
            await serving


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
