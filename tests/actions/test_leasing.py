"""Leases on a real database of four parts: they spare the wallet, and neither a race nor a stop is passed by them."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takt.actions import leasing
from takt.actions.leasing import Flows
from takt.actions.send import Send
from takt.actions.spending import SetPlan, Spending
from takt.clock import CLOCK
from takt.core import lease
from takt.core import ledger as rules
from takt.core.entries import BANK, SPEND, Entry, EntryKind
from takt.core.message import Accepted
from takt.core.spending import Plan
from takt.store import journal, leases, ledger
from takt.store.audit import ledger_faults
from takt.store.journal import OverspentError
from takt.store.ledger import Cost, Hold
from takt.store.pool import DecideAgainError, transaction
from takt.store.site import PARTS, Site
from tests.world import FUNDS, NOW, UTILITY, Somebody, World, make_world, template_to

RICH = 1_000_000_000
PARTS_HERE = PARTS[4]
TENTH = timedelta(seconds=0.1)


@pytest.fixture
async def world(site: Site) -> World:
    """Four parts, whatever the variant, and money enough for leases."""
    world = await make_world(Site(PARTS_HERE, site.everywhere))
    await top_up(world, RICH - FUNDS)
    return world


async def top_up(world: World, micros: int) -> None:
    async with transaction(world.site.everywhere) as conn:
        await ledger.add_top_up(conn, world.payer, CLOCK.new_id(), micros, "", NOW)


async def pay_back(world: World, micros: int) -> None:
    async with transaction(world.site.everywhere) as conn:
        kind = EntryKind.PAYMENT
        await journal.book(conn, [Entry(world.payer, CLOCK.new_id(), kind, SPEND, BANK, micros, "EUR", NOW)], NOW)


async def hold(
    world: World, part: int, count: int, now: datetime, flows: Flows, *, again: bool = False
) -> list[Hold]:  # fmt: skip
    """What a send does with money: as many messages as the wallet covers. Decides again as a lane does."""
    holds: list[Hold] = []
    try:
        async with transaction(world.site.pool(part)) as conn:
            wallets = await leasing.wallets(conn, [world.payer], now, PARTS_HERE if again else ())
            for _ in range(count):
                held = rules.hold(wallets[world.payer], UTILITY)
                if held is None and not again and wallets[world.payer].leased_micros:
                    raise leasing.LeasedError
                if held is not None:
                    wallets[world.payer] = held.wallet
                    holds.append(Hold(CLOCK.new_id(), world.payer, UTILITY, "EUR", "utility", "DE", "card", 1, 3))
            await ledger.add_holds(conn, part, holds, now)
            await leasing.reserve(conn, part, holds, wallets, None if again else flows, now)
    except (DecideAgainError, asyncpg.DeadlockDetectedError):
        return await hold(world, part, count, now, flows, again=True)
    return holds


async def flow(world: World, part: int, flows: Flows, count: int = 1, batches: int = 3, now: datetime = NOW) -> int:
    """Batches in a row, so that a lease is granted; how many messages."""
    return sum([len(await hold(world, part, count, now + n * TENTH, flows)) for n in range(batches)])


async def faults(world: World) -> list[str]:
    async with world.site.everywhere.acquire() as conn:
        return await ledger_faults(conn, PARTS_HERE)


async def rests(world: World) -> list[int]:
    return [rest for (rest,) in await world.rows("SELECT granted_micros - used_micros FROM lease WHERE is_open")]


async def test_a_batch_on_a_lease_leaves_the_wallet_alone(world: World) -> None:
    flows = Flows()
    sent = await flow(world, 1, flows)
    [rest] = await rests(world)
    assert await world.money() == (RICH, sent * UTILITY + rest)
    async with transaction(world.site.everywhere) as conn:
        await ledger.wallets(conn, [world.payer], NOW, locked=True)
        held = await asyncio.wait_for(hold(world, 1, 2, NOW + 3 * TENTH, flows), 30)
    assert await world.money() == (RICH, sent * UTILITY + rest)
    assert await rests(world) == [rest - 2 * UTILITY]
    async with transaction(world.site.everywhere) as conn:
        costs = {one.message_id: Cost() for one in held}
        await ledger.settle(conn, 1, await ledger.capture_holds(conn, 1, costs, NOW), (), NOW)
    assert await world.money() == (RICH - 2 * UTILITY, sent * UTILITY + rest - 2 * UTILITY)
    assert await faults(world) == []


async def test_what_is_over_comes_back_and_is_used_no_more(world: World) -> None:
    flows = Flows()
    sent = await flow(world, 0, flows) + await flow(world, 2, flows)
    over = NOW + TENTH + lease.VALID
    for part in PARTS_HERE:
        async with transaction(world.site.pool(part)) as conn:
            assert await leasing.lapse(conn, part, over - timedelta(microseconds=1)) == 0
            assert await leasing.lapse(conn, part, over) == (part in (0, 2))
    assert await world.money() == (RICH, sent * UTILITY)
    assert await world.rows("SELECT count(*) FROM lease WHERE granted_micros <> used_micros + returned_micros") == [
        (0,)
    ]
    assert await faults(world) == []


async def test_a_lease_holds_until_its_time_and_no_longer(world: World) -> None:
    await flow(world, 0, Flows())
    [(until,)] = await world.rows("SELECT valid_until FROM lease")
    async with transaction(world.site.everywhere) as conn:
        assert await leases.use(conn, 0, {world.payer: UTILITY}, until) == set()
        assert await leases.use(conn, 0, {world.payer: UTILITY}, until - timedelta(microseconds=1)) == {world.payer}


async def test_a_send_is_not_refused_for_money_that_lies_in_a_lease(world: World) -> None:
    await flow(world, 0, Flows())
    [rest] = await rests(world)
    _, pending = await world.money()
    await pay_back(world, RICH - pending)
    who = await world.add_person(world.numbers(2, 1)[0])
    action, command = Send(world.reference, CLOCK.new_id, len(PARTS_HERE)), template_to(world, who.wa_id)
    with pytest.raises(leasing.LeasedError):
        async with transaction(world.site.pool(2)) as conn:
            await action(conn, 2, [command], NOW, again=False)
    async with transaction(world.site.pool(2)) as conn:
        [answer] = (await action(conn, 2, [command], NOW, again=True)).answers
    assert isinstance(answer, Accepted)
    assert await rests(world) == []
    assert await world.money() == (pending, pending - rest + UTILITY)
    assert await faults(world) == []


async def test_the_database_itself_refuses_more_than_was_granted(world: World) -> None:
    await flow(world, 0, Flows())
    with pytest.raises(asyncpg.CheckViolationError, match="lease_limit"):
        await world.execute("UPDATE lease SET used_micros = granted_micros + 1")


async def test_the_audit_names_a_wrong_lease(world: World) -> None:
    await flow(world, 0, Flows())
    await world.execute("UPDATE lease SET used_micros = used_micros - 3, granted_micros = granted_micros + 4")
    found = await faults(world)
    assert len(found) == 2
    assert "aside, its holds" in found[0]
    assert "its leases" in found[1]


async def test_parts_that_race_spend_what_there_is_and_no_more(world: World) -> None:
    flows, room = Flows(), 900
    await pay_back(world, RICH - room * UTILITY)

    async def run(part: int) -> int:
        return sum([len(await hold(world, part, 1 + n % 3, NOW + n * TENTH / 10, flows)) for n in range(150)])

    sent = await asyncio.gather(*(run(part) for part in PARTS_HERE))
    assert sum(sent) == room, "all of it, for what lies in leases is called in, and no more"
    assert await world.money() == (room * UTILITY, room * UTILITY)
    assert await faults(world) == []
    assert await world.rows("SELECT count(*) FROM lease") != [(0,)], "there were leases"


async def test_a_budget_that_is_set_calls_leases_in_and_holds(world: World) -> None:
    flows = Flows()
    sent = await flow(world, 0, flows) + await flow(world, 3, flows)
    spending = Spending(world.reference, CLOCK.new_id, PARTS_HERE)
    wished = Plan(world.payer, date(2026, 11, 1), budget_micros=(sent + 2) * UTILITY, hard=True)
    async with transaction(world.site.everywhere) as conn:
        await spending(conn, world.payer[0], [SetPlan(wished, "frida")], NOW + TENTH, again=False)
    assert await rests(world) == []
    later = [len(await hold(world, part, 2, NOW + 4 * TENTH, flows)) for part in (0, 3)]
    assert later == [2, 0]
    assert await faults(world) == []


async def test_a_month_begins_with_nothing_leased(world: World) -> None:
    budget = 10_000 * UTILITY
    midnight = datetime(2026, 11, 30, 23, tzinfo=NOW.tzinfo)
    spending = Spending(world.reference, CLOCK.new_id, PARTS_HERE)
    wished = Plan(world.payer, date(2026, 11, 1), budget_micros=budget, hard=True)
    async with transaction(world.site.everywhere) as conn:
        await spending(conn, world.payer[0], [SetPlan(wished, "frida")], NOW, again=False)
    flows = Flows()
    sent = await flow(world, 1, flows, now=midnight - timedelta(seconds=1))
    assert await rests(world) != []
    async with transaction(world.site.everywhere) as conn:
        assert (await spending.look_after(conn, world.payer, midnight)).answers == [True]
        assert await rests(world) != [], "until the commit"
    assert await rests(world) == []
    [(mark,)] = await world.rows("SELECT mark_micros FROM account WHERE kind = 'spend'")
    assert mark == RICH - sent * UTILITY, "what was held is the old month's, what was leased is not"


async def test_a_sender_that_is_stopped_sends_nothing_on_its_lease(world: World) -> None:
    people = [await world.add_person(number) for number in world.numbers(2, 5)]
    action = Send(world.reference, CLOCK.new_id, len(PARTS_HERE))

    async def send(who: Somebody, at: int) -> Any:
        async with transaction(world.site.pool(2)) as conn:
            done = await action(conn, 2, [template_to(world, who.wa_id)], NOW + at * TENTH, again=False)
        return done.answers[0]

    assert all([isinstance(await send(who, at), Accepted) for at, who in enumerate(people[:4])])
    before = await rests(world)
    assert len(before) == 1
    await world.set_reference("UPDATE sender SET status = 'paused'")
    assert not isinstance(await send(people[4], 4), Accepted)
    assert await rests(world) == before
    assert await faults(world) == []


STEP = st.one_of(
    st.tuples(st.just("hold"), st.sampled_from(PARTS_HERE), st.integers(1, 5)),
    st.tuples(st.just("hold"), st.sampled_from(PARTS_HERE), st.integers(1, 5)),
    st.tuples(st.just("settle"), st.sampled_from(PARTS_HERE), st.booleans()),
    st.tuples(st.just("lapse"), st.sampled_from(PARTS_HERE), st.integers(0, 60)),
    st.tuples(st.just("call in"), st.none(), st.none()),
)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(history=st.lists(STEP, min_size=10, max_size=40), gap=st.integers(1, 300))
async def test_any_history_leaves_what_the_model_says(world: World, history: list[Any], gap: int) -> None:
    flows, now = Flows(), NOW
    start, pending = await world.money()
    assert pending == 0
    held: dict[int, list[Hold]] = {part: [] for part in PARTS_HERE}
    taken = 0
    for name, part, number in history:
        now += timedelta(milliseconds=gap)
        async with transaction(world.site.everywhere) as conn:
            if name == "settle" and held[part]:
                ids = [one.message_id for one in held[part]]
                done = (
                    await ledger.capture_holds(conn, part, dict.fromkeys(ids, Cost()), now)
                    if number
                    else await ledger.release_holds(conn, part, ids, now)
                )
                await ledger.settle(conn, part, done, (), now)
                taken += number * len(ids) * UTILITY
                held[part] = []
            elif name == "lapse":
                now += timedelta(seconds=number)
                await leasing.lapse(conn, part, now)
            elif name == "call in":
                await leasing.call_in(conn, PARTS_HERE, [world.payer])
        if name == "hold":
            held[part] += await hold(world, part, number, now, flows)
        in_holds = sum(map(len, held.values())) * UTILITY
        assert await world.money() == (start - taken, in_holds + sum(await rests(world)))
        assert await faults(world) == []
    async with transaction(world.site.everywhere) as conn:
        await leasing.call_in(conn, PARTS_HERE, [world.payer])
        for part, some in held.items():
            released = await ledger.release_holds(conn, part, [one.message_id for one in some], now)
            await ledger.settle(conn, part, released, (), now)
    assert await world.money() == (start - taken, 0)


async def test_two_that_ask_at_once_for_the_first_lease_of_a_part_get_one(world: World) -> None:
    flows = Flows()
    flows.note(0, world.payer, UTILITY, NOW)
    flows.note(0, world.payer, UTILITY, NOW + TENTH)
    sent = await asyncio.gather(*(hold(world, 0, 1, NOW + 2 * TENTH, flows) for _ in range(6)))
    assert len(await rests(world)) == 1
    assert await world.money() == (RICH, sum(map(len, sent)) * UTILITY + sum(await rests(world)))
    assert await faults(world) == []


async def test_a_lease_beyond_what_the_wallet_covers_is_not_granted(world: World) -> None:
    flows = Flows()
    wallet = rules.Wallet(1000 * RICH, 0, 0)
    with pytest.raises(OverspentError):
        async with transaction(world.site.everywhere) as conn:
            for n in range(3):
                one = Hold(CLOCK.new_id(), world.payer, RICH // 4, "EUR", "utility", "DE", "card", 1, 3)
                await leasing.reserve(conn, 0, [one], {world.payer: wallet}, flows, NOW + n * TENTH / 10)
    assert await world.money() == (RICH, 0)
    assert await world.count("lease") == 0
