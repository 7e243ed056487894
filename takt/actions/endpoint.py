"""A company says where it wants to hear what: addresses of its apps, and which apps hear of it.

Whether somebody listens at an address was asked before; here it is written, in the contract's part of the company.
"""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import HOOKS, Done
from takt.core.value import value
from takt.store import endpoints
from takt.store.endpoints import Subscription
from takt.store.pool import Conn


@value
class SetEndpoint:
    """An app listens at a verified address."""

    endpoint_id: UUID
    app_id: str
    object: str
    callback_url: str
    verify_token: str
    fields: tuple[str, ...]
    version: str


@value
class SetFields:
    """An app hears of these fields from now on, at the same address; none of them closes its endpoint."""

    app_id: str
    object: str
    fields: tuple[str, ...]


@value
class LinkApp:
    """An app hears what happens to a business, or no longer."""

    business_id: UUID
    app_id: str
    linked: bool


@value
class SetTogether:
    """An endpoint takes up to so many events in one POST."""

    endpoint_id: UUID
    events_per_post: int


Command = SetEndpoint | SetFields | SetTogether | LinkApp


async def set_endpoints(conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool) -> Done[None]:
    """The action of this lane, in the order of the commands. Each says how it shall be, so a repeat changes nothing."""
    del again
    for command in commands:
        await _set(conn, part, command, now)
    return Done([None] * len(commands), {HOOKS})


async def _set(conn: Conn, part: int, command: Command, now: datetime) -> None:
    match command:
        case SetEndpoint():
            wanted = Subscription(
                command.endpoint_id, command.app_id, command.object, command.callback_url, command.verify_token,
                command.fields, command.version,
            )  # fmt: skip
            await endpoints.put(conn, part, wanted, now)
        case SetFields():
            if command.fields:
                await endpoints.set_fields(conn, command.app_id, command.object, command.fields)
            else:
                await endpoints.close(conn, command.app_id, command.object)
        case SetTogether():
            await endpoints.set_together(conn, command.endpoint_id, command.events_per_post)
        case LinkApp():
            if command.linked:
                await endpoints.link(conn, command.business_id, command.app_id, now)
            else:
                await endpoints.unlink(conn, command.business_id, command.app_id)
