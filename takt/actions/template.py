"""Companies make, change and delete templates; reviewers and the clock decide about them (`takt.actions.review`).

The lane of the company's contract. A no is a Fault, which names the field and what would be right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from takt.actions import appraise, review
from takt.actions.outcome import HOOKS, Done
from takt.actions.review import Answer, Judge, Outcome, Settle
from takt.actions.template_desk import TemplateDesk, Why
from takt.actions.text_reading import TextReader
from takt.core import template_fault as faults
from takt.core.ids import slot_of
from takt.core.template_draft import Draft, Frame, fingerprint, parse_components, parse_ttl
from takt.core.template_life import (
    CREATE_SPAN,
    CREATES_MAX,
    GONE,
    NAME_REST,
    SENDABLE,
    TEMPLATES_OF_OTHERS_MAX,
    TEMPLATES_OF_VERIFIED_MAX,
    Life,
    appeal_until,
    edit_room,
)
from takt.core.template_text import DraftFault, Fault
from takt.core.value import value
from takt.store import templates
from takt.store.pool import Conn
from takt.store.reference import Business, Reference
from takt.store.stamp import take_turn
from takt.store.templates import Stored

MIGRATED_MAX: Final = 500


@value
class Create:
    """New templates, all or none of them; with `anew` those that exist are edited instead.

    `vouched` ones are of the library: their words need no review.
    """

    command_id: UUID
    business_id: UUID
    drafts: tuple[Draft, ...]
    anew: bool = False
    vouched: bool = False


@value
class Edit:
    """What shall be other in a template; None stays as it is. `components` come as the caller gave them."""

    command_id: UUID
    template_id: str
    category: str | None = None
    components: Any = None
    named: bool | None = None
    ttl_s: Any = None
    link_tracking_opted_out: bool | None = None
    extras: Mapping[str, Any] | None = None


@value
class Delete:
    """Delete these templates of a business, or all languages of a name when no ids are given."""

    command_id: UUID
    business_id: UUID
    name: str
    template_ids: tuple[str, ...] = ()


@value
class Archive:
    """Put templates of a business away, or take them back."""

    command_id: UUID
    business_id: UUID
    template_ids: tuple[str, ...]
    archived: bool


@value
class Unpause:
    """Take a template out of a pause that has no end of its own."""

    command_id: UUID
    template_id: str


@value
class Appeal:
    """A company asks for another look at a rejected, locked or disabled template, or at the category of another one."""

    command_id: UUID
    template_id: str
    note: str


@value
class Migrate:
    """Copy a page of approved templates from one account of a company to another."""

    command_id: UUID
    source_id: UUID
    business_id: UUID
    page: int


Command = (
    Create | Edit | Delete | Archive | Unpause | Appeal | Migrate | Judge | Settle | review.Detect | appraise.Command
)


class Templates:
    """The action of the templates lane. `new_id` makes an id in a slot, `new_node_id` that of a template."""

    def __init__(
        self,
        reference: Reference,
        new_id: Callable[[int], UUID],
        new_node_id: Callable[[int], str],
        reader: TextReader | None = None,
    ) -> None:
        self._reader = reader or TextReader()
        self._reference = reference
        self._new_id = new_id
        self._new_node_id = new_node_id

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Carry the commands of a batch out in their order."""
        await take_turn(conn)
        snapshot = await self._reference.fresh(conn)
        known = await templates.known(conn, part, [c.command_id for c in commands]) if again else {}
        desk = TemplateDesk(conn, part, snapshot, self._new_id, now, self._reader)
        answers: list[Answer] = []
        for command in commands:
            if command.command_id in known:
                found = await templates.load(conn, known[command.command_id])
                answers.append(Outcome(tuple(found.values())))
            else:
                answers.append(await self._do(desk, command))
        await desk.close()
        return Done(answers, {HOOKS} if desk.events else set())

    async def _do(self, desk: TemplateDesk, command: Command) -> Answer:
        match command:
            case Create():
                return await self._create(desk, command)
            case Migrate():
                return await self._migrate(desk, command)
            case Delete():
                return await _delete(desk, command)
            case Archive():
                return await _archive(desk, command)
            case _:
                template = await desk.find(command.template_id)
                if template is None:
                    return Fault("id", "is no template")
                return await _on_one(desk, template, command)

    async def _create(self, desk: TemplateDesk, command: Create) -> Answer:
        """All drafts or none: nothing is written before every one of them is found well."""
        business = desk.snapshot.businesses[command.business_id]
        present = {
            one.language: one
            for one in await templates.load_named(desk.conn, business.business_id, command.drafts[0].name)
        }
        fresh = [one for one in command.drafts if not command.anew or one.language not in present]
        fault = await _room(desk, business, len(fresh))
        for draft in fresh:
            fault = fault or await _free(desk, business, draft, present)
        edits = [(present[one.language], one) for one in command.drafts if one not in fresh]
        for template, _ in edits:
            fault = fault or _editable(desk, template)
        if fault is not None:
            return fault
        why = Why(command.command_id, "company")
        made = {draft.language: await self._add(desk, business, draft, why) for draft in fresh}
        if command.vouched:
            library = Why(command.command_id, "check", note="a text of the library")
            made = {key: await desk.step(one, "approve", library) or one for key, one in made.items()}
        for template, draft in edits:
            changed = replace(template, components=draft.components, ttl_s=draft.ttl_s)
            made[draft.language] = await desk.step(changed, "edit", why) or template
        return Outcome(tuple(made[draft.language] for draft in command.drafts))

    async def _add(self, desk: TemplateDesk, business: Business, draft: Draft, why: Why) -> Stored:
        life = Life("PENDING", draft.category, desk.now)
        while True:
            template = Stored(
                self._new_node_id(slot_of(business.contract_id)), business.business_id, draft.name, draft.language,
                draft.named, draft.components, draft.ttl_s, draft.link_tracking_opted_out, dict(draft.extras),
                draft.library_template_name, draft.sub_category, desk.now, None, life,
            )  # fmt: skip
            if await templates.add(desk.conn, template):
                await desk.keep(template, "submit", why, before="")
                return template

    async def _migrate(self, desk: TemplateDesk, command: Migrate) -> Answer:
        business = desk.snapshot.businesses[command.business_id]
        page = await templates.load_page(desk.conn, command.source_id, MIGRATED_MAX, command.page * MIGRATED_MAX)
        made: list[Stored] = []
        failed: dict[str, str] = {}
        for one in page:
            draft = Draft(
                one.name, one.language, one.life.category, one.named, one.components, one.ttl_s,
                one.link_tracking_opted_out, one.extras, one.library_template_name, one.sub_category,
            )  # fmt: skip
            fault = await self._migratable(desk, business, one, draft)
            if fault is not None:
                failed[one.template_id] = fault
                continue
            copied = await self._add(desk, business, draft, Why(command.command_id, "company", note="migrated"))
            made.append(await desk.step(copied, "approve", Why(command.command_id, "check", note="migrated")) or copied)
        return Outcome(tuple(made), failed)

    async def _migratable(self, desk: TemplateDesk, business: Business, one: Stored, draft: Draft) -> str | None:
        if one.life.status not in SENDABLE or one.life.quality not in ("GREEN", "UNKNOWN"):
            return f"Status {one.life.status}, quality {one.life.quality}: only approved and good ones migrate"
        present = {two.language: two for two in await templates.load_named(desk.conn, business.business_id, draft.name)}
        fault = await _room(desk, business, 1) or await _free(desk, business, draft, present)
        return None if fault is None else f"{fault.field} {fault.requirement}"


