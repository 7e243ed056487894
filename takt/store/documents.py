"""Documents that were issued: written once with number, bytes and report, never changed; and the series of numbers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.core.claim import Claim
from takt.core.currency import to_minor
from takt.core.entries import Payer
from takt.core.exchange import Rate
from takt.core.invoice import Invoice, Kind
from takt.core.printed import Printed, Report
from takt.core.value import value
from takt.store.pool import Conn

LISTED_MAX: Final = 1000
SERIES: Final = {Kind.INVOICE: "RE", Kind.CREDIT_NOTE: "RK", Kind.ADVANCE: "AN", Kind.STATEMENT: "NN"}
"""The letters that the numbers of each kind begin with."""


@value
class Place:
    """A place in a series, and the last day on which that had one given."""

    series: str
    year: int
    ordinal: int
    last_on: date

    @property
    def number(self) -> str:
        """The number as it stands on the document."""
        return f"{self.series}-{self.year}-{self.ordinal:06}"


@value
class Listed:
    """A document in a list. `credited` is what credit notes gave back of it, gross; `paid` what payments brought that settled."""

    document_id: UUID
    payer: Payer
    kind: Kind
    number: str
    issued_on: date
    issued_at: datetime
    period_first: date
    period_last: date
    due_on: date
    currency: str
    net: int
    tax: int
    gross: int
    payable: int
    corrects: UUID | None
    credited: int = 0
    paid: int = 0

    @property
    def claim(self) -> Claim | None:
        """What it asks for and what came of it; none for what nobody owes anything by."""
        if self.kind not in {Kind.INVOICE, Kind.ADVANCE}:
            return None
        return Claim(self.gross, self.payable, self.credited, self.paid, self.due_on)


@value
class Bytes:
    """What was handed out of a document, with its digest and what made it."""

    pdf: bytes
    cii: bytes
    ubl: bytes
    digest: bytes
    made_by: str


async def lock_series(conn: Conn, kind: Kind, today: date) -> Place:
    """The next place in the series of a kind and year; nobody else gets one until the transaction ends."""
    series = SERIES[kind]
    await conn.execute(
        "INSERT INTO number_series (series, year, next, last_on) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING",
        series, today.year, today,
    )  # fmt: skip
    row = await conn.fetchrow(
        "SELECT next, last_on FROM number_series WHERE series = $1 AND year = $2 FOR UPDATE", series, today.year
    )
    assert row is not None, "it was made before"
    return Place(series, today.year, row[0], row[1])


async def move_series(conn: Conn, place: Place, issued_on: date) -> None:
    """The place is taken."""
    await conn.execute(
        "UPDATE number_series SET next = next + 1, last_on = $3 WHERE series = $1 AND year = $2",
        place.series, place.year, issued_on,
    )  # fmt: skip


@value
class New:
    """A document that is issued now, under which id and number; and which one it corrects."""

    payer: Payer
    document_id: UUID
    invoice: Invoice
    printed: Printed
    place: Place
    corrects: UUID | None


async def add(conn: Conn, new: New, now: datetime) -> None:
    """Write an issued document with its lines."""
    payer, document_id, invoice, printed, place = new.payer, new.document_id, new.invoice, new.printed, new.place
    totals, part = invoice.totals, payer[0]
    await conn.execute(
        "INSERT INTO document (part, document_id, contract_id, kind, series, year, ordinal, number, issued_on, issued_at,"
        " period_first, period_last, due_on, currency, net, tax, gross, payable, corrects, value, pdf, cii, ubl, digest,"
        " made_by, report) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
        " $20, $21, $22, $23, $24, $25, $26)",
        part, document_id, payer[1], invoice.kind.value, place.series, place.year, place.ordinal, invoice.number,
        invoice.issued_on, now, invoice.period.first, invoice.period.last, invoice.due_on, invoice.currency,
        totals.net, totals.tax, totals.gross, totals.payable, new.corrects, encode(invoice), printed.pdf, printed.cii,
        printed.ubl, digest(printed.pdf, printed.cii, printed.ubl), printed.made_by,
        msgspec.json.encode(printed.report).decode(),
    )  # fmt: skip
    await conn.copy_records_to_table(
        "document_line",
        columns=(
            "part", "document_id", "number", "key", "text", "quantity", "unit", "unit_price_micros", "net",
            "tax_category", "tax_basis_points", "period_first", "period_last", "of_line",
        ),
        records=[
            (
                part, document_id, number, one.key, one.text, one.quantity, one.unit, one.unit_price_micros, one.net,
                one.vat.category.value, one.vat.rate_basis_points, one.period.first, one.period.last, one.of,
            )
            for number, one in enumerate(invoice.lines, 1)
        ],
    )  # fmt: skip


def encode(invoice: Invoice) -> str:
    """A document's value as it is kept."""
    return msgspec.json.encode(invoice, order="deterministic").decode()


