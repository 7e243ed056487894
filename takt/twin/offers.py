"""What a world offers, drawn once from its seed: people, likings, and every message of every day with its lots.

All policies of a seed meet the same messages and the same lots, so that their differences are the policies' own.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from takt.core.admission.arrays import Flags, Floats, Ints, logistic
from takt.twin.world import World

LOTS: Final = ("block", "stop", "leave", "useful", "read", "report", "log", "explore", "detect")
DAYS_A_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Day:
    """The messages offered on one day, sorted by person; `lots` (lot, message) decide what people do."""

    person: Ints
    sender: Ints
    relevance: Floats
    price: Floats
    content: Floats
    lots: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Offers:
    """A world come to life by a seed. Tolerance, likings and relevance are hidden from all policies but the oracle."""

    world: World
    seed: int
    tolerance: Floats
    owner: Ints
    mislabelled: Flags
    days: tuple[Day, ...]


def draw_offers(world: World, seed: int) -> Offers:
    """Everything that happens in a world whatever the policy."""
    chance = np.random.default_rng(seed)
    people, traffic, trouble = world.people, world.traffic, world.trouble
    users, senders = world.users, world.senders
    tolerance = np.exp(people.tolerance_sigma * chance.standard_normal(users))
    sender_liking = people.liking_mean + people.sender_sigma * chance.standard_normal(senders)
    owner = np.arange(senders) // max(1, trouble.senders_per_owner)
    liking = sender_liking[owner][None] + people.liking_sigma * chance.standard_normal((users, senders))[:, owner]
    asked_for = chance.random((users, senders)) < people.senders_each / senders
    asked_for[np.arange(users), chance.integers(0, senders, users)] = True
    shares = np.cumsum(asked_for / asked_for.sum(1, keepdims=True), 1)
    spread = traffic.volume_sigma
    volume = traffic.per_week * np.exp(spread * chance.standard_normal(users) - spread**2 / 2)
    fallen = chance.random(senders) < trouble.scandal_senders
    mislabelled = chance.random(senders) < trouble.mislabelled
    days = []
    for day in range((world.log_weeks + world.weeks) * DAYS_A_WEEK):
        week = day // DAYS_A_WEEK - world.log_weeks
        person = np.repeat(np.arange(users), chance.poisson(volume * _season(world, week) / DAYS_A_WEEK))
        sender = np.minimum((chance.random(len(person))[:, None] > shares[person]).sum(1), senders - 1)
        mood = liking[person, sender]
        if trouble.scandal_week and week >= trouble.scandal_week:
            mood = mood - trouble.scandal_drop * fallen[sender]
        days.append(_day(world, chance, person, sender, mood))
    return Offers(world, seed, tolerance, owner, mislabelled, tuple(days))


def _season(world: World, week: int) -> float:
    traffic = world.traffic
    return traffic.peak_factor if 0 <= week - traffic.peak_from < traffic.peak_weeks else 1.0


def _day(world: World, chance: np.random.Generator, person: Ints, sender: Ints, mood: Floats) -> Day:
    traffic, count = world.traffic, len(person)
    own = traffic.relevance_sigma * chance.standard_normal(count)
    known = own + mood if traffic.content_knows_liking else own
    return Day(
        person,
        sender,
        logistic(mood + own),
        traffic.price_median * np.exp(traffic.price_sigma * chance.standard_normal(count)),
        known + traffic.content_noise * chance.standard_normal(count),
        chance.random((len(LOTS), count), np.float32),
    )
