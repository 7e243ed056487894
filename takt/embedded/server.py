"""One PostgreSQL server shared by processes: the first starts it, the last stops it, any of them mends it.

Two files beside the databases carry this, and the kernel keeps it honest when a process dies:
`postgres.lock` is held alone, and only while somebody starts or stops the server; `postgres.users` is held
together, by every process that uses it, for as long as it does.
"""

import fcntl
import os
import shlex
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from takt.embedded.place import SOCKET, EmbeddedFault, Place, find_place

LOCK_S_MAX = 90
START_S_MAX = 60
STOP_S_MAX = 60
START_TRIES_MAX = 20
RETRY_S = 0.25
LOG_BYTES_MAX = 4 * 1024 * 1024

ROLE = "takt"
DATABASE = "takt"
SUPERUSER = "postgres"

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",  # a unix socket only
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
}

_FIRST_WORDS = f"CREATE ROLE {ROLE} LOGIN;\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n"


@dataclass(slots=True)
class Embedded:
    """A share in a running server, until `leave()` or the end of a `with` block."""

    place: Place
    settings: Mapping[str, str]
    users: int  # the open users file

    @property
    def url(self) -> str:
        """Address of the database `takt`, as its owner."""
        return self.url_of(DATABASE)

    def url_of(self, database: str, *, role: str = ROLE) -> str:
        """Address of any database of this server; the role SUPERUSER may do everything."""
        return f"postgresql://{role}@/{quote(database)}?host={quote(str(self.place.socket_folder), safe='')}"

    def is_running(self) -> bool:
        """Whether the server takes connections. Quick enough to ask each second."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self.place.socket_folder / SOCKET))
            except OSError:
                return False
        return True

    def ensure_running(self) -> bool:
        """Start the server if it is not running. Returns whether that was needed.

        Raises:
            EmbeddedFault: it does not start.
        """
        if self.is_running():
            return False
        with _alone(self.place):
            if self.is_running():
                return False
            _start(self.place, self.settings)
        return True

    def leave(self) -> None:
        """Give the share back; the last one stops the server and waits for it. A second call does nothing."""
        if self.users < 0:
            return
        users, self.users = self.users, -1
        try:
            with _alone(self.place):
                if _take(users, fcntl.LOCK_EX):
                    _stop(self.place)
        finally:
            os.close(users)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.leave()


def join(home: Path) -> Embedded:
    """Take a share in the server of `home`: made on first use, started if it is not running.

    Raises:
        EmbeddedFault: it cannot be had; the text says why.
    """
    return share(find_place(home), {})


def share(place: Place, settings: Mapping[str, str]) -> Embedded:
    """As `join`, at a given place and with server settings beside ours; they count when this call starts it."""
    with _alone(place):
        users = _open(place.ours / "postgres.users")
        server = Embedded(place, settings, users)
        try:
            fcntl.flock(users, fcntl.LOCK_SH)  # nobody holds it alone but for a moment, and then under our lock
            _make_cluster(place)
            if not server.is_running():
                _start(place, server.settings)
        except BaseException:
            os.close(users)
            raise
    return server


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Be the only process that starts or stops this server."""
    path = place.ours / "postgres.lock"
    lock = _open(path)
    try:
        for _ in range(int(LOCK_S_MAX / RETRY_S)):
            if _take(lock, fcntl.LOCK_EX):
                break
            time.sleep(RETRY_S / 5)
        else:
            raise EmbeddedFault(f"Another process has been starting or stopping PostgreSQL for long ({path}).")
        yield
    finally:
        os.close(lock)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        raise EmbeddedFault(f"{path} belongs to another user; set TAKT_HOME to a folder of your own.") from None


def _take(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make_cluster(place: Place) -> None:
    """Make the databases if there are none: whole or not at all."""
    written = place.cluster / "PG_VERSION"
    if written.exists():
        major = written.read_text().strip()
        if major != place.major:
            raise EmbeddedFault(
                f"{place.cluster} was written by PostgreSQL {major}, and this Takt brings {place.major}: "
                "move it over as docs/install.md says."
            )
        return
    half = place.folder / "cluster.new"
    shutil.rmtree(half, ignore_errors=True)
    options = ["--encoding=UTF8", "--auth=trust", f"--username={SUPERUSER}", "--no-instructions"]
    _run(place, "initdb", f"--pgdata={half}", *options, *_locale(place))
    _run(place, "postgres", "--single", "-D", half, "postgres", typed=_FIRST_WORDS)
    half.rename(place.cluster)


def _locale(place: Place) -> list[str]:
    """Sort by code point, and know the letters of all languages; built in from 17 on, the system's before."""
    if int(place.major) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _start(place: Place, settings: Mapping[str, str]) -> None:
    _remove_stale_pid(place)
    if place.log.exists() and place.log.stat().st_size > LOG_BYTES_MAX:
        place.log.unlink()
    words = [f"-c {name}={shlex.quote(value)}" for name, value in {**_SETTINGS, **settings}.items()]
    words.append(f"-k {shlex.quote(str(place.socket_folder))}")
    where = ("-D", place.cluster, "-l", place.log, "-o", " ".join(words))
    for attempt in range(1, START_TRIES_MAX + 1):
        try:
            _run(place, "pg_ctl", *where, "-w", "-t", str(START_S_MAX), "start")
        except EmbeddedFault:
            # What a killed server left behind lets go of its shared memory only when each has noticed.
            if attempt == START_TRIES_MAX or "still in use" not in _last_words(place):
                raise
            time.sleep(RETRY_S)
        else:
            return


def _stop(place: Place) -> None:
    _remove_stale_pid(place)
    if (place.cluster / "postmaster.pid").exists():
        _run(place, "pg_ctl", "-D", place.cluster, "-m", "fast", "-w", "-t", str(STOP_S_MAX), "stop")


def _run(place: Place, program: str, *words: str | Path, typed: str | None = None) -> None:
    done = place.account.run([place.programs / program, *words], typed=typed)
    if done.returncode:
        told = done.stderr.strip() or done.stdout.strip()
        last = _last_words(place)
        raise EmbeddedFault(f"PostgreSQL's {program} failed: {told}" + (f"\n{last}" if last else ""))


def _last_words(place: Place) -> str:
    """Return the end of the server's log, read as the user it belongs to."""
    return place.account.run(["tail", "-n", "5", place.log]).stdout.strip()


def _remove_stale_pid(place: Place) -> None:
    """Remove the two pid files of a server that is gone.

    PostgreSQL does so itself, except when the number belongs to another live process by now: the rule rather than the
    exception in a container, where numbers start over. A server of ours has the cluster as its working folder.
    """
    proc = Path("/proc")
    if not (proc / "self").exists():
        return  # no Linux: leave it to PostgreSQL
    for path in (place.cluster / "postmaster.pid", place.socket_folder / f"{SOCKET}.lock"):
        try:
            pid = int(path.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            continue
        try:
            at_home = (proc / str(pid) / "cwd").resolve(strict=True) == place.cluster.resolve()
        except OSError:
            at_home = False  # the process is gone
        if not at_home:
            path.unlink()