async def _room(desk: TemplateDesk, business: Business, more: int) -> Fault | None:
    """Whether so many more templates find room."""
    if more == 0:
        return None
    total, lately = await templates.count(desk.conn, business.business_id, desk.now - CREATE_SPAN)
    most = TEMPLATES_OF_VERIFIED_MAX if business.verified else TEMPLATES_OF_OTHERS_MAX
    if total + more > most:
        return faults.limit_reached(total, most)
    return faults.too_fast(CREATES_MAX) if lately + more > CREATES_MAX else None


async def _free(desk: TemplateDesk, business: Business, draft: Draft, present: Mapping[str, Stored]) -> Fault | None:
    """Whether name and text are not in use."""
    if any(one.life.status in GONE for one in present.values()):
        return faults.name_rests(None)
    if draft.language in present:
        return faults.name_taken(draft.language)
    gone_at = await templates.resting(desk.conn, business.business_id, draft.name, desk.now - NAME_REST)
    if gone_at is not None:
        return faults.name_rests(gone_at + NAME_REST)
    return await _double(desk, business.business_id, "", draft.language, draft.category, draft.components)


async def _double(
    desk: TemplateDesk, business_id: UUID, template_id: str, language: str, category: str,
    components: Sequence[Mapping[str, Any]],
) -> Fault | None:  # fmt: skip
    if category == "authentication":
        return None
    double = await templates.has_double(desk.conn, business_id, template_id, language, fingerprint(components))
    return None if double is None else faults.double_of(double)


