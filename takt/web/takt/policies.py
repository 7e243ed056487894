"""The operator's policy by `/takt/v1/policy`: versions, proposals, previews, signatures; and what was decided by it.

The JSON: `docs/tact.md`.
"""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.core.proposal import Actor
from takt.web.auth import Principal
from takt.web.decisions import Decisions
from takt.web.policies import PolicyDesk
from takt.web.takt.door import OPERATOR_PROGRAM, OwnDoor, read_object
from takt.wire import errors
from takt.wire.errors import Refusal

LOCALES = ("en", "de")


class PolicyApi:
    """Requests about the policy."""

    def __init__(self, door: OwnDoor, desk: PolicyDesk, decisions: Decisions) -> None:
        self._door = door
        self._desk = desk
        self._decisions = decisions

    def routes(self) -> list[Route]:
        """What is answered here."""
        operator = self._door.operator
        one = "/takt/v1/policy/proposals/{proposal}"
        return [
            Route("/takt/v1/decisions", operator(self._decision), methods=["GET"]),
            Route("/takt/v1/decisions/refused", operator(self._refused), methods=["GET"]),
            Route("/takt/v1/policy", operator(self._overview), methods=["GET"]),
            Route("/takt/v1/policy/check", operator(self._check), methods=["POST"]),
            Route("/takt/v1/policy/proposals", operator(self._propose), methods=["POST"]),
            Route(one, operator(self._one), methods=["GET"]),
            Route(one, operator(self._change), methods=["PUT"]),
            Route(f"{one}/preview", operator(self._preview), methods=["POST"]),
            Route(f"{one}/sign", operator(self._sign), methods=["POST"]),
            Route(f"{one}/apply", operator(self._apply), methods=["POST"]),
            Route(f"{one}/withdraw", operator(self._withdraw), methods=["POST"]),
        ]

    async def _decision(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._decisions.find(request.query_params.get("of", ""), locale_of(request))

    async def _refused(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._decisions.refused(request.query_params, locale_of(request))

    async def _overview(self, _request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.overview()

    async def _check(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.check(await read_object(request))

    async def _propose(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.propose(await read_object(request), actor_of(principal), None, locale_of(request))

    async def _one(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.one(_named(request), actor_of(principal), locale_of(request))

    async def _change(self, request: Request, principal: Principal) -> dict[str, Any]:
        body = await read_object(request)
        return await self._desk.propose(body, actor_of(principal), _named(request), locale_of(request))

    async def _preview(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.ask_preview(_named(request), actor_of(principal), locale_of(request))

    async def _sign(self, request: Request, principal: Principal) -> dict[str, Any]:
        body = await read_object(request)
        return await self._desk.sign(_named(request), body, actor_of(principal), locale_of(request))

    async def _apply(self, request: Request, principal: Principal) -> dict[str, Any]:
        body = await read_object(request)
        return await self._desk.apply(_named(request), body, actor_of(principal), locale_of(request))

    async def _withdraw(self, request: Request, principal: Principal) -> dict[str, Any]:
        body = await read_object(request)
        return await self._desk.withdraw(_named(request), body, actor_of(principal), locale_of(request))


def actor_of(principal: Principal) -> Actor:
    """Who acts by a token: the person whose own it is, or a program."""
    if principal.staff_id is not None:
        return Actor(principal.name, principal.staff_id)
    return Actor(principal.name or OPERATOR_PROGRAM)


def _named(request: Request) -> str:
    return str(request.path_params["proposal"])


def locale_of(request: Request) -> str:
    """The language that a program asks for, English unless it says so. Raises Refusal."""
    locale = request.query_params.get("locale", "en")
    if locale not in LOCALES:
        raise Refusal(errors.bad_value("locale", "must be en or de"))
    return locale
