"""The second leg of a message: what its company's partner pays for it. Both legs are set aside or neither."""

from collections.abc import Mapping

from takt.actions import pricing
from takt.core.entries import Payer
from takt.core.ledger import Wallet
from takt.core.rating import Quote
from takt.core.terms import wholesale_micros
from takt.core.value import value
from takt.store.reference import Business, Snapshot


@value
class Sold:
    """Who sells to a company, what it keeps in basis points, and what it sets aside itself for a message."""

    partner: Payer
    share: int
    amount_micros: int


def sold(business: Business, quote: Quote, snapshot: Snapshot) -> Sold | None:
    """The second leg of a message of this price; None where the operator sells itself, or the card says nothing of it."""
    if business.partner is None:
        return None
    terms = snapshot.prices.versions[quote.card, quote.version].terms.reseller
    if terms is None or terms.wholesale:
        return None
    share = terms.share_basis_points
    return Sold(business.partner, share, wholesale_micros(quote.amount_micros, share))


def available(
    business: Business, quote: Quote | None, wallet: Wallet | None, wallets: Mapping[Payer, Wallet], snapshot: Snapshot
) -> int:
    """What a company may set aside for a message; nothing where its partner cannot pay its own leg."""
    found = pricing.available_for(quote, wallet)
    second = sold(business, quote, snapshot) if quote is not None else None
    if second is None:
        return found
    theirs = wallets.get(second.partner)
    budget = pricing.budget_for(quote, theirs)
    covers = pricing.available_for(quote, theirs) >= second.amount_micros
    return found if covers and (budget is None or budget >= second.amount_micros) else min(found, 0)
