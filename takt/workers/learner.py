"""The learner: every ten minutes it learns of people, every six hours it moves the prices, every week it fits the model anew.

Once a day it values the future at those prices. Several may run. Slices are taken under lock and passed by by others; prices and the model have one lock for all.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from takt.actions.learn import Learned, deliveries_of, learn, owners_after
from takt.clock import Clock
from takt.core.admission import book as books
from takt.core.admission import fairness, fitting, opening, outlook, shadow
from takt.core.admission.arrays import Floats
from takt.core.admission.book import Book, Owner, Segment
from takt.core.admission.fitting import Deliveries
from takt.core.admission.hazard import Model
from takt.core.admission.prospects import Sample, prospect
from takt.core.admission.scoring import Taste
from takt.core.admission.settings import Admission
from takt.core.admission.shadow import ShadowPrice, Tally
from takt.core.value import value
from takt.store import admissions, demands
from takt.store.admissions import Observed
from takt.store.demands import Sums
from takt.store.pool import Conn, transaction
from takt.store.reference import Reference, Snapshot
from takt.store.site import Site
from takt.store.stamp import touch
from takt.workers.tallies import sums, tallies

LOOK_S: Final = 600.0
TUNE_EACH: Final = timedelta(hours=23)
STEER_EACH: Final = timedelta(hours=24 // shadow.MOVES_A_DAY) - timedelta(minutes=10)
FIT_EACH: Final = timedelta(days=7)
WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=28)
DAYS_COUNTED: Final = 28.0
DELIVERIES_LEAST: Final = 1_000
DELIVERIES_MAX: Final = 50_000
OFFERED_MAX: Final = 2_000
KEPT: Final = 4 * MONTH
DROPPED_MAX: Final = 5_000
USE_USUAL: Final = 0.175
USE_WEIGHT: Final = 20.0

_LOG = logging.getLogger(__name__)


@value
class Taught:
    """Deliveries, and all that was learned of their people, these deliveries included (person, class)."""

    seen: Deliveries
    tolerance: Floats


@value
class Fitted:
    """What fitting found: the version of the new model and from how many deliveries; version None: too few."""

    version: int | None
    deliveries: int


class Learner:
    """The loop."""

    def __init__(self, site: Site, reference: Reference, clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._clock = clock

    async def run(self) -> None:
        """Learn until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S * (0.5 + self._clock.fraction()))
            try:
                await self.learn()
                if not await self.tune():
                    await self.steer()
            except Exception as fault:  # noqa: BLE001 - the next round tries again
                _LOG.error("learning stopped short", exc_info=fault)

    async def learn(self) -> int:
        """Learn from all that has become known; from how many messages."""
        count = 0
        for part in self._site.parts:
            more = True
            while more:
                found = await self._learn_slice(part)
                count, more = count + found.count, found.more
        return count

    async def _learn_slice(self, part: int) -> Learned:
        now = self._clock.now()
        snapshot = await self._fresh()
        async with transaction(self._site.pool(part)) as conn:
            found = await learn(conn, part, snapshot.admission, snapshot.tact(now).admission, now)
        if found.means:
            await self._put_owners(owners_after(snapshot.admission, found))
        return found

    async def tune(self) -> bool:
        """Once a day: templates' scores, owners' bonuses, the model if it is old, prices. Whether it was time."""
        now = self._clock.now()
        async with transaction(self._site.everywhere) as conn:
            tuned_at = await admissions.lock_tuning(conn)
            if tuned_at is None or now - tuned_at < TUNE_EACH:
                return False
            snapshot = await self._reference.fresh(conn)
            settings, ground = snapshot.tact(now).admission, snapshot.admission
            await admissions.put_scores(conn, await self._scores(now))
            if now - tuned_at >= WEEK or now.weekday() == 0:
                await admissions.put_owners(conn, await self._bonuses(ground, settings, now))
            last = await admissions.last_fit(conn)
            model = ground.model
            if last is None or now - last[0] >= FIT_EACH:
                model = (await self._fit(conn, ground, now))[0]
            await self._move_prices(conn, replace(ground, model=model), settings, now)
            await admissions.set_tuned(conn, now)
            await touch(conn)
        await self._drop_old(now)
        return True

    async def steer(self) -> bool:
        """Between two tunings: prices by what was offered and spent; what the future is worth stays. Whether it was time."""
        now = self._clock.now()
        async with transaction(self._site.everywhere) as conn:
            if await admissions.lock_tuning(conn) is None:
                return False
            moved_at = await demands.prices_moved(conn)
            if not moved_at or now - max(moved_at.values()) < STEER_EACH:
                return False
            snapshot = await self._reference.fresh(conn)
            settings = snapshot.tact(now).admission
            if settings.mode != "priced":
                return False
            await self._steer(conn, snapshot.admission, settings, moved_at, now)
            await touch(conn)
        return True

    async def _steer(
        self, conn: Conn, ground: Book, settings: Admission, moved_at: Mapping[str, datetime], now: datetime
    ) -> None:
        tally, counted = await tallies(self._site, now, settings, ground), await sums(self._site, now)
        for market, one in ground.segments.items():
            if market in counted:
                budget, since = settings.budget_of(market), now - moved_at[market]
                price = _moved(one.shadow, tally.get(market), counted[market], budget, since)
                await admissions.put_segment(conn, market, replace(one, shadow=price), now)

    async def _drop_old(self, now: datetime) -> None:
        for part in self._site.parts:
            dropped = DROPPED_MAX
            while dropped == DROPPED_MAX:
                async with transaction(self._site.pool(part)) as conn:
                    dropped = await admissions.drop_before(conn, part, now - KEPT, DROPPED_MAX)

    async def fit(self) -> Fitted:
        """Fit the model by hand, and value the future by it at today's prices."""
        now = self._clock.now()
        async with transaction(self._site.everywhere) as conn:
            snapshot = await self._reference.fresh(conn)
            ground = snapshot.admission
            model, deliveries = await self._fit(conn, ground, now)
            await self._move_prices(conn, replace(ground, model=model), snapshot.tact(now).admission, now, still=True)
            await touch(conn)
        changed = model.version != ground.model.version
        return Fitted(model.version if changed else None, deliveries)

    async def clear_alarms(self) -> None:
        """A person has looked: prices may fall again."""
        async with transaction(self._site.everywhere) as conn:
            await admissions.clear_alarms(conn)
            await touch(conn)

    async def _fit(self, conn: Conn, ground: Book, now: datetime) -> tuple[Model, int]:
        """Fit the model by what was drawn by lot since the last fit, upon what it rests on; and from how many deliveries."""
        fitted_at, firm = await admissions.last_fit(conn) or (now - KEPT, fitting.NOT_FIRM)
        taught = await self._taught(ground.model, fitted_at)
        count = 0 if taught is None else len(taught.seen.person)
        if taught is None or count < DELIVERIES_LEAST:
            return ground.model, count
        faded = fitting.faded(firm, (now - fitted_at) / demands.DAY)
        model, firm = await asyncio.to_thread(fitting.refit, ground.model, faded, taught.seen, taught.tolerance)
        await admissions.add_model(conn, model, firm, count, now)
        return model, count

    async def _taught(self, model: Model, since: datetime) -> Taught | None:
        """Deliveries since then whose volume was drawn by lot, with all that was learned of their people; None: there is none."""
        ones: list[Observed] = []
        logs: list[Floats] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as at:
                found = await admissions.drawn(at, part, since, DELIVERIES_MAX // len(self._site.parts))
                arrived = [one for one in found if one.delivered]
                if arrived:
                    edges = list({one.recipient_id: (one.recipient_id, one.owner_id) for one in arrived}.values())
                    logs.append((await admissions.beliefs(at, part, edges, len(model.nodes))).logs)
                    ones += arrived
        return Taught(deliveries_of(ones), np.concatenate(logs)) if ones else None

    async def _move_prices(
        self, conn: Conn, ground: Book, settings: Admission, now: datetime, *, still: bool = False
    ) -> None:
        """Move the price of each market by its harm (not when `still`), and value the future at it.

        Before a model was fitted nothing has a price. Where no score decides yet, the price is opened anew every day.
        """
        if ground.model.version == 0:
            return
        taste, stakes = Taste(settings.alpha), books.stakes(settings)
        moved_at, tally = await demands.prices_moved(conn), await tallies(self._site, now, settings, ground)
        for market, one in (await sums(self._site, now)).items():
            sample, before = await self._sample(market, one, now), ground.segments.get(market)
            budget = settings.budget_of(market)
            if before is None or (settings.mode != "priced" and not still):
                price = ShadowPrice(await asyncio.to_thread(opening.price, ground.model, sample, taste, stakes, budget))
            else:
                since = now - moved_at.get(market, now)
                price = before.shadow if still else _moved(before.shadow, tally.get(market), one, budget, since)
            coming = prospect(ground.model, sample, taste)
            ahead = await asyncio.to_thread(outlook.outlook, coming, price.price, stakes)
            values = tuple(tuple(row) for row in ahead.values.tolist())
            await admissions.put_segment(conn, market, Segment(price, ground.model.version, values), now)

    async def _sample(self, market: str, one: Sums, now: datetime) -> Sample:
        offered: list[tuple[float, float, float, float]] = []
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as at:
                offered += await admissions.offered(at, part, market, now - MONTH, OFFERED_MAX)
        columns = np.asarray(offered).T
        per_day = one.decisions / max(one.people, 1) / DAYS_COUNTED
        return Sample(columns[0], columns[1], columns[2], columns[3], per_day)

    async def _scores(self, now: datetime) -> dict[str, float]:
        """How much more people make of each template than is usual, shrunk while little is known, in log odds."""
        sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as at:
                for template_id, (delivered, used) in (await admissions.template_sums(at, part, now - MONTH)).items():
                    sums[template_id][0] += delivered
                    sums[template_id][1] += used
        return {template_id: _score(delivered, used) for template_id, (delivered, used) in sums.items()}

    async def _bonuses(self, ground: Book, settings: Admission, now: datetime) -> dict[UUID, Owner]:
        sums: defaultdict[UUID, list[int]] = defaultdict(lambda: [0, 0])
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as at:
                for owner_id, (let_out, offered) in (await admissions.owner_sums(at, part, now - WEEK)).items():
                    sums[owner_id][0] += let_out
                    sums[owner_id][1] += offered
        if not sums:
            return {}
        ids = sorted(sums)
        let_out, offered = np.asarray([sums[one] for one in ids], float).T
        bonus = np.asarray([ground.owner(one).bonus for one in ids])
        moved = fairness.move(bonus, let_out, offered, float(settings.floor_per_week))
        return {one: replace(ground.owner(one), bonus=float(moved[place])) for place, one in enumerate(ids)}

    async def _put_owners(self, owners: Mapping[UUID, Owner]) -> None:
        async with transaction(self._site.everywhere) as conn:
            await admissions.put_owners(conn, owners)
            await touch(conn)

    async def _fresh(self) -> Snapshot:
        async with self._site.everywhere.acquire() as conn:
            return await self._reference.fresh(conn)


def _moved(before: ShadowPrice, tally: Tally | None, sums: Sums, budget: float, since: timedelta) -> ShadowPrice:
    """The price by what was offered and spent; it rests where nothing was offered, or nothing is known of what happened."""
    if tally is None:
        return before
    allowed = budget * sums.people / 1_000.0 / 7.0
    return shadow.move(before, tally, allowed, days=since / demands.DAY, gap=sums.delivered == 0)


def _score(delivered: int, used: int) -> float:
    share = (min(used, delivered) + USE_USUAL * USE_WEIGHT) / (delivered + USE_WEIGHT)
    return float(np.log(share / (1.0 - share)) - np.log(USE_USUAL / (1.0 - USE_USUAL)))
