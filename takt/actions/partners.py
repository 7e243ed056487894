"""The second leg of a message: what its company's partner pays for it. Both legs are set aside or neither.

A partner keeps a share of what its client pays, or pays by a wholesale card of its own, whose counts are then the partner's:
all its clients together move them on. Where the client's card says nothing of it, the partner pays what its client does.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from takt.actions import pricing
from takt.actions.pricing import Asked, Standing
from takt.core import rating, reseller
from takt.core.entries import Payer
from takt.core.ledger import Wallet
from takt.core.rating import Quote, RateCard
from takt.core.terms import Reseller, wholesale_micros
from takt.core.value import value
from takt.store.reference import Business, Sender, Snapshot

Second = tuple[RateCard, Asked]
"""The card that a partner pays by, and the message that a price is asked for."""
USUAL = Reseller()
"""A card that says nothing: the partner keeps nothing."""


@value
class Sold:
    """Who sells to a company, and what it sets aside itself for a message, priced by `quote`.

    `share` is what it keeps of its client's price in basis points; None where it has a card of its own.
    """

    partner: Payer
    amount_micros: int
    quote: Quote
    share: int | None = None


def wholesale(business: Business, card: RateCard, snapshot: Snapshot, now: datetime) -> RateCard | None:
    """The card that the partner of a company pays by while the company pays by `card`; None if it has none of its own."""
    terms = card.terms.reseller
    if business.partner_at(now) is None or terms is None or not terms.wholesale:
        return None
    return snapshot.card(terms.wholesale, now)


def account_of(business: Business, snapshot: Snapshot, at: datetime) -> Business:
    """Whose counts the wholesale prices of what it sent at a moment rest on: its partner's of then."""
    partner = business.partner_at(at)
    assert partner is not None
    return snapshot.by_contract[partner[1]]


def second(
    sender: Sender, recipient_id: UUID, region: str, expires_at: datetime, snapshot: Snapshot, now: datetime
) -> Second | None:
    """What a partner's own price of a message is asked for by; None where it has no card of its own."""
    business = sender.business
    card = (
        wholesale(business, snapshot.card(business.card_at(now), now), snapshot, now)
        if business.partner_at(now)
        else None
    )
    if card is None:
        return None
    return card, Asked(sender, recipient_id, region, expires_at, account_of(business, snapshot, now))


def quote(by: Second, own: Quote, standing: Standing, wallets: Mapping[Payer, Wallet], now: datetime) -> Quote:
    """What a message of the price `own` costs the partner by its card."""
    card, asked = by
    category = "marketing" if own.category == pricing.LITE else own.category
    line = rating.find(card, category, asked.region, own.window, own.form)
    if line.plain:
        return line.quote()
    line = replace(line, rule=reseller.apart(line.rule))
    found = pricing.quote(line, asked, standing, now)
    account = asked.payer
    return pricing.affordable(found, wallets.get((account.contract_part, account.contract_id)))


def pinned(quote: Quote, business: Business, now: datetime) -> Quote:
    """The price of a message with who sells it now, where that changes: whoever does later has nothing to do with it."""
    if not business.partners:
        return quote
    partner = business.partner_at(now)
    return replace(quote, seller="" if partner is None else partner[1].hex)


def seller_of(business: Business, quote: Quote, snapshot: Snapshot) -> Payer | None:
    """Who sold a message to its company when it was accepted: a partner's contract, or the operator."""
    if quote.seller is None:
        return business.partner
    if not quote.seller:
        return None
    seller = snapshot.by_contract[UUID(quote.seller)]
    return seller.contract_part, seller.contract_id


def sold(business: Business, quote: Quote, snapshot: Snapshot, at: datetime) -> Sold | None:
    """The second leg of a message of this price sent at a moment; None where the operator sells itself."""
    partner = business.partner_at(at)
    if partner is None:
        return None
    if quote.wholesale is not None:
        return Sold(partner, quote.wholesale.amount_micros, quote.wholesale)
    share = share_of(quote, snapshot)
    return Sold(partner, wholesale_micros(quote.amount_micros, share), quote, share)


def share_of(quote: Quote, snapshot: Snapshot) -> int:
    """What a partner without a card of its own keeps of this price, in basis points."""
    return (snapshot.prices.versions[quote.card, quote.version].terms.reseller or USUAL).share_basis_points


def covers(
    business: Business, quote: Quote | None, wallets: Mapping[Payer, Wallet], snapshot: Snapshot, at: datetime
) -> bool | None:
    """Whether the company's partner can pay its leg, by its wallet and within its own budget; None where it pays nothing."""
    second = sold(business, quote, snapshot, at) if quote is not None else None
    if second is None or second.amount_micros == 0:
        return None
    theirs = wallets.get(second.partner)
    budget = pricing.budget_for(second.quote, theirs)
    enough = pricing.available_for(second.quote, theirs) >= second.amount_micros
    return enough and (budget is None or budget >= second.amount_micros)
