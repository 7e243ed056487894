"""What company people do at the inbox: read threads, answer, see the price beforehand, and why something was refused.

Everything here belongs to the business of the session. A thread, sender or message of another business is answered
exactly as one that does not exist.
"""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from takt.actions.acknowledge import Acknowledge, Acknowledged, may_type, typing_signal
from takt.actions.examine import Examined
from takt.actions.outgoing import Answer, Refused
from takt.clock import Clock
from takt.core.ids import derive_id, parse_wamid, slot_of, wamid
from takt.core.message import SendMessage, Waits
from takt.core.value import value
from takt.lanes import Lanes
from takt.store import explanations, views
from takt.store.reference import Business, Reference
from takt.store.site import Site
from takt.store.views import Card, Session, Staff
from takt.vault import VaultAway
from takt.wakes import Wakes
from takt.web.attachments import with_files
from takt.web.inbox import render, templates
from takt.web.inbox.drafts import parse_draft, parse_price_draft
from takt.web.resolver import MediaResolver
from takt.web.staff.answers import (
    NUMBER_MAX,
    Refusal,
    bad,
    json_answer,
    nothing,
    query_number,
    query_text,
    read_object,
    text_of,
)
from takt.web.staff.readers import Readers
from takt.wire.cloud import SendRequest
from takt.wire.errors import WireError
from takt.wire.explain import Explanation
from takt.wire.instants import instant

THREADS_MAX = 200
THREADS_USUAL = 50
MESSAGES_MAX = 200
MESSAGES_USUAL = 50
SEARCH_CHARS_MAX = 100
CLIENT_ID_CHARS_MAX = 64


@value
class InboxLanes:
    """The lanes this door hands its commands to."""

    send: Lanes[SendMessage, Answer]
    acknowledge: Lanes[Acknowledge, Acknowledged | None]
    examine: Lanes[SendMessage, Examined]


