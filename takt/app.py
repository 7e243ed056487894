"""The composition root: builds engine and doors from the settings, serves them, and stops in order.

One process holds everything; with more workers each holds the same. The front passes a request on by its path: the
busiest one straight to its coroutine, all others through the routes of the doors, and what nobody else answers is the
Cloud API's, whose clients expect an error envelope even there.
"""

import asyncio
import contextlib
import gc
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from takt import logs
from takt.clock import CLOCK
from takt.config import Config
from takt.core import verdict
from takt.core.ids import parse_wamid, slot_of
from takt.database import open_database
from takt.demo import history, host, past
from takt.doors import build_doors
from takt.engine import Engine, Plan, running
from takt.store import explanations
from takt.store.pool import close_pool, connect, open_pool
from takt.store.site import PARTS, Site, part_of
from takt.vaults import open_vault
from takt.web.http import Receive, Scope, Send
from takt.web.proxies import TrustedProxies
from takt.wire import explain as explain_wire
from takt.wire import record
from takt.wire.explain import Explanation

BACKLOG_MAX: Final = 4096
REQUESTS_AT_ONCE_MAX: Final = 20_000
HEADER_MS_MAX: Final = 10_000
HEAD_BYTES_MAX: Final = 8192
"""The least that the server takes; with more it keeps 10 kB more for every open connection, idle ones too."""
OPEN_FILES: Final = 65_536
COLLECT_AFTER: Final = (50_000, 20, 50)
"""How many new objects, and collections of the younger generations, start a collection. The usual 700 look again and
again through the requests under way, which took a tenth of all time under load; cycles are rare here."""
GRACE_S: Final = 1.0
KILL_S_MAX: Final = 30

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOG = structlog.get_logger(__name__)


