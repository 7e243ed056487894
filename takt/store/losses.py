"""What was delivered too late to be charged: the operator's loss, by contract and message."""

from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.value import value
from takt.store.pool import Conn

MESSAGES_MAX: Final = 200
_ABSORBED: Final = (
    " FROM usage u WHERE u.part = $1 AND u.reason = 'absorbed' AND u.delivered_at >= $2 AND u.delivered_at < $3"
    " AND (u.leg = 1 OR NOT EXISTS (SELECT 1 FROM usage s WHERE s.part = $1 AND s.message_id = u.message_id AND s.leg = 1))"
)
"""Of a message that a partner would have paid the operator loses the partner's price alone."""


@value
class Loss:
    """What a contract's messages would have cost that were delivered after the grace of 72 hours."""

    contract_id: UUID
    currency: str
    messages: int
    micros: int


@value
class Absorbed:
    """One of these messages."""

    message_id: UUID
    contract_id: UUID
    category: str
    market: str
    micros: int
    currency: str
    delivered_at: datetime


async def sums(conn: Conn, part: int, since: datetime, until: datetime) -> list[Loss]:
    """What was lost in a time by messages of a part, by contract."""
    rows = await conn.fetch(
        f"SELECT u.contract_id, u.currency, count(*), sum(u.forgone_micros)::bigint{_ABSORBED}"
        " GROUP BY u.contract_id, u.currency",
        part, since, until,
    )  # fmt: skip
    return [Loss(*row) for row in rows]


async def messages(conn: Conn, part: int, since: datetime, until: datetime) -> list[Absorbed]:
    """The newest of these messages of a part, at most 200."""
    rows = await conn.fetch(
        "SELECT u.message_id, u.contract_id, u.category, u.market, u.forgone_micros, u.currency, u.delivered_at"
        f"{_ABSORBED} ORDER BY u.delivered_at DESC, u.message_id LIMIT $4",
        part, since, until, MESSAGES_MAX,
    )  # fmt: skip
    return [Absorbed(*row) for row in rows]
