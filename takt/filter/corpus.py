"""The texts that the shipped model is learned from: written for it, by hand, in English and German; nobody's real messages.

Names are invented, addresses of reserved domains. What only such texts have in common must teach nothing: so links get endings,
and numbers digits, that a draw chooses without a look at the class, and each text comes in two such variants.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Final

from takt.core.value import value
from takt.filter.labels import LABELS

LANGUAGES: Final = ("en", "de")
VARIANTS: Final = 2

_RESERVED: Final = re.compile(r"(?:https?://)?([\w.-]+?)\.(?:example\.(?:com|org|net)|example|test)\b")
_DIGIT: Final = re.compile(r"(?<![{\d])\d(?!\})")
_ENDINGS: Final = ("com", "net", "org", "de", "co.uk", "info", "eu", "io", "shop", "online")
_OPENINGS: Final = ("https://", "https://www.", "http://", "", "www.")


@value
class Written:
    """One text of the corpus."""

    label: str
    language: str
    text: str


def corpus() -> Iterator[Written]:
    """All texts, as they were written."""
    for label in LABELS:
        for language in LANGUAGES:
            lines = files("takt.filter").joinpath("texts", f"{label}.{language}.txt").read_text("utf-8").splitlines()
            yield from (Written(label, language, line) for line in lines if line)


def varied() -> list[Written]:
    """What is learned from: each text in its variants."""
    return [replace(one, text=_variant(one.text, variant)) for one in corpus() for variant in range(VARIANTS)]


def fingerprint() -> str:
    """A sum over the corpus, by which a model says what it was learned from."""
    whole = "\n".join(f"{one.label}\t{one.language}\t{one.text}" for one in corpus())
    return hashlib.sha256(whole.encode()).hexdigest()


def _variant(text: str, number: int) -> str:
    draws = hashlib.blake2b(f"{number} {text}".encode(), digest_size=64).digest()
    opening, ending = _OPENINGS[draws[0] % len(_OPENINGS)], _ENDINGS[draws[1] % len(_ENDINGS)]
    text = _RESERVED.sub(lambda match: f"{opening}{match[1]}.{ending}", text)
    if number == 0:
        return text
    digits = iter(draws[2:] * 4)
    return _DIGIT.sub(lambda match: match[0] if match[0] in "01" else str(2 + next(digits) % 8), text)
