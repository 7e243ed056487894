"""Standings over the own API: what a company sees of itself and objects to, and what the operator's programs decide."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.store.reference import Business, Reference
from takt.web.auth import Principal
from takt.web.standings import StandingDesk
from takt.web.takt.door import MANAGEMENT, OPERATOR_PROGRAM, OwnDoor, own_business, read_object


class StandingApi:
    """Requests about standings. The JSON: docs/tact.md, "Reputation"."""

    def __init__(self, door: OwnDoor, reference: Reference, desk: StandingDesk) -> None:
        self._door = door
        self._reference = reference
        self._desk = desk

    def routes(self) -> list[Route]:
        """What is answered here."""
        operator, company = self._door.operator, self._door.company
        at = "/takt/v1/businesses/{waba}"
        return [
            Route("/takt/v1/standing", company(self._own, MANAGEMENT), methods=["GET"]),
            Route(
                "/takt/v1/standing/measures/{measure}/objection", company(self._object, MANAGEMENT), methods=["POST"]
            ),
            Route(f"{at}/standing", operator(self._of), methods=["GET"]),
            Route(f"{at}/tier", operator(self._set_tier), methods=["PUT"]),
            Route(f"{at}/owner", operator(self._set_owner), methods=["PUT"]),
            Route(f"{at}/measures", operator(self._take), methods=["POST"]),
            Route("/takt/v1/measures", operator(self._queue), methods=["GET"]),
            Route("/takt/v1/measures/{measure}", operator(self._decide), methods=["POST"]),
        ]

    async def _own(self, _request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.of(own_business(self._reference, principal))

    async def _object(self, request: Request, principal: Principal) -> dict[str, Any]:
        body = await read_object(request)
        return await self._desk.object(own_business(self._reference, principal), request.path_params["measure"], body)

    async def _of(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.of(self._named(request))

    async def _set_tier(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.set_tier(self._named(request), await read_object(request))

    async def _set_owner(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.set_owner(self._named(request), await read_object(request))

    async def _take(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.take(self._named(request), await read_object(request), OPERATOR_PROGRAM)

    async def _queue(self, _request: Request, _principal: Principal) -> dict[str, Any]:
        return {"data": await self._desk.queue()}

    async def _decide(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.decide(request.path_params["measure"], await read_object(request), OPERATOR_PROGRAM)

    def _named(self, request: Request) -> Business:
        return self._desk.named(request.path_params["waba"])
