"""Fitting: finds the coefficients and the spread of tolerance from what people did with what they got.

Expectation-maximisation over the hidden class of each person; each coefficient row is moved by Newton's method (iterated
weighted least squares) with a little of the former model as a prior, so that an outcome nobody has shown keeps a sane
chance.

Deliveries should come from weeks in which the volume was drawn by lot. Where it was chosen by the score, those got much who are
believed to put up with it, and exposure looks harmless. So each fit stands on what `Earlier` ones found, as firmly as they do.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from takt.core.admission import hazard
from takt.core.admission.arrays import Floats, Ints, shares
from takt.core.admission.hazard import OUTCOMES, TERMS, Model
from takt.core.value import value

ROUNDS: Final = 8
HALF_LIFE_DAYS: Final = 365.0
"""How long it takes until what deliveries taught weighs half: people change slowly, and few deliveries a week are drawn by lot."""
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


@value
class Firmness:
    """What a model rests on: how sharply the likelihood bends at each row of coefficients (outcome, term, term), and people."""

    rows: Floats
    people: float


NOT_FIRM: Final = Firmness(np.zeros((len(OUTCOMES), len(TERMS), len(TERMS))), 0.0)
"""That of a model that rests on nothing."""


@value
class Earlier:
    """What other deliveries taught: how firm the model before is, and how likely it is what people did (person, class; logarithms)."""

    firmness: Firmness
    tolerance: Floats


def nothing_earlier(seen: Deliveries, model: Model) -> Earlier:
    """These deliveries are all there is."""
    return Earlier(NOT_FIRM, np.zeros((_people(seen), len(model.nodes))))


def fit(before: Model, seen: Deliveries, earlier: Earlier | None = None) -> Model:
    """The model by these deliveries, starting from the one before; its version is one higher."""
    model, prior = replace(before, version=before.version + 1), before
    earlier = earlier or nothing_earlier(seen, model)
    for _ in range(ROUNDS):
        belongs = _belongs(model, seen, earlier)
        weights = belongs.sum(0) + (_PRIOR_PEOPLE + earlier.firmness.people) * prior.weights
        each, firm = belongs[seen.person], earlier.firmness.rows
        rows = [_step(model, prior, seen, each, firm[outcome], outcome) for outcome in range(len(OUTCOMES))]
        model = replace(model, weights=weights / weights.sum(), coefficients=np.stack(rows))
    return model


def refit(before: Model, firm: Firmness, seen: Deliveries, tolerance: Floats) -> tuple[Model, Firmness]:
    """The model after one that is so firm, by these deliveries alone, and how firm it is.

    `tolerance` (person, class) is all that was learned of their people, these deliveries included.
    """
    found = hazard.chances(before, seen.content, seen.affinity, seen.pressure)
    earlier = Earlier(firm, tolerance - _evidence(found, seen))
    model = fit(before, seen, earlier)
    return model, _firmness(model, seen, earlier)


def faded(firm: Firmness, days: float) -> Firmness:
    """What is left of firmness after so many days."""
    left = 0.5 ** (days / HALF_LIFE_DAYS)
    return Firmness(firm.rows * left, firm.people * left)


def likelihood(model: Model, seen: Deliveries) -> float:
    """The mean log likelihood of deliveries, the people's classes unknown."""
    found = hazard.chances(model, seen.content, seen.affinity, seen.pressure)
    logs = _evidence(found, seen) + np.log(model.weights)
    top = logs.max(1)
    return float((top + np.log(np.exp(logs - top[:, None]).sum(1))).sum() / len(seen.person))


def _firmness(model: Model, seen: Deliveries, earlier: Earlier) -> Firmness:
    before, each = earlier.firmness, _belongs(model, seen, earlier)[seen.person]
    curves = [_slope_and_curve(model, seen, each, outcome)[1] for outcome in range(len(OUTCOMES))]
    return Firmness(before.rows + np.stack(curves), before.people + _people(seen))


def _evidence(found: Floats, seen: Deliveries) -> Floats:
    """The log likelihood of each person's deliveries (person, class)."""
    logs = np.log(np.where(seen.outcomes[..., None] > 0.0, found, 1.0 - found) + _LEAST).sum(0)
    return np.stack([np.bincount(seen.person, logs[:, one], _people(seen)) for one in range(logs.shape[1])], 1)


def _people(seen: Deliveries) -> int:
    return int(seen.person.max()) + 1


def _belongs(model: Model, seen: Deliveries, earlier: Earlier) -> Floats:
    """How likely each person is of each class."""
    found = hazard.chances(model, seen.content, seen.affinity, seen.pressure)
    return shares(_evidence(found, seen) + earlier.tolerance + np.log(model.weights))


def _step(model: Model, prior: Model, seen: Deliveries, belongs: Floats, firm: Floats, outcome: int) -> Floats:
    """One Newton step for the coefficients of an outcome."""
    slope, curve = _slope_and_curve(model, seen, belongs, outcome)
    far = model.coefficients[outcome] - prior.coefficients[outcome]
    pull = firm @ far + PRIOR_WEIGHT * far
    step = np.linalg.solve(curve + firm + PRIOR_WEIGHT * np.eye(len(TERMS)), slope - pull)
    moved: Floats = model.coefficients[outcome] + np.clip(step, -1.0, 1.0)
    return moved


def _slope_and_curve(model: Model, seen: Deliveries, belongs: Floats, outcome: int) -> tuple[Floats, Floats]:
    """How the likelihood of an outcome rises with its coefficients, and how sharply it bends."""
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
    return slope, curve
