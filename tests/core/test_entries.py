"""Entries of the journal: names that rows carry for years, and what each kind of move does to balances."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from takt.core import chain, entries
from takt.core.entries import Change, Changes, Entry, EntryKind

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
PAYER = (3, UUID(int=7))


def entry(**fields: Any) -> Entry:
    usual = {
        "payer": PAYER, "entry_id": UUID(int=26), "kind": EntryKind.TOP_UP, "debit": "bank", "credit": "spend",
        "amount_micros": 5, "currency": "EUR", "event_at": AT,
    }  # fmt: skip
    return Entry(**{**usual, **fields})


def test_accounts_and_kinds_keep_their_names() -> None:
    """Rows of eight years have them."""
    assert {
        "spend",
        "receivable",
        "bank",
        "breakage",
        "rounding",
        "loss",
        "suspense",
        "marketing",
        "adjustment",
        "partner",
        "revenue",
    } == entries.PLAIN
    assert [
        entries.SPEND, entries.RECEIVABLE, entries.BANK, entries.BREAKAGE, entries.ROUNDING, entries.LOSS,
        entries.SUSPENSE, entries.MARKETING, entries.ADJUSTMENT, entries.PARTNER,
    ] == ["spend", "receivable", "bank", "breakage", "rounding", "loss", "suspense", "marketing", "adjustment", "partner"]  # fmt: skip
    assert [one.value for one in EntryKind] == [
        "capture",
        "late",
        "refund",
        "reversal",
        "top_up",
        "grant",
        "breakage",
        "void",
        "fee",
        "true_up",
        "invoice",
        "credit_note",
        "payment",
        "return",
        "tax",
        "rounding",
        "write_off",
        "adjustment",
    ]


def test_what_passes_a_limit_and_what_counts_against_a_budget_are_closed_lists() -> None:
    passing = "adjustment credit_note fee late return reversal rounding true_up"
    assert sorted(one.value for one in entries.PASSES_LIMIT) == passing.split()
    assert sorted(one.value for one in entries.SPENDING) == ["capture", "fee", "late", "refund", "reversal", "true_up"]


def test_accounts_with_a_name_of_their_own() -> None:
    some = UUID(int=26)
    named = [entries.revenue("utility"), entries.tax(1900), entries.clearing("bank"), entries.grant(some)]
    assert named == ["revenue:utility", "tax:1900", "clearing:bank", f"grant:{some.hex}"]
    assert all(entries.is_account(one) for one in [*named, "revenue", "spend", "tax:" + 60 * "a"])
    assert not any(entries.is_account(one) for one in ["", "cash", "grant", "grant:", "Tax:1", "tax:" + 61 * "a"])
    assert [entries.is_limited(one) for one in ("spend", "grant:a", "revenue", "a:grant:")] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "passes", "mark"),
    [
        (EntryKind.TOP_UP, 0, 5), (EntryKind.CAPTURE, 0, 0), (EntryKind.LATE, 5, 0), (EntryKind.RETURN, 5, 5),
    ],
)  # fmt: skip
def test_what_an_entry_does_to_both_accounts(kind: EntryKind, passes: int, mark: int) -> None:
    """Late and returned money may pass the limit; what is no spending moves the mark of the budget along."""
    changes: Changes = {}
    entries.post(changes, [entry(kind=kind)])
    assert changes == {
        (PAYER, "bank", "EUR"): Change(-5, 0, passes, -mark),
        (PAYER, "spend", "EUR"): Change(5, 0, 0, mark),
    }
    entries.post(changes, [entry(kind=kind)])
    assert changes[PAYER, "bank", "EUR"] == Change(-10, 0, 2 * passes, -2 * mark)
    assert Change() == Change(0, 0, 0, 0)


@pytest.mark.parametrize(
    "fields",
    [{"amount_micros": 0}, {"amount_micros": -1}, {"credit": "bank"}, {"debit": "cash"}, {"credit": "cash"}],
)
def test_an_entry_that_is_none_is_a_fault(fields: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        entries.post({}, [entry(**fields)])
    entries.post({}, [entry(amount_micros=1)])


def test_the_hash_of_an_entry_is_over_all_that_it_says() -> None:
    """The whole text, so that another program can make the same one."""
    row = f"{UUID(int=7).hex}\x1f1a\x1f0\x1ftop_up\x1fbank\x1fspend\x1f5\x1fEUR\x1f2026-11-22T08:30:00.000000+00:00\x1f\x1f\x1f"
    assert entries.leaf(entry()) == chain.leaf(row)
    undoing = row.removesuffix("\x1f\x1f\x1f") + f"\x1f{UUID(int=9).hex}\x1fa note\x1f"
    assert entries.leaf(entry(undoes=UUID(int=9), note="a note")) == chain.leaf(undoing)


def test_entries_have_one_order() -> None:
    ordered = [
        entry(entry_id=UUID(int=1)), entry(entry_id=UUID(int=1), leg=1), entry(entry_id=UUID(int=2)),
        entry(payer=(0, UUID(int=8)), entry_id=UUID(int=1)),
    ]  # fmt: skip
    for some in permutations(ordered):
        assert entries.in_order(some) == ordered
