"""Who decides about templates beside their companies: the automatic check, a person of the operator, and the clock."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from takt.actions.template_desk import TemplateDesk, Why, first_why, listed, render_checked
from takt.core import template_fault as faults
from takt.core.template_check import PASS, PERSON, REJECT, Checked, blamed, check
from takt.core.template_life import DISPUTABLE, NOTICE, PAUSES, disputed
from takt.core.template_text import Fault
from takt.core.value import value
from takt.store import watches
from takt.store.templates import Stored

RECHECK: Final = timedelta(minutes=1)


@value
class Judge:
    """A person of the operator decides: `decision` is approve, reject, recategorise, pause, disable, flag, reinstate or rate.

    `reason` is the wire's (for a rejection), `category` the right one in small letters, `quality` for rate.
    """

    command_id: UUID
    template_id: str
    decision: str
    reason: str = "NONE"
    note: str = ""
    advice: str = ""
    category: str | None = None
    quality: str = "UNKNOWN"


@value
class Settle:
    """Something is due. `alone`: nobody sits at the queue, so the check decides. `idle`: nothing is on its way any more."""

    command_id: UUID
    template_id: str
    alone: bool
    idle: bool


@value
class Detect:
    """What a template sends is of another category than it says, by `note`; its company hears of it and may appeal."""

    command_id: UUID
    template_id: str
    category: str
    note: str


@value
class Outcome:
    """The templates as they are now, and for which of them nothing could be done, with the reason."""

    templates: tuple[Stored, ...]
    failed: dict[str, str] | None = None


Answer = Fault | Outcome


async def decide(desk: TemplateDesk, template: Stored, command: Judge | Settle | Detect) -> Answer:
    """Do what a person, the clock or the filter wants of a template."""
    match command:
        case Judge():
            return await judge(desk, template, command)
        case Settle():
            return await settle(desk, template, command)
        case Detect():
            return await detect(desk, template, command)


async def judge(desk: TemplateDesk, template: Stored, command: Judge) -> Answer:
    """Do what a person decided."""
    why = Why(command.command_id, "operator", command.reason, command.note, command.advice)
    moved: Stored | None
    match command.decision:
        case "approve":
            moved = await approve(desk, template, why, command.category)
        case "recategorise":
            moved = await _recategorise(desk, template, why, command.category or "marketing")
        case "rate":
            moved = await desk.rate(template, command.quality, why)
        case _:
            moved = await desk.step(template, command.decision, why)
    if moved is None:
        return faults.wrong_status(template.life.status, f"moved by '{command.decision}'")
    if command.decision in ("approve", "recategorise", "reinstate"):
        await desk.trust(moved)
    return Outcome((moved,))


async def detect(desk: TemplateDesk, template: Stored, command: Detect) -> Answer:
    """It stops until it has the other category, is edited, or a person decides; not again where a person has said it is right."""
    life = template.life
    if life.status not in DISPUTABLE or command.category == life.category or life.correct_category is not None:
        return Outcome((template,))
    await watches.set_detected(desk.conn, template.template_id, command.category)
    why = Why(command.command_id, "check", note=command.note)
    return Outcome((await desk.announce(template, command.category, desk.now + NOTICE, why),))


async def approve(desk: TemplateDesk, template: Stored, why: Why, category: str | None = None) -> Stored | None:
    """Approve a waiting template, in another category if one is given; None when it does not wait."""
    life = template.life
    edited = life.status == "PENDING" and life.approved_at is not None
    if not desk.allows(template, "approve"):
        return None
    if category is not None and category != life.category:
        desk.tell_detection(template, category)
        fitting = replace(life, category=category, previous_category=life.category, correct_category=category)
        template = replace(template, life=fitting)
    moved = await desk.step(template, "approve", why)
    if moved is not None and edited:
        desk.tell_components(moved)
    return moved


async def settle(desk: TemplateDesk, template: Stored, command: Settle) -> Answer:
    """Do what is due by now; nothing, when somebody was quicker."""
    life = template.life
    due = life.due_at()
    if due is None or due > desk.now:
        return Outcome((template,))
    clock = Why(command.command_id, "clock")
    moved: Stored | None = None
    if life.status == "PENDING":
        moved = await _check(desk, template, command)
    elif life.status == "IN_APPEAL":
        moved = await _check_appeal(desk, template, command)
    elif life.status == "PENDING_DELETION":
        moved = await _vanish(desk, template, clock, idle=command.idle)
    elif life.status == "ARCHIVED":
        moved = await desk.step(template, "delete", replace(clock, note="28 days in the archive"))
    elif life.status == "PAUSED" and life.paused_until is not None and life.paused_until <= desk.now:
        moved = await desk.step(template, "resume", clock)
    elif life.category_at is not None:
        moved = await desk.recategorise(template, life.correct_category or life.category, "recategorise", clock)
    return Outcome((moved or template,))


async def _check(desk: TemplateDesk, template: Stored, command: Settle) -> Stored | None:
    """The automatic check; what it leaves to a person waits, unless it is alone."""
    disabled_before = template.life.before == "DISABLED" or template.life.pauses > len(PAUSES)
    heard = await desk.hear(template)
    await desk.trust(template)
    checked = check(template.life.category, template.components, disabled_before=disabled_before, heard=heard)
    template = replace(template, check_result=render_checked(checked), life=replace(template.life, checked=True))
    why = replace(first_why(command.command_id, "check", blamed(checked)), findings=checked.findings)
    if checked.result == PERSON and not command.alone:
        note = f"left to a person: {listed(checked.findings)}"
        await desk.keep(template, "check", replace(why, reason="NONE", note=note), before=template.life.status)
        return template
    if _speaks_against(checked):
        return await desk.step(template, "reject", why)
    note = "clean" if checked.result == PASS else f"decided without a person: {listed(checked.findings)}"
    return await approve(desk, template, replace(why, reason="NONE", note=note), checked.category)


async def _check_appeal(desk: TemplateDesk, template: Stored, command: Settle) -> Stored | None:
    """An appeal is for a person; where there is none, only what is forbidden stays rejected."""
    if not command.alone:
        waiting = replace(template, life=replace(template.life, checked=True))
        why = Why(command.command_id, "check", note="an appeal: left to a person")
        await desk.keep(waiting, "check", why, before=template.life.status)
        return waiting
    declared = disputed(template.life) if template.life.before in DISPUTABLE else None
    checked = check(declared or template.life.category, template.components, heard=await desk.hear(template))
    why = replace(first_why(command.command_id, "check", blamed(checked)), findings=checked.findings)
    if checked.result == REJECT or (declared is not None and checked.category != declared):
        return await desk.step(template, "reject", why)
    return await desk.step(template, "approve", replace(why, reason="NONE", note="the appeal was heard"))


def _speaks_against(checked: Checked) -> bool:
    return checked.result == REJECT or (checked.result == PERSON and blamed(checked) is not None)


async def _recategorise(desk: TemplateDesk, template: Stored, why: Why, category: str) -> Stored | None:
    """A waiting template is approved in the other category; a live one gets it a day after it was announced."""
    if template.life.status == "PENDING":
        return await approve(desk, template, why, category)
    if template.life.status not in ("APPROVED", "FLAGGED", "PAUSED") or category == template.life.category:
        return None
    return await desk.announce(template, category, desk.now + NOTICE, why)


async def _vanish(desk: TemplateDesk, template: Stored, why: Why, *, idle: bool) -> Stored | None:
    """A deleted template goes when none of its messages is on its way; until then it is looked at every minute."""
    if idle:
        return await desk.step(template, "vanish", why)
    later = replace(template, life=replace(template.life, gone_at=desk.now + RECHECK))
    await desk.postpone(later)
    return later
