"""A month under another card: by numbers where that is enough, one by one where the order decides; both agree."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from takt import cards
from takt.core.markets import is_table, parse_table
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.tariff import tariff
from takt.core.what_if import Sort, Till, is_ordered, total

START = datetime(2026, 11, 1, tzinfo=UTC)
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


@given(card=st.sampled_from(SHIPPED), sorts=st.lists(SORTS, max_size=40))
def test_numbers_and_messages_come_to_the_same(card: RateCard, sorts: list[Sort]) -> None:
    """For every card that comes along, in whatever order, as long as the card says that it does not matter."""
    if is_ordered(card, sorts):
        return
    till = Till(card)
    for place, sort in enumerate(sorts):
        till.take(till.price_of(sort), place % 3, START + timedelta(minutes=place))
    counts = {sort: sorts.count(sort) for sort in sorts}
    assert sum(total(card, counts).values()) == sum(till.micros.values())


def test_rules_with_other_steps_in_one_count_depend_on_the_order() -> None:
    card = card_of(
        {"when": {"category": "utility"}, "tiers": {"counter": "n", "steps": [[0, 50], [1, 40]]}},
        {"tiers": {"counter": "n", "steps": [[0, 9], [1, 1]]}},
        counters={"n": {"scope": "contract"}},
    )
    one, two = Sort("utility", "DE", "closed", "template", "1"), Sort("marketing", "DE", "closed", "template", "1")
    assert is_ordered(card, [one, two])
    assert not is_ordered(card, [one])
    assert total(card, {one: 3}) == {"utility": tariff([(0, 50), (1, 40)]).total(3)}
    till = Till(card)
    assert [till.take(till.price_of(sort), 1, START) for sort in (two, one, two)] == [9, 40, 1]


def test_a_conversation_is_paid_once_for_each_person_and_sender() -> None:
    card = card_of(
        {"when": {"category": "service"}, "conversation": {"name": "talk", "hours": 24, "price": 7}},
        {"when": {"category": "marketing"}, "conversation": {"name": "ad", "rides": ["talk"], "price": 50}},
        {"price": 3},
    )
    till = Till(card)

    def take(category: str, to: object, hours: int, sender: str = "1") -> int:
        at = START + timedelta(hours=hours)
        return till.take(till.price_of(Sort(category, "DE", "closed", "template", sender)), to, at)

    assert [take("service", 1, 0), take("marketing", 1, 23), take("marketing", 1, 24), take("marketing", 2, 24)] == [
        7, 0, 50, 50,
    ]  # fmt: skip
    assert [take("service", 1, 1, "2"), take("service", None, 1), take("service", None, 1)] == [7, 7, 7]
    assert take("utility", 1, 25) == 3
