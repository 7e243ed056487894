"""Grants come and go by themselves: partners get those of their wholesale cards, and what is left of any that is over lapses."""

from typing import Final

import structlog

from takt.actions.grant import SLICE_MAX, Lapse
from takt.actions.welcome import Welcome
from takt.clock import Clock
from takt.store.pool import transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.workers.rounds import keep_going

ROUND_S: Final = 10.0

_LOG = structlog.get_logger(__name__)


class Lapser:
    """Goes over all parts about six times a minute, until cancelled."""

    def __init__(self, site: Site, reference: Reference, clock: Clock) -> None:
        self._site = site
        self._welcome = Welcome(reference)
        self._lapse = Lapse(clock.new_id)
        self._clock = clock

    async def run(self) -> None:
        """Go on until cancelled."""
        await keep_going(self.lapse_all, ROUND_S, self._clock)

    async def lapse_all(self) -> None:
        """One round. A part that fails is left to the next one."""
        for part in self._site.parts:
            try:
                await self.give(part)
                while await self.lapse(part) == SLICE_MAX:
                    pass
            except Exception as fault:  # noqa: BLE001 - somebody draws on a grant at this moment, or the database is away
                _LOG.error("lapsing_failed", part=part, exc_info=fault)

    async def give(self, part: int) -> int:
        """What is due to partners of a part by their wholesale cards; how many grants that were."""
        async with transaction(self._site.pool(part)) as conn:
            return await self._welcome(conn, part, self._clock.now())

    async def lapse(self, part: int) -> int:
        """One slice of a part; how many grants it had."""
        async with transaction(self._site.pool(part)) as conn:
            return await self._lapse(conn, part, self._clock.now())
