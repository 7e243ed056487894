"""Which payment a transaction on a statement belongs to. Only what is certain is booked; all else a person looks at.

In this order: a reference of ours; the end-to-end id or batch of a collection; a document's number in the text; the exact
amount from an account that is known. Whatever fits two payments fits none. What names an invoice pays it, as far as it goes.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Final
from uuid import UUID

from takt.core.currency import to_micros, to_minor
from takt.core.entries import Payer
from takt.core.iban import compact, references_in, slot_of_reference
from takt.core.payment import Payment, Purpose, State
from takt.core.statements import Transaction
from takt.core.value import value

NUMBERS_MAX: Final = 20
_NUMBER: Final = re.compile(r"[A-Z0-9]+(?:[-/][A-Z0-9]+)*", re.ASCII)


class Doubt(StrEnum):
    """Why a person must look."""

    FLAW = "flaw"
    CURRENCY = "currency"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    OTHER_AMOUNT = "other_amount"
    OVERPAID = "overpaid"
    PAID_ALREADY = "paid_already"
    NOT_SETTLED = "not_settled"
    OUTGOING = "outgoing"


@value
class Settles:
    """The transaction is the money of this payment; of a top-up, whatever amount came."""

    payment: Payment


@value
class PaysPart:
    """The transaction pays a part of the invoice that this payment waits for; the rest stays open."""

    payment: Payment


@value
class Overpays:
    """The transaction pays that invoice and more. What is over is the customer's: a person says what becomes of it."""

    payment: Payment


@value
class Returns:
    """The transaction takes back what was credited for these payments."""

    payment: Payment


@value
class Collected:
    """The transaction is the sum of a collection, which is told without its single payments."""

    batch: str


@value
class TopsUp:
    """The transaction is a top-up that nobody announced, with the standing reference of a contract."""

    payer: Payer


@value
class Unsure:
    """Nobody can tell but a person; `candidates` are payments that fit in part."""

    doubt: Doubt
    candidates: tuple[UUID, ...] = ()


Match = Settles | PaysPart | Overpays | Returns | Collected | TopsUp | Unsure


@value
class Known:
    """What is looked at beside transactions: payments by their references, end-to-end ids and documents; contracts.

    `collections` are the payments by the id of their batch; `accounts` are contracts by the IBANs that paid for them before;
    `awaited` are the open payments of a contract.
    """

    by_reference: Mapping[str, Payment] = field(default_factory=dict)
    by_document: Mapping[str, Sequence[Payment]] = field(default_factory=dict)
    contracts: Mapping[str, tuple[Payer, str]] = field(default_factory=dict)
    collections: Mapping[str, Sequence[Payment]] = field(default_factory=dict)
    accounts: Mapping[str, frozenset[Payer]] = field(default_factory=dict)
    awaited: Mapping[Payer, Sequence[Payment]] = field(default_factory=dict)


def references_of(one: Transaction) -> list[str]:
    """The references of ours in a transaction, each once: structured ones, the end-to-end id, those in the text."""
    told = [*one.references, compact(one.end_to_end), *references_in(one.remittance)]
    return [named for named in dict.fromkeys(told) if slot_of_reference(named) is not None]


def numbers_of(one: Transaction) -> list[str]:
    """What could be a document's number in the text of a transaction: words with a digit, at most 20."""
    words = _NUMBER.findall(one.remittance.upper())
    return [word for word in dict.fromkeys(words) if any(c.isdigit() for c in word) and len(word) >= 4][:NUMBERS_MAX]


def match(one: Transaction, known: Known) -> Match:
    """What a transaction is."""
    if one.flaw or one.amount_micros == 0 or not is_whole(one):
        return Unsure(Doubt.FLAW)
    if one.amount_micros < 0:
        return _went_out(one, known)
    return Unsure(Doubt.UNKNOWN) if one.reversal else _came_in(one, known)


def is_whole(one: Transaction) -> bool:
    """Whether an amount has no fractions of the smallest coin."""
    return to_micros(to_minor(one.paid_micros, one.currency), one.currency) == one.paid_micros


def _came_in(one: Transaction, known: Known) -> Match:
    references = references_of(one)
    named = [known.by_reference[ref] for ref in references if ref in known.by_reference]
    if named:
        return _fits(one, named, known)
    standing = {known.contracts[ref] for ref in references if ref in known.contracts}
    if standing:
        return _tops_up(one, standing)
    if one.batch in known.collections:
        return _collected(one, known.collections[one.batch])
    documents = [paid for number in numbers_of(one) for paid in known.by_document.get(number, ())]
    return _fits(one, documents, known) if documents else _from_account(one, known)


