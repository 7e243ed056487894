"""What issuing a document does to the books of a contract. Top-ups are booked by their payments, statements not at all.

An invoice makes what was used a claim: the wallet gets its net back, the tax is set beside it, and what rounding added
or took is told apart, so that the wallet gets exactly what was used. Of a final invoice that is what the advances on it
leave: they were booked when they were paid, so the wallet keeps what no document took off. A credit note puts them back.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from takt.core import entries as books
from takt.core.currency import to_micros
from takt.core.entries import ADJUSTMENT, RECEIVABLE, ROUNDING, SPEND, Entry, EntryKind, Payer
from takt.core.invoice import Invoice, Kind, rounding_micros
from takt.core.value import value


@value
class _Move:
    kind: EntryKind
    debit: str
    credit: str
    micros: int


def entries(payer: Payer, document_id: UUID, invoice: Invoice, at: datetime) -> list[Entry]:
    """The entries of an issued document, as legs of one entry whose id is the document's."""
    moves = (one for one in _moves(invoice) if one.micros)
    return [
        Entry(
            payer, document_id, one.kind,
            one.debit if one.micros > 0 else one.credit, one.credit if one.micros > 0 else one.debit,
            abs(one.micros), invoice.currency, at, leg, invoice.number,
        )
        for leg, one in enumerate(moves)
    ]  # fmt: skip


def _moves(invoice: Invoice) -> Iterator[_Move]:
    match invoice.kind:
        case Kind.INVOICE:
            yield _Move(EntryKind.INVOICE, RECEIVABLE, SPEND, to_micros(invoice.totals.net, invoice.currency))
            yield from _taxes(invoice, EntryKind.INVOICE, RECEIVABLE)
            yield _Move(EntryKind.ROUNDING, SPEND, ROUNDING, rounding_micros(invoice.lines, invoice.currency))
        case Kind.CREDIT_NOTE if not _of_advance(invoice):
            yield _Move(EntryKind.CREDIT_NOTE, ADJUSTMENT, RECEIVABLE, to_micros(invoice.totals.net, invoice.currency))
            yield from _taxes(invoice, EntryKind.CREDIT_NOTE, RECEIVABLE)
            back = -sum(line.net for line in invoice.advances)
            yield _Move(EntryKind.CREDIT_NOTE, ADJUSTMENT, SPEND, to_micros(back, invoice.currency))
        case Kind.CREDIT_NOTE | Kind.ADVANCE | Kind.STATEMENT:
            return


def _taxes(invoice: Invoice, kind: EntryKind, receivable: str) -> Iterator[_Move]:
    """The tax of each rate."""
    for subtotal in invoice.breakdown:
        micros = to_micros(subtotal.tax, invoice.currency)
        account = books.tax(subtotal.vat.rate_basis_points)
        if kind is EntryKind.CREDIT_NOTE:
            yield _Move(kind, account, receivable, micros)
        else:
            yield _Move(kind, receivable, account, micros)


def _of_advance(invoice: Invoice) -> bool:
    """Whether a credit note takes back an advance, whose money its payment returns."""
    return invoice.corrects is not None and invoice.corrects.kind is Kind.ADVANCE
