"""What was delivered in a month, as another rate card would ask about it: in sums, or message by message."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from takt.core.roll_up import following
from takt.core.value import value
from takt.core.what_if import Sort
from takt.store.pool import Conn

READ_MAX: Final = 50_000


@value
class Traffic:
    """So many messages of a sort, and what they cost."""

    sort: Sort
    units: int
    micros: int


@value
class Delivered:
    """Messages in the order of delivery, column by column: the name of their sort, to whom (None: unknown), and when."""

    sorts: Sequence[str]
    people: Sequence[bytes | None]
    instants: Sequence[datetime]


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
    conn: Conn, part: int, contract_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, Delivered]:
    """The messages of contracts to people of a part that were delivered from an instant on and before another.

    Those of all contracts come at once, since the rows of many lie on the same pages. One that was refunded is left out;
    who it went to is told as long as the person is known.
    """
    rows = await conn.fetch(
        "SELECT contract_id, array_agg(sort), array_agg(recipient_id), array_agg(delivered_at) FROM ("
        "SELECT u.contract_id, u.category || chr(31) || coalesce(nullif(u.region, ''), u.market) || chr(31)"
        " || coalesce(nullif(u.window_kind, ''), 'closed') || chr(31) || coalesce(nullif(u.form, ''), 'template')"
        " || chr(31) || u.sender_id AS sort, uuid_send(m.recipient_id) AS recipient_id, u.delivered_at FROM usage u"
        " LEFT JOIN message m ON m.part = $1 AND m.message_id = u.message_id"
        " WHERE u.part = $1 AND u.contract_id = ANY($2) AND u.delivered_at >= $3 AND u.delivered_at < $4"
        " AND NOT u.refund AND u.leg = 0 AND NOT EXISTS (SELECT FROM usage r WHERE r.part = $1"
        " AND r.message_id = u.message_id AND r.leg = 0 AND r.refund)"
        " ORDER BY u.contract_id, u.delivered_at, u.message_id) AS delivered GROUP BY contract_id",
        part, contract_ids, since, until,
    )  # fmt: skip
    return {row[0]: Delivered(row[1], row[2], row[3]) for row in rows}


def sort_of(told: str) -> Sort:
    """The sort that the name of one in `Delivered` tells."""
    return Sort(*told.split(chr(31)))
