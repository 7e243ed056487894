"""Characters of a text with their readings, in tokens: entities, broken encoding and turned writing undone, the unseen left out."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

from takt.core.value import value
from takt.filter.alphabets import TURNED, TURNED_PLAIN
from takt.filter.readings import ALIKE, FOREIGN, HIDDEN, PILED, PLAIN, SIGN, STYLED, Reading, reading

_ENTITY: Final = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,6}|[a-zA-Z]{2,24});")
_HONEST_ENTITIES: Final = frozenset({"&lt;", "&gt;", "&amp;", "&quot;", "&nbsp;", "&apos;", "&#39;"})
_TURN: Final = re.compile("\u202e([^\u202c\u202d\u2069]*)[\u202c\u202d\u2069]?")
TOKEN_CHARS_MAX: Final = (
    160  # a longer run without a blank is read piece by piece, so that no text costs much more than its length
)
_ALONE: Final = re.compile(rf"\S{{1,{TOKEN_CHARS_MAX}}}")


@value
class Mark:
    """One visible character of a text with its reading."""

    char: str
    kind: str
    letters: str


@value
class Token:
    """What stands between blanks: as written, its characters' readings (none when all are ASCII), how wide the gap before it is."""

    text: str
    marks: tuple[Mark, ...]
    gap: int


def decoded(text: str, undone: Counter[str]) -> str:
    """Entities, broken encoding and turned writing direction undone."""
    if "&" in text:
        found = [one for one in _ENTITY.findall(text) if one.lower() not in _HONEST_ENTITIES]
        undone["styled"] += len([one for one in found if html.unescape(one) != one])
        text = html.unescape(text)
    if "\u202e" in text:
        text = _TURN.sub(lambda match: match[1][::-1], text)
    if not text.isascii():
        text = _mended(text)
    return text


def _mended(text: str) -> str:
    if not _broken(text):
        return unicodedata.normalize("NFC", text)
    import ftfy  # noqa: PLC0415 - it costs a second to load, and few texts need it

    return unicodedata.normalize("NFC", ftfy.fix_encoding(text))


def _broken(text: str) -> bool:
    return any(char in text for char in "ÃÂâ�ðÐÑ") and any("\x80" <= char <= "\xff" for char in text)


def parted(text: str, undone: Counter[str]) -> Iterator[Token]:
    """The tokens of a text; what cannot be seen is counted in `undone` and left out."""
    end = 0
    for match in _ALONE.finditer(text):
        word, gap = match.group(), text[end : match.start()]
        end = match.end()
        width = len(gap) + gap.count("\n")
        if word.isascii() and word.isprintable():
            yield Token(word, (), width)
        elif marks := tuple(_marks(word, undone)):
            yield Token("".join(mark.char for mark in marks), marks, width)


def _marks(word: str, undone: Counter[str]) -> Iterator[Mark]:
    """Each visible character with its reading; what cannot be seen is counted and left out."""
    before = Reading(PLAIN, " ")
    for char in word:
        found = reading(char)
        if found.kind == HIDDEN:
            undone["hidden"] += before.kind not in (SIGN, FOREIGN) and not "\ufe00" <= char <= "\ufe0f"
            continue
        if found.kind == PILED:
            if before.kind == FOREIGN:
                yield Mark(char, FOREIGN, "")
            else:
                undone["styled"] += before.kind != SIGN
            continue
        if found.kind in (PLAIN, STYLED) and len(found.letters) > 1:
            yield from (Mark(one, found.kind, one) for one in found.letters)
        else:
            yield Mark(found.letters if found.kind == PLAIN else char, found.kind, found.letters)
        before = found


def upright(tokens: list[Token], undone: Counter[str]) -> list[Token]:
    """A text written upside down, turned round."""
    marks = [mark for token in tokens for mark in token.marks]
    turned = sum(mark.char in TURNED and mark.kind in (ALIKE, STYLED) for mark in marks)
    if turned < 3 or turned < 0.2 * sum(len(token.text) for token in tokens):
        return tokens
    undone["alike"] += turned
    return [_turned(token) for token in reversed(tokens)]


def _turned(token: Token) -> Token:
    marks = token.marks or tuple(Mark(char, PLAIN, char) for char in token.text)
    found = tuple(_one_turned(mark) for mark in reversed(marks))
    return Token("".join(mark.char for mark in found), found, token.gap)


def _one_turned(mark: Mark) -> Mark:
    letter = TURNED.get(mark.char) or mark.letters[:1].translate(TURNED_PLAIN) or mark.char
    return Mark(letter, PLAIN if letter.isascii() else mark.kind, letter)
