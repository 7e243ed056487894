"""Waiting: for how long an accepted message may be kept until it may go out, and how a crowd of them is spread.

Section `waiting` of the policy document.
"""

from datetime import timedelta
from typing import Any, Final

from takt.core.document import Fields
from takt.core.value import value

WAIT_H_MAX: Final = 30 * 24
SPREAD_MIN_MAX: Final = 4 * 60


@value
class Waiting:
    """At most how many hours a message waits (0: none does), and over how many minutes those of one slot are spread."""

    wait_h: int = 72
    spread_min: int = 30

    @property
    def longest(self) -> timedelta:
        """The most a message may wait."""
        return timedelta(hours=self.wait_h)


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
