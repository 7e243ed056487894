"""The requests of a person's device: reading the inbox, writing, receipts, and what they decide about companies."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from msgspec import UNSET

from takt import calendars
from takt.actions import ask_consent, chat, consent, flow, receipt, receive
from takt.actions.chat import Accept, Block, Complaint, Delete, Mute
from takt.actions.consent import SetConsent
from takt.actions.erase import Erase, Erased
from takt.actions.opinion import Opine
from takt.actions.outcome import desk_topic
from takt.actions.person import Command as PersonCommand
from takt.actions.person import SetQuiet, Settings, SetZone
from takt.actions.play import Play
from takt.actions.receipt import Receipt
from takt.actions.receive import Write
from takt.clock import Clock
from takt.core import refusal
from takt.core.content import Brought, FormReply, MediaContent, Said, Source
from takt.core.media import judge
from takt.core.message import Status
from takt.core.refusal import Refusal
from takt.core.value import value
from takt.lanes import Lanes
from takt.store import gallery, reading
from takt.store.pool import Conn
from takt.store.reference import Reference, Sender
from takt.wakes import Wakes
from takt.web.device import render
from takt.web.device.circumstances import circumstances
from takt.web.device.door import Asgi, Call, Caller, Door, Refused, Reply
from takt.web.device.flows import DeviceFlows
from takt.web.device.render import Acquaintance
from takt.web.device.streams import EventStream, Streams
from takt.web.http import header
from takt.wire import device as wire
from takt.wire import record
from takt.wire.device import PostReceipt, PostTyping, PutBlock, PutConsent, PutMe, PutMute, PutOpinion, QuietWish
from takt.wire.said import parse_post
from takt.wire.why import Case, render_why

INBOX_DEFAULT: Final = 100
INBOX_MAX: Final = 500
PAGE_DEFAULT: Final = 50
PAGE_MAX: Final = 200
SENDERS_MAX: Final = 500
LOCALES: Final = ("de", "en")
NOBODY: Final = UUID(int=0)

T = TypeVar("T")


@value
class DeviceLanes:
    """The lanes this door hands its commands to."""

    receive: Lanes[Write, receive.Answer]
    receipt: Lanes[Receipt, receipt.Answer]
    plays: Lanes[Play, bool]
    consent: Lanes[consent.Command, consent.Answer]
    chat: Lanes[chat.Command, chat.Answer]
    person: Lanes[PersonCommand, None]
    flows: Lanes[flow.Command, flow.Answer]
    asks: Lanes[ask_consent.Command, ask_consent.Result]
    erasing: Lanes[Erase, Erased | None]
    opinions: Lanes[Opine, bool]


class DeviceApi:
    """One method a request; each is given who calls and the call."""

    def __init__(
        self,
        door: Door,
        reference: Reference,
        lanes: DeviceLanes,
        wakes: Wakes,
        clock: Clock,
        streams: Streams,
        forms: DeviceFlows,
    ) -> None:
        self._door = door
        self._reference = reference
        self._lanes = lanes
        self._wakes = wakes
        self._clock = clock
        self._streams = streams
        self._forms = forms

    async def me(self, caller: Caller, _call: Call) -> Reply:
        """Who the person is."""
        async with self._door.reading(caller.part) as conn:
            found = await reading.find_me(conn, caller.part, caller.recipient_id)
        if found is None:  # erased a moment ago, while this device was still known
            raise Refused.by(refusal.PERSON_UNKNOWN, caller.locale)
        return Reply(render.me(found))

    async def set_me(self, caller: Caller, call: Call) -> Reply:
        """Change language, read receipts, quiet time or time zone."""
        wish = wire.parse(await call.body(), PutMe)
        own = wire.parse_quiet(wish.quiet) if isinstance(wish.quiet, QuietWish) else None
        if isinstance(wish.time_zone, str) and calendars.zone_named(wish.time_zone) is None:
            raise Refused(400, "invalid", "time_zone must be the name of a zone, such as Europe/Berlin.", "time_zone")
        if wish.quiet is not UNSET:
            await self._lanes.person.submit(caller.slot, SetQuiet(caller.recipient_id, own))
        if wish.time_zone is not UNSET:
            await self._lanes.person.submit(caller.slot, SetZone(caller.recipient_id, wish.time_zone))
        await self._lanes.person.submit(caller.slot, Settings(caller.recipient_id, wish.locale, wish.read_receipts))
        self._door.forget(caller)
        return await self.me(caller, call)

    async def threads(self, caller: Caller, _call: Call) -> Reply:
        """The chats, newest first."""
        async with self._door.reading(caller.part) as conn:
            await self._reference.fresh(conn)
            views = await reading.list_threads(conn, caller.part, caller.recipient_id)
            senders = self._known_senders([view.sender_id for view in views])
            known = await self._acquaintance(conn, caller, senders)
        by_id = {one.sender_id: one for one in senders}
        shown = [render.thread(view, by_id[view.sender_id], known) for view in views if view.sender_id in by_id]
        return Reply({"threads": shown})

    async def thread_messages(self, caller: Caller, call: Call) -> Reply:
        """An older page of a chat: messages, and between them the notices that are lines of it."""
        sender_id = self._sender(call, caller).sender_id
        before = wire.parse_number(call.query.get("before"), "before", wire.NUMBER_MAX)
        limit = wire.parse_number(call.query.get("limit"), "limit", PAGE_DEFAULT, low=1, high=PAGE_MAX)
        async with self._door.reading(caller.part) as conn:
            found = await reading.list_messages(conn, caller.part, caller.recipient_id, sender_id, before, limit)
            marketing = [one.message_id for one in found if one.message_id is not None and one.category == "marketing"]
            said = await reading.opinions(conn, caller.part, caller.recipient_id, marketing) if marketing else {}
            between = (found[0].cursor if len(found) == limit else 0, before)
            lines = await reading.list_confirmations(conn, caller.part, caller.recipient_id, sender_id, between, limit)
        return Reply({
            "messages": [render.message(one, said.get(one.message_id or NOBODY)) for one in found],
            "notices": [render.notice(one) for one in lines],
        })  # fmt: skip

    async def inbox(self, caller: Caller, call: Call) -> Reply:
        """The rows of the inbox behind a cursor."""
        after = wire.parse_number(call.query.get("after"), "after", 0)
        limit = wire.parse_number(call.query.get("limit"), "limit", INBOX_DEFAULT, low=1, high=INBOX_MAX)
        async with self._door.reading(caller.part) as conn:
            [entries] = await reading.list_entries(conn, caller.part, [(caller.recipient_id, after)], limit)
        return Reply(render.inbox(entries, after))

    async def events(self, caller: Caller, call: Call) -> Reply | Asgi:
        """The live stream; to who asks for its head alone there is nothing to stream."""
        if call.scope["method"] == "HEAD":
            return Reply()
        last = header(call.scope, b"last-event-id")
        shown = last.decode("latin-1") if last else call.query.get("after")
        after = wire.parse_number(shown, "Last-Event-ID" if last else "after", -1)
        self._streams.require_room()
        return EventStream(self._streams, caller, None if after < 0 else after)

    async def senders(self, caller: Caller, _call: Call) -> Reply:
        """The companies that can be written to."""
        async with self._door.reading(caller.part) as conn:
            snapshot = await self._reference.fresh(conn)
            member_of = await reading.memberships(conn, caller.part, caller.recipient_id)
            live = [
                one
                for one in snapshot.senders.values()
                if one.status == "live"
                and (
                    one.business.stage == "live"
                    or (one.business.stage == "pilot" and one.business.business_id in member_of)
                )
            ]
            live.sort(key=lambda one: (one.verified_name.casefold(), one.sender_id))
            known = await self._acquaintance(conn, caller, live[:SENDERS_MAX])
        return Reply({"senders": [render.sender(one, known) for one in live[:SENDERS_MAX]]})

    async def sender(self, caller: Caller, call: Call) -> Reply:
        """One company, also one that the person never had to do with."""
        return Reply(await self._shown_sender(self._sender(call, caller), caller))

    async def post_message(self, caller: Caller, call: Call) -> Reply:
        """Write to a company."""
        post = parse_post(await call.body())
        context = wire.parse_message_id(post.context, "context") if post.context is not None else None
        message_id = self._clock.new_id(caller.slot)
        if isinstance(post.content, FormReply) and post.content.name == "flow" and context is not None:
            await self._forms.check(caller, context, post.content.response)
        files = await self._brought(post.content, caller)
        command = Write(message_id, caller.recipient_id, post.to, post.client_id, post.content, context, files)
        answer = await self._lanes.receive.submit(caller.slot, command)
        return Reply(render.written(_granted(answer, caller)))

    async def _brought(self, said: Said, caller: Caller) -> Mapping[Source, Brought]:
        """The file that a message shows: one that the person uploaded, of the kind that the message says."""
        if not isinstance(said, MediaContent):
            return {}
        media_id = said.source.media_id or ""
        async with self._door.reading(caller.part) as conn:
            found = await gallery.find_brought(conn, caller.part, caller.recipient_id, [media_id], self._clock.now())
        medium = found.get(media_id)
        if medium is None:
            raise Refused(400, "invalid", f"{said.kind}.id must be a medium that you uploaded.", f"{said.kind}.id")
        fault = judge(f"{said.kind}.id", "voice" if said.voice else said.kind, medium.found, medium.size)
        if fault is not None:
            raise Refused(400, "invalid", f"{fault.details}.", f"{said.kind}.id")
        return {said.source: Brought(medium.file, medium.url_key)}

    async def post_receipt(self, caller: Caller, call: Call) -> Reply:
        """Say how far the inbox was received or read."""
        post = wire.parse(await call.body(), PostReceipt)
        command = Receipt(caller.recipient_id, Status(post.status), post.through, post.sender)
        answer = await self._lanes.receipt.submit(caller.slot, command)
        return Reply({"through": _granted(answer, caller)})

    async def post_played(self, caller: Caller, call: Call) -> Reply:
        """Say that a voice note was played; once is enough."""
        message_id = wire.parse_message_id(call.names["message"], "message")
        await self._lanes.plays.submit(caller.slot, Play(caller.recipient_id, message_id))
        return Reply()

    async def post_typing(self, caller: Caller, call: Call) -> Reply:
        """Let a company see that the person writes, if they talk to each other."""
        post = wire.parse(await call.body(), PostTyping)
        sender = self._reference.current.senders.get(post.to)
        if sender is None:
            raise Refused.by(refusal.SENDER_UNKNOWN, caller.locale)
        async with self._door.reading(caller.part) as conn:
            found = await reading.footings(conn, caller.part, caller.recipient_id, [post.to])
        if post.to in found and found[post.to].wrote and not found[post.to].blocked:
            key = f"{post.to}.{caller.recipient_id}"
            self._wakes.signal(desk_topic(sender.business.business_id), f"typing:{key}")
        return Reply()

    async def put_consent(self, caller: Caller, call: Call) -> Reply:
        """Allow or forbid a company a purpose."""
        sender = self._sender(call, caller)
        wish = wire.parse(await call.body(), PutConsent)
        record_id = self._clock.new_id(caller.slot)
        where = circumstances(caller, wish, f"profile:{sender.sender_id}")
        command = SetConsent(record_id, caller.recipient_id, sender.sender_id, wish.purpose, wish.granted, where)
        _granted(await self._lanes.consent.submit(caller.slot, command), caller)
        return Reply(await self._shown_sender(sender, caller))

    async def put_block(self, caller: Caller, call: Call) -> Reply:
        """Block a sender, let it write again, or neither; maybe report it."""
        sender = self._sender(call, caller)
        wish = wire.parse(await call.body(), PutBlock)
        if wish.blocked is None and wish.report is None:
            raise Refused(400, "invalid", "blocked must be true or false where nothing is reported.", "blocked")
        complaint = None
        if wish.report is not None:
            complaint = Complaint(self._clock.new_id(caller.slot), wish.report.reason, wish.report.note)
        if wish.reason is not None and not wish.blocked:
            raise Refused(400, "invalid", "reason belongs to a block: blocked must be true.", "reason")
        about = _about(wish.message)
        command = Block(caller.recipient_id, sender.sender_id, wish.blocked, complaint, wish.reason or "", about)
        _granted(await self._lanes.chat.submit(caller.slot, command), caller)
        return Reply(await self._shown_sender(sender, caller))

    async def put_mute(self, caller: Caller, call: Call) -> Reply:
        """Let a chat go on in silence, or tell of it again."""
        sender = self._sender(call, caller)
        wish = wire.parse(await call.body(), PutMute)
        command = Mute(caller.recipient_id, sender.sender_id, wish.muted, _about(wish.message))
        _granted(await self._lanes.chat.submit(caller.slot, command), caller)
        return Reply(await self._shown_sender(sender, caller))

    async def put_opinion(self, caller: Caller, call: Call) -> Reply:
        """Say of a message whether it interests the person."""
        message_id = wire.parse_message_id(call.names["message"], "message")
        wish = wire.parse(await call.body(), PutOpinion)
        if not await self._lanes.opinions.submit(caller.slot, Opine(caller.recipient_id, message_id, wish.opinion)):
            raise Refused(404, "unknown_message", "message is none that a company sent you.", "message")
        return Reply({"opinion": wish.opinion})

    async def accept(self, caller: Caller, call: Call) -> Reply:
        """Go on with a company that wrote first."""
        sender = self._sender(call, caller)
        _granted(await self._lanes.chat.submit(caller.slot, Accept(caller.recipient_id, sender.sender_id)), caller)
        async with self._door.reading(caller.part) as conn:
            views = await reading.list_threads(conn, caller.part, caller.recipient_id, sender.sender_id)
            known = await self._acquaintance(conn, caller, [sender])
        if not views:
            raise Refused.by(refusal.THREAD_UNKNOWN, caller.locale)
        return Reply(render.thread(views[0], sender, known))

    async def delete(self, caller: Caller, call: Call) -> Reply:
        """Delete a chat, and with it the company's right to write."""
        sender = self._sender(call, caller)
        _granted(await self._lanes.chat.submit(caller.slot, Delete(caller.recipient_id, sender.sender_id)), caller)
        return Reply()

    async def why(self, caller: Caller, call: Call) -> Reply:
        """Why the person got a message."""
        locale = call.query.get("locale", caller.locale)
        if locale not in LOCALES:
            raise Refused(400, "invalid", "locale must be de or en.", "locale")
        message_id = wire.parse_message_id(call.names["message"], "message")
        async with self._door.reading(caller.part) as conn:
            await self._reference.fresh(conn)
            origin = await reading.find_origin(conn, caller.part, caller.recipient_id, message_id)
        if origin is None:
            raise Refused(404, "unknown_message", "message is none that a company sent you.", "message")
        sender = self._reference.current.senders[origin.sender_id]
        proof = origin.record_hash.hex() if origin.record_hash is not None else None
        facts = record.decode_facts(origin.facts)
        case = Case(sender.verified_name, sender.business.name, origin.category, origin.at, facts, proof)
        shown: dict[str, Any] = {
            "message": call.names["message"],
            "sender": await self._shown_sender(sender, caller),
            **render_why(case, locale),
        }
        return Reply(shown)

    def _sender(self, call: Call, caller: Caller) -> Sender:
        sender = self._reference.current.senders.get(call.names["sender"])
        if sender is None:
            raise Refused.by(refusal.SENDER_UNKNOWN, caller.locale)
        return sender

    def _known_senders(self, sender_ids: Sequence[str]) -> list[Sender]:
        senders = self._reference.current.senders
        return [senders[one] for one in sender_ids if one in senders]

    async def _shown_sender(self, sender: Sender, caller: Caller) -> dict[str, Any]:
        async with self._door.reading(caller.part) as conn:
            known = await self._acquaintance(conn, caller, [sender])
        return render.sender(sender, known)

    async def _acquaintance(self, conn: Conn, caller: Caller, senders: Sequence[Sender]) -> Acquaintance:
        businesses = list({one.business.business_id for one in senders})
        sender_ids = [one.sender_id for one in senders]
        return Acquaintance(
            caller.locale,
            self._clock.now(),
            await reading.footings(conn, caller.part, caller.recipient_id, sender_ids),
            await reading.words(conn, caller.part, caller.recipient_id, businesses),
            self._reference.current,
        )


def _about(message: str | None) -> UUID | None:
    """The message that led to an act, if one is named."""
    return None if message is None else wire.parse_message_id(message, "message")


def _granted(answer: T | Refusal, caller: Caller) -> T:
    """The answer of a lane, or its no to the caller in their language."""
    if isinstance(answer, Refusal):
        raise Refused.by(answer, caller.locale)
    return answer
