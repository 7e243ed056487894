"""What people of the operator see and change of a contract at the console; each is an action of the own API, too."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from takt.store.reference import Business
from takt.store.views import Session
from takt.web.contracts import ContractDesk
from takt.web.documents import DocumentDesk
from takt.web.payments import PaymentDesk
from takt.web.staff import address
from takt.web.staff.address import nowhere
from takt.web.staff.answers import as_here, json_answer, read_object
from takt.web.staff.session import Sessions


class ConsoleContracts:
    """The requests of the page about one contract, and of the operator's own legal data."""

    def __init__(self, sessions: Sessions, desk: ContractDesk, documents: DocumentDesk, payments: PaymentDesk) -> None:
        self._sessions = sessions
        self._desk = desk
        self._documents = documents
        self._payments = payments

    def routes(self) -> list[Mount]:
        """One mount below `/console/api/contracts`."""
        signed = partial(address.signed, self._sessions, as_here)
        return [
            Mount("/console/api/contracts", routes=[
                signed("/legal", GET=self._own_legal, PUT=self._set_own_legal),
                signed("/{waba}", GET=self._show, PUT=self._limit),
                signed("/{waba}/cards", POST=self._assign),
                signed("/{waba}/partners", POST=self._move),
                signed("/{waba}/month-document", PUT=self._month_document),
                signed("/{waba}/legal", PUT=self._set_legal),
                signed("/{waba}/legal-wish", POST=self._decide),
                signed("/{waba}/mandates", POST=self._sign),
                signed("/{waba}/mandates/{mandate}", DELETE=self._end),
                nowhere(self._sessions),
            ]),
        ]  # fmt: skip

    async def _own_legal(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._documents.operator_legal())

    async def _set_own_legal(self, request: Request, session: Session) -> Response:
        await self._documents.set_operator_legal(await read_object(request), session.name)
        return json_answer(await self._documents.operator_legal())

    async def _show(self, request: Request, _session: Session) -> Response:
        business = await self._company(request)
        return json_answer(await self._whole(business, await self._desk.show(business)))

    async def _limit(self, request: Request, session: Session) -> Response:
        business, body = await self._company(request), await read_object(request)
        return json_answer(await self._whole(business, await self._desk.set_limit(business, body, session.name)))

    async def _month_document(self, request: Request, session: Session) -> Response:
        business, body = await self._company(request), await read_object(request)
        chosen = await self._desk.set_month_document(business, body, session.name)
        return json_answer(await self._whole(business, chosen))

    async def _assign(self, request: Request, session: Session) -> Response:
        business, body = await self._company(request), await read_object(request)
        return json_answer(await self._whole(business, await self._desk.assign(business, body, session.name)))

    async def _move(self, request: Request, session: Session) -> Response:
        business, body = await self._company(request), await read_object(request)
        return json_answer(await self._whole(business, await self._desk.move(business, body, session.name)))

    async def _set_legal(self, request: Request, session: Session) -> Response:
        business, body = await self._company(request), await read_object(request)
        return json_answer(await self._whole(business, await self._desk.set_legal(business, body, session.name)))

    async def _decide(self, request: Request, session: Session) -> Response:
        business, body = await self._company(request), await read_object(request)
        return json_answer(await self._whole(business, await self._desk.decide_wish(business, body, session.name)))

    async def _sign(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._payments.sign(await self._company(request), await read_object(request)))

    async def _end(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._payments.end(await self._company(request), request.path_params["mandate"]))

    async def _whole(self, business: Business, shown: dict[str, Any]) -> dict[str, Any]:
        """A contract with its mandates and what the company wishes for its money, top-ups by themselves among it."""
        mandates = await self._payments.mandates(business)
        return {**shown, "mandates": mandates["data"], "plan": await self._payments.plan(business)}

    async def _company(self, request: Request) -> Business:
        return await self._desk.company(request.path_params["waba"])
