"""Grants of companies: voided by the operator, by the API and the command line alike; listed for both sides. Two people give them (bank)."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.routing import Route

from takt.actions.grant import VoidGrant
from takt.clock import Clock
from takt.core.grants import Standing
from takt.core.ids import slot_of
from takt.lanes import Lanes
from takt.store import grants
from takt.store.reference import Business, Reference
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.takt.door import MANAGEMENT, OwnDoor, own_business
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.instants import instant

Shown = dict[str, Any]


class GrantDesk:
    """Voids and lists grants. A company is named by its id on the wire."""

    def __init__(self, site: Site, reference: Reference, lane: Lanes[VoidGrant, bool], clock: Clock) -> None:
        self._site = site
        self._reference = reference
        self._lane = lane
        self._clock = clock

    async def list(self, waba_id: str) -> Shown:
        """The grants of a company, the newest first."""
        return await self.shown(self._business(waba_id))

    async def shown(self, business: Business) -> Shown:
        """The same of a company that is known."""
        payer = (business.contract_part, business.contract_id)
        async with self._site.pool(payer[0]).acquire() as conn:
            listed = await grants.list_grants(conn, payer)
        return {"grants": [self._grant(one) for one in listed]}

    async def void(self, waba_id: str, named: str) -> Shown:
        """Let a grant be over."""
        business = self._business(waba_id)
        try:
            grant_id = UUID(named)
        except ValueError:
            raise Refusal(errors.unknown_object(named)) from None
        command = VoidGrant((business.contract_part, business.contract_id), grant_id)
        if not await self._lane.submit(slot_of(business.contract_id), command):
            raise Refusal(errors.unknown_object(named))
        return {"success": True}

    def _grant(self, one: Standing) -> Shown:
        grant = one.grant
        return {
            "id": str(grant.grant_id), "name": grant.name, "kind": grant.kind, "state": one.state(self._clock.now()),
            "amount_micros": grant.amount_micros, "left_micros": one.left_micros, "held_micros": one.pending_micros,
            "currency": grant.currency, "priority": grant.priority, "categories": list(grant.categories),
            "markets": list(grant.markets), "issued_at": instant(grant.issued_at),
            "expires_at": instant(grant.expires_at),
        }  # fmt: skip

    def _business(self, waba_id: str) -> Business:
        business = self._reference.current.by_waba.get(waba_id)
        if business is None:
            raise Refusal(errors.unknown_object(waba_id))
        return business


class GrantApi:
    """The addresses: the operator's for any company, and a company's own list."""

    def __init__(self, door: OwnDoor, desk: GrantDesk, reference: Reference) -> None:
        self._door = door
        self._desk = desk
        self._reference = reference

    def routes(self) -> list[Route]:
        """What this API answers."""
        at, operator = "/takt/v1/businesses/{waba}/grants", self._door.operator
        return [
            Route(at, operator(self._list), methods=["GET"]),
            Route(f"{at}/{{grant}}", operator(self._void), methods=["DELETE"]),
            Route("/takt/v1/grants", self._door.company(self._own, MANAGEMENT), methods=["GET"]),
        ]

    async def _list(self, request: Request, _principal: Principal) -> Shown:
        return await self._desk.list(request.path_params["waba"])

    async def _void(self, request: Request, _principal: Principal) -> Shown:
        return await self._desk.void(request.path_params["waba"], request.path_params["grant"])

    async def _own(self, _request: Request, principal: Principal) -> Shown:
        return await self._desk.shown(own_business(self._reference, principal))
