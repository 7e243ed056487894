"""A month as it would have cost under another rate card: from what was delivered, by the card's rules alone.

Most prices need the number of messages of a kind, not the messages: those with one price, and counts through which one
row of steps leads. Where rules with different steps share a count, or where conversations are priced, the order decides,
and those messages are gone through one by one. Holds are not asked: nobody promised these prices to anybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from takt.core.closing import Month, Stretch, charges, commitment_of
from takt.core.rating import Line, RateCard, find
from takt.core.tariff import Tariff
from takt.core.terms import true_up_micros
from takt.core.value import value

LITE: Final = "marketing_lite"
HOUR_US: Final = 3_600_000_000


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


def ordered(card: RateCard, sorts: Iterable[Sort]) -> set[Sort]:
    """The sorts whose cost rests on the order in which their messages were delivered; of others the number is enough.

    Those are conversations, and what shares a count with them or with another price. What each category costs rests on
    the order, too, where several share a count; that matters only for a commitment.
    """
    found: set[Sort] = set()
    counting: dict[str, list[tuple[Sort, object]]] = {}
    for sort in sorts:
        line = line_of(card, sort)
        key, talk = _count_of(line, sort), line.rule.conversation
        if key is not None:
            told = (line.rule.tariff, talk, sort.category if card.terms.commitment is not None else "")
            counting.setdefault(key, []).append((sort, told))
        elif talk is not None:
            found.add(sort)
    for sharing in counting.values():
        if len({told for _, told in sharing}) > 1 or line_of(card, sharing[0][0]).rule.conversation is not None:
            found.update(sort for sort, _ in sharing)
    return found


def total(card: RateCard, counts: Mapping[Sort, int]) -> dict[str, int]:
    """What so many messages of each kind cost in a month, by category, in micro-units; their order must not matter.

    Where categories share a count each pays for its places as if it came after the ones before it in the alphabet.
    """
    found: dict[str, int] = {}
    reached: dict[str, int] = {}
    for sort, units in sorted(counts.items(), key=lambda one: one[0].category):
        line = line_of(card, sort)
        key = _count_of(line, sort)
        if key is None:
            cost = line.rule.tariff.prices[0] * units
        else:
            before = reached.get(key, 0)
            reached[key] = before + units
            cost = line.rule.tariff.cost(before, units)
        found[sort.category] = found.get(sort.category, 0) + cost
    return found


Open = dict[bytes, int]
"""Until when somebody's conversation is open, by who it is."""
UNKNOWN: Final = bytes(16)
"""Somebody who was erased: each message went to somebody of their own."""


@dataclass(slots=True, eq=False)
class Price:
    """What the card says of one sort of message, looked up once, and what its messages came to so far.

    A message rides in whatever is open of `rides`; else it opens a conversation in `opens`, for `lasts_us`.
    """

    sort: Sort
    tariff: Tariff
    count: str | None
    rides: tuple[Open, ...] = ()
    opens: Open | None = None
    lasts_us: int = 0
    micros: int = 0


@dataclass(slots=True)
class Till:
    """Goes through messages in the order of their delivery and keeps what they cost by category."""

    card: RateCard
    _prices: dict[Sort, Price] = field(default_factory=dict)
    _reached: dict[str, int] = field(default_factory=dict)
    _open: dict[tuple[str, str], Open] = field(default_factory=dict)

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
            found = self._prices[sort] = self._priced(sort)
        return found

    def take(
        self, prices: Mapping[str, Price | None], messages: Iterable[tuple[tuple[int, object, bytes], str]]
    ) -> None:
        """Take the next messages, as far as they have a price.

        Each is when it was delivered, in microseconds of any clock, its id, who it went to; and the name of its price.
        """
        for (at, _, to), named in messages:
            price = prices[named]
            if price is None:
                continue
            if price.opens is not None and to != UNKNOWN:
                for talks in price.rides:
                    if at < talks.get(to, at):
                        break
                else:
                    price.opens[to] = at + price.lasts_us
                    self._charge(price)
            else:
                self._charge(price)

    def _priced(self, sort: Sort) -> Price:
        line = line_of(self.card, sort)
        price, talk = Price(sort, line.rule.tariff, _count_of(line, sort)), line.rule.conversation
        if talk is not None:
            price.rides = tuple(self._open.setdefault((sort.sender_id, name), {}) for name in talk.rides)
            price.opens = self._open.setdefault((sort.sender_id, talk.name), {})
            price.lasts_us = talk.hours * HOUR_US
        return price

    def _charge(self, price: Price) -> None:
        if price.count is None:
            price.micros += price.tariff.prices[0]
            return
        before = self._reached.get(price.count, 0)
        self._reached[price.count] = before + 1
        price.micros += price.tariff.cost(before)


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
