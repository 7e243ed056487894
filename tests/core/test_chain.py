"""Roots and paths: every leaf is proved by its path, nothing else is, and no change goes unseen."""

from datetime import UTC, datetime
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from takt.core import chain

AT = datetime(2026, 11, 22, tzinfo=UTC)
LEAVES = st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=40).map(
    lambda some: [chain.leaf(f"{at} {one.hex()}") for at, one in enumerate(some)]
)


@given(LEAVES)
def test_each_leaf_is_under_the_root(leaves: list[bytes]) -> None:
    top = chain.root(leaves)
    for place, one in enumerate(leaves):
        steps = chain.path(leaves, place)
        assert chain.climbed(one, steps) == top
        assert len(steps) <= (len(leaves) - 1).bit_length()


@given(LEAVES, st.integers(0), st.binary(min_size=32, max_size=32))
def test_another_leaf_gives_another_root(leaves: list[bytes], place: int, other: bytes) -> None:
    place %= len(leaves)
    if other == leaves[place]:
        return
    changed = [*leaves[:place], other, *leaves[place + 1 :]]
    assert chain.root(changed) != chain.root(leaves)
    assert chain.climbed(other, chain.path(leaves, place)) != chain.root(leaves)


@given(LEAVES)
def test_one_more_or_less_gives_another_root(leaves: list[bytes]) -> None:
    assert chain.root(leaves[:-1]) != chain.root(leaves)
    assert chain.root([*leaves, leaves[-1]]) != chain.root(leaves)


def test_leaves_and_nodes_are_hashed_apart() -> None:
    """Else a node could be shown as a row."""
    one, two = chain.leaf("a"), chain.leaf("b")
    assert chain.root([chain.root([one, two])]) == chain.root([one, two])
    assert chain.leaf((one + two).hex()) != chain.root([one, two])


def test_what_was_booked_and_what_was_used_are_told_apart() -> None:
    one = chain.leaf("a")
    assert chain.digest([one], [], AT) != chain.digest([], [one], AT)
    assert chain.link(chain.START, chain.digest([one], [], AT)) != chain.link(chain.digest([one], [], AT), chain.START)


@given(LEAVES)
def test_a_root_that_grows_is_the_same(leaves: list[bytes]) -> None:
    tree = chain.Tree()
    assert tree.root == chain.root([])
    for count, one in enumerate(leaves, 1):
        tree.add(one)
        assert tree.root == chain.root(leaves[:count])


def test_hashes_are_made_as_the_page_says() -> None:
    """Other programs make the same ones, and roots that were published stay."""
    one, two = sha256(b"\x00a").digest(), sha256(b"\x00b").digest()
    both = sha256(b"\x01" + one + two).digest()
    assert [chain.leaf("a"), chain.root([one, two]), chain.root([]), chain.START] == [
        one, both, sha256(b"").digest(), bytes(32),
    ]  # fmt: skip
    told = b"\x02" + b"2026-11-22T00:00:00.000000+00:00"
    assert chain.digest([one, two], [one], AT) == sha256(told + both + one).digest()


def test_rows_carry_the_beginnings_of_hashes() -> None:
    hashed = bytes(range(250, 256)) + bytes(26)
    assert chain.seal(hashed) == int.from_bytes(bytes(range(250, 256)) + bytes(2), "big") - 2**64
    assert chain.batch_id(bytes(range(32))).bytes == bytes(range(16))
