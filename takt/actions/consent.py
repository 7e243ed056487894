"""A person allows or forbids a company a purpose.

Each act that changes something is one record in the person's chain, a notice for their devices and, for marketing, an
event for the company (`user_preferences`). Saying again what holds already changes nothing. Forbidding service closes
the windows of the company's senders, for its right to answer freely ends with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec

from takt.actions import feedback
from takt.actions.feedback import Felt, TakenBack
from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.actions.telling import identity_of, person_of
from takt.core import refusal
from takt.core.consent import CHAIN_START, ConsentRecord, chain_hash
from takt.core.ids import slot_of
from takt.core.refusal import Refusal
from takt.core.value import value
from takt.store import consent, inbox, outbox, recipients, threads
from takt.store.consent import Chained
from takt.store.facts import Pair
from takt.store.feedback import Search
from takt.store.inbox import Notice
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Sender, Snapshot
from takt.store.threads import Thread
from takt.wire import webhook

BY_SWITCH = "messenger"
BY_WORD = "keyword"

_PURPOSES = {"support": ("service",), "outreach": ("service", "marketing")}


@value
class SetConsent:
    """A person's word on one purpose of the company behind a sender. `record_id` makes a repeat meet itself."""

    record_id: UUID
    recipient_id: UUID
    sender_id: str
    purpose: str
    granted: bool


Answer = bool | Refusal
"""Whether the word holds now (always True), or why it was not taken."""


@value
class Act:
    """A word that changes something: to which sender, by which way (`source`), and what shows it."""

    record_id: UUID
    person: LockedRecipient
    sender: Sender
    purpose: str
    granted: bool
    source: str
    evidence: Mapping[str, str]


@dataclass(slots=True)
class Acts:
    """What the acts of a batch leave to be written. `new_id` makes an event id in a slot."""

    snapshot: Snapshot
    new_id: Callable[[int], UUID]
    now: datetime
    records: list[ConsentRecord] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    events: list[outbox.Event] = field(default_factory=list)
    felt: list[Felt] = field(default_factory=list)
    taken_back: list[TakenBack] = field(default_factory=list)

    def add(self, act: Act) -> None:
        """One more act of a locked person; its notice takes the next number of the inbox."""
        person = act.person
        self.records.append(
            ConsentRecord(
                act.record_id, person.recipient_id, act.sender.business.business_id, 0, act.purpose, act.granted,
                act.source, msgspec.json.encode(act.evidence).decode(), self.now,
            )
        )  # fmt: skip
        person.cursor += 1
        body = msgspec.json.encode({"purpose": act.purpose, "granted": act.granted}).decode()
        self.notices.append(Notice(person.recipient_id, person.cursor, act.sender.sender_id, "consent", body))
        if act.purpose == "marketing":
            self._tell(act)
            self._feel(act)

    def _feel(self, act: Act) -> None:
        """A stop is about the newest advertisement of the company, whichever of its senders brought it."""
        person_id, business_id = act.person.recipient_id, act.sender.business.business_id
        if act.source not in (BY_SWITCH, BY_WORD):
            return
        if not act.granted:
            self.felt.append(Felt(act.person, "stop", Search(person_id, None, "", business_id, marketing=True)))
            return
        self.felt = [one for one in self.felt if one.search != Search(person_id, None, "", business_id, marketing=True)]
        self.taken_back += [
            TakenBack(person_id, one.sender_id, "stop")
            for one in self.snapshot.senders.values()
            if one.business.business_id == business_id
        ]

    def _tell(self, act: Act) -> None:
        sender, person = act.sender, act.person
        listeners = self.snapshot.listeners(sender.business.business_id, "user_preferences")
        if not listeners:
            return
        body = webhook.render_preference(identity_of(sender), person_of(person, sender), self.now, granted=act.granted)
        self.events.extend(
            outbox.Event(
                self.new_id(slot_of(person.recipient_id)), endpoint.endpoint_id, "user_preferences", sender.business.waba_id, body,
            )
            for endpoint in listeners
        )  # fmt: skip


async def append(conn: Conn, part: int, records: Sequence[ConsentRecord]) -> None:
    """Number these records behind the earlier ones of the same people, chain and write them."""
    ends = await consent.heads(conn, part, list({record.recipient_id for record in records}))
    chained: list[Chained] = []
    for record in records:
        number, previous = ends.get(record.recipient_id, (0, CHAIN_START))
        numbered = replace(record, number=number + 1)
        this = chain_hash(previous, numbered)
        chained.append((numbered, previous, this))
        ends[record.recipient_id] = (numbered.number, this)
    await consent.append(conn, part, chained)


