"""That a sender is watched, frozen, or neither any more: set, and told to its company at once."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from takt.core.ids import slot_of
from takt.store import outbox, watches
from takt.store.pool import Conn
from takt.store.reference import Sender, Snapshot
from takt.wire import webhook_accounts

NewId = Callable[[int], UUID]


async def set_watch(
    conn: Conn, snapshot: Snapshot, sender: Sender, watch: str, new_id: NewId, now: datetime, *, by_hand: bool = False
) -> bool:
    """Watch a sender, freeze it, or neither, and tell it where it is news; whether anybody listens.

    `by_hand`: what was found until now counts no more. `snapshot` is of before; `new_id` makes an id in a slot.
    """
    await watches.set_watch(conn, sender.sender_id, watch, now, forgive=by_hand)
    business = sender.business
    listeners = snapshot.listeners(business.business_id, webhook_accounts.ALERTS) if watch != sender.watch else []
    body = webhook_accounts.render_watch(sender.sender_id, watch)
    events = [
        outbox.Event(
            new_id(slot_of(business.contract_id)), one.endpoint_id, webhook_accounts.ALERTS, business.waba_id, body
        )
        for one in listeners
    ]
    await outbox.add(conn, business.contract_part, events, now)
    return bool(events)
