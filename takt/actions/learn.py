"""What people did about marketing teaches how much they put up with, and whom they like.

A slice of a part in one transaction. Each message teaches once, two days after it went out; one that never arrived
teaches nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np

from takt.core.admission import belief
from takt.core.admission.arrays import Floats
from takt.core.admission.belief import Liking
from takt.core.admission.book import Book, Owner, stakes
from takt.core.admission.fitting import Deliveries
from takt.core.admission.hazard import OUTCOMES
from takt.core.admission.settings import Admission
from takt.store import admissions
from takt.store.admissions import MATURE, Observed
from takt.store.pool import Conn

SLICE_MAX: Final = 500


@dataclass(slots=True)
class Learned:
    """How many messages taught something, whether there may be more, and what it says of owners in general."""

    count: int = 0
    more: bool = False
    means: defaultdict[UUID, float] = field(default_factory=lambda: defaultdict(float))
    weights: defaultdict[UUID, float] = field(default_factory=lambda: defaultdict(float))


async def learn(conn: Conn, part: int, book: Book, settings: Admission, now: datetime) -> Learned:
    """Learn from the oldest messages of a part from which nothing was learned yet."""
    ones = await admissions.unlearned(conn, part, now - MATURE, SLICE_MAX)
    found = Learned(len(ones), len(ones) == SLICE_MAX)
    if not ones:
        return found
    harm = [0.0] * len(ones)
    arrived = [place for place, one in enumerate(ones) if one.delivered]
    if arrived:
        taught = [ones[place] for place in arrived]
        for place, happened in zip(arrived, stakes(settings).annoyance(outcomes_of(taught)).tolist(), strict=True):
            harm[place] = happened
        await _teach(conn, part, book, taught, found)
    await admissions.set_learned(conn, part, ones, harm, now)
    return found


def outcomes_of(ones: Sequence[Observed]) -> Floats:
    """The outcomes (outcome, message) as 0 and 1. Who leaves is erased, with all that was known."""
    return np.asarray([[float(getattr(one, name, False)) for one in ones] for name in OUTCOMES])


def deliveries_of(ones: Sequence[Observed]) -> Deliveries:
    """Messages that arrived, for fitting; people are numbered in the order in which they come."""
    numbers = {key: place for place, key in enumerate(dict.fromkeys(one.recipient_id for one in ones))}
    return Deliveries(
        np.asarray([numbers[one.recipient_id] for one in ones], np.int64),
        np.asarray([one.content for one in ones]),
        np.asarray([one.affinity for one in ones]),
        np.asarray([one.pressure for one in ones]),
        outcomes_of(ones),
    )


async def _teach(conn: Conn, part: int, book: Book, ones: Sequence[Observed], found: Learned) -> None:
    """The lessons of messages, all by what was believed before the first of them."""
    model = book.model
    known = await admissions.lock_beliefs(conn, part, {one.recipient_id for one in ones}, len(model.nodes))
    people, owners = [known[one.recipient_id] for one in ones], [book.owner(one.owner_id) for one in ones]
    unknown = (0.0, model.edge_variance)
    before = [person.likings.get(one.owner_id, unknown) for person, one in zip(people, ones, strict=True)]
    liking = Liking(
        np.asarray([one.mean for one in owners]), np.asarray([one.variance for one in owners]),
        np.asarray([one[0] for one in before]), np.asarray([one[1] for one in before]),
    )  # fmt: skip
    weighed = belief.weights(model, np.asarray([one.logs for one in people]))
    content, pressure = (np.asarray([getattr(one, name) for one in ones]) for name in ("content", "pressure"))
    lesson = belief.learn(model, weighed, liking, content, pressure, outcomes_of(ones))
    for place, (person, one) in enumerate(zip(people, ones, strict=True)):
        person.logs = person.logs + lesson.tolerance[place]
        mean, variance = person.likings.get(one.owner_id, unknown)
        weight = 1.0 / variance + float(lesson.edge_weight[place])
        person.likings[one.owner_id] = (mean + float(lesson.edge_mean[place]), 1.0 / weight)
        found.means[one.owner_id] += float(lesson.sender_mean[place])
        found.weights[one.owner_id] += float(lesson.sender_weight[place])
    for person in known.values():
        person.logs = person.logs - person.logs.max()
    await admissions.set_beliefs(conn, part, known)


def owners_after(book: Book, found: Learned) -> dict[UUID, Owner]:
    """The owners of whom something was learned, as they are known now."""
    after = {}
    for owner_id, mean in found.means.items():
        before = book.owner(owner_id)
        variance = 1.0 / (1.0 / before.variance + found.weights[owner_id])
        after[owner_id] = Owner(before.mean + mean, variance, before.bonus)
    return after
