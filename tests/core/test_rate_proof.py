"""What is said of inputs without a price and of rules without an input: shortly, fully, and the same every time."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from takt.core.document import UnsoundError
from takt.core.markets import MarketTable
from takt.core.rate_card import parse_card
from takt.core.rate_proof import Box, axes, check, merge, prove, told_of
from takt.core.rating import CATEGORIES, FORMS, WINDOWS, RateCard

OTHERS: Box = (frozenset(WINDOWS), frozenset(FORMS), frozenset(["message"]), frozenset([False]))


def card_of(*rules: dict[str, Any], tables: Mapping[str, MarketTable] | None = None, **fields: Any) -> RateCard:
    return parse_card({"card": "c", "currency": "EUR", "rules": list(rules), **fields}, 1, tables or {})


def said(card: RateCard) -> str:
    """What is wrong with it."""
    with pytest.raises(UnsoundError) as caught:
        check(card)
    return str(caught.value)


def rule(**when: Any) -> dict[str, Any]:
    return {"when": when, "price": 1}


def gaps(text: str) -> str:
    return f"rules: no rule gives a price for {text}"


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ([rule(window="open"), rule(window="entry")], "window closed"),
        ([rule(form="free", window=["open", "entry"])], "window closed; window entry/open, form reaction/template"),
        ([rule(market=["FR", "DE"])], "market elsewhere"),
        ([rule(bid=True)], "bid no"),
        ([rule(bid=False)], "bid yes"),
        ([rule(bid=True), rule(window="open")], "window closed/entry, bid no"),
        (
            [rule(window=["open", "entry"], category=["utility", "authentication", "authentication_international"]),
             rule(window=["open", "entry"], category=["service", "marketing"]),
             rule(category=["service", "utility", "authentication", "authentication_international"], form="free"),
             rule(category=["service", "utility"])],
            (
                "category authentication/authentication_international, window closed, form reaction/template; "
                "category marketing, window closed"
            ),
        ),
        (
            [rule(category=[one for one in CATEGORIES if one != "service"], window=["open", "entry"]),
             rule(category=["authentication", "authentication_international", "marketing"])],
            "category service; category utility, window closed",
        ),
    ],
)  # fmt: skip
def test_gaps_are_told_in_few_words(rules: list[dict[str, Any]], text: str) -> None:
    """Dimensions that may be anything are left out; whole categories are named before parts of others."""
    assert said(card_of(*rules)) == gaps(text)


def test_every_input_has_a_price_if_bids_and_others_have() -> None:
    check(card_of(rule(bid=True), rule(bid=False)))
    check(card_of({"when": {"bid": True}, "max_price": {"list": 5}}, {"price": 1}))
    check(card_of(rule(unit="token"), {"price": 1}, units=["message", "token"]))
    assert said(card_of(rule(unit="token"), units=["message", "token"])) == gaps("unit message")


def test_a_gap_is_a_box_of_inputs() -> None:
    """Bids are told apart only where a rule asks for them."""
    (gap,) = prove(card_of(rule(category=[one for one in CATEGORIES if one != "service"]))).gaps
    assert gap == (frozenset(["service"]), frozenset(["elsewhere"]), *OTHERS)
    assert axes(card_of(rule(bid=False)))[5] == (False, True)
    assert axes(card_of(rule(unit="message")))[5] == (False,)


NUMBERS = [f"{number:03}" for number in range(1, 16)]


def test_many_markets_are_shown_as_a_dozen_and_a_number() -> None:
    for missing, more in ((12, ""), (13, " and 1 more"), (15, " and 3 more")):
        table = MarketTable("t", "world", {number: number for number in NUMBERS[:missing]})
        only = card_of(rule(market="world"), tables={"t": table}, market_table="t")
        assert said(only) == gaps("market " + "/".join(NUMBERS[:12]) + more)


def test_a_dozen_gaps_are_told_by_the_names_of_their_markets() -> None:
    """Whatever order the rules have. Each of these markets lacks another form of another category."""
    lacks = list(zip(NUMBERS, product(CATEGORIES, FORMS), strict=True))
    rules = []
    for market, (category, form) in reversed(lacks):
        rules.append(rule(market=market, category=[one for one in CATEGORIES if one != category]))
        rules.append(rule(market=market, form=[one for one in FORMS if one != form]))
    told = [f"category {category}, market {market}, form {form}" for market, (category, form) in lacks]
    assert said(card_of(*rules)) == gaps("; ".join(told[:12]))


def test_a_rule_without_an_input_is_told_with_those_before_it() -> None:
    markets = [f"{number:03}" for number in range(9)]
    rules = [rule(market=market) for market in markets]
    last = rule(market=[markets[8], markets[1]])
    assert said(card_of(*rules, last, {"price": 2})) == "rules[9].when: rules[1], rules[8] take all that it would price"
    twice = [rules[0], rules[0], *rules[1:7], rules[1], {"price": 2}]
    assert prove(card_of(*twice)).shadowed == {1: (0,), 8: (2,)}
    assert list(prove(card_of(*twice)).shadowed) == [1, 8]
    assert said(card_of(*twice)) == "rules[1].when: rules[0] take all that it would price"


def test_a_condition_that_nothing_fulfils_is_told() -> None:
    """A card of prices by hand may ask for what it never prices."""
    card = card_of(rule(unit="token"), {"price": 1}, units=["message", "token"])
    only = RateCard(card.card, 1, card.currency, card.rules, units=("message",))
    assert said(only) == "rules[0].when: nothing that the card prices fulfils its conditions"


def test_boxes_that_differ_in_one_dimension_become_one() -> None:
    def box(category: str, window: str) -> Box:
        return (frozenset([category]), frozenset(["DE"]), frozenset([window]), *OTHERS[1:])

    parts = [box("service", "closed"), box("service", "open"), box("service", "entry"), box("utility", "closed")]
    assert merge(parts) == [
        (frozenset(["service"]), frozenset(["DE"]), frozenset(WINDOWS), *OTHERS[1:]),
        (frozenset(["utility"]), frozenset(["DE"]), frozenset(["closed"]), *OTHERS[1:]),
    ]


def test_a_box_in_words() -> None:
    card = card_of(rule(bid=True), {"price": 1})
    everything: Box = tuple(frozenset(side) for side in axes(card))
    assert told_of(card, everything) == "everything"
    assert told_of(card, (frozenset(["service"]), *everything[1:5], frozenset([True]))) == "category service, bid yes"
    with pytest.raises(ValueError, match="zip"):
        told_of(card, everything[:5])