class Application:
    """The ASGI application of one process. Its life span is that of the engine."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._front: Asgi | None = None
        self._life = contextlib.AsyncExitStack()
        self._reading: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or start and stop with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._front is None:
            return
        elif scope["method"] == "GET":
            await self._show(self._front, scope, receive, send)
        else:
            await self._front(scope, receive, send)

    async def _show(self, front: Asgi, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._reading.add(task)
        try:
            await front(scope, receive, send)
        finally:
            self._reading.discard(task)

    async def drain(self) -> None:
        """Let requests finish for a moment, then end the event streams: they would never end by themselves."""
        await asyncio.sleep(GRACE_S)
        for task in tuple(self._reading):
            task.cancel()

    async def start(self) -> None:
        """Open the database, start the loops and build the doors."""
        gc.set_threshold(*COLLECT_AFTER)
        engine = await self._life.enter_async_context(engine_of(self._config, doors=True))
        doors = build_doors(engine, demo=self._config.demo)
        self._front = TrustedProxies(doors, self._config.trusted_proxies)
        gc.freeze()  # what is here now stays for good, and need not be looked at again

    async def stop(self) -> None:
        """Finish what is under way and let go of the database."""
        self._front = None
        await self._life.aclose()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.start()
        except Exception as fault:
            await send({"type": "lifespan.startup.failed", "message": str(fault)})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def engine_of(config: Config, *, doors: bool) -> AsyncIterator[Engine]:
    """The engine of this process, on a database that is kept running; `doors` also runs what doors need."""
    with open_database(config.database_url, config.home) as database:
        plan = Plan(
            database.url,
            config.parts,
            private=config.allow_private_webhooks,
            loopback=config.allow_loopback_webhooks,
            room=config.room,
            origin=config.origin,
            demo=config.demo,
        )
        async with database.kept_running(), running(plan, doors=doors) as engine:
            yield engine


def serve(config: Config) -> None:
    """Serve until told to stop, in this process or in several."""
    _prepare(config)
    if config.workers == 1:
        _run(_serve_here(config))
    else:
        _serve_with_workers(config)


def work(config: Config) -> None:
    """Run the loops alone until told to stop."""
    _prepare(config)
    _run(_work(config))


def demo(config: Config) -> None:
    """Serve the demo world: made on the first run, its addresses and secrets printed."""
    with open_database(config.database_url, config.home) as database:
        asyncio.run(_make_world(config, database.url))
        serve(config)


def explain(config: Config, message: str) -> str:
    """Why a message went out or not, as text. Raises LookupError when there is no such message."""
    with open_database(config.database_url, config.home) as database:
        return asyncio.run(_explain(database.url, config.parts, message))


def application() -> Application:
    """The application of a worker process, by the environment."""
    config = Config.read(os.environ)
    logs.set_up(config.log)
    return Application(config)


def _prepare(config: Config) -> None:
    logs.set_up(config.log)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _run(main: Any) -> None:
    if sys.platform == "win32":
        asyncio.run(main)
        return
    import uvloop  # noqa: PLC0415 - exists on this side of the branch only

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


async def _serve_here(config: Config) -> None:
    application_here = Application(config)
    await application_here.start()
    server = Server(application_here, interface=Interfaces.ASGINL, **listening(config))
    draining: set[asyncio.Task[None]] = set()

    def stop() -> None:
        server.stop()  # type: ignore[no-untyped-call]
        draining.add(asyncio.create_task(application_here.drain()))

    _on_signals(stop)
    _LOG.info("serving", url=f"http://{config.host}:{config.port}")
    try:
        await server.serve()
    finally:
        await application_here.stop()


def _serve_with_workers(config: Config) -> None:
    Granian(
        "takt.app:application",
        factory=True,
        interface=Interfaces.ASGI,
        workers=config.workers,
        workers_kill_timeout=KILL_S_MAX,
        **listening(config),
    ).serve()


def listening(config: Config) -> dict[str, Any]:
    """How the server listens: address and limits, as Granian names them."""
    return {
        "address": config.host,
        "port": config.port,
        "websockets": False,
        "backlog": BACKLOG_MAX,
        "backpressure": REQUESTS_AT_ONCE_MAX,
        "http1_settings": HTTP1Settings(header_read_timeout=HEADER_MS_MAX, max_buffer_size=HEAD_BYTES_MAX),
        "log_enabled": False,
    }


async def _work(config: Config) -> None:
    told = asyncio.Event()
    _on_signals(told.set)
    async with engine_of(config, doors=False):
        _LOG.info("working")
        await told.wait()


def _on_signals(stop: Callable[[], Any]) -> None:
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop)


async def _make_world(config: Config, url: str) -> None:
    async with connect(url, name="takt demo") as conn:
        is_new = await host.welcome(conn, config.home, f"http://{config.host}:{config.port}", PARTS[config.parts])
    if is_new:
        await _make_history(config, url)


async def _make_history(config: Config, url: str) -> None:
    pool = await open_pool(url, name="takt demo", connections_max=2)
    site = Site(PARTS[config.parts], pool)
    vault = open_vault(config.room, site, CLOCK)
    try:
        await history.write(site, vault, CLOCK)
        await past.write(site, CLOCK)
    finally:
        vault.close()
        await close_pool(pool)


async def _explain(url: str, parts: int, message: str) -> str:
    message_id = parse_wamid(message)
    if message_id is None:
        raise LookupError(f"{message} is no message id; one begins with wamid.")
    part = part_of(PARTS[parts], slot_of(message_id))
    async with connect(url, name="takt explain") as conn:
        found = await explanations.message_record(conn, part, message_id)
    if found is None:
        raise LookupError(f"There is no message {message} of a company here.")
    facts = record.decode_facts(found.facts)
    explanation = Explanation(
        facts,
        found.accepted_at,
        verdict.on_record(facts, found.accepted_at, found.reason, waiting=found.due_at is not None),
        record.decode_quote(found.pricing) if found.pricing is not None else None,
        found.hold_state,
        found.due_at,
    )
    head = f"{message}\n{found.category} {found.type} from {found.sender_id} to {found.wa_id}: {found.status}"
    return "\n".join([head, *explain_wire.to_lines(explanation)])
