"""What may come to anybody, by a sample of what was offered: the ground on which the future is valued."""

from typing import Final

import numpy as np

from takt.core.admission import hazard, scoring
from takt.core.admission.arrays import Floats
from takt.core.admission.hazard import Model
from takt.core.admission.outlook import GRID, Prospect
from takt.core.admission.scoring import Taste
from takt.core.value import value

SAMPLE: Final = 120


@value
class Sample:
    """Messages as they were offered, to people so tired, and how many come to a person in a day."""

    price: Floats
    content: Floats
    affinity: Floats
    pressure: Floats
    per_day: float


def prospect(model: Model, sample: Sample, taste: Taste) -> Prospect:
    """The prospect by an even choice of at most `SAMPLE` from these messages."""
    count = min(SAMPLE, len(sample.price))
    chosen = np.linspace(0, len(sample.price) - 1, count).astype(np.int64)
    content, affinity, grid = sample.content[chosen], sample.affinity[chosen], len(GRID)
    flat = hazard.chances(model, np.repeat(content, grid), np.repeat(affinity, grid), np.tile(GRID, count))
    shape = (len(hazard.OUTCOMES), count, grid, len(model.nodes))
    chances = np.ascontiguousarray(flat.reshape(shape).transpose(0, 3, 1, 2))
    gain = scoring.gain(taste, chances).mean((0, 2))
    return Prospect(sample.price[chosen], gain, chances, np.ones(count), sample.per_day)
