"""Group commit: whatever arrived while the last transaction ran forms the next batch.

A lane belongs to one action and one part, and has one batch under way at a time; where the action stands it, a crowd
is let through abreast, one batch being decided while the database writes another. There is no timer: a command that comes alone goes
alone, under load hundreds share one commit. When a batch fails its commands run one by one, so that a
poisonous one fails alone. When the database is away the batch is tried again for a while; since its commit may have
happened unseen, the action is told that this is `again` and must recognise what it already did.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from takt.actions.outcome import Done
from takt.store.pool import Conn, is_retryable, transaction
from takt.store.site import Site
from takt.wakes import Wakes

BATCH_MAX = 500
CROWD = 64
"""How many must wait before a batch starts beside another: every batch costs some milliseconds, however small."""
WAITING_MAX = 10_000
RETRY_S_MAX = 10.0
RETRY_PAUSE_S = 0.1

_LOG = logging.getLogger(__name__)

C = TypeVar("C")
A = TypeVar("A")


class LaneFullError(Exception):
    """More commands wait than the lane takes; the caller may come back in a second."""


class UnavailableError(Exception):
    """The database did not come back in time; whether the command happened is unknown."""


class Action(Protocol[C, A]):
    """What a lane runs: decide and write all commands in the given transaction, and answer each in order."""

    def __call__(
        self, conn: Conn, part: int, commands: list[C], now: datetime, /, *, again: bool
    ) -> Coroutine[Any, Any, Done[A]]:
        """Run one batch in the caller's transaction."""
        ...


@dataclass(slots=True)
class _Ticket(Generic[C, A]):
    command: C
    answer: asyncio.Future[A]


class Lane(Generic[C, A]):
    """The lane of one action in one part. Start it with `run()`; `submit()` answers after the commit."""

    def __init__(
        self,
        action: Action[C, A],
        site: Site,
        part: int,
        wakes: Wakes,
        now: Callable[[], datetime],
        *,
        abreast: int = 1,
    ) -> None:
        self._action = action
        self._site = site
        self._part = part
        self._wakes = wakes
        self._now = now
        self._waiting: deque[_Ticket[C, A]] = deque()
        self._filled = asyncio.Event()
        self._crowded = asyncio.Event()
        self._abreast = abreast

    async def submit(self, command: C) -> A:
        """Put a command into the next batch and wait for its answer.

        Raises LaneFullError when 10,000 already wait, UnavailableError when the database stays away for 10 s.
        """
        if len(self._waiting) >= WAITING_MAX:
            raise LaneFullError
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Ticket(command, answer))
        self._filled.set()
        if len(self._waiting) >= CROWD:
            self._crowded.set()
        return await answer

    async def run(self) -> None:
        """Run batches until cancelled; those under way are finished first."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._run_batches(self._filled, 1))
            for _ in range(1, self._abreast):
                group.create_task(self._run_batches(self._crowded, CROWD))

    async def _run_batches(self, called: asyncio.Event, least: int) -> None:
        """Run batches whenever called, as long as at least so many wait."""
        while True:
            await called.wait()
            called.clear()
            while len(self._waiting) >= least:
                await _finish(self._run_batch(self._take()))

    def _take(self) -> list[_Ticket[C, A]]:
        count = min(BATCH_MAX, len(self._waiting))
        return [self._waiting.popleft() for _ in range(count)]

    async def _run_batch(self, batch: list[_Ticket[C, A]], *, again: bool = False) -> None:
        try:
            done = await self._commit([ticket.command for ticket in batch], again=again)
        except UnavailableError as fault:
            _fail(batch, fault)
        except Exception as fault:  # noqa: BLE001 - the fault belongs to whoever sent the command, one by one
            await self._isolate(batch, fault)
        else:
            for ticket, answer in zip(batch, done.answers, strict=True):
                if not ticket.answer.done():
                    ticket.answer.set_result(answer)
            self._wakes.wake(done.wakes)

    async def _isolate(self, batch: list[_Ticket[C, A]], fault: Exception) -> None:
        if len(batch) == 1:
            _LOG.error("a command failed", exc_info=fault)
            _fail(batch, fault)
            return
        for ticket in batch:
            await self._run_batch([ticket], again=True)

    async def _commit(self, commands: list[C], *, again: bool) -> Done[A]:
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + RETRY_S_MAX
        while True:
            try:
                async with transaction(self._site.pool(self._part)) as conn:
                    return await self._action(conn, self._part, commands, self._now(), again=again)
            except Exception as fault:
                if not is_retryable(fault):
                    raise
                if clock() >= give_up_at:
                    raise UnavailableError from fault
            again = True
            await asyncio.sleep(RETRY_PAUSE_S)


async def _finish(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end even when cancelled meanwhile, then let the cancellation through."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _fail(batch: list[_Ticket[C, A]], fault: Exception) -> None:
    for ticket in batch:
        if not ticket.answer.done():
            ticket.answer.set_exception(fault)


class Lanes(Generic[C, A]):
    """One lane a part for one action; with batches `abreast` it must not mind another transaction of its own."""

    def __init__(
        self, action: Action[C, A], site: Site, wakes: Wakes, now: Callable[[], datetime], *, abreast: int = 1
    ) -> None:
        self._site = site
        self._by_part = {part: Lane(action, site, part, wakes, now, abreast=abreast) for part in site.parts}

    async def submit(self, slot: int, command: C) -> A:
        """Put a command into the lane of the part that owns this slot, and wait for its answer."""
        return await self._by_part[self._site.part_of(slot)].submit(command)

    async def run(self) -> None:
        """Run the lanes of all parts until cancelled."""
        async with asyncio.TaskGroup() as group:
            for lane in self._by_part.values():
                group.create_task(lane.run())
