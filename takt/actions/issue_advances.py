"""Top-ups that settled get their advance documents, with net and tax as they were booked; those that went back, credit notes.

The wallet has its net amount since the payment settled; a document moves no money here. While legal data is missing there
is no document, and each round asks again.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from takt.actions.issue import Answer, Credit, Issue, IssueDocuments, NotIssued
from takt.actions.issue_months import MISSING, contract_number, lacking
from takt.actions.legal import parties_of
from takt.actions.outcome import Done
from takt.core.currency import to_minor
from takt.core.exchange import converted
from takt.core.ids import derive_id, slot_of
from takt.core.invoice import Frame, Invoice, Kind, Line, Period, Subtotal, draft
from takt.core.party import Language
from takt.core.payment import Payment, State
from takt.core.tax import Vat, VatCategory
from takt.store import exchange_rates, payments
from takt.store.payments import Kept
from takt.store.pool import Conn

TEXTS = {Language.GERMAN: "Guthaben für Nachrichten", Language.ENGLISH: "Balance for messages"}


class IssueAdvances:
    """Issues the documents of top-ups."""

    def __init__(self, issue: IssueDocuments) -> None:
        self._issue = issue

    async def __call__(
        self, conn: Conn, part: int, commands: list[Kept], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Issue each by itself; one that is issued already is found."""
        return Done([await self._one(conn, part, one, now, again=again) for one in commands])

    async def _one(self, conn: Conn, part: int, kept: Kept, now: datetime, *, again: bool) -> Answer:
        one = kept.payment
        if kept.document_id is not None:
            assert one.state is State.RETURNED, "what stays paid has its document"
            credit = Credit(one.payer, credit_id(one), kept.document_id)
            return (await self._issue(conn, part, [credit], now, again=again)).answers[0]
        try:
            made = await _draft(conn, one)
        except MISSING as fault:
            return NotIssued((lacking(fault),))
        document_id = derive_id(slot_of(one.payment_id), "advance", str(one.payment_id))
        answer = (await self._issue(conn, part, [Issue(one.payer, document_id, made)], now, again=again)).answers[0]
        if not isinstance(answer, NotIssued):
            await payments.set_document(conn, part, one.payment_id, document_id)
        return answer


def credit_id(one: Payment) -> UUID:
    """The id of the credit note of a payment that went back: the same each time."""
    return derive_id(slot_of(one.payment_id), "advance returned", str(one.payment_id))


async def _draft(conn: Conn, one: Payment) -> Invoice:
    seller, buyer = await parties_of(conn, one.payer)
    assert one.settled_at is not None, "only what settled has a document"
    day = one.settled_at.date()
    period = Period(day, day)
    frame = Frame(Kind.ADVANCE, seller, buyer, one.currency, period, contract_number(one.payer))
    vat = Vat(VatCategory(one.tax_category), one.tax_basis_points)
    net, tax = (to_minor(each, one.currency) for each in (one.split.net_micros, one.split.tax_micros))
    line = Line(TEXTS[buyer.language], 1, one.split.net_micros, net, vat, period, key=str(one.payment_id))
    made = draft(frame, (line,), paid=net + tax)
    whole = replace(made, breakdown=(Subtotal(vat, net, tax),))
    return converted(whole, await exchange_rates.of_currency(conn, one.currency))
