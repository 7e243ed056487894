"""Worlds to rehearse in: nobody knows what people are really like, so each pair of runs has a world of its own.

What is not known is drawn around the usual world. What an installation has seen (how often people block, stop, leave,
how much is sent and at what price) is known, and the drawn world is moved until it shows the same.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from takt.core.value import value
from takt.twin.world import Hazard, Reactions, Traffic, World

USERS: Final = 1_500
LOG_WEEKS: Final = 6
WEEKS: Final = 26
_LEAST_SEEN: Final = 0.5


@value
class Seen:
    """What was seen of people under the policy that applies: deliveries, and what people did about them.

    `people` are those who could be reached; `offered` counts what companies wanted to send them, in so many `weeks`.
    Prices are in units of the currency.
    """

    people: int
    weeks: float
    offered: int
    delivered: int
    blocks: int
    stops: int
    leaves: int
    price: float

    def rate(self, count: int) -> float:
        """How often in a delivery; half a case where there was none, for none is not never."""
        return max(count, _LEAST_SEEN) / max(self.delivered, 1)


def usual(weeks: int = WEEKS) -> World:
    """The usual world, in the size of a rehearsal, without the peak of a season."""
    world = World("usual", users=USERS, log_weeks=LOG_WEEKS, weeks=weeks)
    return replace(world, traffic=replace(world.traffic, peak_weeks=0))


def around(world: World, chance: np.random.Generator) -> World:
    """A world that could be, too: how people differ, tire and react are drawn anew."""

    def times(number: float, spread: float) -> float:
        return float(number * math.exp(spread * chance.standard_normal()))

    def hazard(one: Hazard) -> Hazard:
        return Hazard(
            float(one.constant + 0.3 * chance.standard_normal()), times(one.irrelevance, 0.35), times(one.fatigue, 0.45)
        )

    people, traffic, fatigue, reactions = world.people, world.traffic, world.fatigue, world.reactions
    return replace(
        world,
        people=replace(
            people,
            tolerance_sigma=times(people.tolerance_sigma, 0.25),
            liking_mean=float(people.liking_mean + 0.3 * chance.standard_normal()),
            liking_sigma=times(people.liking_sigma, 0.2),
            sender_sigma=times(people.sender_sigma, 0.2),
        ),
        traffic=replace(traffic, volume_sigma=times(traffic.volume_sigma, 0.25)),
        fatigue=replace(fatigue, keep=_nudged(fatigue.keep, 0.35 * chance.standard_normal())),
        reactions=replace(
            reactions,
            shape=str(chance.choice(np.asarray(["logistic", "complementary", "quadratic"]), p=[0.6, 0.25, 0.15])),
            block=hazard(reactions.block),
            stop=hazard(reactions.stop),
            leave=hazard(reactions.leave),
        ),
    )


def _nudged(share: float, odds: float) -> float:
    """A share moved in log odds."""
    return 1.0 / (1.0 + math.exp(-(math.log(share / (1.0 - share)) + odds)))


def scaled(world: World, seen: Seen) -> World:
    """The world with the traffic that was seen."""
    traffic: Traffic = world.traffic
    per_week = seen.offered / max(seen.people * seen.weeks, 1.0)
    return replace(world, traffic=replace(traffic, per_week=per_week, price_median=seen.price))


def moved(world: World, seen: Seen, shown: Seen) -> World:
    """The world with its chances moved so that it shows what was seen, where it has `shown` something else."""
    reactions: Reactions = world.reactions

    def by(one: Hazard, wanted: float, found: float) -> Hazard:
        return replace(one, constant=one.constant + math.log(wanted / found))

    return replace(
        world,
        reactions=replace(
            reactions,
            block=by(reactions.block, seen.rate(seen.blocks), shown.rate(shown.blocks)),
            stop=by(reactions.stop, seen.rate(seen.stops), shown.rate(shown.stops)),
            leave=by(reactions.leave, seen.rate(seen.leaves), shown.rate(shown.leaves)),
        ),
    )

