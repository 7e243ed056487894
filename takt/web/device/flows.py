"""Forms on a person's device: the one that a message opens, and what its endpoint says to each step."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final, Literal, Protocol
from uuid import UUID

import msgspec

from takt.actions.flow import Answer, Command, Count
from takt.core.flow import Flow
from takt.core.flow_answers import check_response, check_step
from takt.core.flow_exchange import Asked, Heard, Question, Unheard
from takt.core.flow_json import read
from takt.core.flow_refusal import FLOW_BUSY, FLOW_CLOSED, FLOW_EXPIRED, FLOW_SILENT, FLOW_UNKNOWN
from takt.core.flow_state import OPEN
from takt.core.ids import slot_of
from takt.core.value import value
from takt.lanes import Lanes
from takt.store import flow_views
from takt.store.flow_views import FlowView
from takt.store.reference import Reference, Sender
from takt.web.device.door import Call, Caller, Door, Refused, Reply
from takt.wire import device as wire

TOKEN_CHARS_MAX: Final = 1024
SCREEN_CHARS_MAX: Final = 80

_FAULTS: Final = frozenset({"unreachable", "unsigned", "broken"})

FindKey = Callable[[], Awaitable[str | None]]


class FlowAsker(Protocol):
    """Who carries questions to the endpoints of companies."""

    async def ask(self, question: Question, find_key: FindKey) -> Asked:
        """The next screen, or why there is none."""
        ...

    async def notify(self, question: Question, find_key: FindKey, error: str, message: str) -> None:
        """Tell the endpoint that its answer was of no use."""
        ...


class PostExchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST flows/{message}/exchange`."""

    action: Literal["INIT", "data_exchange", "BACK"]
    flow_token: Annotated[str, msgspec.Meta(max_length=TOKEN_CHARS_MAX)]
    screen: Annotated[str, msgspec.Meta(max_length=SCREEN_CHARS_MAX)] | None = None
    data: dict[str, Any] = {}


@value
class _Opened:
    """A flow as a message opens it."""

    view: FlowView
    flow: Flow
    body: str
    sender: Sender
    button: Mapping[str, Any]


