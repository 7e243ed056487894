"""A batch of messages on their way out: each is decided in turn, and all that follows is written set-wise.

A send brings new messages, a release those that waited; both are let out, refused or kept waiting by the same rules. The
second of two messages to the same person sees what the first changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from takt.actions import admitting, leasing, partners, pricing, rationing, ruling
from takt.actions.leasing import Flows, LeasedError
from takt.actions.outcome import DESK, HOOKS, inbox_topic
from takt.actions.ruling import Loaded, Prepared, Ruling
from takt.actions.telling import identity_of, person_of
from takt.core import ledger, limits, policy
from takt.core.denial import Denied
from takt.core.entries import PARTNER, Payer
from takt.core.ids import slot_of
from takt.core.media import INBOX_LIFE
from takt.core.message import Accepted, Waits
from takt.core.rating import Quote
from takt.core.value import value
from takt.store import admissions, facts, media, messages, outbox, rebuffs, recipients, threads
from takt.store import ledger as ledger_store
from takt.store.admissions import Decision
from takt.store.facts import ThreadState
from takt.store.ledger import Hold
from takt.store.media import Use
from takt.store.messages import Outbound, Stride
from takt.store.pool import Conn
from takt.store.rebuffs import Rebuff
from takt.store.recipients import LockedRecipient
from takt.store.reference import Sender, Snapshot
from takt.wire import record, shown, webhook
from takt.wire.shown import Kept
from takt.wire.webhook import Identity, Person

NOTHING = timedelta(0)
OF_ADMISSION = ("pressure", "held_out")
OF_MONEY = ("money", "budget")


@value
class Refused:
    """A no. `message_id` names the failed message if one was stored, for explaining it later."""

    message_id: UUID
    wa_id: str
    denied: Denied
    stored: bool


Answer = Accepted | Waits | Refused


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
    marketing: bool = False
    decisions: list[Decision] = field(default_factory=list)
    rebuffs: dict[tuple[str, str, int], Rebuff] = field(default_factory=dict)


class Outgoing:
    """The decisions of one batch at one instant. `new_id` makes an event id in a slot; `parts` is how many there are.

    Without `flows` nothing is held on leases.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        loaded: Loaded,
        new_id: Callable[[int], UUID],
        parts: int,
        now: datetime,
        flows: Flows | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._loaded = loaded
        self._new_id = new_id
        self._parts = parts
        self._now = now
        self._flows = flows
        self._written = _Written()

    def rule(self, prepared: Prepared) -> tuple[Ruling, Denied | None]:
        """The facts and the verdict on one message, as those before it left the world.

        Raises LeasedError when it is refused for want of money while some may lie in leases.
        """
        ruled = ruling.rule(prepared, self._loaded, self._snapshot, self._parts, self._now)
        denied = policy.admit(ruled.facts, self._now)
        if self._flows is not None and denied is not None and denied.rule in OF_MONEY and self._is_leased(prepared):
            raise LeasedError
        return ruled, denied

    def _is_leased(self, prepared: Prepared) -> bool:
        business = prepared.sender.business
        found = (
            self._loaded.wallets.get(one) for one in (ruling.payer_of(business), business.partner_at(self._now)) if one
        )
        return any(wallet is not None and wallet.leased_micros > 0 for wallet in found)

    def due_at(self, ruled: Ruling, denied: Denied) -> datetime | None:
        """When a message that is refused now may be looked at again."""
        return ruling.due_at(ruled, denied, self._snapshot, self._now)

    def let_out(self, ruled: Ruling) -> Accepted:
        """Put the message into its recipient's inbox, and set its price aside."""
        prepared, person, price, written = ruled.prepared, ruled.person, ruled.quote, self._written
        assert person is not None
        assert price is not None
        command, now = prepared.command, self._now
        person.cursor += 1
        written.people[person.recipient_id] = person
        kept = _kept(prepared)
        self._move_thread(ruled, person, kept)
        self._note_opinion(ruled, let_out=True)
        self._take_pace(prepared.sender)
        if self._loaded.rationed.rations:
            meant = prepared.meant(person.recipient_id, now)
            rationing.take(ruled.facts, self._loaded.rationed, meant, now)
        self._set_aside(ruled, price)
        written.messages.append(self._outbound(ruled, kept, cursor=person.cursor))
        self._use_media(prepared, person)
        self._tell(
            ruled,
            lambda identity, who: webhook.render_status(
                identity, who, command.message_id, "sent", now, callback=command.callback,
                pricing=webhook.pricing_of(price),
            ),
        )  # fmt: skip
        return Accepted(command.message_id, command.wa_id, person.user_code, person.cursor, now)

    def keep_waiting(self, ruled: Ruling, denied: Denied, due_at: datetime) -> Waits:
        """Leave the message where it is until then; it costs nothing yet, and nobody is told."""
        prepared, person = ruled.prepared, ruled.person
        assert person is not None
        if prepared.wish is None:
            self._take_pace(prepared.sender)  # it is a row like any other
            self._use_media(prepared, person)
        self._note_refusal(ruled, denied)
        waits_for = denied.waits_for or denied.rule
        self._written.messages.append(
            self._outbound(ruled, _kept(prepared), denied=denied, due_at=due_at, waits_for=waits_for)
        )
        return Waits(prepared.command.message_id, person.wa_id, person.user_code, due_at, waits_for)

    def refuse(self, ruled: Ruling, denied: Denied) -> None:
        """Write the message down as failed, and tell its company."""
        prepared, now = ruled.prepared, self._now
        command = prepared.command
        if prepared.wish is None:
            self._take_pace(prepared.sender)  # a failed message is a row like any other
        self._note_refusal(ruled, denied)
        self._written.messages.append(self._outbound(ruled, _kept(prepared), denied=denied))
        self._tell(
            ruled,
            lambda identity, who: webhook.render_failed(
                identity, who, command.message_id, now, denied.reason, webhook.details(denied),
                callback=command.callback,
            ),
        )  # fmt: skip

    def rebuff(self, ruled: Ruling, denied: Denied) -> None:
        """Leave no message of one that is refused at once, but that it was, and why. What admission weighed was offered all the same."""
        prepared, written = ruled.prepared, self._written.rebuffs
        self._note_refusal(ruled, denied)
        if denied.rule in OF_ADMISSION and ruled.opinion is not None:
            self._take_pace(prepared.sender)  # its decision is a row like any other, and moves the price
        command, template = prepared.command, prepared.template
        template_id = template.template_id if template is not None else None
        place = rebuffs.place_of(command.wa_id, template_id, command.callback, self._parts)
        key = (command.sender_id, denied.reason.name, place)
        if key in written:
            written[key].times += 1
        else:
            written[key] = _rebuff(ruled, denied, place)

    def _note_refusal(self, ruled: Ruling, denied: Denied) -> None:
        """Admission decided, if it was what said no."""
        if denied.rule in OF_ADMISSION:
            self._note_opinion(ruled, let_out=False)

    def _note_opinion(self, ruled: Ruling, *, let_out: bool) -> None:
        if ruled.opinion is not None:
            found = ruled.opinion.decision
            self._written.decisions.append(found if found.let_out == let_out else replace(found, let_out=let_out))

    async def add(self, conn: Conn, part: int) -> set[str]:
        """Write what was decided on new messages; the topics to wake."""
        await self._write_inbox(conn, part)
        if self._written.messages:
            await messages.add_outbound(conn, part, self._written.messages, self._now)
        return await self._write_rest(conn, part)

    async def settle(self, conn: Conn, part: int) -> set[str]:
        """Write what was decided on messages that waited; the topics to wake."""
        written = self._written
        await self._write_inbox(conn, part)
        if written.messages:
            await messages.settle_due(conn, part, written.messages, self._now)
        pairs = {(one.recipient_id, one.sender_id) for one in written.messages if one.recipient_id is not None}
        quiet = sorted(pairs - written.threads.keys())
        if quiet:
            await threads.touch(conn, part, quiet)
        return await self._write_rest(conn, part) | ({DESK} if quiet else set())

    async def _write_inbox(self, conn: Conn, part: int) -> None:
        written, now = self._written, self._now
        if not written.people:
            return
        people = list(written.people.values())
        if written.marketing:
            await recipients.set_heard(conn, part, people, now)
        else:
            await recipients.set_reached(conn, part, people, now)
        await messages.set_threads(conn, part, written.threads, now, adverts=written.marketing)

    async def _write_rest(self, conn: Conn, part: int) -> set[str]:
        written, now = self._written, self._now
        if written.decisions:
            await admissions.add(conn, part, written.decisions, now)
        if written.uses:
            await media.note_uses(conn, part, written.uses, now, now + INBOX_LIFE)
        if written.holds:
            await ledger_store.add_holds(conn, part, written.holds, now)
        if written.events:
            await outbox.add(conn, part, written.events, now)
        if written.strides:
            await messages.move_paces(conn, part, written.strides, now)
        await rationing.write(conn, part, self._loaded.rationed)
        if written.holds:
            await leasing.reserve(conn, part, written.holds, self._loaded.wallets, self._flows, now)
        if written.rebuffs:
            await rebuffs.add(conn, part, list(written.rebuffs.values()), now)
        return _wakes(written)

    def _take_pace(self, sender: Sender) -> None:
        rate, paces = limits.throughput(sender.throughput_per_s, self._parts), self._loaded.paces
        paces[sender.sender_id] = rate.take(paces.get(sender.sender_id), self._now)
        stride = self._written.strides.get(sender.sender_id)
        if stride is None:
            stride = self._written.strides[sender.sender_id] = Stride(NOTHING, rate.ahead_max)
        stride.taken += rate.interval

    def _move_thread(self, ruled: Ruling, person: LockedRecipient, kept: Kept) -> None:
        thread, prepared, now = ruled.thread, ruled.prepared, self._now
        if prepared.reaction is None:  # a reaction asks for no answer
            thread.unanswered += 1
        thread.pair_tat = limits.PAIR_RATE.take(thread.pair_tat, now)
        thread.last_cursor = person.cursor
        thread.last_text = kept.line
        thread.last_message_id = prepared.command.message_id
        admitting.add_exposure(self._snapshot.admission, person, prepared.sender.business.owner, prepared.category)
        if prepared.category == "marketing":
            self._written.marketing = True
            for heard in (person, thread):
                heard.marketing_at.append(now)
                heard.heard += 1
        pair = (person.recipient_id, prepared.command.sender_id)
        self._loaded.threads[pair] = self._written.threads[pair] = thread

    def _set_aside(self, ruled: Ruling, price: Quote) -> None:
        business = ruled.prepared.sender.business
        sold = partners.sold(business, price, self._snapshot, self._now)
        if price.amount_micros > 0:
            self._hold(
                ruled, price, ruling.payer_of(business), price.amount_micros, earned_on=PARTNER if sold else None
            )
        if sold is not None and sold.amount_micros > 0:
            self._hold(ruled, sold.quote, sold.partner, sold.amount_micros, leg=1, share=sold.share)

    def _hold(
        self, ruled: Ruling, price: Quote, payer: Payer, amount_micros: int, *,
        leg: int = 0, share: int | None = None, earned_on: str | None = None,
    ) -> None:  # fmt: skip
        held = ledger.hold(self._loaded.wallets[payer], amount_micros, *pricing.scope_of(price))
        assert held is not None, "the rules of money passed, so the wallet covers the price"
        self._loaded.wallets[payer] = held.wallet
        self._written.holds.append(
            Hold(
                ruled.prepared.command.message_id, payer, amount_micros, price.currency, price.category, price.market,
                price.card, price.version, price.rule, ledger.beyond_spend(held.draws), leg, share,
                earned_on,
            )
        )  # fmt: skip

    def _use_media(self, prepared: Prepared, person: LockedRecipient) -> None:
        command, business = prepared.command, prepared.sender.business
        for one in command.files.values():
            self._written.uses.append(Use(person.recipient_id, one.media_id, command.message_id, business.business_id))

    def _outbound(
        self, ruled: Ruling, kept: Kept, *, cursor: int | None = None, denied: Denied | None = None,
        due_at: datetime | None = None, waits_for: str | None = None,
    ) -> Outbound:  # fmt: skip
        prepared, person = ruled.prepared, ruled.person
        command = prepared.command
        refused = denied if due_at is None else None
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
            reason=refused.reason.name if refused is not None else None,
            facts=record.encode_facts(ruled.facts),
            pricing=record.encode_quote(ruled.quote) if ruled.quote is not None else None,
            expires_at=None if refused is not None else prepared.expires_at(self._now),
            due_at=due_at,
            waits_for=waits_for,
        )

    def _tell(self, ruled: Ruling, render: Callable[[Identity, Person], str]) -> None:
        sender, person, command = ruled.prepared.sender, ruled.person, ruled.prepared.command
        listeners = self._snapshot.listeners(sender.business.business_id, "messages", sender.sender_id)
        if not listeners:
            return
        who = person_of(person, sender) if person is not None else Person(command.wa_id, None, "")
        body = render(identity_of(sender), who)
        slot = slot_of(command.message_id)
        self._written.events.extend(
            outbox.Event(self._new_id(slot), endpoint.endpoint_id, "messages", sender.business.waba_id, body)
            for endpoint in listeners
        )


