"""Checks of what a company sends, as the parsers of its requests share them.

Each gives the value or raises a Refusal whose error names the field. Absent and null are the same; numbers and truth
values may come as texts, for careless clients add or leave out the quotes (Cloud API reference, "Tolerances to keep").
"""

import math
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Final

from takt.core.storable import is_storable
from takt.wire import errors
from takt.wire.errors import Refusal

LINK_CHARS_MAX: Final = 2048
WORDS_KEPT_MAX: Final = 256

_WORD_CHARS: Final = 64
_WORD = re.compile(r"[A-Za-z_]+")
_LINK = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.IGNORECASE)
_SHOWN_CHARS: Final = 40
_NUMBER_END: Final = 10**18

Fields = Mapping[str, Any]


def wrong(path: str, requirement: str) -> Refusal:
    """A value is not what it must be; `requirement` goes on from its name."""
    return Refusal(errors.bad_value(path, requirement))


def join(path: str, name: str) -> str:
    """The path of a field within an object."""
    return f"{path}.{name}" if path else name


def required(raw: Fields, name: str, path: str) -> Any:
    """A value that must be there."""
    value = raw.get(name)
    if value is None:
        raise Refusal(errors.missing(join(path, name)))
    return value


def mapping(raw: Fields, name: str, path: str) -> Fields:
    """An object that must be there."""
    value = required(raw, name, path)
    if not isinstance(value, dict):
        raise wrong(join(path, name), "must be an object")
    return value


def optional_mapping(raw: Fields, name: str, path: str) -> Fields | None:
    """An object, or None."""
    return None if raw.get(name) is None else mapping(raw, name, path)


def listing(raw: Fields, name: str, path: str, least: int, most: int) -> list[Any]:
    """A list of so many entries; an absent one is empty, which is wrong when there must be some."""
    value = raw.get(name)
    if not value and least == 0:  # null, an empty list, and what careless clients write for one
        return []
    if value is None:
        raise Refusal(errors.missing(join(path, name)))
    if not isinstance(value, list) or not least <= len(value) <= most:
        count = f"{least} to {most}" if least else f"at most {most}"
        raise wrong(join(path, name), f"must be a list of {count}")
    return value


def entries(raw: Fields, name: str, path: str, least: int, most: int) -> list[tuple[str, Fields]]:
    """The objects of a list, each with its path."""
    found: list[tuple[str, Fields]] = []
    whole = join(path, name)
    for number, one in enumerate(listing(raw, name, path, least, most)):
        place = f"{whole}[{number}]"
        if not isinstance(one, dict):
            raise wrong(place, "must be an object")
        found.append((place, one))
    return found


def text(raw: Fields, name: str, path: str, chars_max: int) -> str:
    """A text that must be there and not be blank."""
    value = as_text(required(raw, name, path))
    return check_text(value, join(path, name), chars_max)


def optional_text(raw: Fields, name: str, path: str, chars_max: int) -> str | None:
    """A text, or None; an empty one is none."""
    value = raw.get(name)
    if value is None or value == "":
        return None
    return check_text(as_text(value), join(path, name), chars_max)


def check_text(value: object, path: str, chars_max: int) -> str:
    """That a value is a text that can be kept and shown."""
    if not isinstance(value, str):
        raise wrong(path, "must be text")
    if not value.strip():
        raise wrong(path, "must not be empty")
    if len(value) > chars_max:
        raise Refusal(errors.too_long(path, len(value), chars_max))
    if not is_storable(value):
        raise wrong(path, "must not contain U+0000 or half of a surrogate pair")
    return value


def flag(raw: Fields, name: str, path: str) -> bool:
    """True or false; false when it is absent."""
    value = raw.get(name)
    if value not in (None, True, False, "true", "false", 0, 1):
        raise wrong(join(path, name), "must be true or false")
    return value in (True, "true")


def degrees(raw: Fields, name: str, path: str, most: int) -> float:
    """An angle from -most to most, as a number or as its text."""
    value = required(raw, name, path)
    try:
        angle = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        angle = math.nan
    if not -most <= angle <= most:
        raise wrong(join(path, name), f"must be a number from -{most} to {most}")
    return angle


def whole(raw: Fields, name: str, path: str, low: int, high: int) -> int:
    """A whole number within limits, as a number or as its text."""
    value = required(raw, name, path)
    if isinstance(value, float) and value.is_integer():  # some clients divide before they send
        value = int(value)
    value = as_text(value)
    if not (isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value) and low <= int(value) <= high):
        raise wrong(join(path, name), f"must be a whole number from {low} to {high}")
    return int(value)


def word(raw: Fields, name: str, path: str) -> str:
    """A word of a fixed vocabulary, in any letter case."""
    value = required(raw, name, path)
    found = _lowered(value) if isinstance(value, str) and len(value) <= _WORD_CHARS else None
    if found is None:
        raise wrong(join(path, name), "must be a word")
    return found


@lru_cache(WORDS_KEPT_MAX)
def _lowered(text: str) -> str | None:
    return text.lower() if _WORD.fullmatch(text) is not None else None


def choice(raw: Fields, name: str, path: str, choices: Collection[str]) -> str:
    """One of the words of a vocabulary, in any letter case."""
    value = word(raw, name, path)
    if value not in choices:
        raise wrong(join(path, name), f"must be {' or '.join(sorted(choices))}, got {shown(value)}")
    return value


def link(raw: Fields, name: str, path: str) -> str:
    """An address of the web; whether we would go there is judged when somebody does."""
    value = check_text(required(raw, name, path), join(path, name), LINK_CHARS_MAX)
    if _LINK.fullmatch(value) is None:
        raise wrong(join(path, name), "must be an address that begins with https:// or http://")
    return value


def as_text(value: Any) -> Any:
    """A number as its digits, all else as it is."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _NUMBER_END:
        return str(value)
    return value


def shown(value: object) -> str:
    """What was sent, as far as it is short."""
    match value:
        case str():
            return repr(value[:_SHOWN_CHARS])
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return "another kind of value"
