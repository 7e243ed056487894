"""Rating: every message has exactly one price, never more than was set aside, whatever comes in whatever order."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.document import UnsoundError
from takt.core.rate_card import RULES_MAX, parse_card
from takt.core.rate_proof import check, prove
from takt.core.rate_rules import PRICE_MICROS_MAX
from takt.core.rating import (
    CATEGORIES,
    FORMS,
    KINDS,
    WINDOWS,
    RateCard,
    charge,
    clearing,
    crossed,
    find,
    kind_of,
    line_of,
    quote_units,
    tier_of,
)

CARD: dict[str, Any] = {
    "card": "de",
    "currency": "EUR",
    "rules": [
        {"when": {"category": "service"}, "price": 0, "type": "free_customer_service"},
        {"when": {"category": "utility", "window": "open"}, "price": 0, "type": "free_customer_service"},
        {"when": {"category": "marketing", "market": "DE"}, "price": 113_100},
        {"when": {"category": "marketing", "market": ["AT", "CH"]}, "price": 120_000},
        {"when": {"window": "closed", "market": "DE"}, "price": 45_600},
        {"price": 60_000},
    ],
}


def card_of(*rules: dict[str, Any], **fields: Any) -> RateCard:
    """A card of these rules."""
    return parse_card({"card": "c", "currency": "EUR", "rules": list(rules), **fields}, 1, {})


@pytest.mark.parametrize(
    ("category", "market", "window", "rule", "price", "kind"),
    [
        ("service", "DE", "open", 0, 0, "free_customer_service"),
        ("utility", "DE", "open", 1, 0, "free_customer_service"),
        ("utility", "DE", "closed", 4, 45_600, "regular"),
        ("utility", "FR", "closed", 5, 60_000, "regular"),
        ("marketing", "DE", "open", 2, 113_100, "regular"),
        ("marketing", "CH", "closed", 3, 120_000, "regular"),
        ("marketing", "FR", "closed", 5, 60_000, "regular"),
        ("authentication", "DE", "closed", 4, 45_600, "regular"),
        ("authentication", "DE", "open", 5, 60_000, "regular"),
        ("authentication", "DE", "entry", 5, 60_000, "regular"),
    ],
)
def test_the_first_line_that_fits_gives_the_price(
    category: str, market: str, window: str, rule: int, price: int, kind: str
) -> None:
    """Category, market and window choose the line; the quote says which one it was."""
    found = find(parse_card(CARD, 3, {}), category, market, window, "template").quote()
    assert (found.rule, found.amount_micros, found.price, found.kind) == (rule, price, price, kind)
    assert (found.currency, found.card, found.version, found.category, found.market) == (
        "EUR", "de", 3, category, market,
    )  # fmt: skip


MARKETS = st.sampled_from(["DE", "AT", "CH", "FR"])
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from(CATEGORIES) | st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2),
        "market": MARKETS | st.lists(MARKETS, min_size=1, max_size=3),
        "window": st.sampled_from(WINDOWS),
        "form": st.sampled_from(FORMS),
    },
)
RULES = st.lists(
    st.builds(lambda when, price: {"when": when, "price": price}, CONDITIONS, st.integers(0, 9)), max_size=6
)
ASKED = st.tuples(
    st.sampled_from(CATEGORIES), MARKETS | st.just("US"), st.sampled_from(WINDOWS), st.sampled_from(FORMS)
)


def _in(wanted: Any, found: str) -> bool:
    return wanted is None or found in ([wanted] if isinstance(wanted, str) else wanted)


@given(rules=RULES, asked=ASKED)
def test_every_message_has_exactly_one_price(rules: list[dict[str, Any]], asked: tuple[str, str, str, str]) -> None:
    """The quote is what a reader finds going down the list, and asking twice gives the same (invariant 16)."""
    card = card_of(*rules, {"price": 1})
    found = find(card, *asked).quote()
    names = ("category", "market", "window", "form")
    fitting = [
        index
        for index, rule in enumerate(rules)
        if all(_in(rule["when"].get(name), one) for name, one in zip(names, asked, strict=True))
    ]
    assert found.rule == (fitting[0] if fitting else len(rules))
    assert found.amount_micros == [*(rule["price"] for rule in rules), 1][found.rule]
    assert find(card, *asked).quote() == found == find(card_of(*rules, {"price": 1}), *asked).quote()


@given(rules=RULES)
def test_the_proof_finds_each_gap_and_each_shadowed_rule(rules: list[dict[str, Any]]) -> None:
    """Going through all inputs by hand gives what the proof says."""
    if not rules:
        return
    card = card_of(*rules)
    reached: set[int] = set()
    gaps = set()
    for category in CATEGORIES:
        for market in ("DE", "AT", "CH", "FR", "US"):
            for window in WINDOWS:
                for form in FORMS:
                    cell = (category, market, window, form, "message", False)
                    fitting = [index for index, rule in enumerate(card.rules) if rule.fits(cell)]
                    reached.update(fitting[:1])
                    if not fitting:
                        gaps.add((category, market, window, form))
    proof = prove(card)
    assert set(proof.shadowed) == set(range(len(rules))) - reached
    told = {
        (category, market, window, form)
        for one in proof.gaps
        for category in one[0]
        for market in ("DE", "AT", "CH", "FR", "US")
        for window in one[2]
        for form in one[3]
        if market in one[1] or (market not in _named(card) and "elsewhere" in one[1])
    }
    assert told == gaps
    if not gaps and not proof.shadowed:
        check(card)
    else:
        with pytest.raises(UnsoundError):
            check(card)


def _named(card: RateCard) -> set[object]:
    return {one for rule in card.rules for one in rule.when[1] or ()}


def test_a_gap_and_a_shadowed_rule_are_named() -> None:
    """Whoever writes a card reads which messages it forgot, and which line never comes to bear."""
    with pytest.raises(UnsoundError) as caught:
        check(card_of({"when": {"category": ["marketing", "service"]}, "price": 1}))
    assert str(caught.value) == (
        "rules: no rule gives a price for category authentication/authentication_international/utility"
    )
    with pytest.raises(UnsoundError) as caught:
        check(
            card_of(
                {"when": {"market": ["DE", "AT"]}, "price": 1},
                {"when": {"category": "marketing", "market": "DE"}, "price": 2},
                {"price": 3},
            )
        )
    assert str(caught.value) == "rules[1].when: rules[0] take all that it would price"


LAST = {"price": 1}
STEPS = {"counter": "n", "steps": [[0, 0], [5, 3]]}
N = {"n": {"scope": "contract", "period": "month"}}


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (None, "rules"),
        ([], "rules"),
        ("abc", "rules"),
        ({"0": LAST}, "rules"),
        ([LAST] * (RULES_MAX + 1), "rules"),
        ([None, LAST], "rules[0]"),
        (["x", LAST], "rules[0]"),
        ([{}, LAST], "rules[0].price"),
        ([{"price": 1, "tiers": STEPS}, LAST], "rules[0].tiers"),
        ([{"price": 1.5}, LAST], "rules[0].price"),
        ([{"price": True}, LAST], "rules[0].price"),
        ([{"price": "1"}, LAST], "rules[0].price"),
        ([{"price": -1}, LAST], "rules[0].price"),
        ([{"price": PRICE_MICROS_MAX + 1}, LAST], "rules[0].price"),
        ([{"price": 1, "type": "free_customer_service"}, LAST], "rules[0].price"),
        ([{"price": 1, "type": "cheap"}, LAST], "rules[0].type"),
        ([{"price": 1, "type": ["regular"]}, LAST], "rules[0].type"),
        ([{"price": 1, "cost": 1}, LAST], "rules[0].cost"),
        ([{"price": 1, "id": "Ä"}, LAST], "rules[0].id"),
        ([{"price": 1, "when": []}, LAST], "rules[0].when"),
        ([{"price": 1, "when": None}, LAST], "rules[0].when"),
        ([{"price": 1, "when": {"country": "DE"}}, LAST], "rules[0].when.country"),
        ([{"price": 1, "when": {"category": "spam"}}, LAST], "rules[0].when.category"),
        ([{"price": 1, "when": {"category": ["utility", 1]}}, LAST], "rules[0].when.category"),
        ([{"price": 1, "when": {"window": True}}, LAST], "rules[0].when.window"),
        ([{"price": 1, "when": {"unit": "token"}}, LAST], "rules[0].when.unit"),
        ([{"price": 1, "when": {"bid": "yes"}}, LAST], "rules[0].when.bid"),
        ([{"price": 1, "when": {"market": 49}}, LAST], "rules[0].when.market"),
        ([{"price": 1, "when": {"market": []}}, LAST], "rules[0].when.market"),
        ([{"price": 1, "when": {"market": [["DE"]]}}, LAST], "rules[0].when.market"),
        ([{"tiers": {"counter": "m", "steps": [[0, 1]]}}, LAST], "rules[0].tiers.counter"),
        ([{"tiers": {**STEPS, "mode": "volume"}}, LAST], "rules[0].tiers.mode"),
        ([{"tiers": {**STEPS, "steps": []}}, LAST], "rules[0].tiers.steps"),
        ([{"tiers": {**STEPS, "steps": [[0, 1, 2]]}}, LAST], "rules[0].tiers.steps[0]"),
        ([{"tiers": {**STEPS, "steps": [[1, 1]]}}, LAST], "rules[0].tiers.steps[0]"),
        ([{"tiers": {**STEPS, "steps": [[0, 1], [0, 2]]}}, LAST], "rules[0].tiers.steps[1]"),
        ([{"tiers": {**STEPS, "steps": [[0, 1.0]]}}, LAST], "rules[0].tiers.steps[0]"),
        ([{"tiers": {**STEPS, "steps": [[0, -1]]}}, LAST], "rules[0].tiers.steps[0]"),
        ([{"tiers": STEPS, "units_max": 0}, LAST], "rules[0].units_max"),
        ([{"conversation": {"name": "a"}}, {"tiers": STEPS}], "rules[0].conversation.price"),
        ([{"conversation": {"name": "a", "price": 1, "hours": 0}}, {"tiers": STEPS}], "rules[0].conversation.hours"),
        ([{"conversation": {"name": "a", "price": 1, "rides": ["b"]}}, {"tiers": STEPS}], "rules[0].conversation.rides"),
        ([{"max_price": {"list": 5}}, {"tiers": STEPS}], "rules[0].when.bid"),
        ([{"when": {"bid": True}, "max_price": {"list": 5, "floor": 6}}, LAST], "rules[0].max_price.floor"),
        ([LAST], "counters.n"),
    ],
)  # fmt: skip
def test_an_unsound_rule_is_refused_with_the_place_named(rules: Any, says: str) -> None:
    """No price list is read that means something else than it says."""
    with pytest.raises(UnsoundError) as caught:
        parse_card({"card": "c", "currency": "EUR", "counters": N, "rules": rules}, 1, {})
    assert str(caught.value).partition(": ")[0] == says


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"card": "C"}, "card"),
        ({"card": None}, "card"),
        ({"currency": "eur"}, "currency"),
        ({"about": ""}, "about"),
        ({"price_pin": "now"}, "price_pin"),
        ({"market_table": "none"}, "market_table"),
        ({"units": []}, "units"),
        ({"counters": {"Ä": {}}}, "counters"),
        ({"counters": {"n": {"scope": "user"}}}, "counters.n.scope"),
        ({"counters": {"n": {"scope": "sender", "period": "day"}}}, "counters.n.period"),
        ({"recurring": [{"id": "seat", "per": "sender", "price": -1}]}, "recurring[0].price"),
        (
            {"recurring": [{"id": "seat", "per": "sender", "price": 1, "includes": {"counter": "n", "units": 1}}]},
            "recurring[0].includes.counter",
        ),
        ({"commitment": {"amount": 0}}, "commitment.amount"),
        ({"grants": [{"id": "g", "kind": "gift", "amount": 1, "days": 1}]}, "grants[0].kind"),
        ({"reseller": {}}, "reseller.wholesale"),
        ({"reseller": {"share_basis_points": 10_001}}, "reseller.share_basis_points"),
        ({"price": 1}, "price"),
    ],
)
def test_an_unsound_card_is_refused_with_the_place_named(fields: dict[str, Any], says: str) -> None:
    """The same for all that is not a rule."""
    document = {"card": "c", "currency": "EUR", "rules": [LAST], **fields}
    with pytest.raises(UnsoundError) as caught:
        parse_card(document, 1, {})
    assert str(caught.value).partition(": ")[0] == says


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(KINDS + CATEGORIES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from([
            "when", "price", "type", "category", "market", "window", "tiers", "steps", "counter", "conversation",
            "name", "max_price", "x",
        ]), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSON, max_size=4), st.dictionaries(st.sampled_from(["counters", "units", "grants", "valid"]), JSON))
def test_a_card_is_sound_or_refused(rules: list[Any], fields: dict[str, Any]) -> None:
    """Arbitrary JSON never makes it fail in another way."""
    try:
        card = parse_card({"card": "c", "currency": "EUR", "rules": rules, **fields}, 1, {})
        check(card)
    except UnsoundError:
        return
    assert find(card, "utility", "DE", "closed", "template").quote().amount_micros >= 0


PRICES = st.lists(st.integers(0, 9), min_size=1, max_size=4)


def _stepped(prices: list[int], width: int) -> RateCard:
    steps = [[place * width, price] for place, price in enumerate(prices)]
    return card_of({"tiers": {"counter": "n", "steps": steps}}, counters=N)


@given(prices=PRICES, width=st.integers(1, 4), count=st.integers(0, 20))
def test_the_sum_of_a_count_is_what_its_steps_say(prices: list[int], width: int, count: int) -> None:
    """Invariant 10: priced one by one, in bundles, or all at once, the sum of a count is the same."""
    rule = _stepped(prices, width).rules[0]
    alone = [prices[min(place // width, len(prices) - 1)] for place in range(count)]
    assert [rule.tariff.cost(place) for place in range(count)] == alone
    assert rule.tariff.total(count) == sum(alone) == rule.tariff.cost(0, count)
    half = count // 2
    assert rule.tariff.cost(0, half) + rule.tariff.cost(half, count - half) == sum(alone)


@given(
    prices=PRICES,
    width=st.integers(1, 4),
    counted=st.integers(0, 20),
    later=st.integers(0, 20),
    new_month=st.booleans(),
)
def test_a_message_never_costs_more_than_was_set_aside(
    prices: list[int], width: int, counted: int, later: int, *, new_month: bool
) -> None:
    """Invariant 5: whatever place in its count it gets in the end, even in another month, if it may outlive this one."""
    line = line_of(_stepped(prices, width), ("utility", "DE", "closed", "template", "message", False))
    quote = line.quote(counted, outlives=new_month)
    place = later if new_month else counted + later
    final = charge(quote, line.rule, place)
    assert final.price == line.rule.tariff.cost(place) <= quote.amount_micros
    assert (final.forgone_micros, final.ordinal) == (0, place + 1)
    assert final.kind == ("regular" if final.price else "free_customer_service")
    assert quote.price == line.rule.tariff.cost(counted)
    alone = charge(replace(quote, amount_micros=0), line.rule, place)
    assert (alone.price, alone.forgone_micros) == (0, final.price)


@given(prices=PRICES, width=st.integers(1, 4), units=st.integers(1, 5), count=st.integers(0, 20))
def test_units_that_come_with_a_fee_are_the_first(prices: list[int], width: int, units: int, count: int) -> None:
    """They cost nothing, and the steps begin after them."""
    plain = _stepped(prices, width).rules[0].tariff
    fee = {"id": "seat", "per": "contract", "price": 1, "includes": {"counter": "n", "units": units}}
    steps = [[place * width, price] for place, price in enumerate(prices)]
    with_fee = card_of({"tiers": {"counter": "n", "steps": steps}}, counters=N, recurring=[fee]).rules[0].tariff
    assert with_fee.total(count) == plain.total(max(0, count - units))


def test_tiers_are_named_as_on_the_wire() -> None:
    """A free allowance is no tier; the first that is charged begins at 0."""
    tariff = card_of(
        {"tiers": {"counter": "n", "steps": [[0, 5], [750_000, 4], [25_000_000, 3]]}}, counters=N
    ).rules[0].tariff  # fmt: skip
    assert [tier_of(tariff, n) for n in (0, 749_999, 750_000, 25_000_000)] == [
        "0:750000", "0:750000", "750001:25000000", "25000001:MAX",
    ]  # fmt: skip
    free = card_of({"tiers": {"counter": "n", "steps": [[0, 0], [1000, 3]]}}, counters=N).rules[0].tariff
    assert [tier_of(free, n) for n in (0, 1000)] == ["", "0:MAX"]
    assert (crossed(tariff, 749_999, 750_001), crossed(tariff, 0, 749_999)) == ([1], [])
    assert crossed(tariff, 749_999, 750_000) == [1]
    assert crossed(free, 0, 2000) == []


@given(bid=st.integers(0, 20), floor=st.integers(0, 10), market=st.none() | st.integers(0, 20))
def test_a_bid_pays_that_or_less(bid: int, floor: int, market: int | None) -> None:
    """The price of the market, but never more than the bid; the floor holds as far as the bid goes."""
    card = card_of(
        {"when": {"bid": True, "category": "marketing"}, "max_price": {"floor": floor, "list": 10}}, {"price": 10}
    )
    line = line_of(card, ("marketing", "DE", "closed", "template", "message", True))
    price = clearing(line.rule, bid, market)
    assert price <= bid
    assert price == min(bid, max(floor, 10 if market is None else market))
    quote = quote_units(line, 1, bid_micros=bid)
    assert (quote.amount_micros, quote.price) == (bid, clearing(line.rule, bid))
    assert charge(quote, line.rule).price <= quote.amount_micros


def test_tokens_and_members_are_charged_by_their_number() -> None:
    """Tokens are known after the fact: as many as may come are set aside, as many as came are charged."""
    card = card_of(
        {"when": {"unit": "token"}, "price": 2, "units_max": 1000},
        {"tiers": {"counter": "n", "steps": [[0, 0], [2, 7]]}},
        units=["message", "member", "token"], counters=N,
    )  # fmt: skip
    tokens = line_of(card, ("service", "DE", "open", "free", "token", False))
    quote = quote_units(tokens, tokens.rule.units_max)
    assert (quote.amount_micros, charge(quote, tokens.rule, units=421).price) == (2000, 842)
    members = line_of(card, ("service", "DE", "open", "free", "member", False))
    quote = quote_units(members, 5, counted=0)
    assert (quote.amount_micros, quote.price) == (35, 21)
    assert charge(quote, members.rule, 0, 3).price == 7


def test_what_costs_something_is_regular() -> None:
    """And what a plain rule gives away is called as the rule says."""
    card = card_of({"when": {"window": "entry"}, "price": 0, "type": "free_entry_point"}, {"price": 0})
    assert [kind_of(rule, 0) for rule in card.rules] == ["free_entry_point", "regular"]
    assert kind_of(card.rules[0], 1) == "regular"
