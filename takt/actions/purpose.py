"""A company words what it asks consent for, and says which of its templates serve which purpose.

A wording that anybody may have agreed to is never changed: a new one is the next version. The same words again change
nothing.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.purpose import DEFAULT, PURPOSES_MAX, Purpose
from takt.core.value import value
from takt.store import purposes, stamp
from takt.store.pool import Conn


@value
class DefinePurpose:
    """A company gives a purpose its name and words; the version is found by the action."""

    business_id: UUID
    purpose: Purpose


@value
class SetTemplatePurpose:
    """A template serves a purpose from now on."""

    business_id: UUID
    template_id: str
    purpose: str


Command = DefinePurpose | SetTemplatePurpose
Answer = Purpose | str
"""The purpose as it is now, or why not: `too_many`, `template`, `purpose`; `done` when a template was set."""


async def set_purposes(conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool) -> Done[Answer]:
    """The action of the lane of purposes."""
    del part, again
    await stamp.touch(conn)
    return Done([await _take(conn, command, now) for command in commands])


async def _take(conn: Conn, command: Command, now: datetime) -> Answer:
    own = (await purposes.newest(conn)).get(command.business_id, {})
    if isinstance(command, SetTemplatePurpose):
        if command.purpose != DEFAULT and command.purpose not in own:
            return "purpose"
        done = await purposes.set_template(conn, command.business_id, command.template_id, command.purpose)
        return "done" if done else "template"
    wanted = command.purpose
    known = own.get(wanted.key)
    if known is None and len(own) >= PURPOSES_MAX:
        return "too_many"
    version = known.version if known is not None else 0
    if known is not None and known == replace(wanted, version=version):
        return known
    made = replace(wanted, version=version + 1)
    await purposes.add(conn, command.business_id, made, now)
    return made
