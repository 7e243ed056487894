"""The way to the press (takt.press): one process, one question at a time, started anew when it dies or takes too long.

The process starts with the first question. It ends by itself when this one does: its input ends then.
"""

import asyncio
import contextlib
import sys
from typing import Final, Self, TypeVar

import structlog

from takt.core.invoice import Invoice
from takt.core.printed import NotPrinted, Printed, Report
from takt.press.messages import FRAME_BYTES_MAX, LENGTH_BYTES, Done, Failed, Judge, Judged, Print, answer, frame

ANSWER_S_MAX: Final = 60
TRIES_MAX: Final = 2
COMMAND: Final = (sys.executable, "-m", "takt.press")

_LOG = structlog.get_logger(__name__)
T = TypeVar("T", Done, Judged)


class Press:
    """One process. Use it as a context; several tasks may ask, each waits for its turn."""

    def __init__(self, command: tuple[str, ...] = COMMAND, answer_s: float = ANSWER_S_MAX) -> None:
        self._command = command
        self._answer_s = answer_s
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Nothing is started yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the process."""
        await self._end()

    async def print(self, invoice: Invoice) -> Printed:
        """A numbered document as PDF and XML with the report on it. Raises NotPrinted."""
        return (await self._ask(Print(invoice), Done)).printed

    async def judge(self, *documents: bytes) -> tuple[Report, ...]:
        """The reports on XML, in order. Raises NotPrinted."""
        return (await self._ask(Judge(documents), Judged)).reports

    async def _ask(self, wish: Print | Judge, kind: type[T]) -> T:
        async with self._turn:
            for left in reversed(range(TRIES_MAX)):
                try:
                    async with asyncio.timeout(self._answer_s):
                        told = await self._exchange(frame(wish))
                    break
                except (TimeoutError, OSError, asyncio.IncompleteReadError) as fault:
                    await self._end()
                    _LOG.warning("press.died", fault=type(fault).__name__, tries_left=left)
            else:
                raise NotPrinted("the press ended early or took too long")
        found = answer(told)
        if isinstance(found, Failed):
            raise NotPrinted(found.says)
        assert isinstance(found, kind), "the press answers what it is asked"
        return found

    async def _exchange(self, body: bytes) -> bytes:
        process = await self._started()
        assert process.stdin is not None, "opened as a pipe"
        assert process.stdout is not None, "opened as a pipe"
        process.stdin.write(body)
        await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES))
        if length > FRAME_BYTES_MAX:
            raise OSError("the press speaks another language")
        return await process.stdout.readexactly(length)

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
