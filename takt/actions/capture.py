"""Delivered messages are charged: conversations open, counts move on, and each message gets its final price.

Most messages have a plain price, fixed when they were accepted; they cost nothing here. The counts are rows that all
batches of a contract share, so they are moved on late in a transaction, once for the whole batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from uuid import UUID

from takt.actions.pricing import LITE, key_of
from takt.core import charging, rating
from takt.core.charging import CountKey, Due
from takt.core.rating import Quote, Rule, crossed
from takt.core.usage import Usage, absorbed, second_leg, usage_of
from takt.core.value import value
from takt.store import conversations, counters, ledger, receipts
from takt.store.ledger import Cost, Settled
from takt.store.pool import Conn
from takt.store.receipts import Moved
from takt.store.reference import Business, Sender, Snapshot
from takt.wire import record


@value
class Crossing:
    """A company reached a cheaper or dearer step of a count: `tier` is that step as the wire names it."""

    business: Business
    key: CountKey
    category: str
    market: str
    tier: str
    message_id: UUID


@value
class Captured:
    """What delivered messages cost: the final quotes of all that have a price, what each takes of its hold, crossings.

    `used` has a row for each that has a price, free ones, too.
    """

    quotes: Mapping[UUID, Quote] = field(default_factory=dict)
    costs: Mapping[UUID, Cost] = field(default_factory=dict)
    crossings: Sequence[Crossing] = ()
    used: Sequence[Usage] = ()


async def capture(conn: Conn, part: int, moved: Sequence[Moved], snapshot: Snapshot, now: datetime) -> Captured:
    """Charge messages that were delivered just now, each for the first and only time. Under their recipients' locks."""
    quotes = {one.message_id: record.decode_quote(one.pricing) for one in moved if one.pricing is not None}
    costs = {one.message_id: Cost(late=one.failed_at is not None) for one in moved}
    dues = _dues(moved, quotes, snapshot, now)
    if not dues:
        return Captured(quotes, costs, used=_used(moved, quotes, snapshot, now))
    talking = sorted({due.pair for due in dues if due.rule.conversation is not None})
    standing = await conversations.standing(conn, part, talking, now) if talking else {}
    opened, riding = charging.converse(dues, standing, now)
    if opened:
        await conversations.open_up(conn, part, list({(one.pair, one.name): one for one in opened}.values()))
    added = charging.counted(dues, riding)
    before = await counters.move_on(conn, added) if added else {}
    final = charging.charges(dues, riding, before)
    await receipts.set_pricing(conn, part, {one: record.encode_quote(found) for one, found in final.items()})
    costs |= {
        one: replace(costs[one], micros=found.price, ordinal=found.ordinal or None) for one, found in final.items()
    }
    quotes |= final
    crossings = _crossings(dues, riding, before, added, snapshot)
    return Captured(quotes, costs, crossings, _used(moved, quotes, snapshot, now))


async def absorb(conn: Conn, part: int, moved: Sequence[Moved], snapshot: Snapshot, now: datetime) -> list[Usage]:
    """What was delivered too late to be charged: each once, and what it would have cost is the operator's loss."""
    if not moved:
        return []
    await ledger.absorb_holds(conn, part, [one.message_id for one in moved], now)
    quotes = {one.message_id: record.decode_quote(one.pricing) for one in moved if one.pricing is not None}
    return [absorbed(one) for one in _used(moved, quotes, snapshot, now)]


def partner_legs(used: Sequence[Usage], settled: Sequence[Settled]) -> list[Usage]:
    """What the messages of clients cost their partners."""
    legs = [one for one in settled if one.leg == 1]
    known = {one.message_id: one for one in used} if legs else {}
    return [second_leg(known[one.message_id], one.payer, one.captured_micros) for one in legs]


def _used(moved: Sequence[Moved], quotes: Mapping[UUID, Quote], snapshot: Snapshot, now: datetime) -> list[Usage]:
    found: list[Usage] = []
    for one in moved:
        quote = quotes.get(one.message_id)
        if quote is None:
            continue
        business = snapshot.senders[one.sender_id].business
        payer = (business.contract_part, business.contract_id)
        late = one.failed_at is not None
        found.append(usage_of(one.message_id, payer, one.sender_id, quote, now, template_id=one.template_id, late=late))
    return found


def _dues(moved: Sequence[Moved], quotes: Mapping[UUID, Quote], snapshot: Snapshot, now: datetime) -> list[Due]:
    """Those whose price is not settled yet, in the order of their inboxes."""
    found: list[Due] = []
    for one in sorted(moved, key=lambda moved: (moved.recipient_id, moved.cursor)):
        quote = quotes.get(one.message_id)
        if quote is None or quote.paid_by:
            continue
        quote, rule = _pinned(quote, snapshot, now)
        if rule is None:
            continue
        sender = snapshot.senders[one.sender_id]
        found.append(
            Due(one.message_id, (one.recipient_id, one.sender_id), quote, rule, _key(sender, rule, quote, now))
        )
    return found


def _pinned(quote: Quote, snapshot: Snapshot, now: datetime) -> tuple[Quote, Rule | None]:
    """The rule that prices a message, by the version that counts; None when its price is the one it was accepted at."""
    card = snapshot.prices.versions[quote.card, quote.version]
    rule = card.rules[quote.rule]
    if card.price_pin == "delivery":
        newest = snapshot.card(quote.card, now)
        category = "marketing" if quote.category == LITE else quote.category
        line = rating.find(newest, category, quote.region or quote.market, quote.window, quote.form)
        return rating.repinned(quote, line), line.rule
    settled = rule.counter is None and rule.conversation is None
    return quote, None if settled else rule


def _key(sender: Sender, rule: Rule, quote: Quote, now: datetime) -> CountKey | None:
    return key_of(sender, rule.counter, quote.market, now) if rule.counter is not None else None


def _crossings(
    dues: Sequence[Due],
    riding: Mapping[UUID, charging.Opening],
    before: Mapping[CountKey, int],
    added: Mapping[CountKey, int],
    snapshot: Snapshot,
) -> list[Crossing]:
    found: dict[tuple[CountKey, str], Crossing] = {}
    for due in dues:
        if due.key is None or due.message_id in riding:
            continue
        tariff = due.rule.tariff
        for step in crossed(tariff, before[due.key], before[due.key] + added[due.key]):
            tier = rating.tier_of(tariff, tariff.firsts[step])
            business = snapshot.senders[due.pair[1]].business
            quote = due.quote
            found.setdefault(
                (due.key, tier), Crossing(business, due.key, quote.category, quote.market, tier, due.message_id)
            )
    return list(found.values())
