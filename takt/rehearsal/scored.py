"""Which logged messages a policy that decides by score would let through.

A message that was scored keeps its terms; what another budget changes is the price of annoyance, so that what is let through
annoys by as much more or less as the budget allows. One that met the cap of the cold start is scored as of an unknown person,
at the price with which the market would open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from takt.core.admission import book, hazard, opening, scoring
from takt.core.admission.arrays import Flags, Floats
from takt.core.admission.hazard import Model
from takt.core.admission.outlook import outlook
from takt.core.admission.prospects import Sample, prospect
from takt.core.admission.scoring import Candidates, Taste
from takt.core.admission.settings import Admission
from takt.rehearsal.job import Choice

ROUNDS: Final = 40
WIDEST: Final = 1_000.0
"""By which factor the price of annoyance may differ at most."""
PRICE, GAIN, LOSS, ANNOYANCE, CHARGE, TIRING, BONUS = range(7)


@dataclass(frozen=True, slots=True)
class Ground:
    """What decides by score: the model; and how many messages a day come to a person, by people and days of the record."""

    model: Model
    people: int
    days: float

    @classmethod
    def of(cls, rendered: Mapping[str, Any] | None, people: int, days: float) -> "Ground":
        """From a model as JSON, if there is one."""
        model = hazard.prior() if rendered is None else book.read_model(rendered["version"], rendered)
        return cls(model, max(people, 1), max(days, 1.0))


def passing(choices: Sequence[Choice], old: Admission, new: Admission, ground: Ground) -> Flags:
    """Which of these pass by score under the new settings."""
    scored = np.asarray([one.mode == "priced" for one in choices])
    passed = np.zeros(len(choices), bool)
    for those, by in ((scored, _rescored), (~scored, _scored)):
        some = [one for one, is_one in zip(choices, those, strict=True) if is_one]
        if some:
            passed[those] = by(some, old, new, ground)
    return passed


def _rescored(some: Sequence[Choice], old: Admission, new: Admission, _: Ground) -> Flags:
    terms = np.asarray([one.terms for one in some])
    then = terms.copy()
    then[:, GAIN] *= new.alpha / old.alpha if old.alpha > 0.0 else 1.0
    before = _score(terms, 1.0) > old.reserve
    if (new.alpha, new.reserve, new.budget) == (old.alpha, old.reserve, old.budget):
        return before
    allowed = float(terms[before, ANNOYANCE].sum()) * new.budget / max(old.budget, 1e-9)
    low, high = 1.0 / WIDEST, WIDEST
    for _round in range(ROUNDS):
        middle = float(np.sqrt(low * high))
        if float(then[_score(then, middle) > new.reserve, ANNOYANCE].sum()) > allowed:
            low = middle
        else:
            high = middle
    return _score(then, high) > new.reserve


def _score(terms: Floats, times: float) -> Floats:
    """What is left where annoyance costs so many times as much as it did."""
    plus = terms[:, PRICE] + terms[:, GAIN] + terms[:, BONUS]
    found: Floats = plus - terms[:, LOSS] - times * terms[:, CHARGE] - terms[:, TIRING]
    return found


def _scored(some: Sequence[Choice], _: Admission, new: Admission, ground: Ground) -> Flags:
    price = np.asarray([one.terms[PRICE] for one in some])
    content, affinity, pressure = (
        np.asarray([getattr(one, name) for one in some]) for name in ("content", "affinity", "pressure")
    )
    model, taste, stakes = ground.model, Taste(new.alpha), book.stakes(new)
    sample = Sample(price, content, affinity, pressure, len(some) / ground.people / ground.days)
    opened = opening.price(model, sample, taste, stakes, new.budget)
    ahead = outlook(prospect(model, sample, taste), opened, stakes)
    count = len(some)
    offered = Candidates(
        price, content, affinity, pressure, np.tile(model.weights, (count, 1)), np.ones(count), np.zeros(count)
    )
    terms = scoring.weigh(ahead, taste, offered, hazard.chances(model, content, affinity, pressure))
    found: Flags = terms.score > new.reserve
    return found
