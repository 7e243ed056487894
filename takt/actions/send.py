"""A company sends: the hot path, for a whole batch in one transaction.

Lock the recipients, load what the verdicts rest on, let `policy.admit` and `rating.quote` decide each message in turn
(the second of two messages to the same person sees what the first changed), then write all of it set-wise. Reasons that
the real platform answers at once store nothing; the others store a failed message and its `failed` webhook event.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from takt.actions import ruling
from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.actions.ruling import Loaded, Prepared, Ruling
from takt.actions.telling import identity_of, person_of
from takt.core import ledger, limits, policy
from takt.core.denial import REASONS, Denied
from takt.core.ids import slot_of
from takt.core.media import INBOX_LIFE
from takt.core.message import Accepted, SendMessage
from takt.core.rating import Quote
from takt.core.value import value
from takt.store import facts, media, messages, outbox, recipients
from takt.store import ledger as ledger_store
from takt.store.facts import ThreadState
from takt.store.ledger import Hold
from takt.store.media import Use
from takt.store.messages import Known, Outbound, Stride
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Reference, Sender, Snapshot
from takt.wire import record, shown, webhook
from takt.wire.shown import Kept
from takt.wire.webhook import Identity, Person

NOTHING = timedelta(0)


@value
class Refused:
    """A no. `message_id` names the failed message if one was stored, for explaining it later."""

    message_id: UUID
    wa_id: str
    denied: Denied
    stored: bool


Answer = Accepted | Refused


@dataclass(slots=True)
class _Written:
    """What the decisions of a batch leave to be written."""

    messages: list[Outbound] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    events: list[outbox.Event] = field(default_factory=list)
    threads: dict[facts.Pair, ThreadState] = field(default_factory=dict)
    people: dict[UUID, LockedRecipient] = field(default_factory=dict)
    strides: dict[str, Stride] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)


class Send:
    """The action of the send lane. `new_id` makes an event id in a slot; `parts` is how many parts there are."""

    def __init__(self, reference: Reference, new_id: Callable[[int], UUID], parts: int) -> None:
        self._reference = reference
        self._new_id = new_id
        self._parts = parts

    async def __call__(
        self, conn: Conn, part: int, commands: list[SendMessage], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Decide and write a batch.

        Paces and wallets are read without a lock first: that somebody else uses up the same pace or money in the same
        moment is rare, and then the batch runs `again`, with both locked.
        """
        snapshot = await self._reference.fresh(conn)
        prepared = [ruling.prepare(snapshot, command) for command in commands]
        loaded = await ruling.load(conn, part, prepared, now, locked=again)
        await ruling.load_prices(conn, part, prepared, loaded, snapshot, now)
        before = await _known(conn, part, commands, again=again)
        written = _Written()
        answers: dict[UUID, Answer] = {}
        for one in prepared:
            message_id = one.command.message_id
            if message_id in before:
                answers[message_id] = _answer_known(one.command, before[message_id], loaded)
            elif message_id not in answers:  # a repeated request may meet itself within the batch
                answers[message_id] = self._decide(one, loaded, written, snapshot, now)
        await _write(conn, part, written, now)
        return Done([answers[command.message_id] for command in commands], _wakes(written))

    def _decide(
        self, prepared: Prepared, loaded: Loaded, written: _Written, snapshot: Snapshot, now: datetime
    ) -> Answer:
        ruled = ruling.rule(prepared, loaded, snapshot, self._parts, now)
        denied = policy.admit(ruled.facts, now)
        if denied is None:
            return self._let_out(ruled, loaded, written, snapshot, now)
        command = prepared.command
        stored = not denied.reason.sync and not command.verdict_at_once
        if stored:
            self._refuse(ruled, denied, loaded, written, snapshot, now)
        return Refused(command.message_id, command.wa_id, denied, stored)

    def _let_out(self, ruled: Ruling, loaded: Loaded, written: _Written, snapshot: Snapshot, now: datetime) -> Accepted:
        prepared, person, price = ruled.prepared, ruled.person, ruled.quote
        assert person is not None
        assert price is not None
        command, sender = prepared.command, prepared.sender
        person.cursor += 1
        written.people[person.recipient_id] = person
        kept = _kept(prepared)
        _move_thread(ruled, kept, loaded, written, now)
        self._take_pace(sender, loaded, written, now)
        if price.amount_micros > 0:
            _set_aside(ruled, price, loaded, written)
        written.messages.append(_outbound(ruled, kept, person.cursor, None, now))
        written.uses.extend(
            Use(person.recipient_id, one.media_id, command.message_id, sender.business.business_id)
            for one in command.files.values()
        )
        self._tell(
            ruled, written, snapshot,
            lambda identity, who: webhook.render_status(
                identity, who, command.message_id, "sent", now, callback=command.callback,
                pricing=webhook.pricing_of(price),
            ),
        )  # fmt: skip
        return Accepted(command.message_id, command.wa_id, person.user_code, person.cursor, now)

    def _take_pace(self, sender: Sender, loaded: Loaded, written: _Written, now: datetime) -> None:
        rate = limits.throughput(sender.throughput_per_s, self._parts)
        loaded.paces[sender.sender_id] = rate.take(loaded.paces.get(sender.sender_id), now)
        written.strides.setdefault(sender.sender_id, Stride(NOTHING, rate.ahead_max)).taken += rate.interval

    def _refuse(
        self, ruled: Ruling, denied: Denied, loaded: Loaded, written: _Written, snapshot: Snapshot, now: datetime
    ) -> None:
        command = ruled.prepared.command
        self._take_pace(ruled.prepared.sender, loaded, written, now)  # a failed message is a row like any other
        written.messages.append(_outbound(ruled, _kept(ruled.prepared), None, denied, now))
        self._tell(
            ruled, written, snapshot,
            lambda identity, who: webhook.render_failed(
                identity, who, command.message_id, now, denied.reason, webhook.details(denied),
                callback=command.callback,
            ),
        )  # fmt: skip

    def _tell(
        self, ruled: Ruling, written: _Written, snapshot: Snapshot, render: Callable[[Identity, Person], str]
    ) -> None:
        sender, person, command = ruled.prepared.sender, ruled.person, ruled.prepared.command
        listeners = snapshot.listeners(sender.business.business_id, "messages", sender.sender_id)
        if not listeners:
            return
        who = person_of(person, sender) if person is not None else Person(command.wa_id, None, "")
        body = render(identity_of(sender), who)
        for endpoint in listeners:
            written.events.append(
                outbox.Event(
                    self._new_id(slot_of(command.message_id)),
                    endpoint.endpoint_id,
                    "messages",
                    sender.business.waba_id,
                    body,
                )
            )


