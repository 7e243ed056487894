"""A person allows or forbids a company a purpose, all its purposes, or everybody everything.

Each word that changes something is one record in the person's chain (`consent_acts`). Saying again what holds already
changes nothing. Forbidding service closes the windows of the company's senders, for its right to answer freely ends
with it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from takt.actions import feedback
from takt.actions.consent_acts import NOWHERE, Acts, Circumstances, Declaration
from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.core import refusal
from takt.core.consent import EVERYBODY, Act, ConsentRecord
from takt.core.ids import derive_id, slot_of
from takt.core.purpose import ALL, SERVICE
from takt.core.refusal import Refusal
from takt.core.value import value
from takt.store import consent, outbox, recipients, threads
from takt.store.consent import Between
from takt.store.facts import Pair
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Sender, Snapshot
from takt.store.threads import Thread

BY_SWITCH = "messenger"
BY_WORD = "keyword"
BY_SENTENCE = "sentence"


@value
class SetConsent:
    """A person's word on one purpose of the company behind a sender, or on all (`*`).

    `record_id` makes a repeat meet itself.
    """

    record_id: UUID
    recipient_id: UUID
    sender_id: str
    purpose: str
    granted: bool
    circumstances: Circumstances = NOWHERE


@value
class StopEverybody:
    """A person stops the marketing of all companies at once; or lets them ask again, which grants nothing."""

    record_id: UUID
    recipient_id: UUID
    stopped: bool
    circumstances: Circumstances = NOWHERE


Command = SetConsent | StopEverybody
Answer = bool | Refusal
"""Whether the word holds now (always True), or why it was not taken."""


def purposes_of(sender: Sender, snapshot: Snapshot) -> tuple[str, ...]:
    """What a sender of this kind may write for, of the purposes that a person decides on."""
    if sender.kind == "support":
        return (SERVICE,)
    return (SERVICE, *snapshot.purposes_of(sender.business))


def any_sender(snapshot: Snapshot, business_id: UUID) -> Sender | None:
    """The sender that speaks for a company when none is named: one that may start before one that answers."""
    own = [one for one in snapshot.senders.values() if one.business.business_id == business_id]
    return min(own, key=lambda one: (one.kind != "outreach", one.sender_id), default=None)


class Consent:
    """The action of the consent lane. `new_id` makes an event id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID]) -> None:
        self._reference = reference
        self._new_id = new_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Take the words of a batch in their order."""
        snapshot = await self._reference.fresh(conn)
        people = await recipients.lock(conn, part, list({c.recipient_id for c in commands}))
        known = await consent.known(conn, part, [c.record_id for c in commands]) if again else set()
        pairs = await _pairs(conn, part, commands, snapshot)
        acts = Acts(snapshot, self._new_id, now, await consent.states(conn, part, pairs))
        acts.histories = await _histories(conn, part, commands, pairs)
        answers: list[Answer] = []
        for command in commands:
            refused = _refusal(command, people, snapshot)
            answers.append(refused or True)
            if refused is None and command.record_id not in known:
                _take(command, people[command.recipient_id], acts)
        closed = await _close_windows(conn, part, snapshot, acts)
        await _write(conn, part, people, acts, closed, now)
        return Done(answers, _wakes(commands if again else [], acts, closed))


async def _pairs(conn: Conn, part: int, commands: Sequence[Command], snapshot: Snapshot) -> list[Between]:
    pairs: set[Between] = set()
    for command in commands:
        match command:
            case SetConsent():
                sender = snapshot.senders.get(command.sender_id)
                if sender is not None:
                    pairs.add((command.recipient_id, sender.business.business_id))
            case StopEverybody():
                met = await consent.businesses_of(conn, part, command.recipient_id)
                pairs |= {(command.recipient_id, business) for business in met | {EVERYBODY}}
    return list(pairs)


async def _histories(
    conn: Conn, part: int, commands: Sequence[Command], pairs: Sequence[Between]
) -> dict[Between, list[ConsentRecord]]:
    """What was said before, wherever all is to be resumed."""
    resuming = {c.recipient_id for c in commands if isinstance(c, SetConsent) and c.granted and c.purpose == ALL}
    wanted = [pair for pair in pairs if pair[0] in resuming]
    return await consent.histories(conn, part, wanted) if wanted else {}


def _refusal(command: Command, people: Mapping[UUID, LockedRecipient], snapshot: Snapshot) -> Refusal | None:
    if command.recipient_id not in people:
        return refusal.PERSON_UNKNOWN
    if isinstance(command, StopEverybody):
        return None
    sender = snapshot.senders.get(command.sender_id)
    if sender is None:
        return refusal.SENDER_UNKNOWN
    stops_all = command.purpose == ALL
    return None if stops_all or command.purpose in purposes_of(sender, snapshot) else refusal.PURPOSE_UNKNOWN


def _take(command: Command, person: LockedRecipient, acts: Acts) -> None:
    if isinstance(command, StopEverybody):
        _stop_everybody(command, person, acts)
        return
    sender = acts.snapshot.senders[command.sender_id]
    evidence = {"by": "switch in the messenger", "sender": sender.sender_id}
    act = Act.GRANT if command.granted else Act.STOP
    word = Declaration(
        command.record_id, person, sender, command.purpose, act, BY_SWITCH, evidence, command.circumstances
    )
    if command.granted and command.purpose == ALL:
        acts.resume(word, otherwise=None)
    else:
        acts.say(word)


def _stop_everybody(command: StopEverybody, person: LockedRecipient, acts: Acts) -> None:
    """One record for everybody, and one for each company that had a yes."""
    evidence = {"by": "switch in the messenger", "all": True}
    act = Act.STOP if command.stopped else Act.GRANT
    word = Declaration(command.record_id, person, None, ALL, act, BY_SWITCH, evidence, command.circumstances)
    if not acts.say(word) or not command.stopped:
        return
    for recipient_id, business_id in sorted(acts.states):
        sender = any_sender(acts.snapshot, business_id)
        if recipient_id != person.recipient_id or sender is None:
            continue
        record_id = derive_id(slot_of(command.record_id), str(command.record_id), str(business_id))
        acts.say(Declaration(record_id, person, sender, ALL, act, BY_SWITCH, evidence, command.circumstances))


async def _close_windows(conn: Conn, part: int, snapshot: Snapshot, acts: Acts) -> dict[Pair, Thread]:
    """The threads whose windows close, because the last word of their people in this batch forbids service."""
    last = {word.between: word.act for word in acts.declarations if word.purpose == SERVICE}
    ended = {between for between, act in last.items() if act is Act.STOP}
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
    if not acts.declarations:
        return
    changed = sorted({word.person.recipient_id for word in acts.declarations})
    await recipients.set_cursors(conn, part, [people[one] for one in changed])
    if closed:
        await threads.put(conn, part, closed, now)
    await acts.write(conn, part)
    if acts.events:
        await outbox.add(conn, part, acts.events, now)
    await feedback.note(conn, part, *feedback.of_words(acts.declarations), now)


def _wakes(repeated: Sequence[Command], acts: Acts, closed: Mapping[Pair, Thread]) -> set[str]:
    topics = {inbox_topic(word.person.recipient_id) for word in acts.declarations}
    topics |= {inbox_topic(one.recipient_id) for one in repeated}
    if acts.events:
        topics.add(HOOKS)
    if closed:
        topics.add(DESK)
    return topics
