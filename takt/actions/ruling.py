"""What a verdict rests on: a command joined with reference rows, the recipient's facts, and the price.

Sending and the dry run share it, so that what a dry run says is what a send would meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from takt.actions import admitting, leasing, partners, pricing, rationing, reacting, timing
from takt.actions.admitting import Admissions, Ask, Opinion
from takt.actions.partners import Second
from takt.actions.pricing import Asked, Standing
from takt.actions.rationing import Meant, Rationed
from takt.core import policy, rating, template, waiting, window
from takt.core.consent import DECAY, holds_until
from takt.core.content import Filled, ReactionContent, Shown, TemplateContent
from takt.core.denial import Denied
from takt.core.entries import Payer
from takt.core.facts import Facts
from takt.core.filtering import CLEARED, watch_of
from takt.core.flow_button import FindFlow, FlowRef, Opening, open_flow
from takt.core.ids import identity_hash, parse_wamid
from takt.core.ledger import Wallet
from takt.core.message import SendMessage
from takt.core.purpose import DEFAULT
from takt.core.quiet_time import Quiet
from takt.core.rating import Quote, RateCard
from takt.core.tact import TactPolicy
from takt.core.template import Template
from takt.core.value import value
from takt.core.variables import Mismatch
from takt.core.waiting import Wish
from takt.store import facts, messages, recipients
from takt.store.facts import Permission, ThreadState
from takt.store.messages import Target
from takt.store.pool import Conn
from takt.store.recipients import LockedRecipient
from takt.store.reference import Business, Sender, Snapshot
from takt.wire.shown import Kept

MESSAGE_LIFE: Final = timedelta(days=30)
REACTION_AGE: Final = timedelta(days=30)
HOUR: Final = timedelta(hours=1)


@value
class Prepared:
    """A command with what the reference rows say about it, before anybody looks at the recipient.

    A message that waited has `kept`, its content as it was written then, and `wish`, which says since when it waits.
    `read_as` is what the filter, or a person, has said of it: cleared, condemned, suspect, or nothing yet.
    """

    command: SendMessage
    sender: Sender
    template: Template | None
    mismatch: Mismatch | None
    opening: Opening | None
    kept: Kept | None = None
    wish: Wish | None = None
    declared: str = ""
    read_as: str = ""

    @property
    def shown(self) -> Shown | None:
        """What people would see; None when there is no such template or the values do not fit it."""
        return self.opening.shown if self.opening is not None else None

    @property
    def flow(self) -> FlowRef | None:
        """The form that the message opens."""
        return self.opening.flow if self.opening is not None else None

    @property
    def reaction(self) -> ReactionContent | None:
        """The content, if it is a reaction."""
        content = self.command.content
        return content if isinstance(content, ReactionContent) else None

    @property
    def category(self) -> str:
        """What the message is for: the template says it, all else is service."""
        return self.template.category if self.template is not None else self.declared or "service"

    def expires_at(self, now: datetime) -> datetime:
        """When its time is over, if it is taken `now` and not before."""
        if self.wish is not None:
            return self.wish.expires_at
        return now + (timedelta(seconds=self.template.ttl_s) if self.template is not None else MESSAGE_LIFE)

    @property
    def form(self) -> str:
        """As what it is priced: a template, a reaction, or free."""
        if self.reaction is not None:
            return "reaction"
        return "free" if self.template is None else "template"

    def meant(self, recipient_id: UUID, now: datetime) -> Meant:
        """As far as it uses something that is limited."""
        taken_at = self.wish.taken_at if self.wish is not None else now
        return Meant(self.sender, self.template, self.category, recipient_id, self.command.message_id, taken_at)

    @property
    def purpose(self) -> str:
        """Which consent marketing rests on."""
        return self.template.purpose if self.template is not None else DEFAULT


@dataclass(slots=True)
class Loaded:
    """The facts of a batch. Threads, paces and wallets move on as its messages are decided."""

    people: dict[str, LockedRecipient]
    threads: dict[facts.Pair, ThreadState]
    permissions: dict[facts.Subject, Permission]
    members: set[tuple[UUID, UUID]]
    paces: dict[str, datetime]
    wallets: dict[Payer, Wallet]
    targets: dict[UUID, Target]
    flows_sent: dict[str, int]
    quiet: dict[tuple[object, ...], Quiet] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    rationed: Rationed = field(default_factory=Rationed)
    admissions: Admissions = field(default_factory=Admissions)


@dataclass(slots=True)
class Ruling:
    """One message with what is known about it and its price, ready to be let out or refused."""

    prepared: Prepared
    person: LockedRecipient | None = None
    thread: ThreadState = field(default_factory=ThreadState)
    permission: Permission | None = None
    quote: Quote | None = None
    opinion: Opinion | None = None
    facts: Facts = field(init=False)


def prepare(snapshot: Snapshot, command: SendMessage) -> Prepared:
    """Join a command with its sender and its template, filled in. The door has seen that the sender exists."""
    sender = snapshot.senders[command.sender_id]
    content = command.content
    business_id = sender.business.business_id
    find = finder(snapshot, business_id)
    if not isinstance(content, TemplateContent):
        return Prepared(command, sender, None, None, open_flow(content, find))
    found = snapshot.templates.get((business_id, content.name, content.language))
    filled = template.fill(found, content) if found is not None else None
    if isinstance(filled, Filled):
        return Prepared(command, sender, found, None, open_flow(filled, find))
    return Prepared(command, sender, found, filled, None)


def finder(snapshot: Snapshot, business_id: UUID) -> FindFlow:
    """How the forms of a company are found."""

    def find(flow_id: str, name: str) -> FlowRef | None:
        return snapshot.flows.get((business_id, flow_id or name))

    return find


async def load(
    conn: Conn, part: int, snapshot: Snapshot, prepared: list[Prepared], now: datetime, *, locked_in: Sequence[int]
) -> Loaded:
    """Lock the recipients of a batch and load what its verdicts rest on, as `gather` does."""
    adverts = any(one.category == "marketing" for one in prepared)
    people = await recipients.lock_for_send(conn, part, list({one.command.wa_id for one in prepared}), adverts=adverts)
    return await gather(conn, part, snapshot, people, prepared, now, locked_in=locked_in)


async def gather(
    conn: Conn, part: int, snapshot: Snapshot, people: dict[str, LockedRecipient], prepared: list[Prepared],
    now: datetime, *, locked_in: Sequence[int],
) -> Loaded:  # fmt: skip
    """Load what the verdicts of a batch rest on, its recipients being locked.

    `locked_in`, all parts of the installation or none, also locks, in the order in which they will be written, paces,
    rations and wallets; leases in these parts are called in before the wallets.
    """
    met = [(people[one.command.wa_id].recipient_id, one) for one in prepared if one.command.wa_id in people]
    pairs = {(person, one.command.sender_id) for person, one in met}
    marketing = {
        (person, one.sender.business.business_id, one.purpose) for person, one in met if one.category == "marketing"
    }
    piloting = {
        (person, one.sender.business.business_id) for person, one in met if one.sender.business.stage == "pilot"
    }
    payers = {payer_of(one.sender.business) for _, one in met}
    payers |= {partner for _, one in met if (partner := one.sender.business.partner_at(now)) is not None}
    throttled = {one.flow.flow_id for one in prepared if one.flow is not None and one.flow.status == "THROTTLED"}
    reactions = [parse_wamid(one.reaction.message_id) for one in prepared if one.reaction is not None]
    held, meant = bool(locked_in), [one.meant(person, now) for person, one in met]
    paces = await facts.paces(conn, part, list({one.command.sender_id for one in prepared}), locked=held)
    rationed = await rationing.load(conn, part, snapshot, meant, now, locked=held)
    loaded = Loaded(
        people=people,
        threads=await facts.threads(conn, part, list(pairs), adverts=bool(marketing)) if pairs else {},
        permissions=await facts.marketing_permissions(conn, part, list(marketing), now - DECAY) if marketing else {},
        members=await facts.pilot_members(conn, part, list(piloting)) if piloting else set(),
        paces=paces,
        targets=await messages.targets(conn, part, [one for one in reactions if one is not None]) if reactions else {},
        flows_sent=await messages.flows_sent(conn, part, sorted(throttled), now - HOUR) if throttled else {},
        standing=await _standing(conn, part, snapshot, people, prepared, now),
        rationed=rationed,
        wallets=await leasing.wallets(conn, payers, now, locked_in) if payers else {},
    )
    if marketing and snapshot.tact(now).admission.mode != "off":
        met_once = [_meet(one, loaded, snapshot, now) for _, one in met if one.category == "marketing"]
        asks = [_ask(one, now) for one in met_once]
        loaded.admissions = await admitting.load(conn, part, snapshot.tact(now), snapshot.admission, asks, now)
    return loaded


def _meet(prepared: Prepared, loaded: Loaded, snapshot: Snapshot, now: datetime) -> Ruling:
    """A message with its person, thread and price."""
    ruled, business = Ruling(prepared), prepared.sender.business
    person = loaded.people.get(prepared.command.wa_id)
    if person is not None:
        ruled.person = person
        ruled.thread = loaded.threads.get((person.recipient_id, prepared.command.sender_id)) or ruled.thread
        ruled.permission = loaded.permissions.get((person.recipient_id, business.business_id, prepared.purpose))
        card = snapshot.card(business.card_at(now), now)
        ruled.quote = partners.pinned(_quote(prepared, person, ruled.thread, loaded, card, now), business, now)
        second = _second(prepared, person, snapshot, now)
        if second is not None:
            theirs = partners.quote(second, ruled.quote, loaded.standing, loaded.wallets, now)
            ruled.quote = replace(ruled.quote, wholesale=theirs)
    return ruled


def _ask(ruled: Ruling, now: datetime) -> Ask:
    """A marketing message as admission sees it, with the price it would have now."""
    prepared, person, quote = ruled.prepared, ruled.person, ruled.quote
    assert person is not None
    assert quote is not None
    template_id = prepared.template.template_id if prepared.template is not None else ""
    answers = window.is_open(ruled.thread.window_until, now)
    owner_id = prepared.sender.business.owner
    return Ask(prepared.command.message_id, person, owner_id, template_id, quote.amount_micros, answers)


async def _standing(
    conn: Conn, part: int, snapshot: Snapshot, people: Mapping[str, LockedRecipient], prepared: Sequence[Prepared],
    now: datetime,
) -> Standing:  # fmt: skip
    """The counts and conversations that prices rest on; nothing for companies whose cards have none."""
    names = {one.sender.business.card_at(now) for one in prepared}
    counting = {name: card for name in names if pricing.counts(card := snapshot.card(name, now))}
    asked = [
        (own, Asked(one.sender, person.recipient_id, person.market, one.expires_at(now)))
        for one in prepared
        if (own := counting.get(one.sender.business.card_at(now))) and (person := people.get(one.command.wa_id))
    ]
    for one in prepared:
        person = people.get(one.command.wa_id)
        second = _second(one, person, snapshot, now) if person is not None else None
        if second is not None and pricing.counts(second[0]):
            asked.append(second)
    return await pricing.load(conn, part, asked, now) if asked else Standing()


def rule(prepared: Prepared, loaded: Loaded, snapshot: Snapshot, parts: int, now: datetime) -> Ruling:
    """The facts and the price of one message, as the messages decided before it left them."""
    ruled = _meet(prepared, loaded, snapshot, now)
    business, person, tact = prepared.sender.business, ruled.person, snapshot.tact(now)
    ruled.facts = _facts(ruled, loaded, snapshot, tact, parts, now)
    if business.measures:
        rationing.add_measure(ruled.facts, business, now)
    if person is not None and ruled.facts.category == "marketing" and tact.admission.mode != "off":
        ruled.opinion = admitting.look(loaded.admissions, _ask(ruled, now), now)
        admitting.add_facts(ruled.facts, ruled.opinion)
    if person is not None:
        timing.add_facts(ruled.facts, person, ruled.thread, tact, loaded.quiet, now)
        if loaded.rationed.stops or loaded.rationed.blocks:
            rationing.add_noes(ruled.facts, loaded.rationed, prepared.meant(person.recipient_id, now), snapshot, tact)
        if loaded.rationed.rations:
            is_open = window.is_open(ruled.thread.window_until, now)
            meant = prepared.meant(person.recipient_id, now)
            rationing.add_facts(ruled.facts, loaded.rationed, meant, tact, now, window_open=is_open)
    return ruled


def due_at(ruled: Ruling, denied: Denied, snapshot: Snapshot, now: datetime) -> datetime | None:
    """When a message that is refused now is looked at again; None if it may not wait, or not for so long."""
    if not denied.waits_for or denied.next_at is None:
        return None
    prepared = ruled.prepared
    wish = prepared.wish or Wish(prepared.command.message_id, now, prepared.expires_at(now))
    room = policy.room_of(denied, ruled.facts)
    return waiting.due_at(snapshot.tact(now).waiting, wish, denied.next_at, room)


def _quote(
    prepared: Prepared, person: LockedRecipient, thread: ThreadState, loaded: Loaded, card: RateCard, now: datetime
) -> Quote:
    """The price of a message: by its line of the card, and by counts and conversations where that line asks for them."""
    state = "open" if window.is_open(thread.window_until, now) else "closed"
    line = rating.find(card, prepared.category, person.market, state, prepared.form)
    if line.plain:
        quote = line.quote()
    else:
        asked = Asked(prepared.sender, person.recipient_id, person.market, prepared.expires_at(now))
        quote = pricing.quote(line, asked, loaded.standing, now)
        quote = pricing.affordable(quote, loaded.wallets.get(payer_of(prepared.sender.business)))
    return replace(quote, category=pricing.LITE) if prepared.command.by_marketing_path else quote


def _second(prepared: Prepared, person: LockedRecipient, snapshot: Snapshot, now: datetime) -> Second | None:
    sender, expires_at = prepared.sender, prepared.expires_at(now)
    return partners.second(sender, person.recipient_id, person.market, expires_at, snapshot, now)


def _reaction_fault(ruled: Ruling, loaded: Loaded, now: datetime) -> str:
    reaction, person = ruled.prepared.reaction, ruled.person
    if reaction is None or person is None:
        return ""
    pair = (person.recipient_id, ruled.prepared.command.sender_id)
    return reacting.fault(reaction, pair, loaded.targets, now - REACTION_AGE)


def payer_of(business: Business) -> Payer:
    """The contract that pays for a business."""
    return business.contract_part, business.contract_id


def _facts(ruled: Ruling, loaded: Loaded, snapshot: Snapshot, tact: TactPolicy, parts: int, now: datetime) -> Facts:
    prepared, thread, permission, quote = ruled.prepared, ruled.thread, ruled.permission, ruled.quote
    sender, person, command, template = prepared.sender, ruled.person, prepared.command, prepared.template
    mismatch, opening, flow = prepared.mismatch, prepared.opening, prepared.flow
    reacts = prepared.reaction is not None
    wallet = loaded.wallets.get(payer_of(sender.business))
    return Facts(
        sender_status=sender.status,
        sender_kind=sender.kind,
        business_stage=sender.business.stage,
        unanswered_max=min(sender.unanswered_max, tact.support.unanswered),
        throughput_per_s=sender.throughput_per_s,
        parts=parts,
        recipient_known=person is not None,
        pilot_member=person is not None and (person.recipient_id, sender.business.business_id) in loaded.members,
        blocked_at=thread.blocked_at,
        ever_wrote=thread.ever_wrote,
        window_until=thread.window_until,
        deleted_at=thread.deleted_at,
        unanswered=thread.unanswered,
        is_template=isinstance(command.content, TemplateContent),
        template_status=template.status if template is not None else None,
        mismatch=mismatch.reason.name if mismatch is not None else None,
        mismatch_details=mismatch.details if mismatch is not None else "",
        category=prepared.category,
        marketing=permission.granted if permission is not None else None,
        consent_at=permission.at if permission is not None else None,
        consent_source=permission.source if permission is not None else "",
        pair_tat=thread.pair_tat,
        pace_tat=loaded.paces.get(sender.sender_id),
        price_micros=quote.amount_micros if quote is not None else 0,
        available_micros=pricing.available_for(quote, wallet),
        currency=quote.currency if quote is not None else "",
        by_marketing_path=command.by_marketing_path,
        has_media=bool(command.files) or bool(command.media_fault),
        media_fault=command.media_fault,
        reacts=reacts,
        reaction_fault=_reaction_fault(ruled, loaded, now) if reacts else "",
        identity_fits=_identity_fits(ruled),
        registered=sender.registered,
        watch=watch_of(sender.watch, prepared.category, prepared.read_as),
        cleared=prepared.read_as == CLEARED,
        detected=prepared.template.detected if prepared.template is not None else "",
        blocked_by_company=thread.blocked_by_business,
        muted=thread.muted,
        has_flow=opening is not None and (opening.flow is not None or bool(opening.fault)),
        flow_fault=opening.fault if opening is not None else "",
        flow_sent_last_h=loaded.flows_sent.get(flow.flow_id) if flow is not None else None,
        purpose=prepared.purpose,
        consent_act=permission.act if permission is not None else "grant",
        consent_ended_at=_ended_at(permission, now),
        tact_version=tact.version,
        budget_left_micros=pricing.budget_for(quote, wallet),
        budget_until=pricing.budget_until(wallet, sender.business, now),
        partner_covers=partners.covers(sender.business, quote, loaded.wallets, snapshot, now),
    )


def _ended_at(permission: Permission | None, now: datetime) -> datetime | None:
    """When a consent that stands ended by itself, if it did."""
    if permission is None or not permission.granted:
        return None
    until = holds_until(permission.at, permission.last_use, permission.valid_until)
    return until if until <= now else None


def _identity_fits(ruled: Ruling) -> bool | None:
    """Whether the person is the one whom the company means; None when it does not ask."""
    wanted, person = ruled.prepared.command.identity, ruled.person
    return None if wanted is None or person is None else wanted == identity_hash(person.recipient_id)
