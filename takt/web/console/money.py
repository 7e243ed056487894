"""What people of the operator see and do about money at the console; each is an action of the own API, too."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from takt.store.views import Session
from takt.web.documents import DocumentDesk
from takt.web.money import MoneyDesk
from takt.web.staff.address import Signed
from takt.web.staff.answers import json_answer, read_object
from takt.web.takt.office import Office


class ConsoleMoney:
    """The requests of the pages about money."""

    def __init__(self, desk: MoneyDesk, documents: DocumentDesk, office: Office) -> None:
        self._desk = desk
        self._documents = documents
        self._office = office

    def addresses(self) -> Sequence[tuple[str, dict[str, Signed]]]:
        """Each path below `/console/api` with what answers there."""
        return (
            ("/money/contracts", {"GET": self._contracts}),
            ("/money/ledger", {"GET": self._entries}),
            ("/money/months", {"GET": self._closings, "POST": self._close}),
            ("/money/invoices", {"GET": self._invoices}),
            ("/money/invoices/{document}", {"GET": self._invoice}),
            ("/money/invoices/{document}/{form}", {"GET": self._file}),
            ("/money/cards", {"GET": self._cards, "POST": self._publish}),
            ("/money/cards/{card}", {"GET": self._card}),
            ("/money/effect", {"POST": self._effect}),
        )

    async def _contracts(self, _request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.contracts())

    async def _entries(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.entries(request.query_params))

    async def _closings(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.closings(request.query_params.get("month")))

    async def _close(self, request: Request, _session: Session) -> Response:
        return json_answer(await self._desk.close(await read_object(request)))

    async def _invoices(self, request: Request, _session: Session) -> Response:
        named = request.query_params.get("company")
        business = await self._documents.company(named) if named else None
        return json_answer(await self._documents.listed(business))

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
