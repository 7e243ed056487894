"""Consent: the append-only chain of a person's acts, and beside it the state that they fold to."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.consent import ConsentRecord
from takt.core.value import value
from takt.store.pool import Conn

Chained = tuple[ConsentRecord, bytes, bytes]
"""A record with the hash of the one before it and its own."""

Key = tuple[UUID, UUID, str]
"""A person, a business and a purpose."""


_RECORD = (
    "part", "record_id", "recipient_id", "business_id", "number", "purpose", "granted", "source", "evidence", "at",
    "previous", "hash",
)  # fmt: skip


@value
class State:
    """What the newest record of a person says to one purpose of a business."""

    granted: bool
    source: str
    record_id: UUID
    at: datetime


async def heads(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> dict[UUID, tuple[int, bytes]]:
    """Number and hash of the newest record of each of these people; who never acted is missing."""
    rows = await conn.fetch(
        "SELECT r.recipient_id, h.number, h.hash FROM recipient r CROSS JOIN LATERAL ("
        " SELECT c.number, c.hash FROM consent_record c WHERE c.part = $1 AND c.recipient_id = r.recipient_id"
        " ORDER BY c.number DESC LIMIT 1) h WHERE r.part = $1 AND r.recipient_id = any($2::uuid[])",
        part, recipient_ids,
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows}


async def states(conn: Conn, part: int, keys: Sequence[Key]) -> dict[Key, State]:
    """What these people say to these purposes; silence is missing."""
    rows = await conn.fetch(
        "SELECT c.recipient_id, c.business_id, c.purpose, c.granted, c.source, c.record_id, c.at FROM consent c"
        " JOIN unnest($2::uuid[], $3::uuid[], $4::text[]) u(recipient_id, business_id, purpose)"
        " ON c.recipient_id = u.recipient_id AND c.business_id = u.business_id AND c.purpose = u.purpose"
        " WHERE c.part = $1",
        part, [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys],
    )  # fmt: skip
    return {(row[0], row[1], row[2]): State(*row[3:]) for row in rows}


async def known(conn: Conn, part: int, record_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these records that are there already."""
    rows = await conn.fetch(
        "SELECT record_id FROM consent_record WHERE part = $1 AND record_id = any($2::uuid[])", part, record_ids
    )
    return {row[0] for row in rows}


async def append(conn: Conn, part: int, records: Sequence[Chained]) -> None:
    """Append records, each person's in the order of their numbers, and fold them."""
    await conn.copy_records_to_table(
        "consent_record",
        columns=_RECORD,
        records=[
            (
                part, one.record_id, one.recipient_id, one.business_id, one.number, one.purpose, one.granted,
                one.source, one.evidence, one.at, previous, this,
            )
            for one, previous, this in records
        ],
    )  # fmt: skip
    newest = {(one.recipient_id, one.business_id, one.purpose): one for one, _, _ in records}
    await _fold(conn, part, [newest[key] for key in sorted(newest)])


async def _fold(conn: Conn, part: int, records: Sequence[ConsentRecord]) -> None:
    await conn.execute(
        "INSERT INTO consent (part, recipient_id, business_id, purpose, granted, source, record_id, at)"
        " SELECT r.part, u.recipient_id, u.business_id, u.purpose, u.granted, u.source, u.record_id, u.at"
        " FROM recipient r JOIN unnest($2::uuid[], $3::uuid[], $4::text[], $5::bool[], $6::text[], $7::uuid[],"
        " $8::timestamptz[]) u(recipient_id, business_id, purpose, granted, source, record_id, at)"
        " ON r.recipient_id = u.recipient_id WHERE r.part = $1"
        " ON CONFLICT (part, recipient_id, business_id, purpose) DO UPDATE SET granted = excluded.granted,"
        " source = excluded.source, record_id = excluded.record_id, at = excluded.at",
        part, [one.recipient_id for one in records], [one.business_id for one in records],
        [one.purpose for one in records], [one.granted for one in records], [one.source for one in records],
        [one.record_id for one in records], [one.at for one in records],
    )  # fmt: skip
