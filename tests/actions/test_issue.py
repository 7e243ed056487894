"""Documents are issued against PostgreSQL: numbers without a gap, nothing unproved, nothing changed afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from takt.actions.issue import Answer, Credit, Issue, IssueDocuments, NotIssued
from takt.actions.issue_months import IssueMonths
from takt.actions.legal import SetCustomer, SetOperator, set_legal
from takt.actions.refund import Refund, refund
from takt.clock import CLOCK
from takt.core.currency import to_micros
from takt.core.ids import slot_of
from takt.core.invoice import Invoice, Kind, draft
from takt.core.number_series import gaps
from takt.core.printed import Check, Finding, NotPrinted, Printed, Report
from takt.core.tax import TaxCase
from takt.proving import prove_documents
from takt.store import closings, documents
from takt.store.audit import ledger_faults
from takt.store.documents import Listed
from takt.store.pool import transaction
from takt.wire.parties import buyer_document
from takt.workers.issuer import Issuer
from takt.workers.press import Press
from tests.actions.test_close_month import CLOSE, NOVEMBER, Fixed, closer_at, come_late, crowd, delivered
from tests.documents import SELLER, buyer_for, frame_for, line_of
from tests.world import NOW, World

CLEAN = Report((Check("Factur-X", "test", 99), Check("EN 16931", "test", 99)), ())
FOUND = Report(CLEAN.checks, (Finding("EN 16931", "BR-CO-15", "wrong"),))
Print = Callable[[Invoice], Awaitable[Printed]]


async def unread(invoice: Invoice) -> Printed:
    """A press that looks at nothing and likes everything."""
    xml = b"" if invoice.kind is Kind.STATEMENT else b"<xml/>"
    return Printed(invoice.number.encode(), xml, xml, CLEAN, "nobody")


def invoice_of(*lines: tuple[int, int], kind: Kind = Kind.INVOICE, case: TaxCase = TaxCase.DOMESTIC) -> Invoice:
    frame = frame_for(case, kind)
    return draft(frame, tuple(line_of(frame, *each) for each in lines or [(1000, 113_100), (7, 45_600)]))


async def do(world: World, command: Issue | Credit, press: Print = unread, now: datetime = NOW) -> Answer:
    part = command.payer[0]
    async with transaction(world.site.pool(part)) as conn:
        return (await IssueDocuments(press)(conn, part, [command], now, again=False)).answers[0]


def new_id(world: World) -> UUID:
    return CLOCK.new_id(slot_of(world.payer[1]))


async def issued(world: World, made: Invoice, press: Print = unread, now: datetime = NOW) -> Listed:
    found = await do(world, Issue(world.payer, new_id(world), made), press, now)
    assert isinstance(found, Listed), found
    return found


async def balances(world: World) -> dict[str, int]:
    rows = await world.rows(
        "SELECT kind, posted_micros FROM account WHERE part = $1 AND contract_id = $2 AND posted_micros <> 0",
        *world.payer,
    )
    return {row[0]: row[1] for row in rows}


async def sound(world: World) -> bool:
    async with world.site.everywhere.acquire() as conn:
        return await ledger_faults(conn, world.site.parts) == []


async def test_an_invoice_is_numbered_kept_and_booked_once(world: World) -> None:
    before = await balances(world)
    command = Issue(world.payer, new_id(world), invoice_of())
    first = await do(world, command)
    again = await do(world, command)
    assert isinstance(first, Listed)
    assert first == again
    assert (first.number, first.issued_on) == ("RE-2026-000001", date(2026, 11, 22))
    assert (first.net, first.tax, first.gross, first.payable) == (11342, 2155, 13497, 13497)
    assert await world.count("document") == 1
    assert await world.count("document_line") == 2
    after = await balances(world)
    exact = 1000 * 113_100 + 7 * 45_600
    assert after["receivable"] == -to_micros(13497, "EUR")
    assert after["tax:1900"] == to_micros(2155, "EUR")
    assert after["spend"] - before["spend"] == exact, "the wallet gets exactly what was used"
    assert after["rounding"] == to_micros(11342, "EUR") - exact
    assert await sound(world)


async def test_what_is_no_claim_is_not_booked(world: World) -> None:
    before = await balances(world)
    await issued(world, invoice_of(kind=Kind.STATEMENT))
    await issued(world, invoice_of(kind=Kind.ADVANCE))
    assert await balances(world) == before


async def test_invariant_22_numbers_have_no_gap_whatever_happens_at_the_same_time(world: World) -> None:
    """Sixty at once; a third of the presses find fault, break down or are cut off. Days go on though a clock goes back."""
    calls = 0

    async def moody(invoice: Invoice) -> Printed:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0)
        match calls % 9:
            case 0:
                raise NotPrinted("the press ended early")
            case 3:
                return replace(await unread(invoice), report=FOUND)
            case 6:
                raise ConnectionError
            case _:
                return await unread(invoice)

    async def one(place: int) -> Answer | BaseException:
        kind = Kind.ADVANCE if place % 5 == 0 else Kind.INVOICE
        command = Issue(world.payer, new_id(world), invoice_of(kind=kind))
        try:
            return await do(world, command, moody, NOW + timedelta(days=-(place % 3)))
        except ConnectionError as fault:
            return fault

    answers = await asyncio.gather(*(one(place) for place in range(60)))
    made = [answer for answer in answers if isinstance(answer, Listed)]
    assert 30 < len(made) < 50
    async with world.site.everywhere.acquire() as conn:
        series = await documents.series(conn, world.site.parts)
    assert {one.series: one.given for one in series} == {
        letters: sum(one.number.startswith(letters) for one in made) for letters in ("AN", "RE")
    }
    assert all(gaps(one.given, one.places).none for one in series)
    assert await sound(world)


async def test_invariant_32_what_the_press_finds_fault_with_is_never_issued(world: World) -> None:
    async def finds(invoice: Invoice) -> Printed:
        return replace(await unread(invoice), report=FOUND)

    async def breaks(invoice: Invoice) -> Printed:
        raise NotPrinted(f"no shape for a letter of {invoice.buyer.name}")

    for press, rule in ((finds, "BR-CO-15"), (breaks, "PRESS")):
        answer = await do(world, Issue(world.payer, new_id(world), invoice_of()), press)
        assert isinstance(answer, NotIssued)
        assert [one.rule for one in answer.findings] == [rule]
    wrong = replace(invoice_of(), paid=-1)
    answer = await do(world, Issue(world.payer, new_id(world), wrong))
    assert isinstance(answer, NotIssued)
    assert await world.count("document") == 0
    assert await world.rows("SELECT true FROM number_series") == []
    assert (await issued(world, invoice_of())).number == "RE-2026-000001"


async def test_invariant_32_the_database_refuses_by_itself(world: World) -> None:
    """A row without number, report, bytes or the right digest cannot be there, whoever writes it."""
    await issued(world, invoice_of())
    columns = (
        await world.rows(
            "SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_name = 'document'"
        )
    )[0][0]
    for column, wrong in (
        ("number", "NULL"),
        ("number", "''"),
        ("status", "'draft'"),
        ("digest", "'\\x00'::bytea"),
        ("pdf", "''::bytea"),
        ("ubl", "''::bytea"),
        ("report", "NULL"),
        ("report", """'{"checks": [], "findings": []}'"""),
        ("report", """'{"checks": [{"name": "Takt"}], "findings": []}'"""),
        ("report", """report || '{"findings": [{"rule": "BR-01"}]}'"""),
    ):
        other = {"document_id": "gen_random_uuid()", "ordinal": "2", "number": "'RE-2026-000002'", column: wrong}
        values = ", ".join(other.get(name, name) for name in columns.split(", "))
        with pytest.raises((asyncpg.CheckViolationError, asyncpg.NotNullViolationError)):
            await world.execute(f"INSERT INTO document ({columns}) SELECT {values} FROM document")


async def test_invariant_23_nobody_may_change_what_was_issued(world: World) -> None:
    rights = await world.rows(
        "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE c.relname IN ('document', 'document_line')"
    )
    assert {row[1] for row in rights} >= {"INSERT", "SELECT"}
    assert {row[1] for row in rights} & {"UPDATE", "DELETE", "TRUNCATE"} == set()


async def test_invariant_24_credit_notes_give_back_exactly_what_was_charged(world: World) -> None:
    original = await issued(world, invoice_of((3, 33_333), (1000, 113_100)))
    part = await do(world, Credit(world.payer, new_id(world), original.document_id, ((1, 1), (2, 499))))
    rest = await do(world, Credit(world.payer, new_id(world), original.document_id))
    assert isinstance(part, Listed)
    assert isinstance(rest, Listed)
    assert (part.number, rest.number) == ("RK-2026-000001", "RK-2026-000002")
    assert (part.net + rest.net, part.tax + rest.tax) == (original.net, original.tax)
    after = await balances(world)
    assert "receivable" not in after
    assert "tax:1900" not in after
    async with world.site.everywhere.acquire() as conn:
        shown = await documents.find(conn, world.payer[0], original.document_id)
    assert shown is not None
    assert shown.credited == original.gross
    for command in (
        Credit(world.payer, new_id(world), original.document_id),
        Credit(world.payer, new_id(world), part.document_id),
        Credit(world.payer, new_id(world), new_id(world)),
    ):
        assert isinstance(await do(world, command), NotIssued)
    assert await sound(world)


async def test_many_credits_at_once_give_back_once(world: World) -> None:
    original = await issued(world, invoice_of((10, 1_000_000)))
    some = [Credit(world.payer, new_id(world), original.document_id, ((1, 4),)) for _ in range(6)]
    answers = await asyncio.gather(*(do(world, one) for one in some))
    assert sum(isinstance(one, Listed) for one in answers) == 2


async def set_up(world: World) -> None:
    customer = SetCustomer(world.payer, dict(buyer_document(buyer_for(TaxCase.DOMESTIC))), "test")
    async with transaction(world.site.everywhere) as conn:
        done = await set_legal(conn, 0, [SetOperator(dict(SELLER), "test"), customer, customer], NOW, again=False)
    assert done.answers == [1, 1, 1]


async def test_a_closed_month_becomes_a_proved_document_that_late_usage_leaves_alone(
    world: World, press: Press
) -> None:
    """Invariants 20, 23 and 25, with the real press: statement and invoice, the same bytes again, nothing changed later."""
    await world.execute("UPDATE contract SET mode = 'postpaid'")
    await delivered(world, await crowd(world), 3)
    await closer_at(world).sum_up()
    await closer_at(world).close()
    issuer = Issuer(world.site, press, Fixed(CLOSE))
    [missing] = await issuer.round()
    assert isinstance(missing, NotIssued)
    assert "the operator's legal data is not set" in (await world.rows("SELECT fault FROM closing"))[0][0]
    await set_up(world)
    [found] = await issuer.round()
    assert isinstance(found, Listed)
    assert (found.kind, found.number) == (Kind.INVOICE, "RE-2026-000001")
    assert await issuer.round() == []
    row = (await world.rows("SELECT state, document_id, used_micros, rounding_micros, net_minor FROM closing"))[0]
    assert (row[0], row[1]) == ("issued", found.document_id)
    assert row[2] + row[3] == to_micros(row[4], "EUR") == to_micros(found.net, "EUR")
    kept = (await world.rows("SELECT value::text, pdf, cii, ubl FROM document"))[0]
    await come_late(world, CLOSE)
    later = datetime(2027, 1, 5, 12, tzinfo=UTC)
    await closer_at(world, later).sum_up()
    await closer_at(world, later).close()
    [second] = await Issuer(world.site, press, Fixed(later)).round()
    assert isinstance(second, Listed)
    assert second.number == "RE-2027-000001", "numbers begin anew with the year"
    rows = await world.rows("SELECT value::text, pdf, cii, ubl FROM document WHERE document_id = $1", found.document_id)
    assert rows[0] == kept
    lines: list[Any] = await world.rows(
        "SELECT period_first FROM document_line WHERE document_id = $1", second.document_id
    )
    assert {line[0] for line in lines} == {NOVEMBER}
    proofs = [one async for one in prove_documents(world.site, press)]
    assert [(one.faults, one.made_again) for one in proofs] == [((), True)] * 2
    assert await sound(world)


async def test_a_month_that_gives_back_more_than_was_used_goes_onto_the_next_invoice(
    world: World, press: Press
) -> None:
    """Invariants 20 and 21 over the months together; the wallet ends with exactly what it had."""
    await world.execute("UPDATE contract SET mode = 'postpaid'")
    await set_up(world)
    before, people = await world.money(), await crowd(world)

    async def month(closed_at: datetime) -> list[Answer]:
        await closer_at(world, closed_at).sum_up()
        await closer_at(world, closed_at).close()
        return await Issuer(world.site, press, Fixed(closed_at)).round()

    await delivered(world, people, 3)
    [first] = await month(CLOSE)
    for part, message_id in await world.rows("SELECT part, message_id FROM usage"):
        async with transaction(world.site.pool(part)) as conn:
            await refund(conn, part, [Refund(message_id, "sorry")], CLOSE + timedelta(days=1), again=False)
    at = datetime(2027, 1, 5, 12, tzinfo=UTC)
    [waits] = await month(at)
    assert isinstance(waits, NotIssued)
    assert waits.says.startswith("TAKT-CARRIED")
    assert await month(at) == [], "nothing is wrong with it, so it is not tried again"
    async with world.site.everywhere.acquire() as conn:
        stale = await closings.find(conn, world.payer, date(2026, 12, 1))
    assert stale is not None
    assert (stale.state, stale.fault) == ("carried", "")
    await delivered(world, people, 5, at + timedelta(days=1))
    [second] = await month(datetime(2027, 2, 4, 12, tzinfo=UTC))
    assert isinstance(first, Listed)
    assert isinstance(second, Listed)
    closed = await world.rows("SELECT state, document_id, net_minor, fault FROM closing ORDER BY month")
    assert [(row[0], row[1], row[3]) for row in closed] == [
        ("issued", first.document_id, ""), ("issued", second.document_id, ""), ("issued", second.document_id, ""),
    ]  # fmt: skip
    assert closed[1][2] == -first.net < 0
    assert second.net == closed[1][2] + closed[2][2] > 0
    assert await world.money() == before
    async with transaction(world.site.pool(world.payer[0])) as conn:
        again = await IssueMonths(IssueDocuments(unread))(conn, world.payer[0], [stale], CLOSE, again=False)
    assert again.answers == [second], "who looks again late finds the document that the month is on"
    assert await sound(world)


async def test_an_advance_has_the_tax_that_was_booked_and_gives_it_back_whole(world: World) -> None:
    """Net and tax of a payment are split from its gross, so the tax may stand a coin beside its own product."""
    made = invoice_of((1, 1_030_000), kind=Kind.ADVANCE)
    [subtotal] = made.breakdown
    beside = replace(made, breakdown=(replace(subtotal, tax=subtotal.tax - 1),), paid=made.totals.gross - 1)
    found = await issued(world, beside)
    assert (found.net, found.tax, found.payable) == (103, 19, 0)
    back = await do(world, Credit(world.payer, new_id(world), found.document_id))
    assert isinstance(back, Listed)
    assert (back.net, back.tax) == (103, 19)
