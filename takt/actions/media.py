"""What happens to a medium besides its bytes: it is opened, filled, used, withdrawn, given up.

The bytes go to the vault before and after; here it is written that they mean something. Every act says how things
shall be, so a repeat changes nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.ids import slot_of, slot_of_node
from takt.core.media import BROUGHT_LIFE, INBOX_LIFE, LINK_LIFE, UPLOAD_LIFE, Found
from takt.core.value import value
from takt.store import media
from takt.store.media import NewMedium, Owner
from takt.store.pool import Conn

UNSENT_EACH_MAX = 50
WRITER_LIFE = timedelta(seconds=60)


@value
class Open:
    """Bytes are to come, at the latest within this time. A person with 50 media that were not sent yet may not."""

    new: NewMedium
    life: timedelta


@value
class Write:
    """A writer wants to add to an open medium, for a minute from now."""

    media_id: str
    writer: str


@value
class Advance:
    """A writer has added up to this many bytes and goes on, or is done."""

    media_id: str
    writer: str
    received: int
    done: bool


@value
class Close:
    """All bytes are there."""

    media_id: str
    owner: Owner
    found: Found
    size: int
    sha256: bytes
    filename: str | None


@value
class Keep:
    """A message uses a medium."""

    media_id: str


@value
class Withdraw:
    """The company deletes a medium."""

    media_id: str


@value
class GiveUp:
    """A medium will not be finished: nobody gets it, and its bytes are about to be dropped."""

    media_id: str


@value
class Forget:
    """The bytes of a medium that was given up are dropped."""

    media_id: str


@value
class Link:
    """This medium is what is behind a link of a company, for some minutes."""

    contract_id: UUID
    business_id: UUID
    sha256: bytes
    media_id: str


Command = Open | Write | Advance | Close | Keep | Withdraw | GiveUp | Forget | Link


def slot_of_command(command: Command) -> int:
    """The slot whose lane a command goes to."""
    if isinstance(command, Link):
        return slot_of(command.contract_id)
    slot = slot_of_node(command.new.media_id if isinstance(command, Open) else command.media_id)
    assert slot is not None, "only ids that we made are kept"
    return slot


async def look_after(conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool) -> Done[bool]:
    """The action of this lane, in the order of the commands; whether each could be done."""
    del again
    return Done([await _act(conn, part, command, now) for command in commands])


async def _act(conn: Conn, part: int, command: Command, now: datetime) -> bool:  # noqa: PLR0911 - one return a command
    match command:
        case Open():
            return await _open(conn, part, command, now)
        case Write(media_id, writer):
            return await media.set_writer(conn, part, media_id, writer, now, now + WRITER_LIFE)
        case Advance(media_id, writer, received, done):
            until = None if done else now + WRITER_LIFE
            return await media.set_received(conn, part, media_id, writer, received, until)
        case Close():
            return await _close(conn, part, command, now)
        case Keep(media_id):
            return await media.keep(conn, part, media_id, now, now + INBOX_LIFE)
        case Withdraw(media_id):
            return await media.withdraw(conn, part, media_id, now)
        case GiveUp(media_id):
            await media.set_gone(conn, part, media_id, now)
        case Forget(media_id):
            await media.remove(conn, part, [media_id])
        case Link():
            await media.set_link(conn, part, command.business_id, command.sha256, command.media_id, now + LINK_LIFE)
    return True


async def _open(conn: Conn, part: int, command: Open, now: datetime) -> bool:
    brought_by = command.new.owner.recipient_id
    if brought_by is not None and await media.count_unsent(conn, part, brought_by) >= UNSENT_EACH_MAX:
        return False
    return await media.add(conn, part, command.new, now, now + command.life)


async def _close(conn: Conn, part: int, command: Close, now: datetime) -> bool:
    if not await media.set_whole(
        conn, part, command.media_id, command.found, command.size, command.sha256, command.filename
    ):
        return False
    life = UPLOAD_LIFE if command.owner.recipient_id is None else BROUGHT_LIFE
    await media.set_times(conn, part, command.media_id, now + life, now + life)
    return True
