"""The one neighbour: the operator's own PostgreSQL when an address is given, else the embedded one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from takt.core.value import value
from takt.embedded import Embedded, EmbeddedFault, join

WATCH_S = 1.0


@value
class Database:
    """Where the database is; `embedded` is our share in the embedded server, None for the operator's own."""

    url: str
    embedded: Embedded | None

    @asynccontextmanager
    async def kept_running(self) -> AsyncIterator[None]:
        """Start an embedded server anew within about a second whenever it dies, for the length of the block."""
        if self.embedded is None:
            yield
            return
        watch = asyncio.create_task(_watch(self.embedded))
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait([watch])


@contextmanager
def open_database(url: str | None, home: Path) -> Iterator[Database]:
    """Have the database for the length of the block.

    Raises:
        EmbeddedFault: there is no address, and the embedded server cannot be had.
    """
    if url is not None:
        yield Database(url, None)
        return
    with join(home) as embedded:
        yield Database(embedded.url, embedded)


async def _watch(embedded: Embedded) -> None:
    import structlog  # noqa: PLC0415 - a quarter of a second, which commands that only ask the database do without

    lines = structlog.get_logger(__name__)
    while True:
        await asyncio.sleep(WATCH_S)
        if embedded.is_running():
            continue
        try:
            if await asyncio.to_thread(embedded.ensure_running):
                lines.warning("postgresql_restarted", url=embedded.url)
        except EmbeddedFault as fault:
            lines.error("postgresql_down", why=str(fault))
