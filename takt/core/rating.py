"""Rating: what one message may cost, from an immutable rate card that is plain data.

A card is an ordered list of rules over category, market and window; the first that fits gives the price, and the last
one fits everything, so that every message has exactly one price. Amounts are integers of micro-units (10^-6) of the
card's currency; there is no division and no rounding here.
"""

from collections.abc import Mapping
from typing import Any, Final

from takt.core.value import value

CATEGORIES: Final = ("service", "utility", "authentication", "marketing")
KINDS: Final = ("regular", "free_customer_service", "free_entry_point")
PRICE_MICROS_MAX: Final = 10**12
RULES_MAX: Final = 1000


class UnsoundCardError(ValueError):
    """A rate card does not give every message exactly one price; the text names rule and field."""


@value
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


@value
class RateCard:
    """One published version of a price list."""

    card: str
    version: int
    currency: str
    rules: tuple[Rule, ...]


@value
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
    if not isinstance(raw, list) or not 1 <= len(raw) <= RULES_MAX:
        raise UnsoundCardError(f"rules: must be a list of 1 to {RULES_MAX} rules")
    rules = tuple(_parse_rule(index, rule) for index, rule in enumerate(raw))
    _check_order(rules)
    return RateCard(card, version, currency, rules)


def _parse_rule(index: int, raw: object) -> Rule:
    where = f"rules[{index}]"
    if not isinstance(raw, Mapping):
        raise UnsoundCardError(f"{where}: must be an object")
    price = raw.get("price")
    if not isinstance(price, int) or isinstance(price, bool) or not 0 <= price <= PRICE_MICROS_MAX:
        raise UnsoundCardError(f"{where}.price: must be an integer of micro-units from 0 to {PRICE_MICROS_MAX}")
    kind = raw.get("type", "regular")
    if kind not in KINDS:
        raise UnsoundCardError(f"{where}.type: must be one of {', '.join(KINDS)}")
    if price > 0 and kind != "regular":
        raise UnsoundCardError(f"{where}.price: must be 0, because the type {kind} says that it costs nothing")
    category, markets, window_open = _parse_condition(f"{where}.when", raw.get("when", {}))
    return Rule(price, kind, category, markets, window_open)


def _parse_condition(where: str, when: object) -> tuple[str | None, frozenset[str] | None, bool | None]:
    if not isinstance(when, Mapping):
        raise UnsoundCardError(f"{where}: must be an object")
    unknown = set(when) - {"category", "market", "window"}
    if unknown:
        raise UnsoundCardError(f"{where}.{min(unknown)}: unknown condition")
    category, window = when.get("category"), when.get("window")
    if category not in (None, *CATEGORIES):
        raise UnsoundCardError(f"{where}.category: must be one of {', '.join(CATEGORIES)}")
    if window not in (None, "open", "closed"):
        raise UnsoundCardError(f"{where}.window: must be open or closed")
    return category, _parse_markets(where, when.get("market")), None if window is None else window == "open"


def _parse_markets(where: str, market: object) -> frozenset[str] | None:
    if market is None:
        return None
    markets = [market] if isinstance(market, str) else market
    if not isinstance(markets, list) or not markets or not all(isinstance(one, str) for one in markets):
        raise UnsoundCardError(f"{where}.market: must be a market or a list of markets")
    return frozenset(markets)


def _check_order(rules: tuple[Rule, ...]) -> None:
    seen: set[tuple[object, ...]] = set()
    condition: tuple[object, ...] = ()
    for index, rule in enumerate(rules):
        condition = (rule.category, rule.markets, rule.window_open)
        if condition in seen:
            raise UnsoundCardError(f"rules[{index}].when: an earlier rule has the same condition")
        seen.add(condition)
    if condition != (None, None, None):
        raise UnsoundCardError("rules: the last rule must have no condition, so that every message has a price")
