"""The rules that guard documents: each says its mistake in its own words, and of what is right none says anything."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from takt.core.crediting import credit
from takt.core.invoice import Converted, Invoice, Kind, Period, Reference, Subtotal, break_down, numbered
from takt.core.invoice_rules import draft_faults, faults
from takt.core.tax import TaxCase, Vat, VatCategory
from tests.documents import ISSUED, JULY, invoice_for

FULL, HALF = Vat(VatCategory.STANDARD, 1900), Vat(VatCategory.STANDARD, 700)
REVERSED = Vat(VatCategory.REVERSE_CHARGE)


def other(invoice: Invoice, **changes: Any) -> Invoice:
    return replace(invoice, **changes)


def line_changed(invoice: Invoice, **changes: Any) -> Invoice:
    return replace(invoice, lines=(replace(invoice.lines[0], **changes), *invoice.lines[1:]))


def with_advances(invoice: Invoice, *nets: int) -> Invoice:
    """The invoice with a line of one advance invoice for each net."""
    named = Reference("AN-2026-000001", JULY.first, Kind.ADVANCE)
    off = [replace(invoice.lines[0], quantity=-1, net=net, advance=named) for net in nets]
    return replace(invoice, lines=(*invoice.lines, *off))


def two_rates(invoice: Invoice) -> Invoice:
    """The second line is taxed by another rate than the first."""
    return replace(invoice, lines=(invoice.lines[0], replace(invoice.lines[1], vat=HALF, net=31)))


def unnamed(invoice: Invoice) -> Invoice:
    return replace(invoice, seller=replace(invoice.seller, vat_id=""))


def given_back(invoice: Invoice) -> Invoice:
    return numbered(credit(invoice), "RK-2026-000001", ISSUED)


def taxed(invoice: Invoice, tax: int) -> Invoice:
    return replace(invoice, breakdown=(replace(invoice.breakdown[0], tax=tax),))


def told(invoice: Invoice, euro: int) -> Invoice:
    """The invoice in dollars, a euro each, with its tax in cents."""
    return replace(invoice, currency="USD", exchange=(Converted(JULY.first, 10**6, "BMF", 2155, euro),))


BROKEN: list[tuple[str, str, Callable[[Invoice], Invoice]]] = [
    ("BR-02", "there is no number", lambda one: other(one, number="")),
    ("BR-03", "there is no day of issue", lambda one: other(one, issued_on=None)),
    ("BR-16", "0 lines, 1 to 1000 are possible", lambda one: other(one, lines=(), breakdown=())),
    ("BR-16", "1002 lines, 1 to 1000 are possible", lambda one: other(one, lines=one.lines * 501)),
    ("BR-25", "line 1 says nothing", lambda one: line_changed(one, text=" ")),
    (
        "BR-27",
        "line 1 has a negative price; a quantity may be negative",
        lambda one: line_changed(one, unit_price_micros=-113_100, quantity=-1000),
    ),
    (
        "BR-29",
        "the period from 2026-07-31 ends on 2026-07-01",
        lambda one: line_changed(one, period=Period(JULY.last, JULY.first)),
    ),
    ("BR-CO-18", "the breakdown has [], the lines come to [11342]", lambda one: other(one, breakdown=())),
    (
        "BR-CO-18",
        "the breakdown has [11342, 11342], the lines come to [11342]",
        lambda one: other(one, breakdown=one.breakdown * 2),
    ),
    (
        "BR-CO-18",
        "the breakdown has [1], the lines come to [11342]",
        lambda one: other(one, breakdown=(replace(one.breakdown[0], taxable=1),)),
    ),
    (
        "BR-CO-17",
        "the tax on 11342 is 2155, not 2154",
        lambda one: other(one, breakdown=(replace(one.breakdown[0], tax=2154),)),
    ),
    ("BR-DEC-12", "KWD has 3 decimal places; EN 16931 knows 2", lambda one: other(one, currency="KWD")),
    (
        "BR-CO-26",
        "the operator needs an entry in a register: its VAT id is not on this document",
        lambda one: other(one, seller=replace(one.seller, vat_id="", register="")),
    ),
    (
        "BR-53",
        "tax in USD must be told in EUR, too, for each month of the service; 0 of the tax is told in EUR, and 2155 is charged",
        lambda one: other(one, currency="USD"),
    ),
    (
        "BR-53",
        "no tax must be told in EUR",
        lambda one: other(one, exchange=(Converted(JULY.first, 10**6, "BMF", 2155, 2155),)),
    ),
    (
        "BR-53",
        "2155 of tax is 2155 in EUR, not 2154",
        lambda one: other(one, currency="USD", exchange=(Converted(JULY.first, 10**6, "BMF", 2155, 2154),)),
    ),
    (
        "BR-53",
        "2154 of the tax is told in EUR, and 2155 is charged",
        lambda one: other(one, currency="USD", exchange=(Converted(JULY.first, 10**6, "BMF", 2154, 2154),)),
    ),
    (
        "BR-53",
        "tax in USD must be told in EUR, too, for each month of the service",
        lambda one: other(one, currency="USD", exchange=(Converted(ISSUED, 10**6, "BMF", 2155, 2155),)),
    ),
    (
        "BR-55",
        "a credit note, and nothing else, names the document that it corrects",
        lambda one: other(one, kind=Kind.CREDIT_NOTE),
    ),
    (
        "BR-55",
        "a credit note, and nothing else, names the document that it corrects",
        lambda one: other(one, corrects=Reference("RE-1", ISSUED)),
    ),
    ("TAKT-NET", "line 1 comes to 11310, not 11311", lambda one: line_changed(one, net=11_311)),
    ("TAKT-SIGN", "the sum is negative: give back by a credit note", lambda one: other(one, paid=10**9)),
    (
        "TAKT-SIGN",
        "the sum is negative: give back by a credit note",
        lambda one: other(one, lines=(replace(one.lines[0], quantity=-1000, net=-11_310),)),
    ),
    (
        "TAKT-TAX",
        "the parties make it domestic, not reverse_charge",
        lambda one: other(one, case=TaxCase.REVERSE_CHARGE),
    ),
    (
        "TAKT-TAX",
        "line 1 is taxed as S 700, not S 1900",
        lambda one: line_changed(one, vat=Vat(VatCategory.STANDARD, 700)),
    ),
    (
        "TAKT-SELLER",
        "the operator has neither VAT id nor tax number",
        lambda one: other(one, seller=replace(one.seller, vat_id="", tax_number="")),
    ),
    ("TAKT-PAID", "-1 was paid: a payment is not negative", lambda one: other(one, paid=-1)),
    (
        "TAKT-ADVANCE",
        "only an invoice takes advances off",
        lambda one: with_advances(other(one, kind=Kind.ADVANCE), -1),
    ),
    (
        "TAKT-ADVANCE",
        "an advance is taken off twice: AN-2026-000001, AN-2026-000001",
        lambda one: with_advances(one, -1, -1),
    ),
    ("TAKT-ADVANCE", "an advance is taken off by a quantity of -1", lambda one: with_advances(one, 1)),
    ("TAKT-ADVANCE", "advances of 20000 are taken off a service of 11342", lambda one: with_advances(one, -20_000)),
    (
        "BR-CO-18",
        "the breakdown has [32, 11310], the lines come to [31, 11310]",
        lambda one: other(two_rates(one), breakdown=(Subtotal(FULL, 11_310, 2149), Subtotal(HALF, 32, 2))),
    ),
    ("BR-AE-02", "reverse charge needs the operator's VAT id", lambda one: line_changed(unnamed(one), vat=REVERSED)),
    (
        "BR-CO-26",
        "the operator needs an entry in a register: its VAT id is not on this document",
        lambda one: line_changed(other(one, seller=replace(one.seller, register="")), vat=Vat(VatCategory.OUTSIDE)),
    ),
    ("BR-CO-17", "the tax on 11342 is 2155, not 2157", lambda one: taxed(other(one, kind=Kind.ADVANCE), 2157)),
    ("BR-CO-17", "the tax on 11342 is 2155, not 2156", lambda one: taxed(one, 2156)),
    ("BR-CO-17", "the tax on 11342 is 2155, not 2158", lambda one: taxed(given_back(one), 2158)),
    ("TAKT-NET", "line 1 comes to 11310, not 11312", lambda one: line_changed(given_back(one), net=11_312)),
    ("BR-53", "2155 of tax is 2155 in EUR, not 2157", lambda one: told(given_back(one), 2157)),
    ("TAKT-ADVANCE", "an advance is taken off by a quantity of -1", lambda one: with_advances(one, 0)),
    (
        "TAKT-ADVANCE",
        "an advance is taken off by a quantity of -1",
        lambda one: other(one, lines=(*one.lines, replace(with_advances(one, -1).advances[0], quantity=-2))),
    ),
]


@pytest.mark.parametrize(("rule", "says", "broken"), BROKEN)
def test_every_rule_catches_its_mistake(rule: str, says: str, broken: Callable[[Invoice], Invoice]) -> None:
    assert "; ".join(fault.says for fault in faults(broken(invoice_for())) if fault.rule == rule) == says


SOUND: list[tuple[str, Callable[[Invoice], Invoice]]] = [
    ("BR-16", lambda one: other(one, lines=one.lines * 500)),
    ("BR-16", lambda one: other(one, lines=one.lines[:1])),
    ("BR-27", lambda one: line_changed(one, unit_price_micros=0)),
    ("TAKT-SIGN", lambda one: other(one, paid=13_497)),
    ("TAKT-TAX", lambda one: other(one, lines=(*one.lines, replace(with_advances(one, -1).advances[0], vat=HALF)))),
    ("TAKT-ADVANCE", lambda one: other(one, kind=Kind.ADVANCE)),
    ("TAKT-ADVANCE", lambda one: other(with_advances(one, -1), kind=Kind.CREDIT_NOTE)),
    ("BR-29", lambda one: line_changed(one, period=Period(JULY.last, JULY.last))),
    ("BR-CO-18", lambda one: other(two_rates(one), breakdown=break_down(two_rates(one).lines))),
    ("BR-CO-17", lambda one: taxed(other(one, kind=Kind.ADVANCE), 2156)),
    ("BR-CO-17", lambda one: taxed(given_back(one), 2157)),
    ("TAKT-NET", lambda one: line_changed(given_back(one), net=11_311)),
    ("BR-53", lambda one: told(given_back(one), 2156)),
    ("BR-CO-26", lambda one: other(one, seller=replace(one.seller, register=""))),
    ("BR-AE-02", unnamed),
    ("TAKT-SELLER", unnamed),
    ("TAKT-SELLER", lambda one: other(one, seller=replace(one.seller, tax_number=""))),
    ("TAKT-SIGN", lambda one: other(one, kind=Kind.STATEMENT, paid=10**9)),
    ("TAKT-PAID", lambda one: other(one, kind=Kind.STATEMENT, paid=-1)),
    ("TAKT-ADVANCE", lambda one: other(one, lines=(replace(one.lines[0], quantity=-1000, net=-11_310),))),
    ("TAKT-ADVANCE", lambda one: with_advances(one, -11_342)),
]


@pytest.mark.parametrize(("rule", "sound"), SOUND)
def test_no_rule_finds_fault_with_what_is_just_right(rule: str, sound: Callable[[Invoice], Invoice]) -> None:
    assert rule not in {fault.rule for fault in faults(sound(invoice_for()))}


@pytest.mark.parametrize("case", list(TaxCase))
def test_documents_of_all_cases_pass(case: TaxCase) -> None:
    assert faults(invoice_for(case)) == ()


def test_a_draft_needs_neither_number_nor_day() -> None:
    assert draft_faults(numbered(invoice_for(), "", ISSUED)) == ()
    assert draft_faults(replace(invoice_for(), number="", issued_on=None)) == ()
    assert [fault.rule for fault in draft_faults(other(invoice_for(), number="", breakdown=()))] == ["BR-CO-18"]
