"""A company wants to see how its templates do: switched on once, for good."""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import businesses
from takt.store.pool import Conn


@value
class TurnOn:
    """The insights of this company's templates are on from now on."""

    business_id: UUID


async def turn_on(conn: Conn, part: int, commands: list[TurnOn], now: datetime, *, again: bool) -> Done[None]:
    """The action of this lane; a repeat changes nothing."""
    del part, now, again
    for command in commands:
        await businesses.turn_on_insights(conn, command.business_id)
    return Done([None] * len(commands))
