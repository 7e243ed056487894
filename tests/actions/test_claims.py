"""An invoice is paid in parts, in full and beyond; a return opens it again; a credit note ends it."""

from datetime import date
from uuid import UUID

from takt.actions.issue import Credit
from takt.actions.statement import Answer, Assign, Command, Import, Statements
from takt.clock import CLOCK
from takt.core.claim import Standing, standing
from takt.core.matching import Doubt
from takt.core.statements import Statement, Transaction, keyed
from takt.store import bank, documents, mandates
from takt.store.bank import BankEntry, Imported
from takt.store.documents import Listed
from takt.store.mandates import OwnAccount
from takt.store.pool import transaction
from tests.actions.test_issue import balances, do, invoice_of, issued, new_id, sound
from tests.world import NOW, World

OWN = "DE89370400440532013000"
TODAY = NOW.date()
COIN = 10_000


async def decide(world: World, command: Command) -> Answer:
    async with transaction(world.site.everywhere) as conn:
        action = Statements(world.site, world.reference, CLOCK.new_id)
        return (await action(conn, world.site.parts[0], [command], NOW, again=False)).answers[0]


async def comes(world: World, listed: Listed, cents: int, ident: str, reference: str = "") -> None:
    """A transfer, or its return, that names the invoice."""
    async with transaction(world.site.everywhere) as conn:
        await mandates.set_own_account(conn, OwnAccount(OWN, "Takt", "", ""), "olga", NOW)
    references = (reference,) if reference else ()
    told = Transaction(
        date(2026, 11, 23), cents * COIN, "EUR", remittance=f"{listed.number} {ident}", references=references
    )
    statement = Statement(ident, OWN, "EUR", None, None, keyed(OWN, [told]))
    await decide(world, Import((statement,), Imported(UUID(int=0), "0" * 64, "olga")))


async def stands(world: World, listed: Listed) -> tuple[Standing, int]:
    async with world.site.everywhere.acquire() as conn:
        found = await documents.find(conn, listed.payer[0], listed.document_id)
    assert found is not None
    assert found.claim is not None
    return standing(found.claim, TODAY), found.claim.open


async def waits(world: World) -> list[BankEntry]:
    async with world.site.everywhere.acquire() as conn:
        return await bank.suspense(conn)


async def test_parts_pay_an_invoice_and_the_return_of_one_opens_it_again(world: World) -> None:
    bill = await issued(world, invoice_of((1000, 1_000_000)))
    assert (bill.gross, await stands(world, bill)) == (119_000, (Standing.ISSUED, 119_000))
    await comes(world, bill, 19_000, "1")
    assert await stands(world, bill) == (Standing.PART_PAID, 100_000)
    await comes(world, bill, 100_000, "2")
    assert await stands(world, bill) == (Standing.PAID, 0)
    assert (await balances(world)).get("receivable", 0) == 0
    [(part,)] = await world.rows("SELECT reference FROM payment WHERE net_micros = 190000000")
    await comes(world, bill, -19_000, "3", part)
    assert await stands(world, bill) == (Standing.PART_PAID, 19_000)
    assert (await balances(world))["receivable"] == -19_000 * COIN
    await comes(world, bill, 19_000, "4", part)
    assert await stands(world, bill) == (Standing.PAID, 0)
    assert await waits(world) == []
    assert await sound(world)


async def test_what_is_over_waits_and_a_person_puts_it_in_the_wallet(world: World) -> None:
    bill = await issued(world, invoice_of((100, 1_000_000)))
    before = await balances(world)
    await comes(world, bill, 11_900 + 2_380, "1")
    assert await stands(world, bill) == (Standing.PAID, 0)
    [one] = await waits(world)
    assert (one.doubt, one.settled_micros, one.rest.paid_micros) == (Doubt.OVERPAID, 11_900 * COIN, 2_380 * COIN)
    assert await decide(world, Assign(one.transaction.key, world.payer, None, "olga")) is True
    after = await balances(world)
    assert after["spend"] - before["spend"] == 2_000 * COIN
    assert before["bank"] - after["bank"] == 14_280 * COIN
    assert await waits(world) == []
    await comes(world, bill, 100, "2")
    [one] = await waits(world)
    assert one.doubt == Doubt.PAID_ALREADY
    assert await sound(world)


async def test_a_person_may_pay_another_invoice_with_what_is_over(world: World) -> None:
    first, second = [await issued(world, invoice_of((100, 1_000_000))) for _ in range(2)]
    await comes(world, first, 20_000, "1")
    [one] = await waits(world)
    [(awaited,)] = await world.rows("SELECT payment_id FROM payment WHERE document = $1", second.number)
    assert await decide(world, Assign(one.transaction.key, world.payer, awaited, "olga")) is True
    assert await stands(world, second) == (Standing.PART_PAID, 11_900 - 8_100)
    assert await sound(world)


async def test_a_credit_note_lowers_what_is_open_and_a_whole_one_ends_it(world: World) -> None:
    bill = await issued(world, invoice_of((100, 1_000_000)))
    await do(world, Credit(world.payer, new_id(world), bill.document_id, ((1, 50),)))
    assert await stands(world, bill) == (Standing.ISSUED, 5_950)
    assert await world.rows("SELECT net_micros, state FROM payment") == [(5_950 * COIN, "initiated")]
    await do(world, Credit(world.payer, new_id(world), bill.document_id))
    assert await stands(world, bill) == (Standing.CANCELLED, 0)
    assert await world.rows("SELECT state, why FROM payment") == [("failed", "cleared")]
    await comes(world, bill, 5_950, "1")
    [one] = await waits(world)
    assert one.doubt == Doubt.PAID_ALREADY


async def test_lists_of_what_is_open_leave_out_what_is_paid(world: World) -> None:
    paid, part, new = [await issued(world, invoice_of((100, 1_000_000))) for _ in range(3)]
    await comes(world, paid, 11_900, "1")
    await comes(world, part, 900, "2")
    async with world.site.everywhere.acquire() as conn:
        of_contract = await documents.list_contract(conn, world.payer, owed=True)
        of_part = await documents.list_part(conn, world.payer[0], owed=True)
        every = await documents.list_contract(conn, world.payer)
    assert {one.number for one in of_contract} == {one.number for one in of_part} == {part.number, new.number}
    assert len(every) == 3
