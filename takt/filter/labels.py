"""The three classes of texts. A word of its own, so that the command line can name them without loading arrays."""

from typing import Final

LABELS: Final = ("service", "advertising", "fraud")
