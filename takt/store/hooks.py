"""Webhook events on their way out: what is owed, who delivers it, what became of it.

Events lie in the recipients' parts, the lease of an endpoint and its attempts in the contract's part. No statement
touches both, so whatever is cut off between two of them is sent again rather than lost.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

ANSWER_CHARS_MAX = 2000


@value
class Owed:
    """An event that is due; `attempts` counts how often it failed alone, `owed_since` starts its seven days."""

    event_id: UUID
    waba_id: str
    field: str
    body: str
    created_at: datetime
    owed_since: datetime
    attempts: int


@value
class Standing:
    """What the last attempts said about an endpoint: failures in a row, since when, and until when it rests."""

    failures: int
    failing_since: datetime | None
    next_at: datetime | None


@value
class Attempt:
    """One request to an endpoint with the events it carried; without a status, `error` says in a word why."""

    attempt_id: UUID
    endpoint_id: UUID
    at: datetime
    duration_s: float
    events: Sequence[UUID]
    status: int | None
    error: str | None
    answer: str


# ---------------------------------------------------------------- leases, in the contract's part


async def lease(
    conn: Conn, part: int, endpoint_id: UUID, owner: UUID, now: datetime, until: datetime
) -> Standing | None:
    """Take or keep an endpoint until then, unless another owner holds it or it rests; how it has been answering."""
    row = await conn.fetchrow(
        "INSERT INTO delivery AS d (part, endpoint_id, lease_owner, lease_until) VALUES ($1, $2, $3, $5)"
        " ON CONFLICT (part, endpoint_id) DO UPDATE"
        " SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until"
        " WHERE (d.lease_until IS NULL OR d.lease_until <= $4 OR d.lease_owner = $3)"
        " AND (d.next_at IS NULL OR d.next_at <= $4)"
        " RETURNING d.failures, d.failing_since, d.next_at",
        part, endpoint_id, owner, now, until,
    )  # fmt: skip
    return None if row is None else Standing(*row)


async def release(conn: Conn, part: int, endpoint_ids: Sequence[UUID], owner: UUID) -> None:
    """Let these endpoints go."""
    await conn.execute(
        "UPDATE delivery SET lease_owner = NULL, lease_until = NULL"
        " WHERE part = $1 AND endpoint_id = any($2::uuid[]) AND lease_owner = $3",
        part, endpoint_ids, owner,
    )  # fmt: skip


async def set_standing(conn: Conn, part: int, endpoint_id: UUID, owner: UUID, standing: Standing) -> None:
    """Write how an endpoint answers, if it is still ours. One that rests is let go."""
    await conn.execute(
        "UPDATE delivery SET failures = $4, failing_since = $5, next_at = $6,"
        " lease_owner = CASE WHEN $6::timestamptz IS NULL THEN lease_owner END,"
        " lease_until = CASE WHEN $6::timestamptz IS NULL THEN lease_until END"
        " WHERE part = $1 AND endpoint_id = $2 AND lease_owner = $3",
        part, endpoint_id, owner, standing.failures, standing.failing_since, standing.next_at,
    )  # fmt: skip


async def add_attempts(conn: Conn, part: int, attempts: Sequence[Attempt]) -> None:
    """Record requests to an endpoint that is leased; of each answer the first 2,000 characters."""
    # A list of lists does not unnest into lists, so the events come as one text each.
    await conn.execute(
        "INSERT INTO attempt (part, attempt_id, endpoint_id, at, duration_s, events, status, error, answer)"
        " SELECT d.part, u.attempt_id, d.endpoint_id, u.at, u.duration_s, u.events::uuid[], u.status, u.error, u.answer"
        " FROM delivery d JOIN unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::real[], $6::text[], $7::int[],"
        " $8::text[], $9::text[]) u(attempt_id, endpoint_id, at, duration_s, events, status, error, answer)"
        " ON d.endpoint_id = u.endpoint_id WHERE d.part = $1 ON CONFLICT (part, attempt_id) DO NOTHING",
        part, [one.attempt_id for one in attempts], [one.endpoint_id for one in attempts],
        [one.at for one in attempts], [one.duration_s for one in attempts],
        [f"{{{','.join(map(str, one.events))}}}" for one in attempts], [one.status for one in attempts],
        [one.error for one in attempts], [one.answer[:ANSWER_CHARS_MAX] for one in attempts],
    )  # fmt: skip


# ---------------------------------------------------------------- events, in each recipient's part


async def list_owing(conn: Conn, part: int, endpoint_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Those of the endpoints that have an event due in this part."""
    rows = await conn.fetch(
        "SELECT e.endpoint_id FROM unnest($2::uuid[]) e(endpoint_id) WHERE EXISTS (SELECT 1 FROM outbox o"
        " WHERE o.part = $1 AND o.endpoint_id = e.endpoint_id AND o.state = 'owed' AND o.due_at <= $3)",
        part, endpoint_ids, now,
    )  # fmt: skip
    return {row[0] for row in rows}


