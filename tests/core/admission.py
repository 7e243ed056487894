"""What admission is tried on: a usual model, what the future is worth at some prices, and single messages."""

import numpy as np

from takt.core.admission import hazard, outlook, scoring
from takt.core.admission.outlook import GRID, Prospect, Stakes
from takt.core.admission.scoring import Candidates, Taste, Terms

MODEL = hazard.prior()
STAKES = Stakes()


def prospect() -> Prospect:
    chance = np.random.default_rng(1)
    content, affinity = chance.standard_normal(30), chance.standard_normal(30)
    flat = hazard.chances(MODEL, np.repeat(content, len(GRID)), np.repeat(affinity, len(GRID)), np.tile(GRID, 30))
    chances = flat.reshape(len(hazard.OUTCOMES), 30, len(GRID), len(MODEL.nodes)).transpose(0, 3, 1, 2)
    return Prospect(np.full(30, 0.09), np.zeros(30), chances, np.ones(30), 0.7)


AHEAD = {price: outlook.outlook(prospect(), price, STAKES) for price in (0.5, 2.0, 5.0, 12.0)}


def candidates(
    price: float = 0.08, content: float = 0.0, affinity: float = 0.0, pressure: float = 1.0, bonus: float = 0.0
) -> Candidates:
    return Candidates(
        np.array([price]), np.array([content]), np.array([affinity]), np.array([pressure]),
        MODEL.weights[None], np.ones(1), np.array([bonus]),
    )  # fmt: skip


def terms_of(one: Candidates, shadow_price: float = 5.0, alpha: float = 0.0) -> Terms:
    chances = hazard.chances(MODEL, one.content, one.affinity, one.pressure)
    return scoring.weigh(AHEAD[shadow_price], Taste(alpha), one, chances)
