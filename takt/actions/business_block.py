"""A company refuses a person: nothing goes either way from then on, until it takes that back.

Only whoever wrote within the last 24 hours can be refused (Cloud API, "Block list"); taking it back is always possible.
"""

from datetime import datetime
from enum import StrEnum

from takt.actions.outcome import Done
from takt.core import window
from takt.core.value import value
from takt.store import business_blocks, recipients, threads
from takt.store.pool import Conn


@value
class BlockPerson:
    """A sender refuses the person with this number, or no longer."""

    wa_id: str
    sender_id: str
    blocked: bool


class Outcome(StrEnum):
    """What came of it."""

    DONE = "done"
    UNKNOWN = "unknown"
    SILENT = "silent"


async def block_people(
    conn: Conn, part: int, commands: list[BlockPerson], now: datetime, *, again: bool
) -> Done[Outcome]:
    """The action of this lane; of several words about one pair the last one counts. A repeat changes nothing."""
    del again
    people = await recipients.lock_by_wa_id(conn, part, list({command.wa_id for command in commands}))
    pairs = {
        (people[command.wa_id].recipient_id, command.sender_id): command
        for command in commands
        if command.wa_id in people
    }
    met = await threads.load(conn, part, list(pairs))

    def outcome(command: BlockPerson) -> Outcome:
        person = people.get(command.wa_id)
        if person is None:
            return Outcome.UNKNOWN
        if not command.blocked:
            return Outcome.DONE
        thread = met.get((person.recipient_id, command.sender_id))
        wrote = thread is not None and (thread.blocked_by_business or window.is_open(thread.window_until, now))
        return Outcome.DONE if wrote else Outcome.SILENT

    done = [pair for pair, command in pairs.items() if outcome(command) is Outcome.DONE]
    for at, blocked in ((now, True), (None, False)):
        chosen = [pair for pair in done if pairs[pair].blocked is blocked]
        if chosen:
            await business_blocks.set_blocked(conn, part, chosen, at)
    return Done([outcome(command) for command in commands])
