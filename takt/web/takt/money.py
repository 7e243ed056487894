"""The operator's money at the own API: contracts, entries of the ledger, the close of months."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.web.auth import Principal
from takt.web.money import MoneyDesk
from takt.web.takt.door import OwnDoor, read_object


class MoneyApi:
    """The requests of the operator about money."""

    def __init__(self, door: OwnDoor, desk: MoneyDesk) -> None:
        self._door = door
        self._desk = desk

    def routes(self) -> list[Route]:
        """What this API answers."""
        operator = self._door.operator
        return [
            Route("/takt/v1/contracts", operator(self._contracts), methods=["GET"]),
            Route("/takt/v1/ledger", operator(self._entries), methods=["GET"]),
            Route("/takt/v1/losses", operator(self._losses), methods=["GET"]),
            Route("/takt/v1/closings", operator(self._closings), methods=["GET"]),
            Route("/takt/v1/closings", operator(self._close), methods=["POST"]),
        ]

    async def _contracts(self, _request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.contracts()

    async def _entries(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.entries(request.query_params)

    async def _closings(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.closings(request.query_params.get("month"))

    async def _losses(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.losses(request.query_params.get("month"))

    async def _close(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.close(await read_object(request))
