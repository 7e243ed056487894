"""The steward: what follows from standings over hours and days.

Every ten minutes: how many people owners may reach, measures against those whose messages do harm, templates to put away,
counts to fold and to forget. Several may run: each decides again in its transaction, by what stands then.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.actions import standing, template
from takt.actions.appraise import Shelve
from takt.actions.standing import CutReach, SetTier, Take
from takt.clock import Clock
from takt.core.appraisal import Appraisal, Standing, kept_figures
from takt.core.ids import derive_id, slot_of
from takt.core.measures import next_step
from takt.core.reach import CUT_LIFE, STEADY, WEEK, Allowance, Use, next_tier
from takt.core.template_life import TEMPLATES_OF_OTHERS_MAX, TEMPLATES_OF_VERIFIED_MAX
from takt.core.value import value
from takt.lanes import Action
from takt.store import measures, rations, shelving, standings
from takt.store import reach as reach_store
from takt.store.pool import transaction
from takt.store.reference import Business, Reference, Snapshot
from takt.store.shelving import Shelved
from takt.store.site import Site
from takt.wakes import Wakes
from takt.workers.appraiser import Appraiser

TEND_S: Final = 600.0
UNUSED: Final = timedelta(days=180)
"""After so long without a message a template goes to the archive."""
MONTH: Final = timedelta(days=30)
MISFILED: Final = 3
"""So many templates under the wrong category within a month cut a company's reach."""
SHELVED_MAX: Final = 200
FORGOTTEN: Final = timedelta(days=2)
RATIONS_KEPT: Final = timedelta(days=31)

_LOG = logging.getLogger(__name__)


@value
class Hands:
    """The actions that carry out what is decided here."""

    templates: Action[template.Command, Any]
    standings: Action[standing.Command, standing.Answer]


