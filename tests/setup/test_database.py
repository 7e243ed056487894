"""The neighbour: own or embedded, and kept running."""

import asyncio
import os
import signal
import tempfile
from pathlib import Path

import asyncpg

from takt.database import open_database


async def test_an_own_database_is_taken_as_it_is(short_folder: Path) -> None:
    with open_database("postgresql://db.example/takt", short_folder / "unused") as database:
        assert database.url == "postgresql://db.example/takt"
        async with database.kept_running():
            pass
    assert not (short_folder / "unused").exists()


async def test_an_embedded_server_that_is_killed_comes_back_by_itself(short_folder: Path) -> None:
    home = Path(tempfile.mkdtemp(dir=short_folder))
    home.chmod(0o711)
    with open_database(None, home) as database:
        async with database.kept_running():
            pid = home / "postgres/cluster/postmaster.pid"
            os.kill(int(pid.read_text().split()[0]), signal.SIGKILL)
            assert await _comes_back(database.url)


async def _comes_back(url: str) -> bool:
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.2)
            try:
                conn = await asyncpg.connect(url)
            except (OSError, asyncpg.PostgresError):
                continue
            await conn.close()
            return True
