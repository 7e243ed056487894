"""Whether a card gives each input exactly one price: the product of all inputs is gone through, every one of it.

Markets that all rules treat alike count as one, so that the product stays small. A gap is an input without a rule; a
shadowed rule is one that no input ever reaches, because earlier ones take all of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce
from itertools import product
from operator import and_, getitem
from typing import Final

from takt.core.document import UnsoundError
from takt.core.rating import CATEGORIES, DIMENSIONS, FORMS, WINDOWS, Cell, RateCard
from takt.core.value import value

ELSEWHERE: Final = "elsewhere"
"""Stands for every country that no rule of a card without a market table names."""
SHOWN_MAX: Final = 12

Box = tuple[AbstractSet[object], ...]
"""Inputs as a box: what each dimension may be."""


@value
class Proof:
    """What is wrong: inputs without a price, and rules without an input, each with those that take it all."""

    gaps: tuple[Box, ...]
    shadowed: Mapping[int, tuple[int, ...]]


def axes(card: RateCard) -> tuple[tuple[object, ...], ...]:
    """What each dimension can be for this card; one that no rule looks at has one value only."""
    named = sorted({str(one) for rule in card.rules for one in rule.when[1] or ()})
    markets = card.table.markets if card.table is not None else (*named, ELSEWHERE)
    with_bids = any(rule.when[5] is not None for rule in card.rules)
    return (CATEGORIES, markets, WINDOWS, FORMS, card.units, (False, True) if with_bids else (False,))


def worlds(card: RateCard) -> list[tuple[str, ...]]:
    """The markets in groups that all rules treat alike."""
    place = DIMENSIONS.index("market")
    alike: dict[int, list[str]] = {}
    for market in axes(card)[place]:
        alike.setdefault(_bits(card, place, market), []).append(str(market))
    return [tuple(markets) for markets in alike.values()]


def cells(card: RateCard, market: str) -> Iterator[Cell]:
    """Every input in a market."""
    sides = axes(card)
    for category, window, form, unit, bid in product(sides[0], *sides[2:]):
        yield str(category), market, str(window), str(form), str(unit), bool(bid)


def prove(card: RateCard) -> Proof:
    """Go through all inputs. Which rules fit one is a number with a bit for each: there are few of these, and many inputs."""
    gaps: list[Box] = []
    met: set[int] = set()
    sides = _fitting(card)
    for markets in worlds(card):
        for cell in cells(card, markets[0]):
            fitting = reduce(and_, map(getitem, sides, cell))
            if fitting:
                met.add(fitting)
            else:
                gaps.append(box(cell, markets))
    reached = {_first(one) for one in met}
    shadowed = {
        index: tuple(sorted({_first(one) for one in met if one >> index & 1}))
        for index in range(len(card.rules))
        if index not in reached
    }
    return Proof(tuple(merge(gaps)), shadowed)


def _fitting(card: RateCard) -> list[Mapping[object, int]]:
    """For each dimension, which rules fit each of its values."""
    return [{one: _bits(card, place, one) for one in side} for place, side in enumerate(axes(card))]


def _bits(card: RateCard, place: int, found: object) -> int:
    """A number with the bit of each rule that fits what is found in a dimension."""
    wanted = [rule.when[place] for rule in card.rules]
    return sum(1 << index for index, some in enumerate(wanted) if some is None or found in some)


def _first(bits: int) -> int:
    """The lowest bit of a number that has one: the first of the rules, which gives the price."""
    return (bits & -bits).bit_length() - 1


def check(card: RateCard) -> None:
    """Raise UnsoundError when the card leaves an input without a price or a rule without effect."""
    proof = prove(card)
    if proof.gaps:
        told = "; ".join(told_of(card, one) for one in proof.gaps[:SHOWN_MAX])
        raise UnsoundError(f"rules: no rule gives a price for {told}")
    for index, by in proof.shadowed.items():
        earlier = ", ".join(f"rules[{one}]" for one in by)
        why = f"{earlier} take all that it would price" if by else "nothing that the card prices fulfils its conditions"
        raise UnsoundError(f"rules[{index}].when: {why}")


def box(cell: Cell, markets: Iterable[str]) -> Box:
    """An input with the markets that it stands for."""
    category, _, *others = cell
    return (frozenset([category]), frozenset(markets), *(frozenset([one]) for one in others))


def merge(boxes: Sequence[Box]) -> list[Box]:
    """The same inputs in fewer boxes: those that differ in one dimension alone become one."""
    found = list(boxes)
    for dimension in reversed(range(len(DIMENSIONS))):
        joined: dict[tuple[object, ...], set[object]] = {}
        for one in found:
            key = (*one[:dimension], *one[dimension + 1 :])
            joined.setdefault(key, set()).update(one[dimension])
        found = [
            (*key[:dimension], frozenset(values), *key[dimension:])  # type: ignore[arg-type]
            for key, values in joined.items()
        ]
    return found


def told_of(card: RateCard, one: Box) -> str:
    """A box in words; what may be anything is left out."""
    words = []
    for name, side, values in zip(DIMENSIONS, axes(card), one, strict=True):
        if len(values) < len(side):
            shown = sorted("yes" if found is True else "no" if found is False else str(found) for found in values)
            more = f" and {len(shown) - SHOWN_MAX} more" if len(shown) > SHOWN_MAX else ""
            words.append(f"{name} {'/'.join(shown[:SHOWN_MAX])}{more}")
    return ", ".join(words) or "everything"
