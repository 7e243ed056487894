"""Advances on final invoices: the oldest first, never more than the service, and put back by what gives the invoice back."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.advances import Advance, remaining, taken_off
from takt.core.crediting import credit
from takt.core.currency import part
from takt.core.invoice import Invoice, Kind, Reference, deducted, draft, numbered
from takt.core.invoice_booking import entries
from takt.core.invoice_rules import faults
from takt.core.invoice_texts import notes, terms, title
from takt.core.tax import TaxCase, Vat, VatCategory
from tests.documents import ISSUED, frame_for, line_of, random_invoice
from tests.world import NOW

NETS = st.lists(st.integers(-5_000, 50_000), max_size=6)
LINES = st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 2 * 10**6)), min_size=1, max_size=5)
RATES = st.sampled_from([0, 700, 1600, 1900, 2700])
PAYER: Final = (0, UUID(int=7))


def advance(place: int, left: int, rate: int = 1900) -> Advance:
    category = VatCategory.STANDARD if rate else VatCategory.REVERSE_CHARGE
    reference = Reference(f"AN-2026-{place:06}", date(2026, 1, place), Kind.ADVANCE)
    return Advance(reference, Vat(category, rate), left)


def final(lines: list[tuple[int, int]], left: list[Advance], case: TaxCase = TaxCase.DOMESTIC) -> Invoice:
    frame = frame_for(case)
    service = tuple(line_of(frame, *each) for each in lines)
    return numbered(draft(frame, (*service, *taken_off(frame, service, left))), "RE-2026-000001", ISSUED)


def moved(invoice: Invoice) -> dict[str, int]:
    """What an invoice does to each account."""
    found: dict[str, int] = {}
    for one in entries(PAYER, PAYER[1], invoice, NOW):
        found[one.debit] = found.get(one.debit, 0) - one.amount_micros
        found[one.credit] = found.get(one.credit, 0) + one.amount_micros
    return found


@given(NETS, st.integers(-100, 80_000))
def test_what_went_back_and_what_statements_used_is_made_good_by_the_oldest(nets: list[int], stated: int) -> None:
    left = remaining([advance(place, net) for place, net in enumerate(nets, 1)], stated)
    assert sum(one.left for one in left) == max(0, sum(nets) - max(0, stated)), "no cent is lost or found"
    assert all(one.left > 0 for one in left)
    untouched = {one.document.number: one.left for one in left}
    first = min(untouched, default="~")
    assert all(untouched[f"AN-2026-{place:06}"] == net for place, net in enumerate(nets, 1)
               if net > 0 and f"AN-2026-{place:06}" > first)  # fmt: skip


@given(LINES, st.lists(st.tuples(st.integers(1, 400_000), RATES), max_size=6))
def test_a_final_invoice_never_asks_for_less_than_nothing(
    lines: list[tuple[int, int]], nets: list[tuple[int, int]]
) -> None:
    left = [advance(place, net, rate) for place, (net, rate) in enumerate(nets, 1)]
    made = final(lines, left)
    assert faults(made) == ()
    assert made.totals.payable == made.totals.gross >= 0
    service = sum(line.net for line in made.services)
    assert sorted(one.net for one in deducted(made)) == sorted(-line.net for line in made.advances)
    assert sum(one.tax for one in deducted(made)) == sum(
        part(sum(line.net for line in made.services if line.vat == each.vat), each.vat.rate_basis_points) - each.tax
        for each in made.breakdown
    )
    if all(rate == 1900 for _, rate in nets):
        assert -sum(line.net for line in made.advances) == min(service, sum(net for net, _ in nets))


@given(LINES, st.lists(st.integers(1, 400_000), max_size=4), st.data())
def test_credit_notes_put_back_what_was_taken_off(lines: list[tuple[int, int]], nets: list[int], data: Any) -> None:
    """Invariant 24 for final invoices: documents, wallet, tax and receivable are as if there had been nothing."""
    original = final(lines, [advance(place, net) for place, net in enumerate(nets, 1)])
    some = {place: data.draw(st.integers(0, quantity)) for place, (quantity, _) in enumerate(lines, 1)}
    made: list[Invoice] = []
    if any(some.values()):
        made.append(numbered(credit(original, (), some), "RK-1", ISSUED))
    if any(some[place] < quantity for place, (quantity, _) in enumerate(lines, 1)):
        made.append(numbered(credit(original, made), "RK-2", ISSUED))
    assert all(faults(one) == () for one in made)
    for line in original.advances:
        back = [one.net for note in made for one in note.advances if one.advance == line.advance]
        assert sum(back) == line.net
    assert sum(one.totals.net for one in made) == original.totals.net
    assert sum(one.totals.tax for one in made) == original.totals.tax
    whole = moved(original)
    for note in made:
        whole = {name: whole.get(name, 0) + moved(note).get(name, 0) for name in whole.keys() | moved(note).keys()}
    assert whole.get("receivable", 0) == whole.get("tax:1900", 0) == 0
    used = sum(line.quantity * line.unit_price_micros for line in original.services)
    assert whole.get("spend", 0) == used, "the wallet has back what the messages took"


def test_a_part_that_has_one_rate_of_two_completes_the_sum_of_both() -> None:
    original = final([(1, 1), (1, 1), (1, 1), (1, 172), (374, 164_818)], [advance(1, 1, 1600)])
    made = list[Invoice]()
    for some in ({5: 1}, {5: 248}, None):
        made.append(numbered(credit(original, made, some), f"RK-{len(made)}", ISSUED))
    assert [fault for one in made for fault in faults(one)] == []


@given(LINES, st.lists(st.tuples(st.integers(1, 400_000), RATES), min_size=1, max_size=6), st.data())
def test_a_part_of_a_final_invoice_with_advances_of_several_rates_can_be_credited(
    lines: list[tuple[int, int]], nets: list[tuple[int, int]], data: Any
) -> None:
    """Each note keeps the rules, none asks for anything, and all of them are the original: by rate, by advance, in the books."""
    original = final(lines, [advance(place, net, rate) for place, (net, rate) in enumerate(nets, 1)])
    left, made = {place: quantity for place, (quantity, _) in enumerate(lines, 1)}, list[Invoice]()
    while any(left.values()):
        some = {place: data.draw(st.integers(0, quantity)) for place, quantity in left.items()}
        wanted = some if len(made) < 4 and any(some.values()) else None
        made.append(numbered(credit(original, made, wanted), f"RK-{len(made)}", ISSUED))
        left = {place: quantity - (wanted or left)[place] for place, quantity in left.items()}
    assert [fault for one in made for fault in faults(one)] == []
    for line in original.advances:
        assert sum(one.net for note in made for one in note.advances if one.advance == line.advance) == line.net
    for whole in original.breakdown:
        parts = [one for note in made for one in note.breakdown if one.vat == whole.vat]
        assert (sum(one.taxable for one in parts), sum(one.tax for one in parts)) == (whole.taxable, whole.tax)
    books = moved(original)
    for note in made:
        books = {name: books.get(name, 0) + moved(note).get(name, 0) for name in books.keys() | moved(note).keys()}
    assert books.get("receivable", 0) == 0


def test_advances_of_several_rates_go_back_in_proportion_to_the_service() -> None:
    original = final([(10, 10_000_000)], [advance(1, 4_000, 1600), advance(2, 4_000, 2700)])
    assert (original.totals.net, original.totals.tax) == (2_000, 180)
    note = numbered(credit(original, (), {1: 1}), "RK-1", ISSUED)
    assert [one.net for one in note.advances] == [-400, -400]
    assert (note.totals.net, note.totals.tax) == (200, 18)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_taxed_advances_on_a_service_without_tax_go_back_with_it(parts: list[int]) -> None:
    """The customer became one that owes the tax itself after it had paid ahead with tax."""
    lines = [(sum(parts), 10_000_000)]
    original = final(lines, [advance(1, 30_000, 1900), advance(2, 90_000, 1600)], TaxCase.REVERSE_CHARGE)
    made: list[Invoice] = []
    for some in parts:
        made.append(numbered(credit(original, made, {1: some}), "RK-1", ISSUED))
    assert [fault for one in made for fault in faults(one)] == []
    assert sum(one.totals.gross for one in made) == original.totals.gross


def uneven(original: Invoice, made: list[Invoice]) -> list[set[Vat]]:
    """For each credit note the rates whose tax, of all notes up to it, is not what the rate comes to by itself."""
    found: list[set[Vat]] = []
    for upto in range(1, len(made) + 1):
        rates: set[Vat] = set()
        for whole in original.breakdown:
            past = [one for note in made[:upto] for one in note.breakdown if one.vat == whole.vat]
            taxable, tax = sum(one.taxable for one in past), sum(one.tax for one in past)
            right = whole.tax if taxable == whole.taxable else part(taxable, whole.vat.rate_basis_points)
            rates |= {whole.vat} if tax != right else set()
        found.append(rates)
    return found


def in_parts(original: Invoice, parts: list[int]) -> list[Invoice]:
    made: list[Invoice] = []
    for some in parts:
        made.append(numbered(credit(original, made, {1: some}), f"RK-{len(made)}", ISSUED))
    return made


PARTS = st.lists(st.integers(1, 40), min_size=2, max_size=5)
ODD = st.lists(st.tuples(st.integers(1, 400_000), st.sampled_from([700, 1600, 2700])), min_size=1, max_size=4)


@given(PARTS, st.integers(10_000, 2_000_000), ODD)
def test_cents_of_several_rates_are_borne_by_the_services_own(
    parts: list[int], price: int, nets: list[tuple[int, int]]
) -> None:
    original = final([(sum(parts), price)], [advance(place, net, rate) for place, (net, rate) in enumerate(nets, 1)])
    own = original.services[0].vat
    assert all(rates <= {own} for rates in uneven(original, in_parts(original, parts)))


def test_a_cent_of_several_rates_is_borne_by_the_services_own() -> None:
    original = final([(7, 330_000)], [advance(1, 101, 700), advance(2, 77, 1600)])
    assert {original.services[0].vat} in uneven(original, in_parts(original, [1] * 7))


def test_a_currency_without_cents_moves_none_between_rates() -> None:
    """590 yen at 19 % are 112 of tax; 111 would be more than a yen off what they come to."""
    note = random_invoice(9074)
    assert (note.currency, note.kind) == ("JPY", Kind.CREDIT_NOTE)
    assert [(one.taxable, one.tax) for one in note.breakdown] == [(590, 112), (-590, -94)]


@given(PARTS, st.integers(10_000, 2_000_000), ODD)
def test_on_a_service_without_tax_the_largest_rate_that_is_not_complete_bears_them(
    parts: list[int], price: int, nets: list[tuple[int, int]]
) -> None:
    """And nothing that is not taxed ever bears any."""
    left = [advance(place, net, rate) for place, (net, rate) in enumerate(nets, 1)]
    original = final([(sum(parts), price)], left, TaxCase.REVERSE_CHARGE)
    made = in_parts(original, parts)
    whole = {one.vat: one.taxable for one in original.breakdown}
    past = dict.fromkeys(whole, 0)
    before: set[Vat] = set()
    for note, rates in zip(made, uneven(original, made), strict=True):
        past |= {one.vat: past[one.vat] + one.taxable for one in note.breakdown}
        waiting = [one for one in note.breakdown if one.vat.rate_basis_points and past[one.vat] != whole[one.vat]]
        largest = max((abs(one.taxable) for one in waiting), default=0)
        touched = {one.vat for one in note.breakdown}
        assert rates & touched <= {one.vat for one in waiting if abs(one.taxable) == largest}
        assert rates - touched <= before
        before = rates


def test_what_is_asked_for_goes_back_before_advances_are_put_back() -> None:
    original = final([(10, 1_000_000), (5, 2_000_000)], [advance(1, 500), advance(2, 700)])
    assert (original.totals.net, original.totals.tax) == (800, 152)
    first = numbered(credit(original, (), {1: 10}), "RK-1", ISSUED)
    assert [(one.advance and one.advance.number, one.net) for one in first.advances] == [("AN-2026-000002", -200)]
    rest = numbered(credit(original, (first,)), "RK-2", ISSUED)
    assert [one.net for one in rest.advances] == [-500, -500]
    assert (rest.totals.gross, terms(rest)) == (0, "Der Betrag ist wieder Teil des Guthabens.")
    assert "Wieder offen: Anzahlungsrechnung AN-2026-000001 vom 01.01.2026, netto 5,00" in " ".join(notes(rest))


def test_a_month_paid_ahead_asks_for_nothing_and_books_what_rounding_did() -> None:
    made = final([(3, 33_333)], [advance(1, 10_000)])
    assert title(made) == "Schlussrechnung"
    assert (made.totals.net, made.totals.payable) == (0, 0)
    assert moved(made) == {"spend": -1, "rounding": 1}, "0.10 is taken off the advance, 0.099999 was used"
    assert notes(made) == [
        "Abgezogen: Anzahlungsrechnung AN-2026-000001 vom 01.01.2026, netto 0,10, Umsatzsteuer 0,02 EUR."
    ]


@pytest.mark.parametrize(
    ("rate", "taken", "payable"),
    [(1900, 10_000, 0), (0, 10_000, 1_900), (700, 10_000, 1_200), (2700, 9_370, 0)],
)
def test_an_advance_of_another_rate_is_taken_off_with_its_own_tax(rate: int, taken: int, payable: int) -> None:
    made = final([(100, 1_000_000)], [advance(1, 50_000, rate)])
    assert (-sum(line.net for line in made.advances), made.totals.payable) == (taken, payable)


def test_what_is_outside_the_scope_stands_by_itself() -> None:
    own = replace(advance(2, 700), vat=Vat(VatCategory.OUTSIDE))
    made = final([(100, 1_000_000)], [advance(1, 50_000), own], TaxCase.THIRD_COUNTRY)
    assert [(line.advance, line.net) for line in made.advances] == [(own.document, -700)]


def test_advances_are_counted_by_their_days_then_by_their_numbers_and_to_the_last_coin() -> None:
    def issued(number: str, day: int, left: int) -> Advance:
        return replace(advance(1, left), document=Reference(number, date(2026, 1, day), Kind.ADVANCE))

    given_ = [issued("AN-1", 2, 30), issued("AN-4", 1, 20), issued("AN-3", 1, 10), issued("AN-2", 3, -5)]
    assert [(one.document.number, one.left) for one in remaining(given_, 0)] == [
        ("AN-3", 5),
        ("AN-4", 20),
        ("AN-1", 30),
    ]
    assert [(one.document.number, one.left) for one in remaining(given_, 54)] == [("AN-1", 1)]


def test_an_advance_of_one_cent_is_taken_off_by_its_key() -> None:
    [line] = final([(100, 1_000_000)], [advance(1, 1)]).advances
    assert (line.net, line.quantity, line.unit_price_micros, line.key) == (-1, -1, 10_000, "advance/AN-2026-000001")


def test_an_advance_of_millions_of_another_rate_is_taken_off_as_far_as_it_goes() -> None:
    made = final([(10**9, 10**8)], [advance(1, 10**14, 2700)])
    assert (-sum(line.net for line in made.advances), made.totals.payable) == (10**13 * 119 // 127, 1)
