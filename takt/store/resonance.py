"""How messages of companies were taken, in counts: by sender, template, market, category and the slot of their delivery.

A slot is a quarter of an hour. Rows are written by the walks of receipts and of feedback, never by a send; within a
transaction their locks come behind all but accounts, in the order of their keys.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from uuid import UUID

from takt.core.feedback import slot_of_time
from takt.core.value import value
from takt.store.pool import Conn


@value
class Stand:
    """What is counted together. `template_id` is empty for what is no template."""

    sender_id: str
    template_id: str
    slot_at: datetime
    market: str
    category: str
    business_id: UUID


@dataclass(slots=True)
class Counts:
    """How many messages were delivered and read, and what people did about them; `harm` in thousandths of a block."""

    delivered: int = 0
    read: int = 0
    replied: int = 0
    interested: int = 0
    not_interested: int = 0
    muted: int = 0
    stopped: int = 0
    blocked: int = 0
    reported: int = 0
    harm: int = 0


@dataclass(slots=True)
class Resonance:
    """What a batch adds to the counts."""

    added: dict[Stand, Counts] = field(default_factory=dict)

    def at(self, stand: Stand) -> Counts:
        """The counts of one stand, to be added to."""
        return self.added.setdefault(stand, Counts())


_ADD = (
    "INSERT INTO resonance AS r (part, sender_id, template_id, slot_at, market, category, business_id, delivered, read,"
    " replied, interested, not_interested, muted, stopped, blocked, reported, harm)"
    " SELECT p.part, u.* FROM pace p JOIN unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[],"
    " $7::uuid[], $8::int[], $9::int[], $10::int[], $11::int[], $12::int[], $13::int[], $14::int[], $15::int[],"
    " $16::int[], $17::bigint[]) u(sender_id, template_id, slot_at, market, category, business_id, delivered, read,"
    " replied, interested, not_interested, muted, stopped, blocked, reported, harm)"
    " ON p.sender_id = u.sender_id WHERE p.part = $1"
    " ON CONFLICT (part, sender_id, template_id, slot_at, market, category) DO UPDATE SET"
    " delivered = r.delivered + excluded.delivered, read = r.read + excluded.read,"
    " replied = r.replied + excluded.replied, interested = r.interested + excluded.interested,"
    " not_interested = r.not_interested + excluded.not_interested, muted = r.muted + excluded.muted,"
    " stopped = r.stopped + excluded.stopped, blocked = r.blocked + excluded.blocked,"
    " reported = r.reported + excluded.reported, harm = r.harm + excluded.harm"
)


async def add(conn: Conn, part: int, added: Mapping[Stand, Counts]) -> None:
    """Add these counts; the last statement of a transaction but for those about accounts.

    Each sender has a row of `pace` in every part, from which the part is taken.
    """
    stands = sorted(added, key=lambda one: (one.sender_id, one.template_id, one.slot_at, one.market, one.category))
    if not stands:
        return
    keys = zip(*(astuple(one) for one in stands), strict=True)
    counts = zip(*(astuple(added[one]) for one in stands), strict=True)
    await conn.execute(_ADD, part, *map(list, keys), *map(list, counts))


def stand_of(
    sender_id: str, template_id: str | None, at: datetime, market: str, category: str, business_id: UUID
) -> Stand:
    """What a message that was delivered at that instant is counted with."""
    return Stand(sender_id, template_id or "", slot_of_time(at), market, category, business_id)
