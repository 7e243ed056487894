"""The audit of the ledger passes what adds up and names what does not."""

from datetime import UTC, datetime

from takt.clock import CLOCK
from takt.store.audit import ledger_faults
from takt.store.site import Site
from tests.world import FUNDS, World, make_world

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def audit(site: Site) -> list[str]:
    async with site.everywhere.acquire() as conn:
        return await ledger_faults(conn, site.parts)


async def add_hold(world: World, part: int, amount: int) -> None:
    contract_part, contract_id = world.payer
    await world.execute(
        "INSERT INTO hold (part, message_id, contract_id, contract_part, amount_micros, currency, category, market, card,"
        " card_version, rule, state, held_at) VALUES ($1, $2, $3, $4, $5, 'EUR', 'utility', 'DE', 'card', 1, 1, 'held', $6)",
        part, CLOCK.new_id(), contract_id, contract_part, amount, NOW,
    )  # fmt: skip
    await world.execute(
        "UPDATE account SET pending_micros = pending_micros + $3 WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
        contract_part, contract_id, amount,
    )  # fmt: skip


async def test_money_that_was_topped_up_and_set_aside_adds_up(site: Site) -> None:
    world = await make_world(site)
    for part in site.parts:
        await add_hold(world, part, 1000 + part)
    assert await audit(site) == []


async def test_a_balance_without_its_journal_is_named(site: Site) -> None:
    world = await make_world(site)
    await world.execute(
        "UPDATE account SET posted_micros = posted_micros + 5 WHERE part = $1 AND kind = 'bank'", world.payer[0]
    )
    assert await audit(site) == [
        f"account bank of contract {world.payer[1]} stands at {5 - FUNDS}, its journal at {-FUNDS}"
    ]


async def test_money_set_aside_without_a_hold_is_named(site: Site) -> None:
    world = await make_world(site)
    await add_hold(world, site.parts[0], 700)
    await world.execute("UPDATE hold SET state = 'released' WHERE part = $1", site.parts[0])
    assert await audit(site) == [f"account spend of contract {world.payer[1]} sets 700 aside, its holds 0"]
