"""The releaser: looks again at messages that wait, once their time has come.

Every second it goes over the parts, each for itself; a part with much to do is taken slice by slice, with a look at the
others in between. Several may run: they skip what another one holds. After a change of policy it goes once over all that
waits, a slice a round (`actions/hastening.py`).
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.actions import hastening
from takt.actions.release import SLICE_MAX, Release, Released
from takt.store.messages import Place
from takt.store.pool import DecideAgainError, is_retryable, transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.wakes import Wakes

RELEASE_S: Final = 1.0

_LOG = logging.getLogger(__name__)


class Releaser:
    """The loop that looks after waiting messages in all parts. `now` gives the present instant in UTC."""

    def __init__(
        self, site: Site, reference: Reference, release: Release, wakes: Wakes, now: Callable[[], datetime]
    ) -> None:
        self._site = site
        self._reference = reference
        self._release = release
        self._wakes = wakes
        self._now = now
        self._hastened: dict[int, tuple[int, Place | None]] = {}

    async def run(self) -> None:
        """Go round until cancelled. A part that fails is left to the next round."""
        while True:
            more = False
            for part in self._site.parts:
                try:
                    more |= await self.release(part)
                    await self.hasten(part)
                except Exception as fault:  # noqa: BLE001 - the database may be away; the next round is a second later
                    _LOG.error("releasing part %d failed", part, exc_info=fault)
            await asyncio.sleep(0 if more else RELEASE_S)

    async def release(self, part: int) -> bool:
        """Look at one slice; whether there may be more. If it fails, its messages are looked at one by one."""
        try:
            return (await self._look(part)).more
        except Exception as fault:
            if is_retryable(fault):
                raise
            _LOG.error("a message of part %d cannot be released", part, exc_info=fault)
        return await self._isolate(part)

    async def hasten(self, part: int) -> None:
        """Let a slice of what waits by an older policy be looked at soon; nothing where all of it was gone over."""
        now = self._now()
        tact = self._reference.current.tact(now)
        version, after = self._hastened.get(part, (None, None))
        if version == tact.version and after is None:
            return
        begin = after if version == tact.version and after is not None else (now, UUID(int=0))
        async with transaction(self._site.pool(part)) as conn:
            place = await hastening.hasten(conn, part, tact, begin, now)
        self._hastened[part] = (tact.version, place)

    async def _isolate(self, part: int) -> bool:
        """Let all of a slice go on but those that fail; those stay, and are passed over."""
        skip = 0
        for _ in range(SLICE_MAX):
            try:
                found = await self._look(part, limit=1, skip=skip)
            except Exception as fault:
                if is_retryable(fault):
                    raise
                skip += 1
            else:
                if found.count == 0:
                    break
        return False

    async def _look(self, part: int, *, limit: int = SLICE_MAX, skip: int = 0) -> Released:
        try:
            return await self._run(part, again=False, limit=limit, skip=skip)
        except DecideAgainError:
            return await self._run(part, again=True, limit=limit, skip=skip)

    async def _run(self, part: int, *, again: bool, limit: int, skip: int) -> Released:
        async with transaction(self._site.pool(part)) as conn:
            done = await self._release(conn, part, self._now(), again=again, limit=limit, skip=skip)
        self._wakes.wake(done.wakes)
        return done.answers[0]
