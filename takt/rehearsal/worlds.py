"""Worlds to rehearse in: nobody knows what people are really like, so each pair of runs has a world of its own.

What is not known is drawn around the usual world. What an installation has seen (how often people block, stop, leave,
how much is sent and at what price) is known, and the drawn world is moved until it shows the same.
"""

import math
from dataclasses import replace
from typing import Final

import numpy as np

from takt.rehearsal.seen import Seen
from takt.twin.world import Hazard, Traffic, World

USERS: Final = 1_500
LOG_WEEKS: Final = 6
WEEKS: Final = 26
ENOUGH: Final = 30.0
"""Cases that say as much as is assumed without any."""
_LEAP: Final = 1.5
"""The most by which a world is moved at once, in logarithms: it may show little of what it is before."""


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
            float(one.constant + 0.5 * chance.standard_normal()), times(one.irrelevance, 0.5), times(one.fatigue, 0.6)
        )

    people, traffic, fatigue, reactions = world.people, world.traffic, world.fatigue, world.reactions
    return replace(
        world,
        people=replace(
            people,
            tolerance_sigma=times(people.tolerance_sigma, 0.3),
            liking_mean=float(people.liking_mean + 0.5 * chance.standard_normal()),
            liking_sigma=times(people.liking_sigma, 0.3),
            sender_sigma=times(people.sender_sigma, 0.3),
        ),
        traffic=replace(traffic, volume_sigma=times(traffic.volume_sigma, 0.4)),
        fatigue=replace(fatigue, keep=nudged(fatigue.keep, 0.5 * chance.standard_normal())),
        reactions=replace(
            reactions,
            shape=str(chance.choice(np.asarray(["logistic", "complementary", "quadratic"]), p=[0.4, 0.3, 0.3])),
            block=hazard(reactions.block),
            stop=hazard(reactions.stop),
            leave=hazard(reactions.leave),
        ),
    )


def nudged(share: float, odds: float) -> float:
    """A share moved in log odds."""
    return 1.0 / (1.0 + math.exp(-(math.log(share / (1.0 - share)) + odds)))


def scaled(world: World, seen: Seen) -> World:
    """The world with the traffic that was seen."""
    traffic: Traffic = world.traffic
    per_week = seen.offered / max(seen.people * seen.weeks, 1.0)
    return replace(
        world, traffic=replace(traffic, per_week=per_week, price_median=seen.price, volume_sigma=seen.spread)
    )


def at_the_rate(world: World, seen: Seen, shown: Seen) -> World:
    """The world with its chances moved towards those that were seen, where it has `shown` others."""

    def by(one: Hazard, name: str) -> Hazard:
        over = math.log(seen.rate(getattr(seen, name)) / shown.rate(getattr(shown, name)))
        return replace(one, constant=one.constant + max(-_LEAP, min(_LEAP, over)))

    reactions = world.reactions
    return replace(
        world,
        reactions=replace(
            reactions,
            block=by(reactions.block, "blocks"),
            stop=by(reactions.stop, "stops"),
            leave=by(reactions.leave, "leaves"),
        ),
    )


def distance(seen: Seen, shown: Seen) -> float:
    """How far a world is from what was seen: in how often people block and stop, and how much oftener when tired.

    In logarithms; each counts by how many cases there are to tell it from.
    """
    found = 0.0
    for name in ("blocks", "stops"):
        cases, of_tired = getattr(seen, name), getattr(seen, f"tired_{name}")
        over = math.log(seen.rate(cases) / shown.rate(getattr(shown, name)))
        steeper = seen.steepness(cases, of_tired) - shown.steepness(
            getattr(shown, name), getattr(shown, f"tired_{name}")
        )
        rested = cases - of_tired
        found += over**2 * cases / (cases + ENOUGH) + steeper**2 * rested / (rested + ENOUGH)
    return math.sqrt(found)
