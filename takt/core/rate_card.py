"""Rate cards as documents: parsed strictly into the card that rating uses. docs/rates.md describes the fields.

Every mistake raises UnsoundError with the field and what would be right. Whether each input has exactly one price is
another question: `takt.core.rate_proof`.
"""

from collections.abc import Mapping
from typing import Final

from takt.core.card_fields import (
    ABOUT_CHARS_MAX,
    NAME_CHARS_MAX,
    choice,
    each,
    entries,
    has,
    is_word,
    opened,
    some,
    text,
    word,
)
from takt.core.document import Fields, UnsoundError
from takt.core.markets import MarketTable
from takt.core.rate_rules import RULE, Frame, parse_rule
from takt.core.rate_terms import TERMS, parse_terms
from takt.core.rating import PINS, SCOPES, UNITS, Counter, RateCard, Rule
from takt.core.terms import Terms

RULES_MAX: Final = 1000
COUNTERS_MAX: Final = 100
CARD: Final = (
    "card", "about", "currency", "valid", "price_pin", "market_table", "units", "counters", "rules", *TERMS,
)  # fmt: skip


def parse_card(document: object, version: int, tables: Mapping[str, MarketTable]) -> RateCard:
    """The card of a document; `tables` are the market tables that there are. Raises UnsoundError."""
    fields = opened(document, "", CARD)
    text(fields, "about", ABOUT_CHARS_MAX, "-")
    table = _table(fields, tables)
    units = some(fields, "units", UNITS) or frozenset(UNITS[:1])
    counters = {name: _counter(name, raw) for name, raw in entries(fields, "counters", COUNTERS_MAX).items()}
    terms = parse_terms(fields, counters)
    markets = table.markets if table is not None else ()
    frame = Frame(markets, tuple(unit for unit in UNITS if unit in units), counters, _included(terms))
    if not fields.raw.get("rules"):
        raise fields.wrong("rules", f"must be a list of 1 to {RULES_MAX} rules")
    rules = each(fields, "rules", lambda one: parse_rule(one, frame), RULE, RULES_MAX)
    _check_names(rules, counters)
    return RateCard(
        word(fields, "card"), version, _currency(fields), rules, choice(fields, "price_pin", PINS, PINS[0]), table,
        counters, frame.units, terms,
    )  # fmt: skip


def _table(fields: Fields, tables: Mapping[str, MarketTable]) -> MarketTable | None:
    if not has(fields, "market_table"):
        return None
    name = word(fields, "market_table")
    if name not in tables:
        raise fields.wrong(
            "market_table", f"must be published before its card; there are {', '.join(tables) or 'none'}"
        )
    return tables[name]


def _currency(fields: Fields) -> str:
    given = fields.raw.get("currency")
    if not isinstance(given, str) or len(given) != 3 or not (given.isascii() and given.isalpha() and given.isupper()):
        raise fields.wrong("currency", "must be three capital letters, such as EUR")
    return given


def _counter(name: str, raw: object) -> Counter:
    if not is_word(name):
        raise UnsoundError(f"counters: {name[:NAME_CHARS_MAX]!r} must be small letters, digits, - and _")
    fields = opened(raw, f"counters.{name}", ("scope", "period", "by"))
    choice(fields, "period", ("month",), "month")
    by_market = has(fields, "by") and choice(fields, "by", ("market",)) == "market"
    return Counter(name, choice(fields, "scope", SCOPES), by_market)


def _included(terms: Terms) -> dict[str, int]:
    included: dict[str, int] = {}
    for fee in terms.fees:
        if fee.counter:
            included[fee.counter] = included.get(fee.counter, 0) + fee.included
    return included


def _check_names(rules: tuple[Rule, ...], counters: Mapping[str, Counter]) -> None:
    """Conversations that are ridden in must be opened somewhere, and counters counted."""
    opened_by = {rule.conversation.name for rule in rules if rule.conversation is not None}
    for place, rule in enumerate(rules):
        strange = sorted(rule.conversation.rides - opened_by) if rule.conversation is not None else ()
        if strange:
            raise UnsoundError(f"rules[{place}].conversation.rides: no rule opens a conversation {strange[0]}")
    counted = {rule.counter.name for rule in rules if rule.counter is not None}
    idle = sorted(counters.keys() - counted)
    if idle:
        raise UnsoundError(f"counters.{idle[0]}: no rule counts with it")
