"""What was delivered in a month, as another rate card would ask about it: in sums, or message by message."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from takt.core.roll_up import following
from takt.core.value import value
from takt.core.what_if import Delivered, Sort
from takt.store.pool import Conn

READ_MAX: Final = 5_000


@value
class Traffic:
    """So many messages of a sort, and what they cost."""

    sort: Sort
    units: int
    micros: int


async def of_contracts(conn: Conn, part: int, month: date) -> dict[UUID, list[Traffic]]:
    """What each contract of a part used in a month, from the sums; what was refunded is taken off."""
    rows = await conn.fetch(
        "SELECT contract_id, category, coalesce(nullif(region, ''), market), coalesce(nullif(window_kind, ''), 'closed'),"
        " coalesce(nullif(form, ''), 'template'), sender_id, sum(quantity)::bigint,"
        " sum(quantity * unit_price_micros)::bigint FROM usage_sum WHERE part = $1 AND day >= $2 AND day < $3"
        " GROUP BY 1, 2, 3, 4, 5, 6",
        part, month, following(month),
    )  # fmt: skip
    found: dict[UUID, list[Traffic]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Traffic(Sort(*row[1:6]), row[6], row[7]))
    return found


async def messages(
    conn: Conn, part: int, contract_id: UUID, until: datetime, after: tuple[datetime, UUID]
) -> list[tuple[UUID, Delivered]]:
    """The next 5,000 messages of a contract to people of a part that were delivered before an instant, in their order.

    They come `after` the instant and the id of the last one known. One that was refunded is left out; who it went to is
    told as long as the person is known.
    """
    rows = await conn.fetch(
        "SELECT u.message_id, u.category, coalesce(nullif(u.region, ''), u.market),"
        " coalesce(nullif(u.window_kind, ''), 'closed'), coalesce(nullif(u.form, ''), 'template'), u.sender_id,"
        " m.recipient_id, u.delivered_at FROM usage u"
        " LEFT JOIN message m ON m.part = $1 AND m.message_id = u.message_id"
        " WHERE u.part = $1 AND u.contract_id = $2 AND u.delivered_at < $3 AND u.delivered_at >= $4"
        " AND (u.delivered_at, u.message_id) > ($4, $5) AND NOT u.refund AND u.leg = 0"
        " AND NOT EXISTS (SELECT FROM usage r WHERE r.part = $1 AND r.message_id = u.message_id AND r.leg = 0"
        " AND r.refund) ORDER BY u.delivered_at, u.message_id LIMIT $6",
        part, contract_id, until, *after, READ_MAX,
    )  # fmt: skip
    return [(row[0], Delivered(Sort(row[1], row[2], row[3], row[4], row[5]), row[6], row[7])) for row in rows]
