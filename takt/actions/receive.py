"""A person writes to a company.

The message opens the service window, ends the count of unanswered ones and accepts the chat; it is written together
with the webhook event that tells it. A whole text (or a pressed button) that is a word of stopping or starting is also
an act of consent to marketing. The same `client_id` twice is one message, with the same answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from takt.actions import consent as consenting
from takt.actions.consent import BY_WORD, Act, Acts, purposes_of
from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.core import refusal, window
from takt.core.consent import keyword
from takt.core.ids import slot_of, wamid
from takt.core.message import TextContent, preview
from takt.core.refusal import Refusal
from takt.store import consent, facts, inbox, outbox, recipients, threads
from takt.store.facts import Pair
from takt.store.inbox import Inbound, Own, Quoted
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Sender, Snapshot
from takt.store.threads import Thread
from takt.wire import record, webhook
from takt.wire.webhook import Identity, Person


@dataclass(frozen=True, slots=True)
class Press:
    """A quick reply: the payload behind the button and what stood on it."""

    payload: str
    text: str


@dataclass(frozen=True, slots=True)
class Write:
    """A person's wish to write to a sender. `context_id` is the message answered; a press needs one."""

    message_id: UUID
    recipient_id: UUID
    sender_id: str
    client_id: str
    content: TextContent | Press
    context_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The message is in the inbox, under this cursor, since then."""

    message_id: UUID
    cursor: int
    at: datetime


Answer = Written | Refusal


@dataclass(slots=True)
class _Loaded:
    """What a batch looks at. Threads, consent and known messages move on as its commands are decided."""

    people: dict[UUID, LockedRecipient]
    own: dict[tuple[UUID, str], Own]
    threads: dict[Pair, Thread]
    quoted: dict[UUID, Quoted]
    members: set[tuple[UUID, UUID]]
    marketing: dict[tuple[UUID, UUID, str], bool]


@dataclass(slots=True)
class _Taken:
    """What a batch leaves to be written."""

    acts: Acts
    people: dict[UUID, LockedRecipient] = field(default_factory=dict)
    messages: list[Inbound] = field(default_factory=list)
    threads: dict[Pair, Thread] = field(default_factory=dict)
    events: list[outbox.Event] = field(default_factory=list)


class Receive:
    """The action of the receiving lane. `new_id` makes an event id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Write], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Take the messages of a batch in their order."""
        snapshot = await self._reference.fresh(conn)
        loaded = await _load(conn, part, snapshot, commands)
        taken = _Taken(Acts(snapshot, self._new_id, now))
        answers = [self._decide(command, snapshot, loaded, taken, now) for command in commands]
        await _write(conn, part, taken, now)
        return Done(answers, _wakes(commands if again else taken.messages, taken))

    def _decide(
        self, command: Write, snapshot: Snapshot, loaded: _Loaded, taken: _Taken, now: datetime
    ) -> Answer:
        before = loaded.own.get((command.recipient_id, command.client_id))
        if before is not None:
            return Written(before.message_id, before.cursor, before.at)
        refused = _refusal(command, snapshot, loaded)
        if refused is not None:
            return refused
        return self._take(command, snapshot.senders[command.sender_id], loaded, taken, now)

    def _take(self, command: Write, sender: Sender, loaded: _Loaded, taken: _Taken, now: datetime) -> Written:
        person = loaded.people[command.recipient_id]
        person.cursor += 1
        cursor = person.cursor
        taken.people[person.recipient_id] = person
        loaded.own[command.recipient_id, command.client_id] = Own(command.message_id, cursor, now)
        _move_thread(command, cursor, loaded, taken, now)
        taken.messages.append(_inbound(command, sender, cursor))
        self._tell(command, sender, person, loaded, taken)
        word = keyword(_said(command))
        if word is not None and "marketing" in purposes_of(sender) | {"marketing"}:
            _consent(command, sender, person, loaded, taken, granted=word)
        return Written(command.message_id, cursor, now)
