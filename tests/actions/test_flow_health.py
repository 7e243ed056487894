"""What the company of a flow hears when its endpoint gets slow or silent, and when it is better again."""

import json
from datetime import datetime, timedelta

from takt.actions.flow import Command, Count, Flows, Publish
from takt.clock import CLOCK
from takt.core.flow_health import WINDOW
from takt.store import flows
from takt.store.flows import NewFlow, Written
from takt.store.pool import transaction
from tests.world import NOW, World

FLOW_ID = "500000000000001"
ANSWERED = Count(FLOW_ID, failed=False, took_ms=40)
SLOW = Count(FLOW_ID, failed=False, took_ms=1500)
SILENT = Count(FLOW_ID, failed=True, took_ms=None)


async def publish(world: World) -> None:
    await world.set_reference("UPDATE endpoint SET fields = '{flows}'")
    written = Written("{}", "[]", "7.3", None)
    flow = NewFlow(
        FLOW_ID, world.business.business_id, None, "Anprobe", ("OTHER",), "PUBLISHED", written, "https://nord.example", "k"
    )  # fmt: skip
    async with transaction(world.site.everywhere) as conn:
        await flows.add(conn, flow, NOW, NOW)


async def count(world: World, at: datetime, *commands: Command) -> list[tuple[str, int, str]]:
    """What is told of these exchanges: event, threshold and state."""
    action, part = Flows(world.reference, CLOCK.new_id), world.business.contract_part
    async with transaction(world.site.pool(part)) as conn:
        done = await action(conn, part, list(commands), at, again=False)
    assert done.answers == [None] * len(commands)
    bodies = await world.rows("DELETE FROM outbox WHERE part = $1 RETURNING event_id, body", part)
    told = [json.loads(body)["value"] for _, body in sorted(bodies)]
    return [(one["event"], one["threshold"], one["alert_state"]) for one in told if "threshold" in one]


async def test_a_slow_endpoint_is_told_of_once_and_when_it_is_better(world: World) -> None:
    await publish(world)
    assert await count(world, NOW, *[SLOW] * 20) == [("ENDPOINT_LATENCY", 1000, "ACTIVATED")]
    assert await count(world, NOW, *[SLOW] * 5, *[ANSWERED] * 100) == []
    assert await count(world, NOW + WINDOW, *[ANSWERED] * 20) == [("ENDPOINT_LATENCY", 1000, "DEACTIVATED")]
    assert await world.count("flow_alert") == 0


async def test_an_endpoint_that_falls_silent_is_told_of_beside_its_errors(world: World) -> None:
    await publish(world)
    told = await count(world, NOW, *[ANSWERED] * 17, *[SILENT] * 3)
    assert sorted(told) == [("ENDPOINT_AVAILABILITY", 90, "ACTIVATED"), ("ENDPOINT_ERROR_RATE", 10, "ACTIVATED")]
    later = await count(world, NOW + timedelta(hours=2), *[ANSWERED] * 20)
    assert sorted(later) == [("ENDPOINT_AVAILABILITY", 90, "DEACTIVATED"), ("ENDPOINT_ERROR_RATE", 10, "DEACTIVATED")]


async def test_publishing_again_forgives(world: World) -> None:
    await publish(world)
    assert len(await count(world, NOW, *[SILENT] * 20)) == 2
    assert await world.count("flow_alert") == 2
    assert await count(world, NOW, Publish(FLOW_ID)) == []
    assert (await world.count("flow_alert"), await world.count("flow_count")) == (0, 0)
    assert len(await count(world, NOW, *[SILENT] * 20)) == 2
