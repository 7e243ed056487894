"""A company asks what did not go out: counted by template, campaign or sender, with the rule, the forecast, the remedy."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from takt.actions.send import Send
from takt.clock import CLOCK
from takt.store.pool import transaction
from tests.cloud import FOREIGN, OPERATOR, TOKEN, Cloud, open_cloud
from tests.world import World, template_to

AT = "/takt/v1/refusals"


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        yield opened


async def send(world: World, wa_id: str, callback: str | None = None, *, at_once: bool = False) -> None:
    """Advertising to somebody who never allowed it."""
    command = replace(template_to(world, wa_id, "autumn_offer", "20 %"), callback=callback, verdict_at_once=at_once)
    part = world.part_of(wa_id)
    action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
    async with transaction(world.site.pool(part)) as conn:
        await action(conn, part, [command], CLOCK.now(), again=False)


async def refused(cloud: Cloud, **query: Any) -> list[Any]:
    answer = await cloud.get(AT, **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


async def test_what_was_refused_is_counted_with_rule_reason_forecast_and_remedy(cloud: Cloud, world: World) -> None:
    for part in world.site.parts:
        (wa_id,) = world.numbers(part, 1)
        await world.add_person(wa_id)
        await send(world, wa_id, "autumn")
    (one,) = await refused(cloud)
    assert (one["count"], one["status"]) == (len(world.site.parts), "failed")
    assert (one["rule"], one["reason"]["name"]) == ("marketing_consent", "marketing_not_granted")
    assert one["forecast"] == "As soon as that is changed; waiting alone does not help."
    assert one["remedy"].startswith("Ask for the opt-in")
    assert one["newest"]["figure"] == "no opt-in on record"
    assert one["newest"]["message"].startswith("wamid.")
    (german,) = await refused(cloud, locale="de")
    assert german["forecast"] == "Sobald das geändert ist; Warten allein hilft nicht."


async def test_by_campaign_and_by_sender(cloud: Cloud, world: World) -> None:
    (wa_id,) = world.numbers(world.site.parts[0], 1)
    await world.add_person(wa_id)
    for callback in ("spring", "autumn", "autumn"):
        await send(world, wa_id, callback)
    assert [(one["campaign"], one["count"]) for one in await refused(cloud, by="campaign")] == [
        ("autumn", 2), ("spring", 1),
    ]  # fmt: skip
    assert [(one["sender"], one["count"]) for one in await refused(cloud, by="sender")] == [
        (world.outreach.sender_id, 3)
    ]


async def test_what_was_told_at_once_counts_as_well(cloud: Cloud, world: World) -> None:
    """Beside what was told later, and with the newest of it for the numbers; which can be explained as any other."""
    (wa_id,) = world.numbers(world.site.parts[0], 1)
    await world.add_person(wa_id)
    await send(world, wa_id, "autumn")
    for _ in range(3):
        await send(world, wa_id, "autumn", at_once=True)
    await send(world, wa_id, "spring", at_once=True)
    assert [(one["campaign"], one["count"]) for one in await refused(cloud, by="campaign")] == [
        ("autumn", 4), ("spring", 1),
    ]  # fmt: skip
    ((sender, one),) = [(one["sender"], one) for one in await refused(cloud, by="sender")]
    assert (sender, one["count"], one["status"]) == (world.outreach.sender_id, 5, "failed")
    assert (one["rule"], one["newest"]["figure"]) == ("marketing_consent", "no opt-in on record")
    assert (await cloud.get(AT, FOREIGN)).json()["data"] == []
    later = (CLOCK.now() + timedelta(hours=1)).isoformat()
    assert await refused(cloud, since=later, until=(CLOCK.now() + timedelta(hours=2)).isoformat()) == []


async def test_only_within_the_time_and_only_ones_own(cloud: Cloud, world: World) -> None:
    (wa_id,) = world.numbers(world.site.parts[0], 1)
    await world.add_person(wa_id)
    await send(world, wa_id)
    later = (CLOCK.now() + timedelta(hours=1)).isoformat()
    assert await refused(cloud, since=later, until=(CLOCK.now() + timedelta(hours=2)).isoformat()) == []
    assert (await cloud.get(AT, FOREIGN)).json()["data"] == []
    assert (await cloud.get(AT, OPERATOR)).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"by": "moon"}, "by"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-24T12:00:00"}, "since"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2026-11-24T12:00:00Z"}, "since"),
        ({"since": "2026-11-24T12:00:00Z", "until": "2026-11-24T12:00:00Z"}, "since"),
        ({"until": "\x00"}, "until"),
        ({"locale": "fr"}, "locale"),
    ],
)
async def test_what_is_wrong_is_named(cloud: Cloud, query: dict[str, str], field: str) -> None:
    answer = await cloud.get(AT, TOKEN, **query)
    assert answer.status_code == 400
    assert answer.json()["error"]["error_data"]["details"].startswith(field)
