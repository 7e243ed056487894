"""Two legs of one message: what the client pays its partner, and what the partner pays for it (derived charging).

The partner has a wholesale card of its own, or keeps a share of the client's price; then its card is derived from the
client's, step by step, so that rating it is rating like any other.
"""

from dataclasses import replace
from typing import Final

from takt.core.document import UnsoundError
from takt.core.rate_proof import ELSEWHERE, axes, box, cells, told_of, worlds
from takt.core.rating import RateCard, Rule, line_of
from takt.core.tariff import tariff
from takt.core.terms import wholesale_micros

WHOLESALE: Final = "wholesale:"
"""Before the names of conversations that partners pay for; no name of a card has a colon."""


def derived(retail: RateCard, share_basis_points: int) -> RateCard:
    """The card of a partner that keeps this share of each price of its client's card."""

    def cheaper(rule: Rule) -> Rule:
        shares = [wholesale_micros(price, share_basis_points) for price in rule.tariff.prices]
        prices = tariff([(first, shares[step]) for step, first in enumerate(rule.tariff.firsts)])
        floor = None if rule.bid_floor is None else wholesale_micros(rule.bid_floor, share_basis_points)
        return replace(rule, tariff=prices, bid_floor=floor)

    return replace(retail, rules=tuple(cheaper(rule) for rule in retail.rules), lines={})


def apart(rule: Rule) -> Rule:
    """A rule of a wholesale card, its conversations told apart from those of the client's card."""
    talk = rule.conversation
    if talk is None:
        return rule
    rides = frozenset(f"{WHOLESALE}{name}" for name in talk.rides)
    return replace(rule, conversation=replace(talk, name=f"{WHOLESALE}{talk.name}", rides=rides))


def check_margin(retail: RateCard, wholesale: RateCard) -> None:
    """Raise UnsoundError when some message might cost the partner more than its client."""
    if (retail.table and retail.table.name) != (wholesale.table and wholesale.table.name):
        raise UnsoundError(f"reseller.wholesale: {wholesale.card} must have the same market table")
    if retail.currency != wholesale.currency:
        raise UnsoundError(f"reseller.wholesale: {wholesale.card} must be in {retail.currency}")
    if set(retail.units) - set(wholesale.units):
        raise UnsoundError(f"reseller.wholesale: {wholesale.card} must price {', '.join(retail.units)}")
    if (retail.price_pin, wholesale.price_pin) == ("delivery", "acceptance"):
        raise UnsoundError(f"reseller.margin: {wholesale.card} must have the price_pin delivery, too")
    named = [str(market) for market in axes(wholesale)[1]]
    for markets in worlds(retail):
        for cell in cells(retail, markets[0]):
            own = line_of(retail, cell).rule
            cheapest = own.tariff.floors[0] if own.bid_floor is None else own.bid_floor
            for market in (*markets, *(named if ELSEWHERE in markets else ())):
                other = line_of(wholesale, (cell[0], market, *cell[2:])).rule
                theirs = other.tariff.dearest
                if own.conversation is not None and theirs > 0 and other.conversation != own.conversation:
                    told = told_of(retail, box(cell, (market,)))
                    says = f"{told} may ride in a conversation of the client and cost the partner {theirs}"
                    raise UnsoundError(f"reseller.margin: {says}")
                if theirs > cheapest:
                    told = told_of(retail, box(cell, (market,)))
                    says = f"{told} may cost the client {cheapest} and the partner {theirs}"
                    raise UnsoundError(f"reseller.margin: {says}")
