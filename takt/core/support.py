"""Support senders: how many messages in a row may go unanswered before such a sender falls silent.

Section `support` of the policy document. It is the most for all of them; a sender may have less of its own.
"""

from typing import Any, Final

from takt.core.document import Fields
from takt.core.value import value

UNANSWERED_MAX: Final = 100


@value
class Support:
    """The section."""

    unanswered: int = 5


def parse(fields: Fields) -> Support:
    """The section from its document."""
    section = Support(fields.whole("unanswered", Support().unanswered, 1, UNANSWERED_MAX))
    fields.end(*render(section))
    return section


def render(section: Support) -> dict[str, Any]:
    """The section as a document, whole."""
    return {"unanswered": section.unanswered}
