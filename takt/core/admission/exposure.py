"""Exposure: how much has reached a person of late, as one count that fades from day to day.

What people asked for or need counts less than advertising. What an owner calls utility counts the more like advertising the
more of it turned out to be that: what was not found out tires people just as well.
"""

from collections.abc import Mapping
from typing import Final

from takt.core.admission.arrays import Floats

KEEP_PER_DAY: Final = 0.85
WEIGHTS: Final[Mapping[str, float]] = {"marketing": 1.0, "utility": 0.3, "authentication": 0.1, "service": 0.1}
_FEW: Final = 2.0


def fade(pressure: Floats, days: Floats) -> Floats:
    """What is left of exposures after so many days."""
    left: Floats = pressure * KEEP_PER_DAY**days
    return left


def misfiled(found: Floats, fair: Floats) -> Floats:
    """Shares of what owners call utility that are advertising, by how much was found out to be and how much was not; 0 of nothing."""
    share: Floats = found / (found + fair + _FEW)
    return share


def utility_weights(misfiled_share: Floats) -> Floats:
    """How much a message counts that is called utility, of owners who call so much advertising by that name (shares)."""
    usual = WEIGHTS["utility"]
    weight: Floats = usual + (WEIGHTS["marketing"] - usual) * misfiled_share
    return weight
