"""Who still sends a body when the refusal is decided hears the refusal, and not a broken connection."""

import asyncio
import json

import pytest

from tests.cloud import TOKEN, open_cloud
from tests.serving import served
from tests.world import World

SENDER = "100493023125001"
PIECE = bytes(64 * 1024)
PIECES = 64


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "token", "code"),
    [
        ("nowhere/at/all", TOKEN, 2500),
        (f"{SENDER}/media", "wrong", 190),
        ("999999999999999/media", TOKEN, 100),
        (f"{SENDER}/block_users", TOKEN, 100),
    ],
)
async def test_a_refusal_waits_until_the_body_is_sent(
    world: World, path: str, token: str, code: int, *, chunked: bool
) -> None:
    """4 MiB, which nobody wants: the client that writes them all before it reads gets an answer."""
    async with open_cloud(world) as cloud, served(cloud.app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        size = "transfer-encoding: chunked" if chunked else f"content-length: {len(PIECE) * PIECES}"
        writer.write(
            f"POST /v24.0/{path} HTTP/1.1\r\nhost: graph.example\r\nauthorization: Bearer {token}\r\n"
            f"content-type: multipart/form-data; boundary=b\r\n{size}\r\n\r\n".encode()
        )
        for _ in range(PIECES):
            writer.write(b"%x\r\n%b\r\n" % (len(PIECE), PIECE) if chunked else PIECE)
            await writer.drain()
            await asyncio.sleep(0.002)
        writer.write(b"0\r\n\r\n" if chunked else b"")
        await writer.drain()
        async with asyncio.timeout(30):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            told = json.loads(await reader.readexactly(length))
        writer.close()
    assert told["error"]["code"] == code
