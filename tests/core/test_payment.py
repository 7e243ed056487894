"""Payments: states, what money does, net and tax, and the numbers that banks carry."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core import entries, iban, mandate, payment
from takt.core.bank_days import bank_day_from, bank_days_after, easter, is_bank_day
from takt.core.entries import Changes, EntryKind
from takt.core.ids import TAIL_BITS, make_id, slot_of
from takt.core.mandate import Mandate, Scheme, due_on, lapses_on, sequence
from takt.core.payment import Move, Payment, Purpose, Split, State, Word, advance, credit, grossed, split, undo

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAYER = (0, make_id(1, 7, 7))
TOP_UP = Payment(
    make_id(2, 7, 9), PAYER, "bank", "ref", Purpose.TOP_UP, Split(100_000_000, 19_000_000), "S", 1900, "EUR",
    State.INITIATED, "", NOW,
)  # fmt: skip
IDS = st.builds(make_id, st.integers(0, 2**48 - 1), st.integers(0, 4095), st.integers(0, 2**TAIL_BITS - 1))
WORDS = st.lists(st.sampled_from(Word), max_size=8)


@given(words=WORDS)
def test_whatever_is_told_in_any_order_money_is_credited_once_and_taken_back_at_most_once(words: list[Word]) -> None:
    state, moves = State.INITIATED, []
    for word in words:
        step = advance(state, word)
        if step is not None:
            state, move = step
            moves.append(move)
    money = [one for one in moves if one is not Move.NONE]
    assert money in ([], [Move.CREDIT], [Move.CREDIT, Move.UNDO])
    assert (money == [Move.CREDIT]) == (state is State.SETTLED)


@pytest.mark.parametrize("told", list(permutations([Word.SETTLED, Word.RETURNED, Word.SETTLED, Word.RETURNED])))
def test_settled_and_returned_come_to_nothing_in_every_order(told: tuple[Word, ...]) -> None:
    state = State.INITIATED
    for word in told:
        state = (advance(state, word) or (state, Move.NONE))[0]
    assert state is State.RETURNED


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("provider", ["bank", "fake"])
@pytest.mark.parametrize("tax", [0, 19_000_000])
def test_a_return_undoes_exactly_what_was_credited(purpose: Purpose, provider: str, tax: int) -> None:
    one = replace(TOP_UP, purpose=purpose, provider=provider, split=Split(100_000_000, tax))
    changes: Changes = {}
    credited = credit(one, one.split, NOW)
    entries.post(changes, credited)
    to = entries.SPEND if purpose is Purpose.TOP_UP else entries.RECEIVABLE
    assert changes[PAYER, to, "EUR"].posted_micros == (
        100_000_000 if purpose is Purpose.TOP_UP else one.split.gross_micros
    )
    back = undo(one, NOW)
    entries.post(changes, back)
    assert {found.posted_micros for found in changes.values()} == {0}
    assert {found.kind for found in back} == {EntryKind.RETURN}
    assert {found.undoes for found in back} == {credited[0].entry_id}
    assert back[0].entry_id != credited[0].entry_id


def test_119_paid_are_100_in_the_wallet_and_19_of_tax() -> None:
    assert split(119_000_000, 1900, "EUR") == Split(100_000_000, 19_000_000)
    assert split(50_000_000, 0, "EUR") == Split(50_000_000, 0)
    assert split(10_000, 1900, "EUR") == Split(10_000, 0)
    assert split(119_000_000, 1900, "JPY") == Split(100_000_000, 19_000_000)


@given(cents=st.integers(1, 10**11), rate=st.integers(0, 3000))
def test_net_and_tax_are_all_that_was_paid_and_the_tax_fits_the_net(cents: int, rate: int) -> None:
    found = split(cents * 10_000, rate, "EUR")
    assert found.gross_micros == cents * 10_000
    assert abs(found.tax_micros * 10_000 - found.net_micros * rate) <= 10_000 * 10_000
    assert grossed(found.net_micros, rate, "EUR").net_micros == found.net_micros


@given(one=IDS, kind=st.sampled_from("PC"))
def test_a_reference_has_right_check_digits_and_knows_its_part(one: UUID, kind: str) -> None:
    found = iban.reference(kind, one)
    assert len(found) == 20
    assert iban.is_reference(found)
    assert iban.slot_of_reference(found) == (kind, slot_of(one))
    assert iban.references_in(f"Guthaben {iban.spaced(found).lower()}, danke") == [found]
    wrong = f"RF{int(found[2:4]) % 97 + 1:02}{found[4:]}"
    assert iban.slot_of_reference(wrong) is None


def test_known_numbers_are_right_and_wrong_ones_are_not() -> None:
    assert all(map(iban.is_iban, ("DE89370400440532013000", "GB82WEST12345698765432", "NO9386011117947")))
    for wrong in ("DE88370400440532013000", "DE8937040044053201300", "", "DE", "de89370400440532013000", "X" * 40):
        assert not iban.is_iban(wrong)
    assert iban.is_reference("RF18539007547034")
    assert iban.slot_of_reference("RF18539007547034") is None


@pytest.mark.parametrize(
    ("year", "day"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))]
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


def test_banks_rest_at_easter_christmas_and_weekends() -> None:
    assert bank_day_from(date(2026, 4, 3)) == date(2026, 4, 7)
    assert bank_day_from(date(2026, 12, 25)) == date(2026, 12, 28)
    assert bank_days_after(date(2026, 4, 30), 1) == date(2026, 5, 4)
    assert not is_bank_day(date(2027, 1, 1))


MANDATE = Mandate(
    make_id(3, 7, 1), PAYER, "M-1", "Nordwind", "DE89370400440532013000", "", Scheme.CORE, date(2026, 1, 5), 14, NOW
)


def test_a_collection_is_announced_in_time_and_falls_due_on_a_bank_day() -> None:
    assert due_on(MANDATE, date(2026, 11, 23)) == date(2026, 12, 7)
    assert due_on(MANDATE, date(2026, 12, 11)) == date(2026, 12, 28)
    assert due_on(replace(MANDATE, notice_days=1), date(2026, 12, 24)) == date(2026, 12, 29)


@given(asked=st.dates(date(2026, 1, 1), date(2040, 1, 1)), notice=st.integers(1, 60))
def test_a_collection_is_never_due_before_its_notice_is_over(asked: date, notice: int) -> None:
    due = due_on(replace(MANDATE, notice_days=notice), asked)
    assert (due - asked).days >= notice
    assert is_bank_day(due)
    assert mandate.collected_on(due, asked) == due


def test_a_mandate_is_first_then_recurrent_and_lapses_after_36_months() -> None:
    assert sequence(MANDATE) == "FRST"
    used = replace(MANDATE, used_on=date(2028, 2, 29))
    assert sequence(used) == "RCUR"
    assert lapses_on(date(2028, 2, 29)) == date(2031, 2, 28)
    assert used.usable(date(2031, 2, 28))
    assert not used.usable(date(2031, 3, 1))
    assert not replace(MANDATE, ended_at=NOW).usable(date(2026, 2, 1))


def test_money_of_a_provider_is_owed_by_it_until_it_pays_out() -> None:
    assert payment.source("fake") == "clearing:fake"
    assert payment.source("debit") == "bank"
