"""Statements of banks in several shapes, hostile files, and which payment a transaction belongs to."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.document import UnsoundError
from takt.core.matching import Collected, Doubt, Returns, Settles, TopsUp, Unsure, match
from takt.core.payment import State
from takt.core.statements import Statement
from takt.wire.camt import parse_camt
from tests.core.test_matching import BILL, FIRST, KNOWN, PAYER, SECOND

SHAPES = Path(__file__).parent.parent / "data/camt"


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
