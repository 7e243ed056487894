"""Estimates: what a campaign would cost, equal to charging it message by message."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from takt.core.estimate import Lot, counters_of, estimate
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


def test_a_billion_messages_are_estimated_at_once() -> None:
    (one,) = estimate(card_of([9, 1], 5), [Lot("utility", "DE", "closed", "template", 10**9)], {}, "1").lots
    assert one.expected_micros == 45 + 10**9 - 5
