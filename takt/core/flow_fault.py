"""What is wrong with a flow's JSON, and where in its text that stands."""

import json
import re
from typing import Final

from takt.core.value import value

Path = tuple[str | int, ...]

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


@value
class Place:
    """From where to where something stands in a text; lines and columns count from 1, the end is included."""

    line_start: int
    line_end: int
    column_start: int
    column_end: int


@value
class Fault:
    """One fault: its word (`INVALID_PROPERTY_VALUE` …), its sort, a sentence, and the path that leads to it."""

    error: str
    error_type: str
    message: str
    path: Path

    def shown_path(self) -> str:
        """The path as people write it: `screens[0].layout.children[2].text`."""
        return shown_path(self.path)


def shown_path(path: Path) -> str:
    """A path as people write it."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "$root"


def place_of(text: str, path: Path) -> Place:
    """Where the value at this path stands in a JSON text; where it is missing, what should hold it."""
    start = _past(text, 0)
    for step in path:
        found = _step(text, start, step)
        if found is None:
            break
        start = found
    try:
        end = _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        end = start + 1
    return _between(text, start, max(end, start + 1))


def _step(text: str, start: int, step: str | int) -> int | None:
    """Where the member or element of that name or number begins, of the object or list that begins at `start`."""
    if text[start : start + 1] != ("{" if isinstance(step, str) else "["):
        return None
    here, number = _past(text, start + 1), 0
    while text[here] not in "}]":
        name: str | int = number
        if isinstance(step, str):
            name, here = _DECODER.raw_decode(text, here)
            here = _past(text, _past(text, here) + 1)
        if name == step:
            return here
        here, number = _past(text, _DECODER.raw_decode(text, here)[1]), number + 1
        if text[here] == ",":
            here = _past(text, here + 1)
    return None


def _past(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    assert match is not None, "a run of no characters is one, too"
    return match.end()


def _between(text: str, start: int, end: int) -> Place:
    first, last = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
    return Place(first, last, start - text.rfind("\n", 0, start), max(1, end - text.rfind("\n", 0, end) - 1))
