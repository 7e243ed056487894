"""Idempotency keys of companies, each bound to a request and to the message it made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from takt.store.pool import Conn


class KeyClaim(Protocol):
    """A key with what it is to be bound to."""

    @property
    def contract_id(self) -> UUID:
        """The contract in whose part the key is kept."""
        ...

    @property
    def business_id(self) -> UUID:
        """Whose key it is."""
        ...

    @property
    def key(self) -> str:
        """The key as the caller chose it."""
        ...

    @property
    def request_hash(self) -> bytes:
        """SHA-256 of the request."""
        ...

    @property
    def message_id(self) -> UUID:
        """The id of its message, if the key is new."""
        ...


async def claim(
    conn: Conn, part: int, claims: Sequence[KeyClaim], now: datetime
) -> dict[tuple[UUID, str], tuple[bytes, UUID]]:
    """Bind the keys that are new, in the order of their names; what each key is bound to now."""
    ordered = sorted(claims, key=lambda one: (one.business_id, one.key))
    businesses, keys = [one.business_id for one in ordered], [one.key for one in ordered]
    await conn.execute(
        "INSERT INTO idempotency (part, business_id, key, request_hash, message_id, created_at)"
        " SELECT c.part, u.business_id, u.key, u.request_hash, u.message_id, $7"
        " FROM contract c JOIN unnest($2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::uuid[])"
        " u(contract_id, business_id, key, request_hash, message_id) ON c.contract_id = u.contract_id"
        " WHERE c.part = $1 ORDER BY u.business_id, u.key ON CONFLICT (part, business_id, key) DO NOTHING",
        part, [one.contract_id for one in ordered], businesses, keys, [one.request_hash for one in ordered],
        [one.message_id for one in ordered], now,
    )  # fmt: skip
    rows = await conn.fetch(
        "SELECT i.business_id, i.key, i.request_hash, i.message_id FROM idempotency i"
        " JOIN unnest($2::uuid[], $3::text[]) u(business_id, key) ON i.business_id = u.business_id AND i.key = u.key"
        " WHERE i.part = $1",
        part, businesses, keys,
    )  # fmt: skip
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}
