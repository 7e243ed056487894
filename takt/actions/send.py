"""A company sends: the hot path, for a whole batch in one transaction.

Lock the recipients, load what the verdicts rest on, let `policy.admit` and `rating.quote` decide each message in turn
(the second of two messages to the same person sees what the first changed), then write all of it set-wise. Reasons that
the real platform answers at once store nothing; the others store a failed message and its `failed` webhook event.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.core import ledger, limits, policy, rating, template, window
from takt.core.denial import REASONS, Denied
from takt.core.ids import slot_of
from takt.core.ledger import Wallet
from takt.core.message import Accepted, SendMessage, TemplateContent, TextContent
from takt.core.policy import Facts
from takt.core.rating import Quote
from takt.core.template import Filled, Mismatch, Template
from takt.store import facts, messages, outbox, recipients
from takt.store import ledger as ledger_store
from takt.store.facts import Permission, ThreadState
from takt.store.ledger import Hold, Payer
from takt.store.messages import Known, Outbound
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Business, Reference, Sender, Snapshot
from takt.wire import record, webhook
from takt.wire.webhook import Identity, Person

MESSAGE_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Refused:
    """A no. `message_id` names the failed message if one was stored, for explaining it later."""

    message_id: UUID
    wa_id: str
    denied: Denied
    stored: bool


Answer = Accepted | Refused


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A command with what the reference rows say about it, before anybody looks at the recipient."""

    command: SendMessage
    sender: Sender
    template: Template | None
    filled: Filled | Mismatch | None

    @property
    def category(self) -> str:
        return self.template.category if self.template is not None else "service"


@dataclass(slots=True)
class _Loaded:
    """The facts of a batch. Threads, paces and wallets move on as its messages are decided."""

    people: dict[str, LockedRecipient]
    threads: dict[facts.Pair, ThreadState]
    permissions: dict[tuple[UUID, UUID], Permission]
    members: set[tuple[UUID, UUID]]
    paces: dict[str, datetime]
    wallets: dict[Payer, Wallet]


