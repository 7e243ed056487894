"""Credit notes: what goes back of each line, what is no part of them, and advances that are put back."""

from dataclasses import replace
from typing import Final

import pytest

from takt.core.crediting import NothingToCredit, credit
from takt.core.exchange import converted
from takt.core.invoice import Debit, Invoice, Kind, Reference, draft, numbered
from takt.core.tax import TaxCase
from tests.documents import ISSUED, frame_for, invoice_for, line_of, rates_of

FRAME: Final = frame_for(TaxCase.DOMESTIC)
SALE: Final = invoice_for(lines=((1000, 113_100), (7, 45_600)))


def final(*nets: int) -> Invoice:
    """20.00 of service with these advances taken off."""
    service = line_of(FRAME, 20, 1_000_000)
    off = [
        replace(service, quantity=-1, unit_price_micros=net * 10_000, net=-net, advance=_advance(place))
        for place, net in enumerate(nets, 1)
    ]
    return numbered(draft(FRAME, (service, *off)), "RE-2026-000001", ISSUED)


def _advance(place: int) -> Reference:
    return Reference(f"AN-2026-{place:06}", ISSUED, Kind.ADVANCE)


def note_over(original: Invoice, earlier: list[Invoice], some: int) -> Invoice:
    return numbered(credit(original, earlier, {1: some}), f"RK-{len(earlier)}", ISSUED)


@pytest.mark.parametrize(
    ("some", "says"),
    [
        ({1: 1001}, "line 1: 1000 can be credited, not 1001"),
        ({3: 1}, "line 3: 0 can be credited, not 1"),
        ({2: -1}, "line 2: 7 can be credited, not -1"),
        ({1: 0}, "nothing is left to credit"),
    ],
)
def test_what_cannot_be_credited_is_told(some: dict[int, int], says: str) -> None:
    with pytest.raises(NothingToCredit) as caught:
        credit(SALE, (), some)
    assert str(caught.value) == says


def test_a_draft_is_changed_not_credited() -> None:
    with pytest.raises(AssertionError):
        credit(replace(SALE, issued_on=None))


def test_lines_go_back_in_the_order_of_the_original() -> None:
    note = credit(SALE, (), {2: 3, 1: 5})
    assert [(line.of, line.quantity) for line in note.lines] == [(1, 5), (2, 3)]


def test_how_the_original_was_paid_is_no_part_of_what_gives_it_back() -> None:
    debit = Debit("MD-0007", "DE98ZZZ09999999999", "DE02120300000000202051")
    note = credit(replace(SALE, paid=500, due_days=14, note="Danke", debit=debit))
    assert (note.kind, note.paid, note.due_days, note.note, note.debit) == (Kind.CREDIT_NOTE, 0, 0, "", None)
    assert (note.number, note.issued_on, note.exchange) == ("", None, ())
    assert note.corrects == Reference(SALE.number, ISSUED, Kind.INVOICE)


def test_a_line_that_went_back_bit_by_bit_went_back_to_the_cent() -> None:
    """A third of 0.10 is 0.03, two are 0.07: each note has what its share adds."""
    original = invoice_for(lines=((3, 33_333),))
    notes: list[Invoice] = []
    for _ in range(3):
        notes.append(note_over(original, notes, 1))
    assert [note.totals.net for note in notes] == [3, 4, 3]


def test_advances_are_put_back_for_what_a_note_goes_beyond_and_no_note_twice() -> None:
    original, notes = final(500, 700), list[Invoice]()
    assert original.totals.net == 800
    for some in (10, 5, 5):
        notes.append(note_over(original, notes, some))
    back = [[(one.advance, one.net, one.of) for one in note.advances] for note in notes]
    assert back == [[(_advance(2), -200, 3)], [(_advance(2), -500, 3)], [(_advance(1), -500, 2)]]
    assert [note.totals.net for note in notes] == [800, 0, 0]


def test_only_advances_are_put_back_not_what_a_month_before_gave_back() -> None:
    made = final(500)
    carried = replace(line_of(FRAME, -2, 1_000_000), text="June")
    original = numbered(draft(FRAME, (*made.lines, carried)), made.number, ISSUED)
    note = credit(original)
    assert [(line.of, line.net) for line in note.lines] == [(1, 2_000), (3, -200), (2, -500)]
    assert note.totals.net == original.totals.net


def test_all_that_was_told_in_euro_goes_back_with_the_last_note_only() -> None:
    frame = frame_for(TaxCase.DOMESTIC, currency="USD")
    lines = (line_of(frame, 1, 90_000_000), line_of(frame, 2, 70_000_000))
    original = numbered(converted(draft(frame, lines), rates_of("USD")), "RE-2026-000001", ISSUED)
    for some in ({2: 2}, {2: 1}, {1: 1}):
        part = credit(original, (), some)
        assert [one.tax for one in part.exchange] == [part.totals.tax]
        assert part.totals.tax < original.totals.tax
    first = numbered(credit(original, (), {2: 2}), "RK-1", ISSUED)
    last = credit(original, (first,))
    assert (first.tax_in_euro or 0) + (last.tax_in_euro or 0) == original.tax_in_euro
