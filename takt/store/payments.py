"""Payments and what was told of them. Rows of the contract side; whoever changes one holds it to the end of the transaction."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from takt.core.entries import Payer
from takt.core.payment import Payment, Purpose, Split, State, Word
from takt.core.tax import Vat, VatCategory
from takt.core.value import value
from takt.store.pool import Conn

LISTED_MAX: Final = 200
OPEN_MAX: Final = 10_000

_ALL: Final = (
    "SELECT part, payment_id, contract_id, provider, provider_ref, purpose, net_micros, tax_micros, tax_category,"
    " tax_basis_points, currency, state, reference, document, mandate_id, due_on, batch, automatic, why, created_at,"
    " settled_at, ended_at, document_id FROM payment WHERE part = $1"
)


@value
class Told:
    """A notice to be kept: `notice_id` is unique for its provider."""

    provider: str
    notice_id: str
    payment_id: UUID
    word: Word
    moved: bool
    at: datetime


@value
class Terms:
    """In which currency a contract pays, and how what it pays ahead is taxed."""

    currency: str
    vat: Vat


@value
class Wanted:
    """Which payments are looked for: in a `state`, of a contract, and `of` a reference, document, order, IBAN or id, whole."""

    state: str = ""
    contract_id: UUID | None = None
    of: str = ""


ALL: Final = Wanted()


@value
class Kept:
    """A payment with where it stands in an order to collect (`batch`) and its advance document, if it has them."""

    payment: Payment
    batch: str
    document_id: UUID | None


async def terms(conn: Conn, payer: Payer) -> Terms:
    """Currency and tax of a contract, which is there."""
    row = await conn.fetchrow(
        "SELECT currency, tax_category, tax_basis_points FROM contract WHERE part = $1 AND contract_id = $2", *payer
    )
    assert row is not None, "a payer is a contract"
    return Terms(row[0], Vat(VatCategory(row[1]), row[2]))


async def set_tax(conn: Conn, payer: Payer, vat: Vat) -> None:
    """How what this contract pays from now on is taxed."""
    await conn.execute(
        "UPDATE contract SET tax_category = $3, tax_basis_points = $4 WHERE part = $1 AND contract_id = $2",
        *payer, vat.category.value, vat.rate_basis_points,
    )  # fmt: skip


async def add(conn: Conn, one: Payment, who: str) -> bool:
    """A new payment; no when there is one by its id, or by its reference at the provider, already."""
    added = await conn.fetchval(
        "INSERT INTO payment (part, payment_id, contract_id, provider, provider_ref, purpose, net_micros, tax_micros,"
        " tax_category, tax_basis_points, currency, state, reference, document, mandate_id, due_on, automatic, who,"
        " created_at) SELECT c.part, $2, c.contract_id, $4, $5, $6, $7, $8, $9, $10, c.currency, $11, $12, $13, $14, $15,"
        " $16, $17, $18 FROM contract c WHERE c.part = $1 AND c.contract_id = $3 ON CONFLICT DO NOTHING RETURNING true",
        one.payer[0], one.payment_id, one.payer[1], one.provider, one.provider_ref, one.purpose, one.split.net_micros,
        one.split.tax_micros, one.tax_category, one.tax_basis_points, one.state, one.reference, one.document,
        one.mandate_id, one.due_on, one.automatic, who, one.created_at,
    )  # fmt: skip
    return bool(added)


async def lock(conn: Conn, part: int, payment_ids: Collection[UUID]) -> dict[UUID, Kept]:
    """These payments, held to the end of the transaction in the order of their ids; unknown ones are missing."""
    rows = await conn.fetch(
        f"{_ALL} AND payment_id = any($2::uuid[]) ORDER BY payment_id FOR NO KEY UPDATE", part, sorted(payment_ids)
    )
    return {row["payment_id"]: _kept(row) for row in rows}


async def change(conn: Conn, one: Payment, bank_iban: str = "") -> None:
    """Write where a payment is now, and what really came; `bank_iban` is the account it came from."""
    await conn.execute(
        "UPDATE payment SET state = $3, net_micros = $4, tax_micros = $5, settled_at = $6, ended_at = $7, why = $8,"
        " bank_iban = CASE WHEN $9 = '' THEN bank_iban ELSE $9 END WHERE part = $1 AND payment_id = $2",
        one.payer[0], one.payment_id, one.state, one.split.net_micros, one.split.tax_micros, one.settled_at,
        one.ended_at, one.why, bank_iban,
    )  # fmt: skip


async def is_told(conn: Conn, part: int, provider: str, notice_id: str) -> bool:
    """Whether this notice came before."""
    found = await conn.fetchval(
        "SELECT true FROM payment_notice WHERE part = $1 AND provider = $2 AND notice_id = $3",
        part, provider, notice_id,
    )  # fmt: skip
    return bool(found)


async def add_notice(conn: Conn, part: int, told: Told, now: datetime) -> None:
    """Keep what was told, and whether it did anything."""
    await conn.execute(
        "INSERT INTO payment_notice (part, provider, notice_id, payment_id, word, moved, at, received_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        part, told.provider, told.notice_id, told.payment_id, told.word, told.moved, told.at, now,
    )  # fmt: skip


async def by_references(conn: Conn, part: int, references: Collection[str]) -> list[Payment]:
    """The payments with these references."""
    rows = await conn.fetch(f"{_ALL} AND reference = any($2::text[]) ORDER BY payment_id", part, list(references))
    return [_kept(row).payment for row in rows]


async def by_documents(conn: Conn, part: int, numbers: Collection[str]) -> list[Payment]:
    """The payments of documents with these numbers."""
    rows = await conn.fetch(
        f"{_ALL} AND document <> '' AND document = any($2::text[]) ORDER BY payment_id", part, list(numbers)
    )
    return [_kept(row).payment for row in rows]


async def by_batches(conn: Conn, part: int, batches: Collection[str]) -> list[tuple[str, Payment]]:
    """The payments of these orders to collect, each with its order."""
    rows = await conn.fetch(
        f"{_ALL} AND batch <> '' AND batch = any($2::text[]) ORDER BY payment_id", part, list(batches)
    )
    return [(row["batch"], _kept(row).payment) for row in rows]


async def accounts(conn: Conn, part: int, ibans: Collection[str]) -> set[tuple[str, UUID]]:
    """Which contracts are known by these accounts: by a mandate, or because they paid from them before."""
    rows = await conn.fetch(
        "SELECT bank_iban, contract_id FROM payment WHERE part = $1 AND bank_iban <> '' AND bank_iban = any($2::text[])"
        " UNION SELECT m.iban, m.contract_id FROM mandate m WHERE m.part = $1 AND m.iban = any($2::text[])",
        part, list(ibans),
    )  # fmt: skip
    return {(row[0], row[1]) for row in rows}


async def awaited(conn: Conn, part: int, contract_ids: Collection[UUID]) -> list[Payment]:
    """The open payments of these contracts."""
    rows = await conn.fetch(
        f"{_ALL} AND contract_id = any($2::uuid[]) AND state = 'initiated' ORDER BY created_at LIMIT $3",
        part, list(contract_ids), OPEN_MAX,
    )  # fmt: skip
    return [_kept(row).payment for row in rows]


async def of_contract(conn: Conn, payer: Payer, limit: int = LISTED_MAX) -> list[Kept]:
    """The newest payments of one contract; nobody else's."""
    rows = await conn.fetch(
        f"{_ALL} AND contract_id = $2 ORDER BY created_at DESC, payment_id LIMIT $3", *payer, min(limit, LISTED_MAX)
    )
    return [_kept(row) for row in rows]


