"""Exposure: how much has reached a person of late, as counts that fade by half-lives.

Two half-lives are kept for each category: the fast one is what tires people, the slow one tells how much usually comes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np

from takt.core.admission.arrays import Floats

CATEGORIES: Final = ("marketing", "utility", "authentication", "service")
KEEP_PER_DAY: Final = 0.85
SLOW_KEEP_PER_DAY: Final = 0.95
KEEPS: Final = (KEEP_PER_DAY, SLOW_KEEP_PER_DAY)
WEIGHTS: Final = (1.0, 0.3, 0.1, 0.1)
_DAY_S: Final = 86_400.0


def fade(counts: Floats, days: Floats) -> Floats:
    """What is left of counts (…, category, half-life) after so many days (…)."""
    keeps = np.asarray(KEEPS)
    left: Floats = counts * keeps ** np.maximum(days, 0.0)[..., None, None]
    return left


def elapsed_days(since: Sequence[datetime | None], now: datetime) -> Floats:
    """Days from these instants to now; where there is none, none have passed."""
    return np.asarray([0.0 if one is None else (now - one).total_seconds() / _DAY_S for one in since])


def pressure(counts: Floats) -> Floats:
    """What tires: the fast counts (…, category, half-life), less for what people asked for or need."""
    found: Floats = counts[..., 0] @ np.asarray(WEIGHTS)
    return found
