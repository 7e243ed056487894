"""Money over the own API: what a company pays and wishes, what the operator does with the bank, what providers tell.

The JSON: docs/payments.md.
"""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from takt.clock import Clock
from takt.core.booking import Kind
from takt.store.reference import Reference
from takt.web.auth import Principal
from takt.web.bank import BankDesk
from takt.web.errors import error_answer, error_of
from takt.web.http import ClientGoneError, read_body
from takt.web.payments import PaymentDesk
from takt.web.takt.door import MANAGEMENT, OwnDoor, own_business, read_object
from takt.web.takt.policies import actor_of, locale_of
from takt.wire.camt import BYTES_MAX


class PaymentApi:
    """Requests about money."""

    def __init__(self, door: OwnDoor, reference: Reference, desk: PaymentDesk, bank: BankDesk, clock: Clock) -> None:
        self._door = door
        self._reference = reference
        self._desk = desk
        self._bank = bank
        self._clock = clock

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [*self._of_companies(), *self._of_operator()]

    def _of_companies(self) -> list[Route]:
        def company(answer: Any) -> Any:
            return self._door.company(answer, MANAGEMENT)

        at = "/takt/v1"
        return [
            Route(f"{at}/payments", company(self._list), methods=["GET"]),
            Route(f"{at}/payments", company(self._begin), methods=["POST"]),
            Route(f"{at}/payments/notices/{{provider}}", self._hear, methods=["POST"]),
            Route(f"{at}/payments/{{payment}}", company(self._one), methods=["GET"]),
            Route(f"{at}/mandates", company(self._mandates), methods=["GET"]),
            Route(f"{at}/mandates", company(self._sign), methods=["POST"]),
            Route(f"{at}/mandates/{{mandate}}", company(self._end), methods=["DELETE"]),
            Route(f"{at}/spending", company(self._plan), methods=["GET"]),
            Route(f"{at}/spending", company(self._set_plan), methods=["PUT"]),
        ]

    def _of_operator(self) -> list[Route]:
        operator, at = self._door.operator, "/takt/v1/bank"
        one = f"{at}/bookings/{{booking}}"
        return [
            Route(f"{at}/account", operator(self._account), methods=["GET", "PUT"]),
            Route(f"{at}/statements", operator(self._statements), methods=["GET"]),
            Route(f"{at}/statements", operator(self._take_file), methods=["POST"]),
            Route(f"{at}/suspense", operator(self._suspense), methods=["GET"]),
            Route(f"{at}/suspense/{{key}}", operator(self._decide), methods=["POST"]),
            Route(f"{at}/payments", operator(self._all), methods=["GET"]),
            Route(f"{at}/payments/{{payment}}/refund", operator(self._refund), methods=["POST"]),
            Route(f"{at}/providers/{{provider}}/reconcile", operator(self._reconcile), methods=["POST"]),
            Route(f"{at}/pretend", operator(self._pretend), methods=["POST"]),
            Route(f"{at}/collections", operator(self._collections), methods=["GET", "POST"]),
            Route(f"{at}/collections/{{ident}}", operator(self._order), methods=["GET"]),
            Route(f"{at}/bookings", operator(self._bookings), methods=["GET", "POST"]),
            Route(f"{one}/sign", operator(self._sign_booking), methods=["POST"]),
            Route(f"{one}/withdraw", operator(self._withdraw), methods=["POST"]),
            Route("/takt/v1/businesses/{waba}/payments", operator(self._of), methods=["GET"]),
            Route("/takt/v1/businesses/{waba}/tax", operator(self._set_tax), methods=["PUT"]),
        ]

    async def _list(self, _request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.list(own_business(self._reference, principal))

    async def _begin(self, request: Request, principal: Principal) -> dict[str, Any]:
        body, key = await read_object(request), request.headers.get("idempotency-key")
        return await self._desk.begin(own_business(self._reference, principal), body, key, principal.name)

    async def _one(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.one(own_business(self._reference, principal), request.path_params["payment"])

    async def _mandates(self, _request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.mandates(own_business(self._reference, principal))

    async def _sign(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.sign(own_business(self._reference, principal), await read_object(request))

    async def _end(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.end(own_business(self._reference, principal), request.path_params["mandate"])

    async def _plan(self, _request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.plan(own_business(self._reference, principal))

    async def _set_plan(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._desk.set_plan(
            own_business(self._reference, principal), await read_object(request), principal.name
        )

    async def _account(self, request: Request, principal: Principal) -> dict[str, Any]:
        if request.method == "PUT":
            return await self._bank.set_account(await read_object(request), actor_of(principal))
        return await self._bank.account()

    async def _statements(self, _request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._bank.statements()

    async def _take_file(self, request: Request, principal: Principal) -> dict[str, Any]:
        file = await read_body(request.scope, request.receive, BYTES_MAX)
        return await self._bank.take_file(file, actor_of(principal))

    async def _suspense(self, _request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._bank.suspense()

    async def _decide(self, request: Request, principal: Principal) -> dict[str, Any]:
        return await self._bank.decide(request.path_params["key"], await read_object(request), actor_of(principal))

    async def _refund(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.refund(request.path_params["payment"])

    async def _reconcile(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.reconcile(request.path_params["provider"])

    async def _pretend(self, request: Request, _principal: Principal) -> dict[str, Any]:
        body = await read_object(request)
        return await self._desk.pretend(str(body.get("reference", "")), body.get("word"))

    async def _all(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._bank.list(request.query_params)

    async def _collections(self, request: Request, principal: Principal) -> dict[str, Any]:
        if request.method == "POST":
            return await self._bank.collect(await read_object(request), actor_of(principal))
        return await self._bank.orders()

    async def _order(self, request: Request, _principal: Principal) -> Response:
        return Response(await self._bank.order(request.path_params["ident"]), media_type="application/xml")

    async def _bookings(self, request: Request, principal: Principal) -> dict[str, Any]:
        if request.method == "POST":
            return await self._bank.propose(await read_object(request), actor_of(principal), locale_of(request))
        return await self._bank.bookings(actor_of(principal))

    async def _sign_booking(self, request: Request, principal: Principal) -> dict[str, Any]:
        named = request.path_params["booking"]
        return await self._bank.act(named, Kind.SIGN, actor_of(principal), locale_of(request))

    async def _withdraw(self, request: Request, principal: Principal) -> dict[str, Any]:
        named = request.path_params["booking"]
        return await self._bank.act(named, Kind.WITHDRAW, actor_of(principal), locale_of(request))

    async def _of(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.list(self._bank.named(request.path_params["waba"]))

    async def _set_tax(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._desk.set_tax(self._bank.named(request.path_params["waba"]), await read_object(request))

    async def _hear(self, request: Request) -> Response:
        """A notice of a provider: no token, but its signature."""
        try:
            body = await read_body(request.scope, request.receive)
            taken = await self._desk.hear(request.path_params["provider"], request.headers, body)
        except ClientGoneError:
            return Response(status_code=400)
        except Exception as fault:  # noqa: BLE001 - nothing that happens in here may show outside in another form
            return error_answer(error_of(fault, request.url.path), self._clock)
        return Response(msgspec.json.encode(taken), media_type="application/json")