class Steward:
    """The loop. What is red it learns from the `appraiser`."""

    def __init__(
        self, site: Site, reference: Reference, appraiser: Appraiser, hands: Hands, wakes: Wakes, clock: Clock
    ) -> None:
        self._site = site
        self._reference = reference
        self._appraiser = appraiser
        self._hands = hands
        self._wakes = wakes
        self._clock = clock

    async def run(self) -> None:
        """Tend until cancelled."""
        while True:
            await self.tend()
            await asyncio.sleep(TEND_S)

    async def tend(self) -> None:
        """All of it, once."""
        now = self._clock.now()
        async with self._site.everywhere.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
        found = await self._appraiser.appraisal(snapshot, now)
        await self._set_tiers(snapshot, now)
        await self._take_measures(snapshot, found, now)
        await self._cut(snapshot, now)
        await self._shelve(snapshot, now)
        await self._forget(now)

    async def _set_tiers(self, snapshot: Snapshot, now: datetime) -> None:
        async with self._site.everywhere.acquire() as conn:
            tiers = await shelving.tiers(conn)
            colours = await shelving.colours(conn, now - WEEK)
        by_owner: defaultdict[UUID, set[str]] = defaultdict(set)
        for business in snapshot.businesses.values():
            by_owner[business.owner] |= colours.get(business.business_id, set())
        for sender in snapshot.senders.values():
            by_owner[sender.business.owner].add(sender.quality)
        for owner_id, (tier, since) in tiers.items():
            owner = snapshot.businesses.get(owner_id)
            if owner is None or now - since < STEADY or owner.stage != "live":
                continue
            use = await self._use(owner, frozenset(by_owner[owner_id]), now)
            after = next_tier(tier, use, snapshot.tact(now).reach)
            if after != tier:
                await self._do(self._hands.standings, owner, SetTier(owner_id, after))

    async def _use(self, owner: Business, colours: frozenset[str], now: datetime) -> Use:
        name = Allowance(owner.business_id, owner.contract_part, owner.tier).subject
        async with self._site.pool(owner.contract_part).acquire() as conn:
            day = await rations.best_day(conn, owner.contract_part, name, now - WEEK)
            month = await rations.used_since(conn, owner.contract_part, name, now - MONTH)
        return Use(day, month, owner.verified, colours)

    async def _take_measures(self, snapshot: Snapshot, found: Appraisal, now: datetime) -> None:
        async with self._site.everywhere.acquire() as conn:
            if await measures.has_overdue(conn, now):
                async with conn.transaction():
                    await measures.end_overdue(conn, now)
            history = {key: await measures.list_of(conn, [key]) for key in _red(found.owners)}
        for owner_id, past in history.items():
            owner, step = snapshot.businesses[owner_id], next_step([one.step for one in past], now)
            if step is None:
                continue
            figures = msgspec.json.encode(kept_figures(found.owners[owner_id])).decode()
            named = derive_id(slot_of(owner.contract_id), "measure", str(owner_id), f"{now:%Y-%m-%d}", step[0])
            await self._do(self._hands.standings, owner, Take(named, owner_id, *step, figures))

    async def _cut(self, snapshot: Snapshot, now: datetime) -> None:
        async with self._site.everywhere.acquire() as conn:
            found = await shelving.misfiled(conn, now - WEEK, MISFILED)
        for business_id in found:
            owner = snapshot.businesses[snapshot.businesses[business_id].owner]
            is_cut = owner.allowance is not None and owner.allowance.is_cut(now)
            if not is_cut:
                await self._do(self._hands.standings, owner, CutReach(owner.business_id, now + CUT_LIFE))

    async def _shelve(self, snapshot: Snapshot, now: datetime) -> None:
        """What was not used for half a year, and what is more than a company may have, goes; what fits again comes back."""
        limits = (TEMPLATES_OF_VERIFIED_MAX, TEMPLATES_OF_OTHERS_MAX, SHELVED_MAX)
        async with self._site.everywhere.acquire() as conn:
            old = await shelving.list_old(conn, now - UNUSED, f"{now:%H%M}", SHELVED_MAX)
            exceeding = await shelving.list_exceeding(conn, *limits)
            fitting = await shelving.list_fitting(conn, *limits)
        used: set[str] = set()
        for part in self._site.parts if old else ():
            async with self._site.pool(part).acquire() as conn:
                used |= await shelving.used(conn, part, [one.template_id for one in old], now - UNUSED)
        unused = [one for one in old if one.template_id not in used]
        for some, move, note in (
            (unused, "archive", f"not used for {UNUSED.days} days"),
            (exceeding, "exceed", "more templates than the company may have"),
            (fitting, "readmit", "there is room again"),
        ):
            await self._move(snapshot, some, move, note)

    async def _move(self, snapshot: Snapshot, some: Sequence[Shelved], move: str, note: str) -> None:
        for one in some:
            command = Shelve(self._clock.new_id(), one.template_id, move, note)
            await self._do(self._hands.templates, snapshot.businesses[one.business_id], command)

    async def _forget(self, now: datetime) -> None:
        for part in self._site.parts:
            async with transaction(self._site.pool(part)) as conn:
                await standings.compact(conn, part, now)
                await reach_store.drop_before(conn, part, now - FORGOTTEN)
                await rations.drop_before(conn, part, now - RATIONS_KEPT)

    async def _do(self, action: Action[Any, Any], business: Business, command: object) -> None:
        """In a transaction of its company's part: the others must not wait for one that fails."""
        part = business.contract_part
        try:
            async with transaction(self._site.pool(part)) as conn:
                done = await action(conn, part, [command], self._clock.now(), again=False)
        except Exception as fault:  # noqa: BLE001 - the next round tries again
            _LOG.error("the steward could not carry out %s", command, exc_info=fault)
            return
        self._wakes.wake(done.wakes)


def _red(owners: Mapping[UUID, Standing]) -> list[UUID]:
    return [key for key, one in owners.items() if one.quality == "RED"]
