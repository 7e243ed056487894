"""The live stream of a desk: which cards changed, who is typing.

The id of a `card` event is the card's number, and a resumed stream goes on behind the last one seen. A card is a state,
so whoever comes back late gets each thread once, as it is now. The stream reads the database when woken, and by itself
every 15 seconds; then it also sends a ping and looks whether the session still stands.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import msgspec

from takt.clock import Clock
from takt.core.value import value
from takt.store import views
from takt.store.pool import is_retryable
from takt.store.views import Card
from takt.wakes import Subscription, Wakes
from takt.web.http import Receive, Scope, Send
from takt.web.inbox import render
from takt.web.staff.readers import Readers

PAGE_MAX = 200
PING_S = 15.0
GATHER_S = 0.1
SEND_S_MAX = 30.0
RETRY_MS = 1000
REMEMBERED_MAX = 1000
STREAMS_EACH_MAX = 20
STREAMS_MAX = 5000

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_PING = b": ping\n\n"


@value
class Desk:
    """Whose events: a business and the part its desk lies in, with the topic that wakes its streams."""

    business_id: UUID
    part: int
    topic: str


class StreamCount:
    """How many streams are open in this process, in all and for each person."""

    def __init__(self) -> None:
        self._open: dict[UUID, int] = {}
        self._all = 0

    def is_full(self, person: UUID) -> bool:
        """Whether this person has 20 streams already, or everybody together 5,000."""
        return self._all >= STREAMS_MAX or self._open.get(person, 0) >= STREAMS_EACH_MAX

    def add(self, person: UUID) -> None:
        """One more."""
        self._all += 1
        self._open[person] = self._open.get(person, 0) + 1

    def remove(self, person: UUID) -> None:
        """One less."""
        self._all -= 1
        self._open[person] -= 1
        if self._open[person] == 0:
            del self._open[person]


@value
class Listener:
    """Who listens: the person, and a question whether the session still stands."""

    person: UUID
    stands: Callable[[], Awaitable[bool]]


class EventStream:
    """An ASGI application for one listener; `after` None begins with the next change."""

    def __init__(
        self, readers: Readers, wakes: Wakes, clock: Clock, count: StreamCount, desk: Desk, listener: Listener,
        after: int | None,
    ) -> None:  # fmt: skip
        self._readers = readers
        self._wakes = wakes
        self._clock = clock
        self._count = count
        self._desk = desk
        self._listener = listener
        self._after = after
        self._told: OrderedDict[str, tuple[str, str]] = OrderedDict()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client goes away, cannot keep up, or its session ends."""
        self._count.add(self._listener.person)
        try:
            with self._wakes.subscribe(self._desk.topic) as woken:
                await self._until_gone(receive, self._stream(send, woken))
        except Exception as fault:
            # The client cannot keep up or the database is away: the stream ends, and the client comes back by itself.
            if not is_retryable(fault):
                raise
        finally:
            self._count.remove(self._listener.person)

    async def _until_gone(self, receive: Receive, stream: Awaitable[None]) -> None:
        streaming = asyncio.ensure_future(stream)
        leaving = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait((streaming, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            streaming.cancel()
            await asyncio.wait((streaming, leaving))
        if not streaming.cancelled():
            streaming.result()

    async def _stream(self, send: Send, woken: Subscription) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        latest = await self._latest()
        after = latest if self._after is None else min(self._after, latest)
        await _write(send, f"retry: {RETRY_MS}\n".encode() + _event("hello", {"cursor": latest}))
        checked_s = self._clock.monotonic_s()
        while True:
            after = await self._tell_cards(send, after)
            await self._tell_typing(send, woken)
            # The first change is told at once. Under load every batch wakes us: then this makes many of them one read.
            await asyncio.sleep(GATHER_S)
            left_s = PING_S - (self._clock.monotonic_s() - checked_s)
            if left_s > 0 and await woken.wait(left_s):
                continue
            if not await self._listener.stands():
                break
            await _write(send, _PING)
            checked_s = self._clock.monotonic_s()
        await send({"type": "http.response.body", "body": b""})

    async def _latest(self) -> int:
        async with self._readers.of(self._desk.part) as conn:
            return await views.desk_number(conn, self._desk.part, self._desk.business_id)

    async def _tell_cards(self, send: Send, after: int) -> int:
        """Send the cards behind `after`; the number of the last one."""
        while True:
            async with self._readers.of(self._desk.part) as conn:
                cards = await views.list_cards_after(conn, self._desk.part, self._desk.business_id, after, PAGE_MAX)
            if cards:
                await _write(send, self._render(cards))
                after = cards[-1].number
            if len(cards) < PAGE_MAX:
                return after

    def _render(self, cards: Sequence[Card]) -> bytes:
        """The cards, each followed by a `message` event if its thread has another last message than this stream told."""
        events: list[bytes] = []
        for card in cards:
            shown = render.card(card)
            events.append(_event("card", shown, card.number))
            last = (str(card.last_at), card.last_text)
            if self._told.pop(shown["key"], None) != last:
                events.append(_event("message", {"key": shown["key"]}))
            self._told[shown["key"]] = last
            if len(self._told) > REMEMBERED_MAX:
                self._told.popitem(last=False)
        return b"".join(events)

    async def _tell_typing(self, send: Send, woken: Subscription) -> None:
        events: list[bytes] = []
        while woken.signals:
            word, _, key = woken.signals.popleft().partition(":")
            if word == "typing":
                events.append(_event("typing", {"key": key}))
        if events:
            await _write(send, b"".join(events))


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, chunk: bytes) -> None:
    async with asyncio.timeout(SEND_S_MAX):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


def _event(name: str, data: object, number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"
