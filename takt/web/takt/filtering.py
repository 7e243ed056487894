"""The filter by programs: the operator's suspicions and watched senders, a company's appeal and the domains of its links."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.store.reference import Reference
from takt.web.auth import Principal
from takt.web.suspicions import SuspicionQueue
from takt.web.takt.door import MANAGEMENT, OPERATOR_PROGRAM, OwnDoor, own_business, read_object


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
        return await self._queue.decide(request.path_params["message"], await read_object(request), OPERATOR_PROGRAM)

    async def _watch(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._queue.set_watch(request.path_params["sender"], await read_object(request))

    async def _appeal(self, request: Request, principal: Principal) -> dict[str, Any]:
        waba = own_business(self._reference, principal).waba_id
        return await self._queue.appeal(request.path_params["sender"], waba, await read_object(request))

    async def _listed(self, _request: Request, principal: Principal) -> dict[str, Any]:
        return {"data": await self._queue.domains.of(own_business(self._reference, principal))}

    async def _add(self, request: Request, principal: Principal) -> dict[str, Any]:
        return {
            "data": await self._queue.domains.add(own_business(self._reference, principal), await read_object(request))
        }

    async def _drop(self, request: Request, principal: Principal) -> dict[str, Any]:
        await self._queue.domains.drop(own_business(self._reference, principal), request.path_params["domain"])
        return {"success": True}
