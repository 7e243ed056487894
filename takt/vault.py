"""Where the bytes of media lie: a vault holds them in chunks, and does not know what they mean.

What a chunk belongs to stands in the database; bytes whose medium is not written down there as whole are nobody's.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from takt.core.value import value


class BytesGone(Exception):
    """A chunk that should be there is not."""


class VaultAway(Exception):
    """The vault cannot be reached, or refuses us."""


@value
class Place:
    """Where a medium lies: its id, and the part of its row."""

    part: int
    media_id: str


class Vault(Protocol):
    """Keeps chunks. All but the last of a medium have `chunk_bytes` bytes; numbers begin with 0."""

    @property
    def chunk_bytes(self) -> int:
        """Bytes of a full chunk."""
        ...

    async def put(self, place: Place, number: int, chunk: bytes) -> None:
        """Keep a chunk for good, in the place of an earlier one of that number. Raises VaultAway."""
        ...

    async def get(self, place: Place, number: int) -> bytes:
        """A chunk. Raises BytesGone or VaultAway."""
        ...

    async def drop(self, place: Place) -> None:
        """Drop all chunks of a medium; none may be there. Raises VaultAway."""
        ...

    def close(self) -> None:
        """Let go of connections; nobody uses the vault any more."""
        ...


async def read(vault: Vault, place: Place, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes of a medium from `start` up to but not including `end`, piece by piece. Raises what `get` raises."""
    while start < end:
        number, inside = divmod(start, vault.chunk_bytes)
        piece = (await vault.get(place, number))[inside : inside + end - start]
        if not piece:
            raise BytesGone
        yield piece
        start += len(piece)
