"""Bookings by hand: their acts, written once and never changed. Reference rows."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from takt.core.booking import Act, Body, Kind
from takt.core.proposal import Actor
from takt.store.pool import Conn

BOOKINGS_SHOWN_MAX: Final = 100
_TURN: Final = 0x54616B74426F6F6B  # "TaktBook"


async def acts(conn: Conn, booking_id: UUID) -> list[Act]:
    """What was done with a booking, in that order."""
    rows = await conn.fetch(
        "SELECT kind, who, staff_id, at, body, note FROM booking_act WHERE booking_id = $1 ORDER BY number", booking_id
    )
    return [
        Act(Kind(row["kind"]), Actor(row["who"], row["staff_id"]), row["at"], _body(row["body"]), row["note"])
        for row in rows
    ]


async def add_act(conn: Conn, booking_id: UUID, act: Act) -> bool:
    """Write the next act; no when somebody else's came first."""
    body = msgspec.json.encode(act.body).decode() if act.body is not None else None
    added = await conn.fetchval(
        "INSERT INTO booking_act (booking_id, number, kind, who, staff_id, at, body, note)"
        " SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6::text::jsonb, $7 FROM booking_act"
        " WHERE booking_id = $1 ON CONFLICT DO NOTHING RETURNING true",
        booking_id, act.kind, act.actor.name, act.actor.person, act.at, body, act.note,
    )  # fmt: skip
    return bool(added)


async def newest(conn: Conn) -> Sequence[UUID]:
    """The newest bookings."""
    rows = await conn.fetch(
        "SELECT booking_id FROM booking_act WHERE number = 1 ORDER BY at DESC, booking_id LIMIT $1", BOOKINGS_SHOWN_MAX
    )
    return [row[0] for row in rows]


async def take_turn(conn: Conn) -> None:
    """Let bookings happen one after another until the end of this transaction."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", _TURN)


def _body(text: str | None) -> Body | None:
    return msgspec.json.decode(text, type=Body) if text is not None else None
