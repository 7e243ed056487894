"""Documents are issued: numbered, printed, proved, written and booked, all in one transaction or not at all.

The press is asked while the series is held. If it finds fault, what was written for this document is taken back with
its number, so the series has no hole; the answer says what was found. The same id is issued once.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from takt.actions import claims
from takt.actions.outcome import Done
from takt.core.crediting import NothingToCredit, credit
from takt.core.entries import Payer
from takt.core.invoice import Invoice, Kind, numbered
from takt.core.invoice_booking import entries
from takt.core.invoice_rules import draft_faults
from takt.core.printed import Finding, NotPrinted, Printed
from takt.core.value import value
from takt.store import documents, journal
from takt.store.documents import Listed, New, Place
from takt.store.pool import Conn

OFFICE_ZONE: Final = ZoneInfo("Europe/Berlin")
"""On whose clock the day of issue is read: the operator sits in Germany."""

Print = Callable[[Invoice], Awaitable[Printed]]


@value
class Issue:
    """Issue a draft of a contract under this id."""

    payer: Payer
    document_id: UUID
    draft: Invoice


@value
class Credit:
    """Give back a document, or some of each of its lines (counted from 1), by a credit note under an id of its own."""

    payer: Payer
    document_id: UUID
    original_id: UUID
    quantities: tuple[tuple[int, int], ...] | None = None


@value
class NotIssued:
    """Why there is no document: nothing was written, no number was used."""

    findings: tuple[Finding, ...]

    @property
    def says(self) -> str:
        """All of it in one text."""
        return "; ".join(f"{one.rule}: {one.says}" for one in self.findings)


Answer = Listed | NotIssued


class _Refused(Exception):
    """Takes back what was written; what was found goes on."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__()
        self.findings = findings


class IssueDocuments:
    """Issues; `press` prints and proves a numbered document."""

    def __init__(self, press: Print) -> None:
        self._press = press

    async def __call__(
        self, conn: Conn, part: int, commands: list[Issue | Credit], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Issue each by itself, in order."""
        del again  # what was issued is found by its id
        return Done([await self._issue(conn, part, one, now) for one in commands])

    async def _issue(self, conn: Conn, part: int, command: Issue | Credit, now: datetime) -> Answer:
        known = await documents.find(conn, part, command.document_id)
        if known is not None:
            return known
        try:
            async with conn.transaction():
                return await self._new(conn, command, now)
        except _Refused as refused:
            return NotIssued(refused.findings)

    async def _new(self, conn: Conn, command: Issue | Credit, now: datetime) -> Listed:
        today = now.astimezone(OFFICE_ZONE).date()
        await documents.hold_contract(conn, command.payer)
        draft = await _draft(conn, command)
        place = await documents.lock_series(conn, draft.kind, today)
        wrong = draft_faults(draft)
        if wrong:
            raise _Refused(tuple(Finding("Takt", one.rule, one.says) for one in wrong))
        issued = numbered(draft, place.number, _day(place, today))
        try:
            printed = await self._press(issued)
        except NotPrinted as fault:
            raise _Refused((Finding("Press", "PRESS", str(fault)),)) from None
        if not printed.report.clean:
            raise _Refused(printed.report.findings)
        await _write(conn, command, issued, printed, place, now)
        found = await documents.find(conn, command.payer[0], command.document_id)
        assert found is not None, "it was written just now"
        return found


def _day(place: Place, today: date) -> date:
    """The day of issue: never before that of the number before it, though a clock may go back."""
    return max(today, place.last_on)


async def _draft(conn: Conn, command: Issue | Credit) -> Invoice:
    if isinstance(command, Issue):
        return command.draft
    part = command.payer[0]
    original = await documents.find(conn, part, command.original_id)
    if original is None or original.payer != command.payer or original.kind not in {Kind.INVOICE, Kind.ADVANCE}:
        raise _Refused((Finding("Takt", "BR-55", "only an invoice of the same customer can be credited"),))
    before = await documents.credits_of(conn, part, command.original_id)
    value = await documents.value_of(conn, part, command.original_id)
    some = None if command.quantities is None else dict(command.quantities)
    try:
        return credit(value, before, some)
    except NothingToCredit as fault:
        raise _Refused((Finding("Takt", "BR-55", str(fault)),)) from None


async def _write(
    conn: Conn, command: Issue | Credit, issued: Invoice, printed: Printed, place: Place, now: datetime
) -> None:
    assert issued.issued_on is not None, "it was numbered"
    corrects, corrected = command.original_id if isinstance(command, Credit) else None, issued.corrects
    new = New(command.payer, command.document_id, issued, printed, place, corrects)
    await documents.add(conn, new, now)
    await documents.move_series(conn, place, issued.issued_on)
    await journal.book(conn, entries(command.payer, command.document_id, issued, now), now)
    await claims.keep(conn, command.payer[0], corrected.number if corrected is not None else issued.number, now)
