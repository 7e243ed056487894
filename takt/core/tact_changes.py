"""What differs between two policies, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any

from takt.core.value import value


@value
class Change:
    """One field, by its place in the document (`caps.person_per_day`), as it was and as it is; None where it is not there."""

    path: str
    old: Any
    new: Any


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields of two whole documents that differ, in the order of the new one; fields it lacks come last."""
    before, after = dict(_fields(old)), dict(_fields(new))
    paths = [*after, *(path for path in before if path not in after)]
    return tuple(
        Change(path, before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)
    )


def _fields(document: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, found in document.items():
        path = f"{above}{name}"
        if isinstance(found, Mapping) and found:
            yield from _fields(found, f"{path}.")
        else:
            yield path, found
