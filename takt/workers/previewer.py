"""The previewer: makes the previews that wait, one at a time, each in a process of its own and in bounded time.

Sending goes on meanwhile as if nothing were: the computing process stands back, and nothing of it runs in here. Several
previewers may run; the database gives each preview to one of them.
"""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from takt.actions.policy_change import PREVIEWS, note_preview
from takt.actions.previewing import PAIRS, gather
from takt.clock import Clock
from takt.rehearsal.job import Came, Job, decode_outcome, encode
from takt.store import proposals
from takt.store.pool import transaction
from takt.store.proposals import Preview
from takt.store.reference import Reference
from takt.store.site import Site
from takt.wakes import Wakes

LOOK_S: Final = 5.0
PREVIEW_S_MAX: Final = 600
LEASE: Final = timedelta(seconds=PREVIEW_S_MAX + 60)
FAULT_CHARS_MAX: Final = 500

Compute = Callable[[Job], Awaitable[Came]]

_LOG = structlog.get_logger(__name__)


class NotMade(Exception):
    """A preview could not be computed; the text says why."""


async def in_a_process(job: Job) -> Came:
    """What a job comes to, computed in a process of its own. Raises NotMade after ten minutes, or when it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "takt.rehearsal",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PREVIEW_S_MAX):
            told, complaint = await process.communicate(encode(job))
    except TimeoutError:
        raise NotMade(f"it took longer than {PREVIEW_S_MAX} seconds") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise NotMade(complaint.decode(errors="replace").strip().rpartition("\n")[2] or "its process ended early")
    return decode_outcome(told)


class Previewer:
    """The loop. `pairs` are the worlds in which both policies are tried."""

    def __init__(
        self,
        site: Site,
        reference: Reference,
        wakes: Wakes,
        clock: Clock,
        *,
        pairs: int = PAIRS,
        compute: Compute = in_a_process,
    ) -> None:
        self._site = site
        self._reference = reference
        self._wakes = wakes
        self._clock = clock
        self._compute = compute
        self._pairs = pairs

    async def run(self) -> None:
        """Look until cancelled."""
        with self._wakes.subscribe(PREVIEWS) as woken:
            while True:
                if not await self.look():
                    await woken.wait(LOOK_S)

    async def look(self) -> bool:
        """Make the preview that waits, if one does."""
        now = self._clock.now()
        async with transaction(self._site.everywhere) as conn:
            preview = await proposals.claim(conn, now, now + LEASE)
        if preview is None:
            return False
        try:
            came = await self._compute(await self._job(preview, now))
        except NotMade as fault:
            await self._fail(preview, str(fault))
        except Exception as fault:
            await self._fail(preview, f"{type(fault).__name__}: {fault}")
            raise
        else:
            await self._finish(preview, came)
        return True

    async def _job(self, preview: Preview, now: datetime) -> Job:
        return await gather(self._site, self._reference, preview.document, now, seeds=self._pairs)

    async def _finish(self, preview: Preview, came: Came) -> None:
        async with transaction(self._site.everywhere) as conn:
            await note_preview(conn, preview, came.result, self._clock.now(), within=came.within)

    async def _fail(self, preview: Preview, fault: str) -> None:
        _LOG.warning("preview_failed", preview=str(preview.preview_id), fault=fault)
        async with transaction(self._site.everywhere) as conn:
            await proposals.fail(conn, preview.preview_id, fault[:FAULT_CHARS_MAX], self._clock.now())
