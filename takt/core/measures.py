"""Measures against companies whose messages do harm: a ladder of warnings and restrictions (Cloud API, "Enforcement ladder").

The rules warn by themselves; each harder step is only proposed, with its figures, and a person of the operator decides.
The company hears of a proposal at once and may object for a week.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.core.value import value

OBJECTION_LIFE: Final = timedelta(days=7)
"""For how long a company may object to a measure."""
ANSWER_LIFE: Final = timedelta(hours=48)
"""Until when an objection shall be answered."""
PATIENCE: Final = timedelta(days=7)
"""How long after one step the next may follow: time to do better."""
MEMORY: Final = timedelta(days=90)
"""How long a step is remembered: after that the ladder begins anew."""
DAYS_MAX: Final = 365
NOTE_CHARS_MAX: Final = 2000

KINDS: Final = ("warning", "starting", "sending", "lock")
"""From the softest to the hardest: a word; nothing outside the window; nothing at all; nothing until it is lifted."""
LADDER: Final[tuple[tuple[str, int | None], ...]] = (
    ("warning", None), ("starting", 1), ("starting", 3), ("sending", 5), ("sending", 7), ("sending", 30), ("lock", None),
)  # fmt: skip
"""Each step with its days."""


@value
class Step:
    """A measure that was taken or proposed: which, what became of it, since when and until when."""

    kind: str
    days: int | None
    state: str
    proposed_at: datetime
    until: datetime | None = None


@value
class InForce:
    """A measure that holds: `until` None until it is lifted."""

    measure_id: UUID
    kind: str
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it still does."""
        return self.until is None or self.until > now


def next_step(history: Sequence[Step], now: datetime) -> tuple[str, int | None] | None:
    """What the rules would do about a company that is red now; None while something runs, waits, or is too fresh."""
    recent = [one for one in history if one.state != "dropped" and now - (one.until or one.proposed_at) < MEMORY]
    if any(one.state == "proposed" for one in history):
        return None
    if any(now - (one.until or one.proposed_at) < PATIENCE or _runs(one, now) for one in recent):
        return None
    if any(now - one.proposed_at < PATIENCE for one in history if one.state == "dropped"):
        return None  # a person has just said no
    done = [LADDER.index((one.kind, one.days)) for one in recent if (one.kind, one.days) in LADDER]
    place = max(done, default=-1) + 1
    return LADDER[min(place, len(LADDER) - 1)]


def hardest(found: Sequence[InForce], now: datetime) -> InForce | None:
    """The one that counts of several that hold."""
    return max((one for one in found if one.holds(now)), key=lambda one: KINDS.index(one.kind), default=None)


def _runs(step: Step, now: datetime) -> bool:
    return step.state == "in_force" and step.kind != "warning" and (step.until is None or step.until > now)
