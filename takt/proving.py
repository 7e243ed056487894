"""Everything that was issued is proved: its bytes, its sums, its checks, and that the same bytes come out again."""

from collections.abc import AsyncIterator, Iterator

from takt.core.invoice import Invoice
from takt.core.invoice_rules import faults
from takt.core.value import value
from takt.store import documents
from takt.store.documents import Bytes, Listed
from takt.store.site import Site
from takt.workers.press import Press


@value
class Proof:
    """What is wrong with a document, if anything; and whether it was made again, byte by byte."""

    number: str
    faults: tuple[str, ...]
    made_again: bool


async def prove_documents(site: Site, press: Press) -> AsyncIterator[Proof]:
    """The proofs of all documents, the newest 1,000 of each part."""
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            listed = await documents.list_part(conn, part)
        for one in listed:
            async with site.pool(part).acquire() as conn:
                invoice = await documents.value_of(conn, part, one.document_id)
                kept = await documents.bytes_of(conn, part, one.document_id)
            yield await _prove(press, one, invoice, kept)


async def _prove(press: Press, listed: Listed, invoice: Invoice, kept: Bytes) -> Proof:
    wrong = list(_wrong(listed, invoice, kept))
    printed = await press.print(invoice)
    alike = (printed.pdf, printed.cii, printed.ubl) == (kept.pdf, kept.cii, kept.ubl)
    if not alike and printed.made_by == kept.made_by:
        wrong.append("the same programs make other bytes of it")
    if not printed.report.clean:
        wrong.append("it breaks rules that hold now")
    return Proof(listed.number, tuple(wrong), alike)


def _wrong(listed: Listed, invoice: Invoice, kept: Bytes) -> Iterator[str]:
    totals = invoice.totals
    if documents.digest(kept.pdf, kept.cii, kept.ubl) != kept.digest:
        yield "its bytes are not those that were issued"
    if (listed.net, listed.tax, listed.gross, listed.payable) != (totals.net, totals.tax, totals.gross, totals.payable):
        yield "its sums are not those of its lines"
    if listed.number != invoice.number or listed.issued_on != invoice.issued_on:
        yield "it stands under another number or day"
    yield from (f"{one.rule}: {one.says}" for one in faults(invoice))
