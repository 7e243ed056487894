"""What tests ask for: real PostgreSQL, and a database with the whole schema and no rows for each test.

Ask for `conn` (one connection, all rolled back), or for `site` (pools on a database of its own, where commits are seen).
Such a test runs on the embedded PostgreSQL with one part; in the folders that VARIANTS names also, or only, with four parts
on the oldest PostgreSQL we promise, when one is installed or named. What the doors answer with one part is seen by the
clients, the browser and the demo. `pytest --once` runs everything on the embedded one.
"""

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from os import environ
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from takt.store.pool import STATEMENT_CACHE_MAX, Conn, session_settings
from takt.store.site import PARTS, Site
from takt.workers.press import Press

# What tests share also shows what it compared.
pytest.register_assert_rewrite(
    *(f"tests.{path.stem}" for path in Path(__file__).parent.glob("*.py") if path.stem != "conftest")
)

from tests import databases  # noqa: E402
from tests.certificates import Authority  # noqa: E402
from tests.databases import EMBEDDED, OTHER, Clean, Servers, Variant, Workshop, open_workshop  # noqa: E402

# No example has a time limit: what is slow is seen in the bench, and a busy machine is no fault.
settings.register_profile("takt", deadline=None)
settings.load_profile("takt")

LONG = ("crash", "browser", "setup")
BOTH = [EMBEDDED, OTHER]
VARIANTS = {"store": BOTH, "actions": BOTH, "workers": BOTH, "web": [OTHER]}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--once", action="store_true", help="one part on the embedded PostgreSQL only")
    parser.addoption("--traces", action="store_true", help="keep a trace of each browser test that fails")


def pytest_configure() -> None:
    """What collecting makes stays nearly all: to look through it again and again costs a third of its time."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "variant" in metafunc.fixturenames:
        folder = metafunc.definition.path.relative_to(Path(__file__).parent).parts[0]
        once = metafunc.config.getoption("--once")
        variants = [EMBEDDED] if once else VARIANTS.get(folder, [EMBEDDED])
        metafunc.parametrize("variant", variants, ids=lambda variant: variant.name, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that all processes end together."""
    items.sort(key=lambda item: item.path.relative_to(Path(__file__).parent).parts[0] not in LONG)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session", autouse=True)
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All that tests call is on this machine. To read the certificates of all authorities takes each client 30 ms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(Authority(tmp_path_factory.mktemp("trust")).file))
        yield


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder that everyone may pass, with a path short enough for a socket."""
    with databases.short_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def out_folder() -> Path:
    """Where pictures and reports of a run stay: .ci/out, or as TAKT_TEST_OUT says."""
    folder = Path(environ.get("TAKT_TEST_OUT") or Path(__file__).parent.parent / ".ci/out")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def servers(short_folder: Path) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(short_folder, stack)


@pytest.fixture(scope="session")
async def workshop(variant: Variant, servers: Servers) -> AsyncIterator[Workshop]:
    opened = await open_workshop(servers.get(variant), variant)
    yield opened
    await opened.close()


@pytest.fixture
async def lent(workshop: Workshop) -> AsyncIterator[Clean]:
    async with workshop.borrowed() as clean:
        yield clean


@pytest.fixture
def db(lent: Clean) -> str:
    """Address of a database of this test's own, with the whole schema and no rows."""
    return lent.address


@pytest.fixture
async def site(lent: Clean, variant: Variant) -> Site:
    """The parts and pools of a database of this test's own."""
    return Site(PARTS[variant.parts], await lent.pool())


@pytest.fixture(scope="session")
async def shared_db(workshop: Workshop) -> AsyncIterator[str]:
    """Address of the database that `conn` borrows: nothing is ever committed to it."""
    name = await workshop.make()
    yield workshop.address.of(name)
    await workshop.drop(name)


@pytest.fixture(scope="session")
async def shared_conn(shared_db: str) -> AsyncIterator[Conn]:
    opened = await asyncpg.connect(
        shared_db,
        statement_cache_size=STATEMENT_CACHE_MAX,
        max_cached_statement_lifetime=0,
        server_settings=session_settings("takt test"),
    )
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


@pytest.fixture(scope="session")
async def press() -> AsyncIterator[Press]:
    """One press for all tests that print documents: it takes seconds to read its rules."""
    async with Press() as opened:
        yield opened
