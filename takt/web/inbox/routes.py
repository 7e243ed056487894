"""The addresses of the inbox API."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from takt.actions.outcome import desk_topic
from takt.clock import Clock
from takt.store.views import Session
from takt.wakes import Wakes
from takt.web.inbox.api import InboxApi
from takt.web.inbox.costs import InboxCosts
from takt.web.inbox.events import Desk, EventStream, Listener, StreamCount
from takt.web.inbox.media import InboxMedia
from takt.web.staff import address
from takt.web.staff.address import Address, Signed, nowhere
from takt.web.staff.answers import NUMBER_MAX, Refusal, as_here, number_of, query_number
from takt.web.staff.session import Sessions


class InboxDoor:
    """The inbox API, ready to be mounted."""

    def __init__(
        self,
        api: InboxApi,
        media: InboxMedia,
        costs: InboxCosts,
        sessions: Sessions,
        wakes: Wakes,
        clock: Clock,
    ) -> None:
        self._api = api
        self._media = media
        self._costs = costs
        self._sessions = sessions
        self._wakes = wakes
        self._clock = clock
        self._streams = StreamCount()

    def routes(self) -> list[Mount]:
        """One mount below `/inbox/api`."""
        api, sessions = self._api, self._sessions

        def signed(path: str, **methods: Signed) -> Route:
            return Route(path, Address(sessions, signed=methods))

        def chatting(path: str, **methods: Signed) -> Route:
            return signed(path, **{method: _of_chats(answer) for method, answer in methods.items()})

        costs = partial(address.signed, sessions, as_here)
        return [
            Mount("/inbox/api", routes=[
                Route("/demo-people", Address(sessions, open_={"GET": sessions.list_demo_people})),
                Route("/sign-in", Address(sessions, open_={"POST": self._sign_in})),
                Route("/sign-out", Address(sessions, open_={"POST": sessions.sign_out})),
                signed("/me", GET=self._me, PUT=self._set_me),
                chatting("/threads", GET=api.list_threads),
                chatting("/threads/{key}", GET=api.show_thread),
                chatting("/threads/{key}/messages", GET=api.list_messages, POST=api.send),
                chatting("/threads/{key}/read", POST=api.read),
                chatting("/threads/{key}/typing", POST=api.typing),
                chatting("/templates", GET=api.list_templates),
                chatting("/price", POST=api.price),
                chatting("/media", POST=self._media.post),
                chatting("/media/{id}", GET=self._media.show),
                chatting("/messages/{id:path}/explain", GET=api.explain),
                chatting("/events", GET=self._events),
                costs("/costs", GET=self._costs.month),
                costs("/costs/messages", GET=self._costs.messages),
                costs("/clients", GET=self._costs.clients),
                costs("/months", GET=self._costs.months),
                costs("/usage", GET=self._costs.file),
                costs("/documents", GET=self._costs.documents),
                costs("/documents/{id}/{syntax}", GET=self._costs.document),
                nowhere(sessions),
            ]),
        ]  # fmt: skip

    async def _sign_in(self, request: Request) -> Response:
        staff, token = await self._sessions.sign_in(request)
        answer = await self._api.me(staff)
        self._sessions.remember(answer, request, token)
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


def _of_chats(answer: Signed) -> Signed:
    """What people say is not for those who look after the money."""

    async def checked(request: Request, session: Session) -> ASGIApp:
        if session.role == "finance":
            raise Refusal(403, "role", "Chats are not open to your role.")
        return await answer(request, session)

    return checked
