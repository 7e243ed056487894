"""Killing, hard: SIGKILL to a Takt server, to PostgreSQL's postmaster or to one of its backends."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from bench.house import House, Server, StartError, children
from tests.crash.people import Told
from tests.crash.plan import PEACE_S_MAX, Kill, Target

SILENCE_S_MAX: Final = 30.0


@dataclass(frozen=True, slots=True)
class Killed:
    """What died, and the longest time without an answered send from then to the next kill."""

    target: Target
    silence_s: float


async def kill_all(house: House, server: Server, kills: Sequence[Kill], told: Told) -> list[Killed]:
    """Carry out the kills one after the other, each when enough was answered since the one before."""
    begun = []
    for kill in kills:
        await _answers(told, kill.peace, PEACE_S_MAX)
        begun.append(time.monotonic())
        await _kill_one(house, server, kill)
        await _answers(told, 1, SILENCE_S_MAX)
    await _answers(told, kills[0].peace, PEACE_S_MAX)
    ends = [*begun[1:], time.monotonic()]
    return [
        Killed(kill.target, _silence(told.sent_s, begin, end))
        for kill, begin, end in zip(kills, begun, ends, strict=True)
    ]


def _silence(answers: Sequence[float], begin: float, end: float) -> float:
    within = [begin, *(at for at in answers if begin < at < end), end]
    return max(later - earlier for earlier, later in pairwise(within))


async def _answers(told: Told, count: int, seconds: float) -> None:
    """Wait for so many more answered sends, at most so long."""
    enough = len(told.sent) + count
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while len(told.sent) < enough:
                await asyncio.sleep(0.02)


async def _kill_one(house: House, server: Server, kill: Kill) -> None:
    match kill.target:
        case Target.SERVER:
            server.kill()
            await asyncio.sleep(kill.rest_s)
            await _start(server)
        case Target.POSTMASTER:
            _end(_postmaster(house))
        case Target.BACKEND:
            _end(_backend(house, kill.pick))


async def _start(server: Server) -> None:
    """Start as a service manager does: once more if it did not come up."""
    try:
        await asyncio.to_thread(server.start)
    except StartError:
        await asyncio.to_thread(server.start)


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
