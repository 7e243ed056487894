"""Databases for tests: real PostgreSQL, one server a run, a fresh clone of the migrated schema for each test.

Ask for `conn` (one connection, all rolled back), or for `site` (pools on a clone of its own, where commits are seen).
In the folders named in TWICE such a test runs in two variants: on the embedded PostgreSQL with one part, and with four
parts on the oldest PostgreSQL we promise, when one is installed or named. `pytest --once` runs the first alone.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from os import environ
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from takt.embedded.place import Place, find_place
from takt.embedded.server import ROLE, SUPERUSER, Embedded, share
from takt.store.migrate import migrate
from takt.store.pool import Conn, open_pool, session_settings
from takt.store.site import PARTS, Site

# A slow moment of the machine is no fault of the code.
settings.register_profile("takt", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("takt")

TWICE = ("store", "actions", "web", "workers", "stories")
TEMPLATE = "takt_template"
# Only tests may forget; and nothing lives long enough to be worth a vacuum.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of installation that must work: how many parts, and on which PostgreSQL."""

    name: str
    parts: int


EMBEDDED = Variant("embedded", 1)
OTHER = Variant("other", 4)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--once", action="store_true", help="one part on the embedded PostgreSQL only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "variant" in metafunc.fixturenames:
        folder = metafunc.definition.path.relative_to(Path(__file__).parent).parts[0]
        twice = folder in TWICE and not metafunc.config.getoption("--once")
        variants = [EMBEDDED, OTHER] if twice else [EMBEDDED]
        metafunc.parametrize("variant", variants, ids=lambda variant: variant.name, scope="session")


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder that everyone may pass, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="takt-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def out_folder() -> Path:
    """Where pictures and reports of a run stay: .ci/out, or as TAKT_TEST_OUT says."""
    folder = Path(environ.get("TAKT_TEST_OUT") or Path(__file__).parent.parent / ".ci/out")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True, slots=True)
class Address:
    """A server that tests may do anything to."""

    url: str
    superuser: str
    owner: str

    def of(self, database: str, *, owner: bool = True) -> str:
        """Address of one database, as its owner or as the superuser."""
        parts = urlsplit(self.url)
        role = self.owner if owner else self.superuser
        netloc = parts.netloc if parts.password else f"{role}@{parts.netloc.rpartition('@')[2]}"
        return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


@pytest.fixture(scope="session")
def servers(short_folder: Path) -> Iterator["Servers"]:
    with ExitStack() as stack:
        yield Servers(short_folder, stack)


class Servers:
    """Starts each kind of server when it is first asked for; the stack stops them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.found: dict[Variant, Address] = {}

    def get(self, variant: Variant) -> Address:
        if variant not in self.found:
            self.found[variant] = self._start(variant)
        return self.found[variant]

    def _start(self, variant: Variant) -> Address:
        url = environ.get("TAKT_TEST_DATABASE_URL")
        if variant == OTHER and url:
            name = urlsplit(url).username or ""
            return Address(url, name, name)
        place = find_place(self.folder / variant.name)
        installed = oldest_installed() if variant == OTHER else None
        if installed is not None:
            place = Place(place.account, place.ours, installed, major=installed.parent.name)
        server: Embedded = self.stack.enter_context(share(place, QUICK))
        return Address(server.url, SUPERUSER, ROLE)


def oldest_installed() -> Path | None:
    """The programs of the oldest PostgreSQL from 15 on that Debian's packages have put here."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    fitting = [path for path in found if path.parent.name.isdigit() and int(path.parent.name) >= 15]
    return min(fitting, key=lambda path: int(path.parent.name), default=None)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Makes databases from the migrated template and takes them away again."""

    address: Address
    admin: Conn
    template: str
    numbers: Iterator[int]

    async def make(self, template: str | None = None) -> str:
        """Make a database, by default with the whole schema; returns its name."""
        name = f"{self.template}_{next(self.numbers)}"
        await self.admin.execute(
            f"CREATE DATABASE {name} TEMPLATE {template or self.template} OWNER {self.address.owner} STRATEGY file_copy"
        )
        return name

    async def drop(self, name: str) -> None:
        await self.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
async def workshop(variant: Variant, servers: Servers) -> AsyncIterator[Workshop]:
    address = servers.get(variant)
    admin = await asyncpg.connect(address.of("postgres", owner=False))
    template = f"{TEMPLATE}_{variant.name}"
    await admin.execute(f"DROP DATABASE IF EXISTS {template} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {template} OWNER {address.owner}")
    owner = await asyncpg.connect(address.of(template))
    await migrate(owner, variant.parts)
    await owner.close()
    yield Workshop(address, admin, template, count(1))
    await admin.execute(f"DROP DATABASE {template} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def db(workshop: Workshop) -> AsyncIterator[str]:
    """Address of a database of this test's own, with the whole schema and no rows."""
    name = await workshop.make()
    yield workshop.address.of(name)
    await workshop.drop(name)


@pytest.fixture
async def site(db: str, variant: Variant) -> AsyncIterator[Site]:
    """The parts and pools of a database of this test's own."""
    pool = await open_pool(db, name="takt test", connections_max=8)
    yield Site(PARTS[variant.parts], pool)
    await pool.close()


@pytest.fixture(scope="session")
async def shared_db(workshop: Workshop) -> AsyncIterator[str]:
    """Address of the database that `conn` borrows: nothing is ever committed to it."""
    name = await workshop.make()
    yield workshop.address.of(name)
    await workshop.drop(name)


@pytest.fixture(scope="session")
async def shared_conn(shared_db: str) -> AsyncIterator[Conn]:
    opened = await asyncpg.connect(shared_db, server_settings=session_settings("takt test"))
    yield opened
    await opened.close()


@pytest.fixture
async def conn(shared_conn: Conn) -> AsyncIterator[Conn]:
    """A connection in a transaction that is rolled back after the test."""
    transaction = shared_conn.transaction()
    await transaction.start()
    yield shared_conn
    await transaction.rollback()


@pytest.fixture
def parts(variant: Variant) -> tuple[int, ...]:
    """The values of `part` in this variant."""
    return PARTS[variant.parts]
