"""The installation that the environment names, opened for one command: its parts, its reference rows, and lanes that run meanwhile."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from takt.clock import CLOCK
from takt.config import Config
from takt.core.proposal import Actor
from takt.database import open_database
from takt.faults import NotDone
from takt.lanes import Action, Lanes
from takt.passwords import is_password
from takt.store import views
from takt.store.pool import close_pool, open_pool
from takt.store.reference import Reference, Snapshot
from takt.store.site import PARTS, Site
from takt.wakes import Wakes
from takt.wire.errors import Refusal

CONNECTIONS_MAX: Final = 4

T = TypeVar("T")
C = TypeVar("C")
A = TypeVar("A")


class Installation:
    """What commands work with."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.reference = Reference()
        self.wakes = Wakes()
        self._running: list[asyncio.Task[None]] = []

    def lane(self, action: Action[C, A]) -> Lanes[C, A]:
        """Lanes for an action, which run until the command ends."""
        made = Lanes(action, self.site, self.wakes, CLOCK.now)
        self._running.append(asyncio.create_task(made.run()))
        return made

    async def read(self) -> Snapshot:
        """The reference rows as they are now."""
        async with self.site.everywhere.acquire() as conn:
            return await self.reference.fresh(conn)

    async def operator(self, login: str, password: str) -> Actor:
        """Who of the operator this is. Raises NotDone if it is nobody, or the password another."""
        async with self.site.everywhere.acquire() as conn:
            found = await views.find_staff(conn, login.strip().lower(), operator=True)
        if not is_password(found.password_hash if found is not None else None, password) or found is None:
            raise NotDone("Login or password is wrong, or is nobody's of the operator.")
        return Actor(found.name, found.staff_id)

    async def stop(self) -> None:
        """End the lanes."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


def visit(name: str, work: Callable[[Installation], Awaitable[T]]) -> T:
    """Do one piece of work, and give what came of it; `name` is what the database calls us. Raises NotDone for what is refused."""
    config = Config.read(os.environ)
    with open_database(config.database_url, config.home) as database:
        return asyncio.run(_visit(database.url, config.parts, name, work))


async def _visit(url: str, parts: int, name: str, work: Callable[[Installation], Awaitable[T]]) -> T:
    async with _opened(url, parts, name) as installation:
        try:
            return await work(installation)
        except Refusal as refusal:
            raise NotDone(f"{refusal.error.details}.") from None


@asynccontextmanager
async def _opened(url: str, parts: int, name: str) -> AsyncIterator[Installation]:
    pool = await open_pool(url, name=name, connections_max=CONNECTIONS_MAX)
    installation = Installation(Site(PARTS[parts], pool))
    try:
        yield installation
    finally:
        await installation.stop()
        await close_pool(pool)
