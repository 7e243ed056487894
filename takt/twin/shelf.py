"""The worlds that come with Takt, and those in files."""

from dataclasses import replace
from importlib import resources
from pathlib import Path

from takt.core.document import UnsoundError, parse_json
from takt.twin.world import World, parse_world

WORLD_BYTES_MAX = 65_536


def shipped() -> list[str]:
    """The names of the worlds that come with Takt."""
    folder = resources.files("takt.twin") / "worlds"
    return sorted(one.name.removesuffix(".json") for one in folder.iterdir() if one.name.endswith(".json"))


def open_world(place: str) -> World:
    """The world of this name, or in the file of this path; one without a name is called as its file is.

    Raises takt.core.document.UnsoundError if it is no sound world, OSError if there is no such file.
    """
    if place in shipped():
        written = (resources.files("takt.twin") / "worlds" / f"{place}.json").read_bytes()
    else:
        with Path(place).open("rb") as file:
            written = file.read(WORLD_BYTES_MAX + 1)
    if len(written) > WORLD_BYTES_MAX:
        raise UnsoundError(f"{place}: the document: must have at most {WORLD_BYTES_MAX} bytes")
    try:
        found = parse_world(parse_json(written))
    except UnsoundError as fault:
        raise UnsoundError(f"{place}: {fault}") from None
    return found if found.name else replace(found, name=Path(place).stem)
