"""The loop that makes previews: in a process of its own, one at a time, in bounded time, and never twice."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from takt.actions.policy_change import AskPreview, PolicyChanges, Propose
from takt.actions.previewing import gather
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.proposal import Actor, fold
from takt.core.tact import parse_policy, render_policy
from takt.rehearsal.job import Came, Job
from takt.store import proposals
from takt.store.pool import transaction
from takt.wakes import Wakes
from takt.workers import previewer
from takt.workers.previewer import NotMade, Previewer, in_a_process
from tests.world import OPEN, World, template_to

OLGA = Actor("Olga")
STRICT = render_policy(parse_policy({"caps": {"person_per_day": 0}, "waiting": {"wait_h": 0}}))


async def propose(world: World, document: Any = STRICT) -> UUID:
    proposal_id = CLOCK.new_id()
    async with transaction(world.site.everywhere) as conn:
        command = Propose(proposal_id, OLGA, document, CLOCK.new_id())
        await PolicyChanges(world.reference)(conn, 0, [command], CLOCK.now(), again=False)
    return proposal_id


async def preview_of(world: World, proposal_id: UUID) -> proposals.Preview:
    async with world.site.everywhere.acquire() as conn:
        found = await proposals.newest_preview(conn, proposal_id)
    assert found is not None
    return found


def loop(world: World, compute: Any = in_a_process) -> Previewer:
    return Previewer(world.site, world.reference, Wakes(), CLOCK, pairs=2, compute=compute)


async def test_a_preview_is_made_in_a_process_of_its_own_from_what_is_on_record(world: World) -> None:
    for part in world.site.parts:
        (wa_id,) = world.numbers(part, 1)
        person = await world.add_person(wa_id)
        await world.set_marketing(person, granted=True)
        send = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        async with transaction(world.site.pool(part)) as conn:
            await send(conn, part, [template_to(world, wa_id, "autumn_offer", "20 %")], CLOCK.now(), again=False)
    proposal_id = await propose(world)
    assert await loop(world).look()
    made = await preview_of(world, proposal_id)
    assert made.state == "done", made.fault
    assert made.result is not None
    recorded, count = made.result["recorded"], len(world.site.parts)
    assert (recorded["messages"], recorded["now"]["out"], recorded["then"]["refused"]) == (count, count, count)
    assert recorded["reasons"] == [{"reason": "cap_of_person", "now": 0, "then": count}]
    async with world.site.everywhere.acquire() as conn:
        standing = fold(await proposals.acts(conn, proposal_id))
    assert standing.outcome is not None
    assert standing.outcome.preview_id == made.preview_id
    assert not await loop(world).look(), "there is nothing more to do"


async def test_the_decisions_of_admission_are_read_with_what_came_of_them(world: World) -> None:
    await world.set_policy({**OPEN, "admission": {"mode": "cap"}})
    for part in world.site.parts:
        (wa_id,) = world.numbers(part, 1)
        person = await world.add_person(wa_id)
        await world.set_marketing(person, granted=True)
        send = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        async with transaction(world.site.pool(part)) as conn:
            await send(conn, part, [template_to(world, wa_id, "autumn_offer", "20 %")], CLOCK.now(), again=False)
    soon = await gather(world.site, world.reference, STRICT, CLOCK.now(), seeds=2)
    assert soon.choices == (), "what people do about them is not known yet"
    later = await gather(world.site, world.reference, STRICT, CLOCK.now() + timedelta(days=3), seeds=2)
    assert {one.message_id for one in later.choices} == {one.message_id for one in later.lines}
    assert {(one.mode, one.let_out, one.passed, one.used) for one in later.choices} == {("cap", True, True, False)}
    assert later.model is not None
    assert later.model["version"] == 0


async def test_serving_goes_on_while_a_preview_is_computed(world: World) -> None:
    """The loop awaits another process: this one's event loop is free all the time."""
    await propose(world)
    looking = asyncio.create_task(loop(world).look())
    turns = 0
    while not looking.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert await looking
    assert turns > 10


async def test_one_that_takes_too_long_is_ended_and_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewer, "PREVIEW_S_MAX", 0.01)
    proposal_id = await propose(world)
    assert await loop(world).look()
    made = await preview_of(world, proposal_id)
    assert (made.state, made.fault) == ("failed", "it took longer than 0.01 seconds")


async def test_one_that_fails_can_be_asked_for_again(world: World) -> None:
    async def fails(_job: Job) -> Came:
        raise NotMade("no twin today")

    proposal_id = await propose(world)
    assert await loop(world, fails).look()
    assert (await preview_of(world, proposal_id)).fault == "no twin today"
    async with transaction(world.site.everywhere) as conn:
        ask = AskPreview(proposal_id, OLGA, CLOCK.new_id())
        await PolicyChanges(world.reference)(conn, 0, [ask], CLOCK.now(), again=False)

    async def comes(_job: Job) -> Came:
        return Came(within=True, result={"recorded": None, "logged": None, "ahead": None})

    assert await loop(world, comes).look()
    assert (await preview_of(world, proposal_id)).state == "done"


async def test_two_loops_do_not_make_one_preview_twice(world: World) -> None:
    made = 0

    async def counts(_job: Job) -> Came:
        nonlocal made
        made += 1
        await asyncio.sleep(0.2)
        return Came(within=True, result={"recorded": None, "logged": None, "ahead": None})

    await propose(world)
    assert sorted(await asyncio.gather(loop(world, counts).look(), loop(world, counts).look())) == [False, True]
    assert made == 1


async def test_a_broken_job_says_why(world: World) -> None:
    job = await gather(world.site, world.reference, {"caps": 1}, CLOCK.now(), seeds=2)
    with pytest.raises(NotMade, match="caps"):
        await in_a_process(job)
