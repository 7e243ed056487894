"""Quotes and charges, field by field: what a row says of a price is what the card says."""

from dataclasses import replace

import pytest

from takt.core import rating
from takt.core.rating import Conversation, Counter, Quote, RateCard, Rule, charge, clearing, find, line_of, quote_units
from takt.core.tariff import flat, tariff

STEPS = tariff(((0, 5), (10, 3)))
COUNTED = Rule(STEPS, "regular", counter=Counter("n", "contract"))
TALKING = Rule(flat(7), "regular", conversation=Conversation("talk", 24, frozenset(["talk"])))
BOTH = replace(COUNTED, conversation=TALKING.conversation)
CELL = ("utility", "DACH", "open", "free", "message", False)


def card_of(*rules: Rule) -> RateCard:
    return RateCard("c", 2, "EUR", rules)


QUOTE = Quote(5, "EUR", "utility", "DACH", "c", 2, 0, "regular", None, "DE", "open", "free", "n", 0, "0:10", "talk")


def test_a_quote_says_all_that_its_line_says() -> None:
    line = line_of(card_of(BOTH), CELL, "DE")
    assert line.quote(9) == QUOTE
    assert line.quote(10) == replace(QUOTE, amount_micros=3, tier="11:MAX")
    assert line.quote(10, outlives=True) == replace(QUOTE, price_micros=3, tier="11:MAX")
    plain = line_of(card_of(Rule(flat(4), "regular")), CELL)
    assert plain.quote() == Quote(4, "EUR", "utility", "DACH", "c", 2, 0, "regular", None, "", "open", "free")
    assert line_of(card_of(Rule(flat(4), "regular")), CELL, "DACH").quote().region == ""
    assert [line_of(card_of(one), CELL).plain for one in (COUNTED, TALKING, BOTH, Rule(flat(4), "regular"))] == [
        False, False, False, True,
    ]  # fmt: skip
    assert [card_of(one).converses for one in (COUNTED, TALKING)] == [False, True]
    assert card_of(COUNTED, TALKING).converses


def test_what_is_left_out_is_nothing() -> None:
    assert Quote(1, "EUR", "utility", "DE", "c", 1, 0, "regular") == Quote(
        1, "EUR", "utility", "DE", "c", 1, 0, "regular", None, "", "closed", "template", "", 0, "", "", "", 0
    )
    assert Rule(STEPS, "regular") == Rule(STEPS, "regular", (None,) * 6, None, None, None, 1, "")
    assert (card_of().price_pin, card_of().units) == ("acceptance", ("message",))


def test_words_of_the_wire_stay() -> None:
    assert rating.CATEGORIES == ("service", "utility", "authentication", "authentication_international", "marketing")
    assert (rating.WINDOWS, rating.FORMS) == (("closed", "open", "entry"), ("template", "free", "reaction"))
    assert rating.UNITS == ("message", "member", "token")
    assert rating.KINDS == ("regular", "free_customer_service", "free_entry_point")
    assert rating.DIMENSIONS == ("category", "market", "window", "form", "unit", "bid")
    assert (rating.SCOPES, rating.PINS, rating.FREE) == (
        ("contract", "sender"), ("acceptance", "delivery"), "free_customer_service",
    )  # fmt: skip


def test_counts_are_of_a_contract_or_a_sender_and_maybe_of_a_market() -> None:
    kinds = [Counter("n", scope, by_market) for scope in ("contract", "sender") for by_market in (False, True)]
    assert [one.key("DE", "s") for one in kinds] == ["n", "n/DE", "n:s", "n/DE:s"]
    assert not Counter("n", "contract").by_market


def test_lines_are_of_messages_without_a_bid_and_kept_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    only = Rule(flat(5), "regular", (None, None, None, None, frozenset(["message"]), frozenset([False])))
    card = card_of(only, Rule(flat(9), "regular"))
    assert rating.LINES_KEPT_MAX == 20_000
    monkeypatch.setattr(rating, "LINES_KEPT_MAX", 1)
    assert find(card, "utility", "DE", "open", "free").quote().price == 5
    assert list(card.lines) == [("utility", "DE", "open", "free")]
    assert find(card, "utility", "DE", "open", "free") is card.lines["utility", "DE", "open", "free"]
    assert find(card, "utility", "FR", "open", "free").quote().market == "FR"
    assert len(card.lines) == 1
    fresh = replace(card, counters={"n": Counter("n", "contract")}, lines={})
    assert replace(fresh, lines=card.lines) == fresh, "what was looked up is no part of a card"
    assert hash(fresh) == hash(card)
    assert "lines" not in repr(card)
    with pytest.raises(ValueError, match="zip"):
        only.fits(CELL[:5])  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        line_of(card_of(only), (*CELL[:4], "token", False))


def test_a_charge_keeps_what_the_quote_says() -> None:
    quote = replace(QUOTE, paid_by="m")
    assert charge(quote, BOTH) == replace(quote, price_micros=5, ordinal=1, tier="0:10")
    assert charge(quote, BOTH, 10) == replace(quote, price_micros=3, ordinal=11, tier="11:MAX")
    assert charge(quote, Rule(flat(8), "regular")) == replace(
        quote, price_micros=5, ordinal=0, tier="", forgone_micros=3
    )
    assert charge(replace(quote, amount_micros=20), COUNTED, 9, 2).price == 8
    assert charge(quote, COUNTED, 0, 0).price == 0


def test_units_and_bids() -> None:
    free = tariff(((0, 0), (1, 7)))
    line = line_of(card_of(Rule(free, "free_customer_service", counter=COUNTED.counter)), CELL)
    assert line.quote().amount_micros == 7
    assert line.quote() == line.quote(0) != line.quote(1)
    one = quote_units(line, 1)
    assert (one.amount_micros, one.price, one.kind, one.tier) == (7, 0, "free_customer_service", "")
    assert quote_units(line, 2).kind == "regular"
    with pytest.raises(AssertionError):
        clearing(COUNTED, 5)
    assert rating.crossed(tariff(((0, 1), (5, 0))), 0, 5) == [1]


def test_another_version_prices_and_what_was_set_aside_stays() -> None:
    other = RateCard("c", 3, "EUR", (COUNTED, Rule(flat(0), "free_entry_point", conversation=TALKING.conversation)))
    line = rating._compile(other, 1, ("utility", "EU", "open", "free", "message", False), "DE")
    assert rating.repinned(QUOTE, line) == replace(
        QUOTE, version=3, rule=1, kind="free_entry_point", market="EU", counter="", conversation="talk"
    )
    rules = rating._compile(other, 0, CELL, "DE")
    assert rating.repinned(replace(QUOTE, counter="m"), rules) == replace(QUOTE, version=3, conversation="")
    assert rating.ride(QUOTE) == replace(QUOTE, price_micros=0, kind="free_customer_service")