def _kept(prepared: Prepared) -> Kept:
    """What is written of the content. A message that is stored has one: what is wrong with a template is told at once."""
    if prepared.kept is not None:
        return prepared.kept
    content = prepared.shown
    assert content is not None
    return shown.keep(content, prepared.command.files)


def _rebuff(ruled: Ruling, denied: Denied, place: int) -> Rebuff:
    """What is kept of a message that is refused at once."""
    prepared, command, template = ruled.prepared, ruled.prepared.command, ruled.prepared.template
    return Rebuff(
        sender_id=command.sender_id,
        reason=denied.reason.name,
        place=place,
        message_id=command.message_id,
        business_id=prepared.sender.business.business_id,
        wa_id=command.wa_id,
        known=ruled.person is not None,
        type=_kept(prepared).type if prepared.shown is not None else "template",
        category=prepared.category,
        template_id=template.template_id if template is not None else None,
        callback=command.callback,
        facts=record.encode_facts(ruled.facts),
        pricing=record.encode_quote(ruled.quote) if ruled.quote is not None else None,
    )


def _wakes(written: _Written) -> set[str]:
    topics = {inbox_topic(recipient_id) for recipient_id in written.people}
    if written.events:
        topics.add(HOOKS)
    if written.threads:
        topics.add(DESK)
    return topics
