"""A person says of a message whether it interests them. The company learns how many did, never who."""

from datetime import datetime
from uuid import UUID

from takt.actions import feedback
from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import recipients
from takt.store.pool import Conn


@value
class Opine:
    """What a person thinks of a message: `interested`, `not_interested`, or nothing any more (None)."""

    recipient_id: UUID
    message_id: UUID
    opinion: str | None


async def take_opinions(conn: Conn, part: int, commands: list[Opine], now: datetime, *, again: bool) -> Done[bool]:
    """Keep the last word of a batch about each message; False for what is no message of a company to this person."""
    del again
    people = await recipients.lock(conn, part, list({command.recipient_id for command in commands}))
    last = {(c.recipient_id, c.message_id): c.opinion for c in commands if c.recipient_id in people}
    wishes = [(people[who], about, opinion) for (who, about), opinion in last.items()]
    found = await feedback.change_opinion(conn, part, wishes, now)
    return Done([command.message_id in found or command.opinion is None for command in commands])
