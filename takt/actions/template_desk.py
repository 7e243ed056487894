"""What every act on a template leaves behind: the template as it is now, who decided it, and what companies hear of it.

Commands of one batch see what earlier ones did. All is written at the end, in the transaction of the batch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from takt.actions.text_reading import Said, TextReader
from takt.core.ids import slot_of
from takt.core.pacing import PACED
from takt.core.template_check import Checked, Finding, Heard, text_of
from takt.core.template_life import Life, move, pause_title
from takt.core.value import value
from takt.store import outbox, templates, watches
from takt.store.outbox import Event
from takt.store.pool import Conn
from takt.store.reference import Business, Snapshot
from takt.store.templates import Review, Stored
from takt.wire import webhook_templates as told
from takt.wire.webhook_templates import Named, StatusNews

# What the wire calls a move; moves without a word of their own are told by the status they lead to.
_EVENTS: Final = {"reinstate": "REINSTATED", "unarchive": "UNARCHIVED"}
_TITLES: Final = {
    "halt": "RATE_LIMITING_PAUSE", "lock": "RATE_LIMITING_PAUSE", "resume": "UNPAUSE", "disable": "DISABLED",
}  # fmt: skip

CARE: Final = "0.005"  # the share of honest templates that may be taken for fraud; a person decides about them


LET_GO: Final = ("approve", "resume", "reinstate")
UTILITY_PACED: Final = timedelta(days=7)


@value
class Why:
    """Who moves a template, by which command, and why: `reason` as the wire has it, `note` for people."""

    command_id: UUID
    actor: str
    reason: str = "NONE"
    note: str = ""
    advice: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class TemplateDesk:
    """The acts of one batch. `new_id` makes an id in a slot."""

    conn: Conn
    part: int
    snapshot: Snapshot
    new_id: Callable[[int], UUID]
    now: datetime
    reader: TextReader
    reviews: list[Review] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    async def find(self, template_id: str) -> Stored | None:
        """A template that is not deleted."""
        found = (await templates.load(self.conn, [template_id])).get(template_id)
        return None if found is None or found.life.status == "DELETED" else found

    async def hear(self, template: Stored) -> Heard | None:
        """What the filter finds in the words of a template; codes have none of their own."""
        text = text_of(template.components)
        if template.life.category == "authentication" or not text:
            return None
        said = Said(template.business_id, f"template {template.template_id}", text)
        (read,) = await self.reader.read(self.conn, [said], self.snapshot, self.now, CARE)
        words = await self.reader.advertising(self.conn, text) if read.likely else ()
        return Heard(read.findings, read.category, read.likely, words)

    async def trust(self, template: Stored) -> None:
        """What was read in its filled texts until now counts no more: it was edited, or a person decided."""
        await watches.set_detected(self.conn, template.template_id, "")

    def allows(self, template: Stored, name: str) -> bool:
        """Whether the status of a template allows a move."""
        return move(template.life, name, self.now) is not None

    async def postpone(self, template: Stored) -> None:
        """Write a template for which something is due later; that is no news, and no history."""
        await templates.put(self.conn, template, self.now)

    def business(self, template: Stored) -> Business:
        """Whose template it is."""
        return self.snapshot.businesses[template.business_id]

    async def step(self, template: Stored, name: str, why: Why) -> Stored | None:
        """Move a template and tell of it; None when its status does not allow it."""
        life = move(template.life, name, self.now)
        if life is None:
            return None
        if name == "reject" and why.reason != "NONE":
            life = replace(life, rejected_reason=why.reason)
        if name in LET_GO:
            life = await self._paced(template, life)
        moved = replace(template, life=life)
        if life.category != template.life.category:
            was = template.life.category
            self.tell(template, told.CATEGORY, told.render_category(_named(template), was, life.category))
        self.tell(
            template, told.STATUS, told.render_status(_named(template), _news(name, template.life, life, why, self.now))
        )
        await self.keep(moved, name, why, before=template.life.status)
        return moved

    async def _paced(self, template: Stored, life: Life) -> Life:
        """What is let go reaches some people first: advertising, and for a week what stands beside a paused order."""
        rules = self.snapshot.tact(self.now).pacing
        is_paced = rules.batch > 0 and (
            life.category in PACED
            or (
                life.category == "utility"
                and await templates.has_paused_utility(self.conn, template.business_id, self.now - UTILITY_PACED)
            )
        )
        return replace(life, room=rules.batch, paced_at=self.now) if is_paced else replace(life, room=None)

    async def pace(self, template: Stored, room: int | None, why: Why) -> Stored:
        """Let more messages of a template out, or, with None, all; `paced_at` stays where its stage began."""
        life = template.life
        began_at = life.paced_at if life.room is not None else self.now
        changed = replace(template, life=replace(life, room=room, paced_at=began_at))
        await self.keep(changed, "pace", why, before=life.status)
        return changed

    async def keep(self, template: Stored, name: str, why: Why, *, before: str) -> None:
        """Write a template as it is now, and in its history who did what."""
        await templates.put(self.conn, template, self.now)
        slot = slot_of(self.business(template).contract_id)
        self.reviews.append(
            Review(
                self.new_id(slot), why.command_id, template.template_id, why.actor, name, before, template.life.status,
                template.life.category, why.reason, why.note, msgspec.json.encode(why.findings).decode(),
            )
        )  # fmt: skip

    def tell(self, template: Stored, webhook_field: str, body: str) -> None:
        """An event for every endpoint that listens to this field."""
        business = self.business(template)
        self.events.extend(
            Event(
                self.new_id(slot_of(business.contract_id)), endpoint.endpoint_id, webhook_field, business.waba_id, body
            )
            for endpoint in self.snapshot.listeners(business.business_id, webhook_field)
        )

    async def recategorise(self, template: Stored, category: str, name: str, why: Why) -> Stored:
        """Give a template another category at once."""
        life = template.life
        changed = replace(
            template,
            life=replace(
                life, category=category, previous_category=life.category, correct_category=category, category_at=None
            ),
        )
        self.tell(template, told.CATEGORY, told.render_category(_named(template), life.category, category))
        await self.keep(changed, name, why, before=life.status)
        return changed

    async def announce(self, template: Stored, category: str, at: datetime, why: Why) -> Stored:
        """Say that a template will have another category at that instant."""
        life = template.life
        changed = replace(template, life=replace(life, correct_category=category, category_at=at))
        named = _named(template)
        self.tell(template, told.DETECTION, told.render_detection(named, life.category, category))
        self.tell(template, told.CATEGORY, told.render_impending_category(named, life.category, category, at))
        await self.keep(changed, "announce", why, before=life.status)
        return changed

    async def rate(self, template: Stored, quality: str, why: Why, *, ending: str = "pause") -> Stored:
        """Give a template another quality; a red one pauses (or what `ending` says), a green one ends a warning."""
        life = template.life
        if life.quality == quality:
            return template
        changed = replace(template, life=replace(life, quality=quality, quality_at=self.now))
        self.tell(template, told.QUALITY, told.render_quality(_named(template), life.quality, quality))
        await self.keep(changed, "rate", why, before=life.status)
        if quality == "RED":
            return await self.step(changed, ending, why) or changed
        if quality == "GREEN" and life.status == "FLAGGED":
            return await self.step(changed, "reinstate", why) or changed
        return changed

    def tell_components(self, template: Stored) -> None:
        """An edit was approved."""
        self.tell(template, told.COMPONENTS, told.render_components(_named(template), template.components))

    def tell_detection(self, template: Stored, correct: str) -> None:
        """Another category would be right."""
        self.tell(template, told.DETECTION, told.render_detection(_named(template), template.life.category, correct))

    async def close(self) -> None:
        """Write histories and events."""
        if self.reviews:
            await templates.add_reviews(self.conn, self.part, self.reviews, self.now)
        if self.events:
            await outbox.add(self.conn, self.part, self.events, self.now)


def render_checked(checked: Checked) -> str:
    """An automatic check as it is kept and shown."""
    return msgspec.json.encode(checked).decode()


def first_why(command_id: UUID, actor: str, found: Finding | None) -> Why:
    """Why a check decided as it did, by its heaviest finding."""
    if found is None:
        return Why(command_id, actor)
    return Why(command_id, actor, found.reason, f"{found.rule}: {found.evidence}", found.advice)


def _news(name: str, before: Life, after: Life, why: Why, now: datetime) -> StatusNews:
    event = _EVENTS.get(name, after.status)
    if before.status == "IN_APPEAL" and name == "approve":
        event = "REINSTATED"
    if after.status == "PENDING_DELETION":
        return StatusNews(event, None, after.category)
    if name == "pause":
        text = f"Paused until {after.paused_until:%Y-%m-%dT%H:%M:%SZ}" if after.paused_until else "Paused too often"
        disabled = now if after.status == "DISABLED" else None
        return StatusNews(event, "NONE", after.category, pause_title(after), why.note or text, disabled)
    if name in _TITLES:
        disabled, told_of = (now, "") if name == "disable" else (None, "The pause is over.")
        return StatusNews(event, "NONE", after.category, _TITLES[name], why.note or told_of, disabled)
    if why.reason == "INVALID_FORMAT":
        return StatusNews(event, why.reason, after.category, because=why.note, advice=why.advice)
    return StatusNews(event, why.reason, after.category)


def _named(template: Stored) -> Named:
    return Named(template.template_id, template.name, template.language)


def listed(findings: Sequence[Finding]) -> str:
    """Findings in one sentence, for the history."""
    return "; ".join(f"{one.rule}: {one.evidence}" for one in findings)
