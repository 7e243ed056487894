"""What people of the operator see and do about money at the console; each is an action of the own API, too."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from takt.store.views import Session
from takt.web.documents import DocumentDesk
from takt.web.money import MoneyDesk
from takt.web.staff import address
from takt.web.staff.address import nowhere
from takt.web.staff.answers import as_here, json_answer, read_object
from takt.web.staff.session import Sessions
from takt.wire.documents import parse_state


class Prices(Protocol):
    """Whoever keeps rate cards (`takt.web.takt.office`)."""

    async def rate_cards(self) -> dict[str, Any]:
        """The versions of all rate cards."""

    async def rate_card(self, card: str) -> dict[str, Any]:
        """The versions of one, with their documents."""

    async def publish(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Publish a version."""

    async def ask_what_if(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a month would have cost by a document."""


class ConsoleMoney:
    """The requests of the pages about money."""

    def __init__(self, sessions: Sessions, desk: MoneyDesk, documents: DocumentDesk, office: Prices) -> None:
        self._sessions = sessions
        self._desk = desk
        self._documents = documents
        self._office = office

    def routes(self) -> list[Mount]:
        """One mount below `/console/api/money`."""
        signed = partial(address.signed, self._sessions, as_here)

        return [
            Mount("/console/api/money", routes=[
                signed("/waiting", GET=self._waiting),
                signed("/contracts", GET=self._contracts),
                signed("/ledger", GET=self._entries),
                signed("/months", GET=self._closings, POST=self._close),
                signed("/losses", GET=self._losses),
                signed("/invoices", GET=self._invoices),
                signed("/invoices/{document}", GET=self._invoice),
                signed("/invoices/{document}/{form}", GET=self._file),
                signed("/cards", GET=self._cards, POST=self._publish),
                signed("/cards/{card}", GET=self._card),
                signed("/effect", POST=self._effect),
                nowhere(self._sessions),
            ]),
        ]  # fmt: skip

    async def _waiting(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.waiting())

    async def _contracts(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.contracts())

    async def _entries(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.entries(request.query_params))

    async def _closings(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.closings(request.query_params.get("month")))

    async def _close(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.close(await read_object(request)))

    async def _losses(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.losses(request.query_params.get("month")))

    async def _invoices(self, request: Request, _session: Session) -> Response:
        named = request.query_params.get("company")
        business = await self._documents.company(named) if named else None
        states = parse_state(request.query_params.get("state"))
        return json_answer(await self._documents.listed(business, states))

    async def _invoice(self, request: Request, _session: Session) -> Response:
        found = await self._documents.find(request.path_params["document"], None)
        return json_answer(await self._documents.show(found))

    async def _file(self, request: Request, _session: Session) -> Response:
        found = await self._documents.find(request.path_params["document"], None)
        return await self._documents.file(found, request.path_params["form"])

    async def _cards(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._office.rate_cards())

    async def _card(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._office.rate_card(request.path_params["card"]))

    async def _publish(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._office.publish(await read_object(request)))

    async def _effect(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._office.ask_what_if(await read_object(request)))
