"""Erasing covers every table that holds a person: the database's catalogue is asked, so that no new one is forgotten."""

import inspect
import re
from typing import Any, cast
from uuid import UUID

import numpy as np
import pytest

from takt.store import admissions, erasing
from takt.store.admissions import Belief
from takt.store.erasing import KEPT
from takt.store.pool import Conn, Pool
from takt.store.site import Site
from tests.actions.admitting import believe
from tests.world import OnePool, make_world

PERSON = "recipient|person|wa_id|user_code|number_hash"
"""What stands in the name of a column that says whom it is about."""


async def tables_of_people(conn: Conn) -> set[str]:
    """The tables that hold a person, whichever side they are on."""
    rows = await conn.fetch(
        "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
        " AND NOT a.attisdropped AND a.attname ~ $1",
        PERSON,
    )
    return {row[0] for row in rows}


def handled() -> set[str]:
    """The tables that a statement of the module empties or makes nobody's."""
    found = set(re.findall(r"\b(?:DELETE FROM|UPDATE) ([a-z]\w+)", inspect.getsource(erasing)))
    return found - {"erasure"}  # its UPDATE says how far an erasure is


def missed(found: set[str]) -> set[str]:
    return found - handled() - set(KEPT)


async def test_every_table_with_a_person_in_it_is_erased_or_kept_for_a_reason(conn: Conn) -> None:
    found = await tables_of_people(conn)
    assert len(found) > 15
    assert missed(found) == set(), "erasing.py handles it, or names it as kept with the reason"
    assert set(KEPT) <= found, "what is kept is there"
    assert set(KEPT) & handled() == set(), "nothing is kept and erased"


async def test_a_forgotten_table_is_noticed(conn: Conn) -> None:
    await conn.execute("CREATE TABLE forgotten (part int NOT NULL, wa_id text NOT NULL)")
    assert missed(await tables_of_people(conn)) == {"forgotten"}


@pytest.mark.parametrize("gone", range(4))
async def test_how_much_a_company_is_liked_goes_and_nothing_else(conn: Any, gone: int) -> None:
    world = await make_world(Site((0,), cast("Pool", OnePool(conn))))
    mara = await world.add_person(world.numbers(0, 1)[0])
    likings = {UUID(int=number): (0.1 * number, 1.0 + number) for number in range(3)}
    await believe(conn, 0, mara.recipient_id, Belief(np.array([0.0, -1.0]), likings))
    await erasing.drop_ties(conn, 0, mara.recipient_id, world.business.business_id, UUID(int=gone))
    left = (await admissions.lock_beliefs(conn, 0, [mara.recipient_id], 2))[mara.recipient_id]
    assert left.logs.tolist() == [0.0, -1.0]
    assert left.likings == {owner: one for owner, one in likings.items() if owner != UUID(int=gone)}