def _editable(desk: TemplateDesk, template: Stored) -> Fault | None:
    if not desk.allows(template, "edit"):
        return faults.wrong_status(template.life.status, "edited")
    later = edit_room(template.life, desk.now)
    return None if later is None else faults.edit_later(later)


async def _on_one(
    desk: TemplateDesk,
    template: Stored,
    command: Edit | Unpause | Appeal | Judge | Settle | review.Detect | appraise.Command,
) -> Answer:
    match command:
        case Edit():
            return await _edit(desk, template, command)
        case Judge() | Settle() | review.Detect():
            return await review.decide(desk, template, command)
        case Appeal():
            return await _appeal(desk, template, command)
        case Unpause():
            return await _unpause(desk, template, command)
        case _:
            return await appraise.appraise(desk, template, command)


async def _appeal(desk: TemplateDesk, template: Stored, command: Appeal) -> Answer:
    late = appeal_until(template.life)
    if late is not None and late <= desk.now:
        return faults.too_late(late)
    moved = await desk.step(template, "appeal", Why(command.command_id, "company", note=command.note))
    return faults.wrong_status(template.life.status, "appealed") if moved is None else Outcome((moved,))


async def _unpause(desk: TemplateDesk, template: Stored, command: Unpause) -> Answer:
    until = template.life.paused_until
    if template.life.status == "PAUSED" and until is not None:
        return Outcome((template,), {template.template_id: f"It resumes by itself at {until:%Y-%m-%dT%H:%M:%SZ}."})
    moved = await desk.step(template, "resume", Why(command.command_id, "company"))
    return Outcome((template,), {template.template_id: "It is not paused."}) if moved is None else Outcome((moved,))


async def _edit(desk: TemplateDesk, template: Stored, command: Edit) -> Answer:
    """Settings change at once; other words, or another category, go through review again."""
    life = template.life
    category = command.category or life.category
    if category != life.category and life.status in SENDABLE:
        return faults.category_fixed()
    try:
        ttl_s = template.ttl_s if command.ttl_s is None else parse_ttl(command.ttl_s, category)
        named = template.named if command.named is None else command.named
        words = template.components
        if command.components is not None or category != life.category or named != template.named:
            given = words if command.components is None else command.components
            words = parse_components(given, Frame(category, template.language, named))
    except DraftFault as raised:
        return raised.fault
    tracking = command.link_tracking_opted_out
    changed = replace(
        template, components=words, named=named, ttl_s=ttl_s, life=replace(life, category=category),
        extras={**template.extras, **(command.extras or {})},
        link_tracking_opted_out=template.link_tracking_opted_out if tracking is None else tracking,
    )  # fmt: skip
    why = Why(command.command_id, "company")
    if words == template.components and category == life.category:
        await desk.keep(changed, "settings", why, before=life.status)
        return Outcome((changed,))
    double = await _double(desk, template.business_id, template.template_id, template.language, category, words)
    fault = _editable(desk, template) or double
    return fault if fault is not None else Outcome((await desk.step(changed, "edit", why) or template,))


async def _delete(desk: TemplateDesk, command: Delete) -> Answer:
    if command.template_ids:
        loaded = await templates.load(desk.conn, command.template_ids)
        found = [one for one in loaded.values() if one.business_id == command.business_id]
        found = [one for one in found if command.name in ("", one.name) and one.life.status != "DELETED"]
        missing = set(command.template_ids) - {one.template_id for one in found}
    else:
        found = await templates.load_named(desk.conn, command.business_id, command.name)
        missing = set() if found else {command.name}
    if missing:
        return Fault("name", f"must be that of a template here: {min(missing)} is not", 2593002, "Template not found")
    for one in found:
        if not desk.allows(one, "delete") and one.life.status != "PENDING_DELETION":
            return faults.wrong_status(one.life.status, "deleted")
    why = Why(command.command_id, "company")
    return Outcome(tuple([await desk.step(one, "delete", why) or one for one in found]))


async def _archive(desk: TemplateDesk, command: Archive) -> Answer:
    """Each for itself: what cannot be moved is told with a reason."""
    loaded = await templates.load(desk.conn, command.template_ids)
    name = "archive" if command.archived else "unarchive"
    made: list[Stored] = []
    failed: dict[str, str] = {}
    for template_id in command.template_ids:
        one = loaded.get(template_id)
        if one is None or one.business_id != command.business_id or one.life.status == "DELETED":
            failed[template_id] = "There is no such template."
            continue
        moved = await desk.step(one, name, Why(command.command_id, "company"))
        if moved is None:
            failed[template_id] = f"Its status is {one.life.status}."
        else:
            made.append(moved)
    return Outcome(tuple(made), failed)
