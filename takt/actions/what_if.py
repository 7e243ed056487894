"""What another rate card would have meant for a month: company by company, who pays more and who less. Nothing is written."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from itertools import chain, pairwise
from typing import Final, TypeVar
from uuid import UUID

from takt.actions.card_days import stretches_of
from takt.calendars import zone_named
from takt.core.closing import stretches
from takt.core.rating import RateCard
from takt.core.roll_up import GRACE, cut_off, preceding
from takt.core.value import value
from takt.core.what_if import Bill, Effect, Price, Sort, Till, bill, ordered, total
from takt.store import closings, traffic
from takt.store.closings import Contract
from takt.store.reference import Business, Snapshot
from takt.store.site import Site
from takt.store.traffic import Delivered, Stretch, Traffic

A = TypeVar("A")
T = TypeVar("T")
AT_ONCE_MAX: Final = 2
CROWDED_MAX: Final = 3
"""A stretch with so many times the messages of an even one is read in halves."""


async def what_if(
    site: Site, snapshot: Snapshot, card: RateCard, month: date, only: Business | None = None
) -> list[Effect]:
    """The effect of a card on all companies that used something in a month, or on one of them; greatest change first."""
    used: list[_Used] = []
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            contracts = {one.payer[1]: one for one in await closings.contracts(conn, part)}
            for contract_id, lots in (await traffic.of_contracts(conn, part, month)).items():
                contract = contracts[contract_id]
                if only is None or contract.business_id == only.business_id:
                    senders = await closings.senders_since(conn, contract.business_id)
                    used.append(_Used(contract, lots, senders))
    priced = await _priced(site, card, month, used)
    found = [_effect(snapshot, card, month, one, priced.get(one.contract.payer[1])) for one in used]
    return sorted(found, key=lambda one: (-abs(one.more_micros), one.name))


@value
class _Used:
    """What a contract used in the month, and since when it has had its senders."""

    contract: Contract
    lots: Sequence[Traffic]
    senders: Sequence[datetime]

    @property
    def tz(self) -> tzinfo:
        """The zone that the contract's months go by."""
        return zone_named(self.contract.time_zone) or UTC

    @property
    def counts(self) -> dict[Sort, int]:
        """How many messages of each sort are charged."""
        return {lot.sort: lot.units for lot in self.lots if lot.units > 0}


def _effect(snapshot: Snapshot, card: RateCard, month: date, used: _Used, priced: Mapping[str, int] | None) -> Effect:
    contract, business = used.contract, snapshot.businesses[used.contract.business_id]
    senders = [at.astimezone(used.tz).date() for at in used.senders]
    charged: dict[str, int] = {}
    for lot in used.lots:
        charged[lot.sort.category] = charged.get(lot.sort.category, 0) + lot.micros
    before = bill(month, stretches_of(contract, month, snapshot), senders, charged)
    after: Bill | None = None
    if priced is not None:
        since = contract.created_at.astimezone(used.tz).date()
        after = bill(month, stretches(month, since, [(month, card.card, card.version, card.terms)]), senders, priced)
    return Effect(
        business.name, business.waba_id, contract.currency, sum(lot.units for lot in used.lots), before, after
    )


async def _priced(site: Site, card: RateCard, month: date, used: Sequence[_Used]) -> dict[UUID, Mapping[str, int]]:
    """What the messages of each contract in the card's currency come to, by category."""
    found: dict[UUID, Mapping[str, int]] = {}
    tills: dict[tzinfo, list[_Till]] = {}
    for one in used:
        if one.contract.currency == card.currency:
            sorts = ordered(card, one.counts)
            found[one.contract.payer[1]] = total(
                card, {sort: units for sort, units in one.counts.items() if sort not in sorts}
            )
            if sorts:
                tills.setdefault(one.tz, []).append(_Till(one, sorts, Till(card)))
    for tz, alike in tills.items():
        await _go_through(site, month, tz, alike)
        for till in alike:
            rest, taken = found[till.contract_id], till.till.micros
            found[till.contract_id] = {name: rest.get(name, 0) + taken.get(name, 0) for name in (*rest, *taken)}
    return found


@value
class _Till:
    """A contract with those of its messages that are to be looked at one by one."""

    used: _Used
    sorts: Collection[Sort]
    till: Till

    @property
    def contract_id(self) -> UUID:
        """The contract."""
        return self.used.contract.payer[1]

    @property
    def units(self) -> int:
        """How many messages are to be looked at."""
        return sum(self.used.counts[sort] for sort in self.sorts)


async def _go_through(site: Site, month: date, tz: tzinfo, tills: Sequence[_Till]) -> None:
    """Take the messages of contracts whose months begin together, one after another; no connection is held in between."""
    by_contract = {one.contract_id: (one.till, _Prices(one)) for one in tills}
    since, until = cut_off(preceding(month), tz) - GRACE, cut_off(month, tz) - GRACE
    whole = Stretch(list(by_contract), since, until)
    categories = sorted({sort.category for one in tills for sort in one.sorts})
    asked = _stretches(site, whole, sum(one.units for one in tills))
    async for read in _ahead(asked, lambda stretch: _read(site, stretch, categories)):
        for contract_id, parts in read.items():
            till, prices = by_contract[contract_id]
            till.take(prices, sorted(chain.from_iterable(traffic.unpacked(some) for some in parts)))


class _Prices(dict[str, Price | None]):
    """The prices of a till by the names that rows tell their sorts by; None for what need not be looked at."""

    def __init__(self, till: _Till) -> None:
        super().__init__()
        self._till = till

    def __missing__(self, told: str) -> Price | None:
        """The price of a sort that was not met before."""
        sort = traffic.sort_of(told)
        found = self[told] = self._till.till.price_of(sort) if sort in self._till.sorts else None
        return found


async def _stretches(site: Site, whole: Stretch, units: int) -> AsyncIterator[Stretch]:
    """A time in stretches that can be read at once, in their order: as if messages came evenly, and halved where they do not."""
    pieces = 1 + units // traffic.READ_MAX
    bounds = [whole.since + (whole.until - whole.since) * place / pieces for place in range(pieces)] + [whole.until]
    waiting = [replace(whole, since=since, until=until) for since, until in pairwise(bounds)][::-1]
    while waiting:
        one = waiting.pop()
        rows = await _rows(site, one)
        middle = one.since + (one.until - one.since) / 2
        if rows > CROWDED_MAX * traffic.READ_MAX and one.since < middle < one.until:
            waiting += [replace(one, since=middle), replace(one, until=middle)]
        elif rows:
            yield one


async def _rows(site: Site, stretch: Stretch) -> int:
    found = 0
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            found += await traffic.count(conn, part, stretch)
    return found


async def _read(site: Site, stretch: Stretch, categories: Sequence[str]) -> dict[UUID, list[Delivered]]:
    """What was delivered in a stretch of time, by contract and part."""
    found: dict[UUID, list[Delivered]] = {}
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            for contract_id, some in (await traffic.messages(conn, part, stretch, categories)).items():
                found.setdefault(contract_id, []).append(some)
    return found


async def _ahead(asked: AsyncIterator[A], answer: Callable[[A], Coroutine[None, None, T]]) -> AsyncIterator[T]:
    """The answers in the order of what was asked; the next ones are on their way meanwhile."""
    under_way: deque[asyncio.Task[T]] = deque()
    try:
        async for one in asked:
            under_way.append(asyncio.create_task(answer(one)))
            if len(under_way) >= AT_ONCE_MAX:
                yield await under_way.popleft()
        while under_way:
            yield await under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()
