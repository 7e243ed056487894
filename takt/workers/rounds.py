"""Rounds: work that comes back again and again, each time a little earlier or later, so that processes drift apart."""

import asyncio
from collections.abc import Awaitable, Callable

from takt.clock import Clock


async def keep_going(work: Callable[[], Awaitable[None]], round_s: float, clock: Clock) -> None:
    """Do the work every half to one and a half times `round_s` seconds, until cancelled."""
    while True:
        await asyncio.sleep(round_s * (0.5 + clock.fraction()))
        await work()
