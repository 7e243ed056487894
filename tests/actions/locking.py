"""Transactions that meet: one is stopped at a statement, another one runs into its locks."""

import asyncio
from typing import Any

from takt.store.pool import Conn
from tests.world import World


class Gated:
    """A connection whose statements that begin with these words wait at a gate."""

    def __init__(self, conn: Conn, words: str) -> None:
        self._conn = conn
        self._words = words
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def fetch(self, query: str, *values: Any) -> Any:
        await self._pass(query)
        return await self._conn.fetch(query, *values)

    async def execute(self, query: str, *values: Any) -> Any:
        await self._pass(query)
        return await self._conn.execute(query, *values)

    async def _pass(self, query: str) -> None:
        if query.startswith(self._words):
            self.reached.set()
            await self.open.wait()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)


async def somebody_waits(world: World) -> None:
    """Return when some session of this database waits for a lock."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with asyncio.timeout(30):
        while not await world.rows(waiting):
            await asyncio.sleep(0.01)
