"""What a send shares with others: whom its owner reaches first, the room of a template in pacing, stops and blocks of one owner.

Nothing is loaded or written for owners of one company without a limit and templates without pacing, which is nearly all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from takt.core import pacing, reach, waiting
from takt.core.facts import Facts
from takt.core.measures import hardest
from takt.core.reach import Allowance
from takt.core.tact import TactPolicy
from takt.core.template import Template
from takt.core.value import value
from takt.store import facts, rations
from takt.store import reach as reach_store
from takt.store.pool import Conn
from takt.store.rations import Ration, Subject
from takt.store.reference import Business, Sender, Snapshot


@value
class Meant:
    """One message, as far as it uses something: by which number, of which template, for what, to whom, since when, by which id."""

    sender: Sender
    template: Template | None
    category: str
    recipient_id: UUID
    message_id: UUID
    taken_at: datetime

    @property
    def business(self) -> Business:
        """Whose it is."""
        return self.sender.business


@dataclass(slots=True)
class Rationed:
    """What the batch may use; it moves on as its messages are decided."""

    reached: dict[reach_store.Pair, datetime] = field(default_factory=dict)
    rations: dict[Subject, Ration] = field(default_factory=dict)
    newly: dict[reach_store.Pair, datetime] = field(default_factory=dict)
    stops: dict[tuple[UUID, UUID], datetime] = field(default_factory=dict)
    blocks: dict[UUID, list[tuple[str, datetime]]] = field(default_factory=dict)


async def load(
    conn: Conn, part: int, snapshot: Snapshot, meant: Sequence[Meant], now: datetime, *, locked: bool
) -> Rationed:
    """What these messages may use; `locked` holds it until the end of the transaction."""
    subjects: dict[Subject, int] = {}
    slots: dict[Subject, datetime] = {}
    pairs: set[reach_store.Pair] = set()
    for one in meant:
        allowance, most = one.business.allowance, None
        if allowance is not None and (most := allowance.most(now)) is not None:
            reached = _reach_of(allowance, now)
            subjects[reached], slots[reached] = most, reach.hour_of(now)
            pairs.add((allowance.owner_id, one.recipient_id))
        if one.template is not None and one.template.room is not None:
            room = _room_of(one.business, one.template)
            subjects[room], slots[room] = one.template.room, room.since
    family = {
        (one.recipient_id, one.business.business_id): one.business.siblings for one in meant if one.business.siblings
    }
    asked = _may_block_another(meant, snapshot)
    return Rationed(
        reached=await reach_store.hours(conn, part, list(pairs), reach.first_hour(now)) if pairs else {},
        rations=await rations.load(conn, subjects, slots if locked else None) if subjects else {},
        stops=await facts.owner_stops(conn, part, list(family), list(family.values())) if family else {},
        blocks=await facts.blocks(conn, part, asked) if asked else {},
    )


def _may_block_another(meant: Sequence[Meant], snapshot: Snapshot) -> list[UUID]:
    """The people whom owners of several numbers send advertising."""
    adverts = (one for one in meant if one.category == "marketing")
    return list({one.recipient_id for one in adverts if snapshot.numbers.get(one.business.owner, 0) > 1})


def add_measure(found: Facts, business: Business, now: datetime) -> None:
    """The hardest measure against the owner that holds."""
    measure = hardest(business.measures, now)
    if measure is not None:
        found.measure, found.measure_until = measure.kind, measure.until


def add_noes(found: Facts, rationed: Rationed, meant: Meant, snapshot: Snapshot, tact: TactPolicy) -> None:
    """When the person stopped another company of the owner, if the policy says that this holds for all of them.

    And when they last blocked another number: of the company, or under that policy of the owner.
    """
    if found.category != "marketing":
        return
    if tact.reputation.stop_covers_owner:
        found.owner_stopped_at = rationed.stops.get((meant.recipient_id, meant.business.business_id))
    blocked = rationed.blocks.get(meant.recipient_id, ())
    found.owner_blocked_at = max(
        (at for sender_id, at in blocked if _is_akin(meant, snapshot.senders.get(sender_id), tact)), default=None
    )


def _is_akin(meant: Meant, other: Sender | None, tact: TactPolicy) -> bool:
    """Whether it is another sender of the same company, or of the same owner where that counts."""
    if other is None or other.sender_id == meant.sender.sender_id:
        return False
    if other.business.business_id == meant.business.business_id:
        return True
    return tact.reputation.stop_covers_owner and other.business.owner == meant.business.owner


def add_facts(
    found: Facts, rationed: Rationed, meant: Meant, tact: TactPolicy, now: datetime, *, window_open: bool
) -> None:  # fmt: skip
    """How many people the owner reached, for whatever goes out of the window, and where the template's pacing stands."""
    allowance, paced = meant.business.allowance, meant.template
    ration = rationed.rations.get(_reach_of(allowance, now)) if allowance is not None and not window_open else None
    if allowance is not None and ration is not None:
        found.reach, found.reach_max, found.reach_cut = ration.total, ration.most, allowance.is_cut(now)
        found.reach_new = (allowance.owner_id, meant.recipient_id) not in rationed.reached
        found.reach_until = reach.free_at(ration.used)
    if paced is not None and paced.room is not None:
        sent = rationed.rations[_room_of(meant.business, paced)].total
        found.pacing_room, found.pacing_sent = paced.room, sent
        chance = waiting.chance_of(meant.message_id)
        has_room = sent < paced.room
        found.pacing_next_at = (
            pacing.turn_at(meant.taken_at, chance, sent, tact.pacing) if has_room else now + pacing.LOOK
        )


def take(found: Facts, rationed: Rationed, meant: Meant, now: datetime) -> None:
    """One more person whom the owner reached, and one more message in its template's room."""
    allowance, paced = meant.business.allowance, meant.template
    if found.reach_max is not None and allowance is not None:
        pair, hour = (allowance.owner_id, meant.recipient_id), reach.hour_of(now)
        before = rationed.reached.get(pair)
        if before != hour:
            ration = rationed.rations[_reach_of(allowance, now)]
            ration.draw(hour, 1)
            if before is not None:
                ration.draw(before, -1)
            rationed.reached[pair] = rationed.newly[pair] = hour
    if found.pacing_room is not None and paced is not None and paced.paced_at is not None:
        rationed.rations[_room_of(meant.business, paced)].draw(paced.paced_at, 1)


async def write(conn: Conn, part: int, rationed: Rationed) -> None:
    """Write what was used; counters come last in a transaction. Raises store.rations.OverdrawnError."""
    if rationed.newly:
        await reach_store.put(conn, part, rationed.newly)
    if rationed.rations:
        await rations.write(conn, rationed.rations)


def _reach_of(allowance: Allowance, now: datetime) -> Subject:
    """Whom an owner reached within the last 24 hours."""
    return Subject(allowance.part, allowance.subject, reach.first_hour(now))


def _room_of(business: Business, paced: Template) -> Subject:
    """The messages of a template that went out in its stage of pacing."""
    assert paced.paced_at is not None
    return Subject(business.contract_part, f"room:{paced.template_id}", paced.paced_at)
