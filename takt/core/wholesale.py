"""What a partner owes beside messages by the wholesale cards that its clients' cards name: their fees and commitments.

A wholesale card counts for a partner on the days on which at least one of its clients pays by a card that names it: then
its fees for the contract are due once, however many clients there are, those for a sender for each of these clients' senders. A card
that the partner pays by itself asks for its fees and commitment of the contract already.
"""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from takt.core.closing import Stretch, Trade
from takt.core.value import value


@value
class Client:
    """A client of a partner in a month: its own days by the card that it pays by, and since when its senders are there."""

    stretches: Sequence[Stretch]
    senders: Sequence[date]


def trades(clients: Iterable[Client], versions: Callable[[str], Sequence[Stretch]], own: str) -> list[Trade]:
    """What each wholesale card of these clients asks of their partner, by the names of the cards.

    `versions` are the days of the month by the version of a card; `own` is the card that the partner pays by itself.
    """
    sold = [(one, _days(one)) for one in clients]
    found: list[Trade] = []
    for card in sorted({card for _, days in sold for card in days}):
        valid = versions(card)
        whole = frozenset[date]().union(*(days.get(card, frozenset()) for _, days in sold))
        senders = [
            within(valid, {day for day in days.get(card, frozenset()) if day >= since})
            for one, days in sold
            for since in one.senders
        ]
        found.append(Trade(card, () if card == own else within(valid, whole), [some for some in senders if some]))
    return found


def within(stretches: Sequence[Stretch], days: AbstractSet[date]) -> list[Stretch]:
    """The stretches as far as they are on some days, days on end each."""
    found: list[Stretch] = []
    for one in stretches:
        begun: date | None = None
        day = one.begins
        while day <= one.ends:
            there = day < one.ends and day in days
            if there and begun is None:
                begun = day
            elif not there and begun is not None:
                found.append(Stretch(begun, day, one.card, one.version, one.terms))
                begun = None
            day += timedelta(days=1)
    return found


def _days(one: Client) -> dict[str, frozenset[date]]:
    """On which days a client is sold by which wholesale card."""
    found: dict[str, set[date]] = {}
    for stretch in one.stretches:
        sold = stretch.terms.reseller
        if sold is not None and sold.wholesale:
            days = (stretch.ends - stretch.begins).days
            found.setdefault(sold.wholesale, set()).update(stretch.begins + timedelta(days=at) for at in range(days))
    return {card: frozenset(days) for card, days in found.items()}