class DeviceFlows:
    """Answers about forms. A person has one question under way at a time."""

    def __init__(self, door: Door, reference: Reference, asker: FlowAsker, lane: Lanes[Command, Answer]) -> None:
        self._door = door
        self._reference = reference
        self._asker = asker
        self._lane = lane
        self._asking: set[UUID] = set()

    async def flow(self, caller: Caller, call: Call) -> Reply:
        """The form that a message opens, where it begins, and with which data."""
        opened = await self._open(caller, _message_id(call))
        button = opened.button
        first = button.get("screen") or opened.flow.first().id
        return Reply(
            {
                "flow": msgspec.Raw(opened.body.encode()),
                "name": opened.view.name,
                "endpoint": opened.flow.has_endpoint,
                "action": button.get("action", "navigate"),
                "token": button["token"],
                "screen": first,
                "data": button.get("data") or {},
            }
        )

    async def exchange(self, caller: Caller, call: Call) -> Reply:
        """What the company's endpoint says to one step: the next screen, or what the form ends with."""
        asked = _parse(await call.body())
        opened = await self._open(caller, _message_id(call))
        if asked.flow_token != opened.button["token"]:
            raise Refused(400, "invalid", "flow_token must be that of the message.", "flow_token")
        if asked.screen is not None and opened.flow.screen(asked.screen) is None:
            raise Refused(400, "invalid", "screen must be one of the form.", "screen")
        if asked.action == "data_exchange":
            refusal = check_step(opened.flow, asked.screen or "", asked.data)
            if refusal is not None:
                raise Refused.by(refusal, caller.locale)
        if caller.recipient_id in self._asking:
            raise Refused.by(FLOW_BUSY, caller.locale)
        self._asking.add(caller.recipient_id)
        try:
            answered = await self._ask(opened, asked)
        finally:
            self._asking.discard(caller.recipient_id)
        heard = answered.said
        await self._count(opened, answered)
        if isinstance(heard, Unheard):
            raise _refused(heard, caller)
        shown: dict[str, Any] = {"screen": heard.screen, "data": heard.data}
        if heard.closing is not None:
            shown["closing"] = {**heard.closing, "flow_token": asked.flow_token}
        return Reply(shown)

    async def _count(self, opened: _Opened, answered: Asked) -> None:
        word = answered.said.word if isinstance(answered.said, Unheard) else ""
        if word == "key_missing":
            return  # the endpoint was not asked at all
        contract_id = opened.sender.business.contract_id
        command = Count(opened.view.flow_id, word in _FAULTS, answered.took_ms)
        await self._lane.submit(slot_of(contract_id), command)

    async def _ask(self, opened: _Opened, asked: PostExchange) -> Asked:
        app = self._reference.current.apps.get(opened.view.app_id or "")
        if opened.view.endpoint_uri is None or opened.flow.data_api_version is None or app is None:
            return Asked(Unheard("unreachable"))
        question = Question(
            opened.view.endpoint_uri, app.secret, opened.flow.data_api_version, asked.action, asked.screen, asked.data,
            asked.flow_token,
        )  # fmt: skip

        async def find_key() -> str | None:
            async with self._door.everywhere() as conn:
                return await flow_views.public_key(conn, opened.sender.sender_id)

        answered = await self._asker.ask(question, find_key)
        heard = answered.said
        if isinstance(heard, Heard) and heard.closing is None and opened.flow.screen(heard.screen) is None:
            await self._asker.notify(question, find_key, "INVALID_SCREEN_TRANSITION", "screen is not one of the flow")
            return Asked(Unheard("broken"), answered.took_ms)
        return answered

    async def check(self, caller: Caller, message_id: UUID, response: Mapping[str, Any]) -> None:
        """That a finished form says what the form of that message asks for. Raises Refused."""
        opened = await self._open(caller, message_id)
        refusal = check_response(opened.flow, response, str(opened.button["token"]))
        if refusal is not None:
            field = f"interactive.response.{refusal.field}"
            raise Refused(refusal.http, refusal.code, refusal.text.in_locale(caller.locale), field)

    async def _open(self, caller: Caller, message_id: UUID) -> _Opened:
        async with self._door.reading(caller.part) as conn:
            found = await flow_views.find_message(conn, caller.part, caller.recipient_id, message_id)
        button = _flow_button(msgspec.json.decode(found[1])) if found is not None else None
        sender = self._reference.current.senders.get(found[0]) if found is not None else None
        if button is None or sender is None:
            raise Refused.by(FLOW_UNKNOWN, caller.locale)
        async with self._door.everywhere() as conn:
            view = await flow_views.find(conn, str(button["flow_id"]))
            body = await flow_views.find_body(conn, str(button["flow_id"]))
        if view is None or view.business_id != sender.business.business_id:
            raise Refused.by(FLOW_UNKNOWN, caller.locale)
        draft = button.get("mode") == "draft" and view.status == "DRAFT"
        flow = read(body).flow if body is not None else None
        if flow is None or body is None or not (draft or view.status in OPEN):
            raise Refused.by(FLOW_CLOSED, caller.locale)
        return _Opened(view, flow, body, sender, button)


def _message_id(call: Call) -> UUID:
    return wire.parse_message_id(call.names["message"], "message")


def _flow_button(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The button of a message that opens a form, its cards' included."""
    cards = [content, *content.get("cards", [])]
    buttons = (button for card in cards for button in card.get("buttons", []))
    return next((one for one in buttons if one.get("kind") == "flow" and "flow_id" in one and "token" in one), None)


def _parse(raw: bytes) -> PostExchange:
    try:
        return msgspec.json.decode(raw, type=PostExchange)
    except msgspec.ValidationError as fault:
        raise Refused(400, "invalid", f"The body is not what was asked for: {fault}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(400, "invalid", "The body must be JSON.") from None


def _refused(unheard: Unheard, caller: Caller) -> Refused:
    if unheard.word != "expired":
        return Refused.by(FLOW_SILENT, caller.locale)
    refused = Refused.by(FLOW_EXPIRED, caller.locale)
    return refused if unheard.message is None else Refused(refused.status, refused.code, unheard.message, refused.field)
