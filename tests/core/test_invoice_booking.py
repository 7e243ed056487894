"""What issuing a document does to the books: which accounts move by how much, and under whose id."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from takt.core.crediting import credit
from takt.core.entries import Entry, EntryKind
from takt.core.invoice import Invoice, Kind, Reference, numbered
from takt.core.invoice_booking import entries
from takt.core.tax import TaxCase
from tests.documents import ISSUED, JULY, invoice_for

PAYER = (0, UUID(int=7))
DOCUMENT = UUID(int=9)
NOW = datetime(2026, 8, 4, 9, tzinfo=UTC)
SALE = invoice_for(lines=((3, 33_333), (1, 1_000_000)))
"""Net 1.10 with 0.000001 of rounding, tax 0.21."""


def legs(invoice: Invoice) -> list[tuple[str, str, str, int]]:
    return [
        (one.kind.value, one.debit, one.credit, one.amount_micros) for one in entries(PAYER, DOCUMENT, invoice, NOW)
    ]


def test_an_invoice_makes_a_claim_of_what_was_used_its_tax_and_what_rounding_did() -> None:
    assert (SALE.totals.net, SALE.totals.tax) == (110, 21)
    assert legs(SALE) == [
        ("invoice", "receivable", "spend", 1_100_000),
        ("invoice", "receivable", "tax:1900", 210_000),
        ("rounding", "spend", "rounding", 1),
    ]


def test_rounding_that_took_goes_the_other_way_and_what_is_nothing_is_no_leg() -> None:
    assert legs(invoice_for(lines=((1, 1_003_000),)))[-1] == ("rounding", "rounding", "spend", 3_000)
    untaxed = invoice_for(TaxCase.REVERSE_CHARGE, lines=((1, 1_000_000),))
    assert legs(untaxed) == [("invoice", "receivable", "spend", 1_000_000)]


def test_all_legs_are_one_entry_of_the_document() -> None:
    number, kinds = SALE.number, [EntryKind.INVOICE, EntryKind.INVOICE, EntryKind.ROUNDING]
    found = entries(PAYER, DOCUMENT, SALE, NOW)
    assert found == [
        Entry(PAYER, DOCUMENT, kind, one.debit, one.credit, one.amount_micros, "EUR", NOW, leg, number)
        for leg, (kind, one) in enumerate(zip(kinds, found, strict=True))
    ]


def test_a_credit_note_takes_net_and_tax_back_and_leaves_rounding() -> None:
    note = numbered(credit(SALE), "RK-2026-000001", ISSUED)
    assert legs(note) == [
        ("credit_note", "adjustment", "receivable", 1_100_000),
        ("credit_note", "tax:1900", "receivable", 210_000),
    ]


def test_a_credit_note_puts_an_advance_back_into_the_wallet() -> None:
    advance = Reference("AN-2026-000001", JULY.first, Kind.ADVANCE)
    off = replace(SALE.lines[1], quantity=-1, net=-100, advance=advance)
    whole = numbered(replace(SALE, lines=(*SALE.lines, off)), SALE.number, ISSUED)
    note = replace(whole, kind=Kind.CREDIT_NOTE, corrects=Reference(SALE.number, ISSUED))
    assert legs(note)[-1] == ("credit_note", "adjustment", "spend", 1_000_000)
    assert legs(replace(note, corrects=None)) == legs(note), "only what names an advance invoice takes one back"


def test_top_ups_are_booked_by_their_payments_and_statements_not_at_all() -> None:
    back = replace(SALE, kind=Kind.CREDIT_NOTE, corrects=Reference("AN-2026-000001", ISSUED, Kind.ADVANCE))
    for silent in (replace(SALE, kind=Kind.ADVANCE), replace(SALE, kind=Kind.STATEMENT), back):
        assert legs(silent) == []
