"""What a company may ask about its prices: its rate card with all its dates, and what a campaign would cost."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.actions.pricing import zone_of
from takt.clock import Clock
from takt.core.estimate import counters_of, estimate
from takt.core.rate_calendar import period
from takt.store import rate_cards, views
from takt.store.reference import Reference
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.takt.door import MANAGEMENT, MESSAGING, OwnDoor, own_business, own_sender, read_object
from takt.wire import prices


class PriceApi:
    """The requests of a company's program about prices."""

    def __init__(self, door: OwnDoor, site: Site, reference: Reference, clock: Clock) -> None:
        self._door = door
        self._site = site
        self._reference = reference
        self._clock = clock

    def routes(self) -> list[Route]:
        """What this API answers."""
        door = self._door
        return [
            Route("/takt/v1/rate-card", door.company(self._card, MANAGEMENT), methods=["GET"]),
            Route("/takt/v1/estimate", door.company(self._estimate, MESSAGING), methods=["POST"]),
        ]

    async def _card(self, _request: Request, principal: Principal) -> dict[str, Any]:
        business = own_business(self._reference, principal)
        now = self._clock.now()
        named = business.card_at(now)
        async with self._site.everywhere.acquire() as conn:
            listed = await rate_cards.list_versions(conn, named)
        current = self._reference.current.card(named, now)
        return {
            "card": named,
            "version": current.version,
            "versions": [prices.version(one, whole=True) for one in listed],
        }

    async def _estimate(self, request: Request, principal: Principal) -> dict[str, Any]:
        body = await read_object(request)
        sender = own_sender(self._reference, body.get("sender"), principal)
        lots = prices.parse_lots(body)
        now, business = self._clock.now(), sender.business
        card = self._reference.current.card(business.card_at(now), now)
        keys = counters_of(card, lots, sender.sender_id)
        part = business.contract_part
        month, _ = period(now, zone_of(business))
        async with self._site.pool(part).acquire() as conn:
            counts = await views.counts(conn, part, business.contract_id, month, sorted(keys)) if keys else {}
            balance = await views.balance(conn, part, business.contract_id)
        found = estimate(card, lots, counts, sender.sender_id)
        return prices.render_estimate(found, balance.wallet.available_micros)
