"""Bank statements: the keys of transactions, and whether balances lead from one to the other."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from takt.core.statements import Statement, Transaction, keyed

IBAN = "DE89370400440532013000"
ONE = Transaction(date(2026, 11, 23), 119_000_000, "EUR")


def key(one: Transaction, iban: str = IBAN) -> str:
    return keyed(iban, [one])[0].key


@pytest.mark.parametrize(
    "changes",
    [
        {"booked_on": date(2026, 11, 24)}, {"amount_micros": 1}, {"currency": "USD"}, {"bank_ref": "1"}, {"end_to_end": "1"},
        {"reversal": True}, {"remittance": "1"}, {"iban": "1"}, {"name": "1"}, {"references": ("1",)},
    ],
)  # fmt: skip
def test_what_differs_in_anything_it_says_has_a_key_of_its_own(changes: dict[str, Any]) -> None:
    assert key(replace(ONE, **changes)) != key(ONE)
    assert key(ONE, "DE02120300000000202051") != key(ONE)


@pytest.mark.parametrize("changes", [{"remittance": "1"}, {"iban": "1"}, {"name": "1"}, {"references": ("1",)}])
def test_what_the_bank_numbers_keeps_its_key_however_it_is_told(changes: dict[str, Any]) -> None:
    numbered = replace(ONE, bank_ref="7")
    assert key(replace(numbered, **changes)) == key(numbered)


def test_keys_stay_the_same_and_twins_are_counted_from_one() -> None:
    said = f"{IBAN}\x1f2026-11-23\x1f119000000\x1fEUR\x1f\x1f\x1fFalse\x1f\x1f\x1f"
    assert [one.key for one in keyed(IBAN, [ONE, ONE])] == [
        sha256(f"{said}\x1f{place}".encode()).hexdigest() for place in (1, 2)
    ]


def test_of_what_the_bank_does_not_tell_there_is_nothing() -> None:
    assert replace(
        ONE, charges_micros=0, end_to_end="", mandate="", batch="", count=1, remittance="", name="", iban="", why="",
        bank_ref="", flaw="", key="",
    ) == ONE  # fmt: skip


def test_what_was_paid_is_without_what_the_bank_kept() -> None:
    assert replace(ONE, charges_micros=3).paid_micros == 119_000_003


@pytest.mark.parametrize(
    ("opening", "closing", "balanced"),
    [(1, 119_000_001, True), (1, 119_000_000, False), (None, 5, True), (5, None, True), (None, None, True)],
)
def test_balances_that_are_told_must_fit(opening: int | None, closing: int | None, *, balanced: bool) -> None:
    assert Statement("1", IBAN, "EUR", opening, closing, (ONE,)).balanced is balanced
