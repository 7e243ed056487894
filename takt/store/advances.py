"""Advance invoices of a contract, and what documents took off them so far."""

from takt.core.advances import Advance
from takt.core.entries import Payer
from takt.core.invoice import ADVANCE_KEY, Kind, Reference
from takt.core.tax import Vat, VatCategory
from takt.store.pool import Conn


async def of_contract(conn: Conn, payer: Payer) -> list[Advance]:
    """All advance invoices of a contract, each with its net less what gave it back and less what took it off."""
    rows = await conn.fetch(
        "SELECT d.number, d.issued_on, l.tax_category, l.tax_basis_points, d.net - coalesce((SELECT sum(c.net)"
        " FROM document c WHERE c.part = $1 AND c.corrects = d.document_id), 0)::bigint AS net FROM document d"
        " JOIN document_line l ON l.part = $1 AND l.document_id = d.document_id AND l.number = 1"
        " WHERE d.part = $1 AND d.contract_id = $2 AND d.kind = 'advance'",
        *payer,
    )
    used = await _taken_off(conn, payer)
    return [
        Advance(Reference(row[0], row[1], Kind.ADVANCE), Vat(VatCategory(row[2]), row[3]), row[4] - used.get(row[0], 0))
        for row in rows
    ]


async def _taken_off(conn: Conn, payer: Payer) -> dict[str, int]:
    """By the number of an advance invoice, what invoices took off its net, less what credit notes put back."""
    rows = await conn.fetch(
        "SELECT l.key, sum(CASE d.kind WHEN 'credit_note' THEN l.net ELSE -l.net END)::bigint FROM document d"
        " JOIN document_line l ON l.part = $1 AND l.document_id = d.document_id"
        " WHERE d.part = $1 AND d.contract_id = $2 AND starts_with(l.key, $3) GROUP BY l.key",
        *payer,
        f"{ADVANCE_KEY}/",
    )
    return {row[0].removeprefix(f"{ADVANCE_KEY}/"): row[1] for row in rows}


async def stated(conn: Conn, payer: Payer) -> int:
    """The net of all statements of a contract: what they show was paid by advances, too."""
    found: int = await conn.fetchval(
        "SELECT coalesce(sum(net), 0)::bigint FROM document"
        " WHERE part = $1 AND contract_id = $2 AND kind = 'statement'",
        *payer,
    )
    return found


async def undocumented(conn: Conn, payer: Payer) -> bool:
    """Whether a top-up settled without an advance invoice yet, or went back without a credit note over it yet."""
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM payment p WHERE p.part = $1 AND p.contract_id = $2 AND p.purpose = 'top_up'"
        " AND (p.state = 'settled' AND p.document_id IS NULL OR p.state = 'returned' AND p.document_id IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM document d WHERE d.part = $1 AND d.corrects = p.document_id)))",
        *payer,
    )
    return found
