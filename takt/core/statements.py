"""Bank statements as values: what moved on an account of the operator, transaction by transaction.

A transaction has a key that is the same in every statement that tells of it, so overlapping statements tell nothing twice.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from takt.core.value import value

_SEPARATOR: Final = "\x1f"


@value
class Transaction:
    """One payment on a statement. Amounts are micro-units; what came in is positive, what went out negative.

    `amount_micros` moved on the account; `charges_micros` of it the bank kept or added, so that `paid_micros` is what the other
    side paid or got back. `reversal`: the bank takes an earlier booking back. `batch` names the order it was collected by,
    and `count` is above 1 when the bank does not tell the transactions of a batch one by one. `flaw` says what does not add up.
    """

    booked_on: date
    amount_micros: int
    currency: str
    charges_micros: int = 0
    reversal: bool = False
    end_to_end: str = ""
    mandate: str = ""
    batch: str = ""
    count: int = 1
    references: tuple[str, ...] = ()
    remittance: str = ""
    name: str = ""
    iban: str = ""
    why: str = ""
    bank_ref: str = ""
    flaw: str = ""
    key: str = ""

    @property
    def paid_micros(self) -> int:
        """What the other side paid (positive) or got back (negative): without what the bank charged us."""
        return self.amount_micros + self.charges_micros


@value
class Statement:
    """A statement of one account. The balances are there if the bank tells them."""

    ident: str
    iban: str
    currency: str
    opening_micros: int | None
    closing_micros: int | None
    transactions: tuple[Transaction, ...]

    @property
    def balanced(self) -> bool:
        """Whether the transactions lead from one balance to the other, as far as that can be told."""
        if self.opening_micros is None or self.closing_micros is None:
            return True
        return self.opening_micros + sum(one.amount_micros for one in self.transactions) == self.closing_micros


def keyed(iban: str, transactions: Iterable[Transaction]) -> tuple[Transaction, ...]:
    """The transactions with their keys: by the bank's own reference, else by all they say and their place among equals."""
    seen: Counter[str] = Counter()
    found: list[Transaction] = []
    for one in transactions:
        said = _said(iban, one)
        seen[said] += 1
        found.append(replace(one, key=hashlib.sha256(f"{said}{_SEPARATOR}{seen[said]}".encode()).hexdigest()))
    return tuple(found)


def _said(iban: str, one: Transaction) -> str:
    told: Sequence[object] = (
        iban, one.booked_on, one.amount_micros, one.currency, one.bank_ref, one.end_to_end, one.reversal,
        *((one.remittance, one.iban, one.name, *one.references) if not one.bank_ref else ()),
    )  # fmt: skip
    return _SEPARATOR.join(str(part) for part in told)
