"""What people of a company see of its money at the inbox: costs, the messages behind them, closed months, files.

For finance, developers and marketers; agents answer people and need none of it.
"""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from takt import exports
from takt.exports import MEDIA_TYPES, Format
from takt.store.reference import Business, Reference
from takt.store.site import Site
from takt.store.views import Session
from takt.web.clients import Clients
from takt.web.costs import Costs
from takt.web.documents import DocumentDesk
from takt.web.inbox.company import LOOKING, company_of
from takt.web.staff.answers import Refusal, bad, json_answer
from takt.wire import documents, errors

COSTS_ARE_FOR = "Costs are for finance, developers and marketers."


class InboxCosts:
    """The requests of a signed-in person about money. A month is named `?month=2026-11`; the present one without."""

    def __init__(self, costs: Costs, desk: DocumentDesk, site: Site, reference: Reference) -> None:
        self._costs = costs
        self._clients = Clients(site, reference, costs)
        self._desk = desk
        self._site = site
        self._reference = reference

    async def month(self, request: Request, session: Session) -> Response:
        """The costs of a month by what they are for."""
        business = self._business(session)
        month = self._costs.month_of(business, request.query_params.get("month"))
        return json_answer(await self._costs.month(business, month))

    async def messages(self, request: Request, session: Session) -> Response:
        """The messages behind a figure."""
        business = self._business(session)
        month = self._costs.month_of(business, request.query_params.get("month"))
        return json_answer(await self._costs.messages(business, month, request.query_params))

    async def months(self, _request: Request, session: Session) -> Response:
        """The closed months with their lines."""
        return json_answer(await self._costs.months(self._business(session)))

    async def clients(self, request: Request, session: Session) -> Response:
        """What the companies used that this one sells to as their partner."""
        return json_answer(await self._clients.month(self._business(session), request.query_params.get("month")))

    async def file(self, request: Request, session: Session) -> Response:
        """All usage of a month as a file."""
        business = self._business(session)
        asked = request.query_params.get("format", Format.CSV)
        if asked not in list(Format):
            raise bad("format", "must be csv or parquet")
        month = self._costs.month_of(business, request.query_params.get("month"))
        form = Format(asked)
        return StreamingResponse(
            exports.usage(self._site, business, month, form),
            media_type=MEDIA_TYPES[form],
            headers={"Content-Disposition": f'attachment; filename="usage-{month:%Y-%m}.{form}"'},
        )

    async def documents(self, _request: Request, session: Session) -> Response:
        """The company's invoices and other documents, newest first."""
        found = await self._desk.documents(self._business(session))
        return json_answer({"data": [documents.listed(one, self._desk.today) for one in found]})

    async def document(self, request: Request, session: Session) -> Response:
        """A document as a file: `pdf`, `ubl` or `cii`."""
        try:
            found = await self._desk.find(request.path_params["id"], self._business(session))
            return await self._desk.file(found, request.path_params["syntax"])
        except errors.Refusal:
            raise Refusal(404, "unknown", "There is no such document.") from None

    def _business(self, session: Session) -> Business:
        return company_of(self._reference, session, LOOKING, COSTS_ARE_FOR)
