"""Money is given back: what a message cost, or an entry that was wrong. Nothing is changed; another entry takes it back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.actions.outcome import Done
from takt.core import entries
from takt.core.entries import SPEND, Changes, Entry, EntryKind, Payer
from takt.core.ids import derive_id, slot_of
from takt.core.usage import refunded
from takt.core.value import value
from takt.store import grants, journal, ledger, usage
from takt.store.pool import Conn

NOTE_CHARS_MAX: Final = 200
REVERSIBLE: Final = frozenset(
    (
        EntryKind.TOP_UP, EntryKind.FEE, EntryKind.TRUE_UP, EntryKind.PAYMENT, EntryKind.TAX, EntryKind.ROUNDING,
        EntryKind.WRITE_OFF, EntryKind.ADJUSTMENT,
    )
)  # fmt: skip
"""What can be taken back as it was booked. Messages are refunded, grants voided, invoices credited, payments returned."""


@value
class Refund:
    """What this message cost is given back, once; `note` says why."""

    message_id: UUID
    note: str


@value
class Reverse:
    """This entry of a contract was wrong; `note` says why."""

    payer: Payer
    entry_id: UUID
    note: str


@value
class TakenBack:
    """The entry that gives back, and how much in micro-units."""

    entry_id: UUID
    amount_micros: int
    currency: str


async def refund(
    conn: Conn, part: int, commands: list[Refund], now: datetime, *, again: bool
) -> Done[TakenBack | None]:
    """Refund messages of a part; None for one that was not charged. One that was refunded before is answered the same."""
    del again
    notes = {command.message_id: command.note for command in commands}
    await ledger.refund_holds(conn, part, list(notes), now)
    payers = await ledger.payers(conn, part, list(notes))
    found = await _charged(conn, payers)
    missing = [one for one, (_, back) in found.items() if not back]
    new = [
        _undone(entry, refund_id(one), EntryKind.REFUND, notes[one], now) for one in missing for entry in found[one][0]
    ]
    if new:
        used = [refunded(one) for one in await usage.find(conn, part, missing) if not one.refund]
        changes: Changes = {}
        entries.post(changes, new)
        for contract_part in {one.payer[0] for one in new}:
            back = [(one.payer[1], one.credit) for one in new if one.payer[0] == contract_part and one.credit != SPEND]
            if back:
                await grants.reopen(conn, contract_part, back)
        await journal.write(conn, new, used, changes, part, now)
    answers: list[TakenBack | None] = []
    for command in commands:
        client = payers.get(command.message_id, {}).get(0)
        charged = [one for one in found.get(command.message_id, ([], []))[0] if one.payer == client]
        answers.append(_told(refund_id(command.message_id), charged))
    return Done(answers)


async def reverse(
    conn: Conn, part: int, commands: list[Reverse], now: datetime, *, again: bool
) -> Done[TakenBack | None]:
    """Take back entries, each once; None for one that is not there or is not of a kind that can be taken back so."""
    del part, again
    answers: list[TakenBack | None] = []
    for command in commands:
        found = await journal.find(conn, command.payer, [command.entry_id])
        entry_id = reversal_id(command.payer, command.entry_id)
        wrong = [one for one in found if one.kind in REVERSIBLE]
        await journal.book(
            conn, [_undone(one, entry_id, EntryKind.REVERSAL, command.note, now) for one in wrong], now
        )  # fmt: skip
        answers.append(_told(entry_id, wrong))
    return Done(answers)


async def _charged(
    conn: Conn, payers: Mapping[UUID, Mapping[int, Payer]]
) -> dict[UUID, tuple[list[Entry], list[Entry]]]:
    """The entries by which these messages were charged, with both legs, and those by which that was given back."""
    by_payer: defaultdict[Payer, list[UUID]] = defaultdict(list)
    for message_id, legs in payers.items():
        for payer in legs.values():
            by_payer[payer].append(message_id)
    found: dict[UUID, tuple[list[Entry], list[Entry]]] = {}
    for payer, some in sorted(by_payer.items()):
        refunds = {refund_id(one): one for one in some}
        for entry in await journal.find(conn, payer, [*some, *refunds]):
            pair = found.setdefault(refunds.get(entry.entry_id, entry.entry_id), ([], []))
            pair[entry.entry_id in refunds].append(entry)
    return found


def refund_id(message_id: UUID) -> UUID:
    """The id of the entry that gives back what a message cost."""
    return derive_id(slot_of(message_id), "refund", str(message_id))


def reversal_id(payer: Payer, entry_id: UUID) -> UUID:
    """The id of the entry that takes back one that was wrong."""
    return derive_id(slot_of(payer[1]), "reversal", str(entry_id))


def _undone(one: Entry, entry_id: UUID, kind: EntryKind, note: str, now: datetime) -> Entry:
    return replace(
        one, entry_id=entry_id, kind=kind, debit=one.credit, credit=one.debit, event_at=now, note=note, undoes=one.entry_id
    )  # fmt: skip


def _told(entry_id: UUID, undone: Sequence[Entry]) -> TakenBack | None:
    if not undone:
        return None
    return TakenBack(entry_id, sum(one.amount_micros for one in undone), undone[0].currency)
