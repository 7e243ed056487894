"""Ends of webhook events: what nobody took within seven days is buried, and what is long settled is removed.

Works in bounded slices with a breath between them, so that no statement is long and nobody waits for it. Any number of
processes may run it; two that meet do the same work twice and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.clock import Clock
from takt.core.ids import make_id
from takt.core.retry import LIFE
from takt.store import hooks
from takt.store.pool import Conn, transaction
from takt.store.reference import Endpoint, Reference
from takt.store.site import Site
from takt.workers.rounds import keep_going

ROUND_S: Final = 60.0
SLICE_MAX: Final = 1000
SLICES_MAX: Final = 1000
BREATH_S: Final = 0.05

DONE_KEPT: Final = timedelta(days=7)
BURIED_KEPT: Final = timedelta(days=30)
ATTEMPTS_KEPT: Final = timedelta(days=30)

_LAST: Final = UUID(int=(1 << 128) - 1)


class HookSweep:
    """Goes over the events of all endpoints about once a minute, until cancelled."""

    def __init__(self, site: Site, reference: Reference, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._clock = clock

    async def run(self) -> None:
        """Sweep until cancelled."""
        await keep_going(self.sweep, ROUND_S, self._clock)

    async def sweep(self) -> None:
        """One round over all parts."""
        for part in self._site.parts:
            await self._sweep_part(part, self._clock.now())

    async def _sweep_part(self, part: int, now: datetime) -> None:
        async with self._site.pool(part).acquire() as conn:
            snapshot = await self._reference.fresh(conn)
        for endpoint in snapshot.endpoints.values():
            await self._sweep_endpoint(part, endpoint, now)
        oldest = _first_id(now - ATTEMPTS_KEPT)
        await self._in_slices(part, lambda conn: hooks.prune_attempts(conn, part, oldest, SLICE_MAX))

    async def _sweep_endpoint(self, part: int, endpoint: Endpoint, now: datetime) -> None:
        endpoint_id = endpoint.endpoint_id
        # An endpoint without an address has been given up by its company: what it is still owed goes nowhere.
        life = LIFE if endpoint.callback_url else timedelta()
        before = _first_id(now - life) if life else _LAST
        await self._in_slices(
            part, lambda conn: hooks.bury_old(conn, part, endpoint_id, before, now - life, now, SLICE_MAX)
        )
        for state, kept in (("done", DONE_KEPT), ("buried", BURIED_KEPT)):
            await self._in_slices(part, _prune(part, endpoint_id, state, now - kept))

    async def _in_slices(self, part: int, work: Callable[[Conn], Awaitable[int]]) -> None:
        for _ in range(SLICES_MAX):
            async with transaction(self._site.pool(part)) as conn:
                count = await work(conn)
            if count < SLICE_MAX:
                return
            await asyncio.sleep(BREATH_S)


def _prune(part: int, endpoint_id: UUID, state: str, settled_before: datetime) -> Callable[[Conn], Awaitable[int]]:
    before = _first_id(settled_before)
    return lambda conn: hooks.prune_events(conn, part, endpoint_id, state, before, settled_before, SLICE_MAX)


def _first_id(at: datetime) -> UUID:
    """The lowest id that can have been made at that instant."""
    return make_id(int(at.timestamp() * 1000), 0, 0)
