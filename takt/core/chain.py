"""Proof that nothing was changed afterwards: each batch has a root over its rows, each root is chained to the one before.

A root is a Merkle tree as in RFC 6962: leaves and nodes are hashed apart, and a proof that one row is in a batch is the
path of hashes beside it. Changing any row, or taking one out, changes the root, and by it every later link.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final
from uuid import UUID

EMPTY: Final = sha256(b"").digest()
START: Final = bytes(32)
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_BATCH: Final = b"\x02"


def leaf(row: str) -> bytes:
    """The hash of a row: its values as text, each followed by U+001F, which is in none of them."""
    return sha256(_LEAF + row.encode()).digest()


@lru_cache(maxsize=256)
def instant(at: datetime) -> str:
    """An instant as it is hashed: in UTC, with all digits that a row keeps. Most rows of a batch have the same."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=256)
def name(identifier: UUID) -> str:
    """An id that many rows have, as it is hashed."""
    return identifier.hex


def seal(hashed: bytes) -> int:
    """What a row carries of its own hash, so that a changed one can be named: its first 64 bits, signed."""
    return int.from_bytes(hashed[:8], "big", signed=True)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves, in this order."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def digest(entries: Sequence[bytes], usages: Sequence[bytes], booked_at: datetime) -> bytes:
    """What a batch is: when it was booked, and the roots over its entries and over what was used."""
    return sha256(_BATCH + instant(booked_at).encode() + root(entries) + root(usages)).digest()


def link(previous: bytes, digested: bytes) -> bytes:
    """The hash of a batch in its chain: of the one before it and its own."""
    return sha256(previous + digested).digest()


def batch_id(digested: bytes) -> UUID:
    """The id that the rows of a batch carry: the first half of its digest."""
    return UUID(bytes=digested[:16])


def path(leaves: Sequence[bytes], place: int) -> list[tuple[bool, bytes]]:
    """What proves that the leaf at this place is under the root: from below, whether a sibling is on the left, and it."""
    steps: list[tuple[bool, bytes]] = []
    level = list(leaves)
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            steps.append((beside < place, level[beside]))
        level, place = _above(level), place // 2
    return steps


def beside(leaves: Sequence[bytes], places: Sequence[int]) -> list[bytes]:
    """What the root can be worked out with from the leaves at these places alone: from below, each level from the left.

    Without any place it is the root itself; nothing where there are no leaves.
    """
    if not places:
        return [root(leaves)] if leaves else []
    found: list[bytes] = []
    level, known = list(leaves), set(places)
    while len(level) > 1:
        found += [level[at] for at in sorted({one ^ 1 for one in known} - known) if at < len(level)]
        level, known = _above(level), {one // 2 for one in known}
    return found


def climbed(one: bytes, steps: Sequence[tuple[bool, bytes]]) -> bytes:
    """The root that a leaf and its path lead to."""
    for is_left, beside in steps:
        one = sha256(_NODE + (beside + one if is_left else one + beside)).digest()
    return one


class Tree:
    """The root over leaves that come one by one, the same as `root`; it keeps one hash for each level."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, one: bytes) -> None:
        """The next leaf."""
        height = 0
        while self._peaks and self._peaks[-1][0] == height:
            one = sha256(_NODE + self._peaks.pop()[1] + one).digest()
            height += 1
        self._peaks.append((height, one))

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY
        top = self._peaks[-1][1]
        for _, one in reversed(self._peaks[:-1]):
            top = sha256(_NODE + one + top).digest()
        return top


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level: pairs are hashed together, one that is left over goes up as it is."""
    nodes = [sha256(_NODE + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
    return [*nodes, level[-1]] if len(level) % 2 else nodes
