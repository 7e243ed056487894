"""Webhook events put into the outbox, and a loop that delivers them under a clock that tests can turn forward."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from takt.actions.outcome import HOOKS
from takt.clock import CLOCK, Clock
from takt.core.address import Permission
from takt.core.ids import slot_of_key
from takt.store import outbox
from takt.store.outbox import Event
from takt.store.pool import transaction
from takt.store.reference import App
from takt.wakes import Wakes
from takt.workers.hooks import Hooks
from takt.workers.outbound import Outbound
from tests.world import World

SECRET = "secret of sixteen and more"


class TurnedClock(Clock):
    """The real clock, `ahead` of the time."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Owing:
    """Adds events to one endpoint of a world; their numbers tell their order."""

    def __init__(self, world: World, endpoint_id: UUID) -> None:
        self.world = world
        self.endpoint_id = endpoint_id
        self.count = 0

    async def add(self, count: int = 1, *, field: str = "messages", text: str = "Hallo") -> list[UUID]:
        """So many events, spread over people of all parts."""
        by_part: dict[int, list[Event]] = {}
        ids = []
        for number in range(self.count, self.count + count):
            wa_id = str(491700000000 + number % 97)
            event_id = CLOCK.new_id(slot_of_key(wa_id))
            body = json.dumps({"value": {"n": number, "text": text}, "field": field}, separators=(",", ":"))
            by_part.setdefault(self.world.part_of(wa_id), []).append(
                Event(event_id, self.endpoint_id, field, self.world.business.waba_id, body)
            )
            ids.append(event_id)
        self.count += count
        for part, events in by_part.items():
            async with transaction(self.world.site.pool(part)) as conn:
                await outbox.add(conn, part, events, datetime.now(UTC))
        return ids

    async def states(self) -> dict[str, int]:
        rows = await self.world.rows(
            "SELECT state, count(*) FROM outbox WHERE part = any($1) AND endpoint_id = $2 GROUP BY state",
            self.world.site.parts, self.endpoint_id,
        )  # fmt: skip
        return {row[0]: row[1] for row in rows}


class Loop:
    """A running webhook loop."""

    def __init__(self, hooks: Hooks, wakes: Wakes, clock: TurnedClock, task: asyncio.Task[None]) -> None:
        self.hooks, self.wakes, self.clock, self.task = hooks, wakes, clock, task

    def wake(self) -> None:
        self.wakes.wake([HOOKS])

    def turn(self, by: timedelta) -> None:
        """Let time pass at once."""
        self.clock.ahead += by
        self.wake()

    async def until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.01)

    async def until_settled(self, owing: Owing, seconds: float = 30) -> None:
        """Wait until nothing is owed."""
        async with asyncio.timeout(seconds):
            while (await owing.states()).get("owed", 0):
                await asyncio.sleep(0.02)

    async def until_attempted(self, world: World, seconds: float = 30) -> None:
        """Wait for the first attempt."""
        async with asyncio.timeout(seconds):
            while not await world.rows("SELECT 1 FROM attempt"):
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def looping(world: World, clock: TurnedClock | None = None) -> AsyncIterator[Loop]:
    """A webhook loop that may call this machine, for the length of the block."""
    clock = clock or TurnedClock()
    wakes = Wakes()
    outbound = Outbound(Permission(loopback=True), clock)
    hooks = Hooks(world.site, world.reference, outbound, wakes, clock)
    loop = Loop(hooks, wakes, clock, asyncio.create_task(hooks.run()))
    try:
        yield loop
    finally:
        await loop.stop()
        await outbound.aclose()


async def listen(world: World, url: str, *, together: int = 1) -> Owing:
    """Let the world's endpoint be at this address, and take so many events in a POST."""
    await world.set_reference(
        "UPDATE endpoint SET callback_url = $2, events_per_post = $3 WHERE endpoint_id = $1",
        world.endpoint_id, url, together,
    )  # fmt: skip
    return Owing(world, world.endpoint_id)


async def another(world: World, url: str, number: int = 2) -> Owing:
    """One more app with an endpoint of its own."""
    endpoint_id = CLOCK.new_id()
    app = App(f"30049302312{number:04d}", world.business.business_id, "Other", SECRET)
    await world.set_reference(
        "INSERT INTO app (app_id, business_id, name, secret, created_at) VALUES ($1, $2, $3, $4, now())",
        app.app_id, app.business_id, app.name, app.secret,
    )  # fmt: skip
    await world.set_reference(
        "INSERT INTO endpoint (endpoint_id, app_id, object, callback_url, verify_token, fields, version, created_at)"
        " VALUES ($1, $2, 'whatsapp_business_account', $3, 'v', '{messages}', 'v24.0', now())",
        endpoint_id, app.app_id, url,
    )  # fmt: skip
    return Owing(world, endpoint_id)
