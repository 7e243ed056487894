"""Closed months become documents: an invoice for who pays afterwards, for who paid ahead a statement or a final invoice.

Who is billed by a partner has a statement. Document and close change in one transaction. A month that gives back more than it asks for cannot be an invoice: it is carried,
its lines go, as they are, onto the next invoice that outweighs them, and the wallet has them until then. What stands
against a document is kept with the close, and looked at again in the next round: for one until the legal data is there.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from takt.actions.issue import Answer, Issue, IssueDocuments, NotIssued
from takt.actions.legal import LegalMissing, parties_of
from takt.actions.outcome import Done
from takt.core.advances import remaining, taken_off
from takt.core.closing import Closing, carried
from takt.core.entries import Payer
from takt.core.exchange import RateMissing, converted
from takt.core.ids import derive_id, slot_of
from takt.core.invoice import Frame, Invoice, Kind, Line, Period, draft
from takt.core.printed import Finding
from takt.core.roll_up import following
from takt.store import advances, closings, documents, exchange_rates
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
        except MISSING as fault:
            return await _waits(conn, closing, lacking(fault))
        if made.kind is Kind.INVOICE and made.totals.net < 0:
            await closings.set_carried(conn, closing)
            said = "more is given back than asked for: it goes onto the next invoice"
            return NotIssued((Finding("Takt", CARRIED, said),))
        answer = (await self._issue(conn, part, [Issue(closing.payer, document_id, made)], now, again=again)).answers[0]
        if isinstance(answer, NotIssued):
            return await _waits(conn, closing, *answer.findings)
        for one in months:
            await closings.set_issued(conn, one, document_id, now)
        return answer


class AdvanceMissing(Exception):
    """Not all that was paid ahead has its advance document, so nobody can say what is to be taken off."""


MISSING: Final = (LegalMissing, AdvanceMissing, RateMissing)
"""What a document waits for; their texts say it."""
RULES: Final = {LegalMissing: "TAKT-LEGAL", AdvanceMissing: "TAKT-ADVANCE", RateMissing: "TAKT-RATE"}


def lacking(fault: Exception) -> Finding:
    """What is missing as a finding."""
    return Finding("Takt", RULES[type(fault)], str(fault))


async def _waits(conn: Conn, closing: Closing, *findings: Finding) -> NotIssued:
    answer = NotIssued(findings)
    await closings.set_fault(conn, closing, answer.says[:FAULT_CHARS_MAX])
    return answer


async def _carried(conn: Conn, contract: Contract, month: date) -> list[Closing]:
    """Which earlier months go into this one's document; into a statement those that waited for an invoice."""
    waiting = await closings.waiting_before(conn, contract.payer, month)
    return carried(waiting) if contract.invoiced(month) else [one for one in waiting if one.state == "carried"]


def month_document(closing: Closing) -> UUID:
    """The id of a month's document: the same each time."""
    contract_id = closing.payer[1]
    return derive_id(slot_of(contract_id), "month-document", contract_id.hex, closing.month.isoformat())


def contract_number(payer: Payer) -> str:
    """How a contract is named on documents."""
    return f"V-{payer[1].hex[-CONTRACT_CHARS:].upper()}"


async def _draft(conn: Conn, contract: Contract, closing: Closing, months: Sequence[Closing]) -> Invoice:
    seller, buyer = await parties_of(conn, closing.payer)
    kind = Kind.INVOICE if contract.invoiced(closing.month) else Kind.STATEMENT
    period = Period(closing.month, following(closing.month) - timedelta(days=1))
    frame = Frame(kind, seller, buyer, contract.currency, period, contract_number(closing.payer))
    charges = [line for one in months for line in await closings.lines(conn, one.payer, one.month)]
    lines = tuple(line_of(one, frame) for one in charges)
    made = draft(
        frame, (*lines, *(await _less(conn, frame, lines, closing.payer) if contract.final(closing.month) else ()))
    )
    return converted(made, await exchange_rates.of_currency(conn, contract.currency))


async def _less(conn: Conn, frame: Frame, lines: Sequence[Line], payer: Payer) -> tuple[Line, ...]:
    """The lines that take off what was paid ahead. Raises AdvanceMissing."""
    if await advances.undocumented(conn, payer):
        raise AdvanceMissing("a top-up that settled or went back has no document of its own yet")
    left = remaining(await advances.of_contract(conn, payer), await advances.stated(conn, payer))
    return taken_off(frame, lines, left)
