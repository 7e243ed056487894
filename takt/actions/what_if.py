"""What another rate card would have meant for a month: company by company, who pays more and who less. Nothing is written."""

import heapq
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from takt.actions.close_month import stretches_of
from takt.calendars import zone_named
from takt.core.closing import stretches
from takt.core.rating import RateCard
from takt.core.roll_up import GRACE, cut_off, preceding
from takt.core.what_if import Bill, Delivered, Effect, Sort, Till, bill, is_ordered, total
from takt.store import closings, traffic
from takt.store.closings import Contract
from takt.store.pool import Conn
from takt.store.reference import Business, Snapshot
from takt.store.site import Site
from takt.store.traffic import Traffic


async def what_if(
    site: Site, snapshot: Snapshot, card: RateCard, month: date, only: Business | None = None
) -> list[Effect]:
    """The effect of a card on all companies that used something in a month, or on one of them; greatest change first."""
    found: list[Effect] = []
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            contracts = {one.payer[1]: one for one in await closings.contracts(conn, part)}
            used = await traffic.of_contracts(conn, part, month)
            for contract_id, lots in used.items():
                business = snapshot.businesses[contracts[contract_id].business_id]
                if only is None or business.business_id == only.business_id:
                    found.append(await _effect(site, conn, snapshot, card, month, contracts[contract_id], lots))
    return sorted(found, key=lambda one: (-abs(one.more_micros), one.name))


async def _effect(
    site: Site, conn: Conn, snapshot: Snapshot, card: RateCard, month: date, contract: Contract, lots: Sequence[Traffic]
) -> Effect:
    tz = zone_named(contract.time_zone) or UTC
    business = snapshot.businesses[contract.business_id]
    senders = [at.astimezone(tz).date() for at in await closings.senders_since(conn, contract.business_id)]
    charged: dict[str, int] = {}
    for lot in lots:
        charged[lot.sort.category] = charged.get(lot.sort.category, 0) + lot.micros
    before = bill(month, stretches_of(contract, month, snapshot), senders, charged)
    after: Bill | None = None
    if card.currency == contract.currency:
        new = stretches(
            month, contract.created_at.astimezone(tz).date(), [(month, card.card, card.version, card.terms)]
        )
        after = bill(month, new, senders, await _priced(site, card, contract, month, lots))
    return Effect(business.name, business.waba_id, contract.currency, sum(lot.units for lot in lots), before, after)


async def _priced(
    site: Site, card: RateCard, contract: Contract, month: date, lots: Sequence[Traffic]
) -> dict[str, int]:
    counts: dict[Sort, int] = {lot.sort: lot.units for lot in lots if lot.units > 0}
    if not is_ordered(card, counts):
        return total(card, counts)
    tz, till = zone_named(contract.time_zone) or UTC, Till(card)
    since, until = cut_off(preceding(month), tz) - GRACE, cut_off(month, tz) - GRACE
    streams = [_messages(site, part, contract.payer[1], since, until) for part in site.parts]
    async for one in _merged(streams):
        till.take(one)
    return till.micros


async def _messages(
    site: Site, part: int, contract_id: UUID, since: datetime, until: datetime
) -> AsyncIterator[Delivered]:
    """The messages of a part in their order, read in pages, so that no connection is held in between."""
    after: tuple[datetime, UUID] | None = (since, UUID(int=0))
    while after is not None:
        async with site.pool(part).acquire() as conn:
            page = await traffic.messages(conn, part, contract_id, until, after)
        for _, one in page:
            yield one
        after = (page[-1][1].at, page[-1][0]) if len(page) == traffic.READ_MAX else None


async def _merged(streams: Sequence[AsyncIterator[Delivered]]) -> AsyncIterator[Delivered]:
    """Messages of several parts as one row, by the instant of delivery."""
    waiting: list[tuple[datetime, int, Delivered]] = []
    for place in range(len(streams)):
        await _push(waiting, place, streams)
    while waiting:
        _, place, one = heapq.heappop(waiting)
        yield one
        await _push(waiting, place, streams)


async def _push(
    waiting: list[tuple[datetime, int, Delivered]], place: int, streams: Sequence[AsyncIterator[Delivered]]
) -> None:
    following = await anext(streams[place], None)
    if following is not None:
        heapq.heappush(waiting, (following.at, place, following))
