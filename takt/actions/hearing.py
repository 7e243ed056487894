"""What a person's text asks for, also where its letters are disguised, apart, or full of what cannot be seen.

Phones write look-alikes of another alphabet, wide letters, digits for letters and signs between them. The letters are
repaired as the filter repairs those of companies; its model reads nothing of what people write. Only a stop is heard in a
repaired text: consent has to be said plainly.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

from takt.core.stop_words import EDGES, FREE_CHARS_MAX, STOP, Wish, hear
from takt.filter.normal import normalise
from takt.filter.words import Words

_LETTERS_MIN: Final = 4
"""Shorter words come out of anything."""
_KNOWN: Final = Words({word: 1 for said in STOP for word in said.split() if word.isascii()})


def hear_through(text: str, names: Mapping[str, str], *, free: bool = True) -> Wish | None:
    """What a text asks for, read as it is, and if that is nothing, with its letters repaired; arguments as of `hear`."""
    plainly = hear(text, names, free=free)
    if plainly is not None or len(text) > FREE_CHARS_MAX:
        return plainly
    said = text.strip(EDGES)
    repaired = normalise(said, _KNOWN)
    stop = _stop_in(repaired.text, names, free=free) if repaired.repairs else None
    return stop or _stop_in(normalise(_spelt(said), _KNOWN).text, names, free=False)


def _spelt(text: str) -> str:
    """The word that is spelt in letters standing apart; empty if none is."""
    wide = unicodedata.normalize("NFKC", text)
    letters = "".join(one for one in wide if one.isascii() or one.isalnum()).split()
    return "".join(letters) if all(len(one) == 1 for one in letters) else ""


def _stop_in(repaired: str, names: Mapping[str, str], *, free: bool) -> Wish | None:
    wish = hear(repaired, names, free=free) if len(repaired) >= _LETTERS_MIN else None
    return wish if wish is not None and not wish.granted else None
