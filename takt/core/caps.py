"""Caps: how many advertising messages may reach one person at the very most, whatever anybody pays.

Section `caps` of the policy document. Days and weeks move on: 24 hours and 7 days back from each message.
"""

from datetime import timedelta
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
