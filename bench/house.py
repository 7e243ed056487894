"""A Takt of one's own: a temporary home with an embedded database, and servers in processes of their own.

Nothing is tuned for the occasion: the database has the settings every installation has, fsync among them.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from takt.embedded import Embedded, join
from takt.store.migrate import migrate
from takt.store.pool import connect

START_S_MAX: Final = 60.0
STOP_S_MAX: Final = 30.0
PROJECT: Final = Path(__file__).resolve().parent.parent
TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


class StartError(Exception):
    """A server did not start; the text is the end of its log."""


@dataclass(frozen=True, slots=True)
class House:
    """A home with its database, migrated and running."""

    home: Path
    embedded: Embedded

    @property
    def url(self) -> str:
        """Address of the database."""
        return self.embedded.url

    @property
    def postmaster(self) -> int:
        """Process id of the database server."""
        return int((self.embedded.place.cluster / "postmaster.pid").read_text().split("\n", 1)[0])

    def environment(self, port: int, settings: Mapping[str, str]) -> dict[str, str]:
        """What a server of this house finds in its environment."""
        ours = {"TAKT_HOME": str(self.home), "TAKT_PORT": str(port), "TAKT_LOG": "warning"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TAKT_", "DATABASE_"))}
        return {**kept, **ours, "TAKT_ALLOW_PRIVATE_WEBHOOKS": "on", **settings}


@contextmanager
def open_house(parts: int = 1) -> Iterator[House]:
    """A fresh house for the length of the block; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="takt-bench-"))
    folder.chmod(0o711)  # PostgreSQL's own user must pass
    try:
        with join(folder / "home") as embedded:
            asyncio.run(_migrate(embedded.url, parts))
            yield House(folder / "home", embedded)
    finally:
        shutil.rmtree(folder)


async def _migrate(url: str, parts: int) -> None:
    async with connect(url, name="bench") as conn:
        await migrate(conn, parts)


async def analyze(url: str) -> None:
    """Gather statistics, as autovacuum does by itself within a minute; before that the planner knows nothing."""
    async with connect(url, name="bench") as conn:
        await conn.execute("ANALYZE")


class Server:
    """A server process on a port of this machine."""

    def __init__(self, words: list[str], port: int, environment: Mapping[str, str], log: Path) -> None:
        self.port = port
        self.log = log
        self._words = words
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id."""
        assert self._process is not None, "the server was not started"
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it answers on its port."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._words], cwd=PROJECT, env=self._environment, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        deadline = time.monotonic() + START_S_MAX
        while not is_open(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StartError(f"the server did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask it to stop and wait; harder after a while."""
        assert self._process is not None, "the server was not started"
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill it on the spot."""
        assert self._process is not None, "the server was not started"
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@contextmanager
def serving(house: House, **settings: str) -> Iterator[Server]:
    """A Takt server of this house for the length of the block."""
    port = free_port()
    server = Server(["-m", "takt", "serve"], port, house.environment(port, settings), house.home / "server.log")
    with _running(server):
        yield server


@contextmanager
def bare(house: House) -> Iterator[Server]:
    """The baseline on the same server software for the length of the block."""
    port = free_port()
    words = ["-m", "bench.bare", str(port)]
    with _running(Server(words, port, house.environment(port, {}), house.home / "bare.log")) as server:
        yield server


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    """Whether somebody listens on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def cpu_s(pid: int) -> float:
    """Processor time of a process and its living and waited-for children, in seconds."""
    return sum(_times(one) for one in (pid, *children(pid))) / TICKS_PER_S


def children(pid: int) -> list[int]:
    """The child processes of a process that live now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(entry.name))
        if fields and int(fields[1]) == pid:
            found.append(int(entry.name))
    return found


def rss_bytes(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} is gone")


def _times(pid: int) -> int:
    return sum(int(ticks) for ticks in _stat(pid)[11:15])


def _stat(pid: int) -> list[str]:
    """The fields behind the name: state, parent and so on; none when the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()
