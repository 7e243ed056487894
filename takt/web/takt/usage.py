"""What a company asks about its usage: costs of a month, messages behind a figure, closed months, and all of it as a file.

A partner asks the same of its clients.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from takt import exports
from takt.exports import MEDIA_TYPES, Format
from takt.store.reference import Reference
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.clients import Clients
from takt.web.costs import Costs
from takt.web.takt.door import MANAGEMENT, OwnDoor, own_business
from takt.wire import errors
from takt.wire.errors import Refusal


class UsageApi:
    """The requests of a company's program about usage."""

    def __init__(self, door: OwnDoor, site: Site, reference: Reference, costs: Costs) -> None:
        self._door = door
        self._site = site
        self._reference = reference
        self._costs = costs
        self._clients = Clients(site, reference, costs)

    def routes(self) -> list[Route]:
        """What this API answers."""
        company = self._door.company
        return [
            Route("/takt/v1/costs", company(self._month, MANAGEMENT), methods=["GET"]),
            Route("/takt/v1/costs/messages", company(self._messages, MANAGEMENT), methods=["GET"]),
            Route("/takt/v1/months", company(self._months, MANAGEMENT), methods=["GET"]),
            Route("/takt/v1/clients", company(self._of_clients, MANAGEMENT), methods=["GET"]),
            Route("/takt/v1/usage", company(self._file, MANAGEMENT), methods=["GET"]),
        ]

    async def _month(self, request: Request, principal: Principal) -> dict[str, Any]:
        business = own_business(self._reference, principal)
        month = self._costs.month_of(business, request.query_params.get("month"))
        return await self._costs.month(business, month)

    async def _messages(self, request: Request, principal: Principal) -> dict[str, Any]:
        business = own_business(self._reference, principal)
        month = self._costs.month_of(business, request.query_params.get("month"))
        return await self._costs.messages(business, month, request.query_params)

    async def _months(self, _request: Request, principal: Principal) -> dict[str, Any]:
        return await self._costs.months(own_business(self._reference, principal))

    async def _of_clients(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._clients.month(own_business(self._reference, principal), request.query_params.get("month"))

    async def _file(self, request: Request, principal: Principal) -> StreamingResponse:
        business = own_business(self._reference, principal)
        month = self._costs.month_of(business, request.query_params.get("month"))
        asked = request.query_params.get("format", Format.CSV)
        if asked not in list(Format):
            raise Refusal(errors.bad_value("format", "must be csv or parquet"))
        form = Format(asked)
        name = f"usage-{business.waba_id}-{month:%Y-%m}.{form}"
        return StreamingResponse(
            exports.usage(self._site, business, month, form),
            media_type=MEDIA_TYPES[form],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
