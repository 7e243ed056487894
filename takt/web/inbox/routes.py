"""The addresses of the inbox API, and what is the same for all of them: methods, the write header, the session.

An address knows its methods; every write needs `X-Takt: 1`; all but signing in and out need a session. Whatever goes
wrong is answered in the one shape of a refusal.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from takt.actions.outcome import desk_topic
from takt.clock import Clock
from takt.lanes import LaneFullError, UnavailableError
from takt.store.pool import is_retryable
from takt.store.views import Session
from takt.vault import VaultAway
from takt.wakes import Wakes
from takt.web.http import ClientGoneError, header
from takt.web.inbox.answers import NUMBER_MAX, Refusal, number_of, query_number, refusal_answer
from takt.web.inbox.api import InboxApi
from takt.web.inbox.events import Desk, EventStream, Listener, StreamCount
from takt.web.inbox.media import InboxMedia
from takt.web.inbox.session import Sessions, remember

READING = ("GET", "HEAD")

Open = Callable[[Request], Awaitable[ASGIApp]]
Signed = Callable[[Request, Session], Awaitable[ASGIApp]]


class Address:
    """An ASGI application for one address: which method does what, with or without a session."""

    def __init__(
        self, sessions: Sessions, *, signed: Mapping[str, Signed] | None = None, open_: Mapping[str, Open] | None = None
    ) -> None:
        self._sessions = sessions
        self._signed = dict(signed or {})
        self._open = dict(open_ or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except Refusal as refusal:
            answer = refusal_answer(refusal)
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


class InboxDoor:
    """The inbox API, ready to be mounted."""

    def __init__(self, api: InboxApi, media: InboxMedia, sessions: Sessions, wakes: Wakes, clock: Clock) -> None:
        self._api = api
        self._media = media
        self._sessions = sessions
        self._wakes = wakes
        self._clock = clock
        self._streams = StreamCount()

    def routes(self) -> list[Mount]:
        """One mount below `/inbox/api`."""
        api, sessions = self._api, self._sessions

        def signed(path: str, **methods: Signed) -> Route:
            return Route(path, Address(sessions, signed=methods))

        def open_(path: str, **methods: Open) -> Route:
            return Route(path, Address(sessions, open_=methods))

        return [
            Mount("/inbox/api", routes=[
                open_("/demo-people", GET=sessions.list_demo_people),
                open_("/sign-in", POST=self._sign_in),
                open_("/sign-out", POST=sessions.sign_out),
                signed("/me", GET=self._me, PUT=self._set_me),
                signed("/threads", GET=api.list_threads),
                signed("/threads/{key}", GET=api.show_thread),
                signed("/threads/{key}/messages", GET=api.list_messages, POST=api.send),
                signed("/threads/{key}/read", POST=api.read),
                signed("/threads/{key}/typing", POST=api.typing),
                signed("/templates", GET=api.list_templates),
                signed("/price", POST=api.price),
                signed("/media", POST=self._media.post),
                signed("/media/{id}", GET=self._media.show),
                signed("/messages/{id:path}/explain", GET=api.explain),
                signed("/events", GET=self._events),
                open_("/{rest:path}", GET=_unknown, POST=_unknown, PUT=_unknown, DELETE=_unknown, PATCH=_unknown),
            ]),
        ]  # fmt: skip

    async def _sign_in(self, request: Request) -> Response:
        staff, token = await self._sessions.sign_in(request)
        answer = await self._api.me(staff)
        remember(answer, request, token)
        return answer

    async def _me(self, _request: Request, session: Session) -> Response:
        return await self._api.me(session)

    async def _set_me(self, request: Request, session: Session) -> Response:
        return await self._api.me(session, await self._sessions.set_locale(request, session))

    async def _events(self, request: Request, session: Session) -> ASGIApp:
        last = request.headers.get("last-event-id")
        given = query_number(request, "after", -1) if last is None else number_of(last, "Last-Event-ID")
        if self._streams.is_full(session.staff_id):
            raise Refusal(429, "too_many_streams", "Too many open streams.", retry_after_s=5)
        business = await self._api.business(session)
        desk = Desk(business.business_id, business.contract_part, desk_topic(business.business_id))
        listener = Listener(session.staff_id, lambda: self._sessions.stands(request))
        after = None if given < 0 else min(given, NUMBER_MAX)
        return EventStream(self._api.readers, self._wakes, self._clock, self._streams, desk, listener, after)


async def _unknown(_request: Request) -> Response:
    raise Refusal(404, "unknown_address", "There is nothing at this address.")
