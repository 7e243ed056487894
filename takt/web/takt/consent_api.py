"""The addresses of consent in the own API: a company's purposes, requests, lists, proofs; the operator's checks."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from takt.core.ids import WA_ID
from takt.web.auth import Principal
from takt.web.http import read_body
from takt.web.takt.consents import Consents, Shown
from takt.web.takt.door import OwnDoor, read_object
from takt.wire import errors
from takt.wire.errors import Refusal
from takt.wire.proof import Proof, render_page, render_proof

MANAGEMENT: Final = "whatsapp_business_management"
LOCALES: Final = ("en", "de")


class ConsentApi:
    """Each address for a company's program, and those for the operator alone."""

    def __init__(self, door: OwnDoor, consents: Consents) -> None:
        self._door = door
        self._consents = consents

    def routes(self) -> list[Route]:
        """What can be asked for."""
        at, operator = "/takt/v1", self._door.operator

        def company(answer: Any) -> Any:
            return self._door.company(answer, MANAGEMENT)

        return [
            Route(f"{at}/purposes", company(self._purposes), methods=["GET"]),
            Route(f"{at}/purposes/{{key}}", company(self._define), methods=["PUT"]),
            Route(f"{at}/templates/{{template}}/purpose", company(self._set_template), methods=["PUT"]),
            Route(f"{at}/consents/requests", company(self._ask), methods=["POST"]),
            Route(f"{at}/consents/import", company(self._bring), methods=["POST"]),
            Route(f"{at}/consents/customers", company(self._claim), methods=["POST"]),
            Route(f"{at}/consents/{{number}}/proof", company(self._proof), methods=["GET"]),
            Route(f"{at}/businesses/{{waba}}/consents/{{number}}/proof", operator(self._any_proof), methods=["GET"]),
            Route(f"{at}/consents/verification", operator(self._verify), methods=["GET"]),
            Route(f"{at}/people/{{number}}", operator(self._erase), methods=["DELETE"]),
        ]

    async def _purposes(self, _request: Request, principal: Principal) -> Shown:
        return await self._consents.purposes(await self._consents.own(principal.business_id))

    async def _define(self, request: Request, principal: Principal) -> Shown:
        business = await self._consents.own(principal.business_id)
        return await self._consents.define(business, request.path_params["key"], await read_object(request))

    async def _set_template(self, request: Request, principal: Principal) -> Shown:
        business = await self._consents.own(principal.business_id)
        return await self._consents.set_template(business, request.path_params["template"], await read_object(request))

    async def _ask(self, request: Request, principal: Principal) -> Shown:
        return await self._consents.ask(await self._consents.own(principal.business_id), await read_object(request))

    async def _bring(self, request: Request, principal: Principal) -> Shown:
        business = await self._consents.own(principal.business_id)
        as_csv = request.headers.get("content-type", "").startswith("text/csv")
        return await self._consents.bring(business, await read_body(request.scope, request.receive), as_csv=as_csv)

    async def _claim(self, request: Request, principal: Principal) -> Shown:
        return await self._consents.claim(await self._consents.own(principal.business_id), await read_object(request))

    async def _proof(self, request: Request, principal: Principal) -> Shown | Response:
        business = await self._consents.own(principal.business_id)
        return _shown(await self._consents.proof(business, _number(request)), request)

    async def _any_proof(self, request: Request, _principal: Principal) -> Shown | Response:
        business = await self._consents.business(request.path_params["waba"])
        return _shown(await self._consents.proof(business, _number(request)), request)

    async def _verify(self, _request: Request, _principal: Principal) -> Shown:
        return await self._consents.verify()

    async def _erase(self, request: Request, _principal: Principal) -> Shown:
        return await self._consents.erase(_number(request))


def _number(request: Request) -> str:
    named: str = request.path_params["number"].removeprefix("+")
    if WA_ID.fullmatch(named) is None:
        raise Refusal(errors.bad_value("number", "must be 5 to 15 digits"))
    return named


def _shown(proof: Proof, request: Request) -> Shown | Response:
    """The proof as JSON, or as a page to print for whoever asks for `format=html`."""
    locale = request.query_params.get("locale", "en")
    if locale not in LOCALES:
        raise Refusal(errors.bad_value("locale", "must be en or de"))
    form = request.query_params.get("format", "json")
    if form not in ("json", "html"):
        raise Refusal(errors.bad_value("format", "must be json or html"))
    if form == "json":
        return render_proof(proof, locale)
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return HTMLResponse(render_page(proof, locale), headers={"Content-Security-Policy": policy})
