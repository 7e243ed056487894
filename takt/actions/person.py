"""What a person sets up for themselves: browsers that are signed in, language, read receipts, quiet time, time zone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.quiet_time import OwnQuiet
from takt.core.value import value
from takt.store import devices, messages, recipients
from takt.store.devices import BROWSER
from takt.store.pool import Conn


@value
class OpenBrowser:
    """Let whoever shows the token with this SHA-256 be that person."""

    recipient_id: UUID
    token_sha256: bytes


@value
class CloseDevice:
    """End what the token with this SHA-256 stands for."""

    recipient_id: UUID
    token_sha256: bytes


@value
class Settings:
    """Speak this language, tell companies of reading or not; None leaves it as it is."""

    recipient_id: UUID
    locale: str | None = None
    read_receipts: bool | None = None


@value
class SetQuiet:
    """Want quiet every day at this time, or at none of one's own."""

    recipient_id: UUID
    own: OwnQuiet | None


@value
class SetZone:
    """Live by the clock of this zone, or of one's number."""

    recipient_id: UUID
    zone: str | None


Command = OpenBrowser | CloseDevice | Settings | SetQuiet | SetZone


async def set_up(conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool) -> Done[None]:
    """The action of the personal lane. Each command may be repeated; of several settings of a person the last counts.

    Whose quiet time or clock changes, for them what waits for quiet hours is decided anew.
    """
    del again
    await recipients.lock(conn, part, list({command.recipient_id for command in commands}))
    opened = [command for command in commands if isinstance(command, OpenBrowser)]
    closed = [command.token_sha256 for command in commands if isinstance(command, CloseDevice)]
    if opened:
        await devices.add_hashed(conn, part, [(c.token_sha256, c.recipient_id) for c in opened], BROWSER, now)
        await devices.drop_old_browsers(conn, part, [command.recipient_id for command in opened])
    if closed:
        await devices.remove(conn, part, closed)
    await _set(conn, part, [command for command in commands if isinstance(command, Settings)])
    quiet = {one.recipient_id: one.own for one in commands if isinstance(one, SetQuiet)}
    zones = {one.recipient_id: one.zone for one in commands if isinstance(one, SetZone)}
    if quiet:
        await devices.set_quiet(conn, part, list(quiet.items()))
    if zones:
        await devices.set_zones(conn, part, list(zones.items()))
    if quiet or zones:
        await messages.look_again(conn, part, list({*quiet, *zones}), now)
    return Done([None] * len(commands))


async def _set(conn: Conn, part: int, settings: Sequence[Settings]) -> None:
    locales = {one.recipient_id: one.locale for one in settings if one.locale is not None}
    wishes = {one.recipient_id: one.read_receipts for one in settings if one.read_receipts is not None}
    if locales:
        await devices.set_locales(conn, part, list(locales.items()))
    if wishes:
        await devices.set_read_receipts(conn, part, list(wishes.items()))
