"""Double opt-in: a company asks for consent, the person confirms or declines in a dialogue of the messenger's own.

The request itself is no advertising: it carries nothing of the company's but its name and the purpose in the words that
it registered. Both steps are records in the person's chain, `request` and `grant` (or `decline`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from takt.actions.consent_acts import NOWHERE, Acts, Circumstances, Declaration
from takt.actions.outcome import HOOKS, Done, inbox_topic
from takt.core import refusal
from takt.core.asking import ASKED_PER_DAY_MAX, DAY, REQUEST_LIFE, Answer, Asked, may_ask
from takt.core.consent import EVERYBODY, Act
from takt.core.refusal import Refusal
from takt.core.value import value
from takt.store import consent, consent_requests, facts, outbox, recipients
from takt.store.consent_requests import Request
from takt.store.facts import ThreadState
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Snapshot

BY_REQUEST = "double_opt_in"
UNREACHABLE = Answer("unreachable")


@value
class Ask:
    """A company asks the person with this number, as this sender. `record_id` is also the id of the request."""

    record_id: UUID
    wa_id: str
    sender_id: str
    purpose: str


@value
class Reply:
    """A person answers a request; `version` is the wording that they saw."""

    record_id: UUID
    recipient_id: UUID
    request_id: UUID
    confirmed: bool
    version: int
    circumstances: Circumstances = NOWHERE


@value
class Outcome:
    """What became of asking, and the request's id if there is one."""

    answer: Answer
    request_id: UUID | None = None


Command = Ask | Reply
Result = Outcome | Refusal


@dataclass(slots=True)
class _Batch:
    """What a batch looks at and leaves; requests move on as its commands are decided."""

    acts: Acts
    by_wa_id: dict[str, LockedRecipient]
    people: dict[UUID, LockedRecipient]
    threads: dict[facts.Pair, ThreadState]
    members: set[tuple[UUID, UUID]]
    requests: dict[consent_requests.Subject, Request]
    waiting: dict[UUID, int]
    today: dict[UUID, int]
    changed: dict[consent_requests.Subject, Request] = field(default_factory=dict)

    def put(self, request: Request) -> None:
        """A request as it is now."""
        self.requests[request.subject] = self.changed[request.subject] = request


