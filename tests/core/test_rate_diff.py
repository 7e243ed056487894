"""What changes between two cards: for which inputs, from which price to which, in words."""

from collections.abc import Mapping
from typing import Any

import pytest

from takt.core.markets import MarketTable, parse_table
from takt.core.rate_card import parse_card
from takt.core.rate_diff import axes, compare, told, words
from takt.core.rating import RateCard

HOME = parse_table({"market_table": "home", "markets": {"Home": ["DE"], "Next": ["AT", "CH"]}, "other": "Away"})
ALPS = parse_table({"market_table": "alps", "markets": {"Alps": ["AT", "CH"]}, "other": "Away"})
TABLES = {one.name: one for one in (HOME, ALPS)}
COUNTERS = {"n": {"scope": "contract"}}


def card_of(*rules: dict[str, Any], tables: Mapping[str, MarketTable] = TABLES, **fields: Any) -> RateCard:
    return parse_card({"card": "c", "currency": "EUR", "rules": list(rules), **fields}, 1, tables)


def changes(before: RateCard, after: RateCard) -> list[tuple[dict[str, list[str]], str | None, str | None]]:
    """Each change as words, before and after."""
    sides = axes(before, after)
    return [
        ({name: list(one) for name, one in words(change, sides).items()}, change.before, change.after)
        for change in compare(before, after)
    ]


TIERS = {"counter": "n", "steps": [[0, 60_000], [100, 55_500]]}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"price": 50_000}, "0.05 EUR"),
        ({"price": 0}, "free (regular)"),
        ({"price": 0, "type": "free_customer_service"}, "free (customer service)"),
        ({"tiers": TIERS}, "0.06 EUR from 1, 0.0555 EUR from 101 in n of a contract"),
        ({"conversation": {"name": "talk", "hours": 48, "price": 1_500_000}}, "1.50 EUR for 48 h of talk"),
        (
            {"conversation": {"name": "talk", "tiers": TIERS}},
            "0.06 EUR from 1, 0.0555 EUR from 101 in n of a contract for 24 h of talk",
        ),
        (
            {"when": {"bid": True}, "max_price": {"floor": 20_000, "list": 80_000}},
            "the bid or less, 0.08 EUR listed, 0.02 EUR at least",
        ),
    ],
)  # fmt: skip
def test_a_price_is_told_in_words(rule: dict[str, Any], said: str) -> None:
    [first, *_] = card_of(rule, {"tiers": TIERS}, counters=COUNTERS).rules
    assert told(first, "EUR") == said


def test_like_changes_are_one_and_a_dimension_in_which_all_is_alike_is_left_out() -> None:
    flat = card_of({"price": 50_000})
    assert changes(flat, flat) == []
    assert changes(flat, card_of({"price": 60_000})) == [({}, "0.05 EUR", "0.06 EUR")]
    other = card_of(
        {"when": {"category": ["service", "utility"], "window": "open"}, "price": 10_000},
        {"when": {"form": "free", "window": "closed"}, "price": 20_000},
        {"price": 50_000},
    )
    assert changes(flat, other) == [
        ({"window": ["closed"], "form": ["free"]}, "0.05 EUR", "0.02 EUR"),
        ({"category": ["service", "utility"], "window": ["open"]}, "0.05 EUR", "0.01 EUR"),
    ]


def test_countries_that_a_card_names_stand_beside_all_others() -> None:
    before = card_of({"when": {"market": ["FR", "DE"]}, "price": 1_000_000}, {"price": 2_000_000})
    after = card_of({"when": {"market": ["FR", "AT"]}, "price": 1_000_000}, {"price": 3_000_000})
    assert axes(before, after)[1] == ("AT", "DE", "FR", "elsewhere")
    assert changes(before, after) == [
        ({"market": ["AT"]}, "2.00 EUR", "1.00 EUR"),
        ({"market": ["DE"]}, "1.00 EUR", "3.00 EUR"),
        ({"market": ["elsewhere"]}, "2.00 EUR", "3.00 EUR"),
    ]


def test_what_is_alike_is_told_in_the_order_of_the_alphabet() -> None:
    many = ["US", "SE", "PT", "NO", "IT", "FR", "DE", "AT"]
    after = card_of({"when": {"market": many}, "price": 1_000_000}, {"price": 2_000_000})
    assert changes(card_of({"price": 2_000_000}), after) == [({"market": sorted(many)}, "2.00 EUR", "1.00 EUR")]


def test_cards_of_one_table_are_compared_by_its_markets() -> None:
    before = card_of({"when": {"market": "Next"}, "price": 1_000_000}, {"price": 2_000_000}, market_table="home")
    after = card_of({"when": {"market": "Away"}, "price": 1_000_000}, {"price": 2_000_000}, market_table="home")
    assert axes(before, after)[1] == ("Home", "Next", "Away")
    assert changes(before, after) == [
        ({"market": ["Next"]}, "1.00 EUR", "2.00 EUR"),
        ({"market": ["Away"]}, "2.00 EUR", "1.00 EUR"),
    ]


def test_cards_of_two_tables_or_of_none_are_compared_country_by_country() -> None:
    before = card_of({"when": {"market": "Home"}, "price": 1_000_000}, {"price": 2_000_000}, market_table="home")
    after = card_of({"when": {"market": "Alps"}, "price": 3_000_000}, {"price": 1_000_000}, market_table="alps")
    assert axes(before, after)[1] == ("AT", "CH", "DE", "elsewhere")
    assert changes(before, after) == [
        ({"market": ["AT", "CH"]}, "2.00 EUR", "3.00 EUR"),
        ({"market": ["elsewhere"]}, "2.00 EUR", "1.00 EUR"),
    ]
    plain = card_of({"when": {"market": "IT"}, "price": 4_000_000}, {"price": 2_000_000})
    for pair in ((before, plain), (plain, before)):
        assert axes(*pair)[1] == ("AT", "CH", "DE", "IT", "elsewhere")
    assert changes(before, plain) == [
        ({"market": ["DE"]}, "1.00 EUR", "2.00 EUR"),
        ({"market": ["IT"]}, "2.00 EUR", "4.00 EUR"),
    ]


def test_bids_are_looked_at_where_a_card_asks_for_them() -> None:
    plain = card_of({"price": 1_000_000})
    after = card_of({"when": {"bid": True}, "price": 2_000_000}, {"price": 1_000_000})
    assert axes(plain, plain)[5] == (False,)
    for pair in ((plain, after), (after, plain)):
        assert axes(*pair)[5] == (False, True)
    assert changes(plain, after) == [({"bid": ["true"]}, "1.00 EUR", "2.00 EUR")]


def test_a_unit_that_one_card_does_not_price_has_no_price() -> None:
    plain = card_of({"price": 1_000_000})
    after = card_of({"when": {"unit": "token"}, "price": 10}, {"price": 1_000_000}, units=["message", "token"])
    assert axes(plain, after)[4] == axes(after, plain)[4] == ("message", "token")
    assert changes(plain, after) == [({"unit": ["token"]}, None, "0.00001 EUR")]
    assert changes(after, plain) == [({"unit": ["token"]}, "0.00001 EUR", None)]
    third = card_of({"when": {"unit": "member"}, "price": 20}, {"price": 1_000_000}, units=["message", "member"])
    assert changes(after, third) == [
        ({"unit": ["token"]}, "0.00001 EUR", None),
        ({"unit": ["member"]}, None, "0.00002 EUR"),
    ]
