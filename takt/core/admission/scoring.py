"""The score of a message: what it earns and gives, less what it costs in people's patience; and who is let through.

    score = price + alpha * gain - loss - shadow * annoyance - tiring + bonus,      let through where score > reserve

and among the messages to one person only the best few. Every term is kept, for whoever asks why.
"""

from dataclasses import replace

import numpy as np

from takt.core.admission.arrays import Flags, Floats, Ints, outermost, places
from takt.core.admission.hazard import LEAVE, USEFUL
from takt.core.admission.outlook import Outlook
from takt.core.value import value


@value
class Candidates:
    """Messages to be decided: what each earns, what is seen of it, and of its person (class weights in a row)."""

    price: Floats
    content: Floats
    affinity: Floats
    pressure: Floats
    weights: Floats
    increment: Floats
    bonus: Floats


def at_pressure(offered: Candidates, pressure: Floats) -> Candidates:
    """The same messages to people as tired as this."""
    return replace(offered, pressure=pressure)


@value
class Taste:
    """What a person's gain is worth: `alpha` in money for each useful message above `usual` of all."""

    alpha: float = 0.0
    usual: float = 0.175


@value
class Terms:
    """The parts of the scores, all in money but `annoyance`; each an array with a place for every message."""

    price: Floats
    gain: Floats
    loss: Floats
    annoyance: Floats
    charge: Floats
    tiring: Floats
    bonus: Floats

    @property
    def score(self) -> Floats:
        """What is left."""
        found: Floats = self.price + self.gain - self.loss - self.charge - self.tiring + self.bonus
        return found


def gain(taste: Taste, chances: Floats) -> Floats:
    """What messages with these chances (outcome, …) give to people, in money."""
    found: Floats = taste.alpha * (chances[USEFUL] - taste.usual)
    return found


def weigh(outlook: Outlook, taste: Taste, offered: Candidates, chances: Floats) -> Terms:
    """The terms of the scores of messages with these chances (outcome, message, class)."""
    stakes, weights = outlook.stakes, outermost(offered.weights)
    ahead, after = outlook.at(np.stack((offered.pressure, offered.pressure + offered.increment)))
    lost = stakes.parting(chances) * ahead + stakes.other * chances[LEAVE]
    annoyance = (weights * stakes.annoyance(chances)).sum(-1)
    return Terms(
        offered.price,
        (weights * gain(taste, chances)).sum(-1),
        (weights * lost).sum(-1),
        annoyance,
        outlook.shadow * annoyance,
        stakes.eta * (weights * (ahead - after)).sum(-1),
        offered.bonus,
    )


def best(score: Floats, reserve: float, person: Ints, room: Ints) -> Flags:
    """Which messages pass: above the reserve, and among the best of their person for whom there is `room`."""
    passed = score > reserve
    index = np.flatnonzero(passed)
    order = index[np.lexsort((-score[index], person[index]))]
    passed[order] = places(person, order) < room[order]
    return passed
