"""Webhook events and attempts as their company looks at them, and their replay. Every list is bounded."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.hooks import Standing
from takt.store.pool import Conn

ATTEMPTS_SEARCHED_MAX = 2000
ATTEMPTS_OF_EVENT_MAX = 100

_EVENT = (
    "SELECT event_id, endpoint_id, field, waba_id, state, attempts, created_at, due_at, settled_at, replayed_at"
    " FROM outbox WHERE part = $1"
)
_ATTEMPT = "SELECT attempt_id, endpoint_id, at, duration_s, events, status, error, answer FROM attempt WHERE part = $1"

_THOSE_OF = "SELECT a.* FROM ("


@value
class Event:
    """An event: `attempts` counts how often it failed alone, `due_at` is when it may go, `settled_at` when it ended."""

    event_id: UUID
    endpoint_id: UUID
    field: str
    waba_id: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    replayed_at: datetime | None


@value
class Tried:
    """One request to an endpoint, with the events it carried."""

    attempt_id: UUID
    endpoint_id: UUID
    at: datetime
    duration_s: float
    events: Sequence[UUID]
    status: int | None
    error: str | None
    answer: str


async def list_events(
    conn: Conn, part: int, endpoint_ids: Sequence[UUID], state: str, before_id: UUID, limit: int
) -> list[Event]:
    """The newest events of these endpoints in that state with ids below that one, newest first."""
    # One index holds the owed, one the others: a state that is written out lets each query find its own.
    fitting = "state = 'owed'" if state == "owed" else "state <> 'owed' AND state = $5"
    given = [] if state == "owed" else [state]
    rows = await conn.fetch(
        f"{_EVENT} AND endpoint_id = any($2::uuid[]) AND {fitting} AND event_id < $3 ORDER BY event_id DESC LIMIT $4",
        part, endpoint_ids, before_id, limit, *given,
    )  # fmt: skip
    return [Event(*row) for row in rows]


async def list_settled(
    conn: Conn, part: int, endpoint_ids: Sequence[UUID], states: Sequence[str], after_id: UUID, limit: int
) -> list[UUID]:
    """The oldest settled events of these endpoints in these states with ids above that one, oldest first."""
    rows = await conn.fetch(
        "SELECT event_id FROM outbox WHERE part = $1 AND endpoint_id = any($2::uuid[]) AND state <> 'owed'"
        " AND state = any($3::text[]) AND event_id > $4 ORDER BY event_id LIMIT $5",
        part, endpoint_ids, states, after_id, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


async def find_event(conn: Conn, part: int, event_id: UUID) -> tuple[Event, str] | None:
    """An event and its body."""
    row = await conn.fetchrow(f"{_EVENT} AND event_id = $2", part, event_id)
    if row is None:
        return None
    body = await conn.fetchval("SELECT body FROM outbox WHERE part = $1 AND event_id = $2", part, event_id)
    return None if body is None else (Event(*row), body)


async def replay(conn: Conn, part: int, event_ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Owe these settled events anew, with seven days from now on; those it was."""
    rows = await conn.fetch(
        "UPDATE outbox SET state = 'owed', due_at = $3, replayed_at = $3, attempts = 0, settled_at = NULL"
        " WHERE part = $1 AND event_id = any($2::uuid[]) AND state <> 'owed' RETURNING event_id",
        part, event_ids, now,
    )  # fmt: skip
    return [row[0] for row in rows]


async def list_attempts(
    conn: Conn, part: int, endpoint_ids: Sequence[UUID], before_id: UUID, limit: int
) -> list[Tried]:
    """The newest attempts at these endpoints with ids below that one, newest first."""
    rows = await conn.fetch(
        f"{_ATTEMPT} AND endpoint_id = any($2::uuid[]) AND attempt_id < $3 ORDER BY attempt_id DESC LIMIT $4",
        part, endpoint_ids, before_id, limit,
    )  # fmt: skip
    return [Tried(*row) for row in rows]


async def list_attempts_with(
    conn: Conn, part: int, endpoint_id: UUID, event_id: UUID, between: tuple[UUID, UUID]
) -> list[Tried]:
    """The newest attempts that carried an event, among the newest 2,000 with ids between these two."""
    rows = await conn.fetch(
        f"{_THOSE_OF}{_ATTEMPT} AND endpoint_id = $2 AND attempt_id BETWEEN $4 AND $5"
        " ORDER BY attempt_id DESC LIMIT $6) a WHERE $3 = any(a.events) LIMIT $7",
        part, endpoint_id, event_id, *between, ATTEMPTS_SEARCHED_MAX, ATTEMPTS_OF_EVENT_MAX,
    )  # fmt: skip
    return [Tried(*row) for row in rows]


async def list_standings(conn: Conn, part: int, endpoint_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """How these endpoints have been answering; one that was never tried is missing."""
    rows = await conn.fetch(
        "SELECT endpoint_id, failures, failing_since, next_at FROM delivery"
        " WHERE part = $1 AND endpoint_id = any($2::uuid[])",
        part, endpoint_ids,
    )  # fmt: skip
    return {row[0]: Standing(*row[1:]) for row in rows}
