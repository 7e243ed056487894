"""Consent: the append-only chain of a person's records, and beside it the standings that they fold to."""

from collections.abc import Sequence
from uuid import UUID

from takt.core.consent import Act, ConsentRecord, Link, Standing
from takt.core.value import value
from takt.store.pool import Conn

Between = tuple[UUID, UUID]
"""A person and a business."""

_RECORD = (
    "part", "record_id", "recipient_id", "business_id", "number", "purpose", "granted", "source", "evidence", "at",
    "act", "terms", "valid_until", "previous", "hash",
)  # fmt: skip
_COLUMNS = (
    "SELECT record_id, recipient_id, business_id, number, purpose, granted, source, evidence::text, at, act,"
    " coalesce(terms::text, ''), valid_until, previous, hash FROM consent_record"
)


@value
class Change:
    """A standing that a record changed, and by which way (`source`) it came."""

    recipient_id: UUID
    business_id: UUID
    purpose: str
    standing: Standing
    source: str


async def heads(conn: Conn, part: int, recipient_ids: Sequence[UUID]) -> dict[UUID, tuple[int, bytes]]:
    """Number and hash of the newest record of each of these people; who never acted is missing."""
    rows = await conn.fetch(
        "SELECT r.recipient_id, h.number, h.hash FROM recipient r CROSS JOIN LATERAL ("
        " SELECT c.number, c.hash FROM consent_record c WHERE c.part = $1 AND c.recipient_id = r.recipient_id"
        " ORDER BY c.number DESC LIMIT 1) h WHERE r.part = $1 AND r.recipient_id = any($2::uuid[])",
        part, recipient_ids,
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows}


async def states(conn: Conn, part: int, pairs: Sequence[Between]) -> dict[Between, dict[str, Standing]]:
    """The standings of these people with these businesses; whom nobody said anything to is missing."""
    rows = await conn.fetch(
        "SELECT c.recipient_id, c.business_id, c.purpose, c.record_id, c.act, c.at, c.valid_until, c.granted"
        " FROM consent c JOIN unnest($2::uuid[], $3::uuid[]) u(recipient_id, business_id)"
        " ON c.recipient_id = u.recipient_id AND c.business_id = u.business_id WHERE c.part = $1",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs],
    )  # fmt: skip
    found: dict[Between, dict[str, Standing]] = {}
    for person, business, purpose, record_id, act, at, valid_until, granted in rows:
        known = Act.STOP if act == Act.GRANT and not granted else Act(act)
        found.setdefault((person, business), {})[purpose] = Standing(record_id, known, at, valid_until)
    return found


async def businesses_of(conn: Conn, part: int, recipient_id: UUID) -> set[UUID]:
    """The businesses with which a person has any standing."""
    rows = await conn.fetch(
        "SELECT DISTINCT business_id FROM consent WHERE part = $1 AND recipient_id = $2", part, recipient_id
    )
    return {row[0] for row in rows}


