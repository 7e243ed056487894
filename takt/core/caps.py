"""Caps: how many advertising messages may reach one person at the very most, whatever anybody pays.

Section `caps` of the policy document. Days and weeks move on: 24 hours and 7 days back from each message.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from takt.core.document import Fields
from takt.core.value import value

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
CAP_MAX: Final = 1000


@value
class Caps:
    """Messages to one person: of all companies together, and of one sender. 0 lets none through."""

    person_per_day: int = 3
    person_per_week: int = 10
    sender_per_day: int = 2
    sender_per_week: int = 5


Four = tuple[int, int, int, int]
"""A number for each cap, in the order of `Caps`."""


NONE: Final[Four] = (0, 0, 0, 0)


@value
class Heard:
    """How much advertising reached a person within each cap's time, the caps, and when all of them let one more through.

    `until` is None when they do already, or never will.
    """

    counts: Four
    caps: Four
    until: datetime | None


def heard(caps: Caps, of_all: Sequence[datetime], of_sender: Sequence[datetime], now: datetime) -> Heard:
    """What a person heard of all companies and of one sender, by the instants at which it reached them, oldest first."""
    four = (caps.person_per_day, caps.person_per_week, caps.sender_per_day, caps.sender_per_week)
    if not of_all and min(four):  # who heard nothing of all heard nothing of one
        return Heard(NONE, four, None)
    looked_at = ((of_all, DAY), (of_all, WEEK), (of_sender, DAY), (of_sender, WEEK))
    counts = [sum(at > now - span for at in times) for times, span in looked_at]
    ends = [
        times[-cap] + span if cap else None
        for (times, span), cap, count in zip(looked_at, four, counts, strict=True)
        if count >= cap
    ]
    known = [end for end in ends if end is not None]
    until = max(known) if known and len(known) == len(ends) else None
    return Heard((counts[0], counts[1], counts[2], counts[3]), four, until)


def parse(fields: Fields) -> Caps:
    """The section from its document."""
    usual = Caps()
    caps = Caps(
        fields.whole("person_per_day", usual.person_per_day, 0, CAP_MAX),
        fields.whole("person_per_week", usual.person_per_week, 0, CAP_MAX),
        fields.whole("sender_per_day", usual.sender_per_day, 0, CAP_MAX),
        fields.whole("sender_per_week", usual.sender_per_week, 0, CAP_MAX),
    )
    fields.end(*render(caps))
    return caps


def render(section: Caps) -> dict[str, Any]:
    """The section as a document, whole."""
    return {
        "person_per_day": section.person_per_day,
        "person_per_week": section.person_per_week,
        "sender_per_day": section.sender_per_day,
        "sender_per_week": section.sender_per_week,
    }
