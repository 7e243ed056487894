"""Every interleaving of four messages that a partner sells, and all that can happen to the money of both legs.

The same search as that over one leg, by the rules of the core: both legs are held or neither, and take each step together.
The client pays one price; the partner pays by steps of its own count, and its card changes on the way. One is free to both.
"""

from collections import deque
from collections.abc import Iterator
from itertools import permutations
from typing import Final, NamedTuple

from takt.core import ledger
from takt.core.ledger import HoldState, Settlement, Wallet
from takt.core.rating import Counter, Quote, Rule, charge
from takt.core.tariff import tariff
from tests.core.test_money_interleavings import EVENTS, FREE, MESSAGES

RETAIL: Final = 5
FUNDS: Final = 14
"""The client's: two of three messages, unless one comes back."""
ROOM: Final = 7
"""The partner's: one by the dearest step of the first card, two by that of the second."""
CARDS: Final = (tariff(((0, 4), (2, 2))), tariff(((0, 1), (1, 3))))
STATES: Final = 174_011


class Legs(NamedTuple):
    """What is known of one message: the state of each leg, and of the second what was set aside and what was taken."""

    client: HoldState | None = None
    partner: HoldState | None = None
    card: int = 0
    ceiling: int = 0
    price: int = 0
    ordinal: int = 0
    late: bool = False
    gone: bool = False
    refused: str = ""


class World(NamedTuple):
    """All four, both wallets (posted, pending), how far the partner's count is, and which wholesale card applies."""

    messages: tuple[Legs, ...]
    client: tuple[int, int]
    partner: tuple[int, int]
    counted: int
    card: int


def accept(world: World, place: int) -> World:
    """Set aside with both, or with neither; whoever has too little is named, the client first."""
    if place == FREE:
        return _with(world, place, Legs(HoldState.HELD, HoldState.HELD, world.card))
    held = CARDS[world.card]
    ceiling = held.ceilings[held.step(world.counted)]
    theirs = ledger.hold(Wallet(*world.client, 0), RETAIL)
    ours = ledger.hold(Wallet(*world.partner, 0), ceiling)
    if theirs is None or ours is None:
        return _with(world, place, Legs(refused="client" if theirs is None else "partner"))
    letter = Legs(HoldState.HELD, HoldState.HELD, world.card, ceiling)
    return _with(world, place, letter, theirs.wallet, ours.wallet)


def happen(world: World, place: int, event: str) -> World:
    """The world after an event, which may leave it as it is."""
    one, step = world.messages[place], EVENTS[event]
    if one.client is None or one.partner is None or (one.gone and event != "refund"):
        return world
    client, partner = ledger.settle_hold(one.client, step), ledger.settle_hold(one.partner, step)
    assert (client is None) is (partner is None), "12: both take a step or neither"
    if client is None or partner is None:
        return world
    assert ledger.settle_hold(partner, step) is None, "done twice is done once"
    one = one._replace(client=client, partner=partner)
    if place == FREE:
        captured = step in (Settlement.CAPTURE, Settlement.CAPTURE_LATE)
        return _with(world, place, one._replace(gone=event == "fail", late=captured and event == "late"))
    theirs, ours, counted = Wallet(*world.client, 0), Wallet(*world.partner, 0), world.counted
    match step:
        case Settlement.RELEASE:
            theirs, ours = ledger.settle(theirs, RETAIL, 0), ledger.settle(ours, one.ceiling, 0)
            one = one._replace(gone=event == "fail")
        case Settlement.CAPTURE | Settlement.CAPTURE_LATE:
            price, counted = _priced(one, counted), counted + 1
            one = one._replace(price=price, ordinal=counted, late=event == "late")
            if event == "late":
                theirs, ours = ledger.charge_late(theirs, RETAIL), ledger.charge_late(ours, price)
            else:
                theirs, ours = ledger.settle(theirs, RETAIL, RETAIL), ledger.settle(ours, one.ceiling, price)
        case Settlement.REFUND:
            theirs, ours = ledger.give_back(theirs, RETAIL), ledger.give_back(ours, one.price)
        case Settlement.ABSORB:
            pass  # the operator's loss, of both
    return _with(world, place, one, theirs, ours, counted)


def _priced(one: Legs, counted: int) -> int:
    held = Quote(one.ceiling, "EUR", "utility", "DE", "bulk", one.card, 0, "regular", counter="n")
    return charge(held, Rule(CARDS[one.card], "regular", counter=Counter("n", "contract")), counted).price


def _with(
    world: World, place: int, one: Legs, client: Wallet | None = None, partner: Wallet | None = None,
    counted: int | None = None,
) -> World:  # fmt: skip
    messages = (*world.messages[:place], one, *world.messages[place + 1 :])
    paid = sorted(messages[:FREE], key=lambda each: (each.client or "", each.partner or "", *each[2:]))
    return World(
        (*paid, messages[FREE]),
        world.client if client is None else (client.posted_micros, client.pending_micros),
        world.partner if partner is None else (partner.posted_micros, partner.pending_micros),
        world.counted if counted is None else counted,
        world.card,
    )


def following(world: World) -> Iterator[World]:
    """All that can come next."""
    if world.card == 0:
        yield world._replace(card=1)
    for place, one in enumerate(world.messages):
        if one.client is None:
            if not one.refused:
                yield accept(world, place)
            continue
        for event in EVENTS:
            reached = happen(world, place, event)
            if reached is not world:
                yield reached


def look(world: World) -> None:
    """The invariants of both wallets, by their numbers in docs/money.md."""
    messages = world.messages
    assert all(one.client is one.partner for one in messages), "12: both are held or neither, at each step"
    assert all(one.client is None for one in messages if one.refused), "12: whoever has too little, nothing is held"
    charged = [one for one in messages[:FREE] if one.client is HoldState.CAPTURED]
    held = [one for one in messages[:FREE] if one.client is HoldState.HELD]
    late = [one for one in charged if one.late]
    assert world.client == (FUNDS - RETAIL * len(charged), RETAIL * len(held)), "2 and 3, of the client"
    spent, open_ = sum(one.price for one in charged), sum(one.ceiling for one in held)
    assert world.partner == (ROOM - spent, open_), "2 and 3, of the partner"
    assert world.client[0] - world.client[1] >= -RETAIL * len(late), "4, of the client"
    assert world.partner[0] - world.partner[1] >= -sum(one.price for one in late), "4, of the partner"
    assert all(0 <= one.price <= one.ceiling <= RETAIL for one in messages[:FREE]), "5 and 13"
    assert sorted(one.ordinal for one in messages if one.ordinal) == list(range(1, world.counted + 1)), "11"
    assert messages[FREE].price == messages[FREE].ceiling == messages[FREE].ordinal == 0, "14: free moves no money"


def names(world: World) -> int:
    """In how many ways the messages of a world can be named."""
    return len(set(permutations(world.messages[:FREE])))


def test_every_interleaving_of_four_messages_that_a_partner_sells_keeps_the_invariants() -> None:
    begun = World((Legs(),) * MESSAGES, (FUNDS, 0), (ROOM, 0), 0, 0)
    seen, waiting = {begun}, deque([begun])
    refused: set[str] = set()
    while waiting:
        world = waiting.popleft()
        look(world)
        refused |= {one.refused for one in world.messages}
        for reached in following(world):
            if reached not in seen:
                seen.add(reached)
                waiting.append(reached)
    assert refused == {"", "client", "partner"}, "both have too little at some time"
    assert sum(map(names, seen)) == STATES
