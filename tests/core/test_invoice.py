"""Documents as values: rounding, totals, tax and credit notes (invariants 20, 21, 24), and the rules that guard them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.crediting import NothingToCredit, credit
from takt.core.currency import exponent, half_up, plain, plain_price, to_micros, to_minor
from takt.core.invoice import (
    Invoice,
    Kind,
    Reference,
    numbered,
    rounding_micros,
    tax_case,
    vat_between,
)
from takt.core.invoice_rules import faults
from takt.core.tax import TaxCase, Vat, VatCategory, exemption
from tests.documents import ISSUED, buyer_for, invoice_for, random_invoice, seller_for

LINES = st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 10**7)), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("dividend", "divisor", "whole"),
    [(5, 10, 1), (4, 10, 0), (-5, 10, -1), (-4, 10, 0), (15, 10, 2), (25, 10, 3), (0, 7, 0), (1, 3, 0), (2, 3, 1)],
)
def test_halves_go_away_from_zero(dividend: int, divisor: int, whole: int) -> None:
    assert half_up(dividend, divisor) == whole


@pytest.mark.parametrize(
    ("currency", "places", "micros", "minor", "shown"),
    [("EUR", 2, 1_005_000, 101, "1.01"), ("JPY", 0, 1_500_000, 2, "2"), ("KWD", 3, 1_000_500, 1001, "1.001")],
)
def test_coins_have_the_places_of_their_currency(
    currency: str, places: int, micros: int, minor: int, shown: str
) -> None:
    assert exponent(currency) == places
    assert to_minor(micros, currency) == minor
    assert plain(minor, currency) == shown
    assert to_minor(to_micros(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("micros", "shown"), [(45_600, "0.0456"), (1_000_000, "1.00"), (1_500_000, "1.50"), (1, "0.000001"), (0, "0.00")]
)
def test_a_price_shows_all_it_has(micros: int, shown: str) -> None:
    assert plain_price(micros) == shown


@pytest.mark.parametrize(
    ("case", "vat"),
    [
        (TaxCase.DOMESTIC, Vat(VatCategory.STANDARD, 1900)),
        (TaxCase.REVERSE_CHARGE, Vat(VatCategory.REVERSE_CHARGE)),
        (TaxCase.CONSUMER_HOME, Vat(VatCategory.STANDARD, 1900)),
        (TaxCase.CONSUMER_ABROAD, Vat(VatCategory.STANDARD, 2400)),
        (TaxCase.THIRD_COUNTRY, Vat(VatCategory.OUTSIDE)),
        (TaxCase.SMALL_OPERATOR, Vat(VatCategory.EXEMPT)),
    ],
)
def test_customer_and_operator_decide_the_tax(case: TaxCase, vat: Vat) -> None:
    assert tax_case(seller_for(case), buyer_for(case)) is case
    assert vat_between(seller_for(case), buyer_for(case)) == vat
    code, sentence = exemption(vat.category, "en")
    assert bool(sentence) == (vat.category is not VatCategory.STANDARD)
    assert code in {"", "VATEX-EU-AE", "VATEX-EU-O"}


def test_the_operator_decides_between_outside_and_export_and_may_know_newer_rates() -> None:
    export = seller_for(TaxCase.THIRD_COUNTRY, outside="G")
    assert vat_between(export, buyer_for(TaxCase.THIRD_COUNTRY)).category is VatCategory.EXPORT
    newer = seller_for(TaxCase.CONSUMER_ABROAD, rates={"GR": 2300})
    assert vat_between(newer, buyer_for(TaxCase.CONSUMER_ABROAD)).rate_basis_points == 2300


def test_a_company_elsewhere_without_a_vat_id_is_charged_as_a_consumer() -> None:
    nameless = buyer_for(TaxCase.REVERSE_CHARGE, vat_id="")
    assert tax_case(seller_for(TaxCase.DOMESTIC), nameless) is TaxCase.CONSUMER_HOME


def test_a_small_operator_names_reverse_charge_abroad() -> None:
    small = seller_for(TaxCase.SMALL_OPERATOR)
    assert tax_case(small, buyer_for(TaxCase.REVERSE_CHARGE)) is TaxCase.REVERSE_CHARGE
    assert tax_case(small, buyer_for(TaxCase.CONSUMER_HOME)) is TaxCase.SMALL_OPERATOR


def test_tax_is_rounded_once_on_the_sum() -> None:
    """Three lines of 0.05 bear 0.0285 of tax: 0.03 on the sum, 0.03 on the lines by themselves would be 0.00, 0.03."""
    invoice = invoice_for(lines=((1, 20_000), (1, 20_000), (1, 20_000)))
    assert [line.net for line in invoice.lines] == [2, 2, 2]
    assert [(each.taxable, each.tax) for each in invoice.breakdown] == [(6, 1)]
    assert (invoice.totals.net, invoice.totals.tax, invoice.totals.gross, invoice.totals.payable) == (6, 1, 7, 7)


@given(st.sampled_from(list(TaxCase)), LINES)
def test_invariant_20_lines_before_and_after_rounding(case: TaxCase, lines: list[tuple[int, int]]) -> None:
    invoice = invoice_for(case, tuple(lines))
    exact = sum(quantity * price for quantity, price in lines)
    rounding = rounding_micros(invoice.lines, "EUR")
    assert to_micros(invoice.totals.net, "EUR") == exact + rounding
    assert abs(rounding) <= len(lines) * 5000, "half a cent a line"


@given(st.integers(0, 10**9))
def test_invariant_21_totals_keep_the_arithmetic_of_the_norm(seed: int) -> None:
    invoice = random_invoice(seed)
    totals = invoice.totals
    assert faults(invoice) == ()
    assert totals.net == sum(line.net for line in invoice.lines) == sum(each.taxable for each in invoice.breakdown)
    assert totals.tax == sum(each.tax for each in invoice.breakdown)
    assert totals.gross == totals.net + totals.tax
    assert totals.payable == totals.gross - totals.paid


@given(st.sampled_from(list(TaxCase)), LINES, st.data())
def test_invariant_24_credit_notes_and_original_come_to_nothing(
    case: TaxCase, lines: list[tuple[int, int]], data: Any
) -> None:
    original = invoice_for(case, tuple(lines))
    notes: list[Invoice] = []
    left = {place: line.quantity for place, line in enumerate(original.lines, 1)}
    for _ in range(data.draw(st.integers(0, 3))):
        some = {place: data.draw(st.integers(0, most)) for place, most in left.items()}
        if not any(some.values()):
            continue
        notes.append(numbered(credit(original, notes, some), f"RK-{len(notes)}", ISSUED))
        left = {place: most - some[place] for place, most in left.items()}
    if any(left.values()):
        notes.append(numbered(credit(original, notes), "RK-9", ISSUED))
    for subtotal in original.breakdown:
        back = [each for note in notes for each in note.breakdown if each.vat == subtotal.vat]
        assert sum(each.taxable for each in back) == subtotal.taxable
        assert sum(each.tax for each in back) == subtotal.tax
    assert all(faults(note) == () for note in notes)
    with pytest.raises(NothingToCredit):
        credit(original, notes)


def test_a_full_credit_note_mirrors_its_original() -> None:
    original = invoice_for()
    note = credit(original)
    assert note.kind is Kind.CREDIT_NOTE
    assert note.corrects == Reference("RE-2026-000001", ISSUED)
    assert note.totals == replace(original.totals)
    assert (note.number, note.issued_on) == ("", None)


@pytest.mark.parametrize("some", [{1: 1001}, {3: 1}, {1: -1}, {1: 0}, {}])
def test_more_than_was_charged_cannot_be_credited(some: dict[int, int]) -> None:
    with pytest.raises(NothingToCredit):
        credit(invoice_for(), (), some)
