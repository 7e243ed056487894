"""The price lists that come with Takt, as documents that an operator publishes, or copies and changes.

`cloud-…` are the regimes of the Cloud API since 2022, `archetype-…` usual ways to charge, `markets-…` market tables.
"""

import json
from importlib.resources import files
from typing import Any, Final

DEFAULT: Final = "start"
"""What companies pay by who were registered without a word about it."""
STARTING: Final = ("markets-cloud-2026-10", DEFAULT)
"""What has to be published for it, in this order."""


def names() -> list[str]:
    """The documents that there are."""
    return sorted(file.name.removesuffix(".json") for file in files(__name__).iterdir() if file.name.endswith(".json"))


def document(name: str) -> dict[str, Any]:
    """One of them."""
    found: dict[str, Any] = json.loads((files(__name__) / f"{name}.json").read_text("utf-8"))
    return found