def decode(kept: str) -> Invoice:
    """A kept document as the value that it was."""
    return msgspec.json.decode(kept, type=Invoice)


def digest(pdf: bytes, cii: bytes, ubl: bytes) -> bytes:
    """The SHA-256 by which the bytes of a document are known."""
    return sha256(pdf + cii + ubl).digest()


_LISTED: Final = (
    "SELECT d.part, d.contract_id, d.document_id, d.kind, d.number, d.issued_on, d.issued_at, d.period_first, d.period_last, d.due_on,"
    " d.currency, d.net, d.tax, d.gross, d.payable, d.corrects, coalesce((SELECT sum(c.gross) FROM document c"
    " WHERE c.part = $1 AND c.corrects = d.document_id), 0)::bigint AS credited, coalesce((SELECT"
    " sum(p.net_micros + p.tax_micros) FROM payment p WHERE p.part = $1 AND p.document <> '' AND p.document = d.number"
    " AND p.state = 'settled'), 0)::bigint AS paid_micros FROM document d WHERE d.part = $1"
)
_PERHAPS_OPEN: Final = (
    " AND ($3 OR d.kind = 'invoice' AND d.payable > 0 AND (NOT EXISTS (SELECT FROM payment p WHERE p.part = $1"
    " AND p.document <> '' AND p.document = d.number) OR EXISTS (SELECT FROM payment p WHERE p.part = $1"
    " AND p.document <> '' AND p.document = d.number AND p.state = 'initiated')))"
)
"""Something may be open by it: no payment is known at all, or one is waited for. Unless all are wanted ($3)."""


async def list_contract(conn: Conn, payer: Payer, *, owed: bool = False) -> list[Listed]:
    """The documents of a contract, newest first; with `owed` those that something may be open of."""
    rows = await conn.fetch(
        f"{_LISTED} AND d.contract_id = $2{_PERHAPS_OPEN} ORDER BY d.issued_at DESC, d.number DESC LIMIT $4",
        *payer, not owed, LISTED_MAX,
    )  # fmt: skip
    return [_listed(row) for row in rows]


async def list_part(conn: Conn, part: int, *, owed: bool = False) -> list[Listed]:
    """The newest documents of a part; with `owed` those that something may be open of."""
    rows = await conn.fetch(
        f"{_LISTED}{_PERHAPS_OPEN} ORDER BY d.issued_at DESC, d.number DESC LIMIT $2", part, LISTED_MAX, not owed
    )
    return [_listed(row) for row in rows]


