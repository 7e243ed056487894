"""A person plays a voice note: told to its company once, unless the person keeps reading to themselves."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from takt.actions.outcome import HOOKS, Done
from takt.actions.telling import identity_of, person_of
from takt.core.ids import slot_of
from takt.core.value import value
from takt.store import outbox, receipts, recipients
from takt.store.pool import Conn
from takt.store.receipts import Moved
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Snapshot
from takt.wire import webhook


@value
class Play:
    """This voice note in the inbox of that person was played."""

    recipient_id: UUID
    message_id: UUID


class TakePlays:
    """The action of the lane for played notes. `new_id` makes an event id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(self, conn: Conn, part: int, commands: list[Play], now: datetime, *, again: bool) -> Done[bool]:
        """Answer for each whether it was the first time; what is no voice note of a company was never played."""
        snapshot = await self._reference.fresh(conn)
        people = await recipients.lock(conn, part, list({command.recipient_id for command in commands}))
        asked = [(one.recipient_id, one.message_id) for one in commands if one.recipient_id in people]
        played = await receipts.play(conn, part, asked, now)
        told = [one for one in played if people[one.recipient_id].read_receipts]
        events = [event for one in told for event in self._events(one, people[one.recipient_id], snapshot, now)]
        if events:
            await outbox.add(conn, part, events, now)
        first = {one.message_id for one in played}
        return Done([one.message_id in first for one in commands], {HOOKS} if events or again else set())

    def _events(self, one: Moved, person: LockedRecipient, snapshot: Snapshot, now: datetime) -> list[outbox.Event]:
        sender = snapshot.senders[one.sender_id]
        listeners = snapshot.listeners(sender.business.business_id, "messages", sender.sender_id)
        body = webhook.render_status(
            identity_of(sender), person_of(person, sender),
            one.message_id, "played", now, callback=one.callback,
        )  # fmt: skip
        slot = slot_of(one.message_id)
        return [
            outbox.Event(self._new_id(slot), endpoint.endpoint_id, "messages", sender.business.waba_id, body)
            for endpoint in listeners
        ]
