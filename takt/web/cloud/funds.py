"""Whether companies can pay, which their health tells."""

from collections.abc import Sequence

from takt.clock import Clock
from takt.store import catalogue
from takt.store.reference import Business
from takt.store.site import Site
from takt.wire.fields import Field


class Funds:
    """Looks into wallets, and only where health is asked for."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._clock = clock

    async def of(self, business: Business, selection: Sequence[Field]) -> bool:
        """Whether the company has money to send with; True where nobody asks for its health."""
        if all(one.name != "health_status" for one in selection):
            return True
        part = business.contract_part
        async with self._site.pool(part).acquire() as conn:
            return await catalogue.has_funds(conn, part, business.contract_id, self._clock.now())
