"""LISTEN and NOTIFY: hints between processes, never sent inside a transaction that does anything else."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from takt.store.pool import Conn

CHANNEL = "takt"


@asynccontextmanager
async def listening(conn: Conn, hear: Callable[[str], None], ended: Callable[[], None]) -> AsyncIterator[None]:
    """Have `hear` called with each payload for the length of the block, and `ended` when the connection breaks."""

    def on_notification(_conn: object, _pid: object, _channel: object, payload: object) -> None:
        hear(str(payload))

    def on_end(_conn: object) -> None:
        ended()

    await conn.add_listener(CHANNEL, on_notification)
    conn.add_termination_listener(on_end)
    try:
        yield
    finally:
        conn.remove_termination_listener(on_end)
        if not conn.is_closed():
            await conn.remove_listener(CHANNEL, on_notification)


async def tell(conn: Conn, payload: str) -> None:
    """Send a payload (at most 7,999 bytes) to all listeners."""
    await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)
