"""The worlds that come with Takt, and those in files."""

import json
from importlib import resources
from pathlib import Path

from takt.core.document import UnsoundError
from takt.twin.world import World, parse_world

WORLD_BYTES_MAX = 65_536


def shipped() -> list[str]:
    """The names of the worlds that come with Takt."""
    folder = resources.files("takt.twin") / "worlds"
    return sorted(one.name.removesuffix(".json") for one in folder.iterdir() if one.name.endswith(".json"))


def open_world(place: str) -> World:
    """The world of this name, or in the file of this path.

    Raises takt.core.document.UnsoundError if it is no sound world, OSError if there is no such file.
    """
    if place in shipped():
        text = (resources.files("takt.twin") / "worlds" / f"{place}.json").read_text("utf-8")
    else:
        with Path(place).open(encoding="utf-8") as file:
            text = file.read(WORLD_BYTES_MAX + 1)
    if len(text) > WORLD_BYTES_MAX:
        raise UnsoundError(f"the document: must be at most {WORLD_BYTES_MAX} characters long")
    try:
        return parse_world(json.loads(text))
    except ValueError as fault:
        raise UnsoundError(str(fault)) from fault
