"""What was agreed with a company beside its legal data: line of credit and cards; and every change of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from takt.core.contract import Change, MonthDocument
from takt.core.entries import Payer
from takt.core.tax import Vat, VatCategory
from takt.core.value import value
from takt.store.parties import Kept
from takt.store.pool import Conn
from takt.store.stamp import touch

CHANGES_SHOWN_MAX: Final = 200
_AGREED: Final = (
    "SELECT c.mode, c.currency, c.time_zone, c.created_at, c.tax_category, c.tax_basis_points, -a.min_available,"
    " a.posted_micros, a.pending_micros, c.month_document FROM contract c"
    " JOIN account a ON a.part = $1 AND a.contract_id = c.contract_id AND a.kind = 'spend'"
    " WHERE c.part = $1 AND c.contract_id = $2"
)


@value
class Agreed:
    """A contract with its spend account, in micro-units; a payment ahead is taxed by `vat`."""

    mode: str
    currency: str
    time_zone: str
    created_at: datetime
    vat: Vat
    limit_micros: int
    posted_micros: int
    held_micros: int
    month_document: MonthDocument


async def agreed(conn: Conn, payer: Payer, *, locked: bool = False) -> Agreed:
    """A contract that is there; `locked` holds it and its wallet until the transaction ends."""
    row = await conn.fetchrow(_AGREED + (" FOR NO KEY UPDATE" if locked else ""), *payer)
    assert row is not None, "a contract has its wallet from the beginning"
    vat = Vat(VatCategory(row[4]), row[5])
    return Agreed(row[0], row[1], row[2], row[3], vat, row[6], row[7], row[8], MonthDocument(row[9]))


async def set_limit(conn: Conn, payer: Payer, limit_micros: int) -> None:
    """How much a company may owe; what it owes beyond that already stays as an excess, which the next money takes back."""
    await conn.execute(
        "UPDATE account SET min_available = -$3::bigint, excess_micros = greatest(0, -$3::bigint - posted_micros"
        " + pending_micros) WHERE part = $1 AND contract_id = $2 AND kind = 'spend'",
        *payer,
        limit_micros,
    )
    await conn.execute(
        "UPDATE contract SET mode = $3 WHERE part = $1 AND contract_id = $2",
        *payer,
        "postpaid" if limit_micros > 0 else "prepaid",
    )


async def set_month_document(conn: Conn, payer: Payer, chosen: MonthDocument) -> None:
    """What is written of a month that a contract paid ahead from now on."""
    await conn.execute("UPDATE contract SET month_document = $3 WHERE part = $1 AND contract_id = $2", *payer, chosen)


async def assign_card(conn: Conn, business_id: UUID, card: str, valid_from: datetime, who: str, now: datetime) -> None:
    """Let a company pay by a card from then on; whatever was to come at the same moment does not."""
    await touch(conn)
    await conn.execute(
        "INSERT INTO card_assignment (business_id, valid_from, card, assigned_by, assigned_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (business_id, valid_from) DO UPDATE SET card = $3, assigned_by = $4, assigned_at = $5",
        business_id, valid_from, card, who, now,
    )  # fmt: skip


async def move(
    conn: Conn, business_id: UUID, valid_from: datetime, partner: Payer | None, who: str, now: datetime
) -> None:
    """Let a company be somebody's client from then on; whatever was to come at the same moment does not."""
    await touch(conn)
    await conn.execute(
        "INSERT INTO partner_assignment (business_id, valid_from, partner_part, partner_id, assigned_by, assigned_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (business_id, valid_from)"
        " DO UPDATE SET partner_part = $3, partner_id = $4, assigned_by = $5, assigned_at = $6",
        business_id, valid_from, *(partner or (None, None)), who, now,
    )  # fmt: skip


async def has_clients(conn: Conn, payer: Payer) -> bool:
    """Whether a contract's company sells, sold or will sell to somebody."""
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM business WHERE partner_id = $1)"
        " OR EXISTS (SELECT FROM partner_assignment WHERE partner_id = $1)",
        payer[1],
    )
    return found


async def add_change(conn: Conn, payer: Payer, change: Change) -> None:
    """Keep what was changed; the contract is held by the caller, so that the numbers have no gap."""
    await conn.execute(
        "INSERT INTO contract_change (part, contract_id, number, field, was, becomes, who, at)"
        " SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7 FROM contract_change"
        " WHERE part = $1 AND contract_id = $2",
        *payer, change.field, change.was, change.becomes, change.who, change.at,
    )  # fmt: skip


async def changes(conn: Conn, payer: Payer) -> list[Change]:
    """The newest changes, the last first."""
    rows = await conn.fetch(
        "SELECT field, was, becomes, who, at FROM contract_change WHERE part = $1 AND contract_id = $2"
        " ORDER BY number DESC LIMIT $3",
        *payer,
        CHANGES_SHOWN_MAX,
    )
    return [Change(*row) for row in rows]


async def limits(conn: Conn, payer: Payer) -> list[tuple[datetime, int, int]]:
    """When the line of credit was changed, what it was before and what it became, oldest first."""
    rows = await conn.fetch(
        "SELECT at, was::bigint, becomes::bigint FROM contract_change WHERE part = $1 AND contract_id = $2"
        " AND field = 'limit_micros' ORDER BY number",
        *payer,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def legal_versions(conn: Conn, payer: Payer) -> list[Kept]:
    """The newest versions of a customer's legal data, the last first."""
    rows = await conn.fetch(
        "SELECT version, document, set_by, set_at, vat_checked_at, vat_proof FROM customer_legal"
        " WHERE part = $1 AND contract_id = $2 ORDER BY version DESC LIMIT $3",
        *payer,
        CHANGES_SHOWN_MAX,
    )
    return [Kept(row[0], msgspec.json.decode(row[1]), *row[2:]) for row in rows]


async def find_wish(conn: Conn, payer: Payer) -> Kept | None:
    """The legal data that a company wishes and that waits for the operator; its version is 0."""
    row = await conn.fetchrow("SELECT document, who, at FROM legal_wish WHERE part = $1 AND contract_id = $2", *payer)
    return None if row is None else Kept(0, msgspec.json.decode(row[0]), row[1], row[2])


async def wishes(conn: Conn, part: int) -> set[UUID]:
    """The contracts of a part whose companies ask for other legal data."""
    return {row[0] for row in await conn.fetch("SELECT contract_id FROM legal_wish WHERE part = $1", part)}


async def put_wish(conn: Conn, payer: Payer, wish: Kept) -> None:
    """What a company wishes now, in the place of what it wished before."""
    await conn.execute(
        "INSERT INTO legal_wish (part, contract_id, document, who, at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (part, contract_id) DO UPDATE SET document = $3, who = $4, at = $5",
        *payer, msgspec.json.encode(wish.document, order="deterministic").decode(), wish.set_by, wish.set_at,
    )  # fmt: skip


async def drop_wish(conn: Conn, payer: Payer) -> bool:
    """Nothing is wished any more; no when nothing was."""
    dropped = await conn.execute("DELETE FROM legal_wish WHERE part = $1 AND contract_id = $2", *payer)
    return bool(dropped == "DELETE 1")


async def assignments(conn: Conn, business_id: UUID) -> Sequence[Any]:
    """By which cards a company pays from when on, oldest first, with who assigned them when."""
    found: Sequence[Any] = await conn.fetch(
        "SELECT card, valid_from, assigned_by, assigned_at FROM card_assignment WHERE business_id = $1"
        " ORDER BY valid_from",
        business_id,
    )
    return found
