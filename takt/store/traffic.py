"""What was delivered in a month, as another rate card would ask about it: in sums, or message by message."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from struct import Struct
from typing import Final
from uuid import UUID

from takt.core.roll_up import following
from takt.core.value import value
from takt.core.what_if import UNKNOWN, Sort
from takt.store.pool import Conn

READ_MAX: Final = 25_000
_ROW: Final = Struct(">q16s16s")


@value
class Traffic:
    """So many messages of a sort, and what they cost."""

    sort: Sort
    units: int
    micros: int


@value
class Stretch:
    """What some contracts had delivered from an instant on and before another."""

    contract_ids: Sequence[UUID]
    since: datetime
    until: datetime


@value
class Delivered:
    """Messages in no order: the names of their sorts, and all else in packed rows."""

    sorts: Sequence[str]
    rows: bytes


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


async def count(conn: Conn, part: int, stretch: Stretch) -> int:
    """How many rows a stretch has to be read from, refunds and partners' legs among them."""
    found: int = await conn.fetchval(
        "SELECT count(*) FROM usage WHERE part = $1 AND contract_id = ANY($2) AND delivered_at >= $3"
        " AND delivered_at < $4",
        part, stretch.contract_ids, stretch.since, stretch.until,
    )  # fmt: skip
    return found


async def messages(conn: Conn, part: int, stretch: Stretch, categories: Sequence[str]) -> dict[UUID, Delivered]:
    """The messages of some categories to people of a part, by contract. What is not in the sums yet is left out.

    Everything is read once, and refunds with it: each has the instant of its message. Joining by hashes costs the same
    for every message, and people are looked up in the order of ids, as they lie; the order of rows is left to the caller.
    """
    async with conn.transaction(readonly=True):
        await conn.execute("SET LOCAL enable_nestloop = off")
        rows = await conn.fetch(
            "WITH used AS MATERIALIZED (SELECT u.contract_id, u.message_id, u.refund, u.delivered_at, u.category"
            " || chr(31) || coalesce(nullif(u.region, ''), u.market) || chr(31)"
            " || coalesce(nullif(u.window_kind, ''), 'closed') || chr(31) || coalesce(nullif(u.form, ''), 'template')"
            " || chr(31) || u.sender_id AS sort FROM usage u WHERE u.part = $1 AND u.contract_id = ANY($2)"
            " AND u.delivered_at >= $3 AND u.delivered_at < $4 AND u.leg = 0 AND u.category = ANY($5)"
            " AND u.booked_at <= (SELECT through FROM usage_mark WHERE part = $1)),"
            " person AS MATERIALIZED (SELECT m.message_id, m.recipient_id FROM message m"
            " WHERE m.part = $1 AND m.message_id = ANY(ARRAY(SELECT message_id FROM used)))"
            " SELECT u.contract_id, array_agg(u.sort), string_agg(timestamptz_send(u.delivered_at)"
            " || uuid_send(u.message_id) || coalesce(uuid_send(p.recipient_id), $6), '')"
            " FROM used u LEFT JOIN person p ON p.message_id = u.message_id"
            " WHERE NOT u.refund AND u.message_id NOT IN (SELECT message_id FROM used WHERE refund)"
            " GROUP BY u.contract_id",
            part, stretch.contract_ids, stretch.since, stretch.until, categories, UNKNOWN,
        )  # fmt: skip
    return {row[0]: Delivered(row[1], row[2]) for row in rows}


def unpacked(some: Delivered) -> Iterator[tuple[tuple[int, bytes, bytes], str]]:
    """When each message was delivered, in microseconds from 2000 on, its id, who it went to or UNKNOWN; and its sort."""
    return zip(_ROW.iter_unpack(some.rows), some.sorts, strict=True)


def sort_of(told: str) -> Sort:
    """The sort that the name of one in `Delivered` tells."""
    return Sort(*told.split(chr(31)))
