"""What the machine decides about templates by what people do about their messages.

It grades, warns, pauses and locks; to disable for good needs a person. A template that trips the pausing test rests for
three hours, then for six; the third time it is locked until somebody of the operator decides, and its company may object.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from takt.actions.review import Answer, Outcome
from takt.actions.template_desk import TemplateDesk, Why
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


Command = Trip | Grade | Shelve


async def appraise(desk: TemplateDesk, template: Stored, command: Command) -> Answer:
    """Do what feedback or the clock asks for; nothing, when the template has moved on meanwhile."""
    return Outcome((await _moved(desk, template, command) or template,))


async def _moved(desk: TemplateDesk, template: Stored, command: Command) -> Stored | None:
    match command:
        case Trip():
            return await _trip(desk, template, command)
        case Grade():
            why = Why(command.command_id, ACTOR, note=command.figures)
            return await desk.rate(template, command.quality, why, ending="flag")
        case Shelve():
            return await desk.step(template, command.move, Why(command.command_id, "clock", note=command.note))


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
