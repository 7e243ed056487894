"""How a payment moves on, for everybody who hears of one: its row is held, the word kept, and what money does said.

Journal entries come back to the caller, who books them last.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from takt.core import payment as core
from takt.core.entries import BANK, LOSS, Entry, EntryKind
from takt.core.ids import derive_id, slot_of
from takt.core.payment import Move, Payment, Purpose, Split, State, Word, advance, split
from takt.core.statements import Transaction
from takt.core.value import value
from takt.provider import Notice
from takt.store import payments
from takt.store.payments import Told
from takt.store.pool import Conn


@value
class Said:
    """A word about a payment: by whom, under which id, when; what came in all, if that is known, and from which account."""

    provider: str
    notice_id: str
    word: Word
    at: datetime
    gross_micros: int | None = None
    iban: str = ""
    why: str = ""


def heard(provider: str, notice: Notice) -> Said:
    """A notice of a provider as the word that it is."""
    return Said(provider, notice.notice_id, notice.word, notice.at, notice.gross_micros, why=notice.why)


@value
class Step:
    """Where a payment is after a word, and the entries to book; `moved` is whether the word did anything."""

    payment: Payment
    entries: Sequence[Entry] = ()
    moved: bool = False


async def take(conn: Conn, one: Payment, said: Said, now: datetime) -> Step:
    """Let a word move a payment, whose row is held. A word that came before does nothing, and is not kept again."""
    part = one.payer[0]
    if await payments.is_told(conn, part, said.provider, said.notice_id):
        return Step(one)
    found = advance(one.state, said.word)
    told = Told(said.provider, said.notice_id, one.payment_id, said.word, found is not None, said.at)
    await payments.add_notice(conn, part, told, now)
    if found is None:
        return Step(one)
    state, move = found
    after = _after(one, state, said)
    await payments.change(conn, after, said.iban)
    match move:
        case Move.CREDIT:
            return Step(after, core.credit(after, after.split, said.at), moved=True)
        case Move.UNDO:
            return Step(after, core.undo(after, said.at), moved=True)
        case Move.NONE:
            return Step(after, moved=True)


def charged(one: Payment, transaction: Transaction, at: datetime) -> Sequence[Entry]:
    """What the bank kept of a transaction, or added to it, is the operator's loss."""
    if transaction.charges_micros == 0:
        return ()
    entry_id = derive_id(slot_of(one.payment_id), "bank charge", transaction.key)
    return (
        Entry(
            one.payer, entry_id, EntryKind.ADJUSTMENT, LOSS, BANK, transaction.charges_micros, one.currency, at,
            note="bank charge",
        ),
    )  # fmt: skip


def _after(one: Payment, state: State, said: Said) -> Payment:
    match state:
        case State.SETTLED:
            return replace(one, state=state, split=_came(one, said), settled_at=said.at, ended_at=None, why="")
        case _:
            return replace(one, state=state, ended_at=said.at, why=said.why)


def _came(one: Payment, said: Said) -> Split:
    """What came in: of a top-up the amount that is told, taxed as agreed; a document is paid by its own amount."""
    if said.gross_micros is None or said.gross_micros == one.split.gross_micros or one.purpose is Purpose.INVOICE:
        return one.split
    return split(said.gross_micros, one.tax_basis_points, one.currency)