def _tops_up(one: Transaction, standing: Collection[tuple[Payer, str]]) -> Match:
    """Money for whoever's standing reference it names."""
    if len(standing) > 1:
        return Unsure(Doubt.AMBIGUOUS)
    [(payer, currency)] = standing
    return TopsUp(payer) if currency == one.currency else Unsure(Doubt.CURRENCY)


def _fits(one: Transaction, named: Sequence[Payment], known: Known) -> Match:
    """The payment that a transaction names. A top-up by transfer may be of another amount than was announced."""
    waiting = [_waits_for(payment, known) for payment in named]
    found = list({payment.document or payment.payment_id: payment for payment in waiting}.values())
    ids = tuple(payment.payment_id for payment in found)
    if len(found) > 1:
        return Unsure(Doubt.AMBIGUOUS, ids)
    return _received(one, found[0])


def _waits_for(payment: Payment, known: Known) -> Payment:
    """Of an invoice that has several payments, the one that waits for what is open, whichever was named."""
    of_it = known.by_document.get(payment.document.upper(), ()) if payment.document else ()
    return next((one for one in of_it if one.state is State.INITIATED), payment)


def decided(one: Transaction, payment: Payment, known: Known) -> Match:
    """What a transaction is to the payment that a person names; Unsure when not even a person can say so."""
    if one.amount_micros < 0:
        return _gave_back(one, payment)
    return _received(one, _waits_for(payment, known), by_hand=True)


def _received(one: Transaction, payment: Payment, *, by_hand: bool = False) -> Match:
    """What money that came in is to the payment that it is meant for. An invoice takes any amount."""
    ids = (payment.payment_id,)
    if payment.currency != one.currency:
        return Unsure(Doubt.CURRENCY, ids)
    of_invoice = payment.purpose is Purpose.INVOICE
    if payment.state is not State.INITIATED and (of_invoice or payment.state is not State.FAILED):
        return Unsure(Doubt.PAID_ALREADY, ids)
    asked = payment.split.gross_micros
    if asked == one.paid_micros or (not of_invoice and (payment.mandate_id is None or by_hand)):
        return Settles(payment)
    if not of_invoice:
        return Unsure(Doubt.OTHER_AMOUNT, ids)
    return PaysPart(payment) if one.paid_micros < asked else Overpays(payment)


def _collected(one: Transaction, payments: Sequence[Payment]) -> Match:
    """The sum of a collection: all of its payments that have not been returned before, or nothing."""
    asked = sum(payment.split.gross_micros for payment in payments)
    if asked != one.paid_micros or any(payment.currency != one.currency for payment in payments):
        return Unsure(Doubt.OTHER_AMOUNT, tuple(payment.payment_id for payment in payments))
    return Collected(one.batch)


def _from_account(one: Transaction, known: Known) -> Match:
    payers = known.accounts.get(one.iban, frozenset()) if one.iban else frozenset()
    fitting = [
        payment
        for payer in sorted(payers)
        for payment in known.awaited.get(payer, ())
        if payment.split.gross_micros == one.paid_micros and payment.currency == one.currency
        and payment.state is State.INITIATED and payment.mandate_id is None
    ]  # fmt: skip
    if len(fitting) == 1:
        return Settles(fitting[0])
    return Unsure(Doubt.AMBIGUOUS if fitting else Doubt.UNKNOWN, tuple(payment.payment_id for payment in fitting))


def _went_out(one: Transaction, known: Known) -> Match:
    """Money that left: the return of a payment, named by its reference or end-to-end id, of exactly its amount."""
    named = [known.by_reference[ref] for ref in references_of(one) if ref in known.by_reference]
    found = list({payment.payment_id: payment for payment in named}.values())
    ids = tuple(payment.payment_id for payment in found)
    if not found:
        return Unsure(Doubt.UNKNOWN if one.reversal or one.why else Doubt.OUTGOING)
    if len(found) > 1:
        return Unsure(Doubt.AMBIGUOUS, ids)
    return _gave_back(one, found[0])


def _gave_back(one: Transaction, payment: Payment) -> Match:
    ids = (payment.payment_id,)
    if payment.state is State.RETURNED:
        return Unsure(Doubt.PAID_ALREADY, ids)
    if payment.state is not State.SETTLED:
        return Unsure(Doubt.NOT_SETTLED, ids)
    if payment.split.gross_micros != -one.paid_micros or payment.currency != one.currency:
        return Unsure(Doubt.OTHER_AMOUNT, ids)
    return Returns(payment)
