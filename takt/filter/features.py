"""What the model sees of texts: runs of two to five characters, words and pairs of words, and a few measures.

Runs and words are known by a 64-bit number made of their characters, so that a batch is turned into features by arrays.
"""

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from takt.core.value import value
from takt.filter.normal import Normal
from takt.filter.spelling import WILD

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]

RUNS: Final = (2, 3, 4, 5)
WORDS_KEPT_MAX: Final = 50_000

_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[£$€¥₹]?\d[\d.,:]*(?:\s?[£$€¥₹%])?|\S")
ADDRESS: Final = re.compile(
    r"(?:https?|ftp|hxxps?)://\S+|\bwww\d?\.\S+|(?<![\w@])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,10}/\S*"
    r"|(?<![\w@.])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|info|biz|co\.uk|uk|de|test|example|invalid|id|in|io|me|ly|gd)\b"
)
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PRICE: Final = re.compile(
    r"[£$€¥₹]\s?\d|\d\s?(?:[£$€¥₹]|eur\b|euro\b|usd\b|gbp\b|p\b|pence\b|ppm\b|rp\b)|\brp\.?\s?\d"
)
_PHONE: Final = re.compile(r"\+?\d[\d\s()/.-]{6,}\d")
_DIGITS: Final = re.compile(r"\d+")
MEASURES: Final = (
    "length", "words", "digits", "longest number", "capitals", "repairs", "any repair", "links", "mail addresses",
    "prices", "phone numbers", "exclamations", "questions", "signs", "unread letters",
)  # fmt: skip


@value
class Counts:
    """How often which key stands in which text: three arrays of equal length, each pair of row and key once."""

    rows: Ints
    keys: Keys
    times: Floats


def runs(texts: Sequence[str]) -> Counts:
    """The runs of characters of each text."""
    padded = [f" {text} " for text in texts]
    lengths = np.array([len(text) for text in padded], np.int64)
    keys = keys_of("".join(padded))
    rows = np.repeat(np.arange(len(padded)), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(rows))
    whole = {size: left[: len(found)] >= size for size, found in keys.items()}
    return _counted(
        np.concatenate([rows[: len(keys[size])][whole[size]] for size in RUNS]),
        np.concatenate([keys[size][whole[size]] for size in RUNS]),
    )


def keys_of(text: str) -> dict[int, Keys]:
    """The key of the run that begins at each character, for each size of runs."""
    chars = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    found: dict[int, Keys] = {}
    current = chars
    for size in RUNS:
        current = current[: max(len(chars) - size + 1, 0)] * _PRIME + chars[size - 1 :]
        found[size] = _mixed(current + np.uint64(size))
    return found


def words(texts: Sequence[str]) -> Counts:
    """The words of each text and the pairs of neighbours, with names in place of links, prices and numbers."""
    keys: list[int] = []
    rows: list[int] = []
    for row, text in enumerate(texts):
        mine = [_word_key(word) for word in tokens(text)]
        pairs = [(one * 0x9E3779B1 + other) & 0x7FFFFFFFFFFFFFFF for one, other in itertools.pairwise(mine)]
        keys += mine
        keys += pairs
        rows += [row] * (len(mine) + len(pairs))
    return _counted(np.array(rows, np.int64), np.array(keys, np.uint64))


def tokens(text: str) -> list[str]:
    """The words of a normal text; a link is `#link`, a price `#price`, a number as many `#0` as it has digits."""
    if "." in text or "@" in text:
        text = ADDRESS.sub(" \ue000 ", _MAIL.sub(" \ue001 ", text))
    return [_named(word) for word in _TOKEN.findall(text)]


@lru_cache(WORDS_KEPT_MAX)
def _named(word: str) -> str:
    if word == "\ue000":
        return "#link"
    if word == "\ue001":
        return "#mail"
    digits = sum(map(str.isdigit, word))
    if not digits:
        return word
    return "#price" if word[0] in "£$€¥₹" or word[-1] in "£$€¥₹" else f"#{'0' * min(digits, 12)}"


@lru_cache(WORDS_KEPT_MAX)
def _word_key(word: str) -> int:
    return (
        int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
        & 0x7FFFFFFFFFFFFFFF
    )


def measures(originals: Sequence[str], normals: Sequence[Normal]) -> Floats:
    """Numbers between about 0 and 1 on each text, one column for each of MEASURES."""
    return np.array([_measured(one, other) for one, other in zip(originals, normals, strict=True)]).reshape(
        -1, len(MEASURES)
    )


def _measured(original: str, normal: Normal) -> list[float]:
    text = normal.text
    size = max(len(text), 1)
    letters = sum(map(str.isalpha, original)) or 1
    numbers = _DIGITS.findall(text)
    repairs = normal.repairs
    return [
        min(size / 200, 2.0),
        min(text.count(" ") / 40, 2.0),
        min(sum(map(len, numbers)) / size * 4, 1.0),
        min(max(map(len, numbers), default=0) / 12, 1.0),
        min(sum(map(str.isupper, original)) / letters, 1.0),
        min(repairs / size * 2, 1.0),
        min(repairs / 4, 1.0),
        min(len(ADDRESS.findall(text)), 2) / 2,
        float("@" in text and _MAIL.search(text) is not None),
        min(len(_PRICE.findall(text)), 3) / 3,
        min(len(_PHONE.findall(text)), 2) / 2,
        min(text.count("!"), 4) / 4,
        min(text.count("?"), 3) / 3,
        min(sum(not char.isalnum() and not char.isspace() for char in text) / size * 4, 1.0),
        min(text.count(WILD) / 3, 1.0),
    ]


def _mixed(keys: Keys) -> Keys:
    keys ^= keys >> np.uint64(29)
    keys *= _MIX
    keys ^= keys >> np.uint64(32)
    return keys & np.uint64(0x7FFFFFFFFFFFFFFF)


def _counted(rows: Ints, keys: Keys) -> Counts:
    if not len(rows):
        return Counts(rows, keys, np.zeros(0))
    order = np.lexsort((keys, rows))
    rows, keys = rows[order], keys[order]
    first = np.ones(len(rows), bool)
    first[1:] = (rows[1:] != rows[:-1]) | (keys[1:] != keys[:-1])
    starts = np.flatnonzero(first)
    times = np.diff(np.append(starts, len(rows))).astype(float)
    return Counts(rows[starts], keys[starts], times)
