"""What reputations are made of: counts of feedback, faded by their age, for each sender, template, market and category."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.core.appraisal import Portion
from takt.core.feedback import FULL
from takt.core.reputation import HALF_LIFE, SPAN, Evidence, Place
from takt.core.value import value
from takt.store.pool import Conn
from takt.store.reference import Snapshot
from takt.store.site import Site

QUARTERS_KEPT: Final = timedelta(days=32)
"""Longer than a trial: until then counts are kept by the quarter of an hour."""
DAYS_KEPT: Final = timedelta(days=400)
ROWS_MAX: Final = 200_000


@value
class Heard:
    """What was counted of one template of one sender in one place; `template_id` is empty for free words."""

    sender_id: str
    template_id: str
    business_id: UUID
    place: Place
    evidence: Evidence


@value
class Plain:
    """What was counted of a sender in the last 28 days, unfaded: for people to read beside the interval."""

    delivered: int = 0
    read: int = 0
    replied: int = 0
    interested: int = 0
    not_interested: int = 0
    muted: int = 0
    stopped: int = 0
    blocked: int = 0
    reported: int = 0

    def plus(self, other: "Plain") -> "Plain":
        """Both together."""
        return Plain(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


async def evidence(conn: Conn, part: int, now: datetime) -> list[Heard]:
    """The faded counts of one part, of the last 112 days."""
    rows = await conn.fetch(
        "SELECT sender_id, template_id, business_id, market, category, sum(delivered * faded), sum(harm * faded),"
        " sum((replied + interested) * faded) FROM (SELECT r.*,"
        " power(0.5, extract(epoch FROM $2::timestamptz - slot_at) / $3)::float8 AS faded FROM resonance r"
        " WHERE r.part = $1 AND r.slot_at > $4) aged GROUP BY 1, 2, 3, 4, 5 LIMIT $5",
        part, now, HALF_LIFE.total_seconds(), now - SPAN, ROWS_MAX,
    )  # fmt: skip
    return [
        Heard(row[0], row[1], row[2], Place(row[3], row[4]), Evidence(row[5], row[6] / FULL, row[7])) for row in rows
    ]


async def portions(site: Site, snapshot: Snapshot, now: datetime) -> list[Portion]:
    """What all parts heard, each with the owner it counts for."""
    found: list[Portion] = []
    for part in site.parts:
        async with site.pool(part).acquire() as conn:
            heard = await evidence(conn, part, now)
        found += [
            Portion(
                snapshot.businesses[one.business_id].owner, one.business_id, one.sender_id, one.template_id, one.place,
                one.evidence,
            )
            for one in heard
        ]  # fmt: skip
    return found


async def plain(conn: Conn, part: int, sender_ids: Sequence[str], since: datetime) -> dict[str, Plain]:
    """What was counted of these senders since then, in one part."""
    rows = await conn.fetch(
        "SELECT sender_id, sum(delivered)::int, sum(read)::int, sum(replied)::int, sum(interested)::int,"
        " sum(not_interested)::int, sum(muted)::int, sum(stopped)::int, sum(blocked)::int, sum(reported)::int"
        " FROM resonance WHERE part = $1 AND sender_id = any($2) AND slot_at >= $3 GROUP BY sender_id",
        part, list(sender_ids), since,
    )  # fmt: skip
    return {row[0]: Plain(*row[1:]) for row in rows}


async def compact(conn: Conn, part: int, now: datetime) -> None:
    """Keep counts of what is older than 32 days by the day, and drop those older than 400 days."""
    await conn.execute("DELETE FROM resonance WHERE part = $1 AND slot_at < $2", part, now - DAYS_KEPT)
    await conn.execute(
        "WITH old AS (DELETE FROM resonance r WHERE r.part = $1 AND r.slot_at < $2"
        " AND r.slot_at <> date_trunc('day', r.slot_at) RETURNING r.*)"
        " INSERT INTO resonance AS r (part, sender_id, template_id, slot_at, market, category, business_id, delivered,"
        " read, replied, interested, not_interested, muted, stopped, blocked, reported, harm)"
        " SELECT part, sender_id, template_id, date_trunc('day', slot_at), market, category, min(business_id::text)::uuid,"
        " sum(delivered), sum(read), sum(replied), sum(interested), sum(not_interested), sum(muted), sum(stopped),"
        " sum(blocked), sum(reported), sum(harm) FROM old GROUP BY 1, 2, 3, 4, 5, 6"
        " ON CONFLICT (part, sender_id, template_id, slot_at, market, category) DO UPDATE SET"
        " delivered = r.delivered + excluded.delivered, read = r.read + excluded.read,"
        " replied = r.replied + excluded.replied, interested = r.interested + excluded.interested,"
        " not_interested = r.not_interested + excluded.not_interested, muted = r.muted + excluded.muted,"
        " stopped = r.stopped + excluded.stopped, blocked = r.blocked + excluded.blocked,"
        " reported = r.reported + excluded.reported, harm = r.harm + excluded.harm",
        part, now - QUARTERS_KEPT,
    )  # fmt: skip
