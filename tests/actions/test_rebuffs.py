"""What is refused at once leaves no message, but that it was refused: bounded, and for so long."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from takt.actions.expire import Expire
from takt.clock import CLOCK
from takt.core.message import SendMessage
from takt.store import rebuffs
from takt.store.pool import transaction
from takt.store.rebuffs import PLACES_MAX, Rebuff, place_of
from takt.wakes import Wakes
from takt.wire import record
from takt.workers import sweep
from takt.workers.sweep import Sweeper
from tests.actions.locking import somebody_waits
from tests.actions.sending import counts, reasons, send
from tests.world import NOW, World, template_to, text_to, twins

MINUTE = NOW.replace(second=0, microsecond=0)


def at_once(command: SendMessage) -> SendMessage:
    """The same, with every verdict asked for at once."""
    return replace(command, verdict_at_once=True)


async def kept(world: World) -> list[tuple[object, ...]]:
    return await world.rows(
        "SELECT reason, wa_id, known, times, message_id FROM rebuff WHERE part = any($1) ORDER BY reason, place",
        world.site.parts,
    )


async def test_what_is_told_at_once_is_kept_whole_beside_no_message(rolled_back: World) -> None:
    world, before = rolled_back, await counts(rolled_back)
    mara = await world.add_person(world.numbers(world.site.parts[-1], 1)[0])
    asked = at_once(replace(template_to(world, mara.wa_id, "autumn_offer", "Jacken"), callback="Kampagne 7"))
    missing = template_to(world, mara.wa_id, "no_such")
    async with twins(world):
        assert reasons(await send(world, asked, missing)) == ["marketing_not_granted", "template_missing"]
    assert await counts(world) == before
    rows = await world.rows(
        "SELECT minute, sender_id, reason, message_id, business_id, wa_id, known, type, category, template_id, callback, at,"
        " times FROM rebuff WHERE part = $1 ORDER BY reason",
        mara.part,
    )
    whose = (world.business.business_id, mara.wa_id, True, "template")
    assert rows == [
        (MINUTE, world.outreach.sender_id, "marketing_not_granted", asked.message_id, *whose, "marketing", "400493023125002",
         "Kampagne 7", NOW, 1),
        (MINUTE, world.outreach.sender_id, "template_missing", missing.message_id, *whose, "service", None, None, NOW, 1),
    ]  # fmt: skip
    ((facts, pricing),) = await world.rows(
        "SELECT facts, pricing FROM rebuff WHERE part = $1 AND template_id <> ''", mara.part
    )
    assert record.decode_facts(facts).tact_version == 1
    assert record.decode_quote(pricing).category == "marketing"


async def test_what_passes_or_is_told_later_leaves_nothing_here(rolled_back: World) -> None:
    mara = await rolled_back.add_person(rolled_back.numbers(rolled_back.site.parts[0], 1)[0])
    answers = await send(rolled_back, template_to(rolled_back, mara.wa_id), text_to(rolled_back, mara.wa_id))
    assert reasons(answers) == [None, "window_closed"]
    assert await kept(rolled_back) == []


async def test_the_same_is_counted_within_its_minute_and_the_first_stays(rolled_back: World) -> None:
    world = rolled_back
    mara = await world.add_person(world.numbers(world.site.parts[-1], 1)[0])
    first, *others = [at_once(text_to(world, mara.wa_id)) for _ in range(7)]
    await send(world, first, *others[:2])
    await send(world, *others[2:])
    assert await kept(world) == [("window_closed", mara.wa_id, True, 7, first.message_id)]


async def test_a_flood_to_anybody_takes_so_many_rows_and_no_more(rolled_back: World) -> None:
    """Five hundred numbers, twice: what a company makes of it in a minute is bounded, and all of it is counted."""
    world, part = rolled_back, rolled_back.site.parts[0]
    numbers = world.numbers(part, 500)
    for _ in range(2):
        await send(world, *(at_once(text_to(world, wa_id, "x")) for wa_id in numbers))
    rows = await kept(world)
    assert len(rows) <= max(1, PLACES_MAX // len(world.site.parts))
    assert sum(int(str(row[3])) for row in rows) == 1_000
    assert {row[2] for row in rows} == {False}


def test_places_are_few_in_all_parts_together() -> None:
    for parts in (1, 4, 64):
        places = {place_of(str(number), None, "spring", parts) for number in range(2_000)}
        assert places == set(range(max(1, 16 // parts)))
    assert len({place_of("1", template, None, 1) for template in map(str, range(50))}) > 1


async def test_batches_that_count_the_same_at_once_wait_for_one_another(world: World) -> None:
    """Whoever comes second waits at the first place and holds none behind it, so that neither ends the other."""
    part = world.site.parts[0]
    first, second = (one_at(world, part, place) for place in (0, 1))
    async with transaction(world.site.pool(part)) as conn:
        await rebuffs.add(conn, part, [first], NOW)
        other = asyncio.create_task(add_both(world, part, second, first))
        await somebody_waits(world)
        await rebuffs.add(conn, part, [second], NOW)
    await other
    assert [row[3] for row in await kept(world)] == [2, 2]


def one_at(world: World, part: int, place: int) -> Rebuff:
    """A refusal at this place."""
    (wa_id,) = world.numbers(part, 1)
    whose = (world.business.business_id, wa_id, True, "text", "service", None, None)
    return Rebuff(world.outreach.sender_id, "window_closed", place, CLOCK.new_id_beside(wa_id), *whose, "{}", None)


async def add_both(world: World, part: int, *ones: Rebuff) -> None:
    async with transaction(world.site.pool(part)) as conn:
        await rebuffs.add(conn, part, ones, NOW)


def sweeper(world: World, later: timedelta) -> Sweeper:
    return Sweeper(world.site, Expire(world.reference, CLOCK.new_id), Wakes(), lambda: NOW + later)


@pytest.mark.parametrize(
    ("later", "numbers", "rows"),
    [(timedelta(days=6), 6, 6), (timedelta(days=8), 3, 6), (timedelta(weeks=15), 3, 6), (timedelta(weeks=17), 0, 0)],
)
async def test_numbers_of_nobody_go_after_a_week_and_all_after_sixteen(
    rolled_back: World, monkeypatch: pytest.MonkeyPatch, later: timedelta, numbers: int, rows: int
) -> None:
    monkeypatch.setattr(sweep, "REBUFFS_MAX", 1)
    world, part = rolled_back, rolled_back.site.parts[0]
    for place, wa_id in enumerate(world.numbers(part, 6)):
        if place % 2:
            await world.add_person(wa_id)
        await add(world, part, wa_id, place)
    await sweeper(world, later).forget(part)
    left = await kept(world)
    assert (sum(row[1] != "" for row in left), len(left)) == (numbers, rows)


async def add(world: World, part: int, wa_id: str, place: int) -> UUID:
    """One refusal to this number, at a place of its own."""
    command = at_once(text_to(world, wa_id))
    await send(world, command)
    await world.execute(
        "UPDATE rebuff SET place = $3 WHERE part = $1 AND message_id = $2", part, command.message_id, 100 + place
    )
    return command.message_id
