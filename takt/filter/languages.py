"""In which language a text is, of those of the shipped texts: by words that only one of them has."""

import re
from collections import Counter
from functools import cache
from typing import Final

from takt.filter.corpus import LANGUAGES, corpus

TELLING_LEAST: Final = 3
"""In so many texts of a language a word must stand to be one of it, and ten times as often as in any other."""
SURE_LEAST: Final = 2
SURE_SHARE: Final = 0.25
"""Two of a text's words, and more than this share of them, must be a language's; of one that nobody learned some are by accident."""

_WORD: Final = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """One of LANGUAGES; empty for any other, and for what is too short to say."""
    words = _WORD.findall(text.lower())
    telling = _telling()
    found = Counter(telling[word] for word in words if word in telling)
    language, count = found.most_common(1)[0] if found else ("", 0)
    return language if count >= SURE_LEAST and count > SURE_SHARE * len(words) else ""


@cache
def _telling() -> dict[str, str]:
    counts: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for one in corpus():
        counts[one.language].update(set(_WORD.findall(one.text.lower())))
    return {
        word: language
        for language, mine in counts.items()
        for word, count in mine.items()
        if count >= max(TELLING_LEAST, *(10 * theirs[word] for other, theirs in counts.items() if other != language))
    }
