"""Reading of documents of prices: what rate cards and market tables need beside `takt.core.document`.

Everything raises takt.core.document.UnsoundError with the path of the field and what would be right.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from takt.core.document import Fields

NAME_CHARS_MAX: Final = 60
ABOUT_CHARS_MAX: Final = 1000
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")

T = TypeVar("T")


def opened(raw: object, path: str, known: Sequence[str]) -> Fields:
    """An object that has no fields but the known ones."""
    fields = Fields.of(raw, path)
    fields.end(*known)
    return fields


def inner(fields: Fields, name: str, known: Sequence[str]) -> Fields:
    """The object in a field, which must be there."""
    return opened(fields.raw.get(name), fields.place(name), known)


def has(fields: Fields, name: str) -> bool:
    """Whether a field is there and not null."""
    return fields.raw.get(name) is not None


def text(fields: Fields, name: str, chars_max: int, usual: str | None = None) -> str:
    """A printable text; it must be there if there is no usual one."""
    given = fields.raw.get(name, usual)
    if not isinstance(given, str) or not 1 <= len(given) <= chars_max or not given.isprintable():
        raise fields.wrong(name, f"must be a printable text of 1 to {chars_max} characters")
    return given


def word(fields: Fields, name: str) -> str:
    """A name: small letters, digits, hyphens and underscores."""
    given = fields.raw.get(name)
    if not is_word(given):
        raise fields.wrong(name, f"must be 1 to {NAME_CHARS_MAX} small letters, digits, - and _")
    return str(given)


def is_word(given: object) -> bool:
    """Whether something can be a name."""
    return isinstance(given, str) and len(given) <= NAME_CHARS_MAX and _NAME.fullmatch(given) is not None


def choice(fields: Fields, name: str, choices: Sequence[str], usual: str | None = None) -> str:
    """One of some words."""
    given = fields.raw.get(name, usual)
    if given not in choices:
        raise fields.wrong(name, f"must be one of {', '.join(choices)}")
    return str(given)


def some(fields: Fields, name: str, choices: Sequence[str]) -> frozenset[str] | None:
    """One or several of some words; None when the field is left out."""
    given = fields.raw.get(name)
    if given is None:
        return None
    words = [given] if isinstance(given, str) else given
    if not isinstance(words, list) or not words or not all(one in choices for one in words):
        raise fields.wrong(name, f"must be one of {', '.join(choices)}, or a list of some")
    return frozenset(words)


def truth(fields: Fields, name: str) -> bool | None:
    """True or false; None when the field is left out."""
    given = fields.raw.get(name)
    if given is not None and not isinstance(given, bool):
        raise fields.wrong(name, "must be true or false")
    return given


def each(fields: Fields, name: str, parse: Callable[[Fields], T], known: Sequence[str], most: int) -> tuple[T, ...]:
    """A list of objects, each with the same known fields; empty when it is left out."""
    given = fields.raw.get(name, [])
    if not isinstance(given, list) or len(given) > most:
        raise fields.wrong(name, f"must be a list of at most {most}")
    return tuple(parse(opened(one, f"{fields.place(name)}[{place}]", known)) for place, one in enumerate(given))


def entries(fields: Fields, name: str, most: int) -> Mapping[str, object]:
    """What an object in a field has under names of its own; empty when it is left out."""
    given = fields.raw.get(name, {})
    if not isinstance(given, Mapping) or len(given) > most:
        raise fields.wrong(name, f"must be an object of at most {most} entries")
    return {str(key): one for key, one in given.items()}
