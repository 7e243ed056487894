"""The operator's queue of templates, and a company's appeal. The process and the JSON: `docs/review.md`."""

from typing import Any, Final

from starlette.requests import Request
from starlette.routing import Route

from takt.actions.template import Appeal
from takt.clock import Clock
from takt.web.auth import Principal
from takt.web.reviews import ReviewQueue, read_note
from takt.web.takt.door import OwnDoor, read_object
from takt.wire import errors
from takt.wire.errors import Refusal

MANAGEMENT: Final = "whatsapp_business_management"


class ReviewApi:
    """Requests about the review of templates."""

    def __init__(self, door: OwnDoor, reviews: ReviewQueue, clock: Clock) -> None:
        self._door = door
        self._reviews = reviews
        self._clock = clock

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
        template = await self._reviews.find(request.path_params["template"])
        if template.business_id != principal.business_id or template.status == "DELETED":
            raise Refusal(errors.unknown_object(template.template_id))
        note = read_note(await read_object(request), "reason")
        await self._reviews.do(template, Appeal(self._clock.new_id(), template.template_id, note))
        return {"success": True, "status": "IN_APPEAL"}
