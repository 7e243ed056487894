"""A device says how far a person received or read their inbox.

A receipt goes up to a cursor, so that it may be repeated, come late or out of order: statuses and marks only move
forward. The first of delivered and read captures the money of a message; reading implies delivery, and when both
coincide only `read` is told. A message whose time was over may have reached the device before: told within three days it
is delivered and charged all the same, later it stays failed and costs nothing. With read receipts off, reading stays between the person's own devices: the company learns
of the delivery, which is what it pays for.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from takt.actions import feedback
from takt.actions.capture import Captured, absorb, capture, partner_legs
from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.actions.telling import identity_of, person_of
from takt.core import refusal
from takt.core.ids import slot_of
from takt.core.ledger import GRACE, Settlement, delivered_late
from takt.core.message import Status
from takt.core.rating import Quote
from takt.core.refusal import Refusal
from takt.core.value import value
from takt.store import inbox, ledger, outbox, receipts, recipients, threads
from takt.store.facts import Pair
from takt.store.inbox import Notice
from takt.store.pool import Conn
from takt.store.receipts import Moved, Span
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Snapshot
from takt.store.threads import Marks
from takt.wire import webhook, webhook_accounts


@value
class Receipt:
    """Everything up to the cursor `through` was delivered or read: of one sender, or of all when None."""

    recipient_id: UUID
    status: Status
    through: int
    sender_id: str | None = None


Answer = int | Refusal
"""The cursor up to which it holds: never beyond the newest row of the inbox."""


@dataclass(slots=True)
class _Asked:
    """What a batch asks for: how far each person received, and how far each thread was read, from where."""

    received: dict[tuple[UUID, str], int] = field(default_factory=dict)
    read: dict[Pair, Span] = field(default_factory=dict)


@dataclass(slots=True)
class _Reached:
    """The messages that moved: newly delivered, read at once, and read after they had been delivered.

    `absorbed` are those that came so long after their time that nothing of them changes but who bears the loss.
    """

    delivered: list[Moved] = field(default_factory=list)
    read_at_once: list[Moved] = field(default_factory=list)
    read_later: list[Moved] = field(default_factory=list)
    absorbed: list[Moved] = field(default_factory=list)

    @property
    def first(self) -> list[Moved]:
        """Those whose money is due now."""
        return self.delivered + self.read_at_once

    @property
    def all(self) -> list[Moved]:
        """All of them."""
        return self.first + self.read_later


class TakeReceipts:
    """The action of the receipt lane. `new_id` makes an event id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Receipt], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Move on what the receipts of a batch say, all of them together."""
        snapshot = await self._reference.fresh(conn)
        people = await recipients.lock(conn, part, list({command.recipient_id for command in commands}))
        answers = [_answer(command, people) for command in commands]
        asked = await _gather(conn, part, commands, people)
        reached = await _advance(conn, part, asked, people, now)
        marks = _marks(asked, reached)
        if marks:
            await threads.set_marks(conn, part, marks)
        await _tell_devices(conn, part, asked, people, now)
        await feedback.count_receipts(conn, part, reached.first, reached.read_at_once + reached.read_later, people)
        captured = await capture(conn, part, reached.first, snapshot, now)
        settled = await ledger.capture_holds(conn, part, captured.costs, now) if captured.costs else []
        events = self._render(reached, captured, people, snapshot, now) + self._tiers(captured, snapshot, now)
        if events:
            await outbox.add(conn, part, events, now)
        lost = await absorb(conn, part, reached.absorbed, snapshot, now)
        if settled or captured.used or lost:
            used = [*captured.used, *partner_legs(captured.used, settled), *lost]
            await ledger.settle(conn, part, settled, used, now)
        return Done(answers, _wakes(commands, asked, reached, again=again))

    def _render(
        self,
        reached: _Reached,
        captured: Captured,
        people: Mapping[UUID, LockedRecipient],
        snapshot: Snapshot,
        now: datetime,
    ) -> list[outbox.Event]:
        # The wire shows the price in `sent` and in exactly one of delivered and read: what was captured just now.
        steps = (
            (reached.delivered, Status.DELIVERED),
            (reached.read_at_once, Status.READ),
            (reached.read_later, Status.READ),
        )
        return [
            event
            for moved, status in steps
            for one in moved
            if one.type != "reaction"  # a reaction was sent, and that is all there is to tell
            for event in self._events(
                one, status, people[one.recipient_id], snapshot, now, captured.quotes.get(one.message_id)
            )
        ]

    def _events(
        self,
        one: Moved,
        status: Status,
        person: LockedRecipient,
        snapshot: Snapshot,
        now: datetime,
        quote: Quote | None,
    ) -> list[outbox.Event]:
        sender = snapshot.senders[one.sender_id]
        listeners = snapshot.listeners(sender.business.business_id, "messages", sender.sender_id)
        if not listeners:
            return []
        body = webhook.render_status(
            identity_of(sender), person_of(person, sender),
            one.message_id, status, now, callback=one.callback,
            pricing=webhook.pricing_of(quote) if quote is not None else None,
        )  # fmt: skip
        slot = slot_of(one.message_id)
        return [
            outbox.Event(self._new_id(slot), endpoint.endpoint_id, "messages", sender.business.waba_id, body)
            for endpoint in listeners
        ]

    def _tiers(self, captured: Captured, snapshot: Snapshot, now: datetime) -> list[outbox.Event]:
        """What companies hear of steps that they reached."""
        return [
            outbox.Event(
                self._new_id(slot_of(one.message_id)), endpoint.endpoint_id, webhook_accounts.ACCOUNT,
                one.business.waba_id,
                webhook_accounts.render_tier(one.category, one.market, one.tier, one.key.period, now),
            )
            for one in captured.crossings
            for endpoint in snapshot.listeners(one.business.business_id, webhook_accounts.ACCOUNT)
        ]  # fmt: skip


async def _gather(conn: Conn, part: int, commands: Sequence[Receipt], people: Mapping[UUID, LockedRecipient]) -> _Asked:
    """Fold the receipts: of each kind only the furthest counts, and only what is beyond the marks so far."""
    read: defaultdict[tuple[UUID, str | None], int] = defaultdict(int)
    asked = _Asked()
    for command in commands:
        person = people.get(command.recipient_id)
        if person is None:
            continue
        through = min(command.through, person.cursor)
        if command.status is Status.READ:
            key = (command.recipient_id, command.sender_id)
            read[key] = max(read[key], through)
        else:
            place = (command.recipient_id, command.sender_id or "")
            asked.received[place] = max(asked.received.get(place, 0), through)
    whole = [recipient_id for recipient_id, sender_id in read if sender_id is None]
    named = [(recipient_id, sender_id) for recipient_id, sender_id in read if sender_id is not None]
    known = await threads.all_read_marks(conn, part, whole) if whole else {}
    known |= await threads.read_marks(conn, part, named) if named else {}
    for pair, mark in known.items():
        through = max(read.get(pair, 0), read.get((pair[0], None), 0))
        if through > mark:
            asked.read[pair] = Span(pair[0], pair[1], mark, through)
    return asked


async def _advance(
    conn: Conn, part: int, asked: _Asked, people: Mapping[UUID, LockedRecipient], now: datetime
) -> _Reached:
    told = [span for span in asked.read.values() if people[span.recipient_id].read_receipts]
    private = [span for span in asked.read.values() if not people[span.recipient_id].read_receipts]
    received = [Span(person, sender, 0, through) for (person, sender), through in sorted(asked.received.items())]
    received += [Span(span.recipient_id, span.sender_id, 0, span.through) for span in private]
    reached = _Reached()
    if told:
        # In this order no message takes two steps, so each has its one status to tell.
        later, once = (Status.DELIVERED, Status.READ), (Status.ACCEPTED, Status.READ)
        unread = [Span(span.recipient_id, span.sender_id, 0, span.through) for span in told]
        reached.read_later = await receipts.advance(conn, part, later, told, now)
        reached.read_at_once = await receipts.advance(conn, part, once, unread, now)
        _sort(
            await receipts.advance_late(conn, part, Status.READ, unread, now - GRACE, now),
            reached.read_at_once,
            reached,
        )
    if received:
        reached.delivered = await receipts.advance(conn, part, (Status.ACCEPTED, Status.DELIVERED), received, now)
        late = await receipts.advance_late(conn, part, Status.DELIVERED, received, now - GRACE, now)
        _sort(late, reached.delivered, reached)
    return reached


def _sort(late: Sequence[Moved], charged: list[Moved], reached: _Reached) -> None:
    """Those that are still charged go with the others."""
    for one in late:
        assert one.failed_at is not None
        assert one.delivered_at is not None
        is_charged = delivered_late(one.failed_at, one.delivered_at) is Settlement.CAPTURE_LATE
        (charged if is_charged else reached.absorbed).append(one)


def _marks(asked: _Asked, reached: _Reached) -> list[Marks]:
    """How far each touched thread is received and read now."""
    received: dict[Pair, int] = {}
    for moved in reached.all:
        pair = (moved.recipient_id, moved.sender_id)
        received[pair] = max(received.get(pair, 0), moved.cursor)
    return [
        Marks(
            pair,
            received=received.get(pair, 0),
            read=asked.read[pair].through if pair in asked.read else 0,
            told=pair in received,
        )
        for pair in sorted(received.keys() | asked.read.keys())
    ]


async def _tell_devices(
    conn: Conn, part: int, asked: _Asked, people: Mapping[UUID, LockedRecipient], now: datetime
) -> None:
    """Tell the other devices of these people what has been read."""
    if not asked.read:
        return
    notices: list[Notice] = []
    for pair, span in sorted(asked.read.items()):
        person = people[pair[0]]
        person.cursor += 1
        body = msgspec.json.encode({"through": span.through}).decode()
        notices.append(Notice(pair[0], person.cursor, pair[1], "seen", body))
    readers = sorted({pair[0] for pair in asked.read})
    await recipients.set_cursors(conn, part, [people[one] for one in readers])
    await inbox.add_notices(conn, part, notices, now)


def _answer(command: Receipt, people: Mapping[UUID, LockedRecipient]) -> Answer:
    person = people.get(command.recipient_id)
    return refusal.PERSON_UNKNOWN if person is None else min(command.through, person.cursor)


def _wakes(commands: Sequence[Receipt], asked: _Asked, reached: _Reached, *, again: bool) -> set[str]:
    if again:
        return {HOOKS, DESK, *(inbox_topic(command.recipient_id) for command in commands)}
    topics = {inbox_topic(pair[0]) for pair in asked.read}
    return topics | {HOOKS, DESK} if reached.all else topics
