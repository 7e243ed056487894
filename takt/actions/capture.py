"""Delivered messages are charged: conversations open, counts move on, and each message gets its final price.

Most messages have a plain price, fixed when they were accepted; they cost nothing here. The counts are rows that all
batches of a contract share, so they are moved on late in a transaction, once for the whole batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from uuid import UUID

from takt.actions import partners
from takt.actions.pricing import LITE, key_of
from takt.core import charging, rating
from takt.core.charging import CountKey, Due
from takt.core.rating import Quote, Rule, crossed
from takt.core.reseller import apart
from takt.core.terms import wholesale_micros
from takt.core.usage import Usage, absorbed, second_leg, usage_of
from takt.core.value import value
from takt.store import conversations, counters, ledger, receipts
from takt.store.ledger import Cost, Settled
from takt.store.pool import Conn
from takt.store.receipts import Moved
from takt.store.reference import Business, Snapshot
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
    quotes = _quotes(moved)
    costs = {one.message_id: Cost(late=one.failed_at is not None) for one in moved}
    dues, theirs = _dues(moved, quotes, snapshot, now), _dues_of_partners(moved, quotes, snapshot, now)
    if not dues and not theirs:
        return Captured(quotes, costs, used=_used(moved, quotes, snapshot, now))
    talking = sorted({due.pair for due in [*dues, *theirs] if due.rule.conversation is not None})
    standing = await conversations.standing(conn, part, talking, now) if talking else {}
    opened, riding = charging.converse(dues, standing, now)
    of_partners, riding_theirs = charging.converse(theirs, standing, now)
    if opened or of_partners:
        openings = {(one.pair, one.name): one for one in [*opened, *of_partners]}
        await conversations.open_up(conn, part, list(openings.values()))
    own, more = charging.counted(dues, riding), charging.counted(theirs, riding_theirs)
    added = {key: own.get(key, 0) + more.get(key, 0) for key in own | more}
    before = await counters.move_on(conn, added) if added else {}
    final = charging.charges(dues, riding, before)
    # A partner that sends itself, too, may have one count for both: its clients' messages come after its own.
    after = {key: count + own.get(key, 0) for key, count in before.items()}
    final_theirs = charging.charges(theirs, riding_theirs, after)
    quotes |= final
    quotes |= {one: replace(quotes[one], wholesale=found) for one, found in final_theirs.items()}
    told = {one: record.encode_quote(quotes[one]) for one in final.keys() | final_theirs.keys()}
    await receipts.set_pricing(conn, part, told)
    costs |= {
        one: replace(costs[one], micros=found.price, ordinal=found.ordinal or None) for one, found in final.items()
    }
    costs |= {
        one: replace(costs[one], partner_micros=found.price, partner_ordinal=found.ordinal or None)
        for one, found in final_theirs.items()
    }
    crossings = _crossings(dues, riding, before, added, snapshot)
    return Captured(quotes, costs, crossings, _used(moved, quotes, snapshot, now))


async def absorb(conn: Conn, part: int, moved: Sequence[Moved], snapshot: Snapshot, now: datetime) -> list[Usage]:
    """What was delivered too late to be charged: each once, and what it would have cost is the operator's loss."""
    if not moved:
        return []
    await ledger.absorb_holds(conn, part, [one.message_id for one in moved], now)
    quotes = _quotes(moved)
    used = _used(moved, quotes, snapshot, now)
    return [absorbed(one) for one in [*used, *_shares(used, quotes, snapshot)]]


def partner_legs(used: Sequence[Usage], settled: Sequence[Settled]) -> list[Usage]:
    """What the messages of clients cost partners that keep a share; who has a card of its own is in `used` already."""
    legs = [one for one in settled if one.leg == 1]
    priced = {one.message_id for one in used if one.leg == 1} if legs else set()
    known = {one.message_id: one for one in used if one.leg == 0} if legs else {}
    return [
        second_leg(known[one.message_id], one.payer, one.captured_micros)
        for one in legs
        if one.message_id not in priced
    ]


def _shares(used: Sequence[Usage], quotes: Mapping[UUID, Quote], snapshot: Snapshot) -> list[Usage]:
    """The legs of partners that keep a share, worked out of what their clients' messages would have cost."""
    found: list[Usage] = []
    for one in used:
        business, quote = snapshot.senders[one.sender_id].business, quotes[one.message_id]
        partner = partners.seller_of(business, quote, snapshot)
        if partner is not None and quote.wholesale is None and one.amount_micros > 0:
            cost = wholesale_micros(one.amount_micros, partners.share_of(quote, snapshot))
            found.append(second_leg(one, partner, cost))
    return found


def _quotes(moved: Sequence[Moved]) -> dict[UUID, Quote]:
    return {one.message_id: record.decode_quote(one.pricing) for one in moved if one.pricing is not None}


def _used(moved: Sequence[Moved], quotes: Mapping[UUID, Quote], snapshot: Snapshot, now: datetime) -> list[Usage]:
    found: list[Usage] = []
    for one in moved:
        quote = quotes.get(one.message_id)
        if quote is None:
            continue
        business = snapshot.senders[one.sender_id].business
        payer = (business.contract_part, business.contract_id)
        late = one.failed_at is not None
        used = usage_of(one.message_id, payer, one.sender_id, quote, now, template_id=one.template_id, late=late)
        found.append(used)
        partner = partners.seller_of(business, quote, snapshot)
        if quote.wholesale is not None and partner is not None:
            theirs = usage_of(
                one.message_id, partner, one.sender_id, quote.wholesale, now, template_id=one.template_id,
                late=late,
            )  # fmt: skip
            found.append(replace(theirs, leg=1))
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
        payer = snapshot.senders[one.sender_id].business
        key = _key(payer, one.sender_id, rule, quote, now)
        found.append(Due(one.message_id, (one.recipient_id, one.sender_id), quote, rule, key))
    return found


def _dues_of_partners(
    moved: Sequence[Moved], quotes: Mapping[UUID, Quote], snapshot: Snapshot, now: datetime
) -> list[Due]:
    """The same by the cards of partners: their counts, and conversations apart from those of their clients."""
    theirs = {one: found.wholesale for one, found in quotes.items() if found.wholesale is not None}
    senders = {one.message_id: snapshot.senders[one.sender_id] for one in moved}
    found: list[Due] = []
    for due in _dues(moved, theirs, snapshot, now) if theirs else ():
        seller = partners.seller_of(senders[due.message_id].business, quotes[due.message_id], snapshot)
        assert seller is not None, "who has a wholesale price has a partner"
        key = _key(snapshot.by_contract[seller[1]], due.pair[1], due.rule, due.quote, now)
        found.append(replace(due, rule=apart(due.rule), key=key))
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


def _key(payer: Business, sender_id: str, rule: Rule, quote: Quote, now: datetime) -> CountKey | None:
    return key_of(payer, sender_id, rule.counter, quote.market, now) if rule.counter is not None else None


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
