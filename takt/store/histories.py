"""What happened to one message, and to the webhook events that told of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from takt.core.ids import make_id, wamid
from takt.core.value import value
from takt.store.pool import Conn

EVENTS_MAX = 100
# Events are written in the transaction that they tell of; clocks of two processes may differ by so much.
_AROUND = timedelta(seconds=30)


@value
class History:
    """A message of a company: when it was accepted, and then delivered, read or failed; until when it waits."""

    message_id: UUID
    business_id: UUID
    sender_id: str
    accepted_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    due_at: datetime | None


@value
class Told:
    """A webhook event about a message: its state, and the word for the status that stands in it."""

    event_id: UUID
    state: str
    body: str


async def find(conn: Conn, part: int, message_id: UUID) -> History | None:
    """The history of a message that a company sent."""
    row = await conn.fetchrow(
        "SELECT message_id, business_id, sender_id, accepted_at, delivered_at, read_at, failed_at, due_at FROM message"
        " WHERE part = $1 AND message_id = $2 AND NOT inbound",
        part, message_id,
    )  # fmt: skip
    return None if row is None else History(*row)


async def list_told(conn: Conn, part: int, history: History, endpoint_ids: Sequence[UUID]) -> list[Told]:
    """The events to these endpoints about a message, as long as they are kept; found by the times it moved."""
    moved = (history.accepted_at, history.delivered_at, history.read_at, history.failed_at)
    times = [at for at in moved if at is not None]
    rows = await conn.fetch(
        "SELECT DISTINCT o.event_id, o.state, o.body FROM unnest($2::uuid[], $3::uuid[]) u(first, last)"
        " JOIN outbox o ON o.part = $1 AND o.event_id >= u.first AND o.event_id < u.last"
        " WHERE o.endpoint_id = any($4::uuid[]) AND o.field = 'messages' AND strpos(o.body, $5) > 0"
        " ORDER BY o.event_id LIMIT $6",
        part, [_first_id(at - _AROUND) for at in times], [_first_id(at + _AROUND) for at in times], endpoint_ids,
        wamid(history.message_id), EVENTS_MAX,
    )  # fmt: skip
    return [Told(*row) for row in rows]


def _first_id(at: datetime) -> UUID:
    return make_id(max(1, int(at.timestamp() * 1000)), 0, 0)
