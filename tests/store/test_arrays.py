"""Arrays of numbers are read as the driver reads them."""

import pytest

from takt.store.arrays import doubles
from takt.store.pool import Conn


@pytest.mark.parametrize("shape", [(1,), (5,), (2, 3), (3, 1, 2)])
async def test_numbers_arrive_as_they_were_row_by_row(conn: Conn, shape: tuple[int, ...]) -> None:
    """Whatever axes there are, with the ends of what a number can be."""
    count = 1
    for length in shape:
        count *= length
    numbers = [-0.1, 1.7e308, 5e-324, float("inf"), -1.0, 2.0][:count]
    given: object = numbers
    for length in reversed(shape[1:]):
        assert isinstance(given, list)
        given = [given[at : at + length] for at in range(0, len(given), length)]
    assert doubles(await conn.fetchval("SELECT array_send($1::float8[])", given)).tolist() == numbers


async def test_an_array_without_numbers_has_none(conn: Conn) -> None:
    assert doubles(await conn.fetchval("SELECT array_send('{}'::float8[])")).tolist() == []
