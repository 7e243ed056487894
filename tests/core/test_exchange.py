"""Tax in euro: by the rate of each month, refused without one, and given back whole by credit notes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.crediting import credit
from takt.core.exchange import RateMissing, converted, in_euro
from takt.core.invoice import Invoice, Kind, Period, draft, numbered
from takt.core.invoice_rules import faults
from takt.core.invoice_texts import notes
from takt.core.party import Language
from takt.core.tax import TaxCase
from tests.documents import ISSUED, JULY, JUNE, PER_EURO, frame_for, invoice_for, line_of, rates_of


def foreign(*lines: tuple[int, int], late: int = 0, currency: str = "USD") -> Invoice:
    """An issued invoice with lines of (quantity, price); so many of them are of June."""
    frame = frame_for(TaxCase.DOMESTIC, currency=currency)
    made = [line_of(frame, *each) for each in lines]
    made = [replace(line, period=JUNE if place < late else JULY) for place, line in enumerate(made)]
    return numbered(converted(draft(frame, tuple(made)), rates_of(currency)), "RE-2026-000001", ISSUED)


@pytest.mark.parametrize(
    ("tax", "currency", "per_euro_micros", "cents"),
    [(1_900, "USD", 1_081_200, 1_757), (10**7, "USD", 1_000_000, 10**7), (163, "JPY", 163_150_000, 100), (-1_900, "USD", 1_081_200, -1_757), (1, "USD", 2_000_000, 1)],
)  # fmt: skip
def test_coins_become_cents(tax: int, currency: str, per_euro_micros: int, cents: int) -> None:
    assert in_euro(tax, currency, per_euro_micros) == cents


def test_each_month_has_its_rate() -> None:
    made = foreign((1000, 100_000), (1000, 900_000), late=1)
    june, july = (PER_EURO["USD"] + 1_000 * month for month in (6, 7))
    assert [(one.month, one.per_euro_micros, one.tax) for one in made.exchange] == [
        (JUNE.first, june, 1_900), (JULY.first, july, 17_100),
    ]  # fmt: skip
    assert made.tax_in_euro == in_euro(1_900, "USD", june) + in_euro(17_100, "USD", july) == 17_462
    assert faults(made) == ()
    assert notes(made)[0] == (
        "Umsatzsteuer für Leistungen im Juni 2026: 19,00 USD sind 17,48 EUR."
        " Durchschnittskurs: 1 EUR = 1,0872 USD (BMF)."
    )
    english = notes(replace(made, language=Language.ENGLISH))[1]
    assert (
        english == "VAT for services in July 2026: 171.00 USD are 157.14 EUR. Average rate: 1 EUR = 1.0882 USD (BMF)."
    )


def test_a_month_has_its_rate_whatever_day_its_lines_begin_on() -> None:
    frame = frame_for(TaxCase.DOMESTIC, currency="USD")
    line = replace(line_of(frame, 1000, 100_000), period=Period(JUNE.last, JUNE.last))
    [one] = converted(draft(frame, (line,)), rates_of("USD")).exchange
    assert (one.month, one.tax) == (JUNE.first, 1_900)


def test_what_a_month_gave_back_and_the_next_asked_for_again_comes_to_nothing() -> None:
    made = foreign((-10, 100_000), (10, 100_000), late=1)
    assert [(one.month, one.tax, one.euro) for one in made.exchange] == [(JUNE.first, 0, 0), (JULY.first, 0, 0)]
    assert faults(made) == ()


def test_months_of_either_sign_share_the_tax() -> None:
    more, less = foreign((-10, 100_000), (30, 100_000), late=1), foreign((10, 100_000), (-30, 100_000), late=1)
    assert [one.tax for one in more.exchange] == [-19, 57]
    assert [one.tax for one in less.exchange] == [19, -57]


def test_the_last_credit_note_puts_right_a_month_that_it_has_no_line_of() -> None:
    """Two lines of 0.03 bear 0.01 of tax together, of which June has all; July alone bears 0.01, too."""
    made = foreign((3, 10_000), (3, 10_000), late=1)
    assert [one.tax for one in made.exchange] == [1, 0]
    first = numbered(credit(made, (), {2: 3}), "RK-1", ISSUED)
    rest = numbered(credit(made, (first,)), "RK-2", ISSUED)
    assert [(one.month, one.tax) for one in first.exchange] == [(JULY.first, 1)]
    assert [(one.month, one.tax) for one in rest.exchange] == [(JUNE.first, 1), (JULY.first, -1)]
    assert faults(first) == faults(rest) == ()


def test_without_the_rate_of_a_month_there_is_no_document() -> None:
    bare = replace(foreign((10, 100_000), (10, 100_000), late=1), exchange=())
    with pytest.raises(RateMissing, match=r"^the average rate of 2026-06 from USD to EUR is not known$"):
        converted(bare, {JULY.first: rates_of("USD")[JULY.first]})
    with pytest.raises(RateMissing, match=r"^the average rate of 2026-06, 2026-07 from USD to EUR is not known$"):
        converted(bare, {})
    assert [one.rule for one in faults(bare)] == ["BR-53"] * 2


def test_what_need_not_be_told_in_euro_is_not() -> None:
    frame = frame_for(TaxCase.REVERSE_CHARGE, currency="USD")
    for made in (
        invoice_for(),
        draft(frame, (line_of(frame, 10, 100_000),)),
        replace(foreign((10, 100_000)), kind=Kind.STATEMENT, exchange=()),
    ):
        assert converted(made, {}) == made
        assert "BR-53" not in {one.rule for one in faults(made)}


@given(st.lists(st.tuples(st.integers(1, 10**5), st.integers(1, 10**7)), min_size=2, max_size=5), st.data())
def test_credit_notes_give_back_what_was_told_in_euro(lines: list[tuple[int, int]], data: Any) -> None:
    late, currency = data.draw(st.integers(0, len(lines))), data.draw(st.sampled_from(list(PER_EURO)))
    made = foreign(*lines, late=late, currency=currency)
    assert faults(made) == ()
    notes_: list[Invoice] = []
    some = {place: data.draw(st.integers(0, quantity)) for place, (quantity, _) in enumerate(lines, 1)}
    if any(some.values()):
        notes_.append(numbered(credit(made, (), some), "RK-1", ISSUED))
    if any(some[place] < quantity for place, (quantity, _) in enumerate(lines, 1)):
        notes_.append(numbered(credit(made, notes_), "RK-2", ISSUED))
    assert all(faults(one) == () for one in notes_)
    assert sum(one.tax_in_euro or 0 for one in notes_) == made.tax_in_euro
