"""Payments: money that companies owe or send ahead, from the wish to the bank's word and back.

A payment goes one way: initiated, settled, perhaps returned. Notices of a provider come late, twice, out of order or
not at all, so each says only what it knows, and what does not move the payment on is kept and does nothing. Money is
credited once, when it settled, and a return takes exactly that back. Tax is on documents: of a top-up with tax the
wallet gets the net part (billing rules for advances, § 13 (1) no. 1 a UStG).
"""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core import entries, iban
from takt.core.currency import BASIS_POINTS, half_up, to_micros, to_minor
from takt.core.entries import BANK, RECEIVABLE, SPEND, Entry, EntryKind, Payer
from takt.core.ids import derive_id, slot_of
from takt.core.value import value

AMOUNT_MICROS_MAX: Final = 10**15
BY_BANK: Final = "bank"
BY_DEBIT: Final = "debit"
BY_HAND: Final = "manual"
_AT_THE_BANK: Final = frozenset((BY_BANK, BY_DEBIT, BY_HAND))


class State(StrEnum):
    """Where a payment is."""

    INITIATED = "initiated"
    SETTLED = "settled"
    RETURNED = "returned"
    FAILED = "failed"


class Word(StrEnum):
    """What a notice says of a payment."""

    SETTLED = "settled"
    RETURNED = "returned"
    FAILED = "failed"


class Move(StrEnum):
    """What money does when a payment moves on."""

    NONE = "none"
    CREDIT = "credit"
    UNDO = "undo"


class Purpose(StrEnum):
    """What a payment is for: the wallet, or a document that is owed."""

    TOP_UP = "top_up"
    INVOICE = "invoice"


_STEPS: Final = {
    (State.INITIATED, Word.SETTLED): (State.SETTLED, Move.CREDIT),
    (State.INITIATED, Word.FAILED): (State.FAILED, Move.NONE),
    # The word that it settled was lost or is still on its way: then there is nothing to undo, and it does nothing.
    (State.INITIATED, Word.RETURNED): (State.RETURNED, Move.NONE),
    # Given up too early: money that came is money.
    (State.FAILED, Word.SETTLED): (State.SETTLED, Move.CREDIT),
    (State.FAILED, Word.RETURNED): (State.RETURNED, Move.NONE),
    (State.SETTLED, Word.RETURNED): (State.RETURNED, Move.UNDO),
}


def advance(state: State, word: Word) -> tuple[State, Move] | None:
    """The next state and what money does; None when the word moves nothing, because it is old, doubled or outdone."""
    return _STEPS.get((state, word))


@value
class Split:
    """What a payment is made of, in micro-units: net and tax, both whole smallest coins."""

    net_micros: int
    tax_micros: int

    @property
    def gross_micros(self) -> int:
        """What is paid."""
        return self.net_micros + self.tax_micros


def split(gross_micros: int, rate_basis_points: int, currency: str) -> Split:
    """Net and tax of an amount that is paid, rounded half-up to the smallest coin: 119 at 19 % are 100 and 19.

    `gross_micros` is a whole number of smallest coins, `rate_basis_points` hundredths of a percent.
    """
    gross = to_minor(gross_micros, currency)
    assert to_micros(gross, currency) == gross_micros, "nobody pays fractions of the smallest coin"
    net = half_up(gross * BASIS_POINTS, BASIS_POINTS + rate_basis_points)
    return Split(to_micros(net, currency), to_micros(gross - net, currency))


def grossed(net_micros: int, rate_basis_points: int, currency: str) -> Split:
    """What is to be paid so that the wallet gets this net amount."""
    net = to_minor(net_micros, currency)
    tax = half_up(net * rate_basis_points, BASIS_POINTS)
    return Split(to_micros(net, currency), to_micros(tax, currency))


@value
class Payment:
    """A payment of a contract. `provider_ref` is unique for its provider; `reference` is what a payer writes on a transfer.

    `document` is the number of what it pays, if it pays a document. The mandate is there if it is collected, and
    `due_on` is the day of that. `automatic`: asked for by the plan of the company, not by a person.
    """

    payment_id: UUID
    payer: Payer
    provider: str
    provider_ref: str
    purpose: Purpose
    split: Split
    tax_category: str
    tax_basis_points: int
    currency: str
    state: State
    reference: str
    created_at: datetime
    document: str = ""
    mandate_id: UUID | None = None
    due_on: date | None = None
    automatic: bool = False
    settled_at: datetime | None = None
    ended_at: datetime | None = None
    why: str = ""


def source(provider: str) -> str:
    """The account that money comes from: the bank, or what a provider owes until it pays out."""
    return BANK if provider in _AT_THE_BANK else entries.clearing(provider)


def credit(payment: Payment, settled: Split, at: datetime) -> tuple[Entry, ...]:
    """The entries of money that settled: a top-up is net in the wallet and tax on the side; a document is paid off.

    `settled` is what really came, which for a transfer may be another amount than was asked for.
    """
    entry_id, origin = settled_entry(payment), source(payment.provider)
    if payment.purpose is Purpose.INVOICE:
        return (_entry(payment, entry_id, EntryKind.PAYMENT, (origin, RECEIVABLE), settled.gross_micros, at),)
    top_up = _entry(payment, entry_id, EntryKind.TOP_UP, (origin, SPEND), settled.net_micros, at)
    if settled.tax_micros == 0:
        return (top_up,)
    owed = entries.tax(payment.tax_basis_points)
    return top_up, _entry(payment, entry_id, EntryKind.TAX, (origin, owed), settled.tax_micros, at, leg=1)


def undo(payment: Payment, at: datetime) -> tuple[Entry, ...]:
    """The entries of money that went back: those of its credit, the other way round."""
    done = credit(payment, payment.split, at)
    entry_id = derive_id(slot_of(payment.payment_id), "payment returned", str(payment.payment_id))
    return tuple(
        Entry(
            one.payer, entry_id, EntryKind.RETURN, one.credit, one.debit, one.amount_micros, one.currency, at, one.leg,
            payment.provider_ref, one.entry_id,
        )
        for one in done
    )  # fmt: skip


def part_of(payment: Payment, paid_micros: int, told: str) -> Payment:
    """A payment of its own for a part of what another waits for; the same for the same word of the bank (`told`)."""
    payment_id = derive_id(slot_of(payment.payment_id), "part payment", told)
    reference = iban.reference(iban.OF_PAYMENT, payment_id)
    came = Split(paid_micros, 0)
    return replace(payment, payment_id=payment_id, provider_ref=reference, reference=reference, split=came)


def settled_entry(payment: Payment) -> UUID:
    """The id of the entry that credits a payment."""
    return derive_id(slot_of(payment.payment_id), "payment settled", str(payment.payment_id))


def _entry(
    payment: Payment, entry_id: UUID, kind: EntryKind, sides: tuple[str, str], amount_micros: int, at: datetime,
    leg: int = 0,
) -> Entry:  # fmt: skip
    debit, credited = sides
    return Entry(
        payment.payer, entry_id, kind, debit, credited, amount_micros, payment.currency, at, leg, payment.provider_ref
    )
