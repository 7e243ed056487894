"""Fitting: finds the coefficients and the spread of tolerance from what people did with what they got.

Expectation-maximisation over the hidden class of each person; each coefficient row is moved by Newton's method (iterated
weighted least squares) with a little of the former model as a prior, so that an outcome nobody has shown keeps a sane
chance. Deliveries should come from weeks in which the volume was drawn by lot: then exposure is not a choice.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from takt.core.admission import hazard
from takt.core.admission.arrays import Floats, Ints, shares
from takt.core.admission.hazard import OUTCOMES, TERMS, Model

ROUNDS: Final = 8
PRIOR_WEIGHT: Final = 0.5
_PRIOR_PEOPLE: Final = 20.0
_LEAST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Delivered messages: who (numbered from 0), what was seen of each then, and the outcomes (outcome, delivery)."""

    person: Ints
    content: Floats
    affinity: Floats
    pressure: Floats
    outcomes: Floats


def fit(before: Model, seen: Deliveries, rounds: int = ROUNDS) -> Model:
    """The model by these deliveries, starting from the one before; its version is one higher."""
    model, prior = replace(before, version=before.version + 1), before
    for _ in range(rounds):
        found = hazard.chances(model, seen.content, seen.affinity, seen.pressure)
        by_person = _evidence(found, seen)
        belongs = shares(by_person + np.log(model.weights))
        weights = belongs.sum(0) + _PRIOR_PEOPLE * prior.weights
        rows = [_step(model, prior, seen, belongs[seen.person], outcome) for outcome in range(len(OUTCOMES))]
        model = replace(model, weights=weights / weights.sum(), coefficients=np.stack(rows))
    return model


def likelihood(model: Model, seen: Deliveries) -> float:
    """The mean log likelihood of deliveries, the people's classes unknown."""
    found = hazard.chances(model, seen.content, seen.affinity, seen.pressure)
    logs = _evidence(found, seen) + np.log(model.weights)
    top = logs.max(1)
    return float((top + np.log(np.exp(logs - top[:, None]).sum(1))).sum() / len(seen.person))


def _evidence(found: Floats, seen: Deliveries) -> Floats:
    """The log likelihood of each person's deliveries (person, class)."""
    logs = np.log(np.where(seen.outcomes[..., None] > 0.0, found, 1.0 - found) + _LEAST).sum(0)
    people = int(seen.person.max()) + 1
    return np.stack([np.bincount(seen.person, logs[:, one], people) for one in range(logs.shape[1])], 1)


def _step(model: Model, prior: Model, seen: Deliveries, belongs: Floats, outcome: int) -> Floats:
    """One Newton step for the coefficients of an outcome."""
    scale = np.exp(-model.nodes)
    found = hazard.chance(model, outcome, seen.content, seen.affinity, seen.pressure)
    missed = belongs * (seen.outcomes[outcome][:, None] - found)
    weight = belongs * found * (1.0 - found)
    plain = np.stack([np.ones_like(seen.content), seen.content, seen.affinity], 1)
    slope = np.append(plain.T @ missed.sum(1), float((missed @ scale) @ seen.pressure))
    curve = np.empty((len(TERMS), len(TERMS)))
    curve[:3, :3] = (plain * weight.sum(1)[:, None]).T @ plain
    curve[:3, 3] = curve[3, :3] = plain.T @ ((weight @ scale) * seen.pressure)
    curve[3, 3] = float((weight @ scale**2) @ seen.pressure**2)
    pull = PRIOR_WEIGHT * (model.coefficients[outcome] - prior.coefficients[outcome])
    step = np.linalg.solve(curve + PRIOR_WEIGHT * np.eye(len(TERMS)), slope - pull)
    moved: Floats = model.coefficients[outcome] + np.clip(step, -1.0, 1.0)
    return moved
