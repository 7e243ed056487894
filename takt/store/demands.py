"""What was offered to people and what was spent of their patience: sums of decisions, by which prices move."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.core.admission import demand as demands
from takt.core.admission.shadow import Spent
from takt.core.value import value
from takt.store.pool import Conn

DAY: Final = timedelta(days=1)
SPENT_DAYS: Final = 28


@value
class Sums:
    """What was decided of a part's messages in a market in 28 days: about how many people, how many messages, and how many of them arrived."""

    market: str
    people: int
    decisions: int
    delivered: int


async def sums(conn: Conn, part: int, now: datetime) -> list[Sums]:
    """The sums of a part, by market."""
    rows = await conn.fetch(
        "SELECT market, count(DISTINCT recipient_id)::int, count(DISTINCT message_id)::int,"
        " count(*) FILTER (WHERE happened IS NOT NULL)::int FROM admission"
        " WHERE part = $1 AND at > $2 GROUP BY market",
        part, now - SPENT_DAYS * DAY,
    )  # fmt: skip
    return [Sums(*row) for row in rows]


async def spent(conn: Conn, part: int, now: datetime) -> list[tuple[str, int, Spent]]:
    """The annoyance of what scores decided in 28 days, by market and by how many whole days ago it was."""
    rows = await conn.fetch(
        "SELECT market, floor(extract(epoch FROM $3 - at) / 86400)::int AS ago,"
        " coalesce(sum(terms[4]) FILTER (WHERE let_out), 0),"
        " coalesce(sum(terms[4]) FILTER (WHERE let_out AND learned_at IS NOT NULL), 0),"
        " coalesce(sum(happened) FILTER (WHERE learned_at IS NOT NULL), 0) FROM admission"
        " WHERE part = $1 AND at > $2 AND at <= $3 AND mode = 'priced' GROUP BY market, ago",
        part, now - SPENT_DAYS * DAY, now,
    )  # fmt: skip
    return [(market, ago, Spent(*numbers)) for market, ago, *numbers in rows]


@value
class Offered:
    """The annoyance of the messages that would pass up to one of the prices of `core.admission.demand`; what of it passed, and was let out."""

    market: str
    place: int
    annoyance: float
    passed: float
    let_out: float


async def demand(conn: Conn, part: int, now: datetime, reserve: float) -> list[Offered]:
    """What scores decided in the last day, the newest decision of each message, laid out by price; what never passes is at -1."""
    rows = await conn.fetch(
        "SELECT market, CASE WHEN brings > 0 THEN greatest(0, least($7 - 1,"
        " width_bucket(ln(brings / annoyance), ln($5), ln($6), $7) - 1)) ELSE -1 END AS place, sum(annoyance),"
        " coalesce(sum(annoyance) FILTER (WHERE passed), 0), coalesce(sum(annoyance) FILTER (WHERE let_out), 0)"
        " FROM (SELECT DISTINCT ON (message_id) market, passed, let_out, terms[4] AS annoyance,"
        " terms[1] + terms[2] - terms[3] - terms[6] + terms[7] - $4 AS brings FROM admission"
        " WHERE part = $1 AND at > $2 AND at <= $3 AND mode = 'priced' AND NOT held_out ORDER BY message_id, at DESC) newest"
        " WHERE annoyance > 0 GROUP BY market, place",
        part, now - DAY, now, reserve, demands.LEAST, demands.MOST, demands.PLACES,
    )  # fmt: skip
    return [Offered(*row) for row in rows]


@value
class Past:
    """What arrived as utility on a day, so many whole days `ago`: messages, and of how many of them people did what (as admission counts it)."""

    market: str
    ago: int
    messages: int = 0
    block: int = 0
    report: int = 0
    stop: int = 0


async def past(conn: Conn, part: int, owner_ids: Sequence[UUID], now: datetime) -> list[Past]:
    """What these owners sent as utility in 28 days and people did about it; for each day one of the deliveries and one of the acts."""
    since = now - SPENT_DAYS * DAY
    rows = await conn.fetch(
        "WITH theirs AS (SELECT s.sender_id FROM sender s JOIN business b USING (business_id)"
        " WHERE coalesce(b.owner_id, b.business_id) = any($2))"
        " SELECT market, floor(extract(epoch FROM $4 - slot_at) / 86400)::int, sum(delivered)::int, 0, 0, 0 FROM resonance"
        " WHERE part = $1 AND sender_id IN (SELECT sender_id FROM theirs) AND category = 'utility'"
        " AND slot_at > $3 AND slot_at <= $4 GROUP BY 1, 2 UNION ALL"
        " SELECT market, ago, 0, sum(block)::int, sum(report)::int, sum(stop)::int FROM (SELECT market,"
        " floor(extract(epoch FROM $4 - slot_at) / 86400)::int AS ago, bool_or(kind IN ('block', 'mute', 'stop'))::int AS block,"
        " bool_or(kind = 'report')::int AS report, bool_or(kind = 'stop_all')::int AS stop FROM feedback"
        " WHERE part = $1 AND sender_id IN (SELECT sender_id FROM theirs) AND kind NOT IN ('reply', 'interested')"
        " AND category = 'utility' AND at > $3 AND slot_at > $3 AND slot_at <= $4 AND undone_at IS NULL"
        " GROUP BY message_id, market, ago) acts GROUP BY 1, 2",
        part, list(owner_ids), since, now,
    )  # fmt: skip
    return [Past(*row) for row in rows]


async def prices_moved(conn: Conn) -> dict[str, datetime]:
    """When the price of each market moved last."""
    rows = await conn.fetch("SELECT market, moved_at FROM shadow_price")
    return {row[0]: row[1] for row in rows}
