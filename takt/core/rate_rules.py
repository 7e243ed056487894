"""The rules of a rate card's document: condition, and one of the four kinds of price. Strictly parsed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from takt.core.card_fields import choice, has, inner, some, truth, word
from takt.core.document import Fields
from takt.core.markets import MARKET_CHARS_MAX
from takt.core.rating import (
    CATEGORIES,
    DIMENSIONS,
    FORMS,
    FREE,
    KINDS,
    WINDOWS,
    Condition,
    Conversation,
    Counter,
    Rule,
)
from takt.core.tariff import Tariff, flat, tariff, with_included
from takt.core.value import value

PRICE_MICROS_MAX: Final = 10**12
UNITS_MAX: Final = 10**9
STEPS_MAX: Final = 100
HOURS_MAX: Final = 24 * 7
PRICES: Final = ("price", "tiers", "conversation", "max_price")
RULE: Final = ("id", "when", "type", *PRICES, "units_max")
BIDS: Final = DIMENSIONS.index("bid")


@value
class Frame:
    """What the rules of a card refer to. `markets` is empty where every country is a market of its own."""

    markets: tuple[str, ...]
    units: tuple[str, ...]
    counters: Mapping[str, Counter]
    included: Mapping[str, int]


def parse_rule(fields: Fields, frame: Frame) -> Rule:
    """One rule. Raises UnsoundError."""
    given = [name for name in PRICES if has(fields, name)]
    if len(given) != 1:
        raise fields.wrong(given[1] if given else "price", f"exactly one of {', '.join(PRICES)} must be there")
    name = word(fields, "id") if has(fields, "id") else ""
    when, most = _when(fields, frame), fields.whole("units_max", 1, 1, UNITS_MAX)
    match given[0]:
        case "price":
            price = fields.whole("price", None, 0, PRICE_MICROS_MAX)
            return Rule(flat(price), _kind(fields, price), when, units_max=most, name=name)
        case "tiers":
            steps, counter = _tiers(fields, frame)
            return Rule(steps, _kind(fields, 0, FREE), when, counter, units_max=most, name=name)
        case "conversation":
            return replace(_conversation(fields, frame), when=when, units_max=most, name=name)
        case _:
            return replace(_max_price(fields, when), units_max=most, name=name)


def _kind(fields: Fields, price: int, usual: str = KINDS[0]) -> str:
    kind = choice(fields, "type", KINDS, usual)
    if price > 0 and kind != KINDS[0]:
        raise fields.wrong("price", f"must be 0, because the type {kind} says that it costs nothing")
    return kind


def _tiers(fields: Fields, frame: Frame) -> tuple[Tariff, Counter]:
    tiers = inner(fields, "tiers", ("counter", "mode", "steps"))
    name = tiers.raw.get("counter")
    if not isinstance(name, str) or name not in frame.counters:
        raise tiers.wrong("counter", f"must be one of the card's counters: {', '.join(frame.counters) or 'none'}")
    if tiers.raw.get("mode", "graduated") != "graduated":
        raise tiers.wrong("mode", "must be graduated: a price that changes for units already charged cannot be held")
    return with_included(_steps(tiers), frame.included.get(name, 0)), frame.counters[name]


def _steps(fields: Fields) -> Tariff:
    given = fields.raw.get("steps")
    if not isinstance(given, list) or not 1 <= len(given) <= STEPS_MAX:
        raise fields.wrong("steps", f"must be a list of 1 to {STEPS_MAX} pairs [units before it, price]")
    found: list[tuple[int, int]] = []
    for place, step in enumerate(given):
        where = f"steps[{place}]"
        if not isinstance(step, list) or len(step) != 2 or any(type(one) is not int for one in step):
            raise fields.wrong(where, "must be a pair of whole numbers [units before it, price]")
        first, price = step
        if (first != 0) if place == 0 else not found[-1][0] < first <= UNITS_MAX:
            low = "0" if place == 0 else f"more than {found[-1][0]}"
            raise fields.wrong(where, f"must begin at {low}: steps ascend from 0")
        if not 0 <= price <= PRICE_MICROS_MAX:
            raise fields.wrong(where, f"its price must be from 0 to {PRICE_MICROS_MAX} micro-units")
        found.append((first, price))
    return tariff(found)


def _conversation(fields: Fields, frame: Frame) -> Rule:
    talk = inner(fields, "conversation", ("name", "hours", "rides", "price", "tiers"))
    if has(talk, "price") == has(talk, "tiers"):
        raise talk.wrong("price", "exactly one of price and tiers must be there")
    if has(talk, "tiers"):
        steps, counter = _tiers(talk, frame)
        kind = _kind(fields, 0, FREE)
    else:
        steps, counter = flat(talk.whole("price", None, 0, PRICE_MICROS_MAX)), None
        kind = _kind(fields, steps.dearest)
    rides = talk.raw.get("rides", [])
    if not isinstance(rides, list) or not all(isinstance(one, str) for one in rides):
        raise talk.wrong("rides", "must be a list of names of conversations")
    called = word(talk, "name")
    found = Conversation(called, talk.whole("hours", 24, 1, HOURS_MAX), frozenset([called, *rides]))
    return Rule(steps, kind, counter=counter, conversation=found)


def _max_price(fields: Fields, when: Condition) -> Rule:
    bids = inner(fields, "max_price", ("floor", "list"))
    listed = bids.whole("list", None, 0, PRICE_MICROS_MAX)
    floor = bids.whole("floor", 0, 0, listed)
    if when[BIDS] != frozenset([True]):
        raise fields.wrong("when.bid", "must be true, for only a message with a bid has one to keep to")
    return Rule(flat(listed), KINDS[0], when, bid_floor=floor)


def _when(fields: Fields, frame: Frame) -> Condition:
    if "when" not in fields.raw:
        return (None,) * len(DIMENSIONS)
    when = inner(fields, "when", DIMENSIONS)
    bid = truth(when, "bid")
    return (
        some(when, "category", CATEGORIES),
        _markets(when, frame),
        some(when, "window", WINDOWS),
        some(when, "form", FORMS),
        some(when, "unit", frame.units),
        None if bid is None else frozenset([bid]),
    )


def _markets(when: Fields, frame: Frame) -> frozenset[str] | None:
    if frame.markets:
        return some(when, "market", frame.markets)
    given = when.raw.get("market")
    if given is None:
        return None
    markets = [given] if isinstance(given, str) else given
    if (
        not isinstance(markets, list)
        or not markets
        or not all(isinstance(one, str) and 1 <= len(one) <= MARKET_CHARS_MAX for one in markets)
    ):
        raise when.wrong("market", "must be a country such as DE, or a list of countries")
    return frozenset(markets)
