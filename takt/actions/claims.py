"""For what is open of an invoice exactly one payment waits, so that a transfer that names either of them is known.

Called in the transaction that changes what is open: the invoice is issued or credited, a payment of it settles or goes back.
"""

from dataclasses import replace
from datetime import datetime

from takt.core import iban
from takt.core.currency import to_micros
from takt.core.ids import derive_id, slot_of
from takt.core.invoice import Kind
from takt.core.payment import BY_BANK, Payment, Purpose, Split, State
from takt.core.tax import VatCategory
from takt.store import documents, payments
from takt.store.documents import Listed
from takt.store.pool import Conn

CLEARED = "cleared"
"""Why a payment is waited for no more: nothing is open."""


async def keep(conn: Conn, part: int, number: str, now: datetime) -> None:
    """Let the waiting payment of an invoice be of what is open; the caller holds the contract. Nothing for other documents."""
    found = await documents.find_number(conn, part, number)
    if found is None or found.kind is not Kind.INVOICE or found.claim is None:
        return
    known = await payments.by_documents(conn, part, [number])
    waiting = next((one for one in known if one.state is State.INITIATED), None)
    due = Split(to_micros(found.claim.open, found.currency), 0)
    if waiting is None and found.claim.open:
        await payments.add(conn, _waits(found, due, len(known), now), "invoice")
    elif waiting is not None and found.claim.open == 0:
        await payments.change(conn, replace(waiting, state=State.FAILED, ended_at=now, why=CLEARED))
    elif waiting is not None and waiting.split != due:
        await payments.change(conn, replace(waiting, split=due))


def _waits(found: Listed, due: Split, place: int, now: datetime) -> Payment:
    """The payment that waits, after `place` others of the same invoice."""
    payer = found.payer
    named = [found.document_id.hex, *([str(place)] if place else [])]
    payment_id = derive_id(slot_of(payer[1]), "invoice payment", *named)
    reference = iban.reference(iban.OF_PAYMENT, payment_id)
    return Payment(
        payment_id, payer, BY_BANK, reference, Purpose.INVOICE, due, VatCategory.STANDARD.value, 0, found.currency,
        State.INITIATED, reference, now, document=found.number,
    )  # fmt: skip
