"""The operator runs the pilot: at which stage a company is, and to whom it may write meanwhile."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from takt.actions.outcome import HOOKS, Done
from takt.core.ids import slot_of
from takt.core.value import value
from takt.store import businesses, outbox, recipients
from takt.store.pool import Conn
from takt.store.reference import Reference, Snapshot
from takt.wire import webhook_accounts


@value
class SetStage:
    """A company moves to a stage: `applied`, `pilot`, `live` or `paused`."""

    business_id: UUID
    stage: str


@value
class SetMember:
    """A person comes into the pilot of a company, or leaves it."""

    business_id: UUID
    wa_id: str
    member: bool


class Stages:
    """The action of the lane for stages, in the contract's part of a company. `new_id` makes an event id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[SetStage], now: datetime, *, again: bool
    ) -> Done[None]:
        """Move companies in the order of the commands, and tell them; a repeat changes nothing."""
        del again
        snapshot = await self._reference.fresh(conn)
        stages = {one.business_id: one.stage for one in snapshot.businesses.values()}
        events: list[outbox.Event] = []
        for command in commands:
            before = stages.get(command.business_id, command.stage)
            await businesses.set_stage(conn, command.business_id, command.stage)
            stages[command.business_id] = command.stage
            for field, body in _told(before, command.stage, now):
                events += self._events(snapshot, command.business_id, field, body)
        if events:
            await outbox.add(conn, part, events, now)
        return Done([None] * len(commands), {HOOKS} if events else set())

    def _events(self, snapshot: Snapshot, business_id: UUID, field: str, body: str) -> list[outbox.Event]:
        business = snapshot.businesses[business_id]
        return [
            outbox.Event(self._new_id(slot_of(business.contract_id)), one.endpoint_id, field, business.waba_id, body)
            for one in snapshot.listeners(business_id, field)
        ]


def _told(before: str, after: str, now: datetime) -> list[tuple[str, str]]:
    """What a company hears of its new stage: the fields with their texts."""
    if before == after:
        return []
    if after == "paused":
        return [(webhook_accounts.ACCOUNT, webhook_accounts.render_ban("DISABLE", now))]
    if before == "paused":
        return [(webhook_accounts.ACCOUNT, webhook_accounts.render_ban("REINSTATE", now))]
    decision = "PENDING" if after == "applied" else "APPROVED"
    told = [(webhook_accounts.REVIEW, webhook_accounts.render_review(decision))]
    return told if "applied" in (before, after) else []


async def set_members(conn: Conn, part: int, commands: list[SetMember], now: datetime, *, again: bool) -> Done[bool]:
    """Let people into pilots, or out; the answer is whether the person is known. A repeat changes nothing."""
    del again
    people = await recipients.lock_by_wa_id(conn, part, list({command.wa_id for command in commands}))
    last = {
        (people[command.wa_id].recipient_id, command.business_id): command.member
        for command in commands
        if command.wa_id in people
    }
    await recipients.add_pilot_members(conn, part, [pair for pair, member in last.items() if member], now)
    await recipients.remove_pilot_members(conn, part, [pair for pair, member in last.items() if not member])
    return Done([command.wa_id in people for command in commands])
