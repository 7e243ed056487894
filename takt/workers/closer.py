"""Usage is summed up as it comes, and months are closed once their time of grace is over.

Each round adds what was booked since the last one to the sums, in slices; then every contract whose oldest open month
may be closed has it closed. All of it can be done twice, by any number of processes, and broken off anywhere: a slice
moves its mark in its own transaction, and a closed month is found again.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import structlog

from takt.actions.close_month import Answer, CloseMonth, CloseMonths
from takt.calendars import zone_named
from takt.clock import Clock
from takt.core.closing import Closing
from takt.core.entries import Payer
from takt.core.roll_up import cut_off, following, month_of
from takt.core.value import value
from takt.store import closings, usage_sums
from takt.store.closings import Contract
from takt.store.pool import transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.workers.rounds import keep_going

ROUND_S: Final = 20.0
WINDOW: Final = timedelta(minutes=10)
LONGEST: Final = timedelta(days=366)
SLICE_UNITS_MAX: Final = 200_000
"""A slice with more units than that is followed by a shorter one, so that no statement takes long."""
MONTHS_MAX: Final = 240
NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)

_LOG = structlog.get_logger(__name__)


@value
class Round:
    """What was closed, and what could not be though its time has come."""

    closed: Sequence[Closing]
    open: Sequence[tuple[Payer, date, str]]


class Closer:
    """The loop that sums usage up and closes months, about every 20 s."""

    def __init__(self, site: Site, reference: Reference, clock: Clock) -> None:
        self._site = site
        self._close = CloseMonths(reference, site.parts)
        self._clock = clock

    async def run(self) -> None:
        """Go on until cancelled."""
        await keep_going(self.round, ROUND_S, self._clock)

    async def round(self) -> None:
        """Sum up, then close what is due; whatever fails is left to the next round."""
        try:
            await self.sum_up()
            await self.close()
        except Exception as fault:  # noqa: BLE001 - the database may be away; the next round comes soon
            _LOG.error("closing_failed", exc_info=fault)

    async def sum_up(self) -> int:
        """Add to the sums what was booked up to now, or as good as; how many units."""
        return sum([await self._sum_up_part(part) for part in self._site.parts])

    async def _sum_up_part(self, part: int) -> int:
        units, window = 0, WINDOW
        async with self._site.pool(part).acquire() as conn:
            if await usage_sums.mark(conn, part) is None:
                await usage_sums.begin(conn, part)
            until = await usage_sums.bound(conn, self._clock.now())
        while True:
            async with transaction(self._site.pool(part)) as conn:
                since = await usage_sums.mark(conn, part, locked=True)
                assert since is not None, "it was set before"
                if since >= until:
                    return units
                found = await usage_sums.advance(conn, part, since, min(until, since + window))
            units += found
            window = window / 2 if found > SLICE_UNITS_MAX else min(window * 2, LONGEST)

    async def prove(self, month: date) -> int:
        """Compare the sums of a month with its usage, and make those anew that differ; for how many contracts."""
        async with self._site.everywhere.acquire() as conn:
            wrong = await usage_sums.differing(conn, self._site.parts, month)
        for payer in wrong:
            _LOG.error("usage_sums_differed", contract=str(payer[1]), month=f"{month:%Y-%m}")
            async with transaction(self._site.pool(payer[0])) as conn:
                await usage_sums.rebuild(conn, self._site.parts, payer, month)
        return len(wrong)

    async def close(self, through: date | None = None) -> Round:
        """Close what may be closed, oldest month first, up to and with the month `through`, if one is named."""
        due: list[tuple[date, Contract]] = []
        now = await self._summed()
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                last, contracts = await closings.last_months(conn, part), await closings.contracts(conn, part)
            for one in contracts:
                due += [(month, one) for month in _due(one, last.get(one.payer[1]), through, now)]
        for month in sorted({month for month, _ in due}):
            await self.prove(month)
        closed: list[Closing] = []
        left: list[tuple[Payer, date, str]] = []
        for month, contract in sorted(due, key=lambda one: (one[0], one[1].payer)):
            found = await self._close_one(CloseMonth(contract.payer, month))
            if isinstance(found, Closing):
                closed.append(found)
            else:
                left.append((contract.payer, month, found.fault))
        return Round(closed, left)

    async def _summed(self) -> datetime:
        """Up to when all usage is in the sums, which no month may be closed beyond."""
        found = self._clock.now()
        for part in self._site.parts:
            async with self._site.pool(part).acquire() as conn:
                found = min(found, await usage_sums.mark(conn, part) or NEVER)
        return found

    async def _close_one(self, command: CloseMonth) -> Answer:
        part = command.payer[0]
        async with transaction(self._site.pool(part)) as conn:
            done = await self._close(conn, part, [command], self._clock.now(), again=False)
        return done.answers[0]


def _due(contract: Contract, last: date | None, through: date | None, now: datetime) -> list[date]:
    """The open months of a contract whose time has come; those up to `through` in any case, to say why not."""
    tz = zone_named(contract.time_zone) or UTC
    month = following(last) if last is not None else month_of(contract.created_at, tz)
    found: list[date] = []
    while len(found) < MONTHS_MAX and _wanted(month, cut_off(month, tz), through, now):
        found.append(month)
        month = following(month)
    return found


def _wanted(month: date, due: datetime, through: date | None, now: datetime) -> bool:
    return due <= now if through is None else month <= through
