"""Rating: every message has exactly one price, by the first line of the card that fits, and a card that is unsound is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.rating import CATEGORIES, KINDS, PRICE_MICROS_MAX, RULES_MAX, UnsoundCardError, parse_card, quote

CARD: dict[str, Any] = {
    "rules": [
        {"when": {"category": "service"}, "price": 0, "type": "free_customer_service"},
        {"when": {"category": "utility", "window": "open"}, "price": 0, "type": "free_customer_service"},
        {"when": {"category": "marketing", "market": "DE"}, "price": 113_100},
        {"when": {"category": "marketing", "market": ["AT", "CH"]}, "price": 120_000},
        {"when": {"window": "closed", "market": "DE"}, "price": 45_600},
        {"price": 60_000},
    ]
}


@pytest.mark.parametrize(
    ("category", "market", "window_open", "rule", "price", "kind"),
    [
        ("service", "DE", True, 0, 0, "free_customer_service"),
        ("utility", "DE", True, 1, 0, "free_customer_service"),
        ("utility", "DE", False, 4, 45_600, "regular"),
        ("utility", "FR", False, 5, 60_000, "regular"),
        ("marketing", "DE", True, 2, 113_100, "regular"),
        ("marketing", "CH", False, 3, 120_000, "regular"),
        ("marketing", "FR", False, 5, 60_000, "regular"),
        ("authentication", "DE", False, 4, 45_600, "regular"),
        ("authentication", "DE", True, 5, 60_000, "regular"),
    ],
)
def test_the_first_line_that_fits_gives_the_price(
    category: str,
    market: str,
    *,
    window_open: bool,
    rule: int,
    price: int,
    kind: str,
) -> None:
    """Category, market and window choose the line; the quote says which one it was."""
    found = quote(parse_card("de", 3, "EUR", CARD), category, market, window_open=window_open)
    assert (found.rule, found.amount_micros, found.kind) == (rule, price, kind)
    assert (found.currency, found.card, found.version, found.category, found.market) == (
        "EUR", "de", 3, category, market,
    )  # fmt: skip


MARKETS = st.sampled_from(["DE", "AT", "CH", "FR"])
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from(CATEGORIES),
        "market": MARKETS | st.lists(MARKETS, min_size=1, max_size=3),
        "window": st.sampled_from(["open", "closed"]),
    },
)


def _condition(when: dict[str, Any]) -> tuple[object, ...]:
    market = when.get("market")
    return when.get("category"), frozenset([market] if isinstance(market, str) else market or ()), when.get("window")


RULES = st.lists(
    st.builds(lambda when, price: {"when": when, "price": price}, CONDITIONS.filter(bool), st.integers(0, 10**6)),
    max_size=6,
    unique_by=lambda rule: _condition(rule["when"]),
).map(lambda rules: [*rules, {"price": 1}])


@given(rules=RULES, category=st.sampled_from(CATEGORIES), market=MARKETS, window_open=st.booleans())
def test_every_message_has_exactly_one_price(
    rules: list[dict[str, Any]],
    category: str,
    market: str,
    *,
    window_open: bool,
) -> None:
    """Whatever the sound card, the quote is what a reader finds going down the list."""
    found = quote(parse_card("c", 1, "EUR", {"rules": rules}), category, market, window_open=window_open)
    for index, rule in enumerate(rules):
        when = rule.get("when", {})
        markets = [when["market"]] if isinstance(when.get("market"), str) else when.get("market")
        if (
            when.get("category", category) == category
            and (markets is None or market in markets)
            and when.get("window", "open" if window_open else "closed") == ("open" if window_open else "closed")
        ):
            assert (found.rule, found.amount_micros) == (index, rule["price"])
            return
    raise AssertionError("the last line fits everything")


LAST = {"price": 1}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "rules"),
        ({"rules": []}, "rules"),
        ({"rules": "abc"}, "rules"),
        ({"rules": {"0": LAST}}, "rules"),
        ({"rules": [LAST] * (RULES_MAX + 1)}, "rules"),
        ({"rules": [None, LAST]}, "rules[0]"),
        ({"rules": ["x", LAST]}, "rules[0]"),
        ({"rules": [{}, LAST]}, "rules[0].price"),
        ({"rules": [{"price": 1.5}, LAST]}, "rules[0].price"),
        ({"rules": [{"price": True}, LAST]}, "rules[0].price"),
        ({"rules": [{"price": "1"}, LAST]}, "rules[0].price"),
        ({"rules": [{"price": -1}, LAST]}, "rules[0].price"),
        ({"rules": [{"price": PRICE_MICROS_MAX + 1}, LAST]}, "rules[0].price"),
        ({"rules": [{"price": 1, "type": "free_customer_service"}, LAST]}, "rules[0].price"),
        ({"rules": [{"price": 1, "type": "cheap"}, LAST]}, "rules[0].type"),
        ({"rules": [{"price": 1, "type": ["regular"]}, LAST]}, "rules[0].type"),
        ({"rules": [{"price": 1, "when": []}, LAST]}, "rules[0].when"),
        ({"rules": [{"price": 1, "when": None}, LAST]}, "rules[0].when"),
        ({"rules": [{"price": 1, "when": {"country": "DE"}}, LAST]}, "rules[0].when.country"),
        ({"rules": [{"price": 1, "when": {"category": "spam"}}, LAST]}, "rules[0].when.category"),
        ({"rules": [{"price": 1, "when": {"category": ["utility"]}}, LAST]}, "rules[0].when.category"),
        ({"rules": [{"price": 1, "when": {"window": True}}, LAST]}, "rules[0].when.window"),
        ({"rules": [{"price": 1, "when": {"market": 49}}, LAST]}, "rules[0].when.market"),
        ({"rules": [{"price": 1, "when": {"market": []}}, LAST]}, "rules[0].when.market"),
        ({"rules": [{"price": 1, "when": {"market": [["DE"]]}}, LAST]}, "rules[0].when.market"),
        ({"rules": [{"price": 2, "when": {"market": "DE"}}, {"price": 1, "when": {"market": ["DE"]}}, LAST]}, "rules[1].when"),
        ({"rules": [LAST, {"price": 2}]}, "rules[1].when"),
        ({"rules": [{"price": 1, "when": {"market": "DE"}}]}, "rules"),
        ({"rules": [LAST, {"price": 1, "when": {"market": "DE"}}]}, "rules"),
    ],
)  # fmt: skip
def test_an_unsound_card_is_refused_with_the_place_named(body: dict[str, Any], says: str) -> None:
    """No price list goes live that leaves a message without a price, or a line without effect."""
    with pytest.raises(UnsoundCardError) as caught:
        parse_card("c", 1, "EUR", body)
    assert str(caught.value).partition(": ")[0] == says


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(KINDS + CATEGORIES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["when", "price", "type", "category", "market", "window", "x"]), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSON, max_size=4))
def test_a_card_is_sound_or_refused(rules: list[Any]) -> None:
    """Arbitrary JSON never makes it fail in another way."""
    try:
        card = parse_card("c", 1, "EUR", {"rules": rules})
    except UnsoundCardError:
        return
    assert quote(card, "utility", "DE", window_open=False).amount_micros >= 0
