"""Every interleaving of four messages and all that can happen to their money, visited and not sampled.

A breadth-first search over the rules of the core themselves: accept, deliver, fail, expire, late, too late, refund, duplicate,
a change of the card, and a crash after which the same is done again. Each state that can be reached is looked at once.
"""

from collections import deque
from collections.abc import Iterator
from functools import cache
from itertools import permutations
from typing import Final, NamedTuple

from takt.core import ledger
from takt.core.ledger import HoldState, Settlement, Wallet
from takt.core.rating import Counter, Quote, Rule, charge
from takt.core.tariff import Tariff, tariff

MESSAGES: Final = 4
FREE: Final = MESSAGES - 1
"""The last message costs nothing."""
FUNDS: Final = 12
CARDS: Final = (tariff(((0, 5), (2, 3))), tariff(((0, 2), (1, 4))))
"""Steps that fall, and after the change of the card steps that rise."""
STATES: Final = 190_642
"""That many there are. Messages that cost something can stand for one another, so each set of them is looked at once."""

EVENTS: Final = {
    "deliver": Settlement.CAPTURE,
    "fail": Settlement.RELEASE,
    "expire": Settlement.RELEASE,
    "late": Settlement.CAPTURE_LATE,
    "too late": Settlement.ABSORB,
    "refund": Settlement.REFUND,
}


class Letter(NamedTuple):
    """What is known of one message. `gone`: it failed for good, so that no receipt can come."""

    state: HoldState | None = None
    card: int = 0
    ceiling: int = 0
    price: int = 0
    ordinal: int = 0
    late: bool = False
    gone: bool = False
    refused: bool = False


class World(NamedTuple):
    """All four, the wallet, how far the count is, and which card applies."""

    letters: tuple[Letter, ...]
    posted: int
    pending: int
    counted: int
    card: int


@cache
def quote(card: int, counted: int) -> Quote:
    """What accepting sets aside: the dearest step that may still come."""
    held: Tariff = CARDS[card]
    ceiling = held.ceilings[held.step(counted)]
    return Quote(ceiling, "EUR", "utility", "DE", "card", card, 0, "regular", counter="n")


@cache
def priced(card: int, ceiling: int, counted: int) -> int:
    """What the next place in the count costs, by the rules that the product uses."""
    held = Quote(ceiling, "EUR", "utility", "DE", "card", card, 0, "regular", counter="n")
    return charge(held, Rule(CARDS[card], "regular", counter=Counter("n", "contract")), counted).price


def happen(world: World, place: int, event: str) -> World | None:
    """The world after an event; None where it cannot come about."""
    one = world.letters[place]
    wallet = Wallet(world.posted, world.pending, 0)
    if event == "accept":
        return _accept(world, place, wallet) if one.state is None and not one.refused else None
    if one.state is None or (one.gone and event != "refund"):
        return None
    after = ledger.settle_hold(one.state, EVENTS[event])
    if after is None:
        return world  # a duplicate, or what comes after the end: nothing changes
    # What crashed after its commit is done again, and changes nothing more.
    assert ledger.settle_hold(after, EVENTS[event]) is None, "done twice is done once"
    counted = world.counted
    match EVENTS[event]:
        case Settlement.RELEASE:
            wallet = ledger.settle(wallet, one.ceiling, 0) if place != FREE else wallet
            one = one._replace(state=after, gone=event == "fail")
        case Settlement.CAPTURE | Settlement.CAPTURE_LATE:
            is_late = event == "late"
            price = priced(one.card, one.ceiling, counted) if place != FREE else 0
            counted += place != FREE
            one = one._replace(state=after, price=price, late=is_late, ordinal=counted if place != FREE else 0)
            if is_late:
                wallet = ledger.charge_late(wallet, price)
            elif place != FREE:
                wallet = ledger.settle(wallet, one.ceiling, price)
        case Settlement.ABSORB:
            one = one._replace(state=after)
        case Settlement.REFUND:
            wallet = ledger.give_back(wallet, one.price)
            one = one._replace(state=after)
    return _with(world, place, one, wallet, counted)


def _accept(world: World, place: int, wallet: Wallet) -> World:
    if place == FREE:
        return _with(world, place, Letter(HoldState.HELD, world.card), wallet, world.counted)
    wanted = quote(world.card, world.counted).amount_micros
    held = ledger.hold(wallet, wanted)
    if held is None:
        return _with(world, place, Letter(refused=True), wallet, world.counted)
    return _with(world, place, Letter(HoldState.HELD, world.card, wanted), held.wallet, world.counted)


def _with(world: World, place: int, one: Letter, wallet: Wallet, counted: int) -> World:
    letters = (*world.letters[:place], one, *world.letters[place + 1 :])
    return alike(World(letters, wallet.posted_micros, wallet.pending_micros, counted, world.card))


def alike(world: World) -> World:
    """The same for all worlds that differ in the names of messages alone."""
    paid = sorted(world.letters[:FREE], key=lambda one: (one.state or "", *one[1:]))
    return world._replace(letters=(*paid, world.letters[FREE]))


def names(world: World) -> int:
    """In how many ways the messages of a world can be named."""
    return len(set(permutations(world.letters[:FREE])))


def following(world: World) -> Iterator[World]:
    """All that can come next."""
    if world.card == 0:
        yield world._replace(card=1)
    for place in range(MESSAGES):
        for event in ("accept", *EVENTS):
            reached = happen(world, place, event)
            if reached is None or reached is world:
                continue
            yield reached


def look(world: World) -> None:
    """The invariants, by their numbers in docs/money.md."""
    letters = world.letters
    charged = [one for one in letters if one.state is HoldState.CAPTURED]
    late = sum(one.price for one in letters if one.late)
    assert world.posted == FUNDS - sum(one.price for one in charged), "2: the balance is what the moves say"
    assert world.pending == sum(one.ceiling for one in letters if one.state is HoldState.HELD), (
        "3: pending is what is held"
    )
    assert world.posted - world.pending >= -late, "4: the limit is passed by late prices alone"
    assert all(0 <= one.price <= one.ceiling for one in letters), "5: never more than was set aside"
    for one in letters:  # 6 and 7: charged once, in one state, and only a receipt gives it a place
        assert (one.ordinal > 0) <= (one.state in (HoldState.CAPTURED, HoldState.REFUNDED))
        assert one.refused <= (one.state is None)
    assert sorted(one.ordinal for one in letters if one.ordinal) == list(range(1, world.counted + 1)), "11"
    assert letters[FREE].price == letters[FREE].ceiling == letters[FREE].ordinal == 0, "14: free moves no money"
    placed = [one for one in letters if one.ordinal]
    if placed and all(one.card == 0 for one in placed):
        assert sum(one.price for one in placed) <= CARDS[0].total(world.counted), "10: by the count alone, never above"
        if all(one.ceiling == CARDS[0].dearest for one in placed):
            assert sum(one.price for one in placed) == CARDS[0].total(world.counted), "10: the sum is that of the count"


def test_every_interleaving_of_four_messages_keeps_the_invariants() -> None:
    begun = World((Letter(),) * MESSAGES, FUNDS, 0, 0, 0)
    seen, waiting = {begun}, deque([begun])
    while waiting:
        world = waiting.popleft()
        look(world)
        for reached in following(world):
            if reached not in seen:
                seen.add(reached)
                waiting.append(reached)
    assert sum(map(names, seen)) == STATES
