"""Messages whose time ran out before they were delivered fail, and their money is set free.

One transition in one transaction: the status, the hold, the `failed` event and the wallet. It waits for nobody: a
person in whose inbox something happens right now is left to the next round, for it may be the delivery.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from takt.actions.outcome import DESK, HOOKS, Done
from takt.actions.telling import identity_of, person_of
from takt.core.denial import EXPIRED, Denied
from takt.core.ids import slot_of
from takt.core.value import value
from takt.store import ledger, outbox, receipts, recipients, threads
from takt.store.pool import Conn
from takt.store.receipts import Moved
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Snapshot
from takt.wire import webhook

SLICE_MAX = 500


@value
class Expired:
    """How many messages failed, and whether the slice was full, so that there may be more."""

    count: int
    more: bool


class Expire:
    """Fails the longest overdue messages of a part, at most 500 at a time. `new_id` makes an event id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(self, conn: Conn, part: int, now: datetime) -> Done[Expired]:
        """Fail one slice in the caller's transaction."""
        overdue = await receipts.list_expired(conn, part, now, SLICE_MAX)
        if not overdue:
            return Done([Expired(0, more=False)])
        snapshot = await self._reference.fresh(conn)
        people = await recipients.lock_free(conn, part, list({recipient_id for _, recipient_id in overdue}))
        free = [message_id for message_id, recipient_id in overdue if recipient_id in people]
        failed = await receipts.expire(conn, part, free, now) if free else []
        if not failed:
            return Done([Expired(0, more=False)])
        ids = [moved.message_id for moved in failed]
        settled = await ledger.release_holds(conn, part, ids, now)
        await threads.touch(conn, part, list({(moved.recipient_id, moved.sender_id) for moved in failed}))
        events = self._render(failed, people, snapshot, now)
        if events:
            await outbox.add(conn, part, events, now)
        if settled:
            await ledger.settle(conn, part, settled, (), now)
        return Done([Expired(len(failed), more=len(overdue) == SLICE_MAX)], {HOOKS, DESK})

    def _render(
        self, failed: list[Moved], people: Mapping[UUID, LockedRecipient], snapshot: Snapshot, now: datetime
    ) -> list[outbox.Event]:
        details = webhook.details(Denied("delivery", EXPIRED, f"not delivered until {now:%Y-%m-%d %H:%M} UTC"))
        events: list[outbox.Event] = []
        for moved in failed:
            sender, person = snapshot.senders[moved.sender_id], people[moved.recipient_id]
            listeners = snapshot.listeners(sender.business.business_id, "messages", sender.sender_id)
            if not listeners:
                continue
            body = webhook.render_failed(
                identity_of(sender), person_of(person, sender),
                moved.message_id, now, EXPIRED, details, callback=moved.callback,
            )  # fmt: skip
            slot = slot_of(moved.message_id)
            events.extend(
                outbox.Event(self._new_id(slot), endpoint.endpoint_id, "messages", sender.business.waba_id, body)
                for endpoint in listeners
            )
        return events