def purposes_of(sender: Sender) -> tuple[str, ...]:
    """What a sender of this kind may write for, of the purposes that a person decides on."""
    return _PURPOSES[sender.kind]


class Consent:
    """The action of the consent lane. `new_id` makes an event id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[SetConsent], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Take the words of a batch in their order."""
        snapshot = await self._reference.fresh(conn)
        people = await recipients.lock(conn, part, list({c.recipient_id for c in commands}))
        known = await consent.known(conn, part, [c.record_id for c in commands]) if again else set()
        keys = {
            (c.recipient_id, snapshot.senders[c.sender_id].business.business_id, c.purpose)
            for c in commands
            if c.sender_id in snapshot.senders
        }
        granted = {key: state.granted for key, state in (await consent.states(conn, part, list(keys))).items()}
        acts = Acts(snapshot, self._new_id, now)
        answers: list[Answer] = []
        for command in commands:
            refused = _refusal(command, people, snapshot)
            answers.append(refused or True)
            if refused is None and command.record_id not in known:
                _take(command, people[command.recipient_id], snapshot.senders[command.sender_id], granted, acts)
        closed = await _close_windows(conn, part, snapshot, acts)
        await _write(conn, part, people, acts, closed, now)
        return Done(answers, _wakes(commands if again else acts.records, acts, closed))


def _refusal(command: SetConsent, people: Mapping[UUID, LockedRecipient], snapshot: Snapshot) -> Refusal | None:
    if command.recipient_id not in people:
        return refusal.PERSON_UNKNOWN
    sender = snapshot.senders.get(command.sender_id)
    if sender is None:
        return refusal.SENDER_UNKNOWN
    return None if command.purpose in purposes_of(sender) else refusal.PURPOSE_UNKNOWN


def _take(
    command: SetConsent,
    person: LockedRecipient,
    sender: Sender,
    granted: dict[tuple[UUID, UUID, str], bool],
    acts: Acts,
) -> None:
    key = (command.recipient_id, sender.business.business_id, command.purpose)
    if granted.get(key) == command.granted:
        return
    granted[key] = command.granted
    evidence = {"by": "switch in the messenger", "sender": sender.sender_id}
    acts.add(Act(command.record_id, person, sender, command.purpose, command.granted, BY_SWITCH, evidence))


async def _close_windows(conn: Conn, part: int, snapshot: Snapshot, acts: Acts) -> dict[Pair, Thread]:
    """The threads whose windows close, because the last word of their people in this batch forbids service."""
    last = {(r.recipient_id, r.business_id): r.granted for r in acts.records if r.purpose == "service"}
    ended = {key for key, granted in last.items() if not granted}
    if not ended:
        return {}
    pairs = [
        (person, sender.sender_id)
        for person, business in sorted(ended)
        for sender in snapshot.senders.values()
        if sender.business.business_id == business
    ]
    loaded = await threads.load(conn, part, pairs)
    for thread in loaded.values():
        thread.window_until = None
        thread.told = True
    return loaded


async def _write(
    conn: Conn, part: int, people: Mapping[UUID, LockedRecipient], acts: Acts, closed: Mapping[Pair, Thread],
    now: datetime,
) -> None:  # fmt: skip
    if not acts.records:
        return
    changed = sorted({record.recipient_id for record in acts.records})
    await recipients.set_cursors(conn, part, [people[one] for one in changed])
    if closed:
        await threads.put(conn, part, closed, now)
    await append(conn, part, acts.records)
    await inbox.add_notices(conn, part, acts.notices, now)
    if acts.events:
        await outbox.add(conn, part, acts.events, now)
    if acts.felt or acts.taken_back:
        await feedback.note(conn, part, acts.felt, now, acts.taken_back)


def _wakes(
    touched: Sequence[SetConsent] | Sequence[ConsentRecord], acts: Acts, closed: Mapping[Pair, Thread]
) -> set[str]:
    topics = {inbox_topic(one.recipient_id) for one in touched}
    if acts.events:
        topics.add(HOOKS)
    if closed:
        topics.add(DESK)
    return topics
