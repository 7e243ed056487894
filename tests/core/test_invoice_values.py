"""What documents say of themselves: days, sums, what is owed, what advances took off."""

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from takt.core.invoice import (
    ADVANCE_KEY,
    Converted,
    Deducted,
    Invoice,
    Kind,
    Period,
    Reference,
    Subtotal,
    deducted,
    draft,
    is_taxed,
    tax_case,
)
from takt.core.tax import TaxCase, Vat, VatCategory
from tests.documents import ISSUED, JULY, JUNE, buyer_for, frame_for, invoice_for, line_of, seller_for

FRAME: Final = frame_for(TaxCase.DOMESTIC)
SALE: Final = invoice_for(lines=((10, 1_000_000),))


def test_words_that_records_and_files_rely_on() -> None:
    assert [*Kind] == ["invoice", "credit_note", "advance", "statement"]
    assert ADVANCE_KEY == "advance"


def test_what_a_line_and_a_draft_leave_open() -> None:
    line = replace(line_of(FRAME, 1, 1_000_000), note="")
    plain = type(line)(line.text, 1, 1_000_000, 100, line.vat, line.period)
    assert plain == line
    assert (plain.unit, plain.note, plain.key, plain.of, plain.advance) == ("C62", "", "", 0, None)
    made = draft(FRAME, (line,))
    assert (made.number, made.issued_on, made.paid, made.note, made.exchange) == ("", None, 0, "", ())
    bare = Invoice(
        made.kind, made.currency, made.language, made.seller, made.buyer, made.case, made.lines, made.breakdown,
        made.period, made.due_days, made.contract,
    )  # fmt: skip
    assert bare == made, "nothing is paid of what says nothing of it"


@pytest.mark.parametrize(
    ("lines", "span"),
    [
        ([JULY], JULY),
        ([JUNE], Period(JUNE.first, JULY.last)),
        ([Period(date(2026, 7, 5), date(2026, 8, 2))], Period(JULY.first, date(2026, 8, 2))),
        ([JUNE, Period(date(2026, 8, 1), date(2026, 8, 9))], Period(JUNE.first, date(2026, 8, 9))),
    ],
)
def test_the_days_of_a_document_are_those_of_all_its_lines(lines: list[Period], span: Period) -> None:
    made = tuple(replace(SALE.lines[0], period=period) for period in lines)
    assert replace(SALE, lines=made).span == span


def test_it_is_due_so_many_days_after_its_issue_and_a_draft_is_not() -> None:
    assert replace(SALE, due_days=14).due_on == date(2026, 8, 18)
    with pytest.raises(AssertionError):
        _ = replace(SALE, issued_on=None).due_on


def test_what_is_paid_lessens_what_is_owed_and_on_a_statement_nothing_is() -> None:
    lines = (line_of(FRAME, 10, 1_000_000),)
    some = draft(FRAME, lines, paid=190)
    assert (some.totals.gross, some.totals.paid, some.totals.payable) == (1_190, 190, 1_000)
    statement = draft(replace(FRAME, kind=Kind.STATEMENT), lines)
    assert (statement.totals.paid, statement.totals.payable) == (1_190, 0)
    assert (some.due_days, some.contract) == (FRAME.buyer.due_days, "V-4711")


def test_only_a_company_has_a_vat_id_that_counts() -> None:
    person = replace(buyer_for(TaxCase.REVERSE_CHARGE), company=False)
    assert tax_case(seller_for(TaxCase.DOMESTIC), person) is TaxCase.CONSUMER_HOME


def test_a_document_is_taxed_if_any_part_of_it_is() -> None:
    abroad = Subtotal(Vat(VatCategory.REVERSE_CHARGE), 100, 0)
    assert is_taxed(replace(SALE, breakdown=(abroad, *SALE.breakdown)))
    assert not is_taxed(replace(SALE, breakdown=(abroad,)))


def test_tax_in_euro_is_the_sum_of_all_months_and_none_without_any() -> None:
    assert SALE.tax_in_euro is None
    months = (Converted(JUNE.first, 1_081_200, "BMF", 10, 9), Converted(JULY.first, 1_082_200, "BMF", 20, 18))
    assert replace(SALE, exchange=months).tax_in_euro == 27


def with_advances(*nets: int) -> Invoice:
    """A sale of 20.00 with these advances taken off."""
    service = line_of(FRAME, 20, 1_000_000)
    off = [
        replace(service, quantity=-1, net=-net, advance=Reference(f"AN-{place}", ISSUED, Kind.ADVANCE))
        for place, net in enumerate(nets, 1)
    ]
    return draft(FRAME, (service, *off))


def test_advances_take_off_the_tax_that_the_breakdown_lacks_to_the_cent() -> None:
    found = deducted(with_advances(13, 700, 61))
    assert found == [
        Deducted(Reference("AN-1", ISSUED, Kind.ADVANCE), 13, 2),
        Deducted(Reference("AN-2", ISSUED, Kind.ADVANCE), 700, 133),
        Deducted(Reference("AN-3", ISSUED, Kind.ADVANCE), 61, 12),
    ]
    assert sum(one.tax for one in found) == 380 - with_advances(13, 700, 61).totals.tax
    assert deducted(SALE) == []
