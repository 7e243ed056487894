"""Bytes in storage that speaks the S3 protocol: one object a chunk, named by the medium and its number.

Objects are found by their path below the endpoint, which every such storage understands. Only PUT, GET, DELETE and
the listing of one medium's objects are asked for.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import field
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import unescape

from takt.clock import Clock
from takt.core.value import value
from takt.vault import BytesGone, Place, VaultAway
from takt.wire import sigv4
from takt.wire.http import BrokenAnswer, render_request
from takt.workers.connection import Connection, Keep

CHUNK_BYTES: Final = 1024 * 1024
EXCHANGE_S_MAX: Final = 30
LISTING_BYTES_MAX: Final = 2 * 1024 * 1024
AT_ONCE_MAX: Final = 16
TRIES_MAX: Final = 3
PAUSE_S: Final = 0.2

_PORTS: Final = {"http": 80, "https": 443}
_KEY = re.compile(r"<Key>([^<]+)</Key>")
_FAULTS: Final = (OSError, EOFError, TimeoutError, BrokenAnswer, ValueError)


@value
class Bucket:
    """Where the storage is, and who we are there. The prefix stands before the name of every object."""

    endpoint: str
    name: str
    prefix: str
    keys: sigv4.Keys = field(repr=False)


class S3Vault:
    """A chunk is an object. What fails for the moment is tried three times."""

    chunk_bytes = CHUNK_BYTES

    def __init__(self, bucket: Bucket, clock: Clock) -> None:
        self._bucket = bucket
        self._clock = clock
        self._url = urlsplit(bucket.endpoint)
        self._tls = ssl.create_default_context() if self._url.scheme == "https" else None
        self._keep = Keep()
        self._free = asyncio.Semaphore(AT_ONCE_MAX)

    async def put(self, place: Place, number: int, chunk: bytes) -> None:
        """Keep a chunk."""
        await self._call("PUT", self._name(place, number), body=chunk)

    async def get(self, place: Place, number: int) -> bytes:
        """A chunk."""
        return await self._call("GET", self._name(place, number))

    async def drop(self, place: Place) -> None:
        """Drop all objects of a medium."""
        query = {"list-type": "2", "prefix": f"{self._bucket.prefix}{place.media_id}/"}
        while True:
            names = _KEY.findall((await self._call("GET", "", query)).decode("utf-8", "replace"))
            if not names:
                return
            for name in names:
                await self._call("DELETE", unescape(name))

    def close(self) -> None:
        """Close the idle connections."""
        self._keep.close()

    def _name(self, place: Place, number: int) -> str:
        return f"{self._bucket.prefix}{place.media_id}/{number:05}"

    async def _call(self, method: str, name: str, query: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
        for left in reversed(range(TRIES_MAX)):
            try:
                async with self._free, asyncio.timeout(EXCHANGE_S_MAX):
                    status, answer = await self._exchange(method, name, query or {}, body)
            except _FAULTS as fault:
                if not left:
                    raise VaultAway(str(fault)) from fault
            else:
                if status == 404 and method != "PUT":
                    if method == "DELETE":
                        return b""
                    raise BytesGone
                if status in (200, 204):
                    return answer
                if status < 500 or not left:
                    raise VaultAway(f"{method} was answered with status {status}")
            await asyncio.sleep(PAUSE_S)
        raise AssertionError("the last try has raised")

    async def _exchange(self, method: str, name: str, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        path = f"{self._url.path.rstrip('/')}/{self._bucket.name}{f'/{name}' if name else ''}"
        wish = sigv4.Request(method, self._url.netloc, path, query, body)
        encoded, shown = sigv4.target(wish)
        url = self._url._replace(path=encoded, query=shown)
        headers = sigv4.sign(wish, self._bucket.keys, self._clock.now())
        connection = self._keep.take(self._url.netloc) or await self._connect()
        reusable = False
        try:
            head = await connection.ask(render_request(method, url, headers, body))
            answer = bytearray()
            async for piece in connection.read(head):
                answer += piece
                if len(answer) > LISTING_BYTES_MAX:
                    raise BrokenAnswer
            reusable = head.keeps_open and (head.length is not None or head.chunked) and connection.is_free()
        finally:
            if reusable:
                self._keep.put(self._url.netloc, connection)
            else:
                connection.close()
        return head.status, bytes(answer)

    async def _connect(self) -> Connection:
        host = self._url.hostname or ""
        return await Connection.open(host, self._url.port or _PORTS[self._url.scheme], self._tls, host)
