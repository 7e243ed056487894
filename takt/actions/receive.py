"""A person writes to a company.

The message opens the service window, ends the count of unanswered ones and accepts the chat; it is written together
with the webhook event that tells it. A whole text (or a pressed button) that is a word of stopping or starting is also
an act of consent to marketing. The same `client_id` twice is one message, with the same answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from uuid import UUID

import msgspec

from takt.actions import feedback
from takt.actions.consent import BY_SENTENCE, BY_WORD
from takt.actions.consent_acts import Acts, Circumstances, Declaration
from takt.actions.feedback import Felt
from takt.actions.hearing import hear_through
from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.actions.telling import identity_of, person_of
from takt.core import answer, refusal, window
from takt.core.consent import Act
from takt.core.content import Brought, ContactsContent, Files, Press, ReactionContent, Reply, Said, Source, TextContent
from takt.core.ids import parse_wamid, slot_of, wamid
from takt.core.media import INBOX_LIFE
from takt.core.purpose import ALL, DEFAULT
from takt.core.refusal import Refusal
from takt.core.stop_words import Wish, fold
from takt.core.value import value
from takt.store import consent, facts, inbox, media, outbox, recipients, threads
from takt.store.facts import Pair
from takt.store.feedback import Search
from takt.store.inbox import Inbound, Own, Quoted
from takt.store.media import Use
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Sender, Snapshot
from takt.store.threads import Thread
from takt.wire import shown, webhook
from takt.wire.heard import heard
from takt.wire.media import download_url
from takt.wire.shown import Kept
from takt.wire.webhook import Context


@value
class Write:
    """A person's wish to write to a sender. `context_id` is the message answered; a press needs one."""

    message_id: UUID
    recipient_id: UUID
    sender_id: str
    client_id: str
    content: Said
    context_id: UUID | None = None
    brought: Mapping[Source, Brought] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def files(self) -> Files:
        """What is behind the media of the content."""
        return {source: one.file for source, one in self.brought.items()}


@value
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
    wishes: dict[UUID, Wish]


@dataclass(slots=True)
class _Taken:
    """What a batch leaves to be written."""

    acts: Acts
    people: dict[UUID, LockedRecipient] = field(default_factory=dict)
    messages: list[Inbound] = field(default_factory=list)
    threads: dict[Pair, Thread] = field(default_factory=dict)
    events: list[outbox.Event] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    felt: list[Felt] = field(default_factory=list)


class Receive:
    """The action of the receiving lane. `new_id` makes an event id in a slot; `origin` is where companies reach us."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID], origin: str) -> None:
        self._reference = reference
        self._new_id = new_id
        self._origin = origin

    async def __call__(
        self, conn: Conn, part: int, commands: list[Write], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Take the messages of a batch in their order."""
        snapshot = await self._reference.fresh(conn)
        acts = Acts(snapshot, self._new_id, now)
        loaded = await _load(conn, part, acts, commands)
        taken = _Taken(acts)
        answers = [self._decide(command, snapshot, loaded, taken, now) for command in commands]
        await _write(conn, part, taken, now)
        return Done(answers, _wakes(commands if again else taken.messages))

    def _decide(self, command: Write, snapshot: Snapshot, loaded: _Loaded, taken: _Taken, now: datetime) -> Answer:
        before = loaded.own.get((command.recipient_id, command.client_id))
        if before is not None:
            return Written(before.message_id, before.cursor, before.at)
        refused = _refusal(command, snapshot, loaded)
        if refused is not None:
            return refused
        return self._take(command, snapshot.senders[command.sender_id], loaded, taken, now)

    def _take(self, command: Write, sender: Sender, loaded: _Loaded, taken: _Taken, now: datetime) -> Written:
        command = _with_origin(command, loaded)
        kept = shown.keep(command.content, command.files)
        person = loaded.people[command.recipient_id]
        person.cursor += 1
        cursor = person.cursor
        taken.people[person.recipient_id] = person
        loaded.own[command.recipient_id, command.client_id] = Own(command.message_id, cursor, now)
        taken.messages.append(_inbound(command, kept, sender, person))
        taken.uses.extend(
            Use(command.recipient_id, one.media_id, command.message_id, sender.business.business_id)
            for one in command.files.values()
        )
        _reply(command, person, loaded, taken)
        _move_thread(command, kept, cursor, loaded, taken, now)
        self._tell(command, sender, person, loaded, taken)
        wish = loaded.wishes.get(command.message_id)
        if wish is not None:
            _consent(command, sender, wish, loaded, taken, self._new_id(slot_of(person.recipient_id)))
        return Written(command.message_id, cursor, now)

    def _tell(self, command: Write, sender: Sender, person: LockedRecipient, loaded: _Loaded, taken: _Taken) -> None:
        listeners = taken.acts.snapshot.listeners(sender.business.business_id, "messages", sender.sender_id)
        if not listeners:
            return
        quoted = loaded.quoted[command.context_id] if command.context_id is not None else None
        context_from = person.wa_id if quoted is not None and quoted.inbound else None
        body = webhook.render_inbound(
            identity_of(sender),
            person_of(person, sender),
            command.message_id,
            taken.acts.now,
            heard(command.content, command.files, self._urls(command, taken.acts.now), taken.acts.now),
            Context(command.context_id, context_from) if command.context_id is not None else None,
        )
        taken.events.extend(
            outbox.Event(
                self._new_id(slot_of(command.message_id)), endpoint.endpoint_id, "messages", sender.business.waba_id, body,
            )
            for endpoint in listeners
        )  # fmt: skip

    def _urls(self, command: Write, now: datetime) -> dict[str, str]:
        """Where the company gets the media, by their ids; the addresses live for five minutes."""
        brought = command.brought.values()
        return {one.file.media_id: download_url(self._origin, one.file.media_id, one.url_key, now) for one in brought}


