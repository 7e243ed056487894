"""Closed months become documents: an invoice for who pays afterwards, a statement of usage for who paid ahead.

Who is billed by a partner has a statement, too. Document and close change in one transaction. A month that gives back more than it asks for cannot be an invoice: its
lines go, as they are, onto the next invoice that outweighs them, and the wallet has them until then. What stands
against a document is kept with the close, and looked at again in the next round: for one until the legal data is there.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from takt.actions.issue import Answer, Issue, IssueDocuments, NotIssued
from takt.actions.legal import LegalMissing, parties_of
from takt.actions.outcome import Done
from takt.core.closing import Closing, carried
from takt.core.entries import Payer
from takt.core.ids import derive_id, slot_of
from takt.core.invoice import Frame, Invoice, Kind, Period, draft
from takt.core.printed import Finding
from takt.core.roll_up import following
from takt.store import closings, documents
from takt.store.closings import Contract
from takt.store.pool import Conn
from takt.wire.invoice_lines import line_of

FAULT_CHARS_MAX: Final = 500
CONTRACT_CHARS: Final = 8
CARRIED: Final = "TAKT-CARRIED"
"""Says of a month without a document that nothing is wrong: it waits for one that outweighs it."""


class IssueMonths:
    """Issues the documents of closed months."""

    def __init__(self, issue: IssueDocuments) -> None:
        self._issue = issue

    async def __call__(
        self, conn: Conn, part: int, commands: list[Closing], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Issue each by itself, in order; one that is issued already is found."""
        return Done([await self._one(conn, part, one, now, again=again) for one in commands])

    async def _one(self, conn: Conn, part: int, closing: Closing, now: datetime, *, again: bool) -> Answer:
        contract = await closings.lock_contract(conn, closing.payer)
        known = await closings.find(conn, closing.payer, closing.month)
        if known is not None and known.document_id is not None:
            found = await documents.find(conn, part, known.document_id)
            assert found is not None, "a month names a document that is there"
            return found
        months = [*await _carried(conn, contract, closing.month), closing]
        document_id = month_document(closing)
        try:
            made = await _draft(conn, contract, closing, months)
        except LegalMissing as fault:
            answer: Answer = NotIssued((Finding("Takt", "TAKT-LEGAL", str(fault)),))
        else:
            answer = await self._issued(conn, Issue(closing.payer, document_id, made), now, again=again)
        if isinstance(answer, NotIssued):
            await closings.set_fault(conn, closing, answer.says[:FAULT_CHARS_MAX])
        else:
            for one in months:
                await closings.set_issued(conn, one, document_id, now)
        return answer

    async def _issued(self, conn: Conn, command: Issue, now: datetime, *, again: bool) -> Answer:
        if command.draft.kind is Kind.INVOICE and command.draft.totals.net < 0:
            return NotIssued(
                (Finding("Takt", CARRIED, "more is given back than asked for: it goes onto the next invoice"),)
            )
        return (await self._issue(conn, command.payer[0], [command], now, again=again)).answers[0]


async def _carried(conn: Conn, contract: Contract, month: date) -> list[Closing]:
    if not contract.invoiced:
        return []
    return carried(await closings.frozen_before(conn, contract.payer, month))


def month_document(closing: Closing) -> UUID:
    """The id of a month's document: the same each time."""
    contract_id = closing.payer[1]
    return derive_id(slot_of(contract_id), "month-document", contract_id.hex, closing.month.isoformat())


def contract_number(payer: Payer) -> str:
    """How a contract is named on documents."""
    return f"V-{payer[1].hex[-CONTRACT_CHARS:].upper()}"


async def _draft(conn: Conn, contract: Contract, closing: Closing, months: Sequence[Closing]) -> Invoice:
    seller, buyer = await parties_of(conn, closing.payer)
    kind = Kind.INVOICE if contract.invoiced else Kind.STATEMENT
    period = Period(closing.month, following(closing.month) - timedelta(days=1))
    frame = Frame(kind, seller, buyer, contract.currency, period, contract_number(closing.payer))
    lines = [line for one in months for line in await closings.lines(conn, one.payer, one.month)]
    return draft(frame, tuple(line_of(one, frame) for one in lines))
