"""Fetching media by link: redirects are judged like the first address, and everything has an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from takt.clock import CLOCK
from takt.core.address import Permission
from takt.workers import outbound
from takt.workers.outbound import Outbound
from tests.receiver import Got, Reply, listening, receiving


@asynccontextmanager
async def client(permission: Permission | None = None) -> AsyncIterator[Outbound]:
    opened = Outbound(permission or Permission(loopback=True), CLOCK)
    try:
        yield opened
    finally:
        await opened.aclose()


async def whole(content_type: str | None, body: AsyncIterator[bytes]) -> tuple[str | None, bytes]:
    return content_type, b"".join([piece async for piece in body])


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[str]:
    """A server that gives these answers, one a connection, and hangs up."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(left.pop(0))
        await writer.drain()

    async with listening(serve) as url:
        yield url


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 5\r\n\r\nabcde",
        HEAD + b"\r\nabcde",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nx: y\r\n\r\n",
    ],
)
async def test_the_whole_body_comes_with_its_type(answer: bytes) -> None:
    async with answering(answer) as url, client() as out:
        assert await out.fetch(url, whole) == ("image/png", b"abcde")


async def test_a_long_body_comes_in_pieces() -> None:
    async with receiving(lambda _: (200, b"x" * 5_000_000)) as receiver, client() as out:
        longest = 0

        async def measure(_type: str | None, body: AsyncIterator[bytes]) -> int:
            nonlocal longest
            total = 0
            async for piece in body:
                longest, total = max(longest, len(piece)), total + len(piece)
            return total

        assert await out.fetch(receiver.url, measure) == 5_000_000
        assert longest <= 65_536
        assert receiver.got[0].headers["user-agent"].endswith("(media)")


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 9\r\n\r\nabcde", HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX", HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 40_000, b"nonsense\r\n\r\n", b"",
    ],
)  # fmt: skip
async def test_what_breaks_off_is_broken(answer: bytes) -> None:
    async with answering(answer) as url, client() as out:
        assert await out.fetch(url, whole) == "broken"


def redirect(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed(status: int) -> None:
    async with receiving(lambda _: (200, b"there")) as receiver, client() as out:
        async with answering(redirect("/next?a=1", status), redirect(receiver.url, status)) as url:
            found = await out.fetch(url, whole)
        assert found == (None, b"there")


async def test_three_redirects_are_enough() -> None:
    async with answering(*[redirect("/on")] * 4) as url, client() as out:
        assert await out.fetch(url, whole) == "redirects"


@pytest.mark.parametrize(
    "to",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
        "http://[::]/",
    ],
)
async def test_a_redirect_to_where_we_may_not_go_is_refused(to: str) -> None:
    async with answering(redirect(to)) as url, client() as out:
        assert await out.fetch(url, whole) == "address_refused"


async def test_a_redirect_without_an_address_is_a_status() -> None:
    async with answering(b"HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n") as url, client() as out:
        assert await out.fetch(url, whole) == "status_302"


async def test_nothing_behind_us_is_fetched() -> None:
    async with receiving() as receiver, client(Permission()) as out:
        port = receiver.url.split(":")[2].split("/")[0]
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
            assert await out.fetch(f"https://{host}:{port}/", whole) == "address_refused"
        assert receiver.got == []


async def test_a_body_that_dawdles_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "FETCH_S_MAX", 0.2)

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Content-Length: 9\r\n\r\na")
        await reader.read()

    async with listening(begin) as url, client() as out:
        assert await out.fetch(url, whole) == "timeout"


async def test_what_the_taker_raises_goes_through() -> None:
    async def refuse(_type: str | None, _body: AsyncIterator[bytes]) -> int:
        raise LookupError

    async def answer(_: Got) -> Reply:
        return 200, b"x"

    async with receiving(answer) as receiver, client() as out:
        with pytest.raises(LookupError):
            await out.fetch(receiver.url, refuse)
