"""An address of an API for people with a login: its methods, the write header, the session.

Every write needs `X-Takt: 1`; all but signing in and out need a session. Whatever goes wrong is answered in the one
shape of a refusal.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from takt.core.storable import MUST, find_unstorable, is_storable
from takt.lanes import LaneFullError, UnavailableError
from takt.store.pool import is_retryable
from takt.store.views import Session
from takt.vault import VaultAway
from takt.web.http import ClientGoneError, header
from takt.web.staff.answers import Refusal, bad, refusal_answer
from takt.web.staff.session import Sessions
from takt.wire import errors

Open = Callable[[Request], Awaitable[ASGIApp]]
Signed = Callable[[Request, Session], Awaitable[ASGIApp]]
Tell = Callable[[errors.Refusal], Refusal]
"""How a refusal in the words of the Cloud API is said in those of an API for people."""


class Address:
    """An ASGI application for one address: which method does what, with or without a session."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        signed: Mapping[str, Signed] | None = None,
        open_: Mapping[str, Open] | None = None,
        tell: Tell | None = None,
    ) -> None:
        self._sessions = sessions
        self._signed = dict(signed or {})
        self._open = dict(open_ or {})
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except Refusal as refusal:
            answer = refusal_answer(refusal)
        except errors.Refusal as refusal:
            if self._tell is None:
                raise
            answer = refusal_answer(self._tell(refusal))
        except LaneFullError:
            answer = refusal_answer(Refusal(429, "busy", "Too much at once. Please repeat.", retry_after_s=1))
        except ClientGoneError:
            return
        except Exception as fault:
            if not isinstance(fault, UnavailableError | VaultAway) and not is_retryable(fault):
                raise
            answer = refusal_answer(
                Refusal(503, "unavailable", "The database is away. Please repeat.", retry_after_s=2)
            )
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        _check(request)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in self._signed and method not in self._open:
            raise Refusal(405, "method", f"{request.method} is not possible here.")
        if method != "GET" and header(request.scope, b"x-takt") != b"1":
            raise Refusal(403, "header_missing", "A write needs the header X-Takt: 1.", "X-Takt")
        if method in self._open:
            return await self._open[method](request)
        session = await self._sessions.require(request)
        answer = await self._signed[method](request, session)
        if isinstance(answer, Response):
            await self._sessions.renew(request, session, answer)
        return answer


def _check(request: Request) -> None:
    if not is_storable(request.scope["path"]):
        raise Refusal(404, "unknown_address", "There is nothing at this address.")
    if (place := find_unstorable(dict(request.query_params))) is not None:
        raise bad(place, MUST)


def signed(sessions: Sessions, tell: Tell, path: str, **methods: Signed) -> Route:
    """A path for people who are signed in; refusals of the desks behind it are told by `tell`."""
    return Route(path, Address(sessions, signed=methods, tell=tell))


def nowhere(sessions: Sessions) -> Route:
    """Every address that is none."""
    return Route(
        "/{rest:path}", Address(sessions, open_=dict.fromkeys(("GET", "POST", "PUT", "DELETE", "PATCH"), _unknown))
    )


async def _unknown(_request: Request) -> Response:
    raise Refusal(404, "unknown_address", "There is nothing at this address.")
