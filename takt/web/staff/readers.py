"""The connections that the inbox reads with: few at a time, so that its streams never keep a lane from writing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from takt.store.pool import Conn
from takt.store.site import Site

READERS_MAX = 4


class Readers:
    """Hands out connections for reading, four at a time in all; whoever asks for more waits."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._free = asyncio.Semaphore(READERS_MAX)

    @asynccontextmanager
    async def of(self, part: int) -> AsyncIterator[Conn]:
        """A connection to the owner of a part."""
        async with self._free, self._site.pool(part).acquire() as conn:
            yield conn

    @asynccontextmanager
    async def of_reference(self) -> AsyncIterator[Conn]:
        """A connection for what is whole everywhere."""
        async with self._free, self._site.everywhere.acquire() as conn:
            yield conn
