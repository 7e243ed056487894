"""Bytes in the database: nothing to set up, and one backup for everything."""

import asyncio
from typing import Final

import asyncpg

from takt.store import chunks
from takt.store.pool import transaction
from takt.store.site import Site
from takt.vault import BytesGone, Place

CHUNK_BYTES: Final = 256 * 1024
AT_ONCE_MAX: Final = 4


class DatabaseVault:
    """A chunk is a row. Few connections at a time, so that media never keep messages waiting."""

    chunk_bytes = CHUNK_BYTES

    def __init__(self, site: Site) -> None:
        self._site = site
        self._free = asyncio.Semaphore(AT_ONCE_MAX)

    async def put(self, place: Place, number: int, chunk: bytes) -> None:
        """Keep a chunk."""
        try:
            async with self._free, transaction(self._site.pool(place.part)) as conn:
                await chunks.put(conn, place.part, place.media_id, number, chunk)
        except asyncpg.ForeignKeyViolationError:
            raise BytesGone from None

    async def get(self, place: Place, number: int) -> bytes:
        """A chunk."""
        async with self._free, self._site.pool(place.part).acquire() as conn:
            chunk = await chunks.find(conn, place.part, place.media_id, number)
        if chunk is None:
            raise BytesGone
        return chunk

    async def drop(self, place: Place) -> None:
        """Drop all chunks."""
        async with self._free, transaction(self._site.pool(place.part)) as conn:
            await chunks.drop(conn, place.part, place.media_id)

    def close(self) -> None:
        """Nothing is held: the connections are the pool's."""
