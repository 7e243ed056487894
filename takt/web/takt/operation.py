"""What the operator does with companies: money back, and who belongs to a pilot. Money in by hand is a booking (bank)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.routing import Route

from takt.actions.pilot import SetMember
from takt.actions.refund import Refund, Reverse, TakenBack
from takt.core.ids import WA_ID, parse_wamid, slot_of, slot_of_key
from takt.core.value import value
from takt.lanes import Lanes
from takt.store.reference import Business, Reference
from takt.web.auth import Principal
from takt.web.takt.door import OwnDoor, read_object
from takt.wire import errors
from takt.wire.errors import Refusal

NOTE_CHARS_MAX: Final = 200
FIRST_PRINTABLE: Final = ord(" ")


@value
class OperatorLanes:
    """The lanes the operator's commands go to."""

    members: Lanes[SetMember, bool]
    refunds: Lanes[Refund, TakenBack | None]
    reversals: Lanes[Reverse, TakenBack | None]


class OperatorApi:
    """The requests of the operator."""

    def __init__(self, door: OwnDoor, reference: Reference, lanes: OperatorLanes) -> None:
        self._door = door
        self._reference = reference
        self._lanes = lanes

    def routes(self) -> list[Route]:
        """What the operator can ask for."""
        at = "/takt/v1/businesses/{waba}"
        operator = self._door.operator
        return [
            Route(f"{at}/reversals", operator(self._reverse), methods=["POST"]),
            Route("/takt/v1/refunds", operator(self._refund), methods=["POST"]),
            Route(f"{at}/pilot-members/{{wa_id}}", operator(self._set_member), methods=["PUT", "DELETE"]),
        ]

    async def _refund(self, request: Request, _principal: Principal) -> dict[str, Any]:
        body = await read_object(request)
        named, note = body.get("message"), _note(body)
        message_id = parse_wamid(named) if isinstance(named, str) else None
        if message_id is None:
            raise Refusal(errors.bad_value("message", "must be the id of a message, wamid.…"))
        return _taken_back(await self._lanes.refunds.submit(slot_of(message_id), Refund(message_id, note)), str(named))

    async def _reverse(self, request: Request, _principal: Principal) -> dict[str, Any]:
        business = self._business(request)
        body = await read_object(request)
        named, note = body.get("entry"), _note(body)
        try:
            entry_id = UUID(named)
        except (TypeError, ValueError, AttributeError):
            raise Refusal(errors.bad_value("entry", "must be the id of an entry of the journal")) from None
        command = Reverse((business.contract_part, business.contract_id), entry_id, note)
        return _taken_back(await self._lanes.reversals.submit(slot_of(business.contract_id), command), str(named))

    async def _set_member(self, request: Request, _principal: Principal) -> dict[str, Any]:
        business = self._business(request)
        wa_id = request.path_params["wa_id"]
        if WA_ID.fullmatch(wa_id) is None:
            raise Refusal(errors.bad_value("wa_id", "must be 5 to 15 digits"))
        command = SetMember(business.business_id, wa_id, request.method == "PUT")
        if not await self._lanes.members.submit(slot_of_key(wa_id), command):
            raise Refusal(errors.unknown_object(wa_id))
        return {"success": True}

    def _business(self, request: Request) -> Business:
        named = request.path_params["waba"]
        business = self._reference.current.by_waba.get(named)
        if business is None:
            raise Refusal(errors.unknown_object(named))
        return business


def _note(body: Mapping[str, Any]) -> str:
    note = body.get("note", "")
    if not isinstance(note, str) or len(note) > NOTE_CHARS_MAX or any(ord(one) < FIRST_PRINTABLE for one in note):
        raise Refusal(errors.bad_value("note", f"must be one line of text of at most {NOTE_CHARS_MAX} characters"))
    return note


def _taken_back(answer: TakenBack | None, named: str) -> dict[str, Any]:
    """What was given back. What was not charged, or is not of a kind that is taken back so, is as if it were not there."""
    if answer is None:
        raise Refusal(errors.unknown_object(named))
    return {"entry": str(answer.entry_id), "amount_micros": answer.amount_micros, "currency": answer.currency}