async def list_due(conn: Conn, part: int, endpoint_id: UUID, now: datetime, limit: int, bytes_max: int) -> list[Owed]:
    """The first events of an endpoint that are due, by id: at most `limit`, and bodies of about `bytes_max`."""
    rows = await conn.fetch(
        "SELECT event_id, waba_id, field, body, created_at, owed_since, attempts FROM ("
        " SELECT event_id, waba_id, field, body, created_at, coalesce(replayed_at, created_at) AS owed_since, attempts,"
        " sum(octet_length(body)) OVER (ORDER BY event_id ROWS UNBOUNDED PRECEDING) - octet_length(body) AS before"
        " FROM outbox WHERE part = $1 AND endpoint_id = $2 AND state = 'owed' AND due_at <= $3"
        " ORDER BY event_id LIMIT $4) due WHERE before < $5 ORDER BY event_id",
        part, endpoint_id, now, limit, bytes_max,
    )  # fmt: skip
    return [Owed(*row) for row in rows]


async def settle(conn: Conn, part: int, event_ids: Sequence[UUID], state: str, now: datetime) -> None:
    """These events are `done` or `buried`."""
    await conn.execute(
        "UPDATE outbox SET state = $3, settled_at = $4 WHERE part = $1 AND event_id = any($2::uuid[])"
        " AND state = 'owed'",
        part, event_ids, state, now,
    )  # fmt: skip


async def strike(conn: Conn, part: int, event_ids: Sequence[UUID]) -> None:
    """These events failed alone once more."""
    await conn.execute(
        "UPDATE outbox SET attempts = attempts + 1 WHERE part = $1 AND event_id = any($2::uuid[]) AND state = 'owed'",
        part, event_ids,
    )  # fmt: skip


async def acquit(conn: Conn, part: int, event_ids: Sequence[UUID]) -> None:
    """These events failed only because their endpoint did."""
    await conn.execute(
        "UPDATE outbox SET attempts = 0 WHERE part = $1 AND event_id = any($2::uuid[]) AND state = 'owed'",
        part, event_ids,
    )  # fmt: skip


async def set_aside(
    conn: Conn, part: int, event_ids: Sequence[UUID], attempts: Sequence[int], due_at: Sequence[datetime]
) -> None:
    """These events go alone, each not before its time."""
    await conn.execute(
        "UPDATE outbox o SET attempts = u.attempts, due_at = u.due_at"
        " FROM unnest($2::uuid[], $3::int[], $4::timestamptz[]) u(event_id, attempts, due_at)"
        " WHERE o.part = $1 AND o.event_id = u.event_id AND o.state = 'owed'",
        part, event_ids, attempts, due_at,
    )  # fmt: skip


async def recall(conn: Conn, part: int, endpoint_id: UUID, now: datetime, limit: int) -> None:
    """Make the first of an endpoint's set-aside events due now."""
    await conn.execute(
        "UPDATE outbox SET due_at = $3 WHERE part = $1 AND event_id = any(ARRAY("
        " SELECT event_id FROM outbox WHERE part = $1 AND endpoint_id = $2 AND state = 'owed' AND due_at > $3"
        " ORDER BY event_id LIMIT $4))",
        part, endpoint_id, now, limit,
    )  # fmt: skip


# ---------------------------------------------------------------- the end of events, in bounded slices


async def bury_old(
    conn: Conn, part: int, endpoint_id: UUID, before_id: UUID, owed_before: datetime, now: datetime, limit: int
) -> int:
    """Bury events owed since before then (none of them has an id from `before_id` on); how many it were."""
    status = await conn.execute(
        "UPDATE outbox SET state = 'buried', settled_at = $5 WHERE part = $1 AND event_id = any(ARRAY("
        " SELECT event_id FROM outbox WHERE part = $1 AND endpoint_id = $2 AND state = 'owed' AND event_id < $3"
        " AND coalesce(replayed_at, created_at) <= $4 ORDER BY event_id LIMIT $6))",
        part, endpoint_id, before_id, owed_before, now, limit,
    )  # fmt: skip
    return _count(status)


async def prune_events(
    conn: Conn, part: int, endpoint_id: UUID, state: str, before_id: UUID, settled_before: datetime, limit: int
) -> int:
    """Remove events that reached that state before then (none has an id from `before_id` on); how many it were."""
    status = await conn.execute(
        "DELETE FROM outbox WHERE part = $1 AND event_id = any(ARRAY("
        " SELECT event_id FROM outbox WHERE part = $1 AND endpoint_id = $2 AND state = $3 AND event_id < $4"
        " AND settled_at < $5 ORDER BY event_id LIMIT $6))",
        part, endpoint_id, state, before_id, settled_before, limit,
    )  # fmt: skip
    return _count(status)


async def prune_attempts(conn: Conn, part: int, before_id: UUID, limit: int) -> int:
    """Remove attempts with ids below that one; how many it were."""
    status = await conn.execute(
        "DELETE FROM attempt WHERE part = $1 AND attempt_id = any(ARRAY("
        " SELECT attempt_id FROM attempt WHERE part = $1 AND attempt_id < $2 ORDER BY attempt_id LIMIT $3))",
        part, before_id, limit,
    )  # fmt: skip
    return _count(status)


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
