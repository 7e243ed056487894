"""Proof that nothing was changed afterwards: each batch has a root over its rows, each root is chained to the one before.

A root is a Merkle tree as in RFC 6962: leaves and nodes are hashed apart, and a proof that one row is in a batch is the
path of hashes beside it. Changing any row, or taking one out, changes the root, and by it every later link.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final
from uuid import UUID

EMPTY: Final = sha256(b"").digest()
START: Final = bytes(32)
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_BATCH: Final = b"\x02"
_FIELD: Final = "\x1f"


def leaf(fields: Sequence[object]) -> bytes:
    """The hash of a row: its values as text, in the order given. No value has the separator, U+001F, in it."""
    return sha256(_LEAF + _FIELD.join(map(str, fields)).encode()).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves, in this order."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def digest(entries: Sequence[bytes], usages: Sequence[bytes]) -> bytes:
    """What a batch is: the roots over its entries and over what was used, together."""
    return sha256(_BATCH + root(entries) + root(usages)).digest()


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


def climbed(one: bytes, steps: Sequence[tuple[bool, bytes]]) -> bytes:
    """The root that a leaf and its path lead to."""
    for is_left, beside in steps:
        one = sha256(_NODE + (beside + one if is_left else one + beside)).digest()
    return one


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level: pairs are hashed together, one that is left over goes up as it is."""
    nodes = [sha256(_NODE + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
    return [*nodes, level[-1]] if len(level) % 2 else nodes
