"""What all addresses of the own API share: the token, and one way to answer whatever goes wrong."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from takt.clock import Clock
from takt.core.storable import MUST, find_unstorable, is_storable
from takt.store.reference import Business, Reference, Sender
from takt.web.auth import Authenticator, Principal
from takt.web.errors import error_answer, error_of
from takt.web.http import ClientGoneError, read_body
from takt.wire import cloud, errors
from takt.wire.errors import Refusal, WireError

MESSAGING: Final = "whatsapp_business_messaging"
MANAGEMENT: Final = "whatsapp_business_management"
OPERATOR_PROGRAM: Final = "operator's program"
"""Who decided, where a program with the operator's token did."""

Answer = Callable[[Request, Principal], Awaitable[dict[str, Any] | Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class OwnDoor:
    """Makes route endpoints of answers; an answer raises Refusal, or gives what is rendered as JSON, or a page."""

    def __init__(self, authenticator: Authenticator, clock: Clock) -> None:
        self._authenticator = authenticator
        self._clock = clock

    def company(self, answer: Answer, scope: str) -> Endpoint:
        """An address for companies' programs, whose token must carry this permission; the operator may not."""

        def check(principal: Principal) -> None:
            if not principal.may(scope):
                raise Refusal(errors.permission_missing(scope))

        return self._endpoint(answer, check)

    def anyone(self, answer: Answer) -> Endpoint:
        """An address for every token; the answer looks itself at whose it is."""
        return self._endpoint(answer, lambda _principal: None)

    def operator(self, answer: Answer) -> Endpoint:
        """An address for the operator alone."""

        def check(principal: Principal) -> None:
            if principal.kind != "operator":
                raise Refusal(errors.permission_missing("operator"))

        return self._endpoint(answer, check)

    async def _principal(self, request: Request) -> Principal:
        principal = await self._authenticator.authenticate(request.scope)
        if isinstance(principal, WireError):
            raise Refusal(principal)
        return principal

    def _endpoint(self, answer: Answer, check: Callable[[Principal], None]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            try:
                _check_address(request)
                principal = await self._principal(request)
                check(principal)
                outcome = await answer(request, principal)
            except ClientGoneError:
                return Response(status_code=400)
            except Exception as fault:  # noqa: BLE001 - nothing that happens in here may show outside in another form
                return error_answer(error_of(fault, request.url.path), self._clock)
            if isinstance(outcome, Response):
                return outcome
            return Response(msgspec.json.encode(outcome), media_type="application/json")

        return endpoint


def own_business(reference: Reference, principal: Principal) -> Business:
    """The company whose token this is."""
    assert principal.business_id is not None, "a token with permissions belongs to a company"
    return reference.current.businesses[principal.business_id]


def own_sender(reference: Reference, named: object, principal: Principal) -> Sender:
    """The sender that a program names, which must be its company's. Raises Refusal."""
    if named is None:
        raise Refusal(errors.missing("sender"))
    sender = reference.current.senders.get(named) if isinstance(named, str) else None
    if sender is None or sender.business.business_id != principal.business_id:
        raise Refusal(errors.bad_value("sender", "must be the id of one of your senders"))
    return sender


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in a body. Raises Refusal when there is none, or a text in it cannot be kept."""
    body = cloud.decode_body(await read_body(request.scope, request.receive))
    if isinstance(body, WireError):
        raise Refusal(body)
    if (place := find_unstorable(body)) is not None:
        raise Refusal(errors.bad_value(place, MUST))
    return body


def _check_address(request: Request) -> None:
    if not is_storable(request.scope["path"]):
        raise Refusal(errors.unknown_object("this address"))
    if (place := find_unstorable(dict(request.query_params))) is not None:
        raise Refusal(errors.bad_value(place, MUST))


def name_of(principal: Principal) -> str:
    """Who acts, as histories keep it."""
    return principal.name or "a program"
