"""Settled webhook events are owed again because their company asks for it."""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import HOOKS, Done
from takt.core.value import value
from takt.store import events
from takt.store.pool import Conn


@value
class Replay:
    """Send these events of one part again; whose they are has been checked."""

    event_ids: tuple[UUID, ...]


async def replay(conn: Conn, part: int, commands: list[Replay], now: datetime, *, again: bool) -> Done[int]:
    """Owe them; each answer says how many of its events were settled. Those already owed are left as they are."""
    del again  # what the first run made owed is owed, and if it has been sent meanwhile, it goes once more
    asked = sorted({event_id for command in commands for event_id in command.event_ids})
    replayed = set(await events.replay(conn, part, asked, now))
    return Done([len(replayed.intersection(command.event_ids)) for command in commands], {HOOKS})
