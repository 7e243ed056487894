"""A company says how its senders show themselves, what leads to them, and who may do what in its account."""

from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.number import Fault, Refused
from takt.core.value import value
from takt.store import accounts, links, numbers
from takt.store.links import Link
from takt.store.numbers import Presence
from takt.store.pool import Conn

LINKS_MAX: Final = 2_000


@value
class SetPresence:
    """Profile, automation, settings (each JSON), key or picture (a medium's id) of a sender, those that are given."""

    sender_id: str
    profile: str | None = None
    automation: str | None = None
    settings: str | None = None
    business_key: str | None = None
    picture: str | None = None


@value
class PutLink:
    """A link as it shall be; `new` ones count against the limit."""

    code: str
    sender_id: str
    text: str
    new: bool


@value
class RemoveLink:
    """A link that shall lead nowhere any more."""

    code: str


@value
class SetInsights:
    """A company wants figures of its templates; there is no way back."""

    business_id: UUID


@value
class AssignUser:
    """A user gets these tasks in a company's account; none at all takes the user out."""

    business_id: UUID
    user_id: str
    tasks: tuple[str, ...]


Command: TypeAlias = SetPresence | PutLink | RemoveLink | SetInsights | AssignUser
Answer: TypeAlias = Refused | None


async def set_presence(conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool) -> Done[Answer]:
    """The action of this lane, in the order of the commands. Each says how it shall be, so a repeat changes nothing."""
    del again
    return Done([await _set(conn, part, command, now) for command in commands])


async def _set(conn: Conn, part: int, command: Command, now: datetime) -> Answer:
    match command:
        case SetPresence():
            changes = Presence(command.profile, command.automation, command.settings, command.business_key)
            await numbers.set_presence(conn, command.sender_id, changes)
            if command.picture is not None:
                await numbers.set_picture(conn, command.sender_id, command.picture)
        case PutLink():
            if command.new and await links.count_of(conn, part, command.sender_id) >= LINKS_MAX:
                return Refused(Fault.LINKS_FULL)
            await links.put(conn, part, Link(command.code, command.sender_id, command.text), now)
        case RemoveLink():
            await links.remove(conn, part, command.code)
        case SetInsights():
            await accounts.set_insights(conn, command.business_id)
        case AssignUser():
            if command.tasks:
                await accounts.put_user(conn, command.business_id, command.user_id, command.tasks)
            else:
                await accounts.drop_user(conn, command.business_id, command.user_id)
    return None
