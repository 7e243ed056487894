"""Payments ahead get their advance invoices: a top-up that settled is net and tax, and the document says both.

Document and payment change in one transaction; the books know the money already, from the payment.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.actions.issue import Answer, Issue, IssueDocuments, NotIssued
from takt.actions.issue_months import contract_number
from takt.actions.legal import LegalMissing, parties_of
from takt.actions.outcome import Done
from takt.core.currency import to_minor
from takt.core.ids import derive_id, slot_of
from takt.core.invoice import Frame, Invoice, Kind, Line, Period, Subtotal, draft, vat_between
from takt.core.invoice_texts import Pair, pick
from takt.core.party import Buyer, Seller
from takt.core.payment import Payment
from takt.core.printed import Finding
from takt.store import payments
from takt.store.pool import Conn

TOP_UP: Final[Pair] = ("Guthaben für Nachrichten, Aufladung {reference}", "Balance for messages, top-up {reference}")


class IssueAdvances:
    """Issues the advance invoices of top-ups."""

    def __init__(self, issue: IssueDocuments) -> None:
        self._issue = issue

    async def __call__(
        self, conn: Conn, part: int, commands: list[Payment], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Issue each by itself, in order; one that is issued already is found."""
        return Done([await self._one(conn, part, one, now, again=again) for one in commands])

    async def _one(self, conn: Conn, part: int, payment: Payment, now: datetime, *, again: bool) -> Answer:
        try:
            seller, buyer = await parties_of(conn, payment.payer)
        except LegalMissing as fault:
            return NotIssued((Finding("Takt", "TAKT-LEGAL", str(fault)),))
        document_id = advance_document(payment)
        command = Issue(payment.payer, document_id, advance_of(payment, seller, buyer))
        [answer] = (await self._issue(conn, part, [command], now, again=again)).answers
        if not isinstance(answer, NotIssued):
            await payments.set_document(conn, part, payment.payment_id, document_id)
        return answer


def advance_document(payment: Payment) -> UUID:
    """The id of a payment's document: the same each time."""
    return derive_id(slot_of(payment.payer[1]), "advance-document", payment.payment_id.hex)


def advance_of(payment: Payment, seller: Seller, buyer: Buyer) -> Invoice:
    """The advance invoice of a settled payment: its net and tax are those that were booked."""
    assert payment.settled_at is not None, "only what came is an advance"
    vat, day = vat_between(seller, buyer), payment.settled_at.date()
    net = to_minor(payment.split.net_micros, payment.currency)
    tax = to_minor(payment.split.tax_micros, payment.currency)
    period = Period(day, day)
    frame = Frame(Kind.ADVANCE, seller, buyer, payment.currency, period, contract_number(payment.payer))
    text = pick(TOP_UP, buyer.language).format(reference=payment.reference)
    line = Line(text, 1, payment.split.net_micros, net, vat, period, key=f"payment/{payment.payment_id}")
    return replace(draft(frame, (line,), paid=net + tax), breakdown=(Subtotal(vat, net, tax),))