async def _load(conn: Conn, part: int, acts: Acts, commands: list[Write]) -> _Loaded:
    snapshot = acts.snapshot
    met = [
        (command, snapshot.senders[command.sender_id]) for command in commands if command.sender_id in snapshot.senders
    ]
    businesses = {(command.recipient_id, sender.business.business_id) for command, sender in met}
    wishes = {command.message_id: wish for command, sender in met if (wish := _wish(command, sender, snapshot))}
    wished = [(c.recipient_id, sender.business.business_id) for c, sender in met if c.message_id in wishes]
    piloting = [pair for pair in businesses if snapshot.businesses[pair[1]].stage == "pilot"]
    answered = [one for command in commands for one in (command.context_id, _reacted(command)) if one is not None]
    people = await recipients.lock(conn, part, list({command.recipient_id for command in commands}))
    if wished:
        acts.states = await consent.states(conn, part, wished)
        acts.histories = await consent.histories(conn, part, wished)
    return _Loaded(
        people=people,
        own=await inbox.find_own(conn, part, [(command.recipient_id, command.client_id) for command in commands]),
        threads=await threads.load(conn, part, list({(c.recipient_id, c.sender_id) for c in commands})),
        quoted=await inbox.find_quoted(conn, part, answered) if answered else {},
        members=await facts.pilot_members(conn, part, piloting) if piloting else set(),
        wishes=wishes,
    )


def _refusal(command: Write, snapshot: Snapshot, loaded: _Loaded) -> Refusal | None:
    sender = snapshot.senders.get(command.sender_id)
    if command.recipient_id not in loaded.people:
        return refusal.PERSON_UNKNOWN
    if sender is None:
        return refusal.SENDER_UNKNOWN
    thread = loaded.threads.get((command.recipient_id, command.sender_id))
    if thread is not None and thread.blocked_at is not None:
        return refusal.SENDER_BLOCKED
    if thread is not None and thread.blocked_by_business:
        return refusal.SENDER_CLOSED  # whoever is refused is not told so
    if not _is_open(sender, command.recipient_id, loaded):
        return refusal.SENDER_CLOSED
    return _context_refusal(command, loaded)


def _is_open(sender: Sender, recipient_id: UUID, loaded: _Loaded) -> bool:
    if sender.status != "live":
        return False
    match sender.business.stage:
        case "live":
            return True
        case "pilot":
            return (recipient_id, sender.business.business_id) in loaded.members
        case _:
            return False


def _context_refusal(command: Write, loaded: _Loaded) -> Refusal | None:
    reacted = _reacted(command)
    if reacted is not None and not _is_of_thread(loaded.quoted.get(reacted), command):
        return refusal.REACTION_UNKNOWN
    if command.context_id is None:
        return refusal.CONTEXT_UNKNOWN if answer.needs_context(command.content) else None
    quoted = loaded.quoted.get(command.context_id)
    if quoted is None or not _is_of_thread(quoted, command):
        return refusal.CONTEXT_UNKNOWN
    if not answer.fits(command.content, {} if quoted.inbound else msgspec.json.decode(quoted.content)):
        return refusal.BUTTON_UNKNOWN
    return None


def _is_of_thread(quoted: Quoted | None, command: Write) -> bool:
    return quoted is not None and (quoted.recipient_id, quoted.sender_id) == (command.recipient_id, command.sender_id)


def _reacted(command: Write) -> UUID | None:
    """The message that a reaction is about."""
    content = command.content
    return parse_wamid(content.message_id) if isinstance(content, ReactionContent) else None


def _with_origin(command: Write, loaded: _Loaded) -> Write:
    """Address cards tell whether they were asked for."""
    content = command.content
    if not isinstance(content, ContactsContent):
        return command
    quoted = loaded.quoted.get(command.context_id) if command.context_id is not None else None
    offered = msgspec.json.decode(quoted.content) if quoted is not None and not quoted.inbound else None
    return replace(command, content=replace(content, origin=answer.origin_of(offered)))


