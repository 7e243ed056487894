"""A policy of an installation, as it decides in the twin: its caps and its admission, over messages as they come.

The twin knows days, not hours: quiet hours and waiting move a message within its days and are left out, and a message that
is not let out is not sent again. What admission learns and how it moves its price is the code of the product.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from takt.core.admission import book, exploration, opening
from takt.core.admission.arrays import Flags, Floats, Ints, places
from takt.core.admission.hazard import BLOCK, LEAVE, STOP, prior
from takt.core.admission.scoring import Taste
from takt.core.admission.settings import Admission
from takt.core.caps import Caps
from takt.core.tact import TactPolicy
from takt.rehearsal.seen import TIRED_FROM
from takt.twin.knowledge import Knowledge, nothing_known
from takt.twin.offers import DAYS_A_WEEK, Offers
from takt.twin.policies import ColdStart, Delivery, NoCap, Policy, Sight
from takt.twin.running import Counts
from takt.twin.tact import Setting, Tact, sample_of

FITTED_FROM: Final = 1_000
"""Deliveries from which a first model is fitted; until then the cap decides, as it does in the product."""
_BEFORE: Final = DAYS_A_WEEK - 1
_HELD_OUT: Final = 21


class Installed:
    """The policy at work; `arrived` counts by sender what went out, `log` is what it did before a comparison.

    `tired` counts deliveries to tired people, and how many of them blocked and stopped. `known` is what admission has
    learned; it is kept only where a score is to decide, now or later. `people` is how many the installation really has.
    """

    def __init__(self, tact: TactPolicy, offers: Offers, *, learns: bool = False, people: int | None = None) -> None:
        self.name = f"version {tact.version}"
        self._offers, self._tact, self._people = offers, tact, people
        users, self._senders = offers.world.users, offers.world.senders
        self._days = np.zeros((_BEFORE, users * self._senders), np.int16)
        self._today: Ints = np.empty(0, np.int64)
        self._week: Ints = np.empty(0, np.int64)
        self.arrived: Floats = np.zeros(self._senders)
        self.tired: Ints = np.zeros(3, np.int64)
        self.log: Counts | None = None
        learns = learns or tact.admission.mode == "priced"
        owners = int(offers.owner.max()) + 1
        self.known: Knowledge | None = nothing_known(users, owners, prior()) if learns else None
        self._held_out = self._draw_held_out()
        self._admission: Policy = self._unpriced()
        self._price: float | None = None

    def goes_on(self, tact: TactPolicy) -> "Installed":
        """Another policy from here on: what reached people in the last days still counts, and so does what is known."""
        other = Installed(tact, self._offers, people=self._people)
        other._days = self._days.copy()
        if other.known is not None and self.known is not None:
            other.known = _fitted(self.known.copy())
            other._price = self._admission.price if isinstance(self._admission, Tact) else None
        return other

    def decide(self, sight: Sight) -> Flags:
        """As they come, as long as all four caps have room and admission lets them."""
        caps, edge = self._tact.caps, sight.person * self._senders + sight.sender
        self._week = sight.last_week()
        passed = self._room_of_sender(caps, edge)
        passed[passed] = self._admitted(_some(sight, passed))
        index = np.flatnonzero(passed)
        person = sight.person[index]
        nth = _nth(person)
        passed[index] = (nth < caps.person_per_day) & (self._week[person] + nth < caps.person_per_week)
        self._today = edge[passed]
        return passed

    def learn(self, delivery: Delivery) -> None:
        """Remember the last six days, by person and sender; and what admission learns."""
        self._days = np.roll(self._days, 1, axis=0)
        self._days[0] = np.bincount(self._today, minlength=self._days.shape[1])
        tired = self._week[delivery.person] >= TIRED_FROM
        happened = delivery.outcomes[:, tired].sum(1)
        self.tired += np.array([tired.sum(), happened[BLOCK], happened[STOP]]).astype(np.int64)
        self.arrived += np.bincount(delivery.sender, minlength=self._senders)
        shown = _without_leaving(delivery)
        self._admission.learn(shown)
        if self.known is not None and not isinstance(self._admission, Tact) and self._tact.admission.mode != "off":
            self.known.learn(shown)

    def _room_of_sender(self, caps: Caps, edge: Ints) -> Flags:
        nth = _nth(edge)
        found: Flags = (nth < caps.sender_per_day) & (self._days.sum(0)[edge] + nth < caps.sender_per_week)
        return found

    def _admitted(self, sight: Sight) -> Flags:
        if sight.day % DAYS_A_WEEK == 0 and not isinstance(self._admission, Tact):
            self._open_prices(sight)
        if not isinstance(self._admission, Tact):
            return self._admission.decide(sight)
        reached = ~self._held_out[sight.person]
        reached[reached] = self._admission.decide(_some(sight, reached))
        return reached

    def _open_prices(self, sight: Sight) -> None:
        """Where a score is to decide, it does from the week on in which there is a model."""
        if self.known is None or self._tact.admission.mode != "priced" or not len(sight.person):
            return
        if self.known.model.version == 0:
            self.known = _fitted(self.known)
        if self.known.model.version > 0:
            self._admission = self._priced(self.known, sight)

    def _priced(self, known: Knowledge, sight: Sight) -> Tact:
        settings, taste = self._tact.admission, Taste(self._tact.admission.alpha)
        stakes = book.stakes(settings)
        price = self._price
        if price is None:
            price = opening.price(known.model, sample_of(known, sight), taste, stakes, settings.budget)
        setting = Setting(
            price, settings.budget, taste, stakes, settings.exploration, settings.reserve, settings.person_per_week,
            floor=self._floor(settings),
        )  # fmt: skip
        return Tact(known, sight, setting, self._offers.seed)

    def _floor(self, settings: Admission) -> float:
        """The promise to small senders, in the size of this world; none where nobody knows how many people there are."""
        if self._people is None:
            return 0.0
        return settings.floor_per_week * min(1.0, self._offers.world.users / max(self._people, 1))

    def _unpriced(self) -> Policy:
        settings = self._tact.admission
        if settings.mode == "off":
            return NoCap()
        return ColdStart(self._offers.seed, settings.cap_per_week, max(settings.cold_exploration, 1e-9))

    def _draw_held_out(self) -> Flags:
        lot = np.random.default_rng((self._offers.seed, _HELD_OUT)).random(self._offers.world.users)
        return exploration.held_out(lot, self._tact.admission.hold_out)


def _fitted(known: Knowledge) -> Knowledge:
    """What is known, by a model fitted to it, if there is enough of it."""
    if sum(len(one.person) for one in known.log) < FITTED_FROM:
        return known
    return known.replayed(known.refitted())


def _without_leaving(delivery: Delivery) -> Delivery:
    """Who leaves is erased, with all that was known: no installation can learn of that."""
    outcomes = delivery.outcomes.copy()
    outcomes[LEAVE] = 0.0
    return replace(delivery, outcomes=outcomes)


def _some(sight: Sight, which: Flags) -> Sight:
    names = ("index", "person", "owner", "sender", "price", "content", "lot")
    return replace(sight, **{name: getattr(sight, name)[which] for name in names})


def _nth(groups: Ints) -> Ints:
    """The place of each message within its group, in the order in which they come."""
    order = np.argsort(groups, kind="stable")
    found = np.empty(len(groups), np.int64)
    found[order] = places(groups, order)
    return found