class AskConsent:
    """The action of the asking lane. `parts` share a company's requests of a day; `new_id` makes an id in a slot."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID], parts: int) -> None:
        self._reference = reference
        self._new_id = new_id
        self._day_max = max(1, ASKED_PER_DAY_MAX // parts)

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Result]:
        """Take requests and answers in their order; what is asked again finds what was asked before."""
        del again
        snapshot = await self._reference.fresh(conn)
        batch = await _load(conn, part, commands, Acts(snapshot, self._new_id, now))
        results = [self._take(command, batch, now) for command in commands]
        await _write(conn, part, batch, now)
        topics = {inbox_topic(word.person.recipient_id) for word in batch.acts.declarations}
        return Done(results, topics | ({HOOKS} if batch.acts.events else set()))

    def _take(self, command: Command, batch: _Batch, now: datetime) -> Result:
        return self._ask(command, batch, now) if isinstance(command, Ask) else _reply(command, batch, now)

    def _ask(self, command: Ask, batch: _Batch, now: datetime) -> Outcome:
        person = batch.by_wa_id.get(command.wa_id)
        sender = batch.acts.snapshot.senders[command.sender_id]
        if person is None or not _reachable(person, command.sender_id, batch):
            return Outcome(UNREACHABLE)
        business_id = sender.business.business_id
        subject = (person.recipient_id, business_id, command.purpose)
        known = batch.requests.get(subject)
        before = Asked(
            known.state if known is not None else "",
            known.asked_at if known is not None else None,
            batch.waiting.get(person.recipient_id, 0),
            batch.today.get(business_id, 0),
        )
        states = batch.acts.states
        answer = may_ask(
            states.get((person.recipient_id, business_id), {}), states.get((person.recipient_id, EVERYBODY), {}),
            command.purpose, before, self._day_max, now,
        )  # fmt: skip
        if answer.word != "asked":
            return Outcome(answer, known.request_id if known is not None and answer.word == "waiting" else None)
        purpose = batch.acts.snapshot.purposes_of(sender.business)[command.purpose]
        batch.put(Request(*subject, command.record_id, command.sender_id, "open", purpose.version, now))
        batch.waiting[person.recipient_id] = before.open_requests + 1
        batch.today[business_id] = before.today + 1
        asked = Declaration(
            command.record_id, person, sender, command.purpose, Act.REQUEST, BY_REQUEST, {"sender": command.sender_id},
            Circumstances("request dialogue", sender.business.locale), {"request": str(command.record_id)},
        )  # fmt: skip
        batch.acts.add(asked)
        return Outcome(answer, command.record_id)


def _reachable(person: LockedRecipient, sender_id: str, batch: _Batch) -> bool:
    """Whether a company may show itself to a person at all; a block is told like a number nobody has."""
    thread = batch.threads.get((person.recipient_id, sender_id))
    if thread is not None and (thread.blocked_at is not None or thread.blocked_by_business):
        return False
    sender = batch.acts.snapshot.senders[sender_id]
    if sender.status != "live" or sender.business.stage not in ("pilot", "live"):
        return False
    return sender.business.stage == "live" or (person.recipient_id, sender.business.business_id) in batch.members


def _reply(command: Reply, batch: _Batch, now: datetime) -> Result:
    person = batch.people.get(command.recipient_id)
    if person is None:
        return refusal.PERSON_UNKNOWN
    request = next((one for one in batch.requests.values() if one.request_id == command.request_id), None)
    if request is None or request.recipient_id != command.recipient_id:
        return refusal.REQUEST_UNKNOWN
    wanted = "confirmed" if command.confirmed else "declined"
    if request.state != "open":
        return Outcome(Answer(wanted), request.request_id) if request.state == wanted else refusal.REQUEST_CLOSED
    if now >= request.asked_at + REQUEST_LIFE:
        return refusal.REQUEST_CLOSED
    sender = batch.acts.snapshot.senders[request.sender_id]
    purpose = batch.acts.snapshot.purposes_of(sender.business).get(request.purpose)
    if purpose is None or purpose.version != command.version:
        return refusal.REQUEST_CHANGED
    batch.put(replace(request, state=wanted, answered_at=now))
    confirmation = {"request": str(request.request_id), "asked_at": request.asked_at, "answered_at": now}
    batch.acts.add(
        Declaration(
            command.record_id,
            person,
            sender,
            request.purpose,
            Act.GRANT if command.confirmed else Act.DECLINE,
            BY_REQUEST,
            {"by": "request dialogue", "sender": request.sender_id},
            command.circumstances,
            {"confirmation": confirmation},
        )
    )
    return Outcome(Answer(wanted), request.request_id)


async def _load(conn: Conn, part: int, commands: Sequence[Command], acts: Acts) -> _Batch:
    asks = [command for command in commands if isinstance(command, Ask)]
    replies = [command for command in commands if isinstance(command, Reply)]
    answered = await consent_requests.by_ids(conn, part, [one.request_id for one in replies])
    found = await recipients.find_ids(conn, part, list({one.wa_id for one in asks}))
    ids = {one.recipient_id for one in replies} | set(found)
    people = await recipients.lock(conn, part, list(ids))
    by_wa_id = {one.wa_id: one for one in people.values()}
    met = [(by_wa_id[one.wa_id].recipient_id, one) for one in asks if one.wa_id in by_wa_id]
    business_of = _businesses(acts.snapshot, asks)
    subjects = {(person, business_of[one.sender_id], one.purpose) for person, one in met}
    pairs = {(person, business) for person, business, _ in subjects}
    pairs |= {(one.recipient_id, one.business_id) for one in answered.values()} | {(one, EVERYBODY) for one in ids}
    acts.states = await consent.states(conn, part, list(pairs))
    # Read again under the locks: what was open a moment ago may be answered.
    fresh = await consent_requests.find(conn, part, list(subjects | {one.subject for one in answered.values()}))
    waiting: dict[UUID, int] = {}
    for one in await consent_requests.open_of(conn, part, [person for person, _ in met], acts.now - REQUEST_LIFE):
        waiting[one.recipient_id] = waiting.get(one.recipient_id, 0) + 1
    return _Batch(
        acts,
        by_wa_id,
        people,
        await facts.threads(conn, part, [(person, one.sender_id) for person, one in met]),
        await facts.pilot_members(conn, part, list(pairs)),
        fresh,
        waiting,
        await consent_requests.asked_since(conn, part, list(set(business_of.values())), acts.now - DAY),
    )


def _businesses(snapshot: Snapshot, asks: Sequence[Ask]) -> Mapping[str, UUID]:
    return {one.sender_id: snapshot.senders[one.sender_id].business.business_id for one in asks}


async def _write(conn: Conn, part: int, batch: _Batch, now: datetime) -> None:
    if not batch.changed:
        return
    people = {word.person.recipient_id: word.person for word in batch.acts.declarations}
    await recipients.set_cursors(conn, part, [people[one] for one in sorted(people)])
    await consent_requests.put(conn, part, list(batch.changed.values()))
    await batch.acts.write(conn, part)
    if batch.acts.events:
        await outbox.add(conn, part, batch.acts.events, now)
