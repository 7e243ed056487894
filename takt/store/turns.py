"""What changes with a month for companies: by which cards they pay, and who sells to them, each from a moment on, oldest first."""

from datetime import datetime
from uuid import UUID

from takt.core.entries import Payer
from takt.store.pool import Conn


async def cards(conn: Conn) -> dict[UUID, tuple[tuple[datetime, str], ...]]:
    """The cards that were assigned to companies after their registration."""
    found: dict[UUID, tuple[tuple[datetime, str], ...]] = {}
    for one in await conn.fetch(
        "SELECT business_id, valid_from, card FROM card_assignment ORDER BY business_id, valid_from"
    ):
        found[one[0]] = (*found.get(one[0], ()), (one[1], one[2]))
    return found


async def sellers(conn: Conn) -> dict[UUID, tuple[tuple[datetime, Payer | None], ...]]:
    """Whose clients companies became after their registration; None: the operator's."""
    found: dict[UUID, tuple[tuple[datetime, Payer | None], ...]] = {}
    for one in await conn.fetch(
        "SELECT business_id, valid_from, partner_part, partner_id FROM partner_assignment ORDER BY business_id, valid_from"
    ):
        seller = None if one[3] is None else (one[2], one[3])
        found[one[0]] = (*found.get(one[0], ()), (one[1], seller))
    return found
