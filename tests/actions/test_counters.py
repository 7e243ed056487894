"""Counts against PostgreSQL: places 1 to n without hole or repeat, whoever captures at once; and a model beside them."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takt.actions.expire import Expire
from takt.clock import CLOCK
from takt.core.charging import CountKey
from takt.core.tariff import tariff
from takt.store import counters
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from tests.pricing import counters as counted
from tests.pricing import deliver, document, holds, pay_by, prices, sent, stepped
from tests.world import FUNDS, NOW, Somebody, World, template_to, twins

STEPS = ((0, 50_000), (3, 20_000), (7, 60_000))
CARD = document(
    stepped("n", *STEPS, category="utility"),
    stepped("m", (0, 0), (4, 30_000), category="marketing"),
    {"price": 10_000},
    counters={"n": {"scope": "contract"}, "m": {"scope": "sender"}},
)


async def test_places_have_no_hole_and_no_repeat_however_many_capture_at_once(world: World) -> None:
    """Invariant 11: people of all parts receive at the same moment, on connections of their own."""
    await pay_by(world, CARD)
    people: list[Somebody] = []
    for place in range(12):
        part = world.site.parts[place % len(world.site.parts)]
        people.append(await world.add_person(world.numbers(part, 12)[place]))
    for person in people:
        await sent(world, *(template_to(world, person.wa_id) for _ in range(3)))
    async with twins(world):
        await asyncio.gather(*(deliver(world, one, through) for through in (1, 2, 3, 3) for one in people))
    found = await holds(world)
    assert sorted(ordinal or 0 for _, _, _, ordinal in found.values()) == list(range(1, 37))
    assert await counted(world) == {"n@2026-11-01": 36}
    assert sum(micros or 0 for _, _, micros, _ in found.values()) == tariff(STEPS).total(36)
    assert await world.money() == (FUNDS - tariff(STEPS).total(36), 0)
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []


async def test_a_batch_that_rolls_back_leaves_no_hole(world: World) -> None:
    """The next batch gets the places that the broken one had."""
    key = CountKey(*world.payer, "n", NOW.date().replace(day=1))
    async with transaction(world.site.everywhere) as conn:
        assert await counters.move_on(conn, {key: 2}) == {key: 0}
    async with world.site.everywhere.acquire() as conn:
        broken = conn.transaction()
        await broken.start()
        assert await counters.move_on(conn, {key: 5}) == {key: 2}
        await broken.rollback()
        assert await counters.read(conn, [key]) == {key: 2}
    async with transaction(world.site.everywhere) as conn:
        assert await counters.move_on(conn, {key: 1}) == {key: 2}


@dataclass
class Letter:
    """What the model knows of a message."""

    person: int
    cursor: int
    category: str
    expires_at: datetime
    state: str = "held"
    ordinal: int = 0


@dataclass
class Model:
    """Counts as whole numbers, and which messages were delivered in which order."""

    now: datetime = NOW
    letters: dict[UUID, Letter] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def deliver(self, person: int, through: int) -> None:
        for letter in sorted(self.letters.values(), key=lambda one: one.cursor):
            if letter.person == person and letter.cursor <= through and letter.state in ("held", "released"):
                letter.state = "captured"
                self.counts[letter.category] += 1
                letter.ordinal = self.counts[letter.category]

    def expire(self) -> None:
        for letter in self.letters.values():
            if letter.state == "held" and letter.expires_at <= self.now:
                letter.state = "released"

    def cost(self) -> int:
        utility, marketing = tariff(STEPS), tariff(((0, 0), (4, 30_000)))
        return utility.total(self.counts["utility"]) + marketing.total(self.counts["marketing"])


STEP = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 1), st.sampled_from(["utility", "marketing"])),
    st.tuples(st.just("deliver"), st.integers(0, 1), st.integers(0, 12)),
    st.tuples(st.just("expire"), st.integers(0, 50), st.just(0)),
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(history=st.lists(STEP, min_size=4, max_size=24))
async def test_any_history_of_counts_comes_out_as_the_model_says(world: World, history: list[Any]) -> None:
    """Invariants 10 and 11 against PostgreSQL: places, prices, holds and wallet after any history."""
    people = await _begin(world)
    model, cursors = Model(), [0, 0]
    for name, one, two in history:
        match name:
            case "send":
                template = {"utility": "order_update", "marketing": "autumn_offer"}[two]
                (message_id,) = await sent(world, template_to(world, people[one].wa_id, template), now=model.now)
                cursors[one] += 1
                model.letters[message_id] = Letter(one, cursors[one], two, model.now + timedelta(hours=1))
            case "deliver":
                await deliver(world, people[one], two, model.now)
                model.deliver(one, two)
            case _:
                model.now += timedelta(minutes=one)
                for part in world.site.parts:
                    async with transaction(world.site.pool(part)) as conn:
                        await Expire(world.reference, CLOCK.new_id)(conn, part, model.now)
                model.expire()
    await _compare(world, model)


async def _begin(world: World) -> list[Somebody]:
    """New people who allow marketing, and books without an entry."""
    await world.execute("DELETE FROM outbox")
    await world.execute("DELETE FROM hold")
    await world.execute("DELETE FROM message")
    await world.execute("DELETE FROM counter")
    await world.execute("UPDATE pace SET tat = $1", NOW - timedelta(hours=1))
    await world.execute(
        "UPDATE account SET posted_micros = $1, pending_micros = 0 WHERE kind = 'spend'", FUNDS
    )  # fmt: skip
    await pay_by(world, CARD)
    taken = await world.count("recipient")
    parts = [world.site.parts[0], world.site.parts[-1]]
    people = [await world.add_person(world.numbers(part, taken + 2)[taken + n]) for n, part in enumerate(parts)]
    for person in people:
        await world.set_marketing(person, granted=True)
    return people


async def _compare(world: World, model: Model) -> None:
    found, kept = await holds(world), await prices(world)
    for message_id, letter in model.letters.items():
        state, amount, micros, ordinal = found[message_id]
        assert (state, ordinal or 0) == (letter.state, letter.ordinal)
        assert micros is None or micros == kept[message_id].get("price_micros", amount) <= amount
    assert {key.partition("@")[0].partition(":")[0]: n for key, n in (await counted(world)).items()} == {
        {"utility": "n", "marketing": "m"}[category]: n for category, n in model.counts.items()
    }
    held = sum(one[1] for one in found.values() if one[0] == "held")
    assert await world.money() == (FUNDS - model.cost(), held)
