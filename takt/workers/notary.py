"""The notary: once a day is over, makes the root over its batches, part by part."""

from typing import Final

import structlog

from takt.clock import Clock
from takt.ledger_proof import make_roots
from takt.store.site import Site
from takt.workers.rounds import keep_going

ROUND_S: Final = 60.0

_LOG = structlog.get_logger(__name__)


class Notary:
    """Goes over all parts about once a minute, until cancelled."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._clock = clock

    async def run(self) -> None:
        """Go on until cancelled."""
        await keep_going(self.make_all, ROUND_S, self._clock)

    async def make_all(self) -> None:
        """One round. A part that fails is left to the next one."""
        for part in self._site.parts:
            try:
                await make_roots(self._site, part, self._clock.now())
            except Exception as fault:  # noqa: BLE001 - the database may be away; the next round comes soon
                _LOG.error("root_failed", part=part, exc_info=fault)
