"""Final invoices: a month that was paid ahead is invoiced in full, less what advance invoices brought."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from takt import bundle
from takt.actions.issue import Answer, Credit, NotIssued, Print
from takt.actions.legal import SetMonthDocument, SetOperator, set_legal
from takt.actions.paying import Begin, Command, Paying, Tell
from takt.actions.payment_steps import Said
from takt.actions.refund import Refund, refund
from takt.clock import CLOCK
from takt.core import iban
from takt.core.advances import remaining
from takt.core.claim import Standing, standing
from takt.core.contract import MonthDocument
from takt.core.currency import to_micros
from takt.core.ids import slot_of
from takt.core.invoice import Invoice, Kind
from takt.core.payment import Payment, Purpose, State, Word, grossed
from takt.store import advances, documents
from takt.store.audit import ledger_faults
from takt.store.documents import Listed
from takt.store.pool import transaction
from takt.workers.advancer import Advancer
from takt.workers.issuer import Issuer
from takt.workers.press import Press
from tests.actions.test_close_month import CLOSE, Fixed, balance, closer_at, crowd, delivered
from tests.actions.test_issue import do, new_id, set_up, unread
from tests.documents import SELLER
from tests.exports import change, run
from tests.pricing import document, pay_by
from tests.world import NOW, World

PRICE = 1_234_567
JANUARY = datetime(2027, 1, 5, 12, tzinfo=UTC)


CHANGES: list[tuple[str, Callable[[Any], None]]] = [
    ("invoice", lambda one: off(one).update(net=off(one)["net"] + 1)),
    ("invoice", lambda one: off(one).update(advance="AN-2026-000009")),
    ("credit_note", lambda one: one["lines"].pop()),
    ("advance", lambda one: one.update(net=1)),
]
"""What the verifier must find, done to the first document of a kind."""


def first_of(told: Any, kind: str) -> Any:
    return next(one for one in sorted(told, key=lambda one: one["number"]) if one["kind"] == kind)


def spoil(kind: str, how: Callable[[Any], None], told: Any) -> None:
    how(first_of(told, kind))


def off(one: Any) -> Any:
    return next(line for line in one["lines"] if line["advance"])


async def choose(world: World, chosen: str) -> None:
    async with transaction(world.site.everywhere) as conn:
        await set_legal(conn, 0, [SetMonthDocument(world.payer, MonthDocument(chosen), "olga")], NOW, again=False)


async def rated(world: World, rate: int) -> None:
    """The operator's own country has this rate from now on."""
    async with transaction(world.site.everywhere) as conn:
        await set_legal(conn, 0, [SetOperator({**SELLER, "rates": {"DE": rate}}, "test")], NOW, again=False)


async def topped_up(
    world: World, net_micros: int, at: datetime = NOW, currency: str = "EUR", rate: int = 1900
) -> Payment:
    """A top-up that settled, without its document so far."""
    payment_id = CLOCK.new_id(slot_of(world.payer[1]))
    reference = iban.reference(iban.OF_PAYMENT, payment_id)
    one = Payment(
        payment_id, world.payer, "fake", reference, Purpose.TOP_UP, grossed(net_micros, rate, currency), "S", rate, currency,
        State.INITIATED, reference, at,
    )  # fmt: skip
    await tell(world, one, at, Word.SETTLED)
    return one


async def tell(world: World, one: Payment, at: datetime, *words: Word) -> None:
    part = world.payer[0]
    async with transaction(world.site.pool(part)) as conn:
        told: list[Command] = [
            Tell(part, one.payment_id, Said("fake", f"{one.reference}-{word}", word, at, one.split.gross_micros))
            for word in words
        ]
        await Paying(world.reference, CLOCK.new_id)(conn, part, [Begin(one, "frida"), *told], at, again=False)


async def advanced(world: World, at: datetime = NOW, by: Print = unread) -> list[Answer]:
    return await Advancer(world.site, by, Fixed(at)).round()


async def month(world: World, at: datetime = CLOSE, press: Press | None = None) -> Answer:
    """The document of the month before, by its own press."""
    await closer_at(world, at).sum_up()
    await closer_at(world, at).close()
    issuer = Issuer(world.site, press or Unread(), Fixed(at))  # type: ignore[arg-type]
    [found] = await issuer.round()
    return found


class Unread:
    """A press that looks at nothing."""

    print = staticmethod(unread)


