"""What the bank tells: statements, and their transactions, each once by its key. Reference rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from takt.core.entries import Payer
from takt.core.matching import Doubt
from takt.core.statements import Statement, Transaction
from takt.core.value import value
from takt.store.pool import Conn

SUSPENSE_SHOWN_MAX: Final = 200
_ALL: Final = (
    "SELECT encode(key, 'hex') AS key, booked_on, amount_micros, charges_micros, currency, reversal, end_to_end, batch,"
    " told, remittance, name, iban, why, state, doubt, contract_part, contract_id, payment_id, settled_micros"
    " FROM bank_entry"
)


@value
class Imported:
    """A statement on its way in: whose file it was, by its SHA-256, and who brought it."""

    statement_id: UUID
    sha256: str
    who: str


@value
class BankEntry:
    """A transaction as it is kept. `state`: booked, suspense (a person must look), aside (no payment of a company).

    `settled_micros` of it are booked though the rest waits: it paid an invoice, and more.
    """

    transaction: Transaction
    state: str
    doubt: str
    payer: Payer | None
    payment_id: UUID | None
    settled_micros: int = 0

    @property
    def rest(self) -> Transaction:
        """What waits of it."""
        if self.settled_micros == 0:
            return self.transaction
        left = self.transaction.paid_micros - self.settled_micros
        return replace(self.transaction, amount_micros=left, charges_micros=0)


@value
class Verdict:
    """What became of a transaction. Of a whole collection there is no single payer."""

    state: str
    doubt: Doubt | None = None
    payer: Payer | None = None
    payment_id: UUID | None = None
    settled_micros: int = 0


async def add_statement(conn: Conn, one: Statement, imported: Imported, now: datetime) -> bool:
    """A statement; no when this very one was imported before."""
    added = await conn.fetchval(
        "INSERT INTO bank_statement (statement_id, iban, ident, sha256, currency, opening_micros, closing_micros,"
        " transactions, fresh, imported_by, imported_at) VALUES ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, $8, 0, $9,"
        " $10) ON CONFLICT DO NOTHING RETURNING true",
        imported.statement_id, one.iban, one.ident, imported.sha256, one.currency, one.opening_micros,
        one.closing_micros, len(one.transactions), imported.who, now,
    )  # fmt: skip
    return bool(added)


async def add_entries(conn: Conn, statement_id: UUID, some: Sequence[Transaction]) -> set[str]:
    """Those of these transactions that nothing told before; until it is said otherwise, a person must look at them."""
    rows = await conn.fetch(
        "INSERT INTO bank_entry (key, statement_id, number, booked_on, amount_micros, charges_micros, currency, reversal,"
        " end_to_end, batch, told, remittance, name, iban, why, state, doubt) SELECT decode(u.key, 'hex'), $1, u.number,"
        " u.booked_on, u.amount, u.charges, u.currency, u.reversal, u.end_to_end, u.batch,"
        " string_to_array(u.told, ' '), u.remittance, u.name, u.iban, u.why, 'suspense', 'unknown'"
        " FROM unnest($2::text[], $3::int[], $4::date[], $5::bigint[], $6::bigint[], $7::text[], $8::boolean[],"
        " $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])"
        " u(key, number, booked_on, amount, charges, currency, reversal, end_to_end, batch, told, remittance, name,"
        " iban, why) ORDER BY u.key ON CONFLICT (key) DO NOTHING RETURNING encode(key, 'hex')",
        statement_id, [one.key for one in some], list(range(len(some))), [one.booked_on for one in some],
        [one.amount_micros for one in some], [one.charges_micros for one in some], [one.currency for one in some],
        [one.reversal for one in some], [one.end_to_end for one in some], [one.batch for one in some],
        [" ".join(one.references) for one in some], [one.remittance for one in some], [one.name for one in some],
        [one.iban for one in some], [one.why or one.flaw for one in some],
    )  # fmt: skip
    fresh = {row[0] for row in rows}
    await conn.execute("UPDATE bank_statement SET fresh = $2 WHERE statement_id = $1", statement_id, len(fresh))
    return fresh


async def decide(conn: Conn, key: str, verdict: Verdict, who: str, note: str, now: datetime) -> None:
    """Say what became of a transaction."""
    part, contract_id = verdict.payer or (None, None)
    await conn.execute(
        "UPDATE bank_entry SET state = $2, doubt = $3, contract_part = $4, contract_id = $5, payment_id = $6,"
        " decided_by = $7, decided_at = $8, note = $9, settled_micros = $10 WHERE key = decode($1, 'hex')",
        key, verdict.state, verdict.doubt or "", part, contract_id, verdict.payment_id, who, now, note,
        verdict.settled_micros,
    )  # fmt: skip


async def lock_entry(conn: Conn, key: str) -> BankEntry | None:
    """A transaction, held to the end of the transaction of ours."""
    row = await conn.fetchrow(f"{_ALL} WHERE key = decode($1, 'hex') FOR NO KEY UPDATE", key)
    return _entry(row) if row is not None else None


async def suspense(conn: Conn) -> list[BankEntry]:
    """What a person must look at, the oldest first."""
    rows = await conn.fetch(f"{_ALL} WHERE state = 'suspense' ORDER BY booked_on, key LIMIT $1", SUSPENSE_SHOWN_MAX)
    return [_entry(row) for row in rows]


async def statements(conn: Conn) -> list[dict[str, Any]]:
    """The newest statements: of which account, how many transactions they told, and how many of them nothing told before."""
    rows = await conn.fetch(
        "SELECT iban, ident, currency, opening_micros, closing_micros, transactions, fresh, imported_by, imported_at"
        " FROM bank_statement ORDER BY imported_at DESC LIMIT $1",
        SUSPENSE_SHOWN_MAX,
    )
    return [dict(row) for row in rows]


def _entry(row: Record) -> BankEntry:
    booked_on: date = row["booked_on"]
    one = Transaction(
        booked_on, row["amount_micros"], row["currency"], row["charges_micros"], row["reversal"], row["end_to_end"],
        batch=row["batch"], references=tuple(row["told"]), remittance=row["remittance"], name=row["name"],
        iban=row["iban"], why=row["why"], key=row["key"],
    )  # fmt: skip
    payer = (row["contract_part"], row["contract_id"]) if row["contract_id"] is not None else None
    return BankEntry(one, row["state"], row["doubt"], payer, row["payment_id"], row["settled_micros"])
