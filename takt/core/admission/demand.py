"""What was offered, as the price of patience sees it: how much annoyance would pass at every price.

A message passes as long as a unit of annoyance costs less than what the message brings for each unit of its own. Laid out by
that price, the offers of a day tell at once which price spends just so much.
"""

from typing import Final

import numpy as np

from takt.core.admission.arrays import Floats
from takt.core.admission.scoring import Terms

LEAST: Final = 1e-3
MOST: Final = 1e6
PLACES: Final = 432
_LOG_LEAST: Final = float(np.log(LEAST))
_WIDTH: Final = (float(np.log(MOST)) - _LOG_LEAST) / PLACES
_EDGES: Final[Floats] = np.exp(_LOG_LEAST + _WIDTH * np.arange(PLACES + 1))


def laid_out(terms: Terms, reserve: float) -> Floats:
    """The annoyance of these messages by the price up to which they pass (`PLACES` of them); what never passes is left out."""
    brings = terms.score + terms.charge - reserve
    passes = (brings > 0.0) & (terms.annoyance > 0.0)
    price = brings[passes] / terms.annoyance[passes]
    place = np.clip((np.log(price) - _LOG_LEAST) / _WIDTH, 0, PLACES - 1).astype(np.int64)
    found: Floats = np.bincount(place, terms.annoyance[passes], PLACES).astype(np.float64)
    return found


def price(demand: Floats, allowance: float) -> float:
    """The least price, between `LEAST` and `MOST`, at which what passes of this demand annoys by no more than the allowance."""
    above = np.append(np.cumsum(demand[::-1])[::-1], 0.0)
    place = int(np.searchsorted(-above, -allowance))
    if place == 0:
        return LEAST
    if place > PLACES:
        return MOST
    part = (above[place - 1] - allowance) / (above[place - 1] - above[place])
    return float(_EDGES[place - 1] * np.exp(_WIDTH * part))
