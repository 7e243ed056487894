"""Refusals that were told at once and left no message: counted by sender, reason and minute, with some of each in full.

They are read beside messages (`store/explanations.py`, `store/refusals.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from takt.core.ids import slot_of_key
from takt.store.pool import Conn

PLACES_MAX: Final = 16
"""How many different sends of a sender are kept in full for one reason and minute, in all parts together."""


@dataclass(slots=True)
class Rebuff:
    """What was refused, and how many `times` it or what shares its place was; `facts` and `pricing` are JSON.

    `known`: the number is that of a person here.
    """

    sender_id: str
    reason: str
    place: int
    message_id: UUID
    business_id: UUID
    wa_id: str
    known: bool
    type: str
    category: str
    template_id: str | None
    callback: str | None
    facts: str
    pricing: str | None
    times: int = 1


def place_of(wa_id: str, template_id: str | None, callback: str | None, parts: int) -> int:
    """Where a send stands among those of its sender, reason and minute: the same is always at the same place."""
    return slot_of_key("\0".join((wa_id, template_id or "", callback or ""))) % max(1, PLACES_MAX // parts)


async def add(conn: Conn, part: int, rebuffs: Sequence[Rebuff], now: datetime) -> None:
    """Write what a batch refused; of those that share a place the first one stays, and all are counted.

    Others may count the same places at this moment, so this comes last in a transaction, each place once and in order.
    """
    rows = sorted(rebuffs, key=lambda one: (one.sender_id, one.reason, one.place))
    await conn.execute(
        "INSERT INTO rebuff AS r (part, minute, at, sender_id, reason, place, message_id, business_id, wa_id, known, type,"
        " category, template_id, callback, facts, pricing, times) SELECT $1, $2, $3, u.sender_id, u.reason, u.place,"
        " u.message_id, u.business_id, u.wa_id, u.known, u.type, u.category, u.template_id, u.callback, u.facts::json,"
        " u.pricing::json, u.times FROM unnest($4::text[], $5::text[], $6::smallint[], $7::uuid[], $8::uuid[], $9::text[],"
        " $10::boolean[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::int[])"
        " u(sender_id, reason, place, message_id, business_id, wa_id, known, type, category, template_id, callback, facts,"
        " pricing, times) ON CONFLICT (part, minute, sender_id, reason, place) DO UPDATE SET times = r.times + excluded.times",
        part, now.replace(second=0, microsecond=0), now, [one.sender_id for one in rows], [one.reason for one in rows],
        [one.place for one in rows], [one.message_id for one in rows], [one.business_id for one in rows],
        [one.wa_id for one in rows], [one.known for one in rows], [one.type for one in rows],
        [one.category for one in rows], [one.template_id for one in rows], [one.callback for one in rows],
        [one.facts for one in rows], [one.pricing for one in rows], [one.times for one in rows],
    )  # fmt: skip


async def drop_before(conn: Conn, part: int, before: datetime, limit: int) -> int:
    """Drop those of minutes before then, so many at once; how many there were."""
    found: str = await conn.execute(
        "DELETE FROM rebuff r USING (SELECT minute, sender_id, reason, place FROM rebuff WHERE part = $1 AND minute < $2"
        " LIMIT $3) old WHERE r.part = $1 AND r.minute = old.minute AND r.sender_id = old.sender_id"
        " AND r.reason = old.reason AND r.place = old.place",
        part, before, limit,
    )  # fmt: skip
    return int(found.rpartition(" ")[2])


async def forget_numbers(conn: Conn, part: int, before: datetime, limit: int) -> int:
    """Take away numbers that are nobody's from those of minutes before then, so many at once; how many there were."""
    found: str = await conn.execute(
        "UPDATE rebuff r SET wa_id = '' FROM (SELECT minute, sender_id, reason, place FROM rebuff WHERE part = $1"
        " AND minute < $2 AND NOT known AND wa_id <> '' LIMIT $3) old WHERE r.part = $1 AND r.minute = old.minute"
        " AND r.sender_id = old.sender_id AND r.reason = old.reason AND r.place = old.place",
        part, before, limit,
    )  # fmt: skip
    return int(found.rpartition(" ")[2])
