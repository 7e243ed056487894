"""The live stream of an inbox: its rows from a cursor on, in order, each once, and who is typing.

The id of an event is its cursor, so a stream that breaks is resumed behind the last event seen: there is nothing to
push and nothing to lose. A stream sleeps until its inbox is woken. Streams that wake in the same moment read together,
in one statement a part, however many they are.
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Final
from uuid import UUID

from takt.actions.outcome import inbox_topic
from takt.clock import Clock
from takt.store import reading
from takt.store.pool import is_retryable
from takt.store.reading import Entry
from takt.wakes import Subscription, Wakes
from takt.web.device import render
from takt.web.device.door import Caller, Door, Refused
from takt.web.http import Receive, Scope, Send

PAGE_MAX: Final = 100
TOGETHER_MAX: Final = 200
STREAMS_EACH_MAX: Final = 4
STREAMS_MAX: Final = 20_000
PING_S: Final = 15.0
LOOK_S: Final = 60.0
SEND_S_MAX: Final = 30.0
RETRY_MS: Final = 1000

_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_PING: Final = b": ping\n\n"
_LOG = logging.getLogger(__name__)


class Reader:
    """Reads inboxes for many streams at once: whatever is asked for during one read is answered by the next."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._asked: defaultdict[int, deque[tuple[UUID, int, asyncio.Future[list[Entry]]]]] = defaultdict(deque)
        self._busy: dict[int, asyncio.Task[None]] = {}

    async def read(self, part: int, recipient_id: UUID, after: int) -> list[Entry]:
        """The next rows of an inbox behind a cursor, at most 100. Raises what the database raised."""
        answer: asyncio.Future[list[Entry]] = asyncio.get_running_loop().create_future()
        self._asked[part].append((recipient_id, after, answer))
        if part not in self._busy:
            self._busy[part] = asyncio.create_task(self._drain(part))
        return await answer

    async def _drain(self, part: int) -> None:
        asked = self._asked[part]
        try:
            while asked:
                together = [asked.popleft() for _ in range(min(TOGETHER_MAX, len(asked)))]
                await self._read(part, together)
        finally:
            del self._busy[part]

    async def _read(self, part: int, together: list[tuple[UUID, int, asyncio.Future[list[Entry]]]]) -> None:
        try:
            async with self._door.reading(part) as conn:
                behind = [(recipient_id, after) for recipient_id, after, _ in together]
                found = await reading.list_entries(conn, part, behind, PAGE_MAX)
        except Exception as fault:  # noqa: BLE001 - the fault belongs to those who asked
            for _, _, answer in together:
                if not answer.done():
                    answer.set_exception(fault)
            return
        for (_, _, answer), entries in zip(together, found, strict=True):
            if not answer.done():
                answer.set_result(entries)


class Ticket:
    """A stream's right to go on; taken away when the client leaves, signs out, or opens too many."""

    __slots__ = ("_over", "woken")

    def __init__(self, woken: Subscription) -> None:
        self.woken = woken
        self._over = False

    def end(self) -> None:
        """Let the stream end as soon as it looks."""
        self._over = True
        self.woken.wake()

    def is_over(self) -> bool:
        """Whether the stream has to end."""
        return self._over


class Streams:
    """The open streams of this process: 20,000 in all, and of each device the four newest."""

    def __init__(self, door: Door, wakes: Wakes, clock: Clock) -> None:
        self.door = door
        self.wakes = wakes
        self.clock = clock
        self.reader = Reader(door)
        self._open: defaultdict[bytes, list[Ticket]] = defaultdict(list)
        self._count = 0

    def require_room(self) -> None:
        """Refuse one more when there are 20,000."""
        if self._count >= STREAMS_MAX:
            raise Refused(503, "too_many", "Too many streams are open here. Please try again.", retry_after_s=5)

    def enter(self, device: bytes, woken: Subscription) -> Ticket:
        """One more stream of a device; the oldest ends when there are four already, for it may be a dead one."""
        ticket = Ticket(woken)
        tickets = self._open[device]
        tickets.append(ticket)
        self._count += 1
        if len(tickets) > STREAMS_EACH_MAX:
            tickets[0].end()
        return ticket

    def leave(self, device: bytes, ticket: Ticket) -> None:
        """One less."""
        self._count -= 1
        self._open[device].remove(ticket)
        if not self._open[device]:
            del self._open[device]


