"""Connections: their limits, and which faults are worth another try."""

import asyncio

import asyncpg
import pytest

from takt.store.pool import connect, is_retryable, transaction
from takt.store.site import Site


async def test_every_connection_is_bounded_and_in_utc(site: Site) -> None:
    names = "statement_timeout lock_timeout idle_in_transaction_session_timeout TimeZone jit application_name"
    async with transaction(site.everywhere) as conn:
        found = [await conn.fetchval(f"SHOW {name}") for name in names.split()]
    assert found == ["15s", "4s", "30s", "UTC", "off", "takt test"]


async def test_a_transaction_commits_or_leaves_nothing(site: Site) -> None:
    async with transaction(site.everywhere) as conn:
        await conn.execute("CREATE TABLE seen (id int)")
    with pytest.raises(ZeroDivisionError):
        async with transaction(site.everywhere) as conn:
            await conn.execute("INSERT INTO seen VALUES (1)")
            raise ZeroDivisionError
    assert await site.everywhere.fetchval("SELECT count(*) FROM seen") == 0


@pytest.mark.parametrize(
    "fault",
    [
        asyncpg.SerializationError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.AdminShutdownError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.LockNotAvailableError(),
        asyncpg.InterfaceError("connection is closed"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_faults_of_the_moment_are_worth_another_try(fault: Exception) -> None:
    assert is_retryable(fault)


@pytest.mark.parametrize(
    "fault",
    [asyncpg.UniqueViolationError(), asyncpg.QueryCanceledError(), asyncpg.CheckViolationError(), ValueError()],
    ids=lambda fault: type(fault).__name__,
)
def test_faults_of_the_work_itself_are_not(fault: Exception) -> None:
    assert not is_retryable(fault)


async def test_a_connection_cut_in_the_middle_is_worth_another_try(db: str) -> None:
    async with connect(db, name="victim") as victim, connect(db, name="other") as other:
        pid = victim.get_server_pid()
        sleeping = asyncio.create_task(victim.execute("SELECT pg_sleep(10)"))
        while not await other.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", pid
        ):
            await asyncio.sleep(0.01)
        await other.execute("SELECT pg_terminate_backend($1)", pid)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as caught:
            await sleeping
        assert is_retryable(caught.value)
