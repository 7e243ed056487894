"""A month as it would have cost under another rate card: from what was delivered, by the card's rules alone.

Most prices need the number of messages of a kind, not the messages: those with one price, and counts through which one
row of steps leads. Where rules with different steps share a count, or where conversations are priced, the order decides,
and the messages are gone through one by one. Holds are not asked: nobody promised these prices to anybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from takt.core.closing import Month, Stretch, charges, commitment_of
from takt.core.rating import Conversation, Line, RateCard, find
from takt.core.tariff import Tariff
from takt.core.terms import true_up_micros
from takt.core.value import value

LITE: Final = "marketing_lite"


@value
class Sort:
    """What a price depends on of a message, as its usage tells: kind, country, and by which sender it went out."""

    category: str
    region: str
    window: str
    form: str
    sender_id: str


def line_of(card: RateCard, sort: Sort) -> Line:
    """The line of the card for such a message."""
    category = "marketing" if sort.category == LITE else sort.category
    return find(card, category, sort.region, sort.window, sort.form)


def is_ordered(card: RateCard, sorts: Iterable[Sort]) -> bool:
    """Whether the cost of these messages rests on their order.

    What each category costs does so where several share a count; that matters only for a commitment.
    """
    steps: dict[str, object] = {}
    for sort in sorts:
        line = line_of(card, sort)
        if line.rule.conversation is not None:
            return True
        key = _count_of(line, sort)
        counted = (line.rule.tariff, sort.category if card.terms.commitment is not None else "")
        if key is not None and steps.setdefault(key, counted) != counted:
            return True
    return False


def total(card: RateCard, counts: Mapping[Sort, int]) -> dict[str, int]:
    """What so many messages of each kind cost in a month, by category, in micro-units; their order must not matter.

    Where categories share a count each pays for its places as if it came after the ones before it in the alphabet.
    """
    found: dict[str, int] = {}
    reached: dict[str, int] = {}
    for sort, units in sorted(counts.items(), key=lambda one: (one[0].category, one[0].sender_id, one[0].region)):
        line = line_of(card, sort)
        key = _count_of(line, sort)
        before = reached.get(key, 0) if key is not None else 0
        if key is not None:
            reached[key] = before + units
            cost = line.rule.tariff.cost(before, units)
        else:
            cost = line.rule.tariff.prices[0] * units
        found[sort.category] = found.get(sort.category, 0) + cost
    return found


@dataclass(slots=True, eq=False)
class Price:
    """What the card says of one sort of message, looked up once, and what its messages came to so far."""

    sort: Sort
    talk: Conversation | None
    tariff: Tariff
    count: str | None
    micros: int = 0


@dataclass(slots=True)
class Till:
    """Goes through messages in the order of their delivery and keeps what they cost by category."""

    card: RateCard
    _prices: dict[Sort, Price] = field(default_factory=dict)
    _reached: dict[str, int] = field(default_factory=dict)
    _open: dict[tuple[object, str, str], datetime] = field(default_factory=dict)

    @property
    def micros(self) -> dict[str, int]:
        """What each category that was taken came to, in micro-units."""
        found: dict[str, int] = {}
        for price in self._prices.values():
            found[price.sort.category] = found.get(price.sort.category, 0) + price.micros
        return found

    def price_of(self, sort: Sort) -> Price:
        """The price of a sort, to take many messages by."""
        found = self._prices.get(sort)
        if found is None:
            line = line_of(self.card, sort)
            found = Price(sort, line.rule.conversation, line.rule.tariff, _count_of(line, sort))
            self._prices[sort] = found
        return found

    def take(self, price: Price, to: object, at: datetime) -> int:
        """What the next message costs; `to` tells the people of a sender apart, and is None for one unknown."""
        if price.talk is not None and to is not None and self._rides(price.talk, price.sort.sender_id, to, at):
            return 0
        cost = self._charge(price)
        price.micros += cost
        return cost

    def _rides(self, talk: Conversation, sender: str, to: object, at: datetime) -> bool:
        """Whether a conversation is open that the message belongs to; else it opens its own."""
        for name in talk.rides:
            until = self._open.get((to, sender, name))
            if until is not None and at < until:
                return True
        self._open[to, sender, talk.name] = at + timedelta(hours=talk.hours)
        return False

    def _charge(self, price: Price) -> int:
        if price.count is None:
            return price.tariff.prices[0]
        before = self._reached.get(price.count, 0)
        self._reached[price.count] = before + 1
        return price.tariff.cost(before)


def _count_of(line: Line, sort: Sort) -> str | None:
    counter = line.rule.counter
    return None if counter is None else counter.key(line.market, sort.sender_id)


@value
class Bill:
    """What a month comes to, in micro-units: messages by category, recurring fees, and what a commitment asks for."""

    messages: Mapping[str, int]
    fees_micros: int
    true_up_micros: int

    @property
    def micros(self) -> int:
        """All of it."""
        return sum(self.messages.values()) + self.fees_micros + self.true_up_micros


@value
class Effect:
    """What another card would have meant for a company's month. `after` is None where it is in another currency."""

    name: str
    wire_id: str
    currency: str
    units: int
    before: Bill
    after: Bill | None

    @property
    def more_micros(self) -> int:
        """How much more it would have paid; below zero: less."""
        return 0 if self.after is None else self.after.micros - self.before.micros


def bill(month: date, parts: Sequence[Stretch], senders: Sequence[date], messages: Mapping[str, int]) -> Bill:
    """The month of a contract whose messages came to so much, by the terms that were valid in it."""
    fees = charges(Month(month, parts, senders, {}, {}, {}, {}))
    asked = commitment_of(parts, month)
    true_up = true_up_micros(asked, dict(messages)) if asked is not None else 0
    return Bill(messages, sum(one.micros for one in fees), true_up)
