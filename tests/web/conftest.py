"""The world that the tests of this folder share."""

from collections.abc import AsyncIterator

import httpx
import pytest

from takt.store.site import Site
from tests.inbox import Inbox, open_inbox
from tests.paying import Doors, open_doors
from tests.world import World, make_world


@pytest.fixture
async def world(site: Site) -> World:
    """One live company in a database of this test's own; see `tests/world.py`."""
    return await make_world(site)


@pytest.fixture
async def inbox(world: World) -> AsyncIterator[Inbox]:
    """The inbox of two companies, served; see `tests/inbox.py`."""
    async with open_inbox(world) as opened:
        yield opened


@pytest.fixture
async def ines(inbox: Inbox) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of an agent of Nordwind."""
    async with inbox.browser("ines") as client:
        yield client


@pytest.fixture
async def doors(world: World) -> AsyncIterator[Doors]:
    """The own API about money, served; see `tests/paying.py`."""
    async with open_doors(world) as opened:
        yield opened
