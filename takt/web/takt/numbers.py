"""What the operator does for numbers: deliver verification codes, and review display names."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.web.auth import Principal
from takt.web.numbers import NumberQueue
from takt.web.takt.door import OwnDoor, read_object


class NumberApi:
    """The operator's requests about numbers."""

    def __init__(self, door: OwnDoor, waiting: NumberQueue) -> None:
        self._door = door
        self._waiting = waiting

    def routes(self) -> list[Route]:
        """What can be asked for."""
        at, operator = "/takt/v1/numbers/{sender}", self._door.operator
        return [
            Route("/takt/v1/names", operator(self._names), methods=["GET"]),
            Route("/takt/v1/codes", operator(self._codes), methods=["GET"]),
            Route(f"{at}/code", operator(self._code), methods=["GET"]),
            Route(f"{at}/name", operator(self._decide), methods=["POST"]),
        ]

    async def _names(self, _request: Request, _principal: Principal) -> dict[str, Any]:
        return {"data": await self._waiting.names()}

    async def _codes(self, _request: Request, _principal: Principal) -> dict[str, Any]:
        return {"data": await self._waiting.codes()}

    async def _code(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._waiting.code(request.path_params["sender"])

    async def _decide(self, request: Request, _principal: Principal) -> dict[str, Any]:
        await self._waiting.decide(request.path_params["sender"], await read_object(request))
        return {"success": True}
