"""Connections: the pool with its limits, the opener of transactions, and which faults are worth another try."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Conn: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

POOL_CONNECTIONS_MIN = 2
POOL_CONNECTIONS_MAX = 12
CONNECT_S_MAX = 10
STATEMENT_S_MAX = 15
LOCK_WAIT_S_MAX = 4
IDLE_TRANSACTION_S_MAX = 30
STATEMENT_CACHE_MAX = 512

# 40 serialization failure and deadlock · 08 connection lost · 57P01-05 the server stops or starts · 53300 no free
# connection. A fault during COMMIT is "unknown": run the same idempotent batch again.
_RETRY_CLASSES = ("40", "08", "57P0", "53300")


async def open_pool(url: str, *, name: str, connections_max: int = POOL_CONNECTIONS_MAX) -> Pool:
    """Open a pool to `url`; `name` shows in the server's list of sessions. Close it with `await pool.close()`.

    Raises:
        OSError, asyncpg.PostgresError: the server cannot be reached or refuses us.
    """
    return await asyncpg.create_pool(
        url,
        min_size=min(POOL_CONNECTIONS_MIN, connections_max),
        max_size=connections_max,
        timeout=CONNECT_S_MAX,
        statement_cache_size=STATEMENT_CACHE_MAX,
        max_cached_statement_lifetime=0,  # the statements are a fixed set; a plan need not age
        server_settings=session_settings(name),
    )


@asynccontextmanager
async def connect(url: str, *, name: str) -> AsyncIterator[Conn]:
    """Open one connection for the length of a block, with the settings of the pool."""
    conn = await asyncpg.connect(url, timeout=CONNECT_S_MAX, server_settings=session_settings(name))
    try:
        yield conn
    finally:
        await conn.close()


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
    # A connection that breaks under a statement shows as a plain connection fault or as asyncpg's "is closed".
    return isinstance(fault, (ConnectionError, TimeoutError, asyncpg.InterfaceError, DecideAgainError))
