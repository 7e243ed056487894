"""Contracts at the own API: the operator looks after those of all companies, a company reads its own and asks for its legal data."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.store.reference import Business, Reference
from takt.web.auth import Principal
from takt.web.contracts import ContractDesk
from takt.web.payments import PaymentDesk
from takt.web.takt.door import MANAGEMENT, OwnDoor, name_of, own_business, read_object


class ContractApi:
    """The requests about contracts."""

    def __init__(self, door: OwnDoor, reference: Reference, desk: ContractDesk, payments: PaymentDesk) -> None:
        self._door = door
        self._reference = reference
        self._desk = desk
        self._payments = payments

    def routes(self) -> list[Route]:
        """What this API answers."""
        operator, door = self._door.operator, self._door
        at = "/takt/v1/businesses/{waba}/contract"
        return [
            Route(at, operator(self._show), methods=["GET"]),
            Route(at, operator(self._limit), methods=["PUT"]),
            Route(f"{at}/cards", operator(self._assign), methods=["POST"]),
            Route(f"{at}/partners", operator(self._move), methods=["POST"]),
            Route(f"{at}/legal-wish", operator(self._decide), methods=["POST"]),
            Route(f"{at}/mandates", operator(self._mandates), methods=["GET"]),
            Route(f"{at}/mandates", operator(self._sign), methods=["POST"]),
            Route(f"{at}/mandates/{{mandate}}", operator(self._end), methods=["DELETE"]),
            Route("/takt/v1/contract", door.company(self._own, MANAGEMENT), methods=["GET"]),
            Route("/takt/v1/contract/legal", door.company(self._ask, MANAGEMENT), methods=["PUT"]),
        ]

    async def _show(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.show(await self._company(request))

    async def _limit(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.set_limit(await self._company(request), await read_object(request), name_of(principal))

    async def _assign(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.assign(await self._company(request), await read_object(request), name_of(principal))

    async def _move(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.move(await self._company(request), await read_object(request), name_of(principal))

    async def _decide(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.decide_wish(
            await self._company(request), await read_object(request), name_of(principal)
        )

    async def _mandates(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._payments.mandates(await self._company(request))

    async def _sign(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._payments.sign(await self._company(request), await read_object(request))

    async def _end(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._payments.end(await self._company(request), request.path_params["mandate"])

    async def _own(self, _request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.show(own_business(self._reference, principal))

    async def _ask(self, request: Request, principal: Principal) -> dict[str, Any]:
        business = own_business(self._reference, principal)
        return await self._desk.ask_legal(business, await read_object(request), name_of(principal))

    async def _company(self, request: Request) -> Business:
        return await self._desk.company(request.path_params["waba"])
