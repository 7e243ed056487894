"""Estimates: what a campaign would cost, equal to charging it message by message."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from takt.core.estimate import MESSAGES_MAX, Lot, counters_of, estimate
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard


def card_of(prices: list[int], width: int) -> RateCard:
    steps = [[place * width, price] for place, price in enumerate(prices)]
    rules: list[dict[str, Any]] = [
        {"when": {"bid": True, "category": "marketing"}, "max_price": {"floor": 2, "list": 8}},
        {"when": {"category": "marketing"}, "price": 8},
        {"when": {"category": "service"}, "conversation": {"name": "talk", "price": 5}},
        {"tiers": {"counter": "n", "steps": steps}},
    ]
    counters = {"n": {"scope": "contract", "by": "market"}}
    return parse_card({"card": "c", "currency": "EUR", "counters": counters, "rules": rules}, 1, {})


LOTS = st.lists(
    st.tuples(st.sampled_from(["utility", "marketing", "authentication"]), st.sampled_from(["DE", "FR"]), st.integers(1, 9)),
    min_size=1, max_size=5,
)  # fmt: skip


@given(
    prices=st.lists(st.integers(0, 9), min_size=1, max_size=4), width=st.integers(1, 4), wanted=LOTS,
    counted=st.integers(0, 9),
)  # fmt: skip
def test_the_expected_cost_is_that_of_each_message(
    prices: list[int], width: int, wanted: list[tuple[str, str, int]], counted: int
) -> None:
    """Lot after lot, each message at its place in its count; between the least and the most that it can cost."""
    card = card_of(prices, width)
    lots = [Lot(category, region, "closed", "template", count) for category, region, count in wanted]
    counts = {"n/DE": counted}
    assert counters_of(card, lots, "1") <= {"n/DE", "n/FR"}
    found = estimate(card, lots, counts, "1")
    reached = dict(counts)
    for one in found.lots:
        cost, steps = 0, []
        for _ in range(one.lot.count):
            if one.counter:
                key = f"n/{one.lot.region}"
                place = reached.get(key, 0)
                price, reached[key] = prices[min(place // width, len(prices) - 1)], place + 1
            else:
                price = 8
            cost += price
            steps.append(price)
        assert one.least_micros <= one.expected_micros == cost <= one.most_micros
        assert [price for count, price in one.steps for _ in range(count)] == steps
    assert found.most_micros == sum(one.most_micros for one in found.lots)


def test_bids_and_conversations_have_a_range() -> None:
    lots = [
        Lot("marketing", "DE", "closed", "template", 10, 6), Lot("marketing", "DE", "closed", "template", 10, 9),
        Lot("service", "DE", "open", "free", 3),
    ]  # fmt: skip
    found = estimate(card_of([1], 1), lots, {}, "1")
    assert [(one.least_micros, one.expected_micros, one.most_micros) for one in found.lots] == [
        (20, 60, 60), (20, 80, 90), (0, 15, 15),
    ]  # fmt: skip


def test_an_estimate_names_its_card_and_counts_only_what_is_counted() -> None:
    plain, counted = Lot("marketing", "DE", "closed", "template", 4), Lot("utility", "DE", "closed", "template", 4)
    found = estimate(card_of([1], 1), [plain, counted] * 2, {}, "1")
    assert (found.card, found.version, found.currency) == ("c", 1, "EUR")
    assert [(one.counter, one.counted_before) for one in found.lots] == [("", 0), ("n", 0), ("", 0), ("n", 4)]


def test_the_rule_is_that_of_a_message_with_its_window_and_form_with_or_without_a_bid() -> None:
    rules: list[dict[str, Any]] = [
        {"when": {"unit": "token"}, "price": 1}, {"when": {"unit": "message", "window": "open", "form": "free"}, "price": 7},
        {"price": 9},
    ]  # fmt: skip
    card = parse_card({"card": "c", "currency": "EUR", "units": ["message", "token"], "rules": rules}, 1, {})
    lots = [
        Lot("service", "DE", "open", "free", 1), Lot("service", "DE", "open", "free", 1, 5),
        Lot("service", "DE", "closed", "free", 1, 5),
    ]  # fmt: skip
    assert [one.expected_micros for one in estimate(card, lots, {}, "1").lots] == [7, 7, 9]


def test_a_billion_messages_are_estimated_at_once() -> None:
    assert MESSAGES_MAX == 1_000_000_000
    (one,) = estimate(card_of([9, 1], 5), [Lot("utility", "DE", "closed", "template", MESSAGES_MAX)], {}, "1").lots
    assert one.expected_micros == 1_000_000_040
