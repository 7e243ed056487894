"""What the operator does for numbers: deliver verification codes, and review display names."""

from typing import Any, Final

from starlette.requests import Request
from starlette.routing import Route

from takt.actions import number
from takt.actions.number import DecideName
from takt.core.ids import slot_of
from takt.core.number import Fault, Refused
from takt.lanes import Lanes
from takt.store import numbers
from takt.store.reference import Reference, Sender
from takt.store.site import Site
from takt.web.auth import Principal
from takt.web.takt.door import OwnDoor, read_object
from takt.wire import errors, number_errors
from takt.wire.errors import Refusal

DECISIONS: Final = ("APPROVED", "REJECTED")
REASON_CHARS_MAX: Final = 200


class NumberApi:
    """The operator's requests about numbers."""

    def __init__(
        self, door: OwnDoor, site: Site, reference: Reference, lane: Lanes[number.Command, number.Answer]
    ) -> None:
        self._door = door
        self._site = site
        self._reference = reference
        self._lane = lane

    def routes(self) -> list[Route]:
        """What can be asked for."""
        at = "/takt/v1/numbers/{sender}"
        return [
            Route(f"{at}/code", self._door.operator(self._code), methods=["GET"]),
            Route(f"{at}/name", self._door.operator(self._decide), methods=["POST"]),
        ]

    async def _code(self, request: Request, _principal: Principal) -> dict[str, Any]:
        sender = await self._sender(request)
        part = sender.business.contract_part
        async with self._site.pool(part).acquire() as conn:
            found = await numbers.find_code(conn, part, sender.sender_id)
        if found is None:
            raise Refusal(number_errors.of(Refused(Fault.CODE_MISSING)))
        return {
            "phone_number": sender.phone,
            "code": found.code,
            "code_method": found.method,
            "language": found.language,
            "expires_at": f"{found.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        }

    async def _decide(self, request: Request, _principal: Principal) -> dict[str, Any]:
        sender = await self._sender(request)
        body = await read_object(request)
        decision, reason = body.get("decision"), body.get("reason")
        if decision not in DECISIONS:
            raise Refusal(errors.bad_value("decision", f"must be one of {', '.join(DECISIONS)}"))
        if reason is not None and (
            not isinstance(reason, str) or len(reason) > REASON_CHARS_MAX or not reason.isprintable()
        ):
            raise Refusal(errors.bad_value("reason", f"must be text of at most {REASON_CHARS_MAX} characters"))
        command = DecideName(sender.sender_id, decision == "APPROVED", reason)
        refused = await self._lane.submit(slot_of(sender.business.contract_id), command)
        if refused is not None:
            raise Refusal(number_errors.of(refused))
        return {"success": True}

    async def _sender(self, request: Request) -> Sender:
        async with self._site.everywhere.acquire() as conn:
            snapshot = await self._reference.fresh(conn)
        named = request.path_params["sender"]
        sender = snapshot.senders.get(named)
        if sender is None:
            raise Refusal(errors.unknown_object(named))
        return sender
