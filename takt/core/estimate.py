"""What a campaign would cost before it starts: from the counts as they are, through the steps that it would cross.

Worked out by totals, not message by message, so that a million takes no longer than one.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from takt.core.rating import Line, RateCard, clearing, find, line_of
from takt.core.value import value

MESSAGES_MAX: Final = 10**9


@value
class Lot:
    """So many messages that are priced alike; `region` is the country of the numbers, `bid_micros` the most for each."""

    category: str
    region: str
    window: str
    form: str
    count: int
    bid_micros: int | None = None


@value
class Estimated:
    """What a lot would cost if all of it is delivered; what is not costs nothing.

    Least: if other traffic reached the cheapest steps first, or conversations are open already. Expected: from the
    counts as they are. Most: what has to be there for it. `steps` are how many messages come at which price.
    """

    lot: Lot
    market: str
    rule: int
    least_micros: int
    expected_micros: int
    most_micros: int
    counter: str
    counted_before: int
    steps: tuple[tuple[int, int], ...]


@value
class Estimate:
    """All lots of a campaign by one version of a card."""

    card: str
    version: int
    currency: str
    lots: tuple[Estimated, ...]

    @property
    def most_micros(self) -> int:
        """The most that the campaign can cost."""
        return sum(one.most_micros for one in self.lots)


def counters_of(card: RateCard, lots: Sequence[Lot], sender_id: str) -> set[str]:
    """The keys of the counts that an estimate rests on."""
    lines = [_line(card, lot) for lot in lots]
    return {line.rule.counter.key(line.market, sender_id) for line in lines if line.rule.counter is not None}


def estimate(card: RateCard, lots: Sequence[Lot], counts: Mapping[str, int], sender_id: str) -> Estimate:
    """The cost of these lots, one after the other; `counts` are this month's so far, by key."""
    reached = dict(counts)
    found: list[Estimated] = []
    for lot in lots:
        line = _line(card, lot)
        counter = line.rule.counter
        key = counter.key(line.market, sender_id) if counter is not None else ""
        before = reached.get(key, 0) if key else 0
        found.append(_estimated(lot, line, before))
        if key:
            reached[key] = before + lot.count
    return Estimate(card.card, card.version, card.currency, tuple(found))


def _line(card: RateCard, lot: Lot) -> Line:
    if lot.bid_micros is None:
        return find(card, lot.category, lot.region, lot.window, lot.form)
    market = card.market(lot.region)
    return line_of(card, (lot.category, market, lot.window, lot.form, "message", True), lot.region)


def _estimated(lot: Lot, line: Line, before: int) -> Estimated:
    rule, tariff = line.rule, line.rule.tariff
    if rule.bid_floor is not None and lot.bid_micros is not None:
        price = clearing(rule, lot.bid_micros)
        least, expected, most = min(rule.bid_floor, lot.bid_micros), price, lot.bid_micros
        costs = (least * lot.count, expected * lot.count, most * lot.count)
        steps: tuple[tuple[int, int], ...] = ((lot.count, price),)
    else:
        least = 0 if rule.conversation is not None else tariff.floors[tariff.step(before)] * lot.count
        costs = (least, tariff.cost(before, lot.count), tariff.dearest * lot.count)
        steps = _steps(line, before, lot.count)
    counter = rule.counter.name if rule.counter is not None else ""
    return Estimated(lot, line.market, line.index, *costs, counter, before, steps)


def _steps(line: Line, before: int, count: int) -> tuple[tuple[int, int], ...]:
    """How many messages fall into each step, with its price."""
    tariff = line.rule.tariff
    found: list[tuple[int, int]] = []
    left, at = count, before
    while left > 0:
        step = tariff.step(at)
        last = tariff.end(step)
        taken = left if last is None else min(left, last - at)
        found.append((taken, tariff.prices[step]))
        left, at = left - taken, at + taken
    return tuple(found)
