"""Payments: states, what money does, net and tax, and mandates."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core import entries, iban, mandate, payment
from takt.core.bank_days import is_bank_day
from takt.core.entries import Changes, Entry, EntryKind
from takt.core.ids import derive_id, make_id
from takt.core.mandate import Mandate, Scheme, due_on, lapses_on, sequence
from takt.core.payment import Move, Payment, Purpose, Split, State, Word, advance, credit, grossed, split, undo

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAYER = (0, make_id(1, 7, 7))
TOP_UP = Payment(
    make_id(2, 7, 9), PAYER, "bank", "ref", Purpose.TOP_UP, Split(100_000_000, 19_000_000), "S", 1900, "EUR",
    State.INITIATED, "", NOW,
)  # fmt: skip
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


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("word", list(Word))
def test_these_words_move_a_payment_on_and_no_others(state: State, word: Word) -> None:
    steps = {
        ("initiated", "settled"): ("settled", "credit"),
        ("initiated", "failed"): ("failed", "none"),
        ("initiated", "returned"): ("returned", "none"),
        ("failed", "settled"): ("settled", "credit"),
        ("failed", "returned"): ("returned", "none"),
        ("settled", "returned"): ("returned", "undo"),
    }
    assert advance(state, word) == steps.get((state.value, word.value))


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


def test_what_came_in_and_went_back_is_booked_leg_by_leg() -> None:
    settled = derive_id(7, "payment settled", str(TOP_UP.payment_id))
    returned = derive_id(7, "payment returned", str(TOP_UP.payment_id))
    assert credit(TOP_UP, TOP_UP.split, NOW) == (
        Entry(PAYER, settled, EntryKind.TOP_UP, "bank", "spend", 100_000_000, "EUR", NOW, 0, "ref"),
        Entry(PAYER, settled, EntryKind.TAX, "bank", "tax:1900", 19_000_000, "EUR", NOW, 1, "ref"),
    )
    assert undo(TOP_UP, NOW) == (
        Entry(PAYER, returned, EntryKind.RETURN, "spend", "bank", 100_000_000, "EUR", NOW, 0, "ref", settled),
        Entry(PAYER, returned, EntryKind.RETURN, "tax:1900", "bank", 19_000_000, "EUR", NOW, 1, "ref", settled),
    )
    bill = replace(TOP_UP, purpose=Purpose.INVOICE)
    assert credit(bill, Split(5_000_000, 0), NOW) == (
        Entry(PAYER, settled, EntryKind.PAYMENT, "bank", "receivable", 5_000_000, "EUR", NOW, 0, "ref"),
    )


def test_a_part_is_a_payment_of_its_own_for_each_word_of_the_bank() -> None:
    bill = replace(TOP_UP, purpose=Purpose.INVOICE, document="RE-1")
    part = payment.part_of(bill, 40_000_000, "key")
    part_id = derive_id(7, "part payment", "key")
    reference = iban.reference("P", part_id)
    assert part == replace(
        bill, payment_id=part_id, provider_ref=reference, reference=reference, split=Split(40_000_000, 0)
    )


def test_a_payment_is_for_no_document_by_nobodys_plan_until_that_is_said() -> None:
    assert (TOP_UP.document, TOP_UP.automatic, TOP_UP.why) == ("", False, "")
    assert list(Purpose) == ["top_up", "invoice"]
    assert payment.AMOUNT_MICROS_MAX == 1_000_000_000_000_000


def test_119_paid_are_100_in_the_wallet_and_19_of_tax() -> None:
    assert split(119_000_000, 1900, "EUR") == Split(100_000_000, 19_000_000)
    assert grossed(100_000_000, 1900, "EUR") == Split(100_000_000, 19_000_000)
    with pytest.raises(AssertionError, match="fractions"):
        split(119_000_001, 1900, "EUR")
    assert split(50_000_000, 0, "EUR") == Split(50_000_000, 0)
    assert split(10_000, 1900, "EUR") == Split(10_000, 0)
    assert split(119_000_000, 1900, "JPY") == Split(100_000_000, 19_000_000)


@given(cents=st.integers(1, 10**11), rate=st.integers(0, 3000))
def test_net_and_tax_are_all_that_was_paid_and_the_tax_fits_the_net(cents: int, rate: int) -> None:
    found = split(cents * 10_000, rate, "EUR")
    assert found.gross_micros == cents * 10_000
    assert abs(found.tax_micros * 10_000 - found.net_micros * rate) <= 10_000 * 10_000
    assert grossed(found.net_micros, rate, "EUR").net_micros == found.net_micros


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


def test_a_mandate_that_was_never_used_counts_from_its_signature() -> None:
    assert MANDATE.usable(date(2029, 1, 5))
    assert not MANDATE.usable(date(2029, 1, 6))


def test_what_rules_and_banks_say_of_mandates() -> None:
    """§ 675j BGB and the rulebooks of the EPC: 14 days of notice, names of 70 characters, references of 35."""
    assert (mandate.NOTICE_DAYS, mandate.NOTICE_DAYS_MAX, mandate.HOLDER_CHARS_MAX) == (14, 60, 70)
    assert list(Scheme) == ["CORE", "B2B"]
    for reference, fits in [
        ("M-1", True),
        ("a" * 35, True),
        ("a" * 36, False),
        ("", False),
        ("Ä", False),
        ("a~", False),
    ]:
        assert (mandate.MANDATE_REFERENCE.fullmatch(reference) is not None) == fits


@pytest.mark.parametrize(
    ("provider", "account"),
    [("fake", "clearing:fake"), (payment.BY_BANK, "bank"), (payment.BY_DEBIT, "bank"), (payment.BY_HAND, "bank")],
)
def test_money_of_a_provider_is_owed_by_it_until_it_pays_out(provider: str, account: str) -> None:
    assert payment.source(provider) == account


def test_ways_of_the_bank_keep_their_names() -> None:
    assert (payment.BY_BANK, payment.BY_DEBIT, payment.BY_HAND) == ("bank", "debit", "manual")
