"""The outlook: what the time ahead of a person is worth, by class of tolerance and by tiredness.

With a price on annoyance, every message of the future is worth what it earns less what it annoys, if it is sent at all.
Value iteration over the exposure finds what that sums up to. Two things follow, both in money: what is lost when a person
leaves or stops (`value`), and what one more message takes from all later ones by tiring the person (`tiring`).
This is the externality of a message, worked out through every later decision rather than by one step.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from takt.core.admission.arrays import Floats, Ints, Singles, to_last
from takt.core.admission.exposure import KEEP_PER_DAY
from takt.core.admission.hazard import BLOCK, LEAVE, REPORT, STOP
from takt.core.value import value

GRID: Final[Floats] = np.linspace(0.0, 1.0, 41) ** 1.5 * 24.0
_STEPS: Final[Floats] = np.diff(GRID)
_SINGLES: Final[Singles] = GRID.astype(np.float32)
_PER_STEP: Final[Singles] = (1.0 / _STEPS).astype(np.float32)
ROUNDS_MAX: Final = 300
_ENOUGH: Final = 1e-3
_BEYOND: Final = 1.2


@dataclass(frozen=True, slots=True)
class Prospect:
    """What may come: sampled messages with price, gain (m), chances on the grid (outcome, class, m, grid), increments (m)."""

    price: Floats
    gain: Floats
    chances: Floats
    increment: Floats
    per_day: float


@value
class Stakes:
    """How much weighs: a block, report, stop and leave in annoyance, and what of the future is at stake.

    `horizon_days` ahead count; `edge_share` of a person's future goes with one blocked sender; `other` is what a person
    brings besides marketing; `eta` is by how much to overstate what a message takes from later ones.
    """

    block: float = 1.0
    report: float = 5.0
    stop: float = 5.0
    leave: float = 50.0
    horizon_days: float = 120.0
    edge_share: float = 1.0 / 16.0
    other: float = 0.0
    eta: float = 1.0

    def annoyance(self, chances: Floats) -> Floats:
        """The expected annoyance of messages with these chances (outcome, …)."""
        found: Floats = (
            self.block * chances[BLOCK]
            + self.report * chances[REPORT]
            + self.stop * chances[STOP]
            + self.leave * chances[LEAVE]
        )
        return found

    def parting(self, chances: Floats) -> Floats:
        """The expected share of the person's future that is lost by messages with these chances (outcome, …)."""
        found: Floats = chances[STOP] + chances[LEAVE] + self.edge_share * chances[BLOCK]
        return found


@value
class Outlook:
    """Values of the future (class, grid) at the exposures of the grid."""

    values: Floats
    shadow: float
    stakes: Stakes

    def at(self, pressure: Floats) -> Floats:
        """The value of the future (message, class) from tomorrow, at these exposures today."""
        index, rest = _places(pressure * KEEP_PER_DAY)
        found = _read(self.values, (index, rest)) * (1.0 - 1.0 / self.stakes.horizon_days)
        return to_last(found, 0)

    def singles_at(self, pressure: Singles) -> Singles:
        """The same in single precision, the class as the first axis; exposures are not below 0."""
        today = pressure.ravel() * KEEP_PER_DAY
        index = np.searchsorted(_SINGLES, today)
        index -= 1
        np.maximum(index, 0, out=index)
        np.minimum(index, len(GRID) - 2, out=index)
        today -= _SINGLES[index]
        today *= _PER_STEP[index]
        np.minimum(today, _BEYOND, out=today)
        values = (self.values * (1.0 - 1.0 / self.stakes.horizon_days)).astype(np.float32)
        found: Singles = np.diff(values).take(index, axis=1)
        found *= today
        found += values.take(index, axis=1)
        return found.reshape(-1, *pressure.shape)


def outlook(prospect: Prospect, shadow: float, stakes: Stakes, start: Outlook | None = None) -> Outlook:
    """Work out the value of the future where a unit of annoyance costs `shadow`; `start` is where to begin."""
    keep = 1.0 - 1.0 / stakes.horizon_days
    today = _places(GRID * KEEP_PER_DAY)
    kinds, which = np.unique(prospect.increment, return_inverse=True)
    which = which if len(kinds) > 1 else np.zeros(1, np.intp)  # one kind is for all
    later = _places((GRID[None] + kinds[:, None]) * KEEP_PER_DAY)
    earned = prospect.price + prospect.gain
    worth = earned[None, :, None] - shadow * stakes.annoyance(prospect.chances) - stakes.other * prospect.chances[LEAVE]
    parting = stakes.parting(prospect.chances)
    values = np.zeros((len(worth), len(GRID))) if start is None else start.values
    for _ in range(ROUNDS_MAX):
        stay, tired = keep * _read(values, today), keep * _read(values, later)[:, which]
        surplus = worth - parting * stay[:, None] - stakes.eta * (stay[:, None] - tired)
        better = stay + prospect.per_day * np.maximum(surplus, 0.0).mean(1)
        moved = float(np.abs(better - values).max())
        values = better
        if moved < _ENOUGH:
            break
    return Outlook(values, shadow, stakes)


def _places(pressure: Floats) -> tuple[Ints, Floats]:
    index = np.minimum(np.maximum(np.searchsorted(GRID, pressure) - 1, 0), len(GRID) - 2)
    rest = np.minimum(np.maximum((pressure - GRID[index]) / _STEPS[index], 0.0), _BEYOND)
    return index, rest


def _read(values: Floats, places: tuple[Ints, Floats]) -> Floats:
    index, rest = places
    found: Floats = np.take(values, index, axis=1) * (1.0 - rest) + np.take(values, index + 1, axis=1) * rest
    return found
