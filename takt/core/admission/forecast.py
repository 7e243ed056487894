"""When a refused message would pass: exposure fades, so the same message scores better every day."""

from typing import Final

import numpy as np

from takt.core.admission import hazard, scoring
from takt.core.admission.exposure import KEEP_PER_DAY
from takt.core.admission.hazard import Model
from takt.core.admission.outlook import Outlook
from takt.core.admission.scoring import Candidates, Taste

DAYS_MAX: Final = 30.0
_STEP_DAYS: Final = 0.25


def passes_in_days(model: Model, outlook: Outlook, taste: Taste, one: Candidates, reserve: float) -> float | None:
    """Days until a message (the only one of `one`) would pass if nothing else reached the person; None for never."""
    days = np.arange(0.0, DAYS_MAX + _STEP_DAYS, _STEP_DAYS)
    same = np.ones_like(days)
    later = Candidates(
        one.price * same,
        one.content * same,
        one.affinity * same,
        one.pressure * KEEP_PER_DAY**days,
        np.tile(one.weights, (len(days), 1)),
        one.increment * same,
        one.bonus * same,
    )
    chances = hazard.chances(model, later.content, later.affinity, later.pressure)
    passing = np.flatnonzero(scoring.weigh(outlook, taste, later, chances).score > reserve)
    return float(days[passing[0]]) if len(passing) else None
