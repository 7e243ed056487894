"""What people of the operator do with payments and the bank at the console; each is an action of the own API, too."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from takt.core.booking import Kind
from takt.store.views import Session
from takt.web.bank import BankDesk
from takt.web.console.routes import actor_of
from takt.web.payments import PaymentDesk
from takt.web.staff import address
from takt.web.staff.address import nowhere
from takt.web.staff.answers import Refusal, as_here, json_answer, read_file, read_object
from takt.web.staff.session import Sessions
from takt.wire.camt import BYTES_MAX


class ConsoleBank:
    """The requests of the pages about payments."""

    def __init__(self, sessions: Sessions, payments: PaymentDesk, bank: BankDesk) -> None:
        self._sessions = sessions
        self._payments = payments
        self._bank = bank

    def routes(self) -> list[Mount]:
        """One mount below `/console/api/bank`."""
        signed = partial(address.signed, self._sessions, as_here)

        return [
            Mount("/console/api/bank", routes=[
                signed("/payments", GET=self._list),
                signed("/payments/{payment}/refund", POST=self._refund),
                signed("/account", GET=self._account, PUT=self._set_account),
                signed("/statements", GET=self._statements, POST=self._take_file),
                signed("/suspense", GET=self._suspense),
                signed("/suspense/{key}", POST=self._decide),
                signed("/collections", GET=self._orders, POST=self._collect),
                signed("/collections/{ident}", GET=self._order),
                signed("/bookings", GET=self._bookings, POST=self._propose),
                signed("/bookings/{booking}/{act}", POST=self._act),
                nowhere(self._sessions),
            ]),
        ]  # fmt: skip

    async def _list(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._bank.list(request.query_params))

    async def _refund(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._payments.refund(request.path_params["payment"]))

    async def _account(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._bank.account())

    async def _set_account(self, request: Request, session: Session) -> Response:
        return json_answer(await self._bank.set_account(await read_object(request), actor_of(session)))

    async def _statements(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._bank.statements())

    async def _take_file(self, request: Request, session: Session) -> Response:
        document = await read_file(request, BYTES_MAX)
        return json_answer(await self._bank.take_file(document, actor_of(session)))

    async def _suspense(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._bank.suspense())

    async def _decide(self, request: Request, session: Session) -> Response:
        key, body = request.path_params["key"], await read_object(request)
        return json_answer(await self._bank.decide(key, body, actor_of(session)))

    async def _orders(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._bank.orders())

    async def _collect(self, request: Request, session: Session) -> Response:
        return json_answer(await self._bank.collect(await read_object(request), actor_of(session)))

    async def _order(self, request: Request, _session: Session) -> Response:
        ident = request.path_params["ident"]
        headers = {"Content-Disposition": f'attachment; filename="{ident}.xml"', "cache-control": "no-store"}
        return Response(await self._bank.order(ident), media_type="application/xml", headers=headers)

    async def _bookings(self, _request: Request, session: Session) -> Response:
        return json_answer(await self._bank.bookings(actor_of(session)))

    async def _propose(self, request: Request, session: Session) -> Response:
        return json_answer(await self._bank.propose(await read_object(request), actor_of(session), session.locale))

    async def _act(self, request: Request, session: Session) -> Response:
        named, act = request.path_params["booking"], request.path_params["act"]
        if act not in (Kind.SIGN, Kind.WITHDRAW):
            raise Refusal(404, "unknown_address", "There is nothing at this address.")
        return json_answer(await self._bank.act(named, Kind(act), actor_of(session), session.locale))
