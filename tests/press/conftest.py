"""One press for all tests of this folder: it takes seconds to read its rules."""

from collections.abc import AsyncIterator

import pytest

from takt.workers.press import Press


@pytest.fixture(scope="session")
async def press() -> AsyncIterator[Press]:
    async with Press() as opened:
        yield opened
