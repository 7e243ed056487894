"""Statements of banks in several shapes, hostile files, and which payment a transaction belongs to."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core import iban
from takt.core.document import UnsoundError
from takt.core.ids import make_id
from takt.core.matching import (
    Collected,
    Doubt,
    Known,
    Overpays,
    PaysPart,
    Returns,
    Settles,
    TopsUp,
    Unsure,
    match,
    numbers_of,
    references_of,
)
from takt.core.payment import Payment, Purpose, Split, State
from takt.core.statements import Statement, Transaction
from takt.wire.camt import parse_camt

SHAPES = Path(__file__).parent.parent / "data/camt"
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
    contracts={iban.reference("C", PAYER[1]): (PAYER, "EUR")},
    collections={"TAKT20261201A-1": [FIRST, SECOND]},
)


OF_BILL = replace(KNOWN, by_reference={PART.reference: PART}, by_document={"RE-2026-0012": [PART, BILL]})


def read(name: str) -> list[Statement]:
    return parse_camt((SHAPES / name).read_bytes())


def test_single_entries_of_version_2() -> None:
    [found] = read("singles-02.xml")
    assert (found.iban, found.ident, found.opening_micros) == ("DE89370400440532013000", "0352C5320261120", 10**9)
    assert found.balanced
    first, bill, rent = found.transactions
    assert (first.amount_micros, first.booked_on) == (119_000_000, date(2026, 11, 20))
    assert (first.name, first.iban, first.end_to_end) == ("Nordwind GmbH", "DE02120300000000202051", "")
    assert match(first, KNOWN) == Settles(FIRST)
    assert match(bill, KNOWN) == Settles(BILL)
    assert match(rent, KNOWN) == Unsure(Doubt.OUTGOING)
    assert rent.amount_micros == -58_500_000


def test_batches_of_version_8() -> None:
    [found] = read("batch-08.xml")
    assert found.balanced
    assert found.opening_micros == -50_000_000
    first, standing, collected = found.transactions
    assert first.name == "Nordwind GmbH"
    assert match(first, KNOWN) == Settles(FIRST)
    assert match(standing, KNOWN) == TopsUp(PAYER)
    assert (collected.batch, collected.count) == ("TAKT20261201A-1", 2)
    assert match(collected, KNOWN) == Collected("TAKT20261201A-1")
    known = replace(KNOWN, collections={"TAKT20261201A-1": [FIRST]})
    assert match(collected, known) == Unsure(Doubt.OTHER_AMOUNT, (FIRST.payment_id,))


def test_returns_reversals_and_charges_of_version_13() -> None:
    [found] = read("returns-13.xml")
    returned, reversed_, charged = found.transactions
    assert (returned.amount_micros, returned.charges_micros, returned.paid_micros) == (
        -122_000_000, 3_000_000, -119_000_000,
    )  # fmt: skip
    assert (returned.why, returned.mandate, returned.iban) == ("AM04", "M-1", "DE02120300000000202051")
    settled = replace(KNOWN, by_reference={
        one.reference: replace(one, state=State.SETTLED) for one in (FIRST, SECOND)
    })  # fmt: skip
    assert match(returned, settled) == Returns(replace(FIRST, state=State.SETTLED))
    assert match(reversed_, settled) == Returns(replace(SECOND, state=State.SETTLED))
    assert match(returned, KNOWN) == Unsure(Doubt.NOT_SETTLED, (FIRST.payment_id,))
    assert (charged.amount_micros, charged.paid_micros) == (112_500_000, 119_000_000)
    assert match(charged, KNOWN) == Settles(SECOND)


def test_twins_are_two_and_the_same_in_every_statement_and_what_does_not_add_up_is_for_a_person() -> None:
    earlier, later = read("pages-04.xml")
    [once] = earlier.transactions
    first, second, batch, foreign = later.transactions
    assert once.key == first.key != second.key
    assert batch.flaw
    assert match(batch, KNOWN) == Unsure(Doubt.FLAW)
    assert foreign.currency == "USD"


def transaction(**changes: Any) -> Transaction:
    return replace(Transaction(date(2026, 11, 23), 119_000_000, "EUR"), **changes)


ACCOUNT = "DE02120300000000202051"
OF_ACCOUNT = Known(accounts={ACCOUNT: frozenset({PAYER})}, awaited={PAYER: [FIRST, BILL]})


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
    ],
)  # fmt: skip
def test_only_what_is_certain_is_matched(one: Transaction, known: Known, found: object) -> None:
    assert match(one, known) == found


def test_numbers_and_references_are_found_in_texts() -> None:
    text = f"RE 2026-0012, RE-2026-0012/ Kd. 4711 {FIRST.reference[:9]} {FIRST.reference[9:]}"
    assert {"2026-0012", "RE-2026-0012", "4711"} <= set(numbers_of(transaction(remittance=text)))
    assert references_of(transaction(remittance=text, end_to_end=FIRST.reference)) == [FIRST.reference]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<Document><BkToCstmrStmt><Stmt><Id>&b;</Id></Stmt></BkToCstmrStmt></Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d SYSTEM "file:///etc/passwd"><Document/>"""


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "must be XML"),
        (b"<Document>", "must be XML"),
        (b"<Document/>", "must have BkToCstmrStmt"),
        (BOMB, "must have no document type"),
        (OUTSIDE, "must have no document type"),
        (b"<a>" * 50 + b"</a>" * 50, "nested at most 40"),
        (b"<a>" + b"x" * 5000 + b"</a>", "at most 4000 characters"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "must be XML"),
    ],
)
def test_hostile_files_are_refused(document: bytes, said: str) -> None:
    with pytest.raises(UnsoundError, match=said):
        parse_camt(document)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("DE89370400440532013000", "DE88370400440532013000", "Acct/Id/IBAN"),
        ('<Amt Ccy="EUR">119.00</Amt>', '<Amt Ccy="EUR">-119.00</Amt>', "must be an amount"),
        ('<Amt Ccy="EUR">119.00</Amt>', '<Amt Ccy="EUR">1e5</Amt>', "must be an amount"),
        ('<Amt Ccy="EUR">119.00</Amt>', "<Amt>119.00</Amt>", "currency"),
        ('<Amt Ccy="EUR">119.00</Amt><CdtDbtInd>CRDT', '<Amt Ccy="EUR">119.00</Amt><CdtDbtInd>IN', "CRDT or DBIT"),
        ("<BookgDt><Dt>2026-11-20", "<BookgDt><Dt>2026-11-31", "BookgDt"),
    ],
)
def test_what_is_wrong_is_named(was: str, becomes: str, said: str) -> None:
    text = (SHAPES / "singles-02.xml").read_text()
    with pytest.raises(UnsoundError, match=said):
        parse_camt(text.replace(was, becomes, 1).encode())


def test_a_statement_that_does_not_add_up_says_so() -> None:
    text = (SHAPES / "singles-02.xml").read_text().replace("1298.50", "1298.51")
    assert not parse_camt(text.encode())[0].balanced


@given(document=st.binary(max_size=200) | st.text(alphabet="<>/Stmt &;![]DOCTYPE\"'", max_size=80).map(str.encode))
def test_nothing_but_a_named_fault_comes_of_garbage(document: bytes) -> None:
    with pytest.raises(UnsoundError):
        parse_camt(document)
