"""The opening price: what a unit of annoyance should cost in a market where nothing has decided by score yet.

It is the price at which what was offered of late would have annoyed by just as much as the budget allows. From then on
`shadow` moves it by what really happens.
"""

from typing import Final

import numpy as np

from takt.core.admission import hazard, scoring
from takt.core.admission.hazard import Model
from takt.core.admission.outlook import Outlook, Stakes, outlook
from takt.core.admission.prospects import Sample, prospect
from takt.core.admission.scoring import Candidates, Taste

LEAST: Final = 1e-3
MOST: Final = 1e6
ROUNDS: Final = 16


def price(model: Model, sample: Sample, taste: Taste, stakes: Stakes, budget_per_week: float) -> float:
    """The price, between `LEAST` and `MOST`. `budget_per_week` is the annoyance allowed a week per 1,000 people."""
    coming = prospect(model, sample, taste)
    low, high = LEAST, MOST
    for _ in range(ROUNDS):
        middle = float(np.sqrt(low * high))
        if annoyance_per_week(model, sample, taste, outlook(coming, middle, stakes)) > budget_per_week:
            low = middle
        else:
            high = middle
    return high


def annoyance_per_week(model: Model, sample: Sample, taste: Taste, ahead: Outlook) -> float:
    """What these messages would annoy a week per 1,000 people, those that pass at this outlook, to people unknown."""
    count = len(sample.price)
    weights = np.tile(model.weights, (count, 1))
    offered = Candidates(
        sample.price, sample.content, sample.affinity, sample.pressure, weights, np.ones(count), np.zeros(count)
    )
    chances = hazard.chances(model, offered.content, offered.affinity, offered.pressure)
    terms = scoring.weigh(ahead, taste, offered, chances)
    passed = terms.score > 0.0
    return float((terms.annoyance * passed).mean() * sample.per_day * 7_000.0)
