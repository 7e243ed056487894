"""Which payment a transaction belongs to: what is certain, and why a person must look at all else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from takt.core import iban
from takt.core.ids import make_id
from takt.core.matching import (
    Collected,
    Doubt,
    Known,
    Match,
    Overpays,
    PaysPart,
    Returns,
    Settles,
    Unsure,
    decided,
    match,
    numbers_of,
    references_of,
)
from takt.core.payment import Payment, Purpose, Split, State
from takt.core.statements import Transaction

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAYER = (0, make_id(1, 7, 7))


def payment(tail: int, **changes: Any) -> Payment:
    one = Payment(
        make_id(2, 7, tail), PAYER, "bank", str(tail), Purpose.TOP_UP, Split(100_000_000, 19_000_000), "S", 1900,
        "EUR", State.INITIATED, iban.reference("P", make_id(2, 7, tail)), NOW,
    )  # fmt: skip
    return replace(one, **changes)


FIRST, SECOND = payment(9), payment(10)
BILL = payment(11, purpose=Purpose.INVOICE, split=Split(238_000_000, 0), document="RE-2026-0012")
PART = payment(12, purpose=Purpose.INVOICE, document="RE-2026-0012", state=State.SETTLED)
KNOWN = Known(
    by_reference={one.reference: one for one in (FIRST, SECOND)},
    by_document={"RE-2026-0012": [BILL]},
    contracts={iban.reference("C", make_id(1, 7, tail)): ((0, make_id(1, 7, tail)), "EUR") for tail in (7, 8)},
    collections={"TAKT20261201A-1": [FIRST, SECOND]},
)


OF_BILL = replace(KNOWN, by_reference={PART.reference: PART}, by_document={"RE-2026-0012": [PART, BILL]})


def transaction(**changes: Any) -> Transaction:
    return replace(Transaction(date(2026, 11, 23), 119_000_000, "EUR"), **changes)


ACCOUNT = "DE02120300000000202051"
OF_ACCOUNT = Known(accounts={ACCOUNT: frozenset({PAYER})}, awaited={PAYER: [FIRST, BILL]})


STANDING, OTHER = (iban.reference("C", make_id(1, 7, tail)) for tail in (7, 8))
FAILED, SETTLED = (replace(FIRST, state=state) for state in (State.FAILED, State.SETTLED))
GIVEN_UP = Known(by_document={"RE-2026-0012": [replace(BILL, state=State.FAILED)]})
TWO_PAYMENTS = Known(
    by_document={"RE-2026-0012": [PART, BILL], "RE-2026-0012-A": [replace(PART, payment_id=FIRST.payment_id)]}
)
MANY = [((0, make_id(1, 7, tail)), replace(FIRST, payment_id=make_id(2, 7, tail))) for tail in range(100, 120)]
OF_MANY = Known(
    accounts={ACCOUNT: frozenset(payer for payer, _ in MANY)}, awaited={payer: [one] for payer, one in MANY}
)
SETTLED_TWICE = Known(by_document={"RE-2026-0012": [PART, replace(PART, payment_id=SECOND.payment_id)]})


def returned(**changes: Any) -> Transaction:
    return transaction(**{"amount_micros": -119_000_000, **changes})


def known_as(**changes: Any) -> Known:
    """The first payment as it is after these changes."""
    return Known(by_reference={FIRST.reference: replace(FIRST, **changes)})


def collection(*payments: Payment) -> Known:
    return Known(collections={"B": payments})


def awaiting(*payments: Payment) -> Known:
    return Known(accounts=OF_ACCOUNT.accounts, awaited={PAYER: payments})


@pytest.mark.parametrize(
    ("one", "known", "found"),
    [
        (transaction(), KNOWN, Unsure(Doubt.UNKNOWN)),
        (transaction(amount_micros=5_000_000, references=(FIRST.reference,)), KNOWN, Settles(FIRST)),
        (transaction(references=(FIRST.reference,), currency="USD"), KNOWN, Unsure(Doubt.CURRENCY, (FIRST.payment_id,))),
        (
            transaction(references=(FIRST.reference, SECOND.reference)), KNOWN,
            Unsure(Doubt.AMBIGUOUS, (FIRST.payment_id, SECOND.payment_id)),
        ),
        (
            transaction(references=(FIRST.reference,)),
            Known(by_reference={FIRST.reference: replace(FIRST, state=State.SETTLED)}),
            Unsure(Doubt.PAID_ALREADY, (FIRST.payment_id,)),
        ),
        (transaction(remittance="RE-2026-0012"), KNOWN, PaysPart(BILL)),
        (transaction(remittance="RE-2026-0012", amount_micros=239_000_000), KNOWN, Overpays(BILL)),
        (transaction(references=(PART.reference,)), OF_BILL, PaysPart(BILL)),
        (
            transaction(remittance="RE-2026-0012"), Known(by_document={"RE-2026-0012": [PART]}),
            Unsure(Doubt.PAID_ALREADY, (PART.payment_id,)),
        ),
        (transaction(iban=ACCOUNT), OF_ACCOUNT, Settles(FIRST)),
        (transaction(iban=ACCOUNT, amount_micros=1), OF_ACCOUNT, Unsure(Doubt.FLAW)),
        (
            transaction(iban=ACCOUNT), replace(OF_ACCOUNT, awaited={PAYER: [FIRST, SECOND]}),
            Unsure(Doubt.AMBIGUOUS, (FIRST.payment_id, SECOND.payment_id)),
        ),
        (transaction(amount_micros=-119_000_000), KNOWN, Unsure(Doubt.OUTGOING)),
        (transaction(reversal=True), KNOWN, Unsure(Doubt.UNKNOWN)),
        (transaction(flaw="sum"), KNOWN, Unsure(Doubt.FLAW)),
        (transaction(amount_micros=0), KNOWN, Unsure(Doubt.FLAW)),
        (transaction(amount_micros=0, references=(FIRST.reference,)), KNOWN, Unsure(Doubt.FLAW)),
        (transaction(references=(STANDING, OTHER)), KNOWN, Unsure(Doubt.AMBIGUOUS)),
        (transaction(references=(STANDING,), currency="USD"), KNOWN, Unsure(Doubt.CURRENCY)),
        (transaction(remittance="RE-2026-0012 RE-2026-0012-A"), TWO_PAYMENTS, PaysPart(BILL)),
        (transaction(references=(FIRST.reference,)), known_as(state=State.FAILED), Settles(FAILED)),
        (transaction(remittance="RE-2026-0012"), GIVEN_UP, Unsure(Doubt.PAID_ALREADY, (BILL.payment_id,))),
        (
            transaction(amount_micros=5_000_000, references=(FIRST.reference,)), known_as(mandate_id=SECOND.payment_id),
            Unsure(Doubt.OTHER_AMOUNT, (FIRST.payment_id,)),
        ),
        (transaction(batch="B", amount_micros=238_000_000), collection(FIRST, SECOND), Collected("B")),
        (
            transaction(batch="B", amount_micros=238_000_000), collection(FIRST, replace(SECOND, currency="USD")),
            Unsure(Doubt.OTHER_AMOUNT, (FIRST.payment_id, SECOND.payment_id)),
        ),
        (transaction(iban=ACCOUNT, currency="USD"), OF_ACCOUNT, Unsure(Doubt.UNKNOWN)),
        (transaction(iban=ACCOUNT), awaiting(replace(FIRST, state=State.FAILED)), Unsure(Doubt.UNKNOWN)),
        (transaction(iban=ACCOUNT), awaiting(replace(FIRST, mandate_id=SECOND.payment_id)), Unsure(Doubt.UNKNOWN)),
        (
            transaction(iban=ACCOUNT), OF_MANY,
            Unsure(Doubt.AMBIGUOUS, tuple(one.payment_id for _, one in MANY)),
        ),
        (transaction(remittance="RE-2026-0012", amount_micros=238_000_000), KNOWN, Settles(BILL)),
        (transaction(remittance="RE-2026-0012"), SETTLED_TWICE, Unsure(Doubt.PAID_ALREADY, (SECOND.payment_id,))),
        (
            transaction(batch="B", amount_micros=237_000_000), collection(FIRST, SECOND),
            Unsure(Doubt.OTHER_AMOUNT, (FIRST.payment_id, SECOND.payment_id)),
        ),
        (returned(reversal=True), Known(), Unsure(Doubt.UNKNOWN)),
        (returned(why="AM04"), Known(), Unsure(Doubt.UNKNOWN)),
        (returned(references=(FIRST.reference,)), known_as(state=State.SETTLED), Returns(SETTLED)),
        (
            returned(references=(FIRST.reference, SECOND.reference)), KNOWN,
            Unsure(Doubt.AMBIGUOUS, (FIRST.payment_id, SECOND.payment_id)),
        ),
        (
            returned(references=(FIRST.reference,)), known_as(state=State.RETURNED),
            Unsure(Doubt.PAID_ALREADY, (FIRST.payment_id,)),
        ),
        (
            returned(references=(FIRST.reference,), amount_micros=-118_000_000), known_as(state=State.SETTLED),
            Unsure(Doubt.OTHER_AMOUNT, (FIRST.payment_id,)),
        ),
        (
            returned(references=(FIRST.reference,), currency="USD"), known_as(state=State.SETTLED),
            Unsure(Doubt.OTHER_AMOUNT, (FIRST.payment_id,)),
        ),
    ],
)  # fmt: skip
def test_only_what_is_certain_is_matched(one: Transaction, known: Known, found: object) -> None:
    assert match(one, known) == found


def test_numbers_and_references_are_found_in_texts() -> None:
    text = f"RE 2026-0012, RE-2026-0012/ Kd. 4711 {FIRST.reference[:9]} {FIRST.reference[9:]}"
    assert {"2026-0012", "RE-2026-0012", "4711"} <= set(numbers_of(transaction(remittance=text)))
    assert references_of(transaction(remittance=text, end_to_end=FIRST.reference)) == [FIRST.reference]


def test_references_are_looked_for_in_the_end_to_end_id_then_in_the_text() -> None:
    one = transaction(references=(STANDING,), end_to_end=FIRST.reference.lower(), remittance=f"an {SECOND.reference}")
    assert references_of(one) == [STANDING, FIRST.reference, SECOND.reference]


def test_words_with_a_digit_and_four_letters_may_be_numbers_and_twenty_are_enough() -> None:
    assert numbers_of(transaction(remittance="Rechnung 123 R123 nr-1 2026")) == ["R123", "NR-1", "2026"]
    many = " ".join(f"N{place:03}" for place in range(25))
    assert numbers_of(transaction(remittance=many)) == many.split()[:20]


@pytest.mark.parametrize(
    ("one", "payment", "found"),
    [
        (transaction(amount_micros=1_000_000), replace(FIRST, mandate_id=SECOND.payment_id), "settles"),
        (transaction(amount_micros=1_000_000), PART, "pays part"),
        (transaction(amount_micros=250_000_000), PART, "overpays"),
        (transaction(amount_micros=0), FIRST, "settles"),
        (returned(), SETTLED, "returns"),
        (returned(), FIRST, "unsure"),
    ],
)  # fmt: skip
def test_a_person_says_whose_money_it_is(one: Transaction, payment: Payment, found: str) -> None:
    ways: dict[str, Match] = {
        "settles": Settles(payment),
        "pays part": PaysPart(BILL),
        "overpays": Overpays(BILL),
        "returns": Returns(payment),
        "unsure": Unsure(Doubt.NOT_SETTLED, (payment.payment_id,)),
    }
    assert decided(one, payment, OF_BILL) == ways[found]


def test_doubts_keep_their_names() -> None:
    assert list(Doubt) == [
        "flaw", "currency", "unknown", "ambiguous", "other_amount", "overpaid", "paid_already", "not_settled", "outgoing",
    ]  # fmt: skip
