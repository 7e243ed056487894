"""Whether it helps to ask for the same thing again."""

from enum import StrEnum


class Retry(StrEnum):
    """Whether the same send may succeed later."""

    LATER = "later"
    AFTER_CHANGE = "after_change"
    NEVER = "never"
