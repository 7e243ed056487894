"""The reviewer: does what is due about templates, from the first automatic check to the end of a pause or of a deletion.

Every second it asks what is due. Several may run: each looks again in its transaction, when nobody else changes templates.
"""

import asyncio
import logging
from typing import Final

from takt.actions.review import Settle
from takt.actions.template import Command, Templates
from takt.clock import Clock
from takt.core.ids import slot_of
from takt.store import staff, templates
from takt.store.pool import transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.store.templates import Due
from takt.wakes import Wakes

LOOK_S: Final = 1.0
DUE_MAX: Final = 100

_LOG = logging.getLogger(__name__)


class Reviewer:
    """The loop. `alone`: as long as nobody is signed in at the console, what the check doubts is decided, too."""

    def __init__(
        self, site: Site, reference: Reference, action: Templates, wakes: Wakes, clock: Clock, *, alone: bool
    ) -> None:
        self._site = site
        self._reference = reference
        self._action = action
        self._wakes = wakes
        self._clock = clock
        self._alone = alone

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> int:
        """Do what is due now, part by part; for how many templates that was."""
        async with self._site.everywhere.acquire() as conn:
            due = await templates.list_due(conn, self._clock.now(), DUE_MAX)
            snapshot = await self._reference.fresh(conn)
            alone = self._alone and bool(due) and not await staff.is_operator_there(conn, self._clock.now())
        by_part: dict[int, list[Due]] = {}
        for one in due:
            slot = slot_of(snapshot.businesses[one.business_id].contract_id)
            by_part.setdefault(self._site.part_of(slot), []).append(one)
        for part, some in by_part.items():
            await self._settle_apart(part, [await self._command(one, alone=alone) for one in some])
        return len(due)

    async def _settle_apart(self, part: int, commands: list[Command]) -> None:
        """All in one transaction, so that reference rows move once; if that fails, each by itself."""
        try:
            await self._settle(part, commands)
        except Exception as fault:  # noqa: BLE001 - the others must not wait for the one that fails
            if len(commands) == 1:
                _LOG.error("a template could not be settled: %s", commands[0], exc_info=fault)
                return
            for command in commands:
                await self._settle_apart(part, [command])

    async def _settle(self, part: int, commands: list[Command]) -> None:
        async with transaction(self._site.pool(part)) as conn:
            done = await self._action(conn, part, commands, self._clock.now(), again=False)
        self._wakes.wake(done.wakes)

    async def _command(self, due: Due, *, alone: bool) -> Settle:
        idle = due.status == "PENDING_DELETION" and not await self._under_way(due.template_id)
        return Settle(self._clock.new_id(), due.template_id, alone, idle)

    async def _under_way(self, template_id: str) -> bool:
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                if await templates.has_undelivered(conn, part, template_id):
                    return True
        return False
