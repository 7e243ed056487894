"""The budget: how much annoyance a policy may cause. A change that may cause more takes a second person.

Section `budget` of the policy document. Annoyance is counted in blocks: a person who stops all advertising, or reports,
counts for five.
"""

from typing import Any, Final

from takt.core.document import Fields
from takt.core.value import value

ANNOYANCE_MAX: Final = 10_000


@value
class Budget:
    """At most so much annoyance a week, for each thousand people."""

    annoyance_per_week: float = 40.0


def parse(fields: Fields) -> Budget:
    """The section from its document."""
    usual = Budget()
    section = Budget(fields.number("annoyance_per_week", usual.annoyance_per_week, 0.0, float(ANNOYANCE_MAX)))
    fields.end(*render(section))
    return section


def render(section: Budget) -> dict[str, Any]:
    """The section as a document, whole."""
    return {"annoyance_per_week": section.annoyance_per_week}
