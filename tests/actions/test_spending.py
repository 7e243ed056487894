"""Budgets, alerts and automatic top-ups on real wallets: what is spent stops sends, what is low is told once."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from takt.actions.send import Send
from takt.actions.spending import SetPlan, Spending
from takt.clock import CLOCK
from takt.core.ids import slot_of
from takt.core.mandate import Mandate, Scheme
from takt.core.message import Accepted
from takt.core.spending import AutoTopUp, Plan
from takt.store import journal, ledger, mandates, spend_plans
from takt.store.journal import OverspentError
from takt.store.pool import transaction
from tests.world import FUNDS, NOW, UTILITY, Somebody, World, template_to

LATER = NOW + timedelta(hours=2)


@pytest.fixture
async def world(rolled_back: World) -> World:
    await rolled_back.set_reference("UPDATE endpoint SET fields = fields || '{account_alerts}'::text[]")
    return rolled_back


def plan(world: World, **wishes: Any) -> Plan:
    return replace(Plan(world.payer, date(2026, 11, 1)), **wishes)


async def set_plan(world: World, wished: Plan) -> None:
    async with transaction(world.site.everywhere) as conn:
        action = Spending(world.reference, CLOCK.new_id, world.site.parts)
        await action(conn, wished.payer[0], [SetPlan(wished, "frida")], NOW, again=False)


async def look_after(world: World, now: Any = NOW) -> bool:
    async with transaction(world.site.everywhere) as conn:
        done = await Spending(world.reference, CLOCK.new_id, world.site.parts).look_after(conn, world.payer, now)
    return done.answers[0]


async def send(world: World, mara: Somebody, count: int, now: Any = NOW) -> list[str | None]:
    """Why each of these messages did not go out; None for those that did."""
    async with transaction(world.site.everywhere) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        commands = [template_to(world, mara.wa_id) for _ in range(count)]
        done = await action(conn, mara.part, commands, now, again=False)
    return [None if isinstance(one, Accepted) else one.denied.reason.name for one in done.answers]  # type: ignore[union-attr]


async def alerts(world: World) -> list[tuple[str, int, int]]:
    rows = await world.rows("SELECT body FROM outbox WHERE field = 'account_alerts' ORDER BY event_id")
    found = [json.loads(body)["value"]["alert_info"] for (body,) in rows]
    kept = await world.rows("SELECT kind, micros, limit_micros FROM money_alert ORDER BY alert_id")
    told = [(one["alert_type"].lower(), one["micros"], one["limit_micros"]) for one in found]
    assert told == kept
    return told


async def test_a_hard_budget_stops_sends_and_says_why(world: World, mara: Somebody) -> None:
    await set_plan(world, plan(world, budget_micros=2 * UTILITY, hard=True))
    assert await send(world, mara, 3) == [None, None, "budget_spent"]
    [(facts, code)] = await world.rows("SELECT facts, reason FROM message WHERE reason IS NOT NULL")
    assert code == "budget_spent"
    assert json.loads(facts)["budget_left_micros"] == 0
    assert json.loads(facts)["budget_until"].startswith("2026-11-30T23:00")
    await set_plan(world, plan(world, budget_micros=3 * UTILITY, hard=True))
    assert await send(world, mara, 2) == [None, "budget_spent"], "what was promised before counts"
    await set_plan(world, plan(world, budget_micros=3 * UTILITY))
    assert await send(world, mara, 1) == [None], "without a hard stop it is told, and goes on"


async def test_the_database_itself_keeps_a_hard_budget(world: World, mara: Somebody) -> None:
    await set_plan(world, plan(world, budget_micros=UTILITY - 1, hard=True))
    price = ledger.Hold(CLOCK.new_id(), world.payer, UTILITY, "EUR", "utility", "DE", "card", 1, 0)
    with pytest.raises(OverspentError):
        async with transaction(world.site.everywhere) as conn, conn.transaction():
            await journal.move(conn, ledger.set_aside([price]))
    assert await world.money() == (FUNDS, 0)


async def test_a_top_up_leaves_the_budget_alone(world: World, mara: Somebody) -> None:
    await set_plan(world, plan(world, budget_micros=UTILITY, hard=True))
    async with transaction(world.site.everywhere) as conn:
        await ledger.add_top_up(conn, world.payer, CLOCK.new_id(), FUNDS, "", NOW)
    assert await send(world, mara, 2) == [None, "budget_spent"]


async def test_a_budget_begins_anew_with_the_month_on_the_clocks_of_the_company(world: World, mara: Somebody) -> None:
    await set_plan(world, plan(world, budget_micros=UTILITY, hard=True))
    assert await send(world, mara, 2) == [None, "budget_spent"]
    midnight = NOW.replace(month=11, day=30, hour=23)
    await look_after(world, midnight - timedelta(hours=1))
    assert await send(world, mara, 1, midnight - timedelta(minutes=50)) == ["budget_spent"]
    assert await look_after(world, midnight)
    assert await send(world, mara, 2, midnight + timedelta(minutes=1)) == [None, "budget_spent"]


async def test_alerts_are_told_once_a_crossing(world: World, mara: Somebody) -> None:
    await set_plan(world, plan(world, budget_micros=2 * UTILITY, low_micros=FUNDS - UTILITY))
    assert not await look_after(world)
    await send(world, mara, 1)
    assert await look_after(world)
    assert not await look_after(world)
    await send(world, mara, 1)
    assert await look_after(world)
    assert not await look_after(world)
    assert await alerts(world) == [
        ("budget", UTILITY, UTILITY),
        ("low_balance", FUNDS - 2 * UTILITY, FUNDS - UTILITY),
        ("budget", 2 * UTILITY, 2 * UTILITY),
    ]


async def test_a_wallet_tops_itself_up_within_its_limits(world: World) -> None:
    slot = slot_of(world.payer[1])
    held = Mandate(
        CLOCK.new_id(slot), world.payer, "M-1", "Nordwind", "DE02120300000000202051", "", Scheme.CORE,
        date(2026, 1, 5), 14, NOW,
    )  # fmt: skip
    async with transaction(world.site.everywhere) as conn:
        assert await mandates.add(conn, held)
    auto = AutoTopUp(FUNDS + 1, 100_000_000, 150_000_000, 3600, "debit", held.mandate_id)
    await set_plan(world, plan(world, auto=auto))
    assert await look_after(world)
    assert not await look_after(world, LATER), "one at a time"
    rows = await world.rows("SELECT net_micros, tax_micros, provider, automatic, due_on FROM payment")
    assert rows == [(100_000_000, 19_000_000, "debit", True, date(2026, 12, 7))]
    await world.execute("UPDATE payment SET state = 'settled', settled_at = $1", NOW)
    assert not await look_after(world, LATER), "the cap of the month"
    await world.execute("UPDATE payment SET state = 'failed', ended_at = $1", NOW)
    await world.execute("UPDATE mandate SET ended_at = $1", NOW)
    await look_after(world, LATER)
    assert await world.count("payment") == 1, "a mandate that is over collects nothing"
    async with transaction(world.site.everywhere) as conn:
        found = await spend_plans.find(conn, world.payer)
    assert found is not None
    assert found[1].posted_micros == FUNDS, "nothing is credited before it settled"
