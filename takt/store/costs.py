"""What a contract's traffic costs: from the sums, and since the mark from the rows themselves, so that it is never old."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from takt.core.roll_up import Cost
from takt.core.value import value
from takt.store.pool import Conn
from takt.store.used import ROW, Used, read

LATELY: Final = timedelta(hours=1)
"""How far before the mark of the sums a row may have been delivered that was booked after it."""
MESSAGES_MAX: Final = 100


@value
class Filter:
    """Which messages: all of these that are named."""

    category: str | None = None
    market: str | None = None
    template_id: str | None = None
    sender_id: str | None = None
    card: str | None = None
    version: int | None = None
    rule: int | None = None


async def summed(conn: Conn, part: int, contract_id: UUID, since: date, until: date) -> list[Cost]:
    """The sums of a contract from a day up to but not including another."""
    rows = await conn.fetch(
        "SELECT day, sender_id, template_id, category, market, card, card_version, rule, tier, unit_price_micros,"
        " sum(quantity)::bigint FROM usage_sum WHERE part = $1 AND contract_id = $2 AND day >= $3 AND day < $4"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        part, contract_id, since, until,
    )  # fmt: skip
    return [Cost(*row) for row in rows]


async def recent(conn: Conn, part: int, contract_id: UUID, mark: datetime, time_zone: str) -> list[Cost]:
    """What was used by messages of a part since its mark, and so is in no sum yet."""
    rows = await conn.fetch(
        "SELECT (u.delivered_at AT TIME ZONE $5)::date, u.sender_id, coalesce(u.template_id, ''), u.category, u.market,"
        " u.card, u.card_version, u.rule, u.tier, u.unit_price_micros, sum(CASE WHEN u.refund THEN -1 ELSE 1 END)"
        " FROM usage u WHERE u.part = $1 AND u.contract_id = $2 AND u.booked_at > $3 AND u.delivered_at > $4"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        part, contract_id, mark, mark - LATELY, time_zone,
    )  # fmt: skip
    return [Cost(*row) for row in rows]


_BEHIND = (
    f"{ROW} AND u.contract_id = $2 AND u.delivered_at >= $3 AND u.delivered_at < $4"
    " AND ($5::text IS NULL OR u.category = $5) AND ($6::text IS NULL OR u.market = $6)"
    " AND ($7::text IS NULL OR coalesce(u.template_id, '') = $7) AND ($8::text IS NULL OR u.sender_id = $8)"
    " AND ($9::text IS NULL OR u.card = $9) AND ($10::int IS NULL OR u.card_version = $10)"
    " AND ($11::int IS NULL OR u.rule = $11) ORDER BY u.delivered_at DESC, u.message_id LIMIT $12"
)


async def messages(
    conn: Conn, part: int, contract_id: UUID, stretch: tuple[datetime, datetime], only: Filter
) -> list[Used]:
    """The newest 100 messages of a part behind a figure, newest first: delivered from an instant up to another."""
    rows = await conn.fetch(
        _BEHIND, part, contract_id, *stretch, only.category, only.market, only.template_id, only.sender_id, only.card,
        only.version, only.rule, MESSAGES_MAX,
    )  # fmt: skip
    return [read(row) for row in rows]
