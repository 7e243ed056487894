"""The month of a contract is closed: the lines of its document are fixed, and what they ask for beside messages is booked.

What was delivered is in the wallet's books already; fees and what a commitment still asks for come now, in the
transaction that fixes the lines. What the client of a partner owes it is owed outside of these books. A month that is closed stays as it is: the same command finds it again. Months are
closed in their order, so that each begins where the one before it ended.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from uuid import UUID

from takt.actions.card_days import stretches_of, trades_of
from takt.actions.outcome import Done
from takt.calendars import zone_named
from takt.core import closing
from takt.core.closing import Charge, Closing, Month
from takt.core.currency import to_minor
from takt.core.entries import PARTNER, SPEND, Entry, EntryKind, Payer, revenue
from takt.core.ids import derive_id, slot_of
from takt.core.roll_up import cut_off, following, month_of, preceding, start_of
from takt.core.value import value
from takt.store import closings, journal, usage_sums
from takt.store.closings import Contract
from takt.store.pool import Conn
from takt.store.reference import Reference, Snapshot

LATE_MONTHS: Final = 12
"""How many months back a late message still finds its place on a document."""
FEES: Final = "fees"
BOOKED: Final = frozenset((closing.USAGE, closing.GRANT))
"""Lines of what was booked with each message."""


@value
class CloseMonth:
    """Close the month of a contract that begins on a day."""

    payer: Payer
    month: date


@value
class NotYet:
    """A month cannot be closed so far: before `until`, as far as that is known, for this reason."""

    fault: str
    until: datetime | None = None


Answer = Closing | NotYet


class CloseMonths:
    """Closes months; `parts` are all that usage may lie in."""

    def __init__(self, reference: Reference, parts: Sequence[int]) -> None:
        self._reference = reference
        self._parts = parts

    async def __call__(
        self, conn: Conn, part: int, commands: list[CloseMonth], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Close these months, each contract by itself, in the caller's transaction."""
        del part, again  # a month that is closed already is found
        snapshot = await self._reference.fresh(conn)
        through = [await usage_sums.mark(conn, part) for part in self._parts]
        summed = min((one for one in through if one is not None), default=None) if None not in through else None
        ordered = sorted(range(len(commands)), key=lambda place: (commands[place].payer, commands[place].month))
        found: dict[int, Answer] = {}
        for place in ordered:
            found[place] = await self._close(conn, commands[place], snapshot, summed, now)
        return Done([found[place] for place in range(len(commands))])

    async def _close(
        self, conn: Conn, command: CloseMonth, snapshot: Snapshot, summed: datetime | None, now: datetime
    ) -> Answer:
        contract = await closings.lock_contract(conn, command.payer)
        known = await closings.find(conn, command.payer, command.month)
        if known is not None:
            return known
        not_yet = await _not_yet(conn, contract, command.month, summed, now)
        if not_yet is not None:
            return not_yet
        month = await _month(conn, contract, command.month, snapshot)
        lines = closing.charges(month)
        closed = _closing(contract, month, lines, now)
        asked = {card: one for (due, card), one in month.commitments.items() if due == month.month and card}
        await closings.add(conn, closed, lines, asked)
        await journal.book(conn, _entries(contract, command.month, lines, now), now)
        return closed


async def _not_yet(
    conn: Conn, contract: Contract, month: date, summed: datetime | None, now: datetime
) -> NotYet | None:
    tz = _zone(contract)
    begun = month_of(contract.created_at, tz)
    if month < begun:
        return NotYet(f"the contract began in {begun:%Y-%m}")
    due = cut_off(month, tz)
    if now < due:
        return NotYet(f"{month:%Y-%m} may be closed from {due:%Y-%m-%d %H:%M} UTC on", due)
    if summed is None or summed < due:
        return NotYet(f"usage is summed up to {summed or 'nothing'} only; {due:%Y-%m-%d %H:%M} UTC is needed")
    if month > begun and await closings.find(conn, contract.payer, preceding(month)) is None:
        return NotYet(f"{preceding(month):%Y-%m} is not closed yet")
    return None


async def _month(conn: Conn, contract: Contract, month: date, snapshot: Snapshot) -> Month:
    payer, tz = contract.payer, _zone(contract)
    since = (month - timedelta(days=31 * LATE_MONTHS)).replace(day=1)
    parts = stretches_of(contract, month, snapshot)
    trades = await trades_of(conn, snapshot.businesses[contract.business_id], month, snapshot)
    commitments = await closings.commitments(conn, payer, since)
    return Month(
        month,
        parts,
        [at.astimezone(tz).date() for at in await closings.senders_since(conn, contract.business_id)],
        await usage_sums.used(conn, payer, since, following(month)),
        await closings.billed(conn, payer, since),
        await closings.true_ups(conn, payer, since),
        commitments | closing.asked(month, parts, trades),
        await closings.granted(conn, payer, start_of(following(month), tz)) - await closings.taken_off(conn, payer),
        trades,
    )


def _closing(contract: Contract, month: Month, lines: Sequence[Charge], now: datetime) -> Closing:
    net = sum(to_minor(one.micros, contract.currency) for one in lines)
    return Closing(
        contract.payer,
        month.month,
        "frozen" if lines else "empty",
        sum(one.micros for one in lines if one.kind == closing.USAGE),
        net,
        closing.rounding_micros(lines, contract.currency),
        month.commitments.get((month.month, "")),
        now,
    )


def _entries(contract: Contract, month: date, lines: Sequence[Charge], now: datetime) -> list[Entry]:
    """Fees and commitments, exactly as the lines have them; what a commitment asked for too much comes back."""
    found: list[Entry] = []
    earned_on = PARTNER if contract.resold else revenue(FEES)
    for number, one in enumerate(lines, 1):
        if one.kind in BOOKED:
            continue
        kind = EntryKind.FEE if one.kind == closing.FEE else EntryKind.TRUE_UP
        debit, credit = (SPEND, earned_on) if one.micros > 0 else (earned_on, SPEND)
        found.append(
            Entry(
                contract.payer, entry_id(contract.payer, month, "line", str(number)), kind, debit, credit,
                abs(one.micros), contract.currency, now, note=f"{month:%Y-%m} {one.name or one.kind}",
            )
        )  # fmt: skip
    return [*found, *_billed_by_partner(contract, month, sum(one.micros for one in lines), now)]


def _billed_by_partner(contract: Contract, month: date, micros: int, now: datetime) -> list[Entry]:
    """The partner bills what its client owes: the line of who pays afterwards is free again, no claim of the operator's."""
    if not contract.resold or contract.mode != closings.POSTPAID or micros == 0:
        return []
    debit, credit = (PARTNER, SPEND) if micros > 0 else (SPEND, PARTNER)
    return [
        Entry(
            contract.payer, entry_id(contract.payer, month, "partner"), EntryKind.ADJUSTMENT, debit, credit,
            abs(micros), contract.currency, now, note=f"{month:%Y-%m} partner",
        )
    ]  # fmt: skip


def entry_id(payer: Payer, month: date, *names: str) -> UUID:
    """The id of an entry that the close of a month makes: the same each time."""
    return derive_id(slot_of(payer[1]), "closing", payer[1].hex, month.isoformat(), *names)


def _zone(contract: Contract) -> tzinfo:
    return zone_named(contract.time_zone) or UTC
