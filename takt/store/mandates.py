"""Mandates of companies, the operator's own account, and orders to collect."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from takt.core.entries import Payer
from takt.core.mandate import Mandate, Scheme
from takt.core.value import value
from takt.store.pool import Conn

MANDATES_MAX: Final = 20
ORDERS_SHOWN_MAX: Final = 100
_ALL: Final = (
    "SELECT part, mandate_id, contract_id, reference, holder, iban, bic, scheme, signed_on, notice_days, created_at,"
    " used_on, ended_at FROM mandate WHERE part = $1"
)


@value
class OwnAccount:
    """The operator's account: transfers go to it, collections come to it if it has a creditor identifier."""

    iban: str
    holder: str
    bic: str
    creditor_id: str


@value
class Order:
    """An order to collect, as it went to the bank."""

    ident: str
    scheme: Scheme
    payments: int
    sum_micros: int
    document: str
    made_by: str
    made_at: datetime


async def own_account(conn: Conn) -> OwnAccount | None:
    """The account that was set last."""
    row = await conn.fetchrow("SELECT iban, holder, bic, creditor_id FROM own_account ORDER BY set_at DESC LIMIT 1")
    return OwnAccount(*row) if row is not None else None


async def own_ibans(conn: Conn) -> set[str]:
    """All accounts that the operator has or had."""
    return {row[0] for row in await conn.fetch("SELECT iban FROM own_account")}


async def set_own_account(conn: Conn, account: OwnAccount, who: str, now: datetime) -> None:
    """The account to use from now on; earlier ones stay known, for their statements."""
    await conn.execute(
        "INSERT INTO own_account (iban, holder, bic, creditor_id, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (iban) DO UPDATE SET holder = $2, bic = $3, creditor_id = $4, set_by = $5, set_at = $6",
        account.iban, account.holder, account.bic, account.creditor_id, who, now,
    )  # fmt: skip


async def add(conn: Conn, one: Mandate) -> bool:
    """A new mandate; no when the contract has one of this reference, or too many."""
    added = await conn.fetchval(
        "INSERT INTO mandate (part, mandate_id, contract_id, reference, holder, iban, bic, scheme, signed_on,"
        " notice_days, created_at) SELECT c.part, $2, c.contract_id, $4, $5, $6, $7, $8, $9, $10, $11 FROM contract c"
        " WHERE c.part = $1 AND c.contract_id = $3 AND (SELECT count(*) FROM mandate m WHERE m.part = $1"
        " AND m.contract_id = $3) < $12 ON CONFLICT DO NOTHING RETURNING true",
        one.payer[0], one.mandate_id, one.payer[1], one.reference, one.holder, one.iban, one.bic, one.scheme,
        one.signed_on, one.notice_days, one.created_at, MANDATES_MAX,
    )  # fmt: skip
    return bool(added)


async def of_contract(conn: Conn, payer: Payer) -> list[Mandate]:
    """The mandates of one contract, the newest first; nobody else's."""
    rows = await conn.fetch(f"{_ALL} AND contract_id = $2 ORDER BY created_at DESC LIMIT $3", *payer, MANDATES_MAX)
    return [_mandate(row) for row in rows]


async def by_ids(conn: Conn, part: int, mandate_ids: Collection[UUID]) -> dict[UUID, Mandate]:
    """These mandates, held to the end of the transaction."""
    rows = await conn.fetch(
        f"{_ALL} AND mandate_id = any($2::uuid[]) ORDER BY mandate_id FOR NO KEY UPDATE", part, sorted(mandate_ids)
    )
    return {row["mandate_id"]: _mandate(row) for row in rows}


async def note_use(conn: Conn, part: int, mandate_ids: Collection[UUID], used_on: date) -> None:
    """Something was collected by these mandates."""
    await conn.execute(
        "UPDATE mandate SET used_on = $3 WHERE part = $1 AND mandate_id = any($2::uuid[])",
        part, list(mandate_ids), used_on,
    )  # fmt: skip


async def end(conn: Conn, payer: Payer, mandate_id: UUID, now: datetime) -> bool:
    """A mandate was withdrawn; no when it is another's, or was over."""
    changed = await conn.execute(
        "UPDATE mandate SET ended_at = $4 WHERE part = $1 AND contract_id = $2 AND mandate_id = $3 AND ended_at IS NULL",
        *payer, mandate_id, now,
    )  # fmt: skip
    return bool(changed == "UPDATE 1")


async def add_order(conn: Conn, order: Order) -> None:
    """Keep an order as it goes to the bank."""
    await conn.execute(
        "INSERT INTO collection (ident, scheme, payments, sum_micros, document, made_by, made_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        order.ident, order.scheme, order.payments, order.sum_micros, order.document, order.made_by, order.made_at,
    )  # fmt: skip


async def orders(conn: Conn) -> list[Order]:
    """The newest orders."""
    rows = await conn.fetch(
        "SELECT ident, scheme, payments, sum_micros, document, made_by, made_at FROM collection"
        " ORDER BY made_at DESC, ident LIMIT $1",
        ORDERS_SHOWN_MAX,
    )
    return [_order(row) for row in rows]


async def find_order(conn: Conn, ident: str) -> Order | None:
    """An order by its name."""
    row = await conn.fetchrow(
        "SELECT ident, scheme, payments, sum_micros, document, made_by, made_at FROM collection WHERE ident = $1", ident
    )
    return _order(row) if row is not None else None


def _order(row: Record) -> Order:
    return Order(row[0], Scheme(row[1]), row[2], row[3], row[4], row[5], row[6])


def _mandate(row: Record) -> Mandate:
    return Mandate(
        row["mandate_id"], (row["part"], row["contract_id"]), row["reference"], row["holder"], row["iban"], row["bic"],
        Scheme(row["scheme"]), row["signed_on"], row["notice_days"], row["created_at"], row["used_on"], row["ended_at"],
    )  # fmt: skip
