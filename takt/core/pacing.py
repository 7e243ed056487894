"""Pacing: a new advertising template goes out to some people first, and to the rest when those had time to speak.

The first batch is a matter of chance: a few messages go out at once, so that small sends need not wait, then each has
its turn by the chance in its own id, whoever it is for. What is beyond the room waits. When feedback is in, the mirrored
pausing test lets all out; while it cannot tell, the room doubles; and if the pausing test trips, the rest is dropped.
Section `pacing` of the policy document.
"""

import math
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from takt.core.document import Fields
from takt.core.pausing import Pausing, is_cleared, log_evidence, trips
from takt.core.value import value

BATCH_MAX: Final = 100_000
PACED: Final = ("marketing",)
LOOK: Final = timedelta(minutes=10)
"""What waits for others' feedback is looked at again after so long, if nobody lets it out before."""
ENOUGH: Final = 0.5
"""Which share of a room's messages must count for feedback to be enough."""


@value
class Pacing:
    """`batch` messages first, `at_once` of them without a turn; all have their turn within `turn_min` minutes.

    Without a clear word the room grows by `ramp` after each `hold_min` minutes, and there is none from `open_from` on.
    A `batch` of 0 paces nothing.
    """

    batch: int = 400
    at_once: int = 50
    turn_min: int = 10
    hold_min: int = 60
    ramp: int = 2
    open_from: int = 6400


class Outcome(StrEnum):
    """What becomes of a stage."""

    WAIT = "wait"
    WIDEN = "widen"
    OPEN = "open"
    HALT = "halt"


@value
class Stage:
    """Where a template stands: its room, since when it is paced, and how many messages of it went out since then."""

    room: int
    began_at: datetime
    sent: int


def turn_at(taken_at: datetime, chance: float, sent: int, rules: Pacing) -> datetime:
    """When a message may go out if there is room; `chance` is that of its id, from 0 up to 1."""
    return taken_at if sent < rules.at_once else taken_at + timedelta(minutes=rules.turn_min) * chance


def outcome(stage: Stage, n: int, k: int, rules: Pacing, pausing: Pausing, now: datetime) -> Outcome:
    """What `n` messages that count, `k` of them blocked or reported, mean for a stage."""
    if trips(n, k, pausing):
        return Outcome.HALT
    if is_cleared(n, k, pausing):
        return Outcome.OPEN
    if stage.sent < stage.room:
        return Outcome.WAIT  # nobody waits
    is_enough = n >= ENOUGH * stage.room and log_evidence(n, k, pausing.good_rate) <= 0
    widened = max(0, round(math.log(stage.room / max(1, rules.batch), rules.ramp)))
    if not is_enough and now - stage.began_at < timedelta(minutes=rules.hold_min) * (widened + 1):
        return Outcome.WAIT
    return Outcome.OPEN if stage.room * rules.ramp >= rules.open_from else Outcome.WIDEN


def parse(fields: Fields) -> Pacing:
    """The section from its document."""
    usual = Pacing()
    found = Pacing(
        fields.whole("batch", usual.batch, 0, BATCH_MAX),
        fields.whole("at_once", usual.at_once, 0, BATCH_MAX),
        fields.whole("turn_min", usual.turn_min, 0, 120),
        fields.whole("hold_min", usual.hold_min, 1, 1440),
        fields.whole("ramp", usual.ramp, 2, 100),
        fields.whole("open_from", usual.open_from, 1, BATCH_MAX),
    )
    fields.end(*render(found))
    return found


def render(section: Pacing) -> dict[str, Any]:
    """The section as a document, whole."""
    return {
        "batch": section.batch,
        "at_once": section.at_once,
        "turn_min": section.turn_min,
        "hold_min": section.hold_min,
        "ramp": section.ramp,
        "open_from": section.open_from,
    }
