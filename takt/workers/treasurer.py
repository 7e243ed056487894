"""The treasurer: looks after what companies wish for their money.

Every two seconds it goes over the plans of all parts. Several may run: each plan is held by one at a time.
"""

import logging
from typing import Final
from uuid import UUID

from takt.actions.spending import Spending
from takt.clock import Clock
from takt.store import spend_plans
from takt.store.pool import transaction
from takt.store.site import Site
from takt.wakes import Wakes
from takt.workers.rounds import keep_going

ROUND_S: Final = 2.0
_BEFORE_ALL: Final = UUID(int=0)
_LOG = logging.getLogger(__name__)


class Treasurer:
    """The loop of plans."""

    def __init__(self, site: Site, spending: Spending, wakes: Wakes, clock: Clock) -> None:
        self._site = site
        self._spending = spending
        self._wakes = wakes
        self._clock = clock

    async def run(self) -> None:
        """Go round until cancelled."""
        await keep_going(self.look_round, ROUND_S, self._clock)

    async def look_round(self) -> None:
        """Look at every plan once. A part that fails is left to the next round."""
        for part in self._site.parts:
            try:
                await self._look_over(part)
            except Exception as fault:  # noqa: BLE001 - the database may be away; the next round is soon
                _LOG.error("looking after the money of part %d failed", part, exc_info=fault)

    async def _look_over(self, part: int) -> None:
        last = _BEFORE_ALL
        while True:
            async with self._site.pool(part).acquire() as conn:
                found = await spend_plans.after(conn, part, last)
            for plan, standing in found:
                if self._spending.is_due(plan, standing, self._clock.now()):
                    async with transaction(self._site.pool(part)) as conn:
                        done = await self._spending.look_after(conn, plan.payer, self._clock.now())
                    self._wakes.wake(done.wakes)
            if len(found) < spend_plans.PLANS_MAX:
                return
            last = found[-1][0].payer[1]
