"""People of a company sign in and out. Who they are has been checked before; here their sessions are kept."""

from datetime import datetime, timedelta
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import staff
from takt.store.pool import Conn
from takt.store.staff import NewSession

SESSION_LIFE = timedelta(days=30)


@value
class OpenSession:
    """Let whoever shows the token with this SHA-256 be that person for the next 30 days."""

    staff_id: UUID
    sha256: bytes


@value
class RenewSession:
    """The person is here: 30 days from now on."""

    staff_id: UUID
    sha256: bytes


@value
class CloseSession:
    """The person signs out."""

    staff_id: UUID
    sha256: bytes


@value
class SpeakLocale:
    """The person wants to be spoken to in this language: `de` or `en`."""

    staff_id: UUID
    locale: str


Command = OpenSession | RenewSession | CloseSession | SpeakLocale


async def keep_sessions(conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool) -> Done[None]:
    """The action of the staff lane. Sessions are reference rows and lie in no part; each command may be repeated."""
    del part, again
    opened = [NewSession(c.sha256, c.staff_id, now + SESSION_LIFE) for c in commands if isinstance(c, OpenSession)]
    renewed = [c.sha256 for c in commands if isinstance(c, RenewSession)]
    closed = [c.sha256 for c in commands if isinstance(c, CloseSession)]
    if opened:
        await staff.add_sessions(conn, opened, now)
    if renewed:
        await staff.set_expiry(conn, renewed, now + SESSION_LIFE)
    if closed:
        await staff.remove_sessions(conn, closed)
    for command in commands:
        if isinstance(command, SpeakLocale):
            await staff.set_locale(conn, command.staff_id, command.locale)
    return Done([None] * len(commands))
