"""The journal: what is booked moves balances once, is chained, cannot be changed, and cannot overspend."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from takt.clock import CLOCK
from takt.core import chain, entries
from takt.core.entries import BANK, SPEND, SUSPENSE, Entry, EntryKind
from takt.store import journal
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from takt.store.site import Site
from tests.world import FUNDS, NOW, World, make_world, twins


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


def entry(world: World, amount: int, debit: str = BANK, credit: str = SPEND, **more: Any) -> Entry:
    made = Entry(world.payer, CLOCK.new_id(), EntryKind.PAYMENT, debit, credit, amount, "EUR", NOW)
    return replace(made, **more)


async def book(world: World, *booked: Entry) -> list[Entry]:
    async with transaction(world.site.pool(world.payer[0])) as conn:
        return await journal.book(conn, booked, NOW)


async def balances(world: World) -> dict[str, int]:
    rows = await world.rows("SELECT kind, posted_micros FROM account WHERE part = $1", world.payer[0])
    return {row[0]: row[1] for row in rows}


async def test_what_one_account_gains_another_loses(world: World) -> None:
    async with twins(world):
        await book(
            world,
            entry(world, 700),
            entry(world, 300, debit="clearing:fake", credit=SPEND),
            entry(world, 133, debit=BANK, credit=entries.tax(1900)),
        )
    assert await balances(world) == {
        BANK: -FUNDS - 833, SPEND: FUNDS + 1000, "clearing:fake": -300, "tax:1900": 133,
    }  # fmt: skip
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []


async def test_an_entry_moves_once(world: World) -> None:
    one = entry(world, 700)
    assert await book(world, one) == [one]
    two = entry(world, 5)
    assert await book(world, one, two) == [two]
    assert (await balances(world))[SPEND] == FUNDS + 705
    with pytest.raises(journal.EntryDiffersError, match="701"):
        await book(world, replace(one, amount_micros=701))


async def test_the_wallet_cannot_be_overspent(world: World) -> None:
    with pytest.raises(journal.OverspentError):
        await book(world, entry(world, FUNDS + 1, SPEND, SUSPENSE))
    assert (await balances(world))[SPEND] == FUNDS
    await book(world, entry(world, FUNDS, SPEND, SUSPENSE))
    with pytest.raises(asyncpg.CheckViolationError):
        await world.execute("UPDATE account SET pending_micros = 1 WHERE part = $1 AND kind = 'spend'", world.payer[0])


async def test_what_is_owed_anyway_passes_the_limit_by_that_much_and_no_more(world: World) -> None:
    async def standing() -> tuple[int, int]:
        [row] = await world.rows(
            "SELECT posted_micros, excess_micros FROM account WHERE part = $1 AND kind = 'spend'", world.payer[0]
        )
        return row[0], row[1]

    await book(world, entry(world, FUNDS + 40, SPEND, BANK, kind=EntryKind.RETURN))
    assert await standing() == (-40, 40)
    with pytest.raises(journal.OverspentError):
        await book(world, entry(world, 1, SPEND, SUSPENSE))
    await book(world, entry(world, 30))
    assert await standing() == (-10, 10)
    with pytest.raises(journal.OverspentError):
        await book(world, entry(world, 1, SPEND, SUSPENSE))
    await book(world, entry(world, 30))
    assert await standing() == (20, 0)
    await book(world, entry(world, 20, SPEND, SUSPENSE))
    with pytest.raises(asyncpg.CheckViolationError):
        await world.execute("UPDATE account SET excess_micros = 1 WHERE part = $1 AND kind = 'spend'", world.payer[0])


async def test_an_account_with_a_limit_must_be_there(world: World) -> None:
    with pytest.raises(journal.AccountUnknownError, match="grant"):
        await book(world, entry(world, 5, "marketing", entries.grant(UUID(int=7))))
    with pytest.raises(journal.AccountUnknownError):
        await book(world, entry(world, 5, currency="CHF"))
    with pytest.raises(journal.AccountUnknownError):
        await book(world, entry(world, 5, BANK, SUSPENSE, currency="CHF"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET amount_micros = 1",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "UPDATE usage SET amount_micros = 1",
        "DELETE FROM usage",
        "UPDATE batch SET digest = hash",
        "DELETE FROM batch",
    ],
)
async def test_what_was_written_stays(world: World, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await world.execute(statement)


@pytest.mark.parametrize(
    ("debit", "credit", "amount"), [("bank", "spend", 0), ("bank", "spend", -5), ("bank", "bank", 5)]
)
async def test_the_database_refuses_what_is_no_move(world: World, debit: str, credit: str, amount: int) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await world.execute(
            "INSERT INTO journal (part, contract_id, entry_id, kind, debit, credit, amount_micros, currency, booked_at,"
            " event_at) VALUES ($1, $2, $3, 'payment', $4, $5, $6, 'EUR', $7, $7)",
            *world.payer, CLOCK.new_id(), debit, credit, amount, NOW,
        )  # fmt: skip


async def test_batches_are_chained(world: World) -> None:
    booked = [entry(world, 700), entry(world, 5)]
    await book(world, *booked)
    rows = await world.rows(
        "SELECT number, entries, sum_micros, digest, previous, hash, batch_id FROM batch ORDER BY 1"
    )
    assert [(row[0], row[1], int(row[2])) for row in rows] == [(1, 1, FUNDS), (2, 2, 705)]
    assert rows[0][4] == chain.START
    assert rows[1][4] == rows[0][5]
    leaves = [entries.leaf(one) for one in entries.in_order(booked)]
    assert rows[1][3] == chain.digest(leaves, [], NOW)
    assert rows[1][5] == chain.link(rows[0][5], rows[1][3])
    assert await world.rows("SELECT DISTINCT batch FROM journal WHERE entry_id = $1", booked[0].entry_id) == [
        (rows[1][6],)
    ]
