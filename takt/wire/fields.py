"""The grammar of `fields=`: names with commas between, each with methods in dots and a selection of its own in braces.

Cloud API reference, "Layout" and "Analytics": `id,phone_numbers.limit(5){id,verified_name}`,
`analytics.start(1).end(2).granularity(DAY).phone_numbers([])`. Spaces and line breaks count nowhere but inside of
quotes; the words of a list may stand quoted or not, in brackets, in parentheses or bare.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Final

from takt.core.value import value
from takt.wire import errors
from takt.wire.errors import Refusal

FIELDS_CHARS_MAX: Final = 8192
DEPTH_MAX: Final = 4
NAMES_MAX: Final = 200

Words = tuple[str, ...]

_NONE: Final[Mapping[str, Words]] = MappingProxyType({})
_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_BARE = re.compile(r"""[^,()\[\]{}"'\\]+""")
_QUOTED = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CLOSING: Final = {"[": "]", "(": ")"}


@value
class Field:
    """One selected field. `methods` has the words that each method was given, `within` what is selected of it.

    A method named twice counts as it was named last; a method given nothing, or an empty list, has no words.
    """

    name: str
    methods: Mapping[str, Words] = field(default_factory=lambda: _NONE)
    within: tuple["Field", ...] = ()

    def word(self, method: str) -> str | None:
        """The one word that a method was given; None when it was not called, or with nothing. Raises Refusal."""
        words = self.methods.get(method, ())
        if len(words) > 1:
            raise _wrong(f"{self.name}.{method} must have one value")
        return words[0] if words else None


def parse(text: str) -> tuple[Field, ...]:
    """What a text selects, in its order; nothing for an empty one. Raises Refusal naming the place that is wrong."""
    if len(text) > FIELDS_CHARS_MAX:
        raise _wrong(f"must have at most {FIELDS_CHARS_MAX} characters")
    if not text.strip():
        return ()
    reader = _Reader(text)
    found = reader.read_fields(1)
    reader.check_end()
    return found


class _Reader:
    """Reads on from a place in the text; what it cannot read it refuses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._names = 0

    def read_fields(self, depth: int) -> tuple[Field, ...]:
        """Fields with commas between; `depth` says in how many selections they stand."""
        if depth > DEPTH_MAX:
            raise _wrong(f"must not select within more than {DEPTH_MAX} fields")
        found = [self._read_field(depth)]
        while self._take(","):
            found.append(self._read_field(depth))
        return tuple(found)

    def check_end(self) -> None:
        """Nothing may follow."""
        self._skip()
        if self._place < len(self._text):
            raise self._stray()

    def _read_field(self, depth: int) -> Field:
        name = self._read_name()
        methods: dict[str, Words] = {}
        within: tuple[Field, ...] = ()
        while True:
            if self._take("."):
                method = self._read_name()
                self._need("(")
                methods[method] = self._read_words(")", 1)
            elif not within and self._take("{"):
                within = self.read_fields(depth + 1)
                self._need("}")
            else:
                return Field(name, methods, within)

    def _read_name(self) -> str:
        self._skip()
        match = _NAME.match(self._text, self._place)
        self._names += 1
        if match is None:
            raise self._stray()
        if self._names > NAMES_MAX:
            raise _wrong(f"must have at most {NAMES_MAX} names")
        self._place = match.end()
        return match.group()

    def _read_words(self, closing: str, depth: int) -> Words:
        """The words up to the closing sign, those of lists within among them."""
        if depth > DEPTH_MAX:
            raise _wrong(f"must not have more than {DEPTH_MAX} lists in one another")
        if self._take(closing):
            return ()
        words: list[str] = []
        while True:
            opening = next((sign for sign in _CLOSING if self._take(sign)), None)
            words.extend((self._read_word(),) if opening is None else self._read_words(_CLOSING[opening], depth + 1))
            if self._take(closing):
                return tuple(words)
            self._need(",")

    def _read_word(self) -> str:
        self._skip()
        quoted = _QUOTED.match(self._text, self._place)
        match = quoted or _BARE.match(self._text, self._place)
        if match is None:
            raise self._stray()
        self._place = match.end()
        if quoted is None:
            return match.group().strip()
        return _ESCAPED.sub(r"\1", quoted.group(1) if quoted.group(1) is not None else quoted.group(2))

    def _take(self, sign: str) -> bool:
        self._skip()
        taken = self._text.startswith(sign, self._place)
        self._place += len(sign) if taken else 0
        return taken

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._stray()

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._place)
        assert match is not None, "no space at all is a match"
        self._place = match.end()

    def _stray(self) -> Refusal:
        rest = self._text[self._place : self._place + 20]
        shown = f"cannot be read from {rest!r} on" if rest else "ends too early"
        return _wrong(f"must be names with commas between, such as id,name{{id}}: it {shown}")


def _wrong(requirement: str) -> Refusal:
    return Refusal(errors.invalid_parameter("fields", requirement))
