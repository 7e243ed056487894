"""When refused messages would pass: exposure fades, so the same message scores better every day.

A forecast is read off a line between two days, so the scores of days to come are worked out in single precision, each as one sum:
nobody asks for their terms.
"""

from typing import Final

import numpy as np

from takt.core.admission.arrays import Floats, Singles
from takt.core.admission.exposure import KEEP_PER_DAY
from takt.core.admission.hazard import BLOCK, LEAVE, REPORT, STOP, USEFUL, Model
from takt.core.admission.outlook import Outlook
from takt.core.admission.scoring import Candidates, Taste

DAYS: Final[Floats] = np.array(
    [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 14.0, 17.0, 21.0, 25.0, 30.0]
)
_LEFT: Final[Singles] = (KEEP_PER_DAY ** DAYS[1:, None]).astype(np.float32)
_COUNTED: Final = (USEFUL, BLOCK, REPORT, STOP, LEAVE)


def passes_in_days(
    model: Model, outlook: Outlook, taste: Taste, offered: Candidates, reserve: float, today: Floats
) -> Floats:
    """Days until each message would pass if nothing else reached its person; nan for never within the last of `DAYS`.

    `today` are their scores as they were decided. Later ones are rounded to single precision, and off by at most two millionths of
    their terms and of what the future of a person is worth, summed; the forecast by as long as a score takes to rise by that.
    """
    later = later_scores(model, outlook, taste, offered)
    return _first_above(np.concatenate((today[None], later)), reserve)


def later_scores(model: Model, outlook: Outlook, taste: Taste, offered: Candidates) -> Singles:
    """The scores (day, message) after the first of `DAYS`."""
    stakes = outlook.stakes
    pressure = offered.pressure.astype(np.float32) * _LEFT
    ahead, after = outlook.singles_at(pressure), outlook.singles_at(pressure + offered.increment.astype(np.float32))
    chances = _chances(model, offered, pressure)
    _, block, _, stop, leave = chances
    after -= ahead
    after *= stakes.eta
    ahead *= block * stakes.edge_share + stop + leave
    after -= ahead
    chances *= _worths(outlook, taste)[:, None, None, None]
    after += chances.sum(0)
    after *= offered.weights.T.astype(np.float32, order="C")[:, None]
    scores: Singles = after.sum(0)
    scores += (offered.price + offered.bonus - taste.alpha * taste.usual).astype(np.float32)
    return scores


def _worths(outlook: Outlook, taste: Taste) -> Singles:
    """What `_COUNTED` bring, besides the part of the future that goes with them."""
    stakes, price = outlook.stakes, outlook.shadow
    charges = price * stakes.block, price * stakes.report, price * stakes.stop, price * stakes.leave + stakes.other
    return np.array([taste.alpha, *(-one for one in charges)], np.float32)


def _chances(model: Model, offered: Candidates, pressure: Singles) -> Singles:
    """The chances (outcome, class, day, message) of `_COUNTED`: those of `hazard`, in single precision."""
    constant, by_content, by_affinity, by_pressure = -model.coefficients[list(_COUNTED)].T[..., None]
    seen = constant + by_content * offered.content + by_affinity * offered.affinity
    steps = by_pressure * np.exp(-model.nodes)
    chances: Singles = steps.astype(np.float32)[..., None, None] * pressure
    chances += seen.astype(np.float32)[:, None, None]
    with np.errstate(over="ignore"):  # what is beyond all numbers is never
        np.exp(chances, out=chances)
    chances += 1.0
    np.reciprocal(chances, out=chances)
    return chances


def _first_above(scores: Floats, reserve: float) -> Floats:
    """The days at which scores (step, message) first are above the reserve, on a line between two steps."""
    above = scores > reserve
    columns, at = np.arange(scores.shape[1]), above.argmax(0)
    before = np.maximum(at - 1, 0)
    low, high, start = scores[before, columns], scores[at, columns], DAYS[before]
    part = (reserve - low) / np.where(at > 0, high - low, 1.0)
    days = np.where(at > 0, start + part * (DAYS[at] - start), 0.0)
    days[~above[at, columns]] = np.nan
    return days
