"""How the people of a world live: who is there, how tired they are, and what they do with what reaches them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from takt.core.admission.arrays import Flags, Floats, Ints, logistic
from takt.core.admission.hazard import BLOCK, LEAVE, OUTCOMES, READ, REPORT, STOP, USEFUL
from takt.twin.offers import DAYS_A_WEEK, LOTS, Day, Offers
from takt.twin.world import Hazard, Reactions, World

_LOT: Final = {name: index for index, name in enumerate(LOTS)}


@dataclass(slots=True)
class Life:
    """The state of a world: tiredness, who is reachable, who blocked which owner, and what came in the last days."""

    offers: Offers
    fatigue: Floats
    reachable: Flags
    blocked: Flags
    recent: Ints
    week: int = 0

    @property
    def tired(self) -> Floats:
        """Tiredness over tolerance, by person."""
        return self.fatigue / self.offers.tolerance

    def copy(self) -> "Life":
        """The same state, to live on elsewhere."""
        return Life(
            self.offers, self.fatigue.copy(), self.reachable.copy(), self.blocked.copy(), self.recent.copy(), self.week
        )


def begin(offers: Offers) -> Life:
    """The world before the first message."""
    users, owners = offers.world.users, int(offers.owner.max()) + 1
    return Life(
        offers,
        np.zeros(users),
        np.ones(users, bool),
        np.zeros((users, owners), bool),
        np.zeros((2 * DAYS_A_WEEK, users), np.int64),
    )


def open_to(life: Life, day: Day) -> Ints:
    """The messages of a day whose people can still be reached by their senders, as indices."""
    owner = life.offers.owner[day.sender]
    return np.flatnonzero(life.reachable[day.person] & ~life.blocked[day.person, owner])


def wants(reactions: Reactions, relevance: Floats, tired: Floats) -> Flags:
    """Whether people want messages of this relevance, as tired as they are."""
    found: Flags = relevance - reactions.wanted_above - reactions.wanted_fatigue * tired > 0.0
    return found


def true_chances(world: World, relevance: Floats, tired: Floats, weary: float = 0.0) -> Floats:
    """The chances of all outcomes (outcome, …), as they are in this world."""
    reactions = world.reactions
    wanted = wants(reactions, relevance, tired)
    found = np.zeros((len(OUTCOMES), *np.broadcast(relevance, tired).shape))
    found[USEFUL] = np.where(wanted, reactions.useful_wanted, reactions.useful_unwanted)
    found[READ] = np.where(wanted, reactions.read_wanted, reactions.read_unwanted)
    for outcome, one in ((BLOCK, reactions.block), (STOP, reactions.stop), (LEAVE, reactions.leave)):
        found[outcome] = _hazard(reactions.shape, one, relevance, tired, weary)
    found[REPORT] = reactions.report_share * found[BLOCK]
    return found


@dataclass(frozen=True, slots=True)
class Reaction:
    """What came of a day's messages: the outcomes (outcome, message), how likely they truly were, and which were wanted."""

    outcomes: Floats
    chances: Floats
    wanted: Flags


def deliver(life: Life, day: Day, chosen: Ints) -> Reaction:
    """Let a day's messages through; people react as tired as they are before it."""
    world = life.offers.world
    person, relevance = day.person[chosen], day.relevance[chosen]
    tired = life.tired[person]
    chances = true_chances(world, relevance, tired, weary_in(life))
    lots = day.lots[:, chosen]
    outcomes = np.stack([lots[_LOT[name]] < chances[index] for index, name in enumerate(OUTCOMES)]).astype(float)
    outcomes[REPORT] *= outcomes[BLOCK]
    gone = outcomes[BLOCK] > 0
    life.blocked[person[gone], life.offers.owner[day.sender[chosen]][gone]] = True
    life.reachable[person[(outcomes[STOP] + outcomes[LEAVE]) > 0]] = False
    added = world.fatigue.each + world.fatigue.unwanted * (1.0 - relevance)
    life.fatigue = world.fatigue.keep * life.fatigue + np.bincount(person, added, world.users)
    life.recent = np.roll(life.recent, 1, axis=0)
    life.recent[0] = np.bincount(person, minlength=world.users)
    return Reaction(outcomes, chances, wants(world.reactions, relevance, tired))


def weary_in(life: Life) -> float:
    """How much sooner everybody blocks since the scandal, in log odds."""
    trouble = life.offers.world.trouble
    return trouble.weariness if trouble.scandal_week and life.week >= trouble.scandal_week else 0.0


def _hazard(shape: str, one: Hazard, relevance: Floats, tired: Floats, weary: float) -> Floats:
    load = tired**2 / 2.0 if shape == "quadratic" else tired
    odds = one.constant + one.irrelevance * (1.0 - relevance) + one.fatigue * load + weary
    if shape == "complementary":
        chance: Floats = 1.0 - np.exp(-np.exp(np.minimum(odds, 3.0)))
        return chance
    return logistic(odds)
