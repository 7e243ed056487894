"""Rating: what one message may cost, from an immutable rate card that is plain data.

A card is an ordered list of rules over category, market and window; the first that fits gives the price, and the last
one fits everything, so that every message has exactly one price. Amounts are integers of micro-units (10^-6) of the
card's currency; there is no division and no rounding here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

CATEGORIES: Final = ("service", "utility", "authentication", "marketing")
PRICE_MICROS_MAX: Final = 10**12
RULES_MAX: Final = 1000


class UnsoundCardError(ValueError):
    """A rate card does not give every message exactly one price; the text names rule and field."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a card: a condition left out is fulfilled by everything. `kind` is the wire's `pricing.type`."""

    price_micros: int
    kind: str
    category: str | None = None
    markets: frozenset[str] | None = None
    window_open: bool | None = None

    def fits(self, category: str, market: str, *, window_open: bool) -> bool:
        """Whether this line prices such a message."""
        return (
            (self.category is None or self.category == category)
            and (self.markets is None or market in self.markets)
            and (self.window_open is None or self.window_open == window_open)
        )


@dataclass(frozen=True, slots=True)
class RateCard:
    """One published version of a price list."""

    card: str
    version: int
    currency: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """The price fixed for one message when it is accepted; `rule` is the line (from 0) that gave it."""

    amount_micros: int
    currency: str
    category: str
    market: str
    card: str
    version: int
    rule: int
    kind: str


def quote(card: RateCard, category: str, market: str, *, window_open: bool) -> Quote:
    """The price of one message of that category to that market, by the first rule that fits."""
    for index, rule in enumerate(card.rules):
        if rule.fits(category, market, window_open=window_open):
            return Quote(rule.price_micros, card.currency, category, market, card.card, card.version, index, rule.kind)
    raise AssertionError("a published card ends with a rule that fits everything")


def parse_card(card: str, version: int, currency: str, body: Mapping[str, Any]) -> RateCard:
    """A card from its stored body `{"rules": [{"when": {...}, "price": micros, "type": "regular"}]}`.

    Raises UnsoundCardError when a rule is malformed, when two conditions make a later rule unreachable by being
    identical, or when the last rule does not fit everything.
    """
    raw = body.get("rules")
    if not isinstance(raw, Sequence) or not 1 <= len(raw) <= RULES_MAX:
        raise UnsoundCardError(f"rules: must be a list of 1 to {RULES_MAX} rules")
    rules = tuple(_parse_rule(index, rule) for index, rule in enumerate(raw))
    _check_order(rules)
    return RateCard(card, version, currency, rules)


def _parse_rule(index: int, raw: Mapping[str, Any]) -> Rule:
    price = raw.get("price")
    if not isinstance(price, int) or isinstance(price, bool) or not 0 <= price <= PRICE_MICROS_MAX:
        raise UnsoundCardError(f"rules[{index}].price: must be an integer of micro-units from 0 to {PRICE_MICROS_MAX}")
    when = raw.get("when", {})
    unknown = set(when) - {"category", "market", "window"}
    if unknown:
        raise UnsoundCardError(f"rules[{index}].when.{min(unknown)}: unknown condition")
    category = when.get("category")
    if category is not None and category not in CATEGORIES:
        raise UnsoundCardError(f"rules[{index}].when.category: must be one of {', '.join(CATEGORIES)}")
    window = when.get("window")
    if window not in (None, "open", "closed"):
        raise UnsoundCardError(f"rules[{index}].when.window: must be open or closed")
    market = when.get("market")
    markets = [market] if isinstance(market, str) else market
    return Rule(
        price_micros=price,
        kind=raw.get("type", "regular"),
        category=category,
        markets=None if markets is None else frozenset(markets),
        window_open=None if window is None else window == "open",
    )


def _check_order(rules: tuple[Rule, ...]) -> None:
    seen: set[tuple[object, ...]] = set()
    for index, rule in enumerate(rules):
        condition = (rule.category, rule.markets, rule.window_open)
        if condition in seen:
            raise UnsoundCardError(f"rules[{index}].when: an earlier rule has the same condition")
        seen.add(condition)
    if (None, None, None) not in seen:
        raise UnsoundCardError("rules: the last rule must have no condition, so that every message has a price")
    if rules[-1].category or rules[-1].markets or rules[-1].window_open is not None:
        raise UnsoundCardError("rules: nothing may follow the rule without condition")
