"""Reading of a document of settings, strictly: a field that is wrong or unknown is named, with what would be right.

A document is what JSON gives: objects, lists, texts, numbers. A field that is left out has its usual value.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from takt.core.value import value

MINUTES_A_DAY: Final = 24 * 60
_SHOWN_CHARS: Final = 40


class UnsoundError(ValueError):
    """A document is not as it must be; the text names the field and what would be right."""


def parse_json(written: bytes) -> object:
    """The document in the bytes of a file; a mark at their front says nothing.

    Raises UnsoundError where they are no JSON in UTF-8, nest too deeply, or say one name twice in an object.
    """
    try:
        return json.loads(written.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnsoundError:
        raise
    except RecursionError:
        raise UnsoundError("the document: is nested too deeply") from None
    except ValueError as fault:
        raise UnsoundError(f"the document: is no JSON: {fault}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnsoundError(f"{twice}: stands twice in one object")
    return found


@value
class Fields:
    """The fields of one object of a document, and where in it the object stands (`path`, "" at the top)."""

    raw: Mapping[str, Any]
    path: str = ""

    @classmethod
    def of(cls, raw: object, path: str = "") -> "Fields":
        """The fields of what must be an object."""
        if not isinstance(raw, Mapping):
            raise UnsoundError(f"{path or 'the document'}: must be an object, got {_shown(raw)}")
        return cls(raw, path)

    def wrong(self, name: str, requirement: str) -> UnsoundError:
        """The error that a field is not what it must be; `requirement` goes on from its name."""
        return UnsoundError(f"{self.place(name)}: {requirement}, got {_shown(self.raw.get(name))}")

    def place(self, name: str) -> str:
        """The name of a field within the whole document."""
        return f"{self.path}.{name}" if self.path else name

    def section(self, name: str) -> "Fields":
        """The object under this name; left out, it has no field."""
        return Fields.of(self.raw.get(name, {}), self.place(name))

    def whole(self, name: str, usual: int | None, least: int, most: int) -> int:
        """A whole number within these bounds; it must be there when no number is usual."""
        found = self.raw.get(name, usual)
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            raise self.wrong(name, f"must be a whole number from {least} to {most}")
        return found

    def number(self, name: str, usual: float, least: float, most: float) -> float:
        """A number, whole or not, within these bounds."""
        found = self.raw.get(name, usual)
        if not isinstance(found, int | float) or isinstance(found, bool) or not least <= found <= most:
            raise self.wrong(name, f"must be a number from {least:g} to {most:g}")
        return float(found)

    def flag(self, name: str, *, usual: bool) -> bool:
        """True or false."""
        found = self.raw.get(name, usual)
        if not isinstance(found, bool):
            raise self.wrong(name, "must be true or false")
        return found

    def choices(self, name: str, usual: Sequence[str], allowed: Sequence[str]) -> frozenset[str]:
        """A list of some of these words."""
        found = self.raw.get(name, list(usual))
        if not isinstance(found, list) or not all(one in allowed for one in found):
            raise self.wrong(name, f"must be a list of some of {', '.join(allowed)}")
        return frozenset(found)

    def time_of_day(self, name: str, usual: str) -> int:
        """A time such as 08:00, up to 24:00, as minutes of the day."""
        minutes = parse_time(self.raw.get(name, usual))
        if minutes is None:
            raise self.wrong(name, "must be a time such as 08:00, at most 24:00")
        return minutes

    def end(self, *known: str) -> None:
        """Say that there are no fields but these."""
        unknown = sorted(set(self.raw) - set(known))
        if unknown:
            raise UnsoundError(f"{self.place(unknown[0])}: is no field here; there are {', '.join(known)}")


def parse_time(text: object) -> int | None:
    """Minutes of the day of a time such as 08:00, up to 24:00; None when it is none."""
    if not isinstance(text, str) or len(text) != 5 or text[2] != ":" or not text.isascii():
        return None
    hours, minutes = text[:2], text[3:]
    if not hours.isdigit() or not minutes.isdigit() or int(minutes) > 59:
        return None
    found = int(hours) * 60 + int(minutes)
    return found if found <= MINUTES_A_DAY else None


def show_time(minutes: int) -> str:
    """A time of the day as people write it, such as 08:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _shown(found: object) -> str:
    text = "nothing" if found is None else repr(found)
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
