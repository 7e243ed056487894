"""The form of a text in which the model reads it: disguises undone, and how much had to be undone.

What honest people write stays as it is, but for case: umlauts, other alphabets, digits, codes and links. What is repaired is
counted, for nobody has to hide words who has nothing to hide.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from takt.core.value import value
from takt.filter.alphabets import FIGURES
from takt.filter.characters import Mark, Token, decoded, parted, upright
from takt.filter.readings import ALIKE, FOREIGN, MARK, PLAIN, SIGN, STYLED, script
from takt.filter.spelling import EDGES, WILD, plain, sound, typed
from takt.filter.words import SLOTS_MAX, Slot, Words

CHARS_MAX: Final = 8_192

_COUNTED: Final = ("hidden", "styled", "alike", "figures", "apart", "wild")


@value
class Normal:
    """A text as the model reads it, and what was undone, in characters: `hidden`, `styled`, `alike`, `figures`, `apart`, `wild`."""

    text: str
    hidden: int = 0
    styled: int = 0
    alike: int = 0
    figures: int = 0
    apart: int = 0
    wild: int = 0

    @property
    def repairs(self) -> int:
        """How many characters had to be repaired in all."""
        return self.hidden + self.styled + self.alike + self.figures + self.apart + self.wild


def normalise(text: str, words: Words) -> Normal:
    """Read a text; `words` are those the model knows. Of more than CHARS_MAX characters the first ones count."""
    undone: Counter[str] = Counter()
    clear = decoded(text[:CHARS_MAX], undone)
    tokens = list(parted(clear, undone))
    disguised = False
    if not clear.isascii():
        tokens = upright(tokens, undone)
        disguised = _disguised(tokens, words)
    read = [_read(token, words, undone, disguised=disguised) for token in tokens]
    return Normal(_whole(tokens, read, words, undone), **{name: undone[name] for name in _COUNTED})


def _latin(mark: Mark) -> bool:
    if mark.kind == PLAIN:
        return mark.char.isalpha()
    return mark.kind in (STYLED, MARK) or (mark.kind == ALIKE and script(mark.char) == "LATIN")


def _strange(token: Token) -> bool:
    """Letters of other alphabets and none of the Latin one."""
    return any(mark.kind in (ALIKE, FOREIGN) for mark in token.marks) and not any(_latin(mark) for mark in token.marks)


def _disguised(tokens: Sequence[Token], words: Words) -> bool:
    """Whether words in other alphabets are Latin ones in disguise: too many alphabets at once, or known words by shape."""
    strange = [token for token in tokens if _strange(token)]
    if not strange:
        return False
    scripts = {script(mark.char) for token in strange for mark in token.marks} - {
        "",
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "HANGUL",
    }
    if len(scripts) >= 3:
        return True
    long = [token for token in strange if len(token.marks) >= 3][:40]
    known = sum(
        words.read([_slot(mark) for mark in token.marks if _slot(mark).letters != "-"]) is not None for token in long
    )
    return bool(long) and known >= 0.4 * len(long)


def _slot(mark: Mark) -> Slot:
    if mark.kind == SIGN:
        return Slot(mark.letters, loose=True)
    if mark.kind == FOREIGN:
        return Slot("")
    letters = mark.letters.lower()
    if mark.kind in (ALIKE, MARK) or letters.isalpha():
        return Slot(letters)
    if letters in FIGURES:
        return Slot(FIGURES[letters], loose=letters in "*_~?")
    return Slot("-", loose=True)


def _read(token: Token, words: Words, undone: Counter[str], *, disguised: bool) -> str:
    """What a token says; words of other alphabets as they are, if they are no disguise."""
    kinds = {mark.kind for mark in token.marks}
    if kinds <= {PLAIN}:
        return plain(token.text, words, undone)
    if kinds <= {PLAIN, MARK}:
        return _accented(token, words, undone)
    if (_strange(token) and not disguised) or not any(
        mark.char.isalnum() or mark.kind == STYLED for mark in token.marks
    ):
        return token.text.lower()
    if _flag(token):
        return ""
    return _unmasked(token, words, undone)


def _flag(token: Token) -> bool:
    signs = [mark for mark in token.marks if "\U0001f1e6" <= mark.char <= "\U0001f1ff"]
    return len(signs) == 2 and not any(mark.kind == PLAIN and mark.char.isalpha() for mark in token.marks)


def _accented(token: Token, words: Words, undone: Counter[str]) -> str:
    """Accents stay where they are language, and go where a known word stands behind them or most letters have one."""
    text = token.text.lower()
    bare = "".join(mark.letters if mark.kind == MARK else mark.char for mark in token.marks).lower()
    accents = sum(mark.kind == MARK for mark in token.marks)
    core = text.strip(EDGES)
    if 2 * accents > len(core) > 2:
        undone["styled"] += accents
        return plain(bare, words, undone)
    return text if len(core) < 2 or core in words or bare.strip(EDGES) not in words else bare


def _unmasked(token: Token, words: Words, undone: Counter[str]) -> str:
    """A word with disguised letters, or with signs within: read letter by letter."""
    marks = list(token.marks)
    head, tail = _signs(marks), _signs(marks[::-1])[::-1]
    marks = marks[len(head) : len(marks) - len(tail)]
    for mark in marks:
        undone["styled"] += mark.kind == STYLED
        undone["alike"] += mark.kind in (ALIKE, FOREIGN, SIGN)
    around = ["".join(mark.char for mark in signs) for signs in (head, tail)]
    return " ".join(filter(None, (around[0], _letter_by_letter(marks, words, undone), around[1])))


def _letter_by_letter(marks: Sequence[Mark], words: Words, undone: Counter[str]) -> str:
    pieces = "".join(" " if mark.kind == SIGN else mark.letters[:1].lower() or WILD for mark in marks)
    if not any(mark.kind in (SIGN, FOREIGN) or len(mark.letters) > 1 for mark in marks):
        return plain(pieces, words, undone)
    parts = pieces.split()
    if len(parts) > 1 and all(part in words or part.isdigit() for part in parts) and max(map(len, parts)) > 2:
        return pieces
    slots = [_slot(mark) for mark in marks]
    found = words.read(slots)
    if found is None and len(slots) >= 6:
        run = words.part(slots[:SLOTS_MAX])
        found = " ".join(run) if sound(run, words) else None
    if found is not None:
        return found
    undone["wild"] += sum(mark.kind == FOREIGN for mark in marks)
    return pieces.replace(" ", "") if max(map(len, parts), default=0) < 3 else pieces


def _signs(marks: Sequence[Mark]) -> list[Mark]:
    """The signs at the beginning of a token."""
    count = next((index for index, mark in enumerate(marks) if mark.kind != SIGN or mark.letters), len(marks))
    return list(marks[:count])


def _whole(tokens: Sequence[Token], read: Sequence[str], words: Words, undone: Counter[str]) -> str:
    """The tokens in a row; letters that stood apart brought together."""
    out: list[str] = []
    at = 0
    while at < len(read):
        end = at
        while end < len(read) and _fragment(read[end], words):
            end += 1
        if end - at >= 3 and (together := _together(tokens[at:end], read[at:end], words)) is not None:
            undone["apart"] += end - at
            out.append(together)
            at = end
        elif end - at == 2 and (one := "".join(read[at:end])) in words and len(one) > 3:
            undone["apart"] += 1
            out.append(one)
            at = end
        else:
            end = max(end, at + 1)
            out.extend(read[at:end])
            at = end
    return " ".join(filter(None, out))


def _fragment(text: str, words: Words) -> bool:
    """A letter or three that may be a piece of a word."""
    core = text.strip(EDGES)
    if len(core) == 1:
        return not core.isdigit() or text != core
    return len(core) <= 4 and core.isalpha() and core not in words


def _together(tokens: Sequence[Token], read: Sequence[str], words: Words) -> str | None:
    """Single letters and scraps as words, if they make some."""
    widest = max(token.gap for token in tokens[1:])
    narrow = min(token.gap for token in tokens[1:])
    groups: list[str] = [""]
    for index, (token, text) in enumerate(zip(tokens, read, strict=True)):
        if index and widest > narrow and token.gap == widest:
            groups.append("")
        groups[-1] += text.strip(EDGES) or text
    run = [word for group in groups for word in _grouped(group, words)]
    long = len(tokens) >= 5 and sum(len(text) == 1 for text in read) >= 0.8 * len(tokens)
    return " ".join(run) if long or (sound(run, words) and len(run) < len(tokens) - 1) else None


def _grouped(group: str, words: Words) -> list[str]:
    if group in words:
        return [group]
    slots = [typed(char) for char in group[:SLOTS_MAX]]
    found = words.read(slots)
    return [found] if found else words.part(slots) or [group]
