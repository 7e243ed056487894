"""The commands of `takt`, run in the process of a test."""

import asyncio
import os
from unittest.mock import patch

from typer.testing import CliRunner, Result

from takt.cli import commands


async def takt(db: str, *words: str, typed: str = "", parts: int = 1) -> Result:
    """The command, run in this process beside the test's own loop; `typed` is what it is told when it asks."""
    with patch.dict(os.environ, {"DATABASE_URL": db, "TAKT_PARTS": str(parts)}):
        return await asyncio.to_thread(CliRunner().invoke, commands(words[0]), list(words), input=typed)
