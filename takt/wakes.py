"""Wake-ups: a hint that something changed, never the change itself.

Whoever waits subscribes to a topic, and looks into the database when woken. Within a process a wake-up is a flag; to
the other processes it travels as one NOTIFY outside any batch's transaction. A lost hint costs time, not truth: every
reader also looks by itself now and then. Signals (somebody is typing) travel the same way and are forgotten at once.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

SIGNALS_MAX = 16
TOPICS_WAITING_MAX = 10_000


class Subscription:
    """One waiter on one topic."""

    __slots__ = ("_woken", "signals")

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self.signals: deque[str] = deque(maxlen=SIGNALS_MAX)

    def wake(self, signal: str = "") -> None:
        """Let the waiter go on, with a signal for it if there is one."""
        if signal:
            self.signals.append(signal)
        self._woken.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait until woken, at most so long; whether somebody woke us. The flag is down again afterwards."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True


class Wakes:
    """The subscriptions of this process. `abroad` is told of every local wake-up, to pass it on."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[Subscription]] = defaultdict(set)
        self._abroad: list[Callable[[str], None]] = []

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[Subscription]:
        """Listen to these topics for as long as the block lasts."""
        subscription = Subscription()
        for topic in topics:
            self._waiting[topic].add(subscription)
        try:
            yield subscription
        finally:
            for topic in topics:
                self._forget(topic, subscription)

    def tell_abroad(self, teller: Callable[[str], None]) -> None:
        """Have every local wake-up passed to the other processes, too."""
        self._abroad.append(teller)

    def wake(self, topics: Iterable[str]) -> None:
        """Wake all who wait for any of these topics, here and in the other processes."""
        for topic in topics:
            self.wake_here(topic)
            for tell in self._abroad:
                tell(topic)

    def signal(self, topic: str, text: str) -> None:
        """Hand a passing word to all who listen to the topic now, here and in the other processes."""
        self.wake([f"{topic}#{text}"])

    def wake_here(self, topic: str) -> None:
        """Wake the local waiters of a topic; what follows a `#` is the signal."""
        name, _, signal = topic.partition("#")
        for subscription in self._waiting.get(name, ()):
            subscription.wake(signal)

    def _forget(self, topic: str, subscription: Subscription) -> None:
        waiting = self._waiting[topic]
        waiting.discard(subscription)
        if not waiting:
            del self._waiting[topic]
