"""Killing, hard: SIGKILL to a Takt server, to PostgreSQL's postmaster or to one of its backends."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bench.house import House, Server, children
from tests.crash.plan import Kill, Target


async def kill_all(house: House, server: Server, kills: Sequence[Kill]) -> list[str]:
    """Carry out the kills one after the other; what was killed, for the record."""
    return [await _kill_one(house, server, kill) for kill in kills]


async def _kill_one(house: House, server: Server, kill: Kill) -> str:
    await asyncio.sleep(kill.peace_s)
    match kill.target:
        case Target.SERVER:
            server.kill()
            await asyncio.sleep(kill.rest_s)
            await asyncio.to_thread(server.start)
        case Target.POSTMASTER:
            _end(_postmaster(house))
        case Target.BACKEND:
            _end(_backend(house, kill.pick))
    return str(kill.target)


def _postmaster(house: House) -> int | None:
    """The postmaster's process, None while there is none."""
    try:
        return house.postmaster
    except (FileNotFoundError, ValueError):
        return None


def _backend(house: House, pick: float) -> int | None:
    """One of the processes that serve a connection of Takt, None while there is none."""
    postmaster = _postmaster(house)
    serving = [pid for pid in children(postmaster) if _serves(pid)] if postmaster is not None else []
    return sorted(serving)[int(pick * len(serving))] if serving else None


def _serves(pid: int) -> bool:
    try:
        return b" takt takt " in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _end(pid: int | None) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
