"""The operator runs the pilot: at which stage a company is, and to whom it may write meanwhile."""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import businesses, recipients
from takt.store.pool import Conn


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


async def set_stages(conn: Conn, part: int, commands: list[SetStage], now: datetime, *, again: bool) -> Done[None]:
    """Move companies; the last word of a batch counts. A repeat changes nothing."""
    del part, now, again
    for command in commands:
        await businesses.set_stage(conn, command.business_id, command.stage)
    return Done([None] * len(commands))


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
