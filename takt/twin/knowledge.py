"""What the admission policy knows in the twin: for everybody at once what the product keeps for each person."""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from takt.core.admission import belief, exposure, fitting
from takt.core.admission.arrays import Floats, Ints
from takt.core.admission.belief import Liking
from takt.core.admission.fitting import Deliveries
from takt.core.admission.hazard import Model
from takt.core.admission.scoring import Candidates
from takt.twin.policies import Delivery, Sight

_ONE_DAY = np.ones(1)
FITTED_PEOPLE: Final = 4_000


@dataclass(slots=True)
class Knowledge:
    """Beliefs about tolerance (person, class) and likings (owner; person, owner), exposure, and the log to learn from.

    `filed` counts what owners filed as utility: what was found to be marketing, and what was not (which, owner).
    """

    model: Model
    tolerance: Floats
    owner_mean: Floats
    owner_variance: Floats
    edge_mean: Floats
    edge_variance: Floats
    pressure: Floats
    filed: Floats
    log: list[Deliveries] = field(default_factory=list)
    days: list[Delivery] = field(default_factory=list)

    def candidates(self, sight: Sight) -> Candidates:
        """What is known of the messages that wait."""
        person = sight.person
        ones = np.ones(len(person))
        return Candidates(
            sight.price,
            sight.content,
            self.liking(person, sight.owner).affinity,
            self.pressure[person],
            belief.weights(self.model, self.tolerance[person]),
            ones,
            np.zeros(len(person)),
        )

    def liking(self, person: Ints, owner: Ints) -> Liking:
        """What is believed of how these people like these owners."""
        return Liking(
            self.owner_mean[owner], self.owner_variance[owner],
            self.edge_mean[person, owner], self.edge_variance[person, owner],
        )  # fmt: skip

    def learn(self, delivery: Delivery) -> None:
        """Move all beliefs by what was weighed of a day's deliveries, and let the day end; what slipped past adds to exposure alone."""
        self.days.append(delivery)
        self._believe(weighed_alone(delivery))
        weight = np.where(
            delivery.as_marketing, exposure.WEIGHTS["marketing"], self._utility_weights(delivery)[delivery.owner]
        )
        self.pressure = exposure.fade(self.pressure, _ONE_DAY) + np.bincount(
            delivery.person, weight, len(self.pressure)
        )

    def _believe(self, delivery: Delivery) -> None:
        person, owner = delivery.person, delivery.owner
        liking, pressure = self.liking(person, owner), self.pressure[person]
        weighed = belief.weights(self.model, self.tolerance[person])
        self.log.append(Deliveries(person, delivery.content, liking.affinity, pressure, delivery.outcomes))
        lesson = belief.learn(self.model, weighed, liking, delivery.content, pressure, delivery.outcomes)
        np.add.at(self.tolerance, person, lesson.tolerance)
        np.add.at(self.edge_mean, (person, owner), lesson.edge_mean)
        self.edge_variance[person, owner] = belief.narrowed(liking.edge_variance, lesson.edge_weight)
        owners = len(self.owner_mean)
        self.owner_mean = self.owner_mean + np.bincount(owner, lesson.sender_mean, owners)
        weight: Floats = np.bincount(owner, lesson.sender_weight, owners).astype(np.float64)
        self.owner_variance = belief.narrowed(self.owner_variance, weight)

    def _utility_weights(self, delivery: Delivery) -> Floats:
        """How much utility of each owner counts, by what it filed until today."""
        fair = np.bincount(delivery.owner[~delivery.as_marketing], minlength=len(self.owner_mean))
        self.filed = self.filed + np.stack([delivery.found_out, fair])
        return exposure.utility_weights(exposure.misfiled(*self.filed))

    def copy(self) -> "Knowledge":
        """The same knowledge, to go on elsewhere."""
        return Knowledge(
            self.model, self.tolerance.copy(), self.owner_mean.copy(), self.owner_variance.copy(),
            self.edge_mean.copy(), self.edge_variance.copy(), self.pressure.copy(), self.filed.copy(), list(self.log), list(self.days),
        )  # fmt: skip

    def replayed(self, model: Model) -> "Knowledge":
        """What would be known now if this model had been there from the beginning."""
        users, owners = self.edge_mean.shape
        known = nothing_known(users, owners, model)
        for delivery in self.days:
            known.learn(delivery)
        return known

    def refitted(self) -> Model:
        """The model by the deliveries so far, of at most `FITTED_PEOPLE`."""
        person = np.concatenate([one.person for one in self.log])
        kept = person < FITTED_PEOPLE
        seen = Deliveries(
            person[kept],
            np.concatenate([one.content for one in self.log])[kept],
            np.concatenate([one.affinity for one in self.log])[kept],
            np.concatenate([one.pressure for one in self.log])[kept],
            np.concatenate([one.outcomes for one in self.log], 1)[:, kept],
        )
        return fitting.fit(self.model, seen)


def weighed_alone(delivery: Delivery) -> Delivery:
    """What was weighed of deliveries."""
    weighed = delivery.as_marketing
    if weighed.all():
        return delivery
    seen = {name: getattr(delivery, name)[weighed] for name in ("person", "owner", "sender", "content", "as_marketing")}
    return replace(delivery, **seen, outcomes=delivery.outcomes[:, weighed])


def nothing_known(users: int, owners: int, model: Model) -> Knowledge:
    """The beginning."""
    return Knowledge(
        model,
        np.zeros((users, len(model.nodes))),
        np.zeros(owners),
        np.full(owners, model.sender_variance),
        np.zeros((users, owners)),
        np.full((users, owners), model.edge_variance),
        np.zeros(users),
        np.zeros((2, owners)),
    )
