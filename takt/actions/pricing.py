"""What a message would cost now: the line of its card, as far as counts are, within the conversations that are open.

Counts are read without a lock: they only go up, and the most that a message can cost holds for every later place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from takt.calendars import zone_named
from takt.core import rating
from takt.core.charging import CountKey, Opening, Pair, riding_in
from takt.core.ledger import Wallet
from takt.core.rate_calendar import period
from takt.core.rating import Counter, Line, Quote, RateCard
from takt.core.value import value
from takt.store import conversations, counters
from takt.store.pool import Conn
from takt.store.reference import Business, Sender

LITE = "marketing_lite"
"""How marketing by its own path is told; it is priced as marketing."""


@value
class Standing:
    """The counts and conversations that the prices of a batch rest on."""

    counts: Mapping[CountKey, int] = field(default_factory=dict)
    talks: Mapping[tuple[Pair, str], Opening] = field(default_factory=dict)


@value
class Asked:
    """A message that a price is asked for. `region` is the country of the number.

    `account` is whose counts it moves on, if not those of the sender's company.
    """

    sender: Sender
    recipient_id: UUID
    region: str
    expires_at: datetime
    account: Business | None = None

    @property
    def payer(self) -> Business:
        """Whose counts it moves on."""
        return self.account or self.sender.business


def counts(card: RateCard) -> bool:
    """Whether some prices of a card rest on counts or conversations."""
    return bool(card.counters) or card.converses


async def load(conn: Conn, part: int, asked: Sequence[tuple[RateCard, Asked]], now: datetime) -> Standing:
    """What the prices of these messages rest on, each by its card. Read without a lock."""
    keys: set[CountKey] = set()
    pairs: set[Pair] = set()
    for card, one in asked:
        market = card.market(one.region)
        keys.update(key_of(one.payer, one.sender.sender_id, counter, market, now) for counter in card.counters.values())
        if card.converses:
            pairs.add((one.recipient_id, one.sender.sender_id))
    return Standing(
        await counters.read(conn, keys) if keys else {},
        await conversations.standing(conn, part, sorted(pairs), now) if pairs else {},
    )


def quote(line: Line, asked: Asked, standing: Standing, now: datetime) -> Quote:
    """The price of a message whose line rests on a count or a conversation."""
    rule = line.rule
    if rule.counter is None:
        found = line.quote()
    else:
        key = key_of(asked.payer, asked.sender.sender_id, rule.counter, line.market, now)
        _, over_at = period(now, zone_of(asked.payer))
        found = line.quote(standing.counts.get(key, 0), outlives=asked.expires_at >= over_at)
    opening = riding_in(rule, (asked.recipient_id, asked.sender.sender_id), standing.talks, now)
    return found if opening is None else _riding(found, opening)


def affordable(found: Quote, wallet: Wallet | None) -> Quote:
    """The quote, without anything set aside where the allowance is all that the company has.

    What comes free by its place in a count could still cost something if others were captured first; where the wallet
    does not cover that, the message goes out on the allowance, and what it might have cost is forgone.
    """
    on_allowance = bool(found.counter) and found.price == 0 < found.amount_micros
    budget = budget_for(found, wallet)
    left = available_for(found, wallet) if budget is None else min(budget, available_for(found, wallet))
    if on_allowance and left < found.amount_micros:
        return replace(found, amount_micros=0)
    return found


def available_for(found: Quote | None, wallet: Wallet | None) -> int:
    """What a company may set aside for a message of such a price, with the grants that are good for it."""
    if wallet is None:
        return 0
    return wallet.available_micros if found is None else wallet.available_for(*scope_of(found))


def budget_for(found: Quote | None, wallet: Wallet | None) -> int | None:
    """What a hard budget leaves for a message of such a price; None without one."""
    if wallet is None or found is None:
        return None
    return wallet.budget_for(*scope_of(found))


def budget_until(wallet: Wallet | None, business: Business, now: datetime) -> datetime | None:
    """When a hard budget begins anew, for those that have one."""
    if wallet is None or wallet.budget_left_micros is None:
        return None
    return period(now, zone_of(business))[1]


def scope_of(found: Quote) -> tuple[str, str]:
    """As what a message is paid by grants: its category as the card has it, and its market."""
    return "marketing" if found.category == LITE else found.category, found.market


def key_of(payer: Business, sender_id: str, counter: Counter, market: str, now: datetime) -> CountKey:
    """The count of whoever pays that a message captured now goes to."""
    month, _ = period(now, zone_of(payer))
    return CountKey(payer.contract_part, payer.contract_id, counter.key(market, sender_id), month)


def zone_of(business: Business) -> tzinfo:
    """On whose clocks the months of a company begin."""
    return zone_named(business.time_zone) or UTC


def _riding(found: Quote, opening: Opening) -> Quote:
    return replace(rating.ride(found), amount_micros=0, paid_by=str(opening.message_id))
