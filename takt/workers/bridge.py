"""Wake-ups between processes: what wakes here is told to the others by NOTIFY, and theirs wakes us.

Topics that come close together travel in one notification, outside of any other transaction. A process says now and
then that it is there, and as long as no other one is heard nothing is told: most installations are one process. The
loop reconnects by itself; what is missed meanwhile is only a hint, and every reader also looks by itself now and then.
"""

import asyncio
from collections.abc import Iterator

import structlog

from takt.store import notify
from takt.store.pool import Conn, connect, is_retryable
from takt.wakes import Wakes

NAME = "takt bridge"
PAYLOAD_BYTES_MAX = 7900
TOPICS_WAITING_MAX = 20_000
RECONNECT_PAUSE_S = 1.0
BREATH_S = 0.005
GREETING_S = 10.0
SILENCE_S_MAX = 35.0
"""After so long without a word a process is taken for gone: three greetings and a moment."""

_LOG = structlog.get_logger(__name__)


class Bridge:
    """Carries wake-ups of this process, known to the others as `origin`, over a connection of its own to `url`."""

    def __init__(self, url: str, wakes: Wakes, origin: str) -> None:
        self._url = url
        self._wakes = wakes
        self._origin = origin
        self._waiting: dict[str, None] = {}
        self._filled = asyncio.Event()
        self._greet_at = 0.0
        self._heard_at: dict[str, float] = {}
        wakes.tell_abroad(self._put)

    async def run(self) -> None:
        """Listen and tell until cancelled."""
        while True:
            try:
                async with connect(self._url, name=NAME) as conn, notify.listening(conn, self._hear, self._filled.set):
                    self._greet_at = 0.0
                    await self._tell(conn)
            except Exception as fault:
                if not is_retryable(fault):
                    raise
                _LOG.warning("bridge_broken", why=str(fault))
            await asyncio.sleep(RECONNECT_PAUSE_S)

    def _put(self, topic: str) -> None:
        if self._heard_at and len(self._waiting) < TOPICS_WAITING_MAX:
            self._waiting[topic] = None
            self._filled.set()

    async def _tell(self, conn: Conn) -> None:
        while not conn.is_closed():
            now = asyncio.get_running_loop().time()
            if now >= self._greet_at:
                self._greet_at = now + GREETING_S  # a newcomer heard meanwhile may bring it forward again
                await notify.tell(conn, self._origin)
                self._forget_silent(now)
            await self._gather()
            topics, self._waiting = self._waiting, {}
            for payload in _payloads(self._origin, topics):
                await notify.tell(conn, payload)

    async def _gather(self) -> None:
        """Wait for something to tell, or until the next greeting is due."""
        try:
            async with asyncio.timeout_at(self._greet_at):
                await self._filled.wait()
        except TimeoutError:
            return
        await asyncio.sleep(BREATH_S)
        self._filled.clear()

    def _hear(self, payload: str) -> None:
        origin, _, topics = payload.partition("\n")
        if origin == self._origin:
            return
        if origin not in self._heard_at:  # a newcomer waits for a word of ours
            self._greet_at = 0.0
            self._filled.set()
        self._heard_at[origin] = asyncio.get_running_loop().time()
        for topic in filter(None, topics.split("\n")):
            self._wakes.wake_here(topic)

    def _forget_silent(self, now: float) -> None:
        long_ago = now - SILENCE_S_MAX
        self._heard_at = {origin: at for origin, at in self._heard_at.items() if at > long_ago}


def _payloads(origin: str, topics: dict[str, None]) -> Iterator[str]:
    """The topics behind the origin, a line each, in as many notifications as they need."""
    payload = origin
    for topic in topics:
        if len(payload.encode()) + len(topic.encode()) + 1 > PAYLOAD_BYTES_MAX:
            yield payload
            payload = origin
        payload += f"\n{topic}"
    if payload != origin:
        yield payload
