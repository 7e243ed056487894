"""The filter by programs: the operator's suspicions and watched senders, a company's appeal and the domains of its links."""

from typing import Any, Final

from starlette.requests import Request
from starlette.routing import Route

from takt.store.reference import Business, Reference
from takt.web.auth import Principal
from takt.web.suspicions import SuspicionQueue
from takt.web.takt.door import OwnDoor, read_object

MANAGEMENT: Final = "whatsapp_business_management"
OPERATOR: Final = "operator's program"


class FilterApi:
    """Requests about the filter."""

    def __init__(self, door: OwnDoor, queue: SuspicionQueue, reference: Reference) -> None:
        self._door = door
        self._queue = queue
        self._reference = reference

    def routes(self) -> list[Route]:
        """What is answered here."""
        operator, company = self._door.operator, self._door.company
        return [
            Route("/takt/v1/suspicions", operator(self._page), methods=["GET"]),
            Route("/takt/v1/suspicions/{message}", operator(self._decide), methods=["POST"]),
            Route("/takt/v1/senders/{sender}/watch", operator(self._watch), methods=["PUT"]),
            Route("/takt/v1/senders/{sender}/appeal", company(self._appeal, MANAGEMENT), methods=["POST"]),
            Route("/takt/v1/link-domains", company(self._listed, MANAGEMENT), methods=["GET"]),
            Route("/takt/v1/link-domains", company(self._add, MANAGEMENT), methods=["POST"]),
            Route("/takt/v1/link-domains/{domain}", company(self._drop, MANAGEMENT), methods=["DELETE"]),
        ]

    async def _page(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._queue.page(request.query_params)

    async def _decide(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._queue.decide(request.path_params["message"], await read_object(request), OPERATOR)

    async def _watch(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._queue.set_watch(request.path_params["sender"], await read_object(request))

    async def _appeal(self, request: Request, principal: Principal) -> dict[str, Any]:
        waba = self._business(principal).waba_id
        return await self._queue.appeal(request.path_params["sender"], waba, await read_object(request))

    async def _listed(self, _request: Request, principal: Principal) -> dict[str, Any]:
        return {"data": await self._queue.domains.of(self._business(principal))}

    async def _add(self, request: Request, principal: Principal) -> dict[str, Any]:
        return {"data": await self._queue.domains.add(self._business(principal), await read_object(request))}

    async def _drop(self, request: Request, principal: Principal) -> dict[str, Any]:
        await self._queue.domains.drop(self._business(principal), request.path_params["domain"])
        return {"success": True}

    def _business(self, principal: Principal) -> Business:
        assert principal.business_id is not None
        return self._reference.current.businesses[principal.business_id]
