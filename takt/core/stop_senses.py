"""What the words of a folded text mean to a refusal.

Accents make no difference, which many leave out, nor does a German umlaut in two letters; what hangs on a verb in Spanish
or Italian ("bórrenme") is heard, and in languages that put no blanks between words they are found in a row. The words that
matter most are heard mistyped by one letter.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from takt.core.stop_lexicon import MEANT_OTHERWISE, WORDS
from takt.core.stop_sense import Sense
from takt.core.stop_slips import word_meant
from takt.core.stop_unspaced import UNSPACED

STEM_MIN: Final = 2
WORDS_CACHED: Final = 4096


def unmark(text: str) -> str:
    """A text without accents."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in apart if not "\u0300" <= one <= "\u036f"))


_NONE: Final[frozenset[Sense]] = frozenset()
_MEANT_OTHERWISE: Final = tuple(MEANT_OTHERWISE.split())
_UMLAUT_IN_TWO: Final = re.compile(r"(?<=[aou])e")


def _collect(kind: str) -> dict[str, frozenset[Sense]]:
    found: dict[str, frozenset[Sense]] = {}
    for sense, words in WORDS.items():
        for word in words.split():
            if _kind(word) == kind:
                plain = unmark(word.strip("*"))
                found[plain] = found.get(plain, _NONE) | {sense}
    return found


def _kind(word: str) -> str:
    return "stem" if word.endswith("*") else "ending" if word.startswith("*") else "word"


_WHOLE: Final = _collect("word")
_STEMS: Final = _collect("stem")
_ENDINGS: Final = _collect("ending")
_UNSPACED_SENSES: Final = {
    word: frozenset(sense for sense, words in UNSPACED.items() if word in words.split())
    for words in UNSPACED.values()
    for word in words.split()
}
_KNOWN_INSIDE: Final = "|".join(map(re.escape, sorted(_UNSPACED_SENSES, key=len, reverse=True)))
_SCRIPTS: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKENS: Final = re.compile(
    rf"{_KNOWN_INSIDE}|(?:(?!{_KNOWN_INSIDE})[{_SCRIPTS}])+|(?:(?![{_SCRIPTS}])[\w\u0900-\u0dff\u0591-\u05c7\u064b-\u0652])+(?:['’-](?:(?![{_SCRIPTS}])\w)+)*"
)
_FILLING: Final = frozenset({Sense.FILLER})
_ENCLITICS: Final = ("me", "mi", "nos", "ci")
_TAKES_ENCLITIC: Final = frozenset({Sense.REMOVE, Sense.TAKE, Sense.SEND, Sense.WRITE, Sense.LEAVE})


@lru_cache(maxsize=WORDS_CACHED)
def senses_of(word: str) -> frozenset[Sense]:
    """What a folded word means; nothing if it is not known."""
    if word in _UNSPACED_SENSES:
        return _UNSPACED_SENSES[word]
    plain = unmark(word)
    if plain[:1].isdigit():
        return _FILLING
    if (parts := re.split(r"['’-]", plain)) != [plain] and plain not in _WHOLE and not plain.endswith("n't"):
        meant = [senses_of(part) for part in parts]
        return _NONE.union(*meant) if all(meant) else _NONE
    if plain.startswith(_MEANT_OTHERWISE):
        return _NONE
    found = _found(plain) or _found(_UMLAUT_IN_TWO.sub("", plain)) or _mistyped(plain)
    return found | {Sense.ME} if plain.endswith(_ENCLITICS) and not found.isdisjoint(_TAKES_ENCLITIC) else found


def _found(plain: str) -> frozenset[Sense]:
    found = _WHOLE.get(plain, _NONE)
    for cut in range(STEM_MIN, len(plain) + 1):
        found |= _STEMS.get(plain[:cut], _NONE) | _ENDINGS.get(plain[-cut:], _NONE)
    return found


def _mistyped(plain: str) -> frozenset[Sense]:
    meant = word_meant(plain)
    return _found(meant) if meant is not None else _NONE


def senses_in(clause: str) -> list[frozenset[Sense]]:
    """What each word of a folded clause means, in their order."""
    return [senses_of(word) for word in _TOKENS.findall(clause)]
