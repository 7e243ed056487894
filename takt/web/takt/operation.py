"""Who belongs to a pilot, by the operator's API."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from takt.actions.pilot import SetMember
from takt.core.ids import WA_ID, slot_of_key
from takt.lanes import Lanes
from takt.store.reference import Business, Reference
from takt.web.auth import Principal
from takt.web.takt.door import OwnDoor
from takt.wire import errors
from takt.wire.errors import Refusal


class OperatorApi:
    """The requests of the operator."""

    def __init__(self, door: OwnDoor, reference: Reference, members: Lanes[SetMember, bool]) -> None:
        self._door = door
        self._reference = reference
        self._members = members

    def routes(self) -> list[Route]:
        """What the operator can ask for."""
        member = self._door.operator(self._set_member)
        return [Route("/takt/v1/businesses/{waba}/pilot-members/{wa_id}", member, methods=["PUT", "DELETE"])]

    async def _set_member(self, request: Request, _principal: Principal) -> dict[str, Any]:
        business = self._business(request)
        wa_id = request.path_params["wa_id"]
        if WA_ID.fullmatch(wa_id) is None:
            raise Refusal(errors.bad_value("wa_id", "must be 5 to 15 digits"))
        command = SetMember(business.business_id, wa_id, request.method == "PUT")
        if not await self._members.submit(slot_of_key(wa_id), command):
            raise Refusal(errors.unknown_object(wa_id))
        return {"success": True}

    def _business(self, request: Request) -> Business:
        named = request.path_params["waba"]
        business = self._reference.current.by_waba.get(named)
        if business is None:
            raise Refusal(errors.unknown_object(named))
        return business
