"""A top-up of 119 that settled has a document of 100 and 19; when it goes back, a credit note gives back the same."""

from datetime import date
from uuid import UUID

from takt.actions.issue import NotIssued
from takt.actions.paying import Begin, Command, Paying, Tell
from takt.actions.payment_steps import Said
from takt.actions.statement import Import, Statements
from takt.actions.taxing import terms_of
from takt.clock import CLOCK
from takt.core import iban
from takt.core.ids import slot_of
from takt.core.invoice import Kind
from takt.core.payment import Payment, Purpose, State, Word, split
from takt.core.statements import Statement, Transaction, keyed
from takt.core.tax import Vat, VatCategory
from takt.store import documents, mandates
from takt.store.bank import Imported
from takt.store.documents import Listed
from takt.store.mandates import OwnAccount
from takt.store.pool import transaction
from takt.workers.advancer import Advancer
from tests.actions.test_close_month import Fixed
from tests.actions.test_issue import invoice_of, issued, set_up, unread
from tests.world import NOW, World


async def tell(world: World, one: Payment, word: Word) -> None:
    part = world.payer[0]
    async with transaction(world.site.pool(part)) as conn:
        said = Said("fake", f"n-{word}", word, NOW, one.split.gross_micros if word is Word.SETTLED else None)
        commands: list[Command] = [Begin(one, "frida"), Tell(part, one.payment_id, said)]
        await Paying(world.reference, CLOCK.new_id)(conn, part, commands, NOW, again=False)


async def test_a_paid_top_up_has_its_advance_document_and_a_returned_one_its_credit_note(world: World) -> None:
    payment_id = CLOCK.new_id(slot_of(world.payer[1]))
    reference = iban.reference(iban.OF_PAYMENT, payment_id)
    one = Payment(
        payment_id, world.payer, "fake", reference, Purpose.TOP_UP, split(119_000_000, 1900, "EUR"), "S", 1900, "EUR",
        State.INITIATED, reference, NOW,
    )  # fmt: skip
    advancer = Advancer(world.site, unread, Fixed(NOW))
    assert await advancer.round() == []
    await tell(world, one, Word.SETTLED)
    [waits] = await advancer.round()
    assert isinstance(waits, NotIssued), "without legal data there is no document"
    await set_up(world)
    [advance] = await advancer.round()
    assert isinstance(advance, Listed)
    assert (advance.kind, advance.number[:2]) == (Kind.ADVANCE, "AN")
    async with world.site.everywhere.acquire() as conn:
        made = await documents.value_of(conn, world.payer[0], advance.document_id)
    totals = made.totals
    assert (totals.net, totals.tax, totals.gross, totals.payable) == (10_000, 1_900, 11_900, 0)
    assert await advancer.round() == []
    await tell(world, one, Word.RETURNED)
    [credit] = await advancer.round()
    assert isinstance(credit, Listed)
    assert credit.kind is Kind.CREDIT_NOTE
    async with world.site.everywhere.acquire() as conn:
        back = await documents.value_of(conn, world.payer[0], credit.document_id)
    assert (back.totals.net, back.totals.tax) in ((10_000, 1_900), (-10_000, -1_900))
    assert await advancer.round() == []
    assert await world.money() == (10_000_000, 0), "documents move no money here"


async def test_legal_data_decides_over_what_the_operator_set(world: World) -> None:
    await world.execute("UPDATE contract SET tax_category = 'S', tax_basis_points = 700")
    async with world.site.everywhere.acquire() as conn:
        assert (await terms_of(conn, world.payer)).vat == Vat(VatCategory.STANDARD, 700)
    await set_up(world)
    async with world.site.everywhere.acquire() as conn:
        assert (await terms_of(conn, world.payer)).vat == Vat(VatCategory.STANDARD, 1900)


async def test_a_transfer_that_names_an_invoice_pays_it(world: World) -> None:
    own = "DE89370400440532013000"
    async with transaction(world.site.everywhere) as conn:
        await mandates.set_own_account(conn, OwnAccount(own, "Takt", "", ""), "olga", NOW)
    listed = await issued(world, invoice_of())
    assert await world.rows("SELECT document, state FROM payment") == [(listed.number, "initiated")]
    amount = listed.payable * 10_000
    told = Transaction(date(2026, 11, 23), amount, "EUR", remittance=f"Rechnung {listed.number} vom 22.11.")
    statement = Statement("1", own, "EUR", None, None, keyed(own, [told]))
    async with transaction(world.site.everywhere) as conn:
        action = Statements(world.site, world.reference, CLOCK.new_id)
        command = Import((statement,), Imported(UUID(int=0), "0" * 64, "olga"))
        await action(conn, world.site.parts[0], [command], NOW, again=False)
    assert await world.rows("SELECT state FROM payment") == [("settled",)]
    rows = await world.rows("SELECT posted_micros FROM account WHERE kind = 'receivable'")
    assert rows == [(0,)]
