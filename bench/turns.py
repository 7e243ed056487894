"""Two working trees of Takt in turns on one machine: what a change does to a send.

    python -m bench.turns ../before . --connections 128 --seconds 5 --turns 6

Each tree has a server and a database of its own, made alike, and is pressed while the other rests; every second turn
begins with the other one. What else the machine does hits both, so read the ratios, and of them the processor time first.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

FIRST_S: Final = 3.0
WARM_UP_S: Final = 2.0
FIGURES: Final = ("sends/s", "p50 ms", "p99 ms", "CPU µs Takt", "CPU µs PG")


@dataclass(frozen=True, slots=True)
class Stand:
    """A tree that stands ready to be pressed."""

    name: str
    process: "subprocess.Popen[str]"

    def press(self, connections: int, seconds: float) -> list[float]:
        """Press it for a while; the figures, in the order of `FIGURES`."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{connections} {seconds}\n")
        self.process.stdin.flush()
        return [float(one) for one in json.loads(self.line())]

    def line(self) -> str:
        """What it says next."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self.process.wait()}")
        return line


def main() -> None:
    """Measure the trees that are named, and print each turn, the medians and the median ratios to the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="+", type=Path)
    parser.add_argument("--connections", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--turns", type=int, default=6)
    asked = parser.parse_args()
    with ExitStack() as stack:
        stands = [stack.enter_context(standing(one.resolve())) for one in asked.trees]
        for one in stands:
            one.line()
        turns = [_turn(stands, number, asked.connections, asked.seconds) for number in range(asked.turns)]
    for place, one in enumerate(stands):
        print(f"{one.name}: median {_told([[turn[place][f] for turn in turns] for f in range(len(FIGURES))])}")
        ratios = [[turn[place][f] / turn[0][f] for turn in turns] for f in range(len(FIGURES))]
        print(f"{one.name}: ratio {_told(ratios)}")


def _turn(stands: list[Stand], number: int, connections: int, seconds: float) -> list[list[float]]:
    found: dict[int, list[float]] = {}
    for place in sorted(range(len(stands)), reverse=number % 2 == 1):
        found[place] = stands[place].press(connections, seconds)
        print(f"{number} {stands[place].name}: {_told([[one] for one in found[place]])}", flush=True)
    return [found[place] for place in range(len(stands))]


def _told(columns: list[list[float]]) -> str:
    return ", ".join(f"{name} {median(column):,.2f}" for name, column in zip(FIGURES, columns, strict=True))


@contextmanager
def standing(tree: Path) -> Iterator[Stand]:
    """A process that runs this very file with the modules of `tree`."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--stand"], cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Stand(tree.name, process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(60)


def stand() -> None:
    """Serve this tree, and answer each line of connections and seconds with its figures."""
    sys.path[0] = os.getcwd()  # noqa: PTH109 - the tree whose modules are to be measured, not this file's folder
    from bench import house, sends  # noqa: PLC0415 - those of the tree
    from bench.load import press  # noqa: PLC0415

    def accepted() -> int:
        return asyncio.run(sends._accepted(home.url))  # noqa: SLF001 - trees of any age have it

    with house.open_house() as home:
        requests = asyncio.run(sends._settle(home))[0].requests  # noqa: SLF001
        with house.serving(home) as server:
            press(server.port, requests, connections=16, seconds=FIRST_S)
            asyncio.run(house.analyze(home.url))
            press(server.port, requests, connections=128, seconds=WARM_UP_S)
            print("ready", flush=True)
            for line in sys.stdin:
                connections, seconds = line.split()
                before, spent = accepted(), (house.cpu_s(server.pid), house.cpu_s(home.postmaster))
                load = press(server.port, requests, connections=int(connections), seconds=float(seconds))
                asyncio.run(asyncio.sleep(1))
                after = (house.cpu_s(server.pid), house.cpu_s(home.postmaster))
                micros = [(one - was) / (accepted() - before) * 1e6 for one, was in zip(after, spent, strict=True)]
                print(json.dumps([load.per_s, load.p50_ms, load.p99_ms, *micros]), flush=True)


if __name__ == "__main__":
    stand() if "--stand" in sys.argv else main()