async def value(world: World, found: Answer) -> Invoice:
    assert isinstance(found, Listed), found
    async with world.site.everywhere.acquire() as conn:
        return await documents.value_of(conn, world.payer[0], found.document_id)


async def left(world: World) -> int:
    """What of advances no document took off, net, in micro-units."""
    async with world.site.everywhere.acquire() as conn:
        every = await advances.of_contract(conn, world.payer)
        open_now = remaining(every, await advances.stated(conn, world.payer))
    return to_micros(sum(one.left for one in open_now), "EUR")


async def whole(world: World) -> bool:
    async with world.site.everywhere.acquire() as conn:
        return await ledger_faults(conn, world.site.parts) == []


async def pays_ahead(world: World) -> int:
    """The company gets final invoices of what it pays for in advance; what it has."""
    await pay_by(world, document({"price": PRICE}))
    await set_up(world)
    await choose(world, "final")
    return (await world.money())[0]


async def test_what_was_paid_ahead_is_taken_off_and_the_wallet_is_what_no_document_took_off(
    world: World, press: Press, tmp_path: Path
) -> None:
    """Invariants 20 to 24 through two months and a credit note; the documents are proved by the real press."""
    spare = await pays_ahead(world)
    await topped_up(world, 5_000_000)
    await topped_up(world, 90_000_000)
    people = await crowd(world)
    await delivered(world, people, 5)
    used = 5 * len(people) * PRICE
    waits = await month(world)
    assert isinstance(waits, NotIssued)
    assert waits.says.startswith("TAKT-ADVANCE"), "top-ups come before what takes them off"
    assert len(await advanced(world, NOW, press.print)) == 2
    [found] = await Issuer(world.site, press, Fixed(CLOSE)).round()
    made = await value(world, found)
    assert isinstance(found, Listed)
    assert (found.kind, found.number[:2], found.payable) == (Kind.INVOICE, "RE", 0)
    assert found.claim is not None
    assert standing(found.claim, CLOSE.date()) is Standing.PAID
    assert made.advances[0].net == -500, "the oldest first, and wholly"
    assert sum(line.quantity * line.unit_price_micros for line in made.services) == used
    assert abs((await world.money())[0] - (spare + 95_000_000 - used)) <= 5_000, "by the rounding of its one line"
    assert (await world.money())[0] == spare + await left(world)
    assert (await balance(world, "tax:1900"), await balance(world, "receivable")) == (to_micros(1805, "EUR"), 0)
    assert await world.rows("SELECT true FROM payment WHERE purpose = 'invoice'") == [], "nothing is waited for"
    some = Credit(world.payer, new_id(world), found.document_id, ((1, 1),))
    back = await do(world, some, press.print, CLOSE + timedelta(days=1))
    assert isinstance(back, Listed)
    assert back.gross == 0
    assert (await world.money())[0] == spare + await left(world), (
        "the message's price is balance again, and to be taken off"
    )
    await delivered(world, people, 1, CLOSE + timedelta(days=1))
    second = await value(world, await month(world, JANUARY, press))
    assert second.totals.payable == 0
    assert (await world.money())[0] == spare + await left(world)
    assert await balance(world, "tax:1900") == to_micros(1805, "EUR")
    assert await whole(world)
    await bundle.write(world.site, tmp_path / "right")
    code, said = run(tmp_path / "right")
    assert code == 0, said
    for number, (kind, how) in enumerate(CHANGES):
        await bundle.write(world.site, tmp_path / str(number))
        change(tmp_path / str(number), "documents.jsonl", partial(spoil, kind, how))
        code, said = run(tmp_path / str(number))
        assert code == 1
        assert " of advances, and should " in said, number


