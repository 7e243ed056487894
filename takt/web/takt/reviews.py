"""The operator's queue of templates, and a company's appeal. The process and the JSON: `docs/review.md`."""

from typing import Any, Final

from starlette.requests import Request
from starlette.routing import Route

from takt.web.auth import Principal
from takt.web.reviews import ReviewQueue
from takt.web.takt.door import OwnDoor, read_object
from takt.web.template_appeals import TemplateAppeals

MANAGEMENT: Final = "whatsapp_business_management"


class ReviewApi:
    """Requests about the review of templates."""

    def __init__(self, door: OwnDoor, reviews: ReviewQueue, appeals: TemplateAppeals) -> None:
        self._door = door
        self._reviews = reviews
        self._appeals = appeals

    def routes(self) -> list[Route]:
        """What is answered here."""
        operator, company = self._door.operator, self._door.company
        return [
            Route("/takt/v1/reviews", operator(self._queue), methods=["GET"]),
            Route("/takt/v1/reviews/{template}", operator(self._one), methods=["GET"]),
            Route("/takt/v1/reviews/{template}", operator(self._judge), methods=["POST"]),
            Route("/takt/v1/templates/{template}/appeal", company(self._appeal, MANAGEMENT), methods=["POST"]),
        ]

    async def _queue(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._reviews.page(request.query_params)

    async def _one(self, request: Request, _principal: Principal) -> dict[str, Any]:
        return await self._reviews.shown(await self._reviews.find(request.path_params["template"]))

    async def _judge(self, request: Request, _principal: Principal) -> dict[str, Any]:
        template = await self._reviews.find(request.path_params["template"])
        return await self._reviews.judge(template, await read_object(request))

    async def _appeal(self, request: Request, principal: Principal) -> dict[str, Any]:
        await self._appeals.appeal(request.path_params["template"], principal.business_id, await read_object(request))
        return {"success": True, "status": "IN_APPEAL"}
