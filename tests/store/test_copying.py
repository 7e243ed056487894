"""Rows in the binary form of COPY say the same as the driver's own."""

from datetime import UTC, datetime
from struct import Struct
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from takt.store.copying import (
    Encoder,
    Shared,
    bigint,
    bigints,
    boolean,
    double,
    instant,
    integer,
    smallint,
    stream,
    text,
    texts,
    uuid,
)  # fmt: skip
from takt.store.pool import Conn

ENCODERS: dict[str, tuple[str, Encoder]] = {
    "short": ("smallint", smallint), "whole": ("int", integer), "long": ("bigint", bigint), "words": ("text", text),
    "part": ("float8", double), "identifier": ("uuid", uuid), "flag": ("boolean", boolean), "at": ("timestamptz", instant),
    "names": ("text[]", texts), "numbers": ("bigint[]", bigints),
}  # fmt: skip
ROWS: list[tuple[Any, ...]] = [
    (-3, 7, -(2**63), "größer\x1f\U0001f600", -0.1, UUID(int=5), True, datetime(2031, 5, 6, 7, 8, 9, 999_999, UTC),
     ["spend", "grant:ä"], [1, -2]),
    (2**15 - 1, -(2**31), 2**63 - 1, "", 1.7e308, UUID(int=2**128 - 1), False, datetime(1999, 12, 31, 23, 59, 59, 1, UTC),
     [""], [0]),
    (None, 0, None, None, 5e-324, None, False, datetime(2000, 1, 1, tzinfo=UTC), None, None),
]  # fmt: skip


async def test_every_value_arrives_as_it_was(conn: Conn) -> None:
    """Each type at its ends, NULL where there may be one, and arrays; what rows share and what they do not."""
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in ENCODERS.items())
    await conn.execute(f"CREATE TEMPORARY TABLE copied (place int, {columns}, last text) ON COMMIT DROP")
    shared = Shared({name: encode for name, (_, encode) in ENCODERS.items()}, text("end"))
    own = Struct(">hii").pack
    rows = [own(2 + len(ENCODERS), 4, place) + shared[*_keys(row)] for place, row in enumerate(ROWS * 2)]
    assert len(shared) == len(ROWS)
    await conn.copy_to_table("copied", source=stream(rows), format="binary")
    found = await conn.fetch("SELECT * FROM copied ORDER BY place")
    assert [tuple(row) for row in found] == [(place, *row, "end") for place, row in enumerate(ROWS * 2)]


async def test_no_rows_are_a_copy_too(conn: Conn) -> None:
    """Nothing is written, and nothing breaks."""
    await conn.execute("CREATE TEMPORARY TABLE copied (place int) ON COMMIT DROP")
    assert await conn.copy_to_table("copied", source=stream([]), format="binary") == "COPY 0"


async def test_a_row_that_does_not_fit_its_table_is_refused(conn: Conn) -> None:
    """A value of another size than its column is no other value, but an error of the server's."""
    await conn.execute("CREATE TEMPORARY TABLE copied (place int) ON COMMIT DROP")
    with pytest.raises(asyncpg.InvalidBinaryRepresentationError):
        await conn.copy_to_table("copied", source=stream([b"\x00\x01" + bigint(5)]), format="binary")


def _keys(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values of a row as they can be looked up: arrays as tuples, none of them empty."""
    return tuple(tuple(one) if isinstance(one, list) else one for one in (*row[:-2], row[-2] or (), row[-1] or ()))
