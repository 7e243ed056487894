"""What finance at a company wishes for its money at the inbox: a budget, alerts, top-ups; the same as the own API."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from takt.store.reference import Business, Reference
from takt.store.views import Session
from takt.web.contracts import ContractDesk
from takt.web.inbox.company import LOOKING, company_of
from takt.web.inbox.costs import COSTS_ARE_FOR
from takt.web.payments import PaymentDesk
from takt.web.staff import address
from takt.web.staff.address import nowhere
from takt.web.staff.answers import Refusal, as_here, json_answer, read_object
from takt.web.staff.session import Sessions

KEY_CHARS_MAX = 100


class InboxSpending:
    """The requests of a signed-in person about what the company pays and wishes. Only finance changes anything."""

    def __init__(self, sessions: Sessions, desk: PaymentDesk, contracts: ContractDesk, reference: Reference) -> None:
        self._sessions = sessions
        self._desk = desk
        self._contracts = contracts
        self._reference = reference

    def routes(self) -> list[Mount]:
        """One mount below `/inbox/api/money`."""
        signed = partial(address.signed, self._sessions, as_here)

        return [
            Mount("/inbox/api/money", routes=[
                signed("/plan", GET=self._plan, PUT=self._set_plan),
                signed("/payments", GET=self._payments, POST=self._top_up),
                signed("/payments/{payment}/giro-code", GET=self._giro_code),
                signed("/mandates", GET=self._mandates, POST=self._sign),
                signed("/mandates/{mandate}", DELETE=self._end),
                signed("/contract", GET=self._contract),
                signed("/contract/legal", PUT=self._ask_legal),
                nowhere(self._sessions),
            ]),
        ]  # fmt: skip

    async def _plan(self, _request: Request, session: Session) -> Response:
        return json_answer(await self._desk.plan(self._business(session)))

    async def _set_plan(self, request: Request, session: Session) -> Response:
        business = self._finance(session)
        return json_answer(await self._desk.set_plan(business, await read_object(request), session.name))

    async def _payments(self, _request: Request, session: Session) -> Response:
        return json_answer(await self._desk.list(self._business(session)))

    async def _top_up(self, request: Request, session: Session) -> Response:
        business, key = self._finance(session), request.headers.get("idempotency-key")
        if key is not None and len(key) > KEY_CHARS_MAX:
            raise Refusal(400, "invalid", f"Idempotency-Key must have at most {KEY_CHARS_MAX} characters.")
        return json_answer(await self._desk.begin(business, await read_object(request), key, session.name))

    async def _giro_code(self, request: Request, session: Session) -> Response:
        drawn = await self._desk.giro_code(self._business(session), request.path_params["payment"])
        return Response(drawn, media_type="image/svg+xml", headers={"cache-control": "no-store"})

    async def _mandates(self, _request: Request, session: Session) -> Response:
        return json_answer(await self._desk.mandates(self._business(session)))

    async def _sign(self, request: Request, session: Session) -> Response:
        return json_answer(await self._desk.sign(self._finance(session), await read_object(request)))

    async def _end(self, request: Request, session: Session) -> Response:
        return json_answer(await self._desk.end(self._finance(session), request.path_params["mandate"]))

    async def _contract(self, _request: Request, session: Session) -> Response:
        return json_answer(await self._contracts.show(self._finance(session)))

    async def _ask_legal(self, request: Request, session: Session) -> Response:
        body = await read_object(request)
        return json_answer(await self._contracts.ask_legal(self._finance(session), body, session.name))

    def _finance(self, session: Session) -> Business:
        return company_of(self._reference, session, ("finance",), "Budget and payments are for finance.")

    def _business(self, session: Session) -> Business:
        return company_of(self._reference, session, LOOKING, COSTS_ARE_FOR)
