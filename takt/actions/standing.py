"""How a company stands: its owner, how many people it may reach, and measures against it. Each change tells it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.actions.outcome import HOOKS, Done
from takt.core.ids import slot_of
from takt.core.measures import OBJECTION_LIFE
from takt.core.reach import TIERS
from takt.core.value import value
from takt.store import businesses, measures, outbox
from takt.store.measures import Measure
from takt.store.pool import Conn
from takt.store.reference import Business, Reference, Snapshot
from takt.wire import webhook_accounts, webhook_numbers

RULES: Final = "rules"
"""Who proposes what nobody proposed."""


@value
class SetTier:
    """How many people a company, and all that it owns, may reach; told as growth or shrinking."""

    business_id: UUID
    tier: str


@value
class SetOwner:
    """Who stands behind a company; None is itself."""

    business_id: UUID
    owner_id: UUID | None


@value
class CutReach:
    """A company's templates were filed under the wrong category: it may reach few people until then."""

    business_id: UUID
    until: datetime


@value
class Take:
    """A measure by the rules or by a person (`who`). Of the rules a warning holds at once, all else is proposed."""

    measure_id: UUID
    business_id: UUID
    kind: str
    days: int | None
    figures: str
    who: str = RULES
    note: str = ""


@value
class Decide:
    """A person decides: `confirm` or `drop` what is proposed, `lift` what holds; `confirm` answers an objection to that, too."""

    measure_id: UUID
    decision: str
    who: str
    note: str = ""


@value
class ObjectTo:
    """A company says why a measure is wrong."""

    measure_id: UUID
    business_id: UUID
    text: str


Command = SetTier | SetOwner | CutReach | Take | Decide | ObjectTo
Answer = str
"""Empty when it is done, else why it was not: `gone`, `state`, `late`, `owned`."""


@dataclass(slots=True)
class _Turn:
    """What all commands of a batch share."""

    conn: Conn
    snapshot: Snapshot
    new_id: Callable[[int], UUID]
    now: datetime
    events: dict[int, list[outbox.Event]] = field(default_factory=dict)

    def of_owner(self, owner_id: UUID) -> list[Business]:
        """The companies that stand or fall together."""
        return [one for one in self.snapshot.businesses.values() if one.owner == owner_id]

    def tell(self, business: Business, webhook_field: str, body: str) -> None:
        """An event for every endpoint that listens to this field of the company."""
        self.events.setdefault(business.contract_part, []).extend(
            outbox.Event(
                self.new_id(slot_of(business.contract_id)), endpoint.endpoint_id, webhook_field, business.waba_id, body
            )
            for endpoint in self.snapshot.listeners(business.business_id, webhook_field)
        )


class Standings:
    """The action of the lane of standings. `new_id` makes an id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Do what a batch says in its order; a repeat changes nothing."""
        del part, again
        turn = _Turn(conn, await self._reference.fresh(conn), self._new_id, now)
        answers = [await _do(turn, command) for command in commands]
        for place, events in sorted(turn.events.items()):
            if events:
                await outbox.add(conn, place, events, now)
        return Done(answers, {HOOKS} if turn.events else set())


async def _do(turn: _Turn, command: Command) -> Answer:
    match command:
        case SetTier():
            return await _set_tier(turn, command)
        case SetOwner():
            return await _set_owner(turn, command)
        case CutReach():
            await businesses.set_cut(turn.conn, command.business_id, command.until)
            return ""
        case Take():
            return await _take(turn, command)
        case Decide():
            return await _decide(turn, command)
        case ObjectTo():
            return await _object(turn, command)


async def _set_tier(turn: _Turn, command: SetTier) -> Answer:
    before = turn.snapshot.businesses[command.business_id].tier
    if before == command.tier:
        return ""
    await businesses.set_tier(turn.conn, command.business_id, command.tier, turn.now)
    order = list(TIERS)
    event = "UPGRADE" if order.index(command.tier) > order.index(before) else "DOWNGRADE"
    for business in turn.of_owner(command.business_id):
        turn.tell(business, webhook_accounts.CAPABILITY, webhook_accounts.render_capability(command.tier))
        for sender in turn.snapshot.senders.values():
            if sender.business.business_id == business.business_id:
                told = webhook_numbers.render_quality(sender.phone, event, command.tier, before)
                turn.tell(business, told.field, told.body)
    return ""


async def _set_owner(turn: _Turn, command: SetOwner) -> Answer:
    """Owners are one step deep: who is owned owns nobody, and who owns is owned by nobody."""
    owner = None if command.owner_id in (None, command.business_id) else command.owner_id
    if owner is not None:
        owns = any(one.owner_id == command.business_id for one in turn.snapshot.businesses.values())
        if owns or turn.snapshot.businesses[owner].owner_id is not None:
            return "owned"
    await businesses.set_owner(turn.conn, command.business_id, owner)
    return ""


async def _take(turn: _Turn, command: Take) -> Answer:
    holds = command.kind == "warning" or command.who != RULES
    until = turn.now + timedelta(days=command.days) if holds and command.days is not None else None
    one = Measure(
        command.measure_id, command.business_id, command.kind, "in_force" if holds else "proposed", command.days,
        command.figures, turn.now, turn.now if holds else None, until,
        decided_at=turn.now if holds else None, decided_by=command.who if holds else "", note=command.note,
    )  # fmt: skip
    if one.kind == "warning":  # it is said, and that is all
        one = replace(one, state="over")
    await measures.add(turn.conn, one)
    _tell_measure(turn, one)
    return ""


async def _decide(turn: _Turn, command: Decide) -> Answer:
    one = await measures.lock(turn.conn, command.measure_id)
    if one is None:
        return "gone"
    stays = command.decision == "confirm" and one.state == "in_force" and not one.is_answered
    if not stays and one.state != {"confirm": "proposed", "drop": "proposed", "lift": "in_force"}[command.decision]:
        return "state"
    decided = replace(one, decided_at=turn.now, decided_by=command.who, note=command.note)
    match command.decision:
        case "confirm" if stays:
            pass  # since when and until when it holds is as it was
        case "confirm":
            until = turn.now + timedelta(days=one.days) if one.days is not None else None
            decided = replace(decided, state="in_force", began_at=turn.now, until=until)
        case "drop":
            decided = replace(decided, state="dropped")
        case _:
            decided = replace(decided, state="lifted", until=turn.now)
    await measures.put(turn.conn, decided)
    _tell_measure(turn, decided)
    return ""


async def _object(turn: _Turn, command: ObjectTo) -> Answer:
    one = await measures.lock(turn.conn, command.measure_id)
    company = turn.snapshot.businesses[command.business_id]
    if one is None or one.business_id != company.owner:
        return "gone"
    if one.state not in ("proposed", "in_force") or (one.objected_at is not None and one.is_answered):
        return "state"
    if turn.now >= one.proposed_at + OBJECTION_LIFE:
        return "late"
    await measures.put(turn.conn, replace(one, objected_at=one.objected_at or turn.now, objection=command.text))
    return ""


def _tell_measure(turn: _Turn, one: Measure) -> None:
    told: Sequence[tuple[str, str]] = webhook_accounts.render_measure(one.kind, one.state, one.until, turn.now)
    for business in turn.of_owner(one.business_id):
        for webhook_field, body in told:
            turn.tell(business, webhook_field, body)
