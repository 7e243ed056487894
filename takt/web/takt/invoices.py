"""Invoices and legal data at the own API: a company sees and downloads its own, the operator all."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from takt.store.documents import Listed
from takt.store.reference import Business, Reference
from takt.web.auth import Principal
from takt.web.documents import DocumentDesk
from takt.web.takt.door import MANAGEMENT, OwnDoor, name_of, own_business, read_object
from takt.wire import documents as wire
from takt.wire import errors
from takt.wire.errors import Refusal


class InvoiceApi:
    """The requests about documents of money."""

    def __init__(self, door: OwnDoor, reference: Reference, desk: DocumentDesk) -> None:
        self._door = door
        self._reference = reference
        self._desk = desk

    def routes(self) -> list[Route]:
        """What this API answers."""
        anyone, operator = self._door.anyone, self._door.operator
        at, company = "/takt/v1/invoices", "/takt/v1/businesses/{waba}"
        return [
            Route(at, anyone(self._list), methods=["GET"]),
            Route(f"{at}/gaps", operator(self._gaps), methods=["GET"]),
            Route(f"{at}/{{document}}", anyone(self._show), methods=["GET"]),
            Route(f"{at}/{{document}}/pdf", anyone(self._pdf), methods=["GET"]),
            Route(f"{at}/{{document}}/xml", anyone(self._xml), methods=["GET"]),
            Route(f"{at}/{{document}}/credit", operator(self._credit), methods=["POST"]),
            Route("/takt/v1/exchange-rates", operator(self._rates), methods=["GET", "POST"]),
            Route("/takt/v1/exchange-rates/corrections", operator(self._correct), methods=["POST"]),
            Route("/takt/v1/legal", operator(self._operator), methods=["GET", "PUT"]),
            Route(f"{company}/legal", operator(self._customer), methods=["GET", "PUT"]),
            Route(f"{company}/month-document", operator(self._month_document), methods=["GET", "PUT"]),
        ]

    async def _list(self, request: Request, principal: Principal) -> dict[str, Any]:
        business = self._own(principal)
        named = request.query_params.get("company")
        if named is not None and business is None:
            business = await self._desk.company(named)
        return await self._desk.listed(business, wire.parse_state(request.query_params.get("state")))

    async def _show(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.show(await self._find(request, principal))

    async def _pdf(self, request: Request, principal: Principal) -> Response:
        return await self._desk.file(await self._find(request, principal), "pdf")

    async def _xml(self, request: Request, principal: Principal) -> Response:
        syntax = request.query_params.get("syntax", wire.SYNTAXES[0])
        if syntax not in wire.SYNTAXES:
            raise Refusal(errors.bad_value("syntax", f"must be one of {', '.join(wire.SYNTAXES)}"))
        return await self._desk.file(await self._find(request, principal), syntax)

    async def _credit(self, request: Request, principal: Principal) -> dict[str, Any]:
        original = await self._find(request, principal)
        return await self._desk.credit(original, await read_object(request))

    async def _gaps(self, _request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.gaps()

    async def _operator(self, request: Request, principal: Principal) -> dict[str, Any]:
        if request.method == "GET":
            return await self._desk.operator_legal()
        return await self._desk.set_operator_legal(await read_object(request), name_of(principal))

    async def _customer(self, request: Request, principal: Principal) -> dict[str, Any]:
        business = await self._desk.company(request.path_params["waba"])
        if request.method == "GET":
            return await self._desk.customer_legal(business)
        return await self._desk.set_customer_legal(business, await read_object(request), name_of(principal))

    async def _rates(self, request: Request, principal: Principal) -> dict[str, Any]:
        if request.method == "GET":
            return await self._desk.rates()
        return await self._desk.add_rates(await read_object(request), name_of(principal))

    async def _correct(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.correct_rate(await read_object(request), name_of(principal))

    async def _month_document(self, request: Request, principal: Principal) -> dict[str, Any]:
        business = await self._desk.company(request.path_params["waba"])
        if request.method == "GET":
            return await self._desk.month_document(business)
        return await self._desk.set_month_document(business, await read_object(request), name_of(principal))

    def _own(self, principal: Principal) -> Business | None:
        """The company of a token, whose permission is looked at; None for the operator's."""
        if principal.kind == "operator":
            return None
        if not principal.may(MANAGEMENT):
            raise Refusal(errors.permission_missing(MANAGEMENT))
        return own_business(self._reference, principal)

    async def _find(self, request: Request, principal: Principal) -> Listed:
        return await self._desk.find(request.path_params["document"], self._own(principal))
