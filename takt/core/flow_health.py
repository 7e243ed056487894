"""How an endpoint of a flow is doing: counted in windows of half an hour, and what follows when it does badly.

Measures and windows are those of the Cloud API ("Flow health"). Its company is told when errors, latency or
availability reach a threshold, and when they are better again in a later window.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from takt.core.value import value

WINDOW: Final = timedelta(minutes=30)
KEPT: Final = timedelta(days=1)
EXCHANGES_JUDGED: Final = 20
"""So many exchanges must have been in a window before anything follows from it."""
THROTTLE_PERCENT: Final = 10
BLOCK_PERCENT: Final = 50
ERROR_PERCENTS: Final = (5, 10, 50)
SLOW_MS: Final = (1000, 5000, 7000)
"""What nine of ten answers should not take longer than."""
AVAILABLE_PERCENT: Final = 90
"""An endpoint that answers less often than this is told of."""

Kind = Literal["errors", "latency", "availability"]

_STEP_MS: Final = 100
_STEPS: Final = 101


@value
class Count:
    """The exchanges of one window: how many, failed, and were not answered at all.

    `tempo` counts the answers by the tenths of a second that they took; the last of them are all that took longer.
    """

    exchanges: int = 0
    failures: int = 0
    unreached: int = 0
    tempo: tuple[int, ...] = ()

    @property
    def percent(self) -> int:
        """How many of a hundred fail."""
        return 100 * self.failures // self.exchanges

    @property
    def availability(self) -> int:
        """How many of a hundred are answered."""
        return 100 * (self.exchanges - self.unreached) // self.exchanges

    def after(self, *, failed: bool, took_ms: int | None) -> "Count":
        """With one more exchange, answered after so many milliseconds; None if it was not."""
        tempo = self.tempo
        if took_ms is not None:
            step = min(max(took_ms - 1, 0) // _STEP_MS, _STEPS - 1)
            tempo = tuple(more + (one == step) for one, more in enumerate(tempo or (0,) * _STEPS))
        return replace(
            self, exchanges=self.exchanges + 1, failures=self.failures + failed,
            unreached=self.unreached + (took_ms is None), tempo=tempo,
        )  # fmt: skip

    def latency_ms(self, percent: int) -> int | None:
        """What so many of a hundred answers did not take longer than, to a tenth of a second; None without answers."""
        wanted = -(-percent * sum(self.tempo) // 100)
        seen = 0
        for step, more in enumerate(self.tempo, 1):
            seen += more
            if 0 < wanted <= seen:
                return step * _STEP_MS
        return None


@value
class Alert:
    """What a company was told of last: the threshold that was reached, in the window that began at `began_at`."""

    kind: Kind
    threshold: int
    began_at: datetime


@value
class News:
    """A threshold that was reached just now, or recovered from."""

    kind: Kind
    threshold: int
    reached: bool


def window_of(now: datetime) -> datetime:
    """When the window of this instant began."""
    since = now.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return now - since % WINDOW


def status_after(status: str, count: Count) -> str:
    """The status that a flow in use has after one more exchange."""
    if count.exchanges < EXCHANGES_JUDGED:
        return status
    if count.percent >= BLOCK_PERCENT:
        return "BLOCKED"
    return "THROTTLED" if count.percent >= THROTTLE_PERCENT else "PUBLISHED"


def turned(known: Mapping[Kind, Alert], count: Count, began_at: datetime) -> Iterator[tuple[News, Alert | None]]:
    """What is new by what this window counts so far, and what is to be remembered instead; None: nothing.

    It gets worse at once, and better in a later window at the soonest, so that nobody hears of a back and forth.
    """
    if count.exchanges < EXCHANGES_JUDGED:
        return
    for kind, threshold in _reached(count):
        before = known.get(kind)
        told = before.threshold if before is not None else 0
        alert = Alert(kind, threshold, began_at) if threshold else None
        if threshold > told:
            yield News(kind, threshold, reached=True), alert
        elif before is not None and threshold < told and began_at > before.began_at:
            yield News(kind, told, reached=False), alert


def _reached(count: Count) -> Iterator[tuple[Kind, int]]:
    """The highest threshold of each kind that holds; 0: none."""
    slowest = count.latency_ms(90) or 0
    yield "errors", max((one for one in ERROR_PERCENTS if count.percent >= one), default=0)
    yield "latency", max((one for one in SLOW_MS if slowest > one), default=0)
    yield "availability", AVAILABLE_PERCENT if count.availability < AVAILABLE_PERCENT else 0
