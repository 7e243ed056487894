"""What a message may lead to: chances in discrete time, for people of several classes of tolerance.

How much a person puts up with cannot be seen, only inferred from what they do. So every chance is worked out for each
class, and a person is a set of weights over the classes (`belief`). The log odds of an outcome are

    constant + content * score + affinity * liking + exposure * pressure / tolerance

with one row of four coefficients for each outcome. `fitting` finds them.
"""

from typing import Final

import numpy as np

from takt.core.admission.arrays import Floats, logistic, to_last
from takt.core.value import value

OUTCOMES: Final = ("useful", "read", "block", "report", "stop", "leave")
USEFUL, READ, BLOCK, REPORT, STOP, LEAVE = range(len(OUTCOMES))
TERMS: Final = ("constant", "content", "affinity", "exposure")
NODES: Final = (-1.35, -0.9, -0.45, 0.0, 0.45, 0.9, 1.35)
_SPREAD: Final = 0.6
_PRIOR: Final = (
    (-1.2, 0.3, 0.7, -0.25),
    (0.5, 0.1, 0.35, -0.08),
    (-5.0, -0.1, -0.3, 0.4),
    (-8.0, -0.1, -0.3, 0.4),
    (-6.5, -0.05, -0.2, 0.5),
    (-9.0, 0.0, 0.0, 0.5),
)


@value
class Model:
    """Coefficients (outcome, term), logarithms of tolerance (class), how frequent each class is, and how likings vary."""

    version: int
    coefficients: Floats
    nodes: Floats
    weights: Floats
    sender_variance: float = 0.64
    edge_variance: float = 1.44


def prior() -> Model:
    """The model before anything was learned: rough coefficients, tolerance spread as in other media."""
    nodes = np.asarray(NODES)
    weights = np.exp(-0.5 * (nodes / _SPREAD) ** 2)
    return Model(0, np.asarray(_PRIOR), nodes, weights / weights.sum())


def chance(model: Model, outcome: int, content: Floats, affinity: Floats, pressure: Floats) -> Floats:
    """The chance of one outcome (message, class)."""
    constant, by_content, by_affinity, by_pressure = model.coefficients[outcome]
    seen = constant + by_content * content + by_affinity * affinity
    return logistic(seen[:, None] + by_pressure * pressure[:, None] * np.exp(-model.nodes))


def chances(model: Model, content: Floats, affinity: Floats, pressure: Floats) -> Floats:
    """The chances of all outcomes (outcome, message, class); messages may have more axes than one."""
    ones = (1,) * pressure.ndim
    constant, by_content, by_affinity, by_pressure = model.coefficients.T.reshape(len(TERMS), len(OUTCOMES), 1, *ones)
    odds = by_pressure * pressure * np.exp(-model.nodes).reshape(-1, *ones)
    odds += constant + by_content * content + by_affinity * affinity
    return to_last(logistic(odds), 1)
