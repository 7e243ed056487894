"""The oracle: the same rule with nothing to guess. It knows relevance, tiredness, tolerance and the true chances.

It is the ceiling for every policy that has to learn.
"""

from typing import Final

import numpy as np

from takt.core.admission import outlook, scoring
from takt.core.admission.arrays import Flags, Floats
from takt.core.admission.outlook import GRID, Outlook, Prospect, Stakes
from takt.core.admission.scoring import Candidates, Taste
from takt.twin import life as living
from takt.twin.life import Life
from takt.twin.policies import Delivery, Sight

NODES: Final[Floats] = np.linspace(-1.8, 1.8, 9)
SAMPLE: Final = 100


class Oracle:
    """Sees what nobody can. Made for one life of a world, in which alone it may decide."""

    def __init__(self, life: Life, shadow: float, taste: Taste, stakes: Stakes, begun: int) -> None:
        self.name = f"oracle, shadow price {shadow:g}"
        self._life, self._taste = life, taste
        self._outlook: Outlook = outlook.outlook(_prospect(life, begun, taste), shadow, stakes)

    def decide(self, sight: Sight) -> Flags:
        """By the score of what is true."""
        life = self._life
        day = life.offers.days[sight.day]
        relevance = day.relevance[sight.index]
        world, person = life.offers.world, sight.person
        tired, tolerance = life.tired[person], life.offers.tolerance[person]
        truth = living.true_chances(world, relevance, tired, living.weary_in(life))
        increment = world.fatigue.each + world.fatigue.unwanted * (1.0 - relevance)
        weights = _between(np.log(tolerance))
        offered = Candidates(
            sight.price,
            sight.content,
            relevance,
            life.fatigue[person],
            weights,
            increment,
            np.zeros(len(person)),
        )
        terms = scoring.weigh(self._outlook, self._taste, offered, truth[..., None] * np.ones(len(NODES)))
        return scoring.best(terms.score, 0.0, person, np.full(len(person), 7) - sight.last_week()[person])

    def learn(self, delivery: Delivery) -> None:
        """Nothing is left to learn."""


def _between(log_tolerance: Floats) -> Floats:
    """Weights of the two nodes beside each tolerance (message, class)."""
    step = NODES[1] - NODES[0]
    place = np.clip((log_tolerance - NODES[0]) / step, 0.0, len(NODES) - 1.001)
    low = place.astype(np.int64)
    weights = np.zeros((len(place), len(NODES)))
    rows = np.arange(len(place))
    weights[rows, low] = 1.0 - (place - low)
    weights[rows, low + 1] = place - low
    return weights


def _prospect(life: Life, begun: int, taste: Taste) -> Prospect:
    world, days = life.offers.world, life.offers.days[begun - 7 : begun]
    relevance = np.concatenate([day.relevance for day in days])
    price = np.concatenate([day.price for day in days])
    chosen = np.linspace(0, len(price) - 1, SAMPLE).astype(np.int64)
    seen = relevance[chosen][None, :, None]
    tired = GRID[None, None] / np.exp(NODES)[:, None, None]
    chances = living.true_chances(world, seen, tired)
    increment = world.fatigue.each + world.fatigue.unwanted * (1.0 - relevance[chosen])
    gain = scoring.gain(taste, chances).mean((0, 2))
    return Prospect(price[chosen], gain, chances, increment, len(price) / len(days) / world.users)