class InboxApi:
    """The requests of a signed-in person."""

    def __init__(
        self,
        site: Site,
        reference: Reference,
        wakes: Wakes,
        clock: Clock,
        lanes: InboxLanes,
        resolver: MediaResolver,
    ) -> None:
        self._site = site
        self.readers = Readers(site)
        self._reference = reference
        self._wakes = wakes
        self._clock = clock
        self._lanes = lanes
        self._resolver = resolver

    async def business(self, session: Session | Staff) -> Business:
        """The company of the session."""
        assert session.business_id is not None  # whoever works for the operator has no session here
        async with self.readers.of_reference() as conn:
            return (await self._reference.fresh(conn)).businesses[session.business_id]

    async def me(self, session: Session | Staff, locale: str | None = None) -> Response:
        """Who is signed in, for which company, with which senders; `cursor` is where the stream goes on."""
        business = await self.business(session)
        async with self.readers.of(business.contract_part) as conn:
            cursor = await views.desk_number(conn, business.contract_part, business.business_id)
        senders = [
            {"id": one.sender_id, "name": one.verified_name, "kind": one.kind, "phone": f"+{one.phone}"}
            for one in self._reference.current.senders.values()
            if one.business.business_id == business.business_id
        ]
        return json_answer({
            "name": session.name,
            "role": session.role,
            "business": {"id": business.waba_id, "name": business.name},
            "senders": sorted(senders, key=lambda sender: (sender["kind"] != "support", sender["id"])),
            "locale": locale or session.locale,
            "cursor": cursor,
        })  # fmt: skip

    async def list_threads(self, request: Request, session: Session) -> Response:
        """A page of cards, the last changed first; `before` is the number of the last card of the page before."""
        chosen = request.query_params.get("filter", "all")
        if chosen not in ("all", "unread"):
            raise bad("filter", "must be all or unread")
        words = query_text(request, "q", SEARCH_CHARS_MAX).strip()
        before = query_number(request, "before", NUMBER_MAX)
        limit = query_number(request, "limit", THREADS_USUAL, low=1, high=THREADS_MAX)
        business = await self.business(session)
        part, unread = business.contract_part, chosen == "unread"
        async with self.readers.of(part) as conn:
            # Before the cards: whoever goes on from here with the stream may see one twice, but misses none.
            cursor = await views.desk_number(conn, part, business.business_id)
            if words:
                found = views.find_cards(conn, part, business.business_id, words, before, limit, unread=unread)
            else:
                found = views.list_cards(conn, part, business.business_id, before, limit, unread=unread)
            cards = await found
        return json_answer({"threads": [render.card(card) for card in cards], "cursor": cursor})

    async def show_thread(self, request: Request, session: Session) -> Response:
        """The card of one thread."""
        return json_answer(render.card(await self._card(request.path_params["key"], session)))

    async def list_messages(self, request: Request, session: Session) -> Response:
        """A page of a thread's messages, oldest first; `before` is the lowest cursor of the page after it."""
        before = query_number(request, "before", NUMBER_MAX)
        limit = query_number(request, "limit", MESSAGES_USUAL, low=1, high=MESSAGES_MAX)
        card = await self._card(request.path_params["key"], session)
        part = self._site.part_of(slot_of(card.recipient_id))
        async with self.readers.of(part) as conn:
            page = await views.list_thread_messages(
                conn, part, card.recipient_id, card.sender_id, None if before == NUMBER_MAX else before, limit
            )
        return json_answer({"messages": [render.message(one, card.sender_id, session.locale) for one in page]})

    async def send(self, request: Request, session: Session) -> Response:
        """Send a message as the thread's sender. The same `client_id` twice is one message."""
        body = await read_object(request)
        client_id = text_of(body, "client_id", CLIENT_ID_CHARS_MAX)
        card = await self._card(request.path_params["key"], session)
        draft = parse_draft(body, card.wa_id)
        slot = slot_of(card.recipient_id)
        message_id = derive_id(slot, "inbox", card.sender_id, str(card.recipient_id), client_id)
        command = await self._with_files(_command(card, message_id, draft))
        answer = await self._lanes.send.submit(slot, command)
        if isinstance(answer, Waits):
            until = instant(answer.due_at)
            return json_answer({"id": wamid(answer.message_id), "status": "waiting", "until": until})
        if not isinstance(answer, Refused):
            return json_answer({"id": wamid(answer.message_id), "status": "accepted"})
        told = wamid(answer.message_id) if answer.stored else None
        why = render.denial(answer.denied, session.locale)
        return json_answer({"id": told, "status": "failed", "reason": why})

    async def _with_files(self, command: SendMessage) -> SendMessage:
        sender = self._reference.current.senders[command.sender_id]
        try:
            found = await with_files(self._resolver, sender, command)
        except VaultAway:
            raise Refusal(
                503, "unavailable", "The files are away for a moment: send it again.", retry_after_s=1
            ) from None
        if isinstance(found, WireError):
            raise Refusal(400, "invalid", f"{found.details}.", found.details.partition(" ")[0])
        return found

    async def read(self, request: Request, session: Session) -> Response:
        """The person at the inbox has read the thread, all of it or up to the cursor `through`."""
        through = (await read_object(request)).get("through")
        if through is not None and not (isinstance(through, int) and 0 <= through <= NUMBER_MAX):
            raise bad("through", f"must be a whole number from 0 to {NUMBER_MAX}")
        card = await self._card(request.path_params["key"], session)
        command = Acknowledge(card.sender_id, recipient_id=card.recipient_id, through=through)
        await self._lanes.acknowledge.submit(command.slot, command)
        return nothing()

    async def typing(self, request: Request, session: Session) -> Response:
        """An answer is being written: a passing signal to the devices of the person, who may answer to it freely."""
        card = await self._card(request.path_params["key"], session)
        if may_type(card.window_until, self._clock.now(), closed=card.blocked):
            self._wakes.wake([typing_signal(card.recipient_id, card.sender_id)])
        return nothing()

    async def list_templates(self, request: Request, session: Session) -> Response:
        """The approved templates that a sender of the company may send."""
        business = await self.business(session)
        sender_id = query_text(request, "sender", CLIENT_ID_CHARS_MAX)
        if sender_id:
            self._check_sender(sender_id, business)
        async with self.readers.of_reference() as conn:
            found = await views.list_templates(conn, business.business_id)
        return json_answer({"templates": [templates.template(one) for one in found]})

    async def price(self, request: Request, session: Session) -> Response:
        """What a send would cost now, and whether it would go out; nothing is sent."""
        body = await read_object(request)
        sender_id, recipient = text_of(body, "sender", 15), text_of(body, "recipient", 36)
        card = await self._card(f"{sender_id}.{recipient}", session)
        draft = parse_price_draft(body, card.wa_id)
        slot = slot_of(card.recipient_id)
        examined = await self._lanes.examine.submit(slot, _command(card, self._clock.new_id(slot), draft))
        quote = examined.quote
        told = Explanation(examined.facts, examined.at, examined.denied, quote, due_at=examined.due_at).told
        return json_answer({
            "micros": quote.price if quote is not None else 0,
            "currency": quote.currency if quote is not None else "",
            "free": quote is None or quote.price == 0,
            "because": render.because(quote, session.locale) if quote is not None else "",
            "would_send": examined.would_send,
            "waits_until": instant(examined.due_at),
            "reason": render.denial(told, session.locale) if told is not None else None,
        })  # fmt: skip

    async def explain(self, request: Request, session: Session) -> Response:
        """Every rule that a message of the company met, with its verdict and the number behind it."""
        message_id = parse_wamid(request.path_params["id"])
        if message_id is None:
            raise _unknown_message()
        part = self._site.part_of(slot_of(message_id))
        async with self.readers.of(part) as conn:
            kept = await explanations.message_record(conn, part, message_id)
        if kept is None or kept.business_id != session.business_id:
            raise _unknown_message()
        return json_answer(render.explanation(kept, session.locale))

    async def _card(self, key: str, session: Session) -> Card:
        """The card of a thread of the session's company."""
        sender_id, _, recipient = key.partition(".")
        recipient_id = _parse_uuid(recipient)
        business = await self.business(session)
        sender = self._reference.current.senders.get(sender_id)
        if recipient_id is not None and sender is not None and sender.business.business_id == business.business_id:
            part = business.contract_part
            async with self.readers.of(part) as conn:
                card = await views.find_card(conn, part, business.business_id, sender_id, recipient_id)
            if card is not None:
                return card
        raise Refusal(404, "unknown_thread", "There is no such thread.", "key")

    def _check_sender(self, sender_id: str, business: Business) -> None:
        sender = self._reference.current.senders.get(sender_id)
        if sender is None or sender.business.business_id != business.business_id:
            raise Refusal(404, "unknown_sender", "sender is no sender of this company.", "sender")


def _command(card: Card, message_id: UUID, draft: SendRequest) -> SendMessage:
    context_id = parse_wamid(draft.context) if draft.context is not None else None
    return SendMessage(message_id, card.sender_id, card.wa_id, card.wa_id, draft.content, context_id, repeatable=True)


def _parse_uuid(text: str) -> UUID | None:
    try:
        parsed = UUID(text)
    except ValueError:
        return None
    return parsed if str(parsed) == text else None


def _unknown_message() -> Refusal:
    return Refusal(404, "unknown_message", "There is no such message of this company.", "id")
