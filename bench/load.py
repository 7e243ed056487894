"""Load on a server: many connections that each send one request after the other, as fast as answers come.

wrk (Debian's package, a C program) makes it where it is installed, because it takes the least from the machine that
the server runs on. The generator of our own does the same in Python; what wrk cannot measure is built on `client`.
"""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

import uvloop

from bench.client import Line, compose

WRK: Final = shutil.which("wrk")
SCRIPT: Final = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Request:
    """A POST of JSON by a holder of a token."""

    path: str
    token: str
    body: str


@dataclass(frozen=True, slots=True)
class Load:
    """What came back. `refused` are answers other than 200; `broken` connections that failed or timed out."""

    count: int
    took_s: float
    p50_ms: float
    p99_ms: float
    refused: int
    broken: int

    @property
    def per_s(self) -> float:
        """Requests answered with 200, a second."""
        return (self.count - self.refused) / self.took_s


def generator() -> str:
    """The load generator in use."""
    return "wrk" if WRK else "own asyncio generator"


def press(port: int, requests: Sequence[Request], *, connections: int, seconds: float) -> Load:
    """Press a server on this machine with these requests, in their order and over again."""
    if WRK:
        return _press_with_wrk(port, requests, connections, seconds)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_press(port, requests, connections, seconds))


def _press_with_wrk(port: int, requests: Sequence[Request], connections: int, seconds: float) -> Load:
    assert WRK is not None
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as prepared:
        prepared.writelines(f"{one.path}\t{one.token}\t{one.body}\n" for one in requests)
        prepared.flush()
        done = subprocess.run(
            [
                WRK, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s", "-s", str(SCRIPT),
                f"http://127.0.0.1:{port}", prepared.name,
            ],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    return Load(**json.loads(done.stdout.strip().splitlines()[-1]))


async def _press(port: int, requests: Sequence[Request], connections: int, seconds: float) -> Load:
    lines = [await Line.open(port) for _ in range(connections)]
    composed = cycle([compose("POST", one.path, one.token, one.body.encode()) for one in requests])
    begun = time.perf_counter()
    waits: list[float] = []
    statuses = await asyncio.gather(*(_one_line(line, composed, begun + seconds, waits) for line in lines))
    took_s = time.perf_counter() - begun
    for line in lines:
        line.close()
    refused = sum(statuses)
    return Load(len(waits), took_s, percentile(waits, 50) * 1e3, percentile(waits, 99) * 1e3, refused, 0)


async def _one_line(line: Line, requests: Iterator[bytes], until: float, waits: list[float]) -> int:
    refused = 0
    while (asked := time.perf_counter()) < until:
        answer = await line.ask(next(requests))
        waits.append(time.perf_counter() - asked)
        refused += answer.status != 200
    return refused


def percentile(values: Sequence[float], rank: float) -> float:
    """The value below which `rank` percent of the values lie; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * rank / 100))]
