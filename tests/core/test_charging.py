"""Charging delivered messages: counts without hole or repeat, one payer a conversation, sums that no order changes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from takt.core import charging, rating
from takt.core.charging import CountKey, Due, Opening, Pair
from takt.core.rate_card import parse_card
from takt.core.rating import Conversation, Quote, RateCard, Rule
from takt.core.tariff import flat

START = datetime(2026, 11, 1, tzinfo=UTC)
CONTRACT = UUID(int=9)
PEOPLE = [UUID(int=number) for number in range(1, 4)]


def card_of(prices: list[int], width: int) -> RateCard:
    """Utility by steps that rise or fall, marketing by conversation in a count of its own, the rest at a price."""
    steps = [[place * width, price] for place, price in enumerate(prices)]
    document: dict[str, Any] = {
        "card": "c",
        "currency": "EUR",
        "counters": {name: {"scope": "contract"} for name in ("utility", "talks")},
        "rules": [
            {"when": {"category": "utility"}, "tiers": {"counter": "utility", "steps": steps}},
            {
                "when": {"category": "marketing"},
                "conversation": {"name": "marketing", "tiers": {"counter": "talks", "steps": [[0, 0], [2, 7]]}},
            },
            {"when": {"category": "service"}, "conversation": {"name": "talk", "rides": ["marketing"], "price": 5}},
            {"price": 3},
        ],
    }
    return parse_card(document, 1, {})


@dataclass
class Books:
    """What is remembered between batches, and what was charged."""

    card: RateCard
    counts: dict[CountKey, int] = field(default_factory=dict)
    talks: dict[tuple[Pair, str], Opening] = field(default_factory=dict)
    charged: dict[UUID, Quote] = field(default_factory=dict)
    openings: list[Opening] = field(default_factory=list)

    def accept(self, number: int, category: str, person: int, *, broke: bool = False) -> Due:
        """A message is accepted by the counts of this moment; `broke`: on its allowance alone, where it has one."""
        line = rating.find(self.card, category, "DE", "closed", "template")
        counter = line.rule.counter
        key = CountKey(0, CONTRACT, counter.key(line.market, "1"), date(2026, 11, 1)) if counter else None
        quote = line.quote(self.counts.get(key, 0) if key else 0)
        if broke and quote.price == 0:
            quote = replace(quote, amount_micros=0)
        return Due(UUID(int=1000 + number), (PEOPLE[person], "1"), quote, line.rule, key)

    def deliver(self, dues: list[Due], now: datetime) -> None:
        """A batch of receipts: what was charged already stays."""
        fresh = list({due.message_id: due for due in dues if due.message_id not in self.charged}.values())
        opened, riding = charging.converse(fresh, self.talks, now)
        self.openings += opened
        self.talks |= {(one.pair, one.name): one for one in opened}
        added = charging.counted(fresh, riding)
        before = {key: self.counts.get(key, 0) for key in added}
        self.charged |= charging.charges(fresh, riding, before)
        self.counts |= {key: before[key] + count for key, count in added.items()}


MESSAGE = st.tuples(st.sampled_from(["utility", "marketing", "service", "authentication"]), st.integers(0, 2))
PRICES = st.lists(st.integers(0, 9), min_size=1, max_size=4)


@given(
    prices=PRICES, width=st.integers(1, 3), messages=st.lists(MESSAGE, max_size=14), cuts=st.lists(st.integers(1, 5)),
    shuffle=st.randoms(use_true_random=False), broke=st.booleans(),
)  # fmt: skip
def test_no_order_and_no_repetition_of_receipts_changes_what_is_charged(
    prices: list[int], width: int, messages: list[tuple[str, int]], cuts: list[int], shuffle: Any, *, broke: bool
) -> None:
    """Invariants 5, 8, 10, 11 and 15, with receipts shuffled, doubled, and bundled in any way."""
    books = Books(card_of(prices, width))
    dues = [books.accept(number, *message, broke=broke) for number, message in enumerate(messages)]
    receipts = dues + shuffle.sample(dues, len(dues) // 2)
    shuffle.shuffle(receipts)
    at = START
    while receipts:
        size = cuts.pop() if cuts else 1
        books.deliver(receipts[:size], at)
        receipts, at = receipts[size:], at + timedelta(minutes=1)
    assert books.charged.keys() == {due.message_id for due in dues}
    assert all(books.charged[due.message_id].price <= due.quote.amount_micros for due in dues)
    for name, rule in (("utility", 0), ("talks", 1)):
        counted = [one for one in books.charged.values() if one.counter == name and one.ordinal]
        assert sorted(one.ordinal for one in counted) == list(range(1, len(counted) + 1))
        assert sum(n for key, n in books.counts.items() if key.key == name) == len(counted)
        total = books.card.rules[rule].tariff.total(len(counted))
        assert sum(one.price + one.forgone_micros for one in counted) == total
    openers = {one.message_id for one in books.openings}
    for due in dues:
        if due.rule.conversation is not None:
            payer = books.charged[due.message_id].paid_by
            assert (due.message_id in openers) != bool(payer)
            assert not payer or UUID(payer) in openers
    assert len(openers) == len({(one.pair, one.name) for one in books.openings}), "one payer a person and conversation"


@given(messages=st.lists(MESSAGE, max_size=10), gaps=st.lists(st.integers(0, 30), min_size=10, max_size=10))
def test_each_conversation_has_one_payer_at_any_time(messages: list[tuple[str, int]], gaps: list[int]) -> None:
    """Invariant 15 over days: within its hours nobody else pays, after them the next one does."""
    books, at = Books(card_of([1], 1)), START
    for number, (message, gap) in enumerate(zip(messages, gaps, strict=False)):
        at += timedelta(hours=gap)
        due = books.accept(number, *message)
        standing = [books.talks.get((due.pair, name)) for name in ("marketing", "talk")]
        books.deliver([due], at)
        talk = due.rule.conversation
        if talk is None:
            continue
        open_ones = [one for one in standing if one is not None and one.name in talk.rides and at < one.until]
        assert (books.charged[due.message_id].paid_by != "") == bool(open_ones)
    for one in books.openings:
        others = [two for two in books.openings if two is not one and (two.pair, two.name) == (one.pair, one.name)]
        assert not [two for two in others if one.opened_at <= two.opened_at < one.until]


def test_a_batch_counts_in_the_order_of_its_messages() -> None:
    """The third of a batch is charged as the third."""
    books = Books(card_of([9, 4], 2))
    books.deliver([books.accept(number, "utility", 0) for number in range(3)], START)
    assert [one.price for one in books.charged.values()] == [9, 9, 4]
    assert [(one.ordinal, one.tier) for one in books.charged.values()] == [(1, "0:2"), (2, "0:2"), (3, "3:MAX")]


def test_counts_are_kept_apart_by_market_and_sender() -> None:
    """A count of a sender is not that of the contract, and one by market not that of all."""
    whole, own = rating.Counter("a", "contract", by_market=True), rating.Counter("a", "sender")
    assert [whole.key("DE", "1"), own.key("DE", "1"), rating.Counter("a", "contract").key("DE", "1")] == [
        "a/DE", "a:1", "a",
    ]  # fmt: skip


def test_of_several_open_conversations_the_first_by_name_pays_and_none_that_is_over() -> None:
    pair, begun = (UUID(int=1), "s"), datetime(2026, 11, 1, tzinfo=UTC)
    names = [f"talk_{letter}" for letter in "fdbeca"]
    standing = {
        (pair, name): Opening(pair, name, begun, begun + timedelta(hours=24), UUID(int=place))
        for place, name in enumerate(names)
    }
    rule = Rule(flat(5), "regular", conversation=Conversation("talk_f", 24, frozenset(names)))
    last = begun + timedelta(hours=24) - timedelta(microseconds=1)
    assert charging.riding_in(rule, pair, standing, last) == standing[pair, "talk_a"]
    assert charging.riding_in(rule, pair, standing, begun + timedelta(hours=24)) is None
