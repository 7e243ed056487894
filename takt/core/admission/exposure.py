"""Exposure: how much has reached a person of late, as one count that fades from day to day.

What people asked for or need counts less than advertising.
"""

from collections.abc import Mapping
from typing import Final

from takt.core.admission.arrays import Floats

KEEP_PER_DAY: Final = 0.85
WEIGHTS: Final[Mapping[str, float]] = {"marketing": 1.0, "utility": 0.3, "authentication": 0.1, "service": 0.1}


def fade(pressure: Floats, days: Floats) -> Floats:
    """What is left of exposures after so many days."""
    left: Floats = pressure * KEEP_PER_DAY**days
    return left
