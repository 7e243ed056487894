"""Webhook events: written in the transaction that causes them, read by the loop that delivers them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from takt.store.pool import Conn


@dataclass(frozen=True, slots=True)
class Event:
    """One change to tell one endpoint; `recipient_id` is whose doing or inbox it was, None for nobody we know."""

    event_id: UUID
    endpoint_id: UUID
    recipient_id: UUID | None
    field: str
    waba_id: str
    body: str


async def add(conn: Conn, part: int, events: Sequence[Event], now: datetime) -> None:
    """Write events that are due at once."""
    known = [event for event in events if event.recipient_id is not None]
    unknown = [event for event in events if event.recipient_id is None]
    if known:
        await conn.execute(
            "INSERT INTO outbox (part, event_id, endpoint_id, field, waba_id, body, created_at, due_at)"
            " SELECT r.part, u.event_id, u.endpoint_id, u.field, u.waba_id, u.body, $8, $8"
            " FROM recipient r JOIN unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])"
            " u(recipient_id, event_id, endpoint_id, field, waba_id, body) ON r.recipient_id = u.recipient_id"
            " WHERE r.part = $1",
            part, [e.recipient_id for e in known], *_columns(known), now,
        )  # fmt: skip
    if unknown:
        # There is no recipient row to join: nobody has the number. The rows still belong to its part.
        await conn.execute(
            "INSERT INTO outbox (part, event_id, endpoint_id, field, waba_id, body, created_at, due_at)"
            " SELECT $1::int, u.*, $7::timestamptz, $7::timestamptz"
            " FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[]) u",
            part, *_columns(unknown), now,
        )  # fmt: skip


def _columns(events: Sequence[Event]) -> tuple[list[UUID], list[UUID], list[str], list[str], list[str]]:
    return (
        [e.event_id for e in events],
        [e.endpoint_id for e in events],
        [e.field for e in events],
        [e.waba_id for e in events],
        [e.body for e in events],
    )
