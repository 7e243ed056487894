"""Webhook events: written in the transaction that causes them, read by the loop that delivers them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn


@value
class Event:
    """One change to tell one endpoint."""

    event_id: UUID
    endpoint_id: UUID
    field: str
    waba_id: str
    body: str


async def add(conn: Conn, part: int, events: Sequence[Event], now: datetime) -> None:
    """Write events that are due at once."""
    await conn.copy_records_to_table(
        "outbox",
        columns=("part", "event_id", "endpoint_id", "field", "waba_id", "body", "created_at", "due_at"),
        records=[(part, e.event_id, e.endpoint_id, e.field, e.waba_id, e.body, now, now) for e in events],
    )