async def issued_by_rate(conn: Conn, part: int, rate: Rate) -> list[str]:
    """The numbers of the invoices and advances of a part that tell their tax by this rate, in their order; at most 1,000."""
    rows = await conn.fetch(
        "SELECT DISTINCT d.number FROM document d, json_array_elements(d.value -> 'exchange') e WHERE d.part = $1"
        " AND d.currency = $2 AND d.kind IN ('invoice', 'advance') AND e ->> 'month' = $3"
        " AND (e ->> 'per_euro_micros')::bigint = $4 ORDER BY d.number LIMIT $5",
        part, rate.currency, rate.month.isoformat(), rate.per_euro_micros, LISTED_MAX,
    )  # fmt: skip
    return [row[0] for row in rows]


async def page(conn: Conn, part: int, after: UUID) -> list[Listed]:
    """The next 1,000 documents of a part by their ids."""
    rows = await conn.fetch(
        f"{_LISTED} AND d.document_id > $2 ORDER BY d.document_id LIMIT $3", part, after, LISTED_MAX
    )
    return [_listed(row) for row in rows]


async def find(conn: Conn, part: int, document_id: UUID) -> Listed | None:
    """A document."""
    row = await conn.fetchrow(f"{_LISTED} AND d.document_id = $2", part, document_id)
    return None if row is None else _listed(row)


async def find_number(conn: Conn, part: int, number: str) -> Listed | None:
    """The document with a number, if it lies in this part."""
    row = await conn.fetchrow(f"{_LISTED} AND d.number = $2", part, number)
    return None if row is None else _listed(row)


async def value_of(conn: Conn, part: int, document_id: UUID) -> Invoice:
    """A document's value."""
    kept = await conn.fetchval("SELECT value FROM document WHERE part = $1 AND document_id = $2", part, document_id)
    return decode(kept)


async def bytes_of(conn: Conn, part: int, document_id: UUID) -> Bytes:
    """The bytes of a document."""
    row = await conn.fetchrow(
        "SELECT pdf, cii, ubl, digest, made_by FROM document WHERE part = $1 AND document_id = $2", part, document_id
    )
    assert row is not None, "the caller found it"
    return Bytes(*row)


async def report_of(conn: Conn, part: int, document_id: UUID) -> Report:
    """Which checks a document passed."""
    kept = await conn.fetchval("SELECT report FROM document WHERE part = $1 AND document_id = $2", part, document_id)
    return msgspec.json.decode(kept, type=Report)


async def hold_contract(conn: Conn, payer: Payer) -> None:
    """Hold a contract until the transaction ends, so that nothing else is credited meanwhile."""
    await conn.fetchval("SELECT true FROM contract WHERE part = $1 AND contract_id = $2 FOR NO KEY UPDATE", *payer)


async def credits_of(conn: Conn, part: int, document_id: UUID) -> list[Invoice]:
    """The credit notes over a document, in their order."""
    rows = await conn.fetch(
        "SELECT value FROM document WHERE part = $1 AND corrects = $2 ORDER BY issued_at, number", part, document_id
    )
    return [decode(row[0]) for row in rows]


@value
class Series:
    """A series with what it should have given out, and what there is: places, in order, with their days."""

    series: str
    year: int
    given: int
    places: Sequence[tuple[int, date]]


async def series(conn: Conn, parts: Sequence[int]) -> list[Series]:
    """All series with the places that documents have."""
    found: dict[tuple[str, int], list[tuple[int, date]]] = {}
    for part in parts:
        rows = await conn.fetch("SELECT series, year, ordinal, issued_on FROM document WHERE part = $1", part)
        for row in rows:
            found.setdefault((row[0], row[1]), []).append((row[2], row[3]))
    known = await conn.fetch("SELECT series, year, next FROM number_series ORDER BY year, series")
    given = {(row[0], row[1]): row[2] - 1 for row in known}
    every = sorted({*given, *found})
    return [Series(*one, given.get(one, 0), sorted(found.get(one, ()))) for one in every]


def _listed(row: Any) -> Listed:
    *sums, paid_micros = row[4:]
    found = Listed(row[2], (row[0], row[1]), Kind(row[3]), *sums)
    return replace(found, paid=to_minor(paid_micros, found.currency))