async def test_a_part_of_it_is_credited_where_advances_have_several_rates(
    world: World, press: Press, tmp_path: Path
) -> None:
    """Of advances at two rates that are not the service's; each note is proved by the press, all of it by the verifier."""
    spare = await pays_ahead(world)
    for rate, net in ((2700, 3_000_000), (1600, 90_000_000)):
        await rated(world, rate)
        await topped_up(world, net, rate=rate)
        await advanced(world, NOW, press.print)
    await rated(world, 1900)
    people = await crowd(world)
    await delivered(world, people, 5)
    found = await month(world, press=press)
    assert isinstance(found, Listed)
    made = await value(world, found)
    assert len(made.breakdown) == 3
    quantity = made.lines[0].quantity
    for some in (1, quantity // 3, None):
        wanted = None if some is None else ((1, some),)
        back = await do(world, Credit(world.payer, new_id(world), found.document_id, wanted), press.print, CLOSE)
        assert isinstance(back, Listed), back
        assert back.gross >= 0
    again = await value(world, found)
    assert again == made
    listed = await world.rows(
        "SELECT sum(gross)::bigint, sum(tax)::bigint FROM document WHERE corrects = $1", found.document_id
    )
    assert listed == [(found.gross, found.tax)]
    assert await balance(world, "receivable") == 0
    assert (await world.money())[0] == spare + await left(world)
    assert await whole(world)
    await bundle.write(world.site, tmp_path)
    code, said = run(tmp_path)
    assert code == 0, said


async def test_what_advances_do_not_cover_is_asked_for_and_the_wallet_has_it_back(world: World) -> None:
    await pay_by(world, document({"price": PRICE}))
    await set_up(world)
    await choose(world, "final")
    before = (await world.money())[0]
    await topped_up(world, 1_000_000)
    await advanced(world)
    people = await crowd(world)
    await delivered(world, people, 2)
    found = await month(world)
    made = await value(world, found)
    assert isinstance(found, Listed)
    assert found.net == sum(line.net for line in made.services) - 100 > 0
    assert found.payable == found.net + found.tax == -await balance(world, "receivable") // 10_000
    assert (await world.money())[0] == before, "what no advance covers is owed, as by who pays afterwards"
    assert await world.rows("SELECT document, state FROM payment WHERE purpose = 'invoice'") == [
        (found.number, "initiated")
    ]
    assert await whole(world)


async def test_statements_before_used_up_advances_and_one_that_goes_back_is_made_good_by_the_next(world: World) -> None:
    await pay_by(world, document({"price": PRICE}))
    await set_up(world)
    spare = (await world.money())[0]
    first = await topped_up(world, 50_000_000)
    await advanced(world)
    people = await crowd(world)
    await delivered(world, people, 2)
    statement = await month(world)
    assert isinstance(statement, Listed)
    assert statement.kind is Kind.STATEMENT
    await choose(world, "final")
    stated = to_micros(statement.net, "EUR")
    assert await left(world) == 50_000_000 - stated, "what a statement shows was paid by the advance"
    await delivered(world, people, 1, CLOSE + timedelta(days=1))
    second = await value(world, await month(world, JANUARY))
    off = -sum(line.net for line in second.advances)
    assert second.totals.payable == 0
    await tell(world, first, JANUARY, Word.RETURNED)
    waits = await advanced(world, JANUARY)
    assert [one.kind for one in waits if isinstance(one, Listed)] == [Kind.CREDIT_NOTE]
    assert await left(world) == 0
    await topped_up(world, 60_000_000, JANUARY)
    await advanced(world, JANUARY)
    assert await left(world) == 60_000_000 - stated - to_micros(off, "EUR"), "the new one stands in for the old one"
    assert abs((await world.money())[0] - spare - await left(world)) <= 5_000, "by the rounding of the statement"
    assert await whole(world)


async def test_a_month_that_gives_back_more_waits_and_comes_with_whatever_document_is_next(world: World) -> None:
    """A carried month is no fault, and is not lost when the contract changes to statements."""
    await pay_by(world, document({"price": PRICE}))
    await set_up(world)
    await choose(world, "final")
    await topped_up(world, 90_000_000)
    await advanced(world)
    people = await crowd(world)
    await delivered(world, people, 1)
    assert isinstance(await month(world), Listed)
    for part, message_id in await world.rows("SELECT part, message_id FROM usage"):
        async with transaction(world.site.pool(part)) as conn:
            await refund(conn, part, [Refund(message_id, "sorry")], CLOSE + timedelta(days=1), again=False)
    waits = await month(world, JANUARY)
    assert isinstance(waits, NotIssued)
    assert await world.rows("SELECT state, fault FROM closing ORDER BY month") == [("issued", ""), ("carried", "")]
    await choose(world, "statement")
    await delivered(world, people, 3, JANUARY + timedelta(days=1))
    found = await month(world, datetime(2027, 2, 5, 12, tzinfo=UTC))
    assert isinstance(found, Listed)
    assert (found.kind, await world.count("document_line")) == (Kind.STATEMENT, 5)
    assert [row[0] for row in await world.rows("SELECT state FROM closing ORDER BY month")] == ["issued"] * 3
