"""A company gets a shadow card: its traffic is priced by that, too, and no money moves for it."""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.value import value
from takt.store import businesses
from takt.store.pool import Conn


@value
class SetShadow:
    """By which card a company's traffic is priced beside its own; None: by none."""

    business_id: UUID
    card: str | None


async def set_shadows(conn: Conn, part: int, commands: list[SetShadow], now: datetime, *, again: bool) -> Done[None]:
    """Set the shadow cards of a batch; a repeat changes nothing."""
    del part, now, again
    for command in commands:
        await businesses.set_shadow_card(conn, command.business_id, command.card)
    return Done([None] * len(commands))
