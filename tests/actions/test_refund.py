"""What was charged is given back once, by entries of its own; nothing that was written changes."""

from uuid import UUID

import pytest

from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.refund import Refund, Reverse, TakenBack, refund, reverse
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.entries import EntryKind
from takt.core.message import Status
from takt.store.audit import ledger_faults
from takt.store.pool import transaction
from takt.store.site import Site
from tests.world import FUNDS, NOW, UTILITY, World, make_world, template_to, text_to, twins


@pytest.fixture
async def world(site: Site) -> World:
    return await make_world(site)


async def sent(world: World, *, free: bool = False, delivered: bool = True) -> UUID:
    """A message to somebody new."""
    part = world.site.parts[0]
    place = await world.count("recipient")
    person = await world.add_person(world.numbers(part, place + 1)[place])
    if free:
        await world.invite(person, world.outreach)
    command = text_to(world, person.wa_id) if free else template_to(world, person.wa_id)
    async with transaction(world.site.pool(part)) as conn:
        await Send(world.reference, CLOCK.new_id, len(world.site.parts))(conn, part, [command], NOW, again=False)
        if delivered:
            receipt = Receipt(person.recipient_id, Status.DELIVERED, 1)
            await TakeReceipts(world.reference, CLOCK.new_id)(conn, part, [receipt], NOW, again=False)
    return command.message_id


async def give_back(world: World, *message_ids: UUID) -> list[TakenBack | None]:
    part = world.site.parts[0]
    async with transaction(world.site.pool(part)) as conn:
        done = await refund(conn, part, [Refund(one, "sorry") for one in message_ids], NOW, again=False)
    return done.answers


async def test_exactly_what_it_cost_comes_back_once(world: World) -> None:
    one, other = await sent(world), await sent(world)
    written = await world.rows("SELECT * FROM journal ORDER BY entry_id")
    async with twins(world):
        [first] = await give_back(world, one)
        [second] = await give_back(world, one)
    assert first is not None
    assert first == second
    assert first.amount_micros == UTILITY
    assert await world.money() == (FUNDS - UTILITY, 0)
    assert await world.rows("SELECT kind, debit, credit, amount_micros, undoes, note FROM journal WHERE entry_id = $1", first.entry_id) == [
        ("refund", "revenue:utility", "spend", UTILITY, one, "sorry")
    ]  # fmt: skip
    mine = [row for row in await world.rows("SELECT * FROM journal ORDER BY entry_id") if row[0] < 1000]
    assert [row for row in mine if row[2] != first.entry_id] == written
    assert await world.rows("SELECT state FROM hold WHERE message_id = any($1) AND part < 1000 ORDER BY message_id", [one, other]) == [
        ("refunded",), ("captured",),
    ]  # fmt: skip
    assert await world.rows(
        "SELECT amount_micros, reason FROM usage WHERE message_id = $1 AND part < 1000 ORDER BY refund", one
    ) == [(UTILITY, "regular"), (-UTILITY, "refund")]


async def test_what_was_not_charged_is_not_given_back(world: World) -> None:
    free, held = await sent(world, free=True), await sent(world, delivered=False)
    assert await give_back(world, free, held, CLOCK.new_id()) == [None, None, None]
    assert await world.money() == (FUNDS, UTILITY)
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []


async def test_an_entry_is_taken_back_by_another_once(world: World) -> None:
    [(top_up,)] = await world.rows("SELECT entry_id FROM journal")
    charged = await sent(world)
    for _ in range(2):
        async with transaction(world.site.pool(world.payer[0])) as conn:
            done = await reverse(
                conn, world.payer[0], [Reverse(world.payer, one, "typo") for one in (top_up, charged, CLOCK.new_id())], NOW,
                again=False,
            )  # fmt: skip
        assert [one and one.amount_micros for one in done.answers] == [FUNDS, None, None], "messages are refunded"
    assert await world.money() == (-UTILITY, 0)
    assert await world.rows("SELECT debit, credit, undoes FROM journal WHERE kind = $1", EntryKind.REVERSAL) == [
        ("spend", "bank", top_up)
    ]
    async with world.site.everywhere.acquire() as conn:
        assert await ledger_faults(conn, world.site.parts) == []
