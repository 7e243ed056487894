"""Connections: the pool with its limits, the opener of transactions, and which faults are worth another try."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Conn: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

POOL_CONNECTIONS_MIN = 2
POOL_CONNECTIONS_MAX = 12
CONNECT_S_MAX = 10
CLOSE_S_MAX = 5
STARTING_S_MAX = 60
STARTING_PAUSE_S = 0.2
STATEMENT_S_MAX = 15
LOCK_WAIT_S_MAX = 4
IDLE_TRANSACTION_S_MAX = 30
STATEMENT_CACHE_MAX = 512

T = TypeVar("T")

# 40 serialization failure and deadlock · 08 connection lost · 57P01-05 the server stops or starts · 53300 no free
# connection · 55P03 waited too long for a lock. A fault during COMMIT is "unknown": run the same idempotent batch again.
_RETRY_CLASSES = ("40", "08", "57P0", "53300", "55P03")


async def open_pool(url: str, *, name: str, connections_max: int = POOL_CONNECTIONS_MAX) -> Pool:
    """Open a pool to `url`; `name` shows in the server's list of sessions. Close it with `close_pool`.

    A server that is starting or recovering is waited for, at most 60 s.

    Raises:
        OSError, asyncpg.PostgresError: the server cannot be reached or refuses us.
    """

    async def open_it() -> Pool:
        return await asyncpg.create_pool(
            url,
            min_size=min(POOL_CONNECTIONS_MIN, connections_max),
            max_size=connections_max,
            timeout=CONNECT_S_MAX,
            statement_cache_size=STATEMENT_CACHE_MAX,
            max_cached_statement_lifetime=0,  # the statements are a fixed set; a plan need not age
            reset=_keep_session,
            server_settings=session_settings(name),
        )

    return await _once_up(open_it)


async def close_pool(pool: Pool) -> None:
    """Close a pool: its connections are waited for at most 5 s, then cut."""
    try:
        async with asyncio.timeout(CLOSE_S_MAX):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def _keep_session(conn: Conn) -> None:
    """Hand a connection on as it is: no statement of ours changes its session, and asking costs a round trip.

    An open transaction is rolled back and listeners are forgotten before this is called.
    """


@asynccontextmanager
async def connect(url: str, *, name: str) -> AsyncIterator[Conn]:
    """Open one connection for the length of a block, with the settings and the patience of the pool."""
    conn = await _once_up(lambda: asyncpg.connect(url, timeout=CONNECT_S_MAX, server_settings=session_settings(name)))
    try:
        yield conn
    finally:
        await conn.close(timeout=CLOSE_S_MAX)


async def _once_up(open_it: Callable[[], Awaitable[T]]) -> T:
    """Open; again and again for a while if the server is there but still starting or recovering."""
    for _ in range(round(STARTING_S_MAX / STARTING_PAUSE_S)):
        try:
            return await open_it()
        except asyncpg.CannotConnectNowError:
            await asyncio.sleep(STARTING_PAUSE_S)
    return await open_it()


def session_settings(name: str) -> dict[str, str]:
    """Return what every connection of ours sets when it opens; the same on one machine and on a cluster."""
    return {
        "application_name": name,
        "timezone": "UTC",
        "jit": "off",  # our statements are short; compiling them would cost more than running them
        "statement_timeout": f"{STATEMENT_S_MAX}s",
        "lock_timeout": f"{LOCK_WAIT_S_MAX}s",
        "idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_S_MAX}s",
        # Citus hides shard tables by a check on each catalogue look-up; plain PostgreSQL keeps the word unread.
        "citus.override_table_visibility": "off",
    }


class DecideAgainError(Exception):
    """What a batch decided on changed before it could write; it rolls back and decides again."""


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Conn]:
    """Take a connection and open a transaction: committed when the block ends, rolled back when it raises."""
    async with pool.acquire() as conn, conn.transaction():
        yield conn


def is_retryable(fault: BaseException) -> bool:
    """Say whether the same work may succeed on another try, because the fault lies with the moment, not the work."""
    sqlstate = getattr(fault, "sqlstate", None)
    if isinstance(sqlstate, str):
        return sqlstate.startswith(_RETRY_CLASSES)
    # A connection that breaks under a statement shows as a plain connection fault, as asyncpg's "is closed", or, when the
    # transaction then tries to roll back, as asyncpg's "another operation is in progress". While a server starts, its
    # socket may be missing for a moment.
    lost = (asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError, TimeoutError, FileNotFoundError)
    return isinstance(fault, (*lost, DecideAgainError))