async def find(conn: Conn, payer: Payer, payment_id: UUID) -> Kept | None:
    """One payment of a contract; none when it is another's."""
    row = await conn.fetchrow(f"{_ALL} AND contract_id = $2 AND payment_id = $3", *payer, payment_id)
    return _kept(row) if row is not None else None


async def newest(conn: Conn, part: int, wanted: Wanted = ALL) -> list[Kept]:
    """The newest payments of a part that are wanted, at most 200."""
    rows = await conn.fetch(
        f"{_ALL} AND ($2 = '' OR state = $2) AND ($3::uuid IS NULL OR contract_id = $3) AND ($4 = '' OR reference = $4"
        " OR document = $4 OR batch = $4 OR bank_iban = $4 OR payment_id::text = lower($4))"
        " ORDER BY created_at DESC, payment_id LIMIT $5",
        part, wanted.state, wanted.contract_id, wanted.of, LISTED_MAX,
    )  # fmt: skip
    return [_kept(row) for row in rows]


async def to_collect(conn: Conn, part: int, due: date, limit: int) -> list[Payment]:
    """Payments by direct debit that fall due until a day and are in no order yet, held to the end of the transaction."""
    rows = await conn.fetch(
        f"{_ALL} AND provider = 'debit' AND state = 'initiated' AND batch = '' AND due_on <= $2"
        " ORDER BY payment_id LIMIT $3 FOR NO KEY UPDATE",
        part, due, limit,
    )  # fmt: skip
    return [_kept(row).payment for row in rows]


