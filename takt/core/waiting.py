"""Waiting: for how long an accepted message may be kept until it may go out, and how a crowd of them is spread.

Section `waiting` of the policy document.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from takt.core.document import Fields
from takt.core.value import value

WAIT_H_MAX: Final = 30 * 24
SPREAD_MIN_MAX: Final = 4 * 60
_CHANCE: Final = (1 << 32) - 1
_ALMOST: Final = 0.99
"""Nobody comes at the very end of the room, where the next quiet time begins."""


@value
class Waiting:
    """At most how many hours a message waits (0: none does), and over how many minutes those of one slot are spread."""

    wait_h: int = 72
    spread_min: int = 30

    @property
    def longest(self) -> timedelta:
        """The most a message may wait."""
        return timedelta(hours=self.wait_h)


@value
class Wish:
    """What a message may wait for: when it was handed in, when its time is over, what it is called (for the spread)."""

    message_id: UUID
    taken_at: datetime
    expires_at: datetime


def due_at(section: Waiting, wish: Wish, slot: datetime, span: timedelta) -> datetime | None:
    """When a message that may go out from `slot` on is looked at again; None if it may not wait for so long.

    Those that wait for one slot are spread over the first `spread_min` minutes of its `span`, each by its own id.
    """
    last = min(wish.expires_at, wish.taken_at + section.longest)
    if slot >= last:
        return None
    room = min(timedelta(minutes=section.spread_min), span, last - slot)
    return slot + room * (chance_of(wish.message_id) * _ALMOST)


def chance_of(message_id: UUID) -> float:
    """The chance in an id, from 0 up to 1."""
    return (message_id.int & _CHANCE) / (_CHANCE + 1)


def parse(fields: Fields) -> Waiting:
    """The section from its document."""
    usual = Waiting()
    section = Waiting(
        fields.whole("wait_h", usual.wait_h, 0, WAIT_H_MAX),
        fields.whole("spread_min", usual.spread_min, 0, SPREAD_MIN_MAX),
    )
    fields.end(*render(section))
    return section


def render(section: Waiting) -> dict[str, Any]:
    """The section as a document, whole."""
    return {"wait_h": section.wait_h, "spread_min": section.spread_min}
