"""A month under another card: by numbers where that is enough, one by one where the order decides; both agree."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from takt import cards
from takt.core.markets import is_table, parse_table
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.core.tariff import tariff
from takt.core.what_if import HOUR_US, UNKNOWN, Sort, Till, ordered, total

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
