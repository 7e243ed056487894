"""The projector: shows companies what changed in their threads.

Two transactions a batch, because a thread and its card may lie on two machines: the cards into the contract's part, then
the threads settled in the recipient's. Whatever is cut off between them is read and done again, and does nothing twice.
Any number of projectors may run; two that meet repeat work, but change nothing.

A round goes over the senders in the order of their ids and takes at most one batch of each, so that the campaign of one
does not keep the chats of another waiting.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from takt.actions.outcome import DESK, desk_topic, inbox_topic
from takt.store import desk
from takt.store.desk import Desk, Shown
from takt.store.pool import transaction
from takt.store.reference import Reference, Snapshot
from takt.store.site import Site
from takt.wakes import Wakes

BATCH_MAX = 500
QUIET_BATCH_MAX = 100
SWEEP_S = 1.0
GATHER_S = 0.05
PARTS_AT_ONCE_MAX = 4

_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
_LOG = logging.getLogger(__name__)


class Projector:
    """The loops that keep the desk cards of all parts true. `now` gives the present instant in UTC."""

    def __init__(self, site: Site, reference: Reference, wakes: Wakes, now: Callable[[], datetime]) -> None:
        self._site = site
        self._reference = reference
        self._wakes = wakes
        self._now = now
        self._at_once = asyncio.Semaphore(PARTS_AT_ONCE_MAX)
        self._quiet_from: dict[int, datetime] = {}
        self._quiet_after: dict[int, str] = {}

    async def run(self) -> None:
        """Project until cancelled: at once when woken, and each second in case a wake-up was lost."""
        async with asyncio.TaskGroup() as group:
            for part in self._site.parts:
                group.create_task(self._run_part(part))

    async def _run_part(self, part: int) -> None:
        with self._wakes.subscribe(DESK) as woken:
            while True:
                try:
                    await self.drain(part)
                except Exception as fault:  # noqa: BLE001 - the database may be away; the next look is a second later
                    _LOG.error("projecting part %d failed", part, exc_info=fault)
                    await asyncio.sleep(SWEEP_S)
                if await woken.wait(SWEEP_S):
                    # A burst of changes wakes us with its first; a moment later one batch takes all of it.
                    await asyncio.sleep(GATHER_S)

    async def drain(self, part: int) -> None:
        """Show all changed chats of a part, and then some of the threads in which the person never said a word.

        A campaign to a million people makes a million such threads: they must not keep the database from sending it,
        so a full batch of them lets the next one wait for a second.
        """
        await self._drain_chats(part)
        if self._now() < self._quiet_from.get(part, _ALWAYS):
            return
        async with self._at_once:
            async with self._site.pool(part).acquire() as conn:
                quiet = await desk.list_quiet(conn, part, self._quiet_after.pop(part, ""), QUIET_BATCH_MAX)
                snapshot = await self._reference.fresh(conn)
            if len(quiet) == QUIET_BATCH_MAX:
                self._quiet_from[part] = self._now() + timedelta(seconds=SWEEP_S)
                self._quiet_after[part] = _last_whole_sender(quiet)
            faults = await self._project(part, snapshot, quiet)
        if faults:
            raise ExceptionGroup("some cards were not written", faults)

    async def _drain_chats(self, part: int) -> None:
        """Go over the changed chats of a part until a round finds nothing that had to wait.

        A contract's part that cannot be written holds up the cards of its own businesses alone: the round goes on, and
        raises the fault at its end.
        """
        after, cut = "", False
        faults: list[Exception] = []
        while True:
            async with self._at_once:
                snapshot, changed = await self._read(part, after)
                faults += await self._project(part, snapshot, changed)
            if len(changed) == BATCH_MAX:
                after, cut = _last_whole_sender(changed), True
            elif faults:
                raise ExceptionGroup("some cards were not written", faults)
            elif cut:
                after, cut = "", False
            else:
                return

    async def _read(self, part: int, after_sender: str) -> tuple[Snapshot, list[Shown]]:
        async with self._site.pool(part).acquire() as conn:
            changed = await desk.list_unprojected(conn, part, after_sender, BATCH_MAX)
            # Read after the threads: a thread's sender is then known for certain.
            return await self._reference.fresh(conn), changed

    async def _project(self, part: int, snapshot: Snapshot, changed: Sequence[Shown]) -> list[Exception]:
        by_part: defaultdict[int, defaultdict[Desk, list[Shown]]] = defaultdict(lambda: defaultdict(list))
        for one in changed:
            business = snapshot.senders[one.sender_id].business
            by_part[business.contract_part][Desk(business.business_id, business.contract_id)].append(one)
        faults: list[Exception] = []
        for contract_part, cards in by_part.items():
            try:
                await self._show(part, contract_part, cards)
            except Exception as fault:  # noqa: BLE001 - told at the end of the round, after the other contracts' parts
                faults.append(fault)
        return faults

    async def _show(self, part: int, contract_part: int, cards: dict[Desk, list[Shown]]) -> None:
        async with transaction(self._site.pool(contract_part)) as conn:
            changed = await desk.put_cards(conn, contract_part, cards)
        self._wakes.wake(desk_topic(business_id) for business_id in changed)
        async with transaction(self._site.pool(part)) as conn:
            told = await desk.settle(conn, part, [one for shown in cards.values() for one in shown], self._now())
        self._wakes.wake(inbox_topic(recipient_id) for recipient_id in told)


def _last_whole_sender(changed: Sequence[Shown]) -> str:
    """Behind which sender the next batch begins: the last one may have more, and comes again unless it is alone."""
    last = changed[-1].sender_id
    return next((one.sender_id for one in reversed(changed) if one.sender_id != last), last)
