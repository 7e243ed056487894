"""Two legs of one message: cards derived by a share, conversations kept apart, and margins that are proved."""

from dataclasses import replace
from typing import Any

import pytest

from takt.core.document import UnsoundError
from takt.core.markets import parse_table
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.reseller import apart, check_margin, derived
from takt.core.tariff import tariff

HOME = parse_table({"market_table": "home", "markets": {"Home": ["DE"]}, "other": "Away"})
AWAY = parse_table({"market_table": "away", "markets": {"Home": ["DE"]}, "other": "Away"})
COUNTERS = {"counters": {"n": {"scope": "contract"}}}


def card_of(*rules: dict[str, Any], **fields: Any) -> RateCard:
    """A card of these rules, or at 100."""
    told = {"card": "c", "currency": "EUR", "rules": list(rules) or [{"price": 100}], **fields}
    return parse_card(told, 1, {"home": HOME, "away": AWAY})


def talk(price: int, name: str = "talk", **more: Any) -> dict[str, Any]:
    return {"conversation": {"name": name, "price": price, **more}}


def test_a_share_is_taken_off_each_price_of_each_step_and_off_each_floor() -> None:
    retail = card_of(
        {"when": {"bid": True}, "max_price": {"floor": 50, "list": 1000}},
        {"tiers": {"counter": "n", "steps": [[0, 100], [10, 60]]}},
        **COUNTERS,
    )
    bids, steps = derived(retail, 1500).rules
    assert bids == replace(retail.rules[0], tariff=tariff(((0, 850),)), bid_floor=43)
    assert steps == replace(retail.rules[1], tariff=tariff(((0, 85), (10, 51))))
    assert steps.bid_floor is None


def test_conversations_of_partners_have_names_of_their_own() -> None:
    plain, opening, riding = card_of(
        {"when": {"category": "utility"}, "price": 5},
        {"when": {"category": "marketing"}, **talk(9, "offer")},
        talk(7, rides=["offer"]),
    ).rules
    assert apart(plain) == plain
    found = apart(riding).conversation
    assert found is not None
    assert (found.name, found.rides) == ("wholesale:talk", frozenset({"wholesale:talk", "wholesale:offer"}))
    assert opening.conversation is not None
    assert apart(opening) == replace(opening, conversation=replace(opening.conversation, name="wholesale:offer",
                                                                   rides=frozenset(["wholesale:offer"])))  # fmt: skip


SOUND = [
    (card_of(), card_of()),
    (card_of(market_table="home"), card_of(market_table="home")),
    (card_of(units=["message"]), card_of(units=["message", "token"])),
    (card_of(price_pin="acceptance"), card_of(price_pin="delivery")),
    (card_of(price_pin="delivery"), card_of(price_pin="delivery")),
    (card_of(price_pin="acceptance"), card_of(price_pin="acceptance")),
    # a country that the one names and the other does not
    (card_of({"when": {"market": "DE"}, "price": 10}, {"price": 60}),
     card_of({"when": {"market": "DE"}, "price": 9}, {"when": {"market": "FR"}, "price": 50}, {"price": 8})),
    # conversations: the same one, one that costs nothing, one of the partner's alone
    (card_of(talk(100)), card_of(talk(100))),
    (card_of(talk(100)), card_of({"price": 0, "type": "free_customer_service"})),
    (card_of(), card_of(talk(100))),
    # the partner pays less than the least that a bid may come to, or than the cheapest step
    (card_of({"when": {"bid": True}, "max_price": {"floor": 50, "list": 1000}}, {"price": 100}), card_of({"price": 50})),
    (card_of({"tiers": {"counter": "n", "steps": [[0, 100], [10, 60]]}}, **COUNTERS), card_of({"price": 60})),
]  # fmt: skip


@pytest.mark.parametrize(("retail", "wholesale"), SOUND)
def test_margins_that_are_kept(retail: RateCard, wholesale: RateCard) -> None:
    check_margin(retail, wholesale)


@pytest.mark.parametrize(
    ("retail", "wholesale", "says"),
    [
        (card_of(market_table="home"), card_of(market_table="away"), "wholesale: c must have the same market table"),
        (card_of(market_table="home"), card_of(), "wholesale: c must have the same market table"),
        (card_of(), card_of(market_table="home"), "wholesale: c must have the same market table"),
        (card_of(), card_of(currency="USD"), "wholesale: c must be in EUR"),
        (card_of(units=["message", "token"]), card_of(), "wholesale: c must price message, token"),
        (card_of(price_pin="delivery"), card_of(price_pin="acceptance"), "margin: c must have the price_pin delivery, too"),
        (card_of({"price": 40}), card_of({"when": {"market": "FR"}, "price": 50}, {"price": 8}),
         "margin: category service, window closed, form template may cost the client 40 and the partner 50"),
        (card_of({"when": {"category": "utility"}, "price": 99}, {"price": 100}), card_of(),
         "margin: category utility, window closed, form template may cost the client 99 and the partner 100"),
        (card_of({"when": {"bid": True}, "max_price": {"floor": 50, "list": 1000}}, {"price": 100}), card_of({"price": 51}),
         "may cost the client 50 and the partner 51"),
        (card_of({"tiers": {"counter": "n", "steps": [[0, 100], [10, 60]]}}, **COUNTERS), card_of({"price": 61}),
         "may cost the client 60 and the partner 61"),
        (card_of(talk(100)), card_of({"price": 1}),
         "margin: category service, window closed, form template may ride in a conversation of the client and cost the partner 1"),
        (card_of({"when": {"category": "utility"}, **talk(100)}, {"price": 100}), card_of(talk(100, hours=12)),
         "form template may ride in a conversation of the client and cost the partner 100"),
    ],
)  # fmt: skip
def test_margins_that_are_not_kept_are_told(retail: RateCard, wholesale: RateCard, says: str) -> None:
    with pytest.raises(UnsoundError) as caught:
        check_margin(retail, wholesale)
    assert str(caught.value).endswith(says)
