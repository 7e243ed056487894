"""Who and what is registered: whether a number, a login or a price list is taken, and the operator's lists."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

STAFF_LISTED_MAX = 500


@value
class Member:
    """Somebody on the staff."""

    staff_id: UUID
    login: str
    name: str
    role: str
    created_at: datetime


async def find_currency(conn: Conn, card: str, now: datetime) -> str | None:
    """The currency of a price list, the same in all its versions; None when none of that name is valid."""
    found: str | None = await conn.fetchval(
        "SELECT currency FROM rate_card WHERE card = $1 AND valid_from <= $2 LIMIT 1", card, now
    )
    return found


async def find_account(conn: Conn, waba_id: str) -> UUID | None:
    """The company that has this id on the wire."""
    found: UUID | None = await conn.fetchval("SELECT business_id FROM business WHERE waba_id = $1", waba_id)
    return found


async def find_senders(conn: Conn, sender_id: str, phone: str) -> Sequence[tuple[str, str, UUID]]:
    """Those that have this id or this number, two at most: id, number and company."""
    rows = await conn.fetch(
        "SELECT sender_id, phone, business_id FROM sender WHERE sender_id = $1 OR phone = $2", sender_id, phone
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def find_login(conn: Conn, login: str) -> UUID | None:
    """Who signs in with this login."""
    found: UUID | None = await conn.fetchval("SELECT staff_id FROM staff WHERE login = $1", login)
    return found


async def list_staff(conn: Conn, business_id: UUID | None) -> list[Member]:
    """The first 500 people of a company, or of the operator when there is none, by login."""
    rows = await conn.fetch(
        "SELECT staff_id, login, name, role, created_at FROM staff WHERE business_id IS NOT DISTINCT FROM $1"
        " ORDER BY login LIMIT $2",
        business_id, STAFF_LISTED_MAX,
    )  # fmt: skip
    return [Member(*row) for row in rows]
