"""Servers and databases for tests: started once a run, kept in memory, washed between tests."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from os import environ
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from takt.embedded.place import Place, find_place
from takt.embedded.server import ROLE, SUPERUSER, share
from takt.store.migrate import migrate
from takt.store.pool import Conn, Pool, open_pool

# Only tests may forget; and nothing lives long enough to be worth a vacuum.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 * 1024**3
KEPT = "takt test"
"""What the sessions of a pool that tests share are called."""
GIVE_BACK_S_MAX = 20

# Changes whenever a test changes the schema itself: every change writes a new version of some row in here.
SCHEMA = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
    SELECT oid::text || xmin::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT oid::text || xmin::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT oid::text || xmin::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
) seen
"""


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of installation that must work: how many parts, and on which PostgreSQL."""

    name: str
    parts: int


EMBEDDED = Variant("embedded", 1)
OTHER = Variant("other", 4)


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder that everyone may pass, with a path short enough for a socket; in memory where there is enough."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES
    folder = Path(tempfile.mkdtemp(prefix="takt-test-", dir=MEMORY if roomy else None))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


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
        server = self.stack.enter_context(share(place, QUICK))
        return Address(server.url, SUPERUSER, ROLE)


def oldest_installed() -> Path | None:
    """The programs of the oldest PostgreSQL from 15 on that Debian's packages have put here."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    fitting = [path for path in found if path.parent.name.isdigit() and int(path.parent.name) >= 15]
    return min(fitting, key=lambda path: int(path.parent.name), default=None)


@dataclass(slots=True)
class Clean:
    """A database with the whole schema and no rows; `admin` stays connected, to wash it after each test.

    So does the pool that tests ask for: a new connection reads the catalogue and prepares every statement anew, which
    costs more than most tests.
    """

    name: str
    address: str
    admin: "asyncpg.Connection[asyncpg.Record]"
    schema: str
    kept: "Pool | None" = None

    async def pool(self) -> Pool:
        """The pool on this database; nobody closes it."""
        if self.kept is None:
            self.kept = await open_pool(self.address, name=KEPT, connections_max=8)
        return self.kept

    async def settled(self) -> None:
        """Wait until the pool has all its connections back: one that nobody gives back is a fault."""
        async with asyncio.timeout(GIVE_BACK_S_MAX):
            while self.kept is not None and self.kept.get_idle_size() < self.kept.get_size():
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        if self.kept is not None:
            await self.kept.close()
        await self.admin.close()


@dataclass(slots=True)
class Workshop:
    """Makes databases from the migrated template, washes them between tests, and takes them away again."""

    address: Address
    admin: "asyncpg.Connection[asyncpg.Record]"
    template: str
    wash: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    clean: list[Clean] = field(default_factory=list)

    async def make(self, template: str | None = None) -> str:
        """Make a database, by default with the whole schema; returns its name."""
        name = f"{self.template}_{next(self.numbers)}"
        await self.admin.execute(
            f"CREATE DATABASE {name} TEMPLATE {template or self.template} OWNER {self.address.owner} STRATEGY file_copy"
        )
        return name

    async def drop(self, name: str) -> None:
        await self.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Clean]:
        """Lend a clean database. It is washed when it comes back."""
        lent = self.clean.pop() if self.clean else await self._make_clean()
        yield lent
        await lent.settled()
        if await self._washed(lent):
            self.clean.append(lent)
        else:
            await self._drop_clean(lent)

    async def close(self) -> None:
        for one in self.clean:
            await self._drop_clean(one)
        await self.drop(self.template)
        await self.admin.close()

    async def _make_clean(self) -> Clean:
        name = await self.make()
        admin = await asyncpg.connect(self.address.of(name, owner=False))
        return Clean(name, self.address.of(name), admin, await admin.fetchval(SCHEMA))

    async def _drop_clean(self, one: Clean) -> None:
        await one.close()
        await self.drop(one.name)

    async def _washed(self, lent: Clean) -> bool:
        """Empty all tables; False when the test changed the schema, and washing cannot undo that."""
        await lent.admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> $1",
            KEPT,
        )
        if await lent.admin.fetchval(SCHEMA) != lent.schema:
            return False
        await lent.admin.execute(self.wash)
        return True


async def open_workshop(address: Address, variant: Variant) -> Workshop:
    """Make the migrated template of this variant on the server."""
    admin = await asyncpg.connect(address.of("postgres", owner=False))
    template = f"takt_template_{variant.name}"
    await admin.execute(f"DROP DATABASE IF EXISTS {template} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {template} OWNER {address.owner}")
    owner = await asyncpg.connect(address.of(template))
    await migrate(owner, variant.parts)
    wash = await _washing(owner)
    await owner.close()
    return Workshop(address, admin, template, wash)


async def _washing(conn: Conn) -> str:
    """SQL that brings every table back to what the migrations left in it, whatever points to what."""
    tables = [row[0] for row in await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    steps = ["SET session_replication_role = replica"]
    for table in tables:
        steps.append(f"DELETE FROM {table}")
        rows = await conn.fetchval(f"SELECT json_agg(t)::text FROM {table} t")
        if rows is not None:
            literal = await conn.fetchval("SELECT quote_literal($1)", rows)
            steps.append(f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, {literal})")
    return ";\n".join(steps)
