"""What a database of UTF-8 texts cannot hold: the character U+0000, and halves of surrogate pairs."""

import re
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
MUST: Final = "must not contain the character U+0000 or half a surrogate pair"
"""What is said of a text that cannot be kept; it goes on from the name of its field."""


def is_storable(text: str) -> bool:
    """Whether a text can be kept as it is; what can be printed can, and is sooner asked."""
    return text.isprintable() or _UNSTORABLE.search(text) is None


def find_unstorable(document: object) -> str | None:
    """Where in decoded JSON a text stands that cannot be kept, such as `lines.0.note`; "" is the document itself."""
    left: list[tuple[str, object]] = [("", document)]
    while left:
        path, one = left.pop()
        if isinstance(one, str) and not is_storable(one):
            return path
        if isinstance(one, dict):
            left += [(_join(path, name if is_storable(name) else "?"), name) for name in one]
            left += [(_join(path, name), below) for name, below in one.items()]
        elif isinstance(one, list):
            left += [(_join(path, str(place)), below) for place, below in enumerate(one)]
    return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
