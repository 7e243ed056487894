"""Rows as COPY reads them in binary (PostgreSQL manual, COPY, "Binary Format").

A driver puts each value of each row into bytes by itself. Of the rows that money leaves, most values are the same in all
rows of a batch, so here they are put into bytes once. A value is its length in four bytes and then itself.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import Any, Final
from uuid import UUID

Encoder = Callable[[Any], bytes]
_remembered = lru_cache(maxsize=4_096)
"""Batches say the same things as the ones before them."""

NULL: Final = b"\xff\xff\xff\xff"
_BEGIN: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END: Final = b"\xff\xff"
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LENGTH: Final = Struct(">i").pack
_SMALLINT: Final = Struct(">ih").pack
_INT: Final = Struct(">ii").pack
_BIGINT: Final = Struct(">iq").pack
_DOUBLE: Final = Struct(">id").pack
_ARRAY: Final = Struct(">iiiii").pack
_TEXT_OID: Final = 25
_BIGINT_OID: Final = 20
DOUBLE_OID: Final = 701


class Shared(dict[tuple[object, ...], bytes]):
    """What rows share, by its values: put into bytes, each by the encoder of its column, when it is asked for the first time.

    `end` follows in every row.
    """

    def __init__(self, encoders: Mapping[str, Encoder], end: bytes) -> None:
        super().__init__()
        self._encoders = tuple(encoders.values())
        self._end = end

    def __missing__(self, values: tuple[object, ...]) -> bytes:
        encoded = [encode(one) for encode, one in zip(self._encoders, values, strict=True)]
        found = self[values] = b"".join(encoded) + self._end
        return found


async def stream(rows: Iterable[bytes]) -> AsyncIterator[bytes]:
    """These rows as one COPY; each is the count of its values (smallint) and the values."""
    yield b"".join((_BEGIN, *rows, _END))


@_remembered
def smallint(number: int | None) -> bytes:
    """A number of two bytes."""
    return NULL if number is None else _SMALLINT(2, number)


@_remembered
def integer(number: int) -> bytes:
    """A number of four bytes."""
    return _INT(4, number)


@_remembered
def bigint(number: int | None) -> bytes:
    """A number of eight bytes."""
    return NULL if number is None else _BIGINT(8, number)


@_remembered
def double(number: float) -> bytes:
    """A number with a fraction, of eight bytes."""
    return _DOUBLE(8, number)


@_remembered
def text(words: str | None) -> bytes:
    """A text."""
    if words is None:
        return NULL
    encoded = words.encode()
    return _LENGTH(len(encoded)) + encoded


@_remembered
def uuid(identifier: UUID | None) -> bytes:
    """An id."""
    return NULL if identifier is None else _LENGTH(16) + identifier.bytes


@_remembered
def boolean(flag: bool) -> bytes:  # noqa: FBT001 - a value like the others
    """Yes or no."""
    return _LENGTH(1) + (b"\x01" if flag else b"\x00")


@_remembered
def instant(at: datetime) -> bytes:
    """An instant: microseconds since the year 2000."""
    return _BIGINT(8, (at - _EPOCH) // timedelta(microseconds=1))


def texts(words: Sequence[str]) -> bytes:
    """An array of texts; NULL for none."""
    return _array(_TEXT_OID, [text(one) for one in words])


def bigints(numbers: Sequence[int]) -> bytes:
    """An array of numbers of eight bytes; NULL for none."""
    return _array(_BIGINT_OID, [bigint(one) for one in numbers])


def _array(element: int, values: Sequence[bytes]) -> bytes:
    """One dimension, no NULL, the type of its elements; how many there are, from 1; and the elements."""
    if not values:
        return NULL
    encoded = _ARRAY(1, 0, element, len(values), 1) + b"".join(values)
    return _LENGTH(len(encoded)) + encoded
