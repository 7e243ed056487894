"""Some people want quiet of everything, then want it no more, over and over: so messages wait and are released under fire.

What waits would be due at the end of their quiet time; that this has come is said by hand, for a run lasts a minute.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncpg

from bench.house import House
from bench.world import Person
from takt.store.pool import Conn, connect

QUIET: Final = 15
"""So many of the people want quiet now and then."""
TURN_S: Final = 1.0
TRIES: Final = 40
AWAY: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a statement meets whose database is killed: the last when the end comes between two messages of the protocol."""


async def make_some_wait(house: House, people: Sequence[Person], over: asyncio.Event) -> int:
    """Turn quiet on and off until it is over, and off at the end; how many messages were seen waiting."""
    wa_ids, seen, turn = [person.wa_id for person in people[:QUIET]], 0, 0
    while not over.is_set():
        turn += 1
        try:
            async with connect(house.url, name="crash") as conn:
                seen += await _turn(conn, wa_ids, quiet=turn % 3 != 0)
        except AWAY:
            pass  # it was killed; the next turn comes
        await asyncio.sleep(TURN_S)
    for _ in range(TRIES):
        try:
            async with connect(house.url, name="crash") as conn:
                return seen + await _turn(conn, wa_ids, quiet=False)
        except AWAY:
            await asyncio.sleep(TURN_S)
    raise AssertionError("the database did not come back")


async def _turn(conn: Conn, wa_ids: Sequence[str], *, quiet: bool) -> int:
    await conn.execute(
        "UPDATE recipient SET quiet_from_min = $2, quiet_to_min = $3, quiet_for_all = $4 WHERE wa_id = any($1)",
        wa_ids, 0 if quiet else None, 1439 if quiet else None, quiet,
    )  # fmt: skip
    if quiet:
        return 0
    moved = await conn.fetch("UPDATE message SET due_at = now() WHERE status = 'waiting' RETURNING 1")
    return len(moved)
