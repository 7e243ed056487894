"""Ends of media: bytes whose time is over are dropped, and so are those of uploads that nobody finished.

A medium is marked as gone first, its bytes are dropped, then its row: whoever dies in between leaves work that the next
round finds. Works in bounded slices; any number of processes may run it.
"""

from typing import Final

import structlog

from takt.clock import Clock
from takt.core.media import INBOX_LIFE
from takt.store import media
from takt.store.pool import transaction
from takt.store.site import Site
from takt.vault import Place, Vault
from takt.workers.rounds import keep_going

ROUND_S: Final = 60.0
SLICE_MAX: Final = 100
SLICES_MAX: Final = 100
PRUNED_MAX: Final = 10_000

_LOG = structlog.get_logger(__name__)


class MediaSweep:
    """Goes over all parts about once a minute, until cancelled."""

    def __init__(self, site: Site, vault: Vault, clock: Clock) -> None:
        self._site = site
        self._vault = vault
        self._clock = clock

    async def run(self) -> None:
        """Sweep until cancelled."""
        await keep_going(self.sweep, ROUND_S, self._clock)

    async def sweep(self) -> None:
        """One round over all parts; a part that fails is left to the next one."""
        for part in self._site.parts:
            try:
                await self._sweep_part(part)
            except Exception as fault:  # noqa: BLE001 - database or vault may be away; the next round comes soon
                _LOG.error("media_sweep_failed", part=part, exc_info=fault)

    async def _sweep_part(self, part: int) -> None:
        pool, now = self._site.pool(part), self._clock.now()
        async with transaction(pool) as conn:
            await media.prune(conn, part, now, now - INBOX_LIFE, PRUNED_MAX)
        for _ in range(SLICES_MAX):
            async with transaction(pool) as conn:
                overdue = await media.take_expired(conn, part, now, SLICE_MAX)
            for media_id in overdue:
                await self._vault.drop(Place(part, media_id))
            async with transaction(pool) as conn:
                await media.remove(conn, part, overdue)
            if len(overdue) < SLICE_MAX:
                return
