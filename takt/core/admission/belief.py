"""What is believed of people: how much each puts up with, and how much each likes a sender.

Tolerance is a weight for each class, kept as unscaled logarithms. A liking is a mean and a variance, for the sender in
general and for the person with that sender (the edge). Both are moved by what people did with a message they got, each
by as much as it can tell (assumed-density filtering: a step of Newton's method at the new observation).
"""

import numpy as np

from takt.core.admission import hazard
from takt.core.admission.arrays import Floats, shares
from takt.core.admission.hazard import READ, USEFUL, Model
from takt.core.value import value

_LEAST = 1e-9


@value
class Liking:
    """Means and variances of how much senders are liked in general, and by the person in question."""

    sender_mean: Floats
    sender_variance: Floats
    edge_mean: Floats
    edge_variance: Floats

    @property
    def affinity(self) -> Floats:
        """How much the person is thought to like the sender."""
        return self.sender_mean + self.edge_mean


@value
class Lesson:
    """What deliveries teach, to be added: to the tolerance (message, class), to the likings, and to what they rest on."""

    tolerance: Floats
    sender_mean: Floats
    sender_weight: Floats
    edge_mean: Floats
    edge_weight: Floats


def weights(model: Model, tolerance: Floats) -> Floats:
    """The weights of the classes (person, class), from what was learned of each (0 where nothing was)."""
    return shares(tolerance + np.log(model.weights))


def learn(model: Model, weighed: Floats, liking: Liking, content: Floats, pressure: Floats, outcomes: Floats) -> Lesson:
    """What deliveries teach. `weighed` are the classes' weights before it; `outcomes` (outcome, message) are 0 or 1."""
    affinity = liking.affinity
    found = hazard.chances(model, content, affinity, pressure)
    happened = outcomes[..., None] > 0.0
    logs = np.log(np.where(happened, found, 1.0 - found) + _LEAST).sum(0)
    after = shares(np.log(weighed + _LEAST) + logs)
    slope, weight = np.zeros_like(content), np.zeros_like(content)
    for outcome in (USEFUL, READ):
        load = model.coefficients[outcome, 2]
        slope += load * (after * (outcomes[outcome][:, None] - found[outcome])).sum(1)
        weight += load**2 * (after * found[outcome] * (1.0 - found[outcome])).sum(1)
    step = slope / (1.0 + (liking.sender_variance + liking.edge_variance) * weight)
    return Lesson(
        logs,
        liking.sender_variance * step,
        weight / (1.0 + liking.edge_variance * weight),
        liking.edge_variance * step,
        weight / (1.0 + liking.sender_variance * weight),
    )


def narrowed(variance: Floats, weight: Floats) -> Floats:
    """The variance of a liking after observations of this weight."""
    found: Floats = 1.0 / (1.0 / variance + weight)
    return found
