"""Leases of payers, beside the recipients whose messages use them. Their locks come before those of accounts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from takt.core.entries import Payer
from takt.core.lease import Lease
from takt.store.pool import Conn

_ROWS: Final = (
    "SELECT contract_part, contract_id, currency, valid_until, granted_micros, used_micros, returned_micros, is_open"
    " FROM lease WHERE part = $1"
)


async def use(conn: Conn, part: int, needed: Mapping[Payer, int], now: datetime) -> set[Payer]:
    """Use the leases of these payers for so much each; those whose lease holds it, and did."""
    rows = await conn.fetch(
        "UPDATE lease l SET used_micros = l.used_micros + u.micros FROM (SELECT o.contract_id, n.micros FROM lease o"
        " JOIN unnest($2::uuid[], $3::bigint[]) n(contract_id, micros) ON o.contract_id = n.contract_id"
        " WHERE o.part = $1 ORDER BY o.contract_id FOR NO KEY UPDATE OF o) u WHERE l.part = $1"
        " AND l.contract_id = u.contract_id AND l.is_open AND l.valid_until > $4"
        " AND l.granted_micros - l.used_micros >= u.micros RETURNING l.contract_part, l.contract_id",
        part, [one[1] for one in needed], list(needed.values()), now,
    )  # fmt: skip
    return {(row[0], row[1]) for row in rows}


async def lock(conn: Conn, part: int, payers: Iterable[Payer]) -> dict[Payer, Lease]:
    """The leases of these payers that were ever granted in a part, open or not, held until the transaction ends."""
    rows = await conn.fetch(
        f"{_ROWS} AND contract_id = any($2::uuid[]) ORDER BY contract_id FOR NO KEY UPDATE",
        part, [one[1] for one in payers],
    )  # fmt: skip
    return {one.payer: one for one in map(_lease, rows)}


async def add(conn: Conn, part: int, payer: Payer, currency: str, now: datetime) -> None:
    """Make a row for a payer's leases in a part, with none that is open; one that is there stays."""
    await conn.execute(
        "INSERT INTO lease (part, contract_id, contract_part, currency, granted_micros, used_micros, returned_micros,"
        " is_open, valid_until) VALUES ($1, $2, $3, $4, 0, 0, 0, false, $5) ON CONFLICT (part, contract_id) DO NOTHING",
        part, payer[1], payer[0], currency, now,
    )  # fmt: skip


async def lapsed(conn: Conn, part: int, now: datetime, limit: int) -> list[Lease]:
    """Open leases whose time is over, held until the transaction ends; those that somebody else holds are passed over."""
    rows = await conn.fetch(
        f"{_ROWS} AND is_open AND valid_until <= $2 ORDER BY contract_id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED",
        part, now, limit,
    )  # fmt: skip
    return [_lease(row) for row in rows]


async def put(conn: Conn, part: int, leases: Sequence[Lease]) -> None:
    """Write where these leases stand now; their rows are held."""
    await conn.execute(
        "UPDATE lease l SET granted_micros = u.granted, used_micros = u.used, returned_micros = u.returned,"
        " is_open = u.is_open, valid_until = u.valid_until FROM unnest($2::uuid[], $3::bigint[], $4::bigint[],"
        " $5::bigint[], $6::boolean[], $7::timestamptz[]) u(contract_id, granted, used, returned, is_open, valid_until)"
        " WHERE l.part = $1 AND l.contract_id = u.contract_id",
        part, [one.payer[1] for one in leases], [one.granted_micros for one in leases],
        [one.used_micros for one in leases], [one.returned_micros for one in leases],
        [one.is_open for one in leases], [one.valid_until for one in leases],
    )  # fmt: skip


def _lease(row: Record) -> Lease:
    contract_id: UUID = row[1]
    return Lease((row[0], contract_id), *row[2:])
