"""What the machine decides about templates by what people do about their messages.

It grades, warns, pauses and locks; to disable for good needs a person. A template that trips the pausing test rests for
three hours, then for six; the third time it is locked until somebody of the operator decides, and its company may object.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from takt.actions import review
from takt.actions.review import Answer
from takt.actions.template_desk import TemplateDesk, Why
from takt.core.pacing import PACED, Outcome
from takt.core.pausing import trial_since
from takt.core.template_life import APPEAL_LIFE, PAUSES, SENDABLE
from takt.core.value import value
from takt.store.templates import Stored

ACTOR: Final = "check"


@value
class Trip:
    """The pausing test of the trial since `since` says that too many block or report a template."""

    command_id: UUID
    template_id: str
    since: datetime
    figures: str


@value
class Grade:
    """The quality of a template as feedback has it now, with its figures."""

    command_id: UUID
    template_id: str
    quality: str
    figures: str


@value
class Shelve:
    """A template goes to the archive, beyond its company's limit or back; `move` says which."""

    command_id: UUID
    template_id: str
    move: str
    note: str


@value
class Pace:
    """What feedback means for a template in the stage of pacing that began at `paced_at`."""

    command_id: UUID
    template_id: str
    paced_at: datetime
    outcome: Outcome
    figures: str


Command = Trip | Grade | Shelve | Pace


async def appraise(desk: TemplateDesk, template: Stored, command: Command) -> Answer:
    """Do what feedback or the clock asks for; nothing, when the template has moved on meanwhile."""
    return review.Outcome((await _moved(desk, template, command) or template,))


async def _moved(desk: TemplateDesk, template: Stored, command: Command) -> Stored | None:
    match command:
        case Trip():
            return await _trip(desk, template, command)
        case Grade():
            return await _grade(desk, template, command)
        case Pace():
            return await _pace(desk, template, command)
        case Shelve():
            return await desk.step(template, command.move, Why(command.command_id, "clock", note=command.note))


async def _grade(desk: TemplateDesk, template: Stored, command: Grade) -> Stored:
    """Advertising that is no longer green goes to some people first again."""
    why = Why(command.command_id, ACTOR, note=command.figures)
    graded = await desk.rate(template, command.quality, why, ending="flag")
    rules, life = desk.snapshot.tact(desk.now).pacing, graded.life
    if command.quality in ("YELLOW", "RED") and life.category in PACED and life.room is None and rules.batch > 0:
        return await desk.pace(graded, rules.batch, why)
    return graded


async def _pace(desk: TemplateDesk, template: Stored, command: Pace) -> Stored | None:
    life, why = template.life, Why(command.command_id, ACTOR, note=command.figures)
    if life.status not in SENDABLE or life.room is None or life.paced_at != command.paced_at:
        return None
    match command.outcome:
        case Outcome.OPEN:
            return await desk.pace(template, None, why)
        case Outcome.WIDEN:
            return await desk.pace(template, life.room * desk.snapshot.tact(desk.now).pacing.ramp, why)
        case Outcome.HALT if life.quality == "RED":
            return await desk.step(template, "halt", why)
        case Outcome.HALT:
            return await desk.rate(template, "RED", why, ending="halt")
        case Outcome.WAIT:
            return None


async def _trip(desk: TemplateDesk, template: Stored, command: Trip) -> Stored | None:
    life = template.life
    began = life.tried_since or life.approved_at or template.created_at
    if life.status not in SENDABLE or trial_since(began, desk.now) != command.since:
        return None
    last = life.pauses >= len(PAUSES)
    note = command.figures
    if last:
        note += f" A person decides; objections until {desk.now + APPEAL_LIFE:%Y-%m-%d}."
    why = Why(command.command_id, ACTOR, note=note)
    if life.quality != "RED":
        return await desk.rate(template, "RED", why, ending="lock" if last else "pause")
    return await desk.step(template, "lock" if last else "pause", why)
