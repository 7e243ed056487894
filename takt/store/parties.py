"""Legal data of operator and customers, in versions: the newest holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from takt.core.entries import Payer
from takt.core.value import value
from takt.store.pool import Conn


@value
class Kept:
    """Legal data as a document, with its version and who set it when."""

    version: int
    document: Mapping[str, Any]
    set_by: str
    set_at: datetime
    vat_checked_at: datetime | None = None
    vat_proof: str = ""


async def find_operator(conn: Conn) -> Kept | None:
    """The operator's legal data, if any was set."""
    row = await conn.fetchrow(
        "SELECT version, document, set_by, set_at FROM operator_legal ORDER BY version DESC LIMIT 1"
    )
    return None if row is None else Kept(row[0], msgspec.json.decode(row[1]), row[2], row[3])


async def find_customer(conn: Conn, payer: Payer) -> Kept | None:
    """A customer's legal data, if any was set."""
    row = await conn.fetchrow(
        "SELECT version, document, set_by, set_at, vat_checked_at, vat_proof FROM customer_legal"
        " WHERE part = $1 AND contract_id = $2 ORDER BY version DESC LIMIT 1",
        *payer,
    )
    return None if row is None else Kept(row[0], msgspec.json.decode(row[1]), *row[2:])


async def add_operator(conn: Conn, document: Mapping[str, Any], set_by: str, now: datetime) -> int:
    """The next version of the operator's legal data, which the caller has parsed."""
    version: int = await conn.fetchval(
        "INSERT INTO operator_legal (version, document, set_by, set_at)"
        " SELECT coalesce(max(version), 0) + 1, $1, $2, $3 FROM operator_legal RETURNING version",
        _encoded(document), set_by, now,
    )  # fmt: skip
    return version


async def add_customer(conn: Conn, payer: Payer, new: Kept) -> int:
    """The next version of a customer's, which the caller has parsed; `new.version` does not count."""
    version: int = await conn.fetchval(
        "INSERT INTO customer_legal (part, contract_id, version, document, set_by, set_at, vat_checked_at, vat_proof)"
        " SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7 FROM customer_legal"
        " WHERE part = $1 AND contract_id = $2 RETURNING version",
        *payer, _encoded(new.document), new.set_by, new.set_at, new.vat_checked_at, new.vat_proof,
    )  # fmt: skip
    return version


def _encoded(document: Mapping[str, Any]) -> str:
    return msgspec.json.encode(document, order="deterministic").decode()
