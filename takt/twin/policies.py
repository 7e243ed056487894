"""Policies to compare with: those that others are known for, and the plain ones. Each sees only what a `Sight` shows."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from takt.core.admission.arrays import Flags, Floats, Ints, places
from takt.core.admission.cold import WIDENINGS
from takt.core.admission.exploration import MULTIPLIERS
from takt.core.admission.hazard import READ, USEFUL
from takt.twin.offers import DAYS_A_WEEK

NO_ROOM: Final = 0
COLD_CAP: Final = 2
COLD_EXPLORATION: Final = 0.05


@dataclass(frozen=True, slots=True)
class Sight:
    """What a platform sees of the messages that wait for a decision on a day (sorted by person), and of the past.

    `index` is where they stand among all of the day; `recent` are deliveries of the last 14 days (day back, person); `owner` is who stands behind the sender.
    """

    day: int
    index: Ints
    person: Ints
    owner: Ints
    sender: Ints
    price: Floats
    content: Floats
    lot: Floats
    recent: Ints
    users: int

    def last_week(self) -> Ints:
        """Deliveries to each person in the last seven days, today not counted."""
        found: Ints = self.recent[: DAYS_A_WEEK - 1].sum(0)
        return found


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of the messages that went out: who, whose, what was seen of them, the outcomes (outcome, message).

    `found_out` counts by owner what was filed as utility today and found to be marketing, whether it went out or not.
    """

    person: Ints
    owner: Ints
    sender: Ints
    content: Floats
    outcomes: Floats
    as_marketing: Flags
    found_out: Ints


class Policy(Protocol):
    """Decides every day, and learns from what happened."""

    name: str

    def decide(self, sight: Sight) -> Flags:
        """Which of the messages go out."""

    def learn(self, delivery: Delivery) -> None:
        """Take note of what came of a day."""


class _Blind:
    """A policy that learns nothing."""

    def learn(self, delivery: Delivery) -> None:
        """Take no note of anything."""


class NoCap(_Blind):
    """Everything goes out."""

    name = "no cap"

    def decide(self, sight: Sight) -> Flags:
        """All of them."""
        return np.ones(len(sight.person), bool)


class RandomVolume(_Blind):
    """Every person-week draws how much of what is offered gets through: what a log must be like to learn from it."""

    name = "random volume"

    def __init__(self, seed: int) -> None:
        self._chance = np.random.default_rng((seed, 1))
        self._share: Floats = np.empty(0)

    def decide(self, sight: Sight) -> Flags:
        """By lot."""
        if sight.day % DAYS_A_WEEK == 0 or not len(self._share):
            self._share = self._chance.choice(np.asarray(MULTIPLIERS), sight.users)
        found: Flags = sight.lot < self._share[sight.person]
        return found


class ColdStart(_Blind):
    """Before anything is known: a plain weekly cap, wider in a few person-weeks so that something is learned."""

    name = "cold start"

    def __init__(self, seed: int, cap: int = COLD_CAP, share: float = COLD_EXPLORATION) -> None:
        self._chance = np.random.default_rng((seed, 3))
        self._cap, self._share = cap, share
        self._allowed: Ints = np.empty(0, np.int64)

    def decide(self, sight: Sight) -> Flags:
        """As long as there is room."""
        if sight.day % DAYS_A_WEEK == 0 or not len(self._allowed):
            place = (self._chance.random(sight.users) / self._share * len(WIDENINGS)).astype(np.int64)
            self._allowed = self._cap * np.array([*WIDENINGS, 1])[np.minimum(place, len(WIDENINGS))]
        return _first(sight, np.zeros(len(sight.price)), self._allowed - sight.last_week())


class PerDay(_Blind):
    """At most so many a day, the dearest first."""

    def __init__(self, cap: int) -> None:
        self.name = f"{cap} a day, price first"
        self._cap = cap

    def decide(self, sight: Sight) -> Flags:
        """The dearest of the day."""
        return _first(sight, -sight.price, np.full(sight.users, self._cap))


class PerWeek(_Blind):
    """At most so many in seven days, as they come or the dearest of a day first."""

    def __init__(self, cap: int, *, price_first: bool) -> None:
        self.name = f"{cap} a week, {'price first' if price_first else 'first come'}"
        self._cap, self._price_first = cap, price_first

    def decide(self, sight: Sight) -> Flags:
        """As long as there is room."""
        wish = -sight.price if self._price_first else np.zeros(len(sight.price))
        return _first(sight, wish, self._cap - sight.last_week())


class PerSender(_Blind):
    """At most so many in a week from each sender."""

    def __init__(self, cap: int, senders: int) -> None:
        self.name = f"{cap} a week per sender"
        self._cap, self._senders = cap, senders
        self._sent: Ints = np.empty(0, np.int64)

    def decide(self, sight: Sight) -> Flags:
        """As long as the sender has room with the person."""
        if sight.day % DAYS_A_WEEK == 0 or not len(self._sent):
            self._sent = np.zeros(sight.users * self._senders, np.int64)
        edge = sight.person * self._senders + sight.sender
        order = np.argsort(edge, kind="stable")
        passed = np.zeros(len(edge), bool)
        passed[order] = places(edge, order) + self._sent[edge[order]] < self._cap
        np.add.at(self._sent, edge[passed], 1)
        return passed


class ByReading:
    """As WhatsApp is described: a weekly cap in proportion to the share of marketing that the person read of late."""

    def __init__(self, factor: float) -> None:
        self.name = f"by reading x {factor:g}"
        self._factor = factor
        self._days: list[tuple[Ints, Floats]] = []

    def decide(self, sight: Sight) -> Flags:
        """Up to the cap of each person, as they come."""
        sent, read = np.full(sight.users, 2.0), np.full(sight.users, 1.2)
        for person, was_read in self._days[-2 * DAYS_A_WEEK :]:
            sent += np.bincount(person, minlength=sight.users)
            read += np.bincount(person, was_read, sight.users)
        cap = np.floor(self._factor * read / sent + 0.5).astype(np.int64)
        return _first(sight, np.zeros(len(sight.price)), cap - sight.last_week())

    def learn(self, delivery: Delivery) -> None:
        """Remember who read."""
        self._days.append((delivery.person, delivery.outcomes[READ]))


class WeeklyBudget:
    """As Pinterest is described: each person's weekly volume goes up while one more is still worth enough use."""

    fading: Final = 0.85

    def __init__(self, least: float, users: int) -> None:
        self.name = f"weekly budget, use above {least:g}"
        self._least = least
        self._sent, self._used = np.full(users, 6.0), np.full(users, 1.2)

    def decide(self, sight: Sight) -> Flags:
        """Up to the volume of each person, the dearest first."""
        rate = self._used / self._sent
        volume = np.floor(1.0 + np.log(self._least / rate) / np.log(self.fading)).astype(np.int64)
        return _first(sight, -sight.price, np.maximum(volume, NO_ROOM) - sight.last_week())

    def learn(self, delivery: Delivery) -> None:
        """Count what was used."""
        np.add.at(self._sent, delivery.person, 1.0)
        np.add.at(self._used, delivery.person, delivery.outcomes[USEFUL])


def _first(sight: Sight, wish: Floats, room: Ints) -> Flags:
    """The first messages of each person, in the order of the wish (least first), for whom there is room."""
    order = np.lexsort((wish, sight.person))
    passed = np.zeros(len(order), bool)
    passed[order] = places(sight.person, order) < room[sight.person[order]]
    return passed
