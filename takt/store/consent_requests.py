"""What companies asked people for, one row a person, company and purpose; and the numbers that no list may bring back."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

Subject = tuple[UUID, UUID, str]
"""A person, a business and a purpose."""


@value
class Request:
    """A company asks a person for consent; `version` is the wording that was shown first."""

    recipient_id: UUID
    business_id: UUID
    purpose: str
    request_id: UUID
    sender_id: str
    state: str
    version: int
    asked_at: datetime
    answered_at: datetime | None = None

    @property
    def subject(self) -> Subject:
        """Whom and what it is about."""
        return self.recipient_id, self.business_id, self.purpose


_REQUESTS = (
    "SELECT q.recipient_id, q.business_id, q.purpose, q.request_id, q.sender_id, q.state, q.version, q.asked_at,"
    " q.answered_at FROM consent_request q"
)


async def find(conn: Conn, part: int, subjects: Sequence[Subject]) -> dict[Subject, Request]:
    """The requests about these."""
    rows = await conn.fetch(
        f"{_REQUESTS}"
        " JOIN unnest($2::uuid[], $3::uuid[], $4::text[]) u(recipient_id, business_id, purpose)"
        " ON q.recipient_id = u.recipient_id AND q.business_id = u.business_id AND q.purpose = u.purpose"
        " WHERE q.part = $1",
        part, [one[0] for one in subjects], [one[1] for one in subjects], [one[2] for one in subjects],
    )  # fmt: skip
    return {(row[0], row[1], row[2]): Request(*row) for row in rows}


async def by_ids(conn: Conn, part: int, request_ids: Sequence[UUID]) -> dict[UUID, Request]:
    """The requests with these ids."""
    rows = await conn.fetch(
        f"{_REQUESTS} WHERE q.part = $1 AND q.request_id = any($2::uuid[])",
        part, request_ids,
    )  # fmt: skip
    return {row[3]: Request(*row) for row in rows}


async def open_of(conn: Conn, part: int, recipient_ids: Sequence[UUID], since: datetime) -> list[Request]:
    """The requests that these people have not answered, asked after that instant, oldest first."""
    rows = await conn.fetch(
        f"{_REQUESTS} WHERE q.part = $1 AND q.recipient_id = any($2::uuid[])"
        " AND q.state = 'open' AND q.asked_at > $3 ORDER BY q.asked_at, q.request_id",
        part, recipient_ids, since,
    )  # fmt: skip
    return [Request(*row) for row in rows]


async def asked_since(conn: Conn, part: int, business_ids: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """How many people of this part these businesses asked after that instant."""
    rows = await conn.fetch(
        "SELECT business_id, count(*) FROM consent_request WHERE part = $1 AND business_id = any($2::uuid[])"
        " AND asked_at > $3 GROUP BY business_id",
        part, business_ids, since,
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


async def put(conn: Conn, part: int, requests: Sequence[Request]) -> None:
    """Write requests, each in the place of an earlier one about the same."""
    await conn.execute(
        "INSERT INTO consent_request (part, recipient_id, business_id, purpose, request_id, sender_id, state, version,"
        " asked_at, answered_at) SELECT r.part, u.recipient_id, u.business_id, u.purpose, u.request_id, u.sender_id,"
        " u.state, u.version, u.asked_at, u.answered_at FROM recipient r"
        " JOIN unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::int[],"
        " $9::timestamptz[], $10::timestamptz[]) u(recipient_id, business_id, purpose, request_id, sender_id, state,"
        " version, asked_at, answered_at) ON r.recipient_id = u.recipient_id WHERE r.part = $1"
        " ON CONFLICT (part, recipient_id, business_id, purpose) DO UPDATE SET request_id = excluded.request_id,"
        " sender_id = excluded.sender_id, state = excluded.state, version = excluded.version,"
        " asked_at = excluded.asked_at, answered_at = excluded.answered_at",
        part, [one.recipient_id for one in requests], [one.business_id for one in requests],
        [one.purpose for one in requests], [one.request_id for one in requests], [one.sender_id for one in requests],
        [one.state for one in requests], [one.version for one in requests], [one.asked_at for one in requests],
        [one.answered_at for one in requests],
    )  # fmt: skip


async def suppression_key(conn: Conn, fresh: bytes | None = None) -> bytes | None:
    """The key by which erased numbers are hashed; `fresh` becomes it where there is none yet."""
    if fresh is not None:
        await conn.execute("INSERT INTO suppression_key (secret) VALUES ($1) ON CONFLICT DO NOTHING", fresh)
    found = await conn.fetchval("SELECT secret FROM suppression_key")
    return bytes(found) if found is not None else None


def suppressed_form(key: bytes, wa_id: str) -> bytes:
    """What is kept of an erased number."""
    return hmac.digest(key, wa_id.encode(), "sha256")


async def suppressed(conn: Conn, part: int, wa_ids: Sequence[str]) -> dict[str, UUID]:
    """Those of these numbers whose people were erased, with the id that their records are kept under."""
    key = await suppression_key(conn)
    if key is None:
        return {}
    forms = {suppressed_form(key, wa_id): wa_id for wa_id in wa_ids}
    rows = await conn.fetch(
        "SELECT number_hash, recipient_id FROM suppression WHERE part = $1 AND number_hash = any($2::bytea[])",
        part, list(forms),
    )  # fmt: skip
    return {forms[row[0]]: row[1] for row in rows}
