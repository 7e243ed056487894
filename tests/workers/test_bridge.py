"""Wake-ups between processes: each bridge here stands for a process of its own on the same database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from takt.store import notify
from takt.store.pool import connect
from takt.store.site import Site
from takt.wakes import Subscription, Wakes
from takt.workers import bridge
from takt.workers.bridge import PAYLOAD_BYTES_MAX, Bridge

PATIENCE_S = 20.0


@asynccontextmanager
async def process(db: str, origin: str) -> AsyncIterator[Wakes]:
    wakes = Wakes()
    running = asyncio.create_task(Bridge(db, wakes, origin).run())
    try:
        yield wakes
    finally:
        assert running.cancel(), f"the bridge ended by itself: {running.exception()!r}"
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def overheard(db: str) -> AsyncIterator[list[str]]:
    """All that is told over this database."""
    told: list[str] = []
    async with connect(db, name="takt test") as conn, notify.listening(conn, told.append, lambda: None):
        yield told


async def until_known(told: list[str], *origins: str) -> None:
    """Both have greeted: the newcomer, and the other one in answer to it."""
    async with asyncio.timeout(PATIENCE_S):
        while not set(origins) <= set(told):
            await asyncio.sleep(0.01)


async def woken(subscription: Subscription, wakes: Wakes, topic: str) -> None:
    """A hint may be lost while two processes do not know of each other, so it is given again and again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            wakes.wake([topic])
            if await subscription.wait(0.2):
                return


async def test_what_wakes_here_wakes_there_with_its_signal(db: str) -> None:
    async with overheard(db) as told, process(db, "one") as one, process(db, "two") as two:
        await until_known(told, "one", "two")
        with two.subscribe("inbox:1") as waiting:
            await woken(waiting, one, "inbox:1")
            one.signal("inbox:1", "typing")
            async with asyncio.timeout(PATIENCE_S):
                while not waiting.signals:
                    await waiting.wait(1)
            assert list(waiting.signals) == ["typing"]


async def test_who_is_alone_greets_and_says_nothing_else(db: str) -> None:
    async with overheard(db) as told, process(db, "one") as one:
        await until_known(told, "one")
        for number in range(100):
            one.wake([f"inbox:{number}"])
        await asyncio.sleep(0.3)
        assert set(told) == {"one"}


async def test_who_fell_silent_is_told_no_more(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "GREETING_S", 0.05)
    monkeypatch.setattr(bridge, "SILENCE_S_MAX", 0.3)
    async with overheard(db) as told, process(db, "one") as one:
        async with process(db, "two") as two:
            with two.subscribe("inbox:1") as waiting:
                await woken(waiting, one, "inbox:1")
        await asyncio.sleep(0.6)
        told.clear()
        one.wake(["inbox:2"])
        await asyncio.sleep(0.3)
        assert set(told) == {"one"}


async def test_a_broken_connection_is_made_anew_on_both_sides(site: Site, db: str) -> None:
    async with overheard(db) as told, process(db, "one") as one, process(db, "two") as two:
        await until_known(told, "one", "two")
        told.clear()
        await site.everywhere.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = $1",
            bridge.NAME,
        )
        with two.subscribe("inbox:1") as waiting:
            await woken(waiting, one, "inbox:1")
        with one.subscribe("inbox:2") as waiting:
            await woken(waiting, two, "inbox:2")


async def test_many_topics_travel_in_as_many_notifications_as_they_need(db: str) -> None:
    topics = [f"inbox:{number:040}" for number in range(1000)]
    async with overheard(db) as told, process(db, "one") as one, process(db, "two") as two:
        await until_known(told, "one", "two")
        with two.subscribe("ready") as ready, two.subscribe(*topics[-1:]) as last:
            await woken(ready, one, "ready")
            told.clear()
            one.wake(topics)
            async with asyncio.timeout(PATIENCE_S):
                await last.wait(PATIENCE_S)
                while not {line for payload in told for line in payload.split("\n")} >= set(topics):
                    await asyncio.sleep(0.01)  # whoever listens beside may hear the last of them a little later
        assert max(len(payload) for payload in told) <= PAYLOAD_BYTES_MAX
