"""Chance in admission: some weeks of some people are drawn by lot, and a few people get no marketing for a year.

The first teaches what would have happened otherwise, the second judges the whole. Both are drawn by a keyed hash of the person (and the week), so that they are stable, shared by all processes, and known
to nobody without the key.
"""

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import numpy as np

from takt.core.admission.arrays import Flags, Floats

MULTIPLIERS: Final = (0.25, 0.6, 1.0)
DARING: Final = 0.2
_DRAWN: Final = float(np.mean(MULTIPLIERS))
_MULTIPLIERS: Final[Floats] = np.array(MULTIPLIERS)
_BYTES: Final = 8
_UNIT: Final = float(1 << 8 * _BYTES)


def lots(key: bytes, words: str, people: Sequence[UUID]) -> Floats:
    """A number from 0 to 1 for each person, the same whenever the same words are asked."""
    head = hashlib.blake2b(words.encode(), key=key, digest_size=_BYTES)
    digests = []
    for person in people:
        lot = head.copy()
        lot.update(person.bytes)
        digests.append(lot.digest())
    return np.frombuffer(b"".join(digests), ">u8") / _UNIT


def held_out(lot: Floats, share: float) -> Flags:
    """Who gets no marketing this year, by a lot drawn for the year."""
    found: Flags = lot < share
    return found


def multipliers(lot: Floats, share: float) -> Floats:
    """The volume multiplier of each person this week, by a lot drawn for the week; nan for all who are not explored."""
    if share <= 0.0:
        return np.full_like(lot, np.nan)
    place = np.minimum(lot / share * len(MULTIPLIERS), len(MULTIPLIERS) - 1).astype(int)
    found: Floats = np.where(lot < share, np.take(_MULTIPLIERS, place), np.full_like(lot, np.nan))
    return found


def propensities(passed: Flags, share: float) -> Floats:
    """How likely each message was to be let out, before the week's lot of its person was drawn."""
    found: Floats = np.where(passed, 1.0 - share + share * _DRAWN, share * DARING)
    return found


def draw(passed: Flags, multiplier: Floats, lot: Floats) -> Flags:
    """What is let out: by the score; in an explored week, by a lot of each message, less of the good and some of the rest."""
    explored = ~np.isnan(multiplier)
    chance = np.where(passed, np.where(explored, multiplier, 1.0), np.where(explored, DARING, 0.0))
    found: Flags = lot < chance
    return found
