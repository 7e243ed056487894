"""The shadow price: what one unit of annoyance costs in a segment of people, moved a little every day.

The harm that really happened calibrates the harm that was predicted; the price follows the calibrated prediction, which
is less noisy than the harm itself. It may rise faster than it falls: harm cannot be taken back, a message can go out
later. It rests on a gap in what is known, and never falls by itself after an alarm.
"""

import math
from typing import Final

from takt.core.value import value

RISE_MAX: Final = 0.3
FALL_MAX: Final = 0.1
ALARM_RATIO: Final = 2.0
ALARM_BEYOND: Final = 30.0
_FEW: Final = 20.0
_SPEED: Final = 0.5
_LEAST: Final = 1e-3


@value
class ShadowPrice:
    """The price now, how much more harm happens than was predicted, and whether an alarm holds it up."""

    price: float
    calibration: float = 1.0
    alarmed: bool = False


@value
class Tally:
    """Annoyance of a segment: predicted of what was let through in a day, and happened against predicted in 28 days."""

    predicted_today: float | None
    happened: float
    predicted: float


def calibrate(happened: float, predicted: float) -> float:
    """How much more harm happened than was predicted; close to 1 while little is known."""
    return (happened + _FEW) / (predicted + _FEW)


def move(before: ShadowPrice, tally: Tally, budget_per_day: float, *, gap: bool = False) -> ShadowPrice:
    """The price for tomorrow. `budget_per_day` is the annoyance allowed in a day; on a `gap` in the reports it rests."""
    if gap or tally.predicted_today is None or budget_per_day <= 0.0:
        return before
    calibration = calibrate(tally.happened, tally.predicted)
    over = calibration * tally.predicted_today / budget_per_day - 1.0
    step = max(-FALL_MAX, min(RISE_MAX, _SPEED * over))
    alarmed = before.alarmed or tally.happened > ALARM_RATIO * tally.predicted + ALARM_BEYOND
    if alarmed and step < 0.0:
        step = 0.0
    return ShadowPrice(max(_LEAST, before.price * math.exp(step) if step <= 0 else before.price * (1 + step)),
                       calibration, alarmed)  # fmt: skip
