"""Grants of contracts: rows beside their accounts. What they are worth is told by the account alone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from takt.core.entries import Payer
from takt.core.grants import Grant, GrantKind, Standing
from takt.store.pool import Conn

LISTED_MAX = 1_000

_STANDINGS = (
    "SELECT g.contract_id, g.grant_id, g.name, g.kind, g.amount_micros, g.currency, g.priority, g.categories, g.markets,"
    " g.issued_at, g.expires_at, a.posted_micros, a.pending_micros, g.voided_at FROM credit_grant g"
    " JOIN account a ON a.contract_id = g.contract_id AND a.kind = g.account WHERE g.part = $1 AND a.part = $1"
)


async def add(conn: Conn, one: Grant) -> bool:
    """Write a grant with its empty account; whether it is new. Its money comes by the entry of the same id."""
    part, contract_id = one.payer
    is_new = await conn.fetchval(
        "INSERT INTO credit_grant (part, contract_id, grant_id, account, name, kind, amount_micros, currency, priority,"
        " categories, markets, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " ON CONFLICT (part, contract_id, grant_id) DO NOTHING RETURNING true",
        part, contract_id, one.grant_id, one.account, one.name, one.kind, one.amount_micros, one.currency, one.priority,
        one.categories, one.markets, one.issued_at, one.expires_at,
    )  # fmt: skip
    if not is_new:
        return False
    await conn.execute(
        "INSERT INTO account (part, contract_id, kind, currency, min_available) VALUES ($1, $2, $3, $4, 0)",
        part, contract_id, one.account, one.currency,
    )  # fmt: skip
    return True


async def known(conn: Conn, part: int, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these grants were given."""
    rows = await conn.fetch("SELECT grant_id FROM credit_grant WHERE part = $1 AND grant_id = ANY($2)", part, ids)
    return frozenset(row[0] for row in rows)


async def list_grants(conn: Conn, payer: Payer) -> list[Standing]:
    """The newest 1,000 grants of a contract, each with what is on it."""
    rows = await conn.fetch(
        f"{_STANDINGS} AND g.contract_id = $2 ORDER BY g.issued_at DESC, g.grant_id LIMIT $3", *payer, LISTED_MAX
    )
    return [_standing(payer[0], row) for row in rows]


async def void(conn: Conn, payer: Payer, grant_id: UUID, now: datetime) -> bool:
    """Let a grant be over from now on; whether it was not over already. What is left of it lapses with the next round."""
    done = await conn.fetchval(
        "UPDATE credit_grant SET voided_at = $4 WHERE part = $1 AND contract_id = $2 AND grant_id = $3"
        " AND voided_at IS NULL AND expires_at > $4 RETURNING true",
        payer[0], payer[1], grant_id, now,
    )  # fmt: skip
    return done is not None


async def list_over(conn: Conn, part: int, now: datetime, limit: int) -> list[Standing]:
    """Grants of a part that are over and not closed yet, locked; those that somebody else holds are passed over."""
    rows = await conn.fetch(
        f"{_STANDINGS} AND g.closed_at IS NULL AND (g.expires_at <= $2 OR g.voided_at <= $2)"
        " AND (a.posted_micros > a.pending_micros OR a.pending_micros = 0)"
        " ORDER BY g.contract_id, g.grant_id LIMIT $3 FOR NO KEY UPDATE OF g SKIP LOCKED",
        part, now, limit,
    )  # fmt: skip
    return [_standing(part, row) for row in rows]


async def close(conn: Conn, part: int, some: Sequence[Grant], now: datetime) -> None:
    """Nothing is left on these, and nothing is set aside that could come back."""
    await conn.execute(
        "UPDATE credit_grant g SET closed_at = $4 FROM unnest($2::uuid[], $3::uuid[]) u(contract_id, grant_id)"
        " WHERE g.part = $1 AND g.contract_id = u.contract_id AND g.grant_id = u.grant_id",
        part, [one.payer[1] for one in some], [one.grant_id for one in some], now,
    )  # fmt: skip


async def reopen(conn: Conn, part: int, accounts: Sequence[tuple[UUID, str]]) -> None:
    """Something came back to these accounts, each with its contract: their grants are looked at again."""
    await conn.execute(
        "UPDATE credit_grant g SET closed_at = NULL FROM unnest($2::uuid[], $3::text[]) u(contract_id, account)"
        " WHERE g.part = $1 AND g.contract_id = u.contract_id AND g.account = u.account AND g.closed_at IS NOT NULL",
        part, [one[0] for one in accounts], [one[1] for one in accounts],
    )  # fmt: skip


def _standing(part: int, row: asyncpg.Record) -> Standing:
    grant = Grant(
        row[1], (part, row[0]), row[2], GrantKind(row[3]), row[4], row[5], row[6], tuple(row[7]), tuple(row[8]), row[9],
        row[10],
    )  # fmt: skip
    return Standing(grant, row[11], row[12], row[13])
