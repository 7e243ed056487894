"""Whether two texts are the same but for names, numbers and links: short sketches that are compared instead of texts.

A sketch is a MinHash over runs of five characters of the normal form, with names in place of links, prices and numbers. Sketches
that share a band are worth a look; how many of their numbers agree says how alike the texts are.
"""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from takt.core.value import value
from takt.filter.features import tokens
from takt.filter.normal import normalise
from takt.filter.words import Words

NUMBERS: Final = 128
RUN: Final = 5
BANDS: Final = 16
ALIKE: Final = 0.7
CHARS_LEAST: Final = 40  # a shorter text is too common to mean anything


def _drawn(sort: str) -> NDArray[np.uint64]:
    """A column of numbers of 64 bits, the same in every process and version: stored sketches are compared with new ones."""
    made = b"".join(hashlib.blake2b(f"{sort} {at}".encode(), digest_size=8).digest() for at in range(NUMBERS))
    return np.frombuffer(made, "<u8").reshape(NUMBERS, 1)


FACTORS: Final = _drawn("factor")
SHIFTS: Final = _drawn("shift")


@value
class Sketch:
    """A text's numbers, as bytes, and its bands, one of which it shares with nearly every text that is like it."""

    numbers: bytes
    bands: tuple[int, ...]


def sketch(text: str, words: Words) -> Sketch | None:
    """The sketch of a text; None if it is too short to be told from others."""
    plain = " ".join(tokens(normalise(text, words).text))
    if len(plain) < CHARS_LEAST:
        return None
    runs = {plain[at : at + RUN] for at in range(len(plain) - RUN + 1)}
    places = np.array([_number(run) for run in runs], "<u8")
    numbers = _least(places).astype("<u4")
    bands = tuple(_band(at, band.tobytes()) for at, band in enumerate(numbers.reshape(BANDS, -1)))
    return Sketch(numbers.tobytes(), bands)


def likeness(one: bytes, other: bytes) -> float:
    """How alike two texts are by their sketches' numbers, from 0 to 1."""
    return float(np.mean(np.frombuffer(one, "<u4") == np.frombuffer(other, "<u4")))


def _number(run: str) -> int:
    """32 bits of a run."""
    return int.from_bytes(hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


def _least(places: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The least that each of the shuffles makes of these numbers of 32 bits.

    A shuffle is `(factor * number + shift) mod 2**64 >> 32`, a strongly universal family (Dietzfelbinger, Universal hashing
    and k-wise independent random variables via integer arithmetic without primes, 1996).
    """
    return np.asarray(((FACTORS * places + SHIFTS) >> np.uint64(32)).min(axis=1))


def _band(at: int, numbers: bytes) -> int:
    digest = hashlib.blake2b(numbers, digest_size=8, salt=at.to_bytes(2, "big")).digest()
    return int.from_bytes(digest, "big", signed=True)
