"""What a person decides about a chat: accept a first contact, mute, block and unblock, report, delete.

Deleting ends the company's right to write: the window closes, and what was said is shown no more. Each act that changes
something is a notice for the person's other devices; doing again what is done changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from takt.actions import feedback
from takt.actions.feedback import Felt, TakenBack
from takt.actions.outcome import DESK, Done, inbox_topic
from takt.core import refusal
from takt.core.refusal import Refusal
from takt.core.value import value
from takt.store import feedback as feedback_store
from takt.store import inbox, recipients, reports, threads
from takt.store.facts import Pair
from takt.store.feedback import Search
from takt.store.inbox import Notice
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Snapshot
from takt.store.reports import Report
from takt.store.threads import Thread


@value
class Complaint:
    """Why a person reports a sender, with their own words if any. `report_id` makes a repeat meet itself."""

    report_id: UUID
    reason: str
    note: str = ""


@value
class Block:
    """Let a sender no longer write, or again; a complaint may come with it, and alone if `blocked` is None.

    `about` is the message that led to it.
    """

    recipient_id: UUID
    sender_id: str
    blocked: bool | None
    complaint: Complaint | None = None
    reason: str = ""
    about: UUID | None = None


@value
class Mute:
    """Let a chat go on without a word about it, or tell of it again. `about` is the message that led to it."""

    recipient_id: UUID
    sender_id: str
    muted: bool
    about: UUID | None = None


@value
class Accept:
    """Go on with a sender that wrote first."""

    recipient_id: UUID
    sender_id: str


@value
class Delete:
    """Delete a chat for the person, and with it the sender's right to write."""

    recipient_id: UUID
    sender_id: str


Command = Block | Mute | Accept | Delete
Answer = bool | Refusal
"""Whether it holds now (always True), or why it was not done."""


@dataclass(slots=True)
class _Changes:
    """What a batch leaves to be written."""

    people: dict[UUID, LockedRecipient] = field(default_factory=dict)
    threads: dict[Pair, Thread] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    felt: list[Felt] = field(default_factory=list)
    taken_back: list[TakenBack] = field(default_factory=list)
    reasons: set[tuple[UUID, str, str]] = field(default_factory=set)


class Chat:
    """The action of the chat lane."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Do what a batch says in its order."""
        snapshot = await self._reference.fresh(conn)
        people = await recipients.lock(conn, part, list({command.recipient_id for command in commands}))
        known = await threads.load(conn, part, list({(c.recipient_id, c.sender_id) for c in commands}))
        changes = _Changes()
        answers = [_do(command, people, known, snapshot, changes, now) for command in commands]
        await _write(conn, part, changes, now)
        touched = {command.recipient_id for command in commands} if again else set(changes.people)
        return Done(answers, _wakes(touched, changes))


def _do(
    command: Command, people: Mapping[UUID, LockedRecipient], known: dict[Pair, Thread], snapshot: Snapshot,
    changes: _Changes, now: datetime,
) -> Answer:  # fmt: skip
    person = people.get(command.recipient_id)
    if person is None:
        return refusal.PERSON_UNKNOWN
    if command.sender_id not in snapshot.senders:
        return refusal.SENDER_UNKNOWN
    pair = (command.recipient_id, command.sender_id)
    if isinstance(command, Block):
        _report(command, person, changes, now)
        thread = known.setdefault(pair, Thread())
        if command.reason and thread.blocked_at is not None:
            changes.reasons.add((*pair, command.reason))
    elif pair in known:
        thread = known[pair]
    else:
        return refusal.THREAD_UNKNOWN
    if _change(command, thread, person, now):
        _feel(command, person, changes)
        person.cursor += 1
        changes.people[person.recipient_id] = person
        changes.notices.append(_notice(pair, thread, person.cursor))
        # A person who blocks somebody they never had to do with stays unknown to that company.
        # Of a muted chat companies learn nothing.
        thread.told |= thread.last_cursor > 0 and not isinstance(command, Mute)
        changes.threads[pair] = thread
    return True


def _change(command: Command, thread: Thread, person: LockedRecipient, now: datetime) -> bool:
    """Change the thread; whether that made a difference."""
    match command:
        case Block(blocked=blocked):
            if blocked is None or (thread.blocked_at is not None) == blocked:
                return False
            thread.blocked_at = now if blocked else None
        case Mute(muted=muted):
            if (thread.muted_at is not None) == muted:
                return False
            thread.muted_at = now if muted else None
        case Accept():
            if thread.accepted:
                return False
            thread.accepted = True
        case Delete():
            if thread.last_cursor <= thread.cleared_through and thread.window_until is None:
                return False
            thread.deleted_at = now
            thread.window_until = None
            thread.cleared_through = person.cursor
    return True


def _report(command: Block, person: LockedRecipient, changes: _Changes, now: datetime) -> None:
    said = command.complaint
    if said is not None:
        changes.reports.append(
            Report(said.report_id, command.recipient_id, command.sender_id, said.reason, said.note, now)
        )
        changes.felt.append(Felt(person, "report", _cause_of(command), said.reason))


def _feel(command: Command, person: LockedRecipient, changes: _Changes) -> None:
    """What the act says of the company's messages."""
    match command:
        case Block(blocked=True, reason=reason):
            changes.felt.append(Felt(person, "block", _cause_of(command), reason))
        case Mute(muted=True):
            changes.felt.append(Felt(person, "mute", _cause_of(command)))
        case Block():
            _take_back(TakenBack(command.recipient_id, "block", command.sender_id), changes)
        case Mute():
            _take_back(TakenBack(command.recipient_id, "mute", command.sender_id), changes)
        case _:
            pass


def _take_back(act: TakenBack, changes: _Changes) -> None:
    """Also what the same batch was about to keep."""
    key = (act.recipient_id, act.sender_id, act.kind)
    changes.felt = [one for one in changes.felt if (one.search.recipient_id, one.search.sender_id, one.kind) != key]
    changes.taken_back.append(act)


def _cause_of(command: Block | Mute) -> Search:
    return Search(command.recipient_id, command.about, command.sender_id)


def _notice(pair: Pair, thread: Thread, cursor: int) -> Notice:
    """The whole state of the thread, so that the newest notice says all that earlier ones did."""
    body = {
        "blocked": thread.blocked_at is not None,
        "accepted": thread.accepted,
        "muted": thread.muted_at is not None,
        "cleared_through": thread.cleared_through,
    }
    return Notice(pair[0], cursor, pair[1], "thread", msgspec.json.encode(body).decode())


async def _write(conn: Conn, part: int, changes: _Changes, now: datetime) -> None:
    if changes.people:
        await recipients.set_cursors(conn, part, [changes.people[one] for one in sorted(changes.people)])
        await threads.put(conn, part, changes.threads, now)
        await inbox.add_notices(conn, part, changes.notices, now)
    if changes.reports:
        await reports.add(conn, part, changes.reports)
    if changes.reasons:
        await feedback_store.set_reasons(conn, part, sorted(changes.reasons))
    await feedback.note(conn, part, changes.felt, changes.taken_back, now)


def _wakes(touched: set[UUID], changes: _Changes) -> set[str]:
    topics = {inbox_topic(one) for one in touched}
    return topics | {DESK} if any(thread.told for thread in changes.threads.values()) else topics