@dataclass(slots=True)
class _Written:
    """What the decisions of a batch leave to be written."""

    messages: list[Outbound] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    events: list[outbox.Event] = field(default_factory=list)
    threads: dict[facts.Pair, ThreadState] = field(default_factory=dict)
    people: dict[UUID, LockedRecipient] = field(default_factory=dict)
    paces: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Ruling:
    """One message with its facts and price, ready to be let out or refused."""

    prepared: _Prepared
    person: LockedRecipient | None
    thread: ThreadState
    permission: Permission | None
    quote: Quote | None
    facts: Facts


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

        Wallets are read without a lock first: that somebody else spends the same money in the same moment is rare, and
        then the batch runs `again`, with its wallets locked.
        """
        snapshot = await self._reference.fresh(conn)
        prepared = _prepare(snapshot, commands)
        loaded = await self._load(conn, part, prepared, locked=again)
        before = await _known(conn, part, commands, again=again)
        written = _Written()
        answers = [
            _answer_known(one.command, before[one.command.message_id], loaded)
            if one.command.message_id in before
            else self._decide(one, loaded, written, snapshot, now)
            for one in prepared
        ]
        await _write(conn, part, written, now)
        return Done(answers, _wakes(written))

    async def examine(self, conn: Conn, part: int, command: SendMessage, now: datetime) -> tuple[Facts, Quote | None]:
        """The facts and the price that this command would meet now; nothing is written."""
        prepared = _prepare(await self._reference.fresh(conn), [command])
        loaded = await self._load(conn, part, prepared, locked=False)
        ruling = self._rule(prepared[0], loaded, now)
        return ruling.facts, ruling.quote

    async def _load(self, conn: Conn, part: int, prepared: list[_Prepared], *, locked: bool) -> _Loaded:
        people = await recipients.lock_by_wa_id(conn, part, list({one.command.wa_id for one in prepared}))
        met = [(people[one.command.wa_id], one) for one in prepared if one.command.wa_id in people]
        pairs = list({(person.recipient_id, one.sender.sender_id) for person, one in met})
        marketing = list({
            (person.recipient_id, one.sender.business.business_id) for person, one in met if one.category == "marketing"
        })  # fmt: skip
        piloting = list({
            (person.recipient_id, one.sender.business.business_id)
            for person, one in met
            if one.sender.business.stage == "pilot"
        })  # fmt: skip
        payers = {_payer(one.sender.business) for person, one in met}
        return _Loaded(
            people=people,
            threads=await facts.threads(conn, part, pairs) if pairs else {},
            permissions=await facts.marketing_permissions(conn, part, marketing) if marketing else {},
            members=await facts.pilot_members(conn, part, piloting) if piloting else set(),
            paces=await facts.paces(conn, part, list({one.sender.sender_id for one in prepared})),
            wallets=await ledger_store.wallets(conn, payers, locked=locked) if payers else {},
        )

    def _rule(self, prepared: _Prepared, loaded: _Loaded, now: datetime, snapshot: Snapshot | None = None) -> _Ruling:
        sender = prepared.sender
        person = loaded.people.get(prepared.command.wa_id)
        thread, permission, price, member = ThreadState(), None, None, False
        wallet = Wallet(0, 0, 0)
        if person is not None:
            key = (person.recipient_id, sender.business.business_id)
            thread = loaded.threads.get((person.recipient_id, sender.sender_id), thread)
            permission, member = loaded.permissions.get(key), key in loaded.members
            wallet = loaded.wallets.get(_payer(sender.business), wallet)
            card = (snapshot or self._reference.current).card(sender.business.card, now)
            price = rating.quote(
                card, prepared.category, person.market, window_open=window.is_open(thread.window_until, now)
            )
        mismatch = prepared.filled if isinstance(prepared.filled, Mismatch) else None
        gathered = Facts(
            sender_status=sender.status,
            sender_kind=sender.kind,
            business_stage=sender.business.stage,
            unanswered_max=sender.unanswered_max,
            throughput_per_s=sender.throughput_per_s,
            parts=self._parts,
            recipient_known=person is not None,
            pilot_member=member,
            blocked_at=thread.blocked_at,
            ever_wrote=thread.ever_wrote,
            window_until=thread.window_until,
            deleted_at=thread.deleted_at if sender.kind == "support" else None,
            unanswered=thread.unanswered,
            is_template=isinstance(prepared.command.content, TemplateContent),
            template_status=prepared.template.status if prepared.template is not None else None,
            mismatch=mismatch.reason.name if mismatch is not None else None,
            mismatch_details=mismatch.details if mismatch is not None else "",
            category=prepared.category,
            marketing=permission.granted if permission is not None else None,
            consent_at=permission.at if permission is not None else None,
            consent_source=permission.source if permission is not None else "",
            pair_tat=thread.pair_tat,
            pace_tat=loaded.paces.get(sender.sender_id),
            price_micros=price.amount_micros if price is not None else 0,
            available_micros=wallet.available_micros,
            currency=price.currency if price is not None else "",
        )
        return _Ruling(prepared, person, thread, permission, price, gathered)

    def _decide(
        self, prepared: _Prepared, loaded: _Loaded, written: _Written, snapshot: Snapshot, now: datetime
    ) -> Answer:
        ruling = self._rule(prepared, loaded, now, snapshot)
        denied = policy.admit(ruling.facts, now)
        if denied is None:
            return self._let_out(ruling, loaded, written, snapshot, now)
        command = prepared.command
        stored = not denied.reason.sync and not command.verdict_at_once
        if stored:
            self._refuse(ruling, denied, written, snapshot, now)
        return Refused(command.message_id, command.wa_id, denied, stored)

    def _let_out(
        self, ruling: _Ruling, loaded: _Loaded, written: _Written, snapshot: Snapshot, now: datetime
    ) -> Accepted:
        prepared, person, price = ruling.prepared, ruling.person, ruling.quote
        assert person is not None
        assert price is not None
        command, sender = prepared.command, prepared.sender
        person.cursor += 1
        written.people[person.recipient_id] = person
        _move_thread(ruling, loaded, written, now)
        pace = limits.throughput(sender.throughput_per_s, self._parts).take(loaded.paces.get(sender.sender_id), now)
        loaded.paces[sender.sender_id] = written.paces[sender.sender_id] = pace
        if price.amount_micros > 0:
            _set_aside(ruling, price, loaded, written)
        written.messages.append(_outbound(ruling, person.cursor, None, now))
        self._tell(
            ruling, written, snapshot,
            lambda identity, who: webhook.render_status(
                identity, who, command.message_id, "sent", now, callback=command.callback,
                pricing=webhook.pricing_of(price),
            ),
        )  # fmt: skip
        return Accepted(command.message_id, command.wa_id, person.user_code, person.cursor, now)

    def _refuse(self, ruling: _Ruling, denied: Denied, written: _Written, snapshot: Snapshot, now: datetime) -> None:
        command = ruling.prepared.command
        written.messages.append(_outbound(ruling, None, denied, now))
        self._tell(
            ruling, written, snapshot,
            lambda identity, who: webhook.render_failed(
                identity, who, command.message_id, now, denied.reason, webhook.details(denied),
                callback=command.callback,
            ),
        )  # fmt: skip

    def _tell(
        self, ruling: _Ruling, written: _Written, snapshot: Snapshot, render: Callable[[Identity, Person], str]
    ) -> None:
        sender, person, command = ruling.prepared.sender, ruling.person, ruling.prepared.command
        listeners = snapshot.listeners(sender.business.business_id, "messages")
        if not listeners:
            return
        who = (
            Person(command.wa_id, person.user_code, person.name)
            if person is not None
            else Person(command.wa_id, None, "")
        )
        body = render(Identity(sender.sender_id, sender.phone), who)
        for endpoint in listeners:
            written.events.append(
                outbox.Event(
                    self._new_id(slot_of(command.message_id)),
                    endpoint.endpoint_id,
                    person.recipient_id if person is not None else None,
                    "messages",
                    sender.business.waba_id,
                    body,
                )
            )


def _prepare(snapshot: Snapshot, commands: list[SendMessage]) -> list[_Prepared]:
    return [_prepare_one(snapshot, command) for command in commands]


def _prepare_one(snapshot: Snapshot, command: SendMessage) -> _Prepared:
    sender = snapshot.senders[command.sender_id]
    content = command.content
    if isinstance(content, TextContent):
        return _Prepared(command, sender, None, None)
    found = snapshot.templates.get((sender.business.business_id, content.name, content.language))
    return _Prepared(command, sender, found, template.fill(found, content) if found is not None else None)


async def _known(conn: Conn, part: int, commands: list[SendMessage], *, again: bool) -> dict[UUID, Known]:
    asked = [command.message_id for command in commands if again or command.repeatable]
    return await messages.known(conn, part, asked) if asked else {}


def _answer_known(command: SendMessage, known: Known, loaded: _Loaded) -> Answer:
    if known.reason is not None:
        reason = REASONS[known.reason]
        return Refused(command.message_id, command.wa_id, Denied("stored", reason, "decided before"), stored=True)
    assert known.cursor is not None
    person = loaded.people[command.wa_id]
    return Accepted(command.message_id, command.wa_id, person.user_code, known.cursor, known.accepted_at)


def _move_thread(ruling: _Ruling, loaded: _Loaded, written: _Written, now: datetime) -> None:
    person, thread, command = ruling.person, ruling.thread, ruling.prepared.command
    assert person is not None
    filled = ruling.prepared.filled
    shown = filled if isinstance(filled, Filled) else command.content
    assert not isinstance(shown, TemplateContent)
    thread.unanswered += 1
    thread.pair_tat = limits.PAIR_RATE.take(thread.pair_tat, now)
    thread.last_cursor = person.cursor
    thread.last_text = record.preview_of(shown)
    thread.last_message_id = command.message_id
    pair = (person.recipient_id, command.sender_id)
    loaded.threads[pair] = written.threads[pair] = thread


def _set_aside(ruling: _Ruling, price: Quote, loaded: _Loaded, written: _Written) -> None:
    assert ruling.person is not None
    payer = _payer(ruling.prepared.sender.business)
    wallet = ledger.hold(loaded.wallets[payer], price.amount_micros)
    assert wallet is not None, "the money rule passed, so the wallet covers the price"
    loaded.wallets[payer] = wallet
    written.holds.append(
        Hold(
            ruling.prepared.command.message_id, ruling.person.recipient_id, payer, price.amount_micros, price.currency,
            price.category, price.market, price.card, price.version, price.rule,
        )
    )  # fmt: skip


def _outbound(ruling: _Ruling, cursor: int | None, denied: Denied | None, now: datetime) -> Outbound:
    prepared, person = ruling.prepared, ruling.person
    command = prepared.command
    shown = prepared.filled if isinstance(prepared.filled, Filled) else command.content
    if isinstance(shown, Filled):
        kind, content = "template", record.encode_filled(shown)
    else:
        assert isinstance(shown, TextContent)
        kind, content = "text", record.encode_text(shown)
    life = timedelta(seconds=prepared.template.ttl_s) if prepared.template is not None else MESSAGE_LIFE
    return Outbound(
        message_id=command.message_id,
        recipient_id=person.recipient_id if person is not None else None,
        wa_id=command.wa_id,
        sender_id=command.sender_id,
        business_id=prepared.sender.business.business_id,
        cursor=cursor,
        type=kind,
        content=content,
        context_id=command.context_id,
        callback=command.callback,
        category=prepared.category,
        template_id=prepared.template.template_id if prepared.template is not None else None,
        consent_id=ruling.permission.record_id if ruling.permission is not None else None,
        reason=denied.reason.name if denied is not None else None,
        facts=record.encode_facts(ruling.facts),
        pricing=record.encode_quote(ruling.quote) if ruling.quote is not None else None,
        expires_at=now + life if denied is None else None,
    )


async def _write(conn: Conn, part: int, written: _Written, now: datetime) -> None:
    if written.people:
        await recipients.set_cursors(conn, part, list(written.people.values()))
        await messages.set_threads(conn, part, written.threads, now)
    if written.messages:
        await messages.add_outbound(conn, part, written.messages, now)
    if written.holds:
        await ledger_store.add_holds(conn, part, written.holds, now)
    if written.events:
        await outbox.add(conn, part, written.events, now)
    if written.paces:
        await messages.set_paces(conn, part, written.paces)
    if written.holds:
        await ledger_store.reserve(conn, written.holds)


def _wakes(written: _Written) -> set[str]:
    topics = {inbox_topic(recipient_id) for recipient_id in written.people}
    if written.events:
        topics.add(HOOKS)
    if written.threads:
        topics.add(DESK)
    return topics


def _payer(business: Business) -> Payer:
    return business.contract_part, business.contract_id


def at_once(command: SendMessage) -> SendMessage:
    """The same command, with every refusal answered at once and nothing stored (`Takt-Verdict: sync`)."""
    return replace(command, verdict_at_once=True)
