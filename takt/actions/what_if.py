"""What another rate card would have meant for a month: company by company, who pays more and who less. Nothing is written."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from itertools import chain, pairwise
from operator import itemgetter
from typing import Final
from uuid import UUID

from takt.actions.close_month import stretches_of
from takt.calendars import zone_named
from takt.core.closing import stretches
from takt.core.rating import RateCard
from takt.core.roll_up import GRACE, cut_off, preceding
from takt.core.value import value
from takt.core.what_if import Bill, Effect, Price, Sort, Till, bill, is_ordered, total
from takt.store import closings, traffic
from takt.store.closings import Contract
from takt.store.reference import Business, Snapshot
from takt.store.site import Site
from takt.store.traffic import Delivered, Traffic

AT_ONCE_MAX: Final = 2


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
    ordered: dict[tzinfo, list[_Used]] = {}
    for one in used:
        if one.contract.currency == card.currency:
            if is_ordered(card, one.counts):
                ordered.setdefault(one.tz, []).append(one)
            else:
                found[one.contract.payer[1]] = total(card, one.counts)
    for tz, alike in ordered.items():
        found |= await _gone_through(site, card, month, tz, alike)
    return found


async def _gone_through(
    site: Site, card: RateCard, month: date, tz: tzinfo, used: Sequence[_Used]
) -> dict[UUID, Mapping[str, int]]:
    """The messages of contracts whose months begin together, one after another; no connection is held in between."""
    tills = {one.contract.payer[1]: _Counter(Till(card)) for one in used}
    since, until = cut_off(preceding(month), tz) - GRACE, cut_off(month, tz) - GRACE
    slices = 1 + sum(sum(one.counts.values()) for one in used) // traffic.READ_MAX
    bounds = [since + (until - since) * place / slices for place in range(slices)] + [until]
    for place in range(0, slices, AT_ONCE_MAX):
        reading = [
            _read(site, list(tills), begin, end) for begin, end in pairwise(bounds[place : place + AT_ONCE_MAX + 1])
        ]
        for read in await asyncio.gather(*reading):
            for contract_id, parts in read.items():
                tills[contract_id].take(parts)
    return {contract_id: one.till.micros for contract_id, one in tills.items()}


async def _read(
    site: Site, contract_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, list[Delivered]]:
    """What was delivered in a stretch of time, by contract and part."""
    found: dict[UUID, list[Delivered]] = {}
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            for contract_id, some in (await traffic.messages(conn, part, contract_ids, since, until)).items():
                found.setdefault(contract_id, []).append(some)
    return found


@dataclass(slots=True)
class _Counter:
    """A contract's till, with the prices by the names that the rows tell their sorts by."""

    till: Till
    _prices: dict[str, Price] = field(default_factory=dict)

    def take(self, parts: Sequence[Delivered]) -> None:
        """Take the messages of all parts in the order of their delivery."""
        for told in {told for one in parts for told in one.sorts} - self._prices.keys():
            self._prices[told] = self.till.price_of(traffic.sort_of(told))
        rows = chain.from_iterable(zip(one.sorts, one.people, one.instants, strict=True) for one in parts)
        prices, take = self._prices, self.till.take
        for told, to, at in rows if len(parts) == 1 else sorted(rows, key=itemgetter(2)):
            take(prices[told], to, at)
