"""The world that the tests of this folder share, in two forms.

`world` lies in a database of the test's own. A module whose tests run one batch after the other may say that its
`world` is `rolled_back`: the same on one connection, which takes a few milliseconds only.
"""

from typing import cast

import pytest

from takt.store.pool import Conn, Pool
from takt.store.site import Site
from tests.world import OnePool, Somebody, World, make_world


@pytest.fixture
async def world(site: Site) -> World:
    """One live company in a database of this test's own; see `tests/world.py`."""
    return await make_world(site)


@pytest.fixture
async def rolled_back(conn: Conn, parts: tuple[int, ...]) -> World:
    """The same on one connection, rolled back after the test."""
    return await make_world(Site(parts, cast("Pool", OnePool(conn))))


@pytest.fixture
async def mara(world: World) -> Somebody:
    """Somebody of the first part; the money lies in the last one."""
    return await world.add_person(world.numbers(world.site.parts[0], 1)[0])
