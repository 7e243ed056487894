"""The filter by programs: the operator's suspicions and watched senders, a company's appeal and the domains of its links."""

from typing import Any, Final

from starlette.requests import Request
from starlette.routing import Route

from takt.actions.vetting import AddDomains, Command, DropDomain
from takt.core.ids import slot_of
from takt.filter.links import parse_domain
from takt.lanes import Lanes
from takt.store import link_domains
from takt.store.reference import Business, Reference
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.suspicions import SuspicionQueue
from takt.web.takt.door import OwnDoor, read_object
from takt.wire import errors
from takt.wire.errors import Refusal

MANAGEMENT: Final = "whatsapp_business_management"
DOMAINS_A_CALL_MAX: Final = 50
OPERATOR: Final = "operator's program"


class FilterApi:
    """Requests about the filter."""

    def __init__(
        self, door: OwnDoor, queue: SuspicionQueue, site: Site, reference: Reference, lane: Lanes[Command, bool]
    ) -> None:
        self._door = door
        self._queue = queue
        self._site = site
        self._reference = reference
        self._lane = lane

    def routes(self) -> list[Route]:
        """What is answered here."""
        operator, company = self._door.operator, self._door.company
        return [
            Route("/takt/v1/suspicions", operator(self._page), methods=["GET"]),
            Route("/takt/v1/suspicions/{message}", operator(self._decide), methods=["POST"]),
            Route("/takt/v1/senders/{sender}/watch", operator(self._watch), methods=["PUT"]),
            Route("/takt/v1/senders/{sender}/appeal", company(self._appeal, MANAGEMENT), methods=["POST"]),
            Route("/takt/v1/link-domains", company(self._domains, MANAGEMENT), methods=["GET"]),
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

    async def _domains(self, _request: Request, principal: Principal) -> dict[str, Any]:
        async with self._site.everywhere.acquire() as conn:
            return {"data": await link_domains.of_business(conn, self._business(principal).business_id)}

    async def _add(self, request: Request, principal: Principal) -> dict[str, Any]:
        given = (await read_object(request)).get("domains")
        if not isinstance(given, list) or not 1 <= len(given) <= DOMAINS_A_CALL_MAX:
            raise Refusal(errors.bad_value("domains", f"must be a list of 1 to {DOMAINS_A_CALL_MAX} domains"))
        business = self._business(principal)
        command = AddDomains(business.business_id, tuple(_domain(one) for one in given))
        if not await self._lane.submit(slot_of(business.contract_id), command):
            raise Refusal(errors.bad_value("domains", "would be too many: at most 200 in all"))
        return await self._domains(request, principal)

    async def _drop(self, request: Request, principal: Principal) -> dict[str, Any]:
        business, domain = self._business(principal), request.path_params["domain"]
        if not await self._lane.submit(slot_of(business.contract_id), DropDomain(business.business_id, domain)):
            raise Refusal(errors.unknown_object(domain))
        return {"success": True}

    def _business(self, principal: Principal) -> Business:
        assert principal.business_id is not None
        return self._reference.current.businesses[principal.business_id]


def _domain(given: object) -> str:
    domain = parse_domain(given) if isinstance(given, str) else None
    if domain is None:
        raise Refusal(errors.bad_value("domains", "must be domains that somebody registered, and no shorteners"))
    return domain
