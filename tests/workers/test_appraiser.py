"""The appraiser: what people do about messages pauses templates, locks them, and gives them and numbers their colours."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from takt.actions.number import Numbers
from takt.actions.template import Templates
from takt.clock import CLOCK, Clock
from takt.core.feedback import slot_of_time
from takt.core.ids import NodeSort
from takt.store import standings
from takt.store.pool import Conn, Pool, transaction
from takt.store.site import Site
from takt.wakes import Wakes
from takt.workers.appraiser import Appraiser, Deciders
from tests.world import NOW, OnePool, World, make_world

OFFER = "400493023125002"
START = NOW - timedelta(days=2)


class SetClock(Clock):
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        super().__init__()
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Stage:
    """A world whose people do something, and the appraiser that looks at it."""

    world: World
    clock: SetClock = field(default_factory=SetClock)

    @property
    def appraiser(self) -> Appraiser:
        world = self.world
        templates = Templates(world.reference, CLOCK.new_id, lambda slot: CLOCK.new_node_id(NodeSort.TEMPLATE, slot))
        deciders = Deciders(templates, Numbers(world.reference, world.site.parts, CLOCK.new_id))
        return Appraiser(world.site, world.reference, deciders, Wakes(), self.clock)

    async def listen(self) -> None:
        fields = [
            "message_template_status_update", "message_template_quality_update", "phone_number_quality_update",
        ]  # fmt: skip
        await self.world.set_reference("UPDATE endpoint SET fields = $1", fields)
        await self.world.set_reference("UPDATE template SET approved_at = $1, created_at = $1", START)

    async def deliver(self, messages: int, *, read: int = 0, at: datetime, part: int = 0, harm: int = 0) -> None:
        """So many messages of the offer were delivered at that time."""
        await self.world.execute(
            "INSERT INTO resonance (part, sender_id, template_id, slot_at, market, category, business_id, delivered,"
            " read, harm) VALUES ($1, $2, $3, $4, 'DE', 'marketing', $5, $6, $7, $8)",
            self.world.site.parts[part], self.world.outreach.sender_id, OFFER, slot_of_time(at),
            self.world.business.business_id, messages, read, harm,
        )  # fmt: skip

    async def block(
        self, count: int, *, delivered: datetime, read: bool = False, weight: int = 1000, part: int = 0,
        at: datetime | None = None,
    ) -> None:  # fmt: skip
        """So many people blocked the sender of a message that was delivered at that time."""
        await self.world.site.everywhere.executemany(
            "INSERT INTO feedback (part, recipient_id, message_id, kind, sender_id, business_id, template_id, category,"
            " market, weight, newcomer, was_read, slot_at, at)"
            " VALUES ($1, $2, $3, 'block', $4, $5, $6, 'marketing', 'DE', $7, false, $8, $9, $10)",
            [
                (
                    self.world.site.parts[part], CLOCK.new_id(), CLOCK.new_id(), self.world.outreach.sender_id,
                    self.world.business.business_id, OFFER, weight, read, slot_of_time(delivered),
                    at or self.clock.at,
                )
                for _ in range(count)
            ],
        )  # fmt: skip

    async def template(self) -> tuple[Any, ...]:
        [row] = await self.world.rows(
            "SELECT status, quality, pauses, paused_until FROM template WHERE template_id = $1", OFFER
        )
        return row

    async def told(self) -> Sequence[tuple[str, Any]]:
        """The events that the company hears, by field, with what they are about."""
        rows = await self.world.rows("SELECT field, body FROM outbox ORDER BY event_id")
        values = [(row[0], json.loads(row[1])["value"]) for row in rows]
        return [(name, one.get("event") or one.get("new_quality_score")) for name, one in values]


@pytest.fixture
async def stage(conn: Conn, parts: tuple[int, ...]) -> Stage:
    """On one connection, rolled back after the test."""
    made = Stage(await make_world(Site(parts, cast("Pool", OnePool(conn)))))
    await made.listen()
    return made


async def test_what_too_many_block_is_paused_and_its_company_told_with_numbers(stage: Stage) -> None:
    old = NOW - timedelta(hours=3)
    await stage.deliver(400, at=old)
    await stage.block(7, delivered=old)
    assert await stage.appraiser.test() == 0, "eight are needed"
    await stage.block(1, delivered=old)
    assert await stage.appraiser.test() == 1
    assert await stage.template() == ("PAUSED", "RED", 1, NOW + timedelta(hours=3))
    assert await stage.told() == [
        ("message_template_quality_update", "RED"), ("message_template_status_update", "PAUSED"),
    ]  # fmt: skip
    [(body,)] = await stage.world.rows("SELECT body FROM outbox WHERE field = 'message_template_status_update'")
    said = json.loads(body)["value"]["other_info"]
    assert said["title"] == "FIRST_PAUSE"
    assert said["description"] == (
        "8 of 400 messages blocked or reported, 0.97 to 3.05 % (90 %); pauses at 8, allowed 0.5 %."
    )
    assert await stage.appraiser.test() == 0, "once is enough"


async def test_people_need_time_so_that_young_deliveries_count_only_when_read(stage: Stage) -> None:
    young = NOW - timedelta(minutes=40)
    await stage.deliver(400, read=30, at=young)
    await stage.block(8, delivered=young)
    assert await stage.appraiser.test() == 0, "nobody who blocked had read it, and the hour is not over"
    stage.clock.at = NOW + timedelta(minutes=40)
    assert await stage.appraiser.test() == 1


async def test_who_read_counts_at_once(stage: Stage) -> None:
    young = NOW - timedelta(minutes=10)
    await stage.deliver(400, read=300, at=young)
    await stage.block(8, delivered=young, read=True)
    assert await stage.appraiser.test() == 1
    assert (await stage.template())[0] == "PAUSED"


async def test_notorious_blockers_brigades_and_second_thoughts_do_not_speak_against_it(stage: Stage) -> None:
    old = NOW - timedelta(hours=3)
    await stage.deliver(400, at=old)
    await stage.block(20, delivered=old, weight=200)
    await stage.block(20, delivered=old, weight=0)
    await stage.block(20, delivered=old)
    await stage.world.execute("UPDATE feedback SET undone_at = $1 WHERE weight = 1000", NOW)
    assert await stage.appraiser.test() == 0


async def test_the_counts_of_all_parts_are_one(stage: Stage) -> None:
    old = NOW - timedelta(hours=3)
    last = len(stage.world.site.parts) - 1
    await stage.deliver(200, at=old)
    await stage.deliver(200, at=old - timedelta(hours=1), part=last)
    await stage.block(4, delivered=old)
    await stage.block(4, delivered=old - timedelta(hours=1), part=last)
    assert await stage.appraiser.test() == 1


async def test_the_third_time_a_person_decides_and_the_company_may_object_for_two_weeks(stage: Stage) -> None:
    await stage.world.set_reference("UPDATE template SET pauses = 2 WHERE template_id = $1", OFFER)
    old = NOW - timedelta(hours=3)
    await stage.deliver(400, at=old)
    await stage.block(9, delivered=old)
    assert await stage.appraiser.test() == 1
    assert (await stage.template())[:3] == ("LOCKED", "RED", 3)
    [(body,)] = await stage.world.rows("SELECT body FROM outbox WHERE field = 'message_template_status_update'")
    said = json.loads(body)["value"]
    assert said["event"] == "LOCKED"
    assert said["other_info"]["description"].endswith("A person decides; objections until 2026-12-06.")


async def test_a_trial_begins_anew_when_a_template_was_let_go(stage: Stage) -> None:
    old = NOW - timedelta(hours=3)
    await stage.deliver(400, at=old)
    await stage.block(9, delivered=old)
    await stage.world.set_reference("UPDATE template SET tried_since = $1", NOW - timedelta(hours=2))
    assert await stage.appraiser.test() == 0


async def test_templates_and_numbers_are_graded_and_red_ones_flagged(stage: Stage) -> None:
    await stage.deliver(1000, at=NOW - timedelta(hours=3), harm=60_000)
    await stage.appraiser.grade()
    assert (await stage.template())[:2] == ("FLAGGED", "RED")
    assert await stage.world.rows("SELECT quality, quality_at FROM sender ORDER BY sender_id") == [
        ("RED", NOW), ("UNKNOWN", None),
    ]  # fmt: skip
    assert await stage.told() == [
        ("message_template_quality_update", "RED"), ("message_template_status_update", "FLAGGED"),
        ("phone_number_quality_update", "FLAGGED"),
    ]  # fmt: skip


async def test_a_colour_stands_for_six_hours(stage: Stage) -> None:
    await stage.deliver(1000, at=NOW - timedelta(hours=3), harm=60_000)
    await stage.appraiser.grade()
    await stage.deliver(60_000, at=NOW)
    stage.clock.at = NOW + timedelta(hours=5)
    await stage.appraiser.grade()
    assert (await stage.template())[1] == "RED"
    stage.clock.at = NOW + timedelta(hours=6)
    await stage.appraiser.grade()
    assert (await stage.template())[:2] == ("APPROVED", "GREEN")
    assert ("phone_number_quality_update", "UNFLAGGED") in await stage.told()


async def test_few_messages_say_nothing(stage: Stage) -> None:
    await stage.deliver(40, at=NOW - timedelta(hours=3), harm=20_000)
    await stage.appraiser.grade()
    assert (await stage.template())[1] == "UNKNOWN"
    assert await stage.told() == []


async def test_the_past_fades_by_half_in_28_days_and_is_forgotten_after_112(stage: Stage) -> None:
    await stage.deliver(1000, at=NOW - timedelta(days=28), harm=60_000)
    await stage.deliver(400, at=NOW - timedelta(days=56))
    await stage.deliver(9999, at=NOW - timedelta(days=112, hours=1))
    snapshot = await stage.world.reference.fresh(cast("Conn", stage.world.site.everywhere))
    [one] = await standings.portions(stage.world.site, snapshot, NOW)
    assert one.evidence.messages == pytest.approx(600, rel=1e-3)
    assert one.evidence.harm == pytest.approx(30, rel=1e-3)


async def test_old_counts_are_kept_by_the_day_and_nothing_is_lost(stage: Stage) -> None:
    day = datetime(NOW.year, NOW.month, 1, tzinfo=NOW.tzinfo) - timedelta(days=20)
    for hours in (0, 1, 5):
        await stage.deliver(10, read=4, at=day + timedelta(hours=hours), harm=100)
    await stage.deliver(7, at=NOW - timedelta(days=3))
    await stage.deliver(9, at=NOW - timedelta(days=500))
    for _ in range(2):
        for part in stage.world.site.parts:
            async with transaction(stage.world.site.pool(part)) as conn:
                await standings.compact(conn, part, NOW)
    assert await stage.world.rows("SELECT slot_at, delivered, read, harm FROM resonance ORDER BY slot_at") == [
        (day, 30, 12, 300), (NOW - timedelta(days=3), 7, 0, 0),
    ]  # fmt: skip
