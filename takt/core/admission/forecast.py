"""When refused messages would pass: exposure fades, so the same message scores better every day."""

from typing import Final

import numpy as np

from takt.core.admission import hazard, scoring
from takt.core.admission.arrays import Floats
from takt.core.admission.exposure import KEEP_PER_DAY
from takt.core.admission.hazard import Model
from takt.core.admission.outlook import Outlook
from takt.core.admission.scoring import Candidates, Taste

_FIELDS: Final = tuple(Candidates.__dataclass_fields__)
DAYS: Final[Floats] = np.array(
    [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 14.0, 17.0, 21.0, 25.0, 30.0]
)
_LEFT: Final[Floats] = KEEP_PER_DAY ** DAYS[:, None]


def passes_in_days(model: Model, outlook: Outlook, taste: Taste, offered: Candidates, reserve: float) -> Floats:
    """Days until each message would pass if nothing else reached its person; nan for never within the last of `DAYS`."""
    if not len(offered.price):
        return np.empty(0)
    each = Candidates(*(getattr(offered, name)[None] for name in _FIELDS))
    later = scoring.at_pressure(each, each.pressure * _LEFT)
    chances = hazard.chances(model, later.content, later.affinity, later.pressure)
    return _first_above(scoring.weigh(outlook, taste, later, chances).score.T, reserve)


def _first_above(scores: Floats, reserve: float) -> Floats:
    """The days at which scores (message, step) first are above the reserve, on a line between two steps."""
    above = scores > reserve
    rows, at = np.arange(len(scores)), above.argmax(1)
    before = np.maximum(at - 1, 0)
    part = (reserve - scores[rows, before]) / np.where(at > 0, scores[rows, at] - scores[rows, before], 1.0)
    days = np.where(at > 0, DAYS[before] + part * (DAYS[at] - DAYS[before]), 0.0)
    return np.where(above.any(1), days, np.nan)
