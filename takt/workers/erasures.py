"""The end of erasures: companies' views are cleared, and what their endpoints answered; a minute later once more.

By then nothing can be under way.

What is left is the proof. Five years after the erasure, as the certificate says, it goes as well.

Every step can be repeated. Whoever dies between two of them leaves an erasure that the next round finishes.
"""

import logging
from collections import defaultdict
from datetime import timedelta
from typing import Final
from uuid import UUID

from takt.actions.outcome import desk_topic
from takt.clock import Clock
from takt.core.consent import PROOF_LIFE
from takt.core.ids import slot_of
from takt.store import erasing, proofs
from takt.store.erasing import Erasure
from takt.store.pool import transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.wakes import Wakes
from takt.workers.rounds import keep_going

ROUND_S: Final = 20.0
SETTLES_AFTER: Final = timedelta(seconds=60)
ERASURES_MAX: Final = 100

_LOG = logging.getLogger(__name__)


class Erasures:
    """Goes over all parts about three times a minute, until cancelled."""

    def __init__(self, site: Site, reference: Reference, wakes: Wakes, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._wakes = wakes
        self._clock = clock

    async def run(self) -> None:
        """Finish erasures until cancelled."""
        await keep_going(self._finish_all, ROUND_S, self._clock)

    async def _finish_all(self) -> None:
        for part in self._site.parts:
            try:
                await self.finish(part)
                await self.forget(part)
            except Exception as fault:  # noqa: BLE001 - the database may be away; the next round comes soon
                _LOG.error("finishing the erasures of part %d failed", part, exc_info=fault)

    async def finish(self, part: int) -> int:
        """Clear what is left of the erasures of a part that are a minute old; how many there were."""
        async with self._site.pool(part).acquire() as conn:
            left = await erasing.unsettled(conn, part, self._clock.now() - SETTLES_AFTER, ERASURES_MAX)
        for one in left:
            await self.clear(part, one, settled=True)
        return len(left)

    async def forget(self, part: int) -> int:
        """Drop the proofs of erased people that nobody may ask for any more; how many records there were."""
        async with transaction(self._site.pool(part)) as conn:
            over = await proofs.outlived(conn, part, self._clock.now() - PROOF_LIFE, ERASURES_MAX)
            return await proofs.drop(conn, part, over) if over else 0

    async def clear_now(self, part: int, erasure_id: UUID) -> None:
        """Clear at once what an erasure leaves with companies; the sweep looks after it again."""
        async with self._site.pool(part).acquire() as conn:
            found = await erasing.find(conn, part, [erasure_id])
        if erasure_id in found:
            await self.clear(part, found[erasure_id], settled=False)

    async def clear(self, part: int, erasure: Erasure, *, settled: bool) -> None:
        """Clear the person's cards from the desks of all companies, or of the one, and answers to webhooks; then note it."""
        async with self._site.everywhere.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
        by_part: defaultdict[int, list[UUID]] = defaultdict(list)
        for business in snapshot.businesses.values():
            if erasure.business_id in (None, business.business_id):
                by_part[business.contract_part].append(business.business_id)
        for contract_part, business_ids in sorted(by_part.items()):
            async with transaction(self._site.pool(contract_part)) as conn:
                changed = await erasing.drop_cards(conn, contract_part, business_ids, erasure.recipient_id)
            self._wakes.wake(desk_topic(business_id) for business_id in changed)
        for each in self._site.parts:
            async with transaction(self._site.pool(each)) as conn:
                await erasing.empty_answers(conn, each, slot_of(erasure.recipient_id))
        async with transaction(self._site.pool(part)) as conn:
            await erasing.set_done(conn, part, erasure.erasure_id, self._clock.now(), settled=settled)