async def set_batch(conn: Conn, part: int, payment_ids: Sequence[UUID], batch: str) -> None:
    """These payments went to the bank with this order."""
    await conn.execute(
        "UPDATE payment SET batch = $3 WHERE part = $1 AND payment_id = any($2::uuid[])", part, payment_ids, batch
    )


async def waiting(conn: Conn, part: int, provider: str, since: datetime, until: datetime, limit: int) -> list[Payment]:
    """Payments of a provider that began between these instants and of which nothing was heard, newest first."""
    rows = await conn.fetch(
        f"{_ALL} AND provider = $2 AND state = 'initiated' AND created_at >= $3 AND created_at <= $4"
        " ORDER BY created_at DESC, payment_id LIMIT $5",
        part, provider, since, until, limit,
    )  # fmt: skip
    return [_kept(row).payment for row in rows]


async def undocumented(conn: Conn, part: int, limit: int) -> list[Kept]:
    """Top-ups that settled and have no advance document yet, oldest first; whoever issues it says so with `set_document`."""
    rows = await conn.fetch(
        f"{_ALL} AND settled_at IS NOT NULL AND document_id IS NULL AND purpose = 'top_up' AND state = 'settled'"
        " ORDER BY settled_at LIMIT $2",
        part, limit,
    )  # fmt: skip
    return [_kept(row) for row in rows]


async def uncredited(conn: Conn, part: int, since: datetime, limit: int) -> list[Kept]:
    """Top-ups that went back since then, after their advance document, which nothing has given back yet."""
    rows = await conn.fetch(
        f"{_ALL} AND state = 'returned' AND ended_at >= $2 AND document_id IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM document d WHERE d.part = $1 AND d.corrects = payment.document_id) ORDER BY ended_at LIMIT $3",
        part, since, limit,
    )  # fmt: skip
    return [_kept(row) for row in rows]


async def set_document(conn: Conn, part: int, payment_id: UUID, document_id: UUID) -> bool:
    """The advance document of a top-up is issued; no when it had one."""
    changed = await conn.execute(
        "UPDATE payment SET document_id = $3 WHERE part = $1 AND payment_id = $2 AND document_id IS NULL",
        part, payment_id, document_id,
    )  # fmt: skip
    return bool(changed == "UPDATE 1")


async def automatic_net(conn: Conn, payer: Payer, since: datetime) -> int:
    """Micro-units, net, that were topped up automatically since then and have not failed or gone back."""
    found = await conn.fetchval(
        "SELECT coalesce(sum(net_micros), 0)::bigint FROM payment WHERE part = $1 AND contract_id = $2 AND automatic"
        " AND created_at >= $3 AND state IN ('initiated', 'settled')",
        *payer, since,
    )  # fmt: skip
    return int(found)


def _kept(row: Record) -> Kept:
    payment = Payment(
        row["payment_id"], (row["part"], row["contract_id"]), row["provider"], row["provider_ref"],
        Purpose(row["purpose"]), Split(row["net_micros"], row["tax_micros"]), row["tax_category"],
        row["tax_basis_points"], row["currency"], State(row["state"]), row["reference"], row["created_at"],
        row["document"], row["mandate_id"], row["due_on"], row["automatic"], row["settled_at"], row["ended_at"],
        row["why"],
    )  # fmt: skip
    return Kept(payment, row["batch"], row["document_id"])