async def _known(conn: Conn, part: int, commands: list[SendMessage], *, again: bool) -> dict[UUID, Known]:
    asked = [command.message_id for command in commands if again or command.repeatable]
    return await messages.known(conn, part, asked) if asked else {}


def _answer_known(command: SendMessage, known: Known, loaded: Loaded) -> Answer:
    if known.cursor is None:  # an accepted one may have a reason, too: it expired since
        assert known.reason is not None
        reason = REASONS[known.reason]
        return Refused(command.message_id, command.wa_id, Denied("stored", reason, "decided before"), stored=True)
    person = loaded.people[command.wa_id]
    return Accepted(command.message_id, command.wa_id, person.user_code, known.cursor, known.accepted_at)


def _move_thread(ruled: Ruling, kept: Kept, loaded: Loaded, written: _Written, now: datetime) -> None:
    person, thread, command = ruled.person, ruled.thread, ruled.prepared.command
    assert person is not None
    if ruled.prepared.reaction is None:  # a reaction asks for no answer
        thread.unanswered += 1
    thread.pair_tat = limits.PAIR_RATE.take(thread.pair_tat, now)
    thread.last_cursor = person.cursor
    thread.last_text = kept.line
    thread.last_message_id = command.message_id
    pair = (person.recipient_id, command.sender_id)
    loaded.threads[pair] = written.threads[pair] = thread


def _set_aside(ruled: Ruling, price: Quote, loaded: Loaded, written: _Written) -> None:
    payer = ruling.payer_of(ruled.prepared.sender.business)
    wallet = ledger.hold(loaded.wallets[payer], price.amount_micros)
    assert wallet is not None, "the money rule passed, so the wallet covers the price"
    loaded.wallets[payer] = wallet
    written.holds.append(
        Hold(
            ruled.prepared.command.message_id, payer, price.amount_micros, price.currency,
            price.category, price.market, price.card, price.version, price.rule,
        )
    )  # fmt: skip


def _kept(prepared: Prepared) -> Kept:
    """What is written of the content. A message that is stored has one: what is wrong with a template is told at once."""
    content = prepared.shown
    assert content is not None
    return shown.keep(content, prepared.command.files)


def _outbound(ruled: Ruling, kept: Kept, cursor: int | None, denied: Denied | None, now: datetime) -> Outbound:
    prepared, person = ruled.prepared, ruled.person
    command = prepared.command
    return Outbound(
        message_id=command.message_id,
        recipient_id=person.recipient_id if person is not None else None,
        wa_id=command.wa_id,
        sender_id=command.sender_id,
        business_id=prepared.sender.business.business_id,
        cursor=cursor,
        type=kept.type,
        content=kept.json,
        context_id=command.context_id,
        callback=command.callback,
        category=prepared.category,
        template_id=prepared.template.template_id if prepared.template is not None else None,
        consent_id=ruled.permission.record_id if ruled.permission is not None else None,
        reason=denied.reason.name if denied is not None else None,
        facts=record.encode_facts(ruled.facts),
        pricing=record.encode_quote(ruled.quote) if ruled.quote is not None else None,
        expires_at=prepared.expires_at(now) if denied is None else None,
    )


async def _write(conn: Conn, part: int, written: _Written, now: datetime) -> None:
    if written.people:
        await recipients.set_cursors(conn, part, list(written.people.values()))
        await messages.set_threads(conn, part, written.threads, now)
    if written.messages:
        await messages.add_outbound(conn, part, written.messages, now)
    if written.uses:
        await media.note_uses(conn, part, written.uses, now, now + INBOX_LIFE)
    if written.holds:
        await ledger_store.add_holds(conn, part, written.holds, now)
    if written.events:
        await outbox.add(conn, part, written.events, now)
    if written.strides:
        await messages.move_paces(conn, part, written.strides, now)
    if written.holds:
        await ledger_store.reserve(conn, written.holds)


def _wakes(written: _Written) -> set[str]:
    topics = {inbox_topic(recipient_id) for recipient_id in written.people}
    if written.events:
        topics.add(HOOKS)
    if written.threads:
        topics.add(DESK)
    return topics
