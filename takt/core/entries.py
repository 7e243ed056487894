"""Entries of the journal: one move of money each, from the debited to the credited account of one contract.

Every contract has its own chart of accounts. What a move does to balances follows from the entry alone, so an entry
cannot be out of balance: what one account gains another loses.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core import chain
from takt.core.value import value

Payer = tuple[int, UUID]
"""A contract with the part it lies in."""

SPEND: Final = "spend"
RECEIVABLE: Final = "receivable"
BANK: Final = "bank"
BREAKAGE: Final = "breakage"
ROUNDING: Final = "rounding"
LOSS: Final = "loss"
SUSPENSE: Final = "suspense"
MARKETING: Final = "marketing"
ADJUSTMENT: Final = "adjustment"
PARTNER: Final = "partner"
"""What a partner's client paid: the partner's, not ours."""
PLAIN: Final = frozenset(
    (SPEND, RECEIVABLE, BANK, BREAKAGE, ROUNDING, LOSS, SUSPENSE, MARKETING, ADJUSTMENT, PARTNER, "revenue")
)
_NAMED: Final = re.compile(r"(revenue|tax|grant|clearing):[a-z0-9_.-]{1,60}", re.ASCII)
_LIMITED: Final = "grant:"


class EntryKind(StrEnum):
    """Why money moved: the whole list."""

    CAPTURE = "capture"
    LATE = "late"
    REFUND = "refund"
    REVERSAL = "reversal"
    TOP_UP = "top_up"
    GRANT = "grant"
    BREAKAGE = "breakage"
    VOID = "void"
    FEE = "fee"
    TRUE_UP = "true_up"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    RETURN = "return"
    TAX = "tax"
    ROUNDING = "rounding"
    WRITE_OFF = "write_off"
    ADJUSTMENT = "adjustment"


PASSES_LIMIT: Final = frozenset(
    (
        EntryKind.LATE, EntryKind.REVERSAL, EntryKind.RETURN, EntryKind.FEE, EntryKind.TRUE_UP, EntryKind.ROUNDING,
        EntryKind.CREDIT_NOTE, EntryKind.ADJUSTMENT,
    )
)  # fmt: skip
"""What is owed whether or not the wallet covers it. All else is refused beyond the limit."""
SPENDING: Final = frozenset(
    (EntryKind.CAPTURE, EntryKind.LATE, EntryKind.REFUND, EntryKind.REVERSAL, EntryKind.FEE, EntryKind.TRUE_UP)
)
"""What counts against a budget, or gives back what did. All else moves the mark that a budget is measured from."""


def revenue(category: str) -> str:
    """The account that messages of a category, or `fees`, are earned on."""
    return f"revenue:{category}"


def tax(rate_basis_points: int) -> str:
    """The account of the tax at a rate: 1900 is 19 %."""
    return f"tax:{rate_basis_points}"


def clearing(provider: str) -> str:
    """The account of what a payment provider owes."""
    return f"clearing:{provider}"


def grant(grant_id: UUID) -> str:
    """The account of a grant."""
    return f"grant:{grant_id.hex}"


def is_account(name: str) -> bool:
    """Whether a contract may have an account of that name."""
    return name in PLAIN or _NAMED.fullmatch(name) is not None


def is_limited(name: str) -> bool:
    """Whether money is set aside on an account, so that it may not go below its limit; such a one must be there."""
    return name == SPEND or name.startswith(_LIMITED)


@value
class Entry:
    """One move of `amount_micros` (above 0) from `debit` to `credit`.

    `entry_id` is unique within the contract; an entry of several moves has one `leg` each, from 0. `event_at` is when what
    it is about happened. An entry that takes another one back names it in `undoes`.
    """

    payer: Payer
    entry_id: UUID
    kind: EntryKind
    debit: str
    credit: str
    amount_micros: int
    currency: str
    event_at: datetime
    leg: int = 0
    note: str = ""
    undoes: UUID | None = None


@dataclass(slots=True)
class Change:
    """What happens to one account: its balance, what is set aside, and by how much it may pass its limit for it.

    `mark_micros` is what of it is no spending, so that it leaves a budget alone; `leased_micros` what leases are granted.
    """

    posted_micros: int = 0
    pending_micros: int = 0
    passes_micros: int = 0
    mark_micros: int = 0
    leased_micros: int = 0


Changes = dict[tuple[Payer, str, str], Change]
"""By contract, account and currency."""


def post(changes: Changes, entries: Iterable[Entry]) -> None:
    """Add what these entries do to the balances."""
    for one in entries:
        assert one.amount_micros > 0
        assert one.debit != one.credit
        assert is_account(one.debit), one.debit
        assert is_account(one.credit), one.credit
        debited = change(changes, one.payer, one.debit, one.currency)
        debited.posted_micros -= one.amount_micros
        if one.kind in PASSES_LIMIT:
            debited.passes_micros += one.amount_micros
        credited = change(changes, one.payer, one.credit, one.currency)
        credited.posted_micros += one.amount_micros
        if one.kind not in SPENDING:
            debited.mark_micros -= one.amount_micros
            credited.mark_micros += one.amount_micros


def change(changes: Changes, payer: Payer, account: str, currency: str) -> Change:
    """The change of one account, to be added to."""
    found = changes.get((payer, account, currency))
    if found is None:
        found = changes[payer, account, currency] = Change()
    return found


def leaf(one: Entry) -> bytes:
    """The hash of an entry in its batch."""
    return chain.leaf(
        f"{chain.name(one.payer[1])}\x1f{one.entry_id.int:x}\x1f{one.leg}\x1f{one.kind.value}\x1f{one.debit}\x1f{one.credit}\x1f"
        f"{one.amount_micros}\x1f{one.currency}\x1f{chain.instant(one.event_at)}\x1f"
        f"{one.undoes.hex if one.undoes else ''}\x1f{one.note}\x1f"
    )


def in_order(entries: Iterable[Entry]) -> Sequence[Entry]:
    """The order of entries in their batch."""
    return sorted(entries, key=lambda one: (one.payer[1].int, one.entry_id.int, one.leg))
