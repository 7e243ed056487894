"""The sweeper: expires what was not delivered in time, and drops notices that later ones say better, and refusals of long ago.

Every second it goes over the parts, each for itself; a part with much to do is taken slice by slice, with a look at the
others in between. Several sweepers may run: they skip what another one holds.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from takt.actions import leasing
from takt.actions.expire import Expire
from takt.store import inbox, rebuffs
from takt.store.pool import transaction
from takt.store.site import Site
from takt.wakes import Wakes

SWEEP_S = 1.0
TIDY_EACH = 60
LAPSE_EACH = 5
PEOPLE_MAX = 200
REBUFFS_MAX = 5_000
REBUFFS_KEPT = timedelta(weeks=16)
NUMBERS_KEPT = timedelta(days=7)
"""For how long a number that is nobody's is kept, so that its sender's company can ask."""

_LOG = logging.getLogger(__name__)
_BEFORE_ALL = UUID(int=0)


class Sweeper:
    """The loop that sweeps all parts. `now` gives the present instant in UTC."""

    def __init__(self, site: Site, expire: Expire, wakes: Wakes, now: Callable[[], datetime]) -> None:
        self._site = site
        self._expire = expire
        self._wakes = wakes
        self._now = now
        self._tidied: dict[int, UUID] = dict.fromkeys(site.parts, _BEFORE_ALL)

    async def run(self) -> None:
        """Sweep until cancelled. A part that fails is left to the next round."""
        rounds = 0
        while True:
            more = False
            for part in self._site.parts:
                try:
                    more |= await self.expire(part)
                    if rounds % LAPSE_EACH == 0 and len(self._site.parts) > 1:
                        await self.lapse(part)
                    if rounds % TIDY_EACH == 0:
                        await self.tidy(part)
                        await self.forget(part)
                except Exception as fault:  # noqa: BLE001 - the database may be away; the next round is a second later
                    _LOG.error("sweeping part %d failed", part, exc_info=fault)
            rounds += 1
            await asyncio.sleep(0 if more else SWEEP_S)

    async def expire(self, part: int) -> bool:
        """Fail one slice of overdue messages; whether there may be more."""
        async with transaction(self._site.pool(part)) as conn:
            done = await self._expire(conn, part, self._now())
        self._wakes.wake(done.wakes)
        return done.answers[0].more

    async def lapse(self, part: int) -> int:
        """Give back what is left of leases whose time is over; how many there were."""
        async with transaction(self._site.pool(part)) as conn:
            return await leasing.lapse(conn, part, self._now())

    async def forget(self, part: int) -> None:
        """Drop refusals of long ago that left no message, and sooner the numbers in them that are nobody's; slice by slice."""
        now = self._now()
        more = True
        while more:
            async with transaction(self._site.pool(part)) as conn:
                dropped = await rebuffs.drop_before(conn, part, now - REBUFFS_KEPT, REBUFFS_MAX)
                unnamed = await rebuffs.forget_numbers(conn, part, now - NUMBERS_KEPT, REBUFFS_MAX)
            more = max(dropped, unnamed) == REBUFFS_MAX

    async def tidy(self, part: int) -> int:
        """Drop outdone notices of the next 200 people, going round all of them; how many notices went."""
        async with transaction(self._site.pool(part)) as conn:
            people = await inbox.people_after(conn, part, self._tidied[part], PEOPLE_MAX)
            self._tidied[part] = people[-1] if len(people) == PEOPLE_MAX else _BEFORE_ALL
            return await inbox.drop_outdone(conn, part, people) if people else 0