async def known(conn: Conn, part: int, record_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these records that are there already."""
    rows = await conn.fetch(
        "SELECT record_id FROM consent_record WHERE part = $1 AND record_id = any($2::uuid[])", part, record_ids
    )
    return {row[0] for row in rows}


async def records(conn: Conn, part: int, recipient_id: UUID, after: int, limit: int) -> list[Link]:
    """A person's records behind that number, with all companies, in their order."""
    rows = await conn.fetch(
        f"{_COLUMNS} WHERE part = $1 AND recipient_id = $2 AND number > $3 ORDER BY number LIMIT $4",
        part, recipient_id, after, limit,
    )  # fmt: skip
    return [(ConsentRecord(*row[:12]), row[12], row[13]) for row in rows]


async def histories(conn: Conn, part: int, pairs: Sequence[Between]) -> dict[Between, list[ConsentRecord]]:
    """The records between these people and businesses, in their order."""
    rows = await conn.fetch(
        "SELECT c.record_id, c.recipient_id, c.business_id, c.number, c.purpose, c.granted, c.source,"
        " c.evidence::text, c.at, c.act, coalesce(c.terms::text, ''), c.valid_until FROM consent_record c"
        " JOIN unnest($2::uuid[], $3::uuid[]) u(recipient_id, business_id)"
        " ON c.recipient_id = u.recipient_id AND c.business_id = u.business_id"
        " WHERE c.part = $1 ORDER BY c.recipient_id, c.number",
        part, [pair[0] for pair in pairs], [pair[1] for pair in pairs],
    )  # fmt: skip
    found: dict[Between, list[ConsentRecord]] = {}
    for row in rows:
        found.setdefault((row[1], row[2]), []).append(ConsentRecord(*row))
    return found


async def walk(conn: Conn, part: int, after: tuple[UUID, int], limit: int) -> list[Link]:
    """Records of a part behind that person and number, person by person, each person's in their order."""
    rows = await conn.fetch(
        f"{_COLUMNS} WHERE part = $1 AND (recipient_id, number) > ($2::uuid, $3::bigint)"
        " ORDER BY recipient_id, number LIMIT $4",
        part, after[0], after[1], limit,
    )  # fmt: skip
    return [(ConsentRecord(*row[:12]), row[12], row[13]) for row in rows]


async def salts(conn: Conn, part: int, numbers: Sequence[tuple[UUID, str, str]]) -> dict[UUID, tuple[str, str]]:
    """The salt of each person's number; who has none yet gets the one given. Each: person, number, salt."""
    people, wa_ids = [one[0] for one in numbers], [one[1] for one in numbers]
    await conn.execute(
        "INSERT INTO consent_number (part, recipient_id, wa_id, salt)"
        " SELECT r.part, u.recipient_id, u.wa_id, u.salt FROM recipient r"
        " JOIN unnest($2::uuid[], $3::text[], $4::text[]) u(recipient_id, wa_id, salt)"
        " ON r.recipient_id = u.recipient_id WHERE r.part = $1"
        " ON CONFLICT (part, recipient_id, wa_id) DO NOTHING",
        part, people, wa_ids, [one[2] for one in numbers],
    )  # fmt: skip
    rows = await conn.fetch(
        "SELECT n.recipient_id, n.wa_id, n.salt FROM consent_number n"
        " JOIN unnest($2::uuid[], $3::text[]) u(recipient_id, wa_id)"
        " ON n.recipient_id = u.recipient_id AND n.wa_id = u.wa_id WHERE n.part = $1",
        part, people, wa_ids,
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in rows}


async def append(conn: Conn, part: int, links: Sequence[Link], changes: Sequence[Change]) -> None:
    """Append records, each person's in the order of their numbers, and what they change."""
    await conn.copy_records_to_table(
        "consent_record",
        columns=_RECORD,
        records=[
            (
                part, one.record_id, one.recipient_id, one.business_id, one.number, one.purpose, one.granted,
                one.source, one.evidence, one.at, one.act, one.terms or None, one.valid_until, previous, this,
            )
            for one, previous, this in links
        ],
    )  # fmt: skip
    newest = {(one.recipient_id, one.business_id, one.purpose): one for one in changes}
    if newest:
        await _fold(conn, part, [newest[key] for key in sorted(newest)])


async def _fold(conn: Conn, part: int, changes: Sequence[Change]) -> None:
    said = [one.standing for one in changes]
    await conn.execute(
        "INSERT INTO consent (part, recipient_id, business_id, purpose, granted, source, record_id, at, act, valid_until)"
        " SELECT r.part, u.recipient_id, u.business_id, u.purpose, u.granted, u.source, u.record_id, u.at, u.act,"
        " u.valid_until FROM recipient r JOIN unnest($2::uuid[], $3::uuid[], $4::text[], $5::bool[], $6::text[],"
        " $7::uuid[], $8::timestamptz[], $9::text[], $10::timestamptz[])"
        " u(recipient_id, business_id, purpose, granted, source, record_id, at, act, valid_until)"
        " ON r.recipient_id = u.recipient_id WHERE r.part = $1"
        " ON CONFLICT (part, recipient_id, business_id, purpose) DO UPDATE SET granted = excluded.granted,"
        " source = excluded.source, record_id = excluded.record_id, at = excluded.at, act = excluded.act,"
        " valid_until = excluded.valid_until",
        part, [one.recipient_id for one in changes], [one.business_id for one in changes],
        [one.purpose for one in changes], [one.granted for one in said], [one.source for one in changes],
        [one.record_id for one in said], [one.at for one in said], [str(one.act) for one in said],
        [one.valid_until for one in said],
    )  # fmt: skip