class EventStream:
    """An ASGI application for one caller; `after` None begins with the next row."""

    __slots__ = ("_after", "_caller", "_said_s", "_send", "_streams")

    def __init__(self, streams: Streams, caller: Caller, after: int | None) -> None:
        self._streams = streams
        self._caller = caller
        self._after = after
        self._said_s = 0.0

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client goes away or cannot keep up, or the device is signed out."""
        self._send = send
        caller = self._caller
        with self._streams.wakes.subscribe(inbox_topic(caller.recipient_id)) as woken:
            ticket = self._streams.enter(caller.token_sha256, woken)
            leaving = asyncio.ensure_future(_until_left(receive, ticket.end))
            try:
                await self._stream(ticket)
            except Exception as fault:  # noqa: BLE001 - a stream that ends is resumed by whoever still wants it
                if not is_retryable(fault) and not isinstance(fault, OSError):
                    _LOG.error("a stream failed", exc_info=fault)
            finally:
                leaving.cancel()
                self._streams.leave(caller.token_sha256, ticket)

    async def _stream(self, ticket: Ticket) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        after = await self._greet()
        looked_s = self._streams.clock.monotonic_s()
        while not ticket.is_over():
            after = await self._tell_rows(after, ticket)
            await self._tell_signals(ticket)
            while not ticket.is_over() and not await ticket.woken.wait(self._until_ping()):
                await self._write(_PING)
                if self._streams.clock.monotonic_s() - looked_s >= LOOK_S:
                    break
            if self._streams.clock.monotonic_s() - looked_s >= LOOK_S:
                if not await self._streams.door.still_stands(self._caller):
                    break
                looked_s = self._streams.clock.monotonic_s()
        await self._send({"type": "http.response.body", "body": b""})

    async def _greet(self) -> int:
        """Say hello with the newest cursor; where to begin."""
        caller = self._caller
        async with self._streams.door.reading(caller.part) as conn:
            me = await reading.find_me(conn, caller.part, caller.recipient_id)
        latest = me.cursor if me is not None else 0
        hello = render.passing_event("hello", {"cursor": latest})
        await self._write(b"retry: %d\n%s" % (RETRY_MS, hello))
        return latest if self._after is None else min(self._after, latest)

    async def _tell_rows(self, after: int, ticket: Ticket) -> int:
        """Send the rows behind a cursor, page by page as the client takes them; the cursor of the last."""
        caller = self._caller
        while not ticket.is_over():
            entries = await self._streams.reader.read(caller.part, caller.recipient_id, after)
            if entries:
                await self._write(b"".join(map(render.event, entries)))
                after = entries[-1].cursor
            if len(entries) < PAGE_MAX:
                break
        return after

    async def _tell_signals(self, ticket: Ticket) -> None:
        signals = ticket.woken.signals
        events: list[bytes] = []
        while signals:
            word, _, rest = signals.popleft().partition(":")
            if word == "typing":
                events.append(render.passing_event("typing", {"sender": rest}))
            elif word == "gone" and self._caller.token_sha256.hex().startswith(rest):
                ticket.end()
        if events:
            await self._write(b"".join(events))

    def _until_ping(self) -> float:
        return max(0.0, self._said_s + PING_S - self._streams.clock.monotonic_s())

    async def _write(self, chunk: bytes) -> None:
        async with asyncio.timeout(SEND_S_MAX):
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        self._said_s = self._streams.clock.monotonic_s()


def gone_signal(token_sha256: bytes) -> str:
    """The signal on a person's inbox that one of their devices is signed out."""
    return f"gone:{token_sha256.hex()[:16]}"


async def _until_left(receive: Receive, end: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    end()
