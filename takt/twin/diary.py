"""The diary of a run: what was offered, let out and happened, as the product would know it when it moves its price."""

from dataclasses import replace
from typing import Final

import numpy as np

from takt.core.admission import demand, shadow
from takt.core.admission.arrays import Floats
from takt.core.admission.deciding import Decided
from takt.core.admission.shadow import Slipped, Spent, Tally

DAYS: Final = 28
MATURE_DAYS: Final = 2


class Diary:
    """The days, newest first, and the offers of the last day, each part of it between two moves of the price."""

    def __init__(self) -> None:
        self._days: list[Spent] = []
        self._happened: list[float] = []
        self._slipped: list[Slipped] = []
        self._offers: list[tuple[Floats, float, float]] = []

    def open_day(self) -> None:
        """Begin a day."""
        self._days.insert(0, Spent())
        del self._days[DAYS:]

    def count(self, decided: Decided, reserve: float) -> None:
        """Take note of what was decided in a part of the day."""
        annoyance = decided.terms.annoyance
        let_out = float(annoyance[decided.let_out].sum())
        self._offers.append((demand.laid_out(decided.terms, reserve), float(annoyance[decided.passed].sum()), let_out))
        del self._offers[: -shadow.MOVES_A_DAY]
        self._days[0] = replace(self._days[0], predicted=self._days[0].predicted + let_out)

    def close_day(self, happened: float, slipped: Slipped) -> None:
        """End a day; what happened on it is known two days later, of what was weighed and of what slipped past."""
        self._happened.insert(0, happened)
        self._slipped.insert(0, slipped)
        del self._happened[DAYS:], self._slipped[DAYS:]
        if len(self._days) > MATURE_DAYS:
            mature = self._days[MATURE_DAYS]
            self._days[MATURE_DAYS] = Spent(mature.predicted, mature.predicted, self._happened[MATURE_DAYS])

    def tally(self) -> Tally | None:
        """What moves the price now; None as long as nothing was offered."""
        if not self._offers:
            return None
        offered, passed, let_out = zip(*self._offers, strict=True)
        whole = shadow.MOVES_A_DAY / len(self._offers)
        slipped = [one if ago >= MATURE_DAYS else Slipped(one.messages) for ago, one in enumerate(self._slipped)]
        over = self._days[1:]
        if self._days[0].predicted:
            over, slipped = self._days, [*slipped[:1], *slipped]  # as much slips past today as yesterday
        return Tally(whole * np.sum(offered, axis=0), sum(passed), sum(let_out), over, slipped)
