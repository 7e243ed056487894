"""A month under another card: by numbers where that is enough, one by one where the order decides; both agree."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt import cards
from takt.core.closing import Stretch
from takt.core.markets import is_table, parse_table
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.tariff import tariff
from takt.core.terms import Commitment, Fee, Terms
from takt.core.what_if import HOUR_US, UNKNOWN, Bill, Effect, Sort, Till, bill, ordered, total

TABLES = {one.name: one for one in map(parse_table, filter(is_table, map(cards.document, cards.names())))}
SHIPPED = [parse_card(one, 1, TABLES) for one in map(cards.document, cards.names()) if not is_table(one)]
SORTS = st.builds(
    Sort,
    category=st.sampled_from(["service", "utility", "marketing", "marketing_lite", "authentication"]),
    region=st.sampled_from(["DE", "AT", "BR"]),
    window=st.sampled_from(["closed", "open", "entry"]),
    form=st.sampled_from(["template", "free"]),
    sender_id=st.sampled_from(["1", "2"]),
)


def card_of(*rules: dict[str, Any], **more: Any) -> RateCard:
    return parse_card({"card": "c", "currency": "EUR", "rules": list(rules), **more}, 1, {})


def taken(till: Till, messages: list[tuple[Sort, int, int]]) -> list[int]:
    """What each of these messages costs, to whom and after how many hours."""
    costs = []
    for sort, to, hours in messages:
        before = sum(till.micros.values())
        till.take({"": till.price_of(sort)}, [((hours * HOUR_US, b"", to.to_bytes(16, "big")), "")])
        costs.append(sum(till.micros.values()) - before)
    return costs


@given(card=st.sampled_from(SHIPPED), sorts=st.lists(SORTS, max_size=40))
def test_numbers_and_messages_come_to_the_same(card: RateCard, sorts: list[Sort]) -> None:
    """For every card that comes along, in whatever order: the number is enough for all that need not be gone through."""
    one_by_one = ordered(card, sorts)
    messages = [(sort, 1 + place % 3, place) for place, sort in enumerate(sorts)]
    every, some = Till(card), Till(card)
    taken(every, messages)
    taken(some, [one for one in messages if one[0] in one_by_one])
    rest = total(card, {sort: sorts.count(sort) for sort in sorts if sort not in one_by_one})
    assert sum(rest.values()) + sum(some.micros.values()) == sum(every.micros.values())


def test_rules_with_other_steps_in_one_count_depend_on_the_order() -> None:
    card = card_of(
        {"when": {"category": "utility"}, "tiers": {"counter": "n", "steps": [[0, 50], [1, 40]]}},
        {"tiers": {"counter": "n", "steps": [[0, 9], [1, 1]]}},
        counters={"n": {"scope": "contract"}},
    )
    one, two = Sort("utility", "DE", "closed", "template", "1"), Sort("marketing", "DE", "closed", "template", "1")
    assert ordered(card, [one, two]) == {one, two}
    assert not ordered(card, [one])
    assert total(card, {one: 3}) == {"utility": tariff([(0, 50), (1, 40)]).total(3)}
    assert taken(Till(card), [(sort, 1, 0) for sort in (two, one, two)]) == [9, 40, 1]


def test_what_shares_a_count_with_conversations_depends_on_the_order_and_nothing_else_does() -> None:
    steps = {"tiers": {"counter": "n", "steps": [[0, 9], [1, 1]]}}
    card = card_of(
        {"when": {"category": "service"}, "conversation": {"name": "talk", **steps}},
        {"when": {"category": "utility"}, **steps},
        {"price": 3},
        counters={"n": {"scope": "contract"}},
    )
    service, utility, marketing = (
        Sort(category, "DE", "closed", "template", "1") for category in ("service", "utility", "marketing")
    )
    assert ordered(card, [service, utility, marketing]) == {service, utility}
    assert ordered(card, [service]) == {service}
    assert ordered(card, [utility, marketing]) == set()
    assert taken(Till(card), [(service, 1, 0), (utility, 1, 1), (service, 1, 2), (service, 2, 3)]) == [9, 1, 0, 1]


@pytest.mark.parametrize(
    ("sort", "price"),
    [
        (Sort("service", "DE", "open", "free", "1"), 1),
        (Sort("service", "AT", "open", "free", "1"), 9),
        (Sort("marketing", "AT", "open", "free", "1"), 5),
        (Sort("marketing_lite", "AT", "open", "free", "1"), 5),
    ],
)
def test_a_message_is_priced_by_all_that_is_known_of_it(sort: Sort, price: int) -> None:
    card = card_of(
        {"when": {"market": "DE", "window": "open", "form": "free"}, "price": 1},
        {"when": {"category": "marketing"}, "price": 5},
        {"price": 9},
    )
    assert total(card, {sort: 3}) == {sort.category: 3 * price}
    assert Till(card).price_of(sort).lasts_us == 0
    assert taken(Till(card), [(sort, 1, 0)]) == [price]


def test_counts_are_shared_and_paid_for_in_the_order_of_the_alphabet() -> None:
    card = card_of(
        {"tiers": {"counter": "n", "steps": [[0, 9], [2, 1]]}}, counters={"n": {"scope": "contract", "by": "market"}}
    )
    utility, service = (Sort(category, "DE", "closed", "template", "1") for category in ("utility", "service"))
    abroad, other = Sort("utility", "AT", "closed", "template", "1"), Sort("utility", "DE", "closed", "template", "2")
    assert total(card, {utility: 2, service: 1, abroad: 1, other: 1}) == {"service": 9, "utility": 9 + 1 + 9 + 1}
    assert taken(Till(card), [(one, 1, 0) for one in (utility, abroad, other, other, abroad, service)]) == [
        9,
        9,
        9,
        1,
        9,
        1,
    ]


COMMITTED = {"commitment": {"amount": 100, "eligible": ["utility"]}}


def test_for_a_commitment_the_order_decides_what_each_category_cost() -> None:
    sorts = [Sort(category, "DE", "closed", "template", "1") for category in ("utility", "marketing")]
    tiers = {"tiers": {"counter": "n", "steps": [[0, 9], [1, 1]]}}
    counters = {"n": {"scope": "contract"}}
    assert ordered(card_of(tiers, counters=counters), sorts) == set()
    assert ordered(card_of(tiers, counters=counters, **COMMITTED), sorts) == set(sorts)
    assert ordered(card_of(tiers, counters=counters, **COMMITTED), sorts[:1]) == set()


def test_what_shares_a_count_with_another_conversation_depends_on_the_order() -> None:
    steps = {"tiers": {"counter": "n", "steps": [[0, 9], [1, 1]]}}
    card = card_of(
        {"when": {"category": "service"}, **steps},
        {"when": {"category": "utility"}, "conversation": {"name": "talk", **steps}},
        {"price": 3},
        counters={"n": {"scope": "contract"}},
    )
    sorts = [Sort(category, "DE", "closed", "template", "1") for category in ("service", "utility")]
    assert ordered(card, sorts) == set(sorts)


def test_a_message_without_a_price_is_passed_over_and_the_next_one_is_not() -> None:
    card = card_of({"price": 3})
    till, price = Till(card), Till(card).price_of(Sort("utility", "DE", "closed", "template", "1"))
    till.take({"a": None, "b": price}, [((0, b"", UNKNOWN), "a"), ((1, b"", UNKNOWN), "b")])
    assert price.micros == 3


NOVEMBER = date(2026, 11, 1)


def bill_of(fees: int, commitment: int | None, messages: dict[str, int]) -> Bill:
    """A month of one contract with a fee for each of two senders."""
    asked = None if commitment is None else Commitment(commitment, frozenset(["utility"]))
    terms = Terms((Fee("seat", "sender", fees),), asked)
    part = Stretch(NOVEMBER, date(2026, 12, 1), "c", 1, terms)
    return bill(NOVEMBER, [part], [NOVEMBER, NOVEMBER], messages)


def test_a_bill_is_messages_fees_and_what_a_commitment_asks_for() -> None:
    messages = {"utility": 30, "marketing": 500}
    assert bill_of(7, None, messages) == Bill(messages, 14, 0)
    assert bill_of(7, 100, messages) == Bill(messages, 14, 70)
    assert bill_of(7, 100, messages).micros == 530 + 14 + 70


def test_what_a_card_in_another_currency_would_have_meant_is_not_said() -> None:
    before, after = bill_of(7, 100, {"utility": 30}), bill_of(7, None, {"utility": 1})
    assert Effect("", "", "EUR", 1, before, after).more_micros == 15 - 114
    assert Effect("", "", "EUR", 1, before, None).more_micros == 0


def test_an_hour_is_3600_seconds_and_a_conversation_ends_with_its_last() -> None:
    card = card_of({"conversation": {"name": "talk", "hours": 1, "price": 7}})
    till, sort = Till(card), Sort("service", "DE", "closed", "template", "1")
    price, to = till.price_of(sort), bytes([1]) * 16
    till.take({"": price}, [((at, b"", to), "") for at in (0, 3_599_999_999)])
    assert price.micros == 7
    till.take({"": price}, [((3_600_000_000, b"", to), "")])
    assert price.micros == 14


def test_a_conversation_is_paid_once_for_each_person_and_sender() -> None:
    card = card_of(
        {"when": {"category": "service"}, "conversation": {"name": "talk", "hours": 24, "price": 7}},
        {"when": {"category": "marketing"}, "conversation": {"name": "ad", "rides": ["talk"], "price": 50}},
        {"price": 3},
    )
    till, nobody = Till(card), int.from_bytes(UNKNOWN, "big")

    def take(category: str, to: int, hours: int, sender: str = "1") -> int:
        return taken(till, [(Sort(category, "DE", "closed", "template", sender), to, hours)])[0]

    assert [take("service", 1, 0), take("marketing", 1, 23), take("marketing", 1, 24), take("marketing", 2, 24)] == [
        7, 0, 50, 50,
    ]  # fmt: skip
    assert [take("service", 1, 1, "2"), take("service", nobody, 1), take("service", nobody, 1)] == [7, 7, 7]
    assert take("utility", 1, 25) == 3