def _reply(command: Write, person: LockedRecipient, loaded: _Loaded, taken: _Taken) -> None:
    """The first answer to what a company wrote speaks for its message, unless it is a word of stopping."""
    thread = loaded.threads.get((command.recipient_id, command.sender_id))
    if thread is None or thread.unanswered == 0 or _reacted(command) is not None:
        return
    wish = loaded.wishes.get(command.message_id)
    if wish is not None and not wish.granted:
        return
    quoted = loaded.quoted.get(command.context_id) if command.context_id is not None else None
    about = command.context_id if quoted is not None and not quoted.inbound else None
    taken.felt.append(Felt(person, "reply", Search(command.recipient_id, about, command.sender_id)))


def _move_thread(command: Write, kept: Kept, cursor: int, loaded: _Loaded, taken: _Taken, now: datetime) -> None:
    pair = (command.recipient_id, command.sender_id)
    thread = loaded.threads.setdefault(pair, Thread())
    if not isinstance(command.content, ReactionContent):  # an emoji is no request for an answer
        thread.window_until = window.opened(now)
        thread.unanswered = 0
    thread.accepted = True
    thread.deleted_at = None
    thread.last_cursor = thread.inbound_cursor = cursor
    thread.last_at = now
    thread.last_text = kept.line
    thread.last_message_id = command.message_id
    thread.inbound_count += 1
    thread.told = True
    taken.threads[pair] = thread


def _wish(command: Write, sender: Sender, snapshot: Snapshot) -> Wish | None:
    """What a message asks for: by a keyword in a text, button or answer, or by a sentence of the person's own."""
    said = _said_word(command.content)
    if not said:
        return None
    purposes = snapshot.purposes_of(sender.business)
    names = {fold(name): key for key, one in purposes.items() for name in (one.name.en, one.name.de, key)}
    return hear_through(said, names, free=isinstance(command.content, TextContent))


def _consent(command: Write, sender: Sender, wish: Wish, loaded: _Loaded, taken: _Taken, record_id: UUID) -> None:
    """Take the wish for consent. Numbers of a company are one: what is said to one of them holds for all."""
    evidence = {"message": wamid(command.message_id), "sender": sender.sender_id, **_quoted_word(command.content, wish)}
    act = Act.GRANT if wish.granted else Act.STOP
    word = Declaration(
        record_id, loaded.people[command.recipient_id], sender, wish.purpose, act,
        BY_WORD if wish.exact else BY_SENTENCE, evidence, Circumstances(place=f"chat:{sender.sender_id}"),
    )  # fmt: skip
    if wish.granted and wish.purpose == ALL:
        taken.acts.resume(word, otherwise=DEFAULT)
    else:
        taken.acts.say(word)


def _quoted_word(content: Said, wish: Wish) -> dict[str, str]:
    """A keyword as it was said. Of a sentence its SHA-256: it may name somebody, and a record outlives who is erased."""
    said = _said_word(content)
    return {"word": said} if wish.exact else {"text_sha256": sha256(said.encode()).hexdigest()}


def _inbound(command: Write, kept: Kept, sender: Sender, person: LockedRecipient) -> Inbound:
    return Inbound(
        message_id=command.message_id,
        recipient_id=command.recipient_id,
        wa_id=person.wa_id,
        sender_id=command.sender_id,
        business_id=sender.business.business_id,
        cursor=person.cursor,
        client_id=command.client_id,
        type=kept.type,
        content=kept.json,
        context_id=command.context_id,
    )


def _said_word(content: Said) -> str:
    """The words that may stand for stopping or starting: a whole text, a pressed button, a picked answer."""
    match content:
        case TextContent():
            return content.body
        case Press():
            return content.text
        case Reply():
            return content.title
        case _:
            return ""


async def _write(conn: Conn, part: int, taken: _Taken, now: datetime) -> None:
    if not taken.messages:
        return
    await recipients.set_cursors(conn, part, list(taken.people.values()))
    await threads.put(conn, part, taken.threads, now)
    await inbox.add_inbound(conn, part, taken.messages, now)
    await taken.acts.write(conn, part)
    if taken.uses:
        await media.note_uses(conn, part, taken.uses, now, now + INBOX_LIFE)
    events = taken.events + taken.acts.events
    if events:
        await outbox.add(conn, part, events, now)
    stops, resumed = feedback.of_words(taken.acts.declarations)
    await feedback.note(conn, part, taken.felt + stops, resumed, now)


def _wakes(touched: Sequence[Write] | Sequence[Inbound]) -> set[str]:
    if not touched:
        return set()
    return {HOOKS, DESK, *(inbox_topic(one.recipient_id) for one in touched)}
