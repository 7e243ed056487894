"""Wake-ups between processes: what wakes here is told to the others by NOTIFY, and theirs wakes us.

Topics that come close together travel in one notification, outside of any other transaction. The loop reconnects by
itself; what is missed meanwhile is only a hint, and every reader also looks by itself now and then.
"""

import asyncio
from collections.abc import Iterator

import asyncpg
import structlog

from takt.store import notify
from takt.store.pool import Conn, Pool, is_retryable
from takt.wakes import Wakes

PAYLOAD_BYTES_MAX = 7900
TOPICS_WAITING_MAX = 20_000
RECONNECT_PAUSE_S = 1.0
BREATH_S = 0.005

_LOG = structlog.get_logger(__name__)


class Bridge:
    """Carries wake-ups of this process, known to the others as `origin`, over the database."""

    def __init__(self, pool: Pool, wakes: Wakes, origin: str) -> None:
        self._pool = pool
        self._wakes = wakes
        self._origin = origin
        self._waiting: dict[str, None] = {}
        self._filled = asyncio.Event()
        wakes.tell_abroad(self._put)

    async def run(self) -> None:
        """Listen and tell until cancelled."""
        while True:
            try:
                async with self._pool.acquire() as conn, notify.listening(conn, self._hear):
                    await self._tell(conn)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
                if not is_retryable(fault):
                    raise
                _LOG.warning("bridge_broken", why=str(fault))
            await asyncio.sleep(RECONNECT_PAUSE_S)

    def _put(self, topic: str) -> None:
        if len(self._waiting) < TOPICS_WAITING_MAX:
            self._waiting[topic] = None
            self._filled.set()

    async def _tell(self, conn: Conn) -> None:
        while not conn.is_closed():
            await self._filled.wait()
            await asyncio.sleep(BREATH_S)
            self._filled.clear()
            topics, self._waiting = self._waiting, {}
            for payload in _payloads(self._origin, topics):
                await notify.tell(conn, payload)

    def _hear(self, payload: str) -> None:
        origin, _, topics = payload.partition("\n")
        if origin == self._origin:
            return
        for topic in topics.split("\n"):
            self._wakes.wake_here(topic)


def _payloads(origin: str, topics: dict[str, None]) -> Iterator[str]:
    payload = origin
    for topic in topics:
        if len(payload.encode()) + len(topic.encode()) + 1 > PAYLOAD_BYTES_MAX:
            yield payload
            payload = origin
        payload += f"\n{topic}"
    yield payload
