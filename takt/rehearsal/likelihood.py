"""How likely a policy makes what the log shows of a person's week.

Admission draws one lot for a person and a week: a cap that is wider, or a volume. What one lot leads to hangs together, so
the chance of each decision is told beside those of the same week that came before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from takt.core.admission.arrays import Flags, Floats
from takt.core.admission.cold import WIDENINGS
from takt.core.admission.exploration import DARING, MULTIPLIERS
from takt.core.admission.settings import Admission

_ANYHOW: Final = 1.0


@dataclass(frozen=True, slots=True)
class Lots:
    """What a lot may be and how likely (lot), and with which chance each message is let out then (message, lot)."""

    shares: Floats
    out: Floats


@dataclass(frozen=True, slots=True)
class Likely:
    """Of a decision: how much likelier another policy makes those before it, and how likely either lets the message out."""

    before: float
    now: float
    then: float


SURE: Final = Likely(1.0, 1.0, 1.0)


def always(count: int) -> Lots:
    """Everything is let out."""
    return Lots(np.ones(1), np.ones((count, 1)))


def by_cap(settings: Admission, heard: Sequence[int]) -> Lots:
    """The cap of the cold start, over how many messages had come within the week before each."""
    share = settings.cold_exploration
    shares = np.asarray([1.0 - share, *(share / len(WIDENINGS) for _ in WIDENINGS)])
    allowed = settings.cap_per_week * np.asarray([1, *WIDENINGS])
    return Lots(shares, (np.asarray(heard)[:, None] < allowed).astype(float))


def by_score(settings: Admission, passed: Flags) -> Lots:
    """The score, over which messages pass by it."""
    share = settings.exploration
    shares = np.asarray([1.0 - share, *(share / len(MULTIPLIERS) for _ in MULTIPLIERS)])
    kept = np.asarray([0.0, *(DARING for _ in MULTIPLIERS)])
    return Lots(shares, np.where(passed[:, None], np.asarray([_ANYHOW, *MULTIPLIERS]), kept))


def along(let_out: Sequence[bool], now: Lots, then: Lots) -> list[Likely | None]:
    """The decisions of one person's week, in order; None where the policy of now could not have made one."""
    found: list[Likely | None] = []
    was, would = now.shares.copy(), then.shares.copy()
    for place, out in enumerate(let_out):
        chance, other = now.out[place], then.out[place]
        done = float(was @ chance) / float(was.sum())
        if (done if out else 1.0 - done) <= 0.0:
            found.append(None)
            continue
        reached = float(would.sum())
        found.append(Likely(reached / float(was.sum()), done, float(would @ other) / reached if reached else 0.0))
        was = was * (chance if out else 1.0 - chance)
        would = would * (other if out else 1.0 - other)
    return found
