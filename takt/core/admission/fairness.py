"""Fairness: new and small senders get a bonus on their scores until they reach as many people as they are promised."""

import numpy as np

from takt.core.admission.arrays import Floats

BONUS_MAX = 0.2
_STEP = 0.02


def move(bonus: Floats, let_out: Floats, offered: Floats, floor: float) -> Floats:
    """Next week's bonuses by sender: up while fewer than `floor` messages (or all they offered) went out, else down."""
    lacking = np.minimum(floor, offered) - let_out
    scale = max(floor, 1.0)
    moved: Floats = np.clip(bonus + _STEP * np.clip(lacking / scale, -1.0, 1.0), 0.0, BONUS_MAX)
    return moved
