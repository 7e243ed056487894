"""What changes between two cards, for which inputs: every input of both is compared, and like changes are told as one."""

from collections.abc import Mapping, Sequence
from itertools import product

from takt.core.currency import plain_price
from takt.core.rate_proof import ELSEWHERE, Box, merge
from takt.core.rating import CATEGORIES, DIMENSIONS, FORMS, WINDOWS, Cell, RateCard, Rule
from takt.core.value import value

Axes = tuple[tuple[object, ...], ...]


@value
class Change:
    """Inputs whose price changes: before and after in words, None where one of the cards does not price such an input."""

    inputs: Box
    before: str | None
    after: str | None


def compare(before: RateCard, after: RateCard) -> list[Change]:
    """All changes, in the order of the inputs; empty when every message costs the same by both.

    Cards with different market tables are compared country by country.
    """
    sides = axes(before, after)
    found: dict[tuple[str | None, str | None], list[Box]] = {}
    for places in _alike(before, after, sides[1]):
        for category, window, form, unit, bid in product(sides[0], *sides[2:]):
            old, new = (
                _price(card, (str(category), _market(card, places[0]), str(window), str(form), str(unit), bool(bid)))
                for card in (before, after)
            )
            if old != new:
                others = (frozenset([one]) for one in (window, form, unit, bid))
                found.setdefault((old, new), []).append((frozenset([category]), frozenset(places), *others))
    return [Change(one, old, new) for (old, new), boxes in found.items() for one in merge(boxes)]


def axes(before: RateCard, after: RateCard) -> Axes:
    """What each dimension can be for either card. Markets are countries where the two have different tables."""
    both = (before, after)
    if before.table is not None and after.table is not None and before.table.name == after.table.name:
        markets = list(after.table.markets)
    else:
        tables = [card.table for card in both if card.table is not None]
        countries = {region for table in tables for region in table.regions}
        named = {str(one) for card in both if card.table is None for rule in card.rules for one in rule.when[1] or ()}
        markets = [*sorted(countries | named), ELSEWHERE]
    with_bids = any(rule.when[5] is not None for card in both for rule in card.rules)
    units = tuple(dict.fromkeys([*before.units, *after.units]))
    return (CATEGORIES, tuple(markets), WINDOWS, FORMS, units, (False, True) if with_bids else (False,))


def words(change: Change, sides: Axes) -> Mapping[str, Sequence[str]]:
    """The inputs of a change by dimension; one in which it holds for everything is left out. `sides` are the axes."""
    return {
        name: sorted(str(one).lower() if isinstance(one, bool) else str(one) for one in values)
        for name, values, side in zip(DIMENSIONS, change.inputs, sides, strict=True)
        if len(values) < len(side)
    }


def told(rule: Rule, currency: str) -> str:
    """The price of a rule in words: amounts in whole units of the currency."""
    tariff = rule.tariff
    prices = [f"{plain_price(price)} {currency}" for price in tariff.prices]
    if len(prices) == 1:
        said = f"free ({rule.kind.removeprefix('free_').replace('_', ' ')})" if tariff.prices[0] == 0 else prices[0]
    else:
        said = ", ".join(f"{price} from {first + 1}" for price, first in zip(prices, tariff.firsts, strict=True))
        assert rule.counter is not None
        said += f" in {rule.counter.name} of a {rule.counter.scope}"
    if rule.conversation is not None:
        said += f" for {rule.conversation.hours} h of {rule.conversation.name}"
    if rule.bid_floor is not None:
        said = f"the bid or less, {said} listed, {plain_price(rule.bid_floor)} {currency} at least"
    return said


def _alike(before: RateCard, after: RateCard, places: Sequence[object]) -> list[list[str]]:
    """The places in groups that both cards treat alike."""
    groups: dict[tuple[bool, ...], list[str]] = {}
    for place in map(str, places):
        key = tuple(
            rule.when[1] is None or _market(card, place) in rule.when[1]
            for card in (before, after)
            for rule in card.rules
        )
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def _market(card: RateCard, place: str) -> str:
    """Where a card puts a market of its own table, or a country."""
    return place if card.table is not None and place in card.table.markets else card.market(place)


def _price(card: RateCard, cell: Cell) -> str | None:
    if cell[4] not in card.units:
        return None
    rule = next((one for one in card.rules if one.fits(cell)), None)
    return None if rule is None else told(rule, card.currency)
