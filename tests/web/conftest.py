"""The world that the tests of this folder share."""

import pytest

from takt.store.site import Site
from tests.world import World, make_world


@pytest.fixture
async def world(site: Site) -> World:
    """One live company in a database of this test's own; see `tests/world.py`."""
    return await make_world(site)
