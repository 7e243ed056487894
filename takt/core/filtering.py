"""The filter of what companies send: how easily it takes a message for fraud, and when it freezes a sender.

Section `filter` of the policy document.
"""

from typing import Any, Final

from takt.core.document import Fields
from takt.core.value import value

STRIKES_MAX: Final = 20
STRIKE_DAYS_MAX: Final = 365
RATES: Final = (1, 5, 10, 50)
"""Honest texts of 1,000 that may be taken for fraud: those for which a model has thresholds."""

CLEARED: Final = "cleared"
CONDEMNED: Final = "condemned"
SUSPECT: Final = "suspect"
"""What the filter, or a person, has said of a message: it is well, it is fraud, or it is to be read before it goes out."""
READ_FIRST: Final = ("watched", SUSPECT)


@value
class Filtering:
    """The section: `strikes` within `days` freeze a sender; one is enough to have its messages wait until they were read."""

    strikes: int = 3
    days: int = 30
    honest_per_1000: int = 1

    @property
    def rate(self) -> str:
        """The share of honest texts that may be taken for fraud, as a model writes it."""
        return str(self.honest_per_1000 / 1000)


def watch_of(watch: str, category: str, read_as: str) -> str:
    """How a message of a sender with this watch is looked after; codes are read by nobody."""
    if read_as == CONDEMNED:
        return CONDEMNED
    if watch in ("", "watched"):
        watch = SUSPECT if read_as == SUSPECT else watch
        return "" if category == "authentication" else watch
    return watch


def parse(fields: Fields) -> Filtering:
    """The section from its document."""
    usual = Filtering()
    section = Filtering(
        fields.whole("strikes", usual.strikes, 1, STRIKES_MAX),
        fields.whole("days", usual.days, 1, STRIKE_DAYS_MAX),
        fields.whole("honest_per_1000", usual.honest_per_1000, RATES[0], RATES[-1]),
    )
    if section.honest_per_1000 not in RATES:
        raise fields.wrong("honest_per_1000", f"must be one of {', '.join(map(str, RATES))}")
    fields.end(*render(section))
    return section


def render(section: Filtering) -> dict[str, Any]:
    """The section as a document, whole."""
    return {"strikes": section.strikes, "days": section.days, "honest_per_1000": section.honest_per_1000}
