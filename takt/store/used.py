"""Rows of usage, message by message: for exports, and for whoever asks what is behind a figure."""

from datetime import datetime
from typing import Any
from uuid import UUID

from takt.core.usage import Usage
from takt.core.value import value
from takt.store.pool import Conn

READ_MAX = 5_000

Place = tuple[datetime, UUID, int, bool]
"""Where a row stands in the order of deliveries."""
FIRST = (UUID(int=0), -1, False)


@value
class Used:
    """A row of usage with when it was booked and in which batch."""

    usage: Usage
    booked_at: datetime
    batch: UUID

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.usage.delivered_at, self.usage.message_id, self.usage.leg, self.usage.refund


ROW = (
    "SELECT u.message_id, u.contract_part, u.contract_id, u.sender_id, u.category, u.market, u.card, u.card_version,"
    " u.rule, u.tier, u.ordinal, u.unit_price_micros, u.amount_micros, u.currency, u.reason, u.delivered_at,"
    " u.forgone_micros, u.template_id, u.late, u.leg, u.refund, u.region, u.window_kind, u.form, u.booked_at, u.batch"
    " FROM usage u WHERE u.part = $1"
)


async def page(
    conn: Conn, part: int, contract_id: UUID, until: datetime, after: Place, limit: int = READ_MAX
) -> list[Used]:
    """The next rows of a contract in a part, of what was delivered before an instant, in the order of deliveries."""
    rows = await conn.fetch(
        f"{ROW} AND u.contract_id = $2 AND u.delivered_at < $3 AND u.delivered_at >= $4"
        " AND (u.delivered_at, u.message_id, u.leg, u.refund) > ($4, $5, $6, $7)"
        " ORDER BY u.delivered_at, u.message_id, u.leg, u.refund LIMIT $8",
        part, contract_id, until, *after, limit,
    )  # fmt: skip
    return [read(row) for row in rows]


def read(row: Any) -> Used:
    """A row that `ROW` selected."""
    return Used(Usage(row[0], (row[1], row[2]), *row[3:24]), row[24], row[25])
