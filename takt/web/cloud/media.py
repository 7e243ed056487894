"""Media at the Cloud API's door: upload, look up, download, delete (Cloud API reference, "Media").

An upload is read part by part and never held whole. The address of a download is signed, lives five minutes and needs
the company's token as well; whatever is wrong with it, there is nothing there.
"""

from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlsplit

from takt.actions.media import Withdraw
from takt.clock import Clock
from takt.core.content import File, MediaFault
from takt.core.ids import NODE_CHARS, NodeSort, slot_of_node
from takt.core.media import COMPANY_LIFE, too_large
from takt.intake import Intake, Taking, TooMuchError
from takt.store import gallery
from takt.store.gallery import Medium
from takt.store.media import Owner
from takt.vault import BytesGone
from takt.web.auth import Authenticator, Principal
from takt.web.cloud.calls import MESSAGING, Call, NodeShelf, Offer
from takt.web.http import header
from takt.web.media import Asgi, drain, file_answer, pieces
from takt.wire import errors, multipart
from takt.wire import media as wire
from takt.wire.errors import Refusal, WireError
from takt.wire.multipart import MalformedError, Part, Reader

FIELD_BYTES_MAX: Final = 1024


class MediaEdges:
    """Answers what companies ask about media."""

    def __init__(self, authenticator: Authenticator, intake: Intake, clock: Clock) -> None:
        self._authenticator = authenticator
        self._intake = intake
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={"media": {"POST": self.upload}},
            public={wire.DOWNLOAD_PATH: {"GET": self.download}},
            shelves=(NodeShelf(self._is_medium, {"GET": self.show, "DELETE": self.delete}),),
            streamed=frozenset({"media"}),
        )

    async def upload(self, call: Call) -> dict[str, str]:
        """`POST /{phone}/media`: a form with `file`, its `type`, and `messaging_product`."""
        sender = call.sender()
        _check_may_message(call)
        rest = pieces(call.receive)
        try:
            file = await self._take(call, Owner(sender.business.business_id, sender.sender_id), rest)
        except TooMuchError as much:
            await drain(rest)
            raise Refusal(errors.unusable_media(too_large("file", much.kind, much.found).details)) from None
        except Refusal:
            await drain(rest)
            raise
        if isinstance(file, MediaFault):
            raise Refusal(errors.unusable_media(file.details))
        return {"id": file.media_id}

    async def show(self, call: Call) -> dict[str, Any]:
        """`GET /{media}`: what it is, and where its bytes are for five minutes."""
        medium = await self._medium(call)
        here = urlsplit(call.here)
        url = wire.download_url(f"{here.scheme}://{here.netloc}", medium.media_id, medium.url_key, self._clock.now())
        return wire.media_node(medium.file, url)

    async def delete(self, call: Call) -> dict[str, bool]:
        """`DELETE /{media}`: who got it in a message keeps it."""
        medium = await self._medium(call)
        if medium.business_id is None:
            raise call.unknown()
        return {"success": await self._intake.submit(Withdraw(medium.media_id))}

    async def download(self, call: Call) -> Asgi:
        """The bytes behind such an address."""
        principal = await self._authenticator.authenticate(call.scope)
        named = {name: call.parameters.text(name) or "" for name in ("mid", "ext", "hash")}
        medium = None
        if not isinstance(principal, WireError):
            medium = await self._find(principal, named["mid"])
        if medium is None or not wire.is_valid(
            medium.media_id, medium.url_key, named["ext"], named["hash"], self._clock.now()
        ):
            raise Refusal(errors.gone())
        try:
            return await file_answer(self._intake, medium.file, call.scope)
        except BytesGone:
            raise Refusal(errors.gone()) from None

    async def _take(self, call: Call, owner: Owner, rest: AsyncIterator[bytes]) -> File | MediaFault:
        async with self._intake.taking(owner) as taking:
            form = await _read_form(call, rest, taking)
            return await self._intake.finish(taking, form.declared(), form.filename)

    async def _is_medium(self, call: Call) -> bool:
        return len(call.node) == NODE_CHARS and call.node.startswith(NodeSort.MEDIA)

    async def _medium(self, call: Call) -> Medium:
        _check_may_message(call)
        medium = await self._find(call.principal, call.node)
        if medium is None:
            raise call.unknown()
        named = call.parameters.text("phone_number_id")
        if named:
            sender = call.snapshot.senders.get(named)
            if sender is None or not call.owns(sender.business) or medium.sender_id not in (None, named):
                raise call.unknown()
        return medium

    async def _find(self, principal: Principal, media_id: str) -> Medium | None:
        """A medium that the company of this caller may have now: its own, or one that a person sent it lately."""
        slot = slot_of_node(media_id)
        if slot is None or principal.business_id is None:
            return None
        part, now = self._intake.site.part_of(slot), self._clock.now()
        async with self._intake.site.pool(part).acquire() as conn:
            medium = await gallery.find(conn, part, media_id, now)
            if medium is None or medium.state != "whole":
                return None
            if medium.recipient_id is None:
                return medium if medium.business_id == principal.business_id and medium.served_until > now else None
            given = await gallery.given_at(conn, part, medium.recipient_id, media_id, principal.business_id)
        return medium if given is not None and given + COMPANY_LIFE > now else None


class _Form:
    """What stood in an upload's form besides the bytes."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.filename: str | None = None
        self.content_type: str | None = None
        self.files = 0

    def begin(self, part: Part) -> None:
        """A part begins."""
        if part.name != "file":
            self.fields[part.name] = ""
            return
        self.files += 1
        if self.files > 1:
            raise Refusal(errors.invalid_parameter("file", "must be one file"))
        self.filename, self.content_type = part.filename, part.content_type

    def add(self, name: str, body: bytes) -> None:
        """More of a field that is no file."""
        if len(self.fields[name]) + len(body) > FIELD_BYTES_MAX:
            raise Refusal(errors.invalid_parameter(name, f"must have at most {FIELD_BYTES_MAX} bytes"))
        self.fields[name] += body.decode("utf-8", "replace")

    def check(self) -> None:
        """Refuse a form that lacks something."""
        if not self.files:
            raise Refusal(errors.invalid_parameter("file", "is required"))
        if self.fields.get("messaging_product") != "whatsapp":
            raise Refusal(errors.invalid_parameter("messaging_product", "must be whatsapp"))

    def declared(self) -> str | None:
        """As what the file comes: `type`, or else what stands beside the file."""
        return self.fields.get("type") or self.content_type


async def _read_form(call: Call, rest: AsyncIterator[bytes], taking: Taking) -> _Form:
    """Feed the file of a form to `taking` while it arrives. Raises Refusal and TooMuchError."""
    form, name = _Form(), ""
    try:
        reader = Reader(header(call.scope, b"content-type") or b"")
        async for piece in rest:
            for event in reader.feed(piece):
                match event:
                    case Part():
                        form.begin(event)
                        name = event.name
                    case multipart.Bytes(body) if name == "file":
                        await taking.feed(body)
                    case multipart.Bytes(body):
                        form.add(name, body)
                    case multipart.PartEnd():
                        pass
        reader.end()
    except MalformedError as fault:
        raise Refusal(errors.body_unreadable(str(fault))) from None
    form.check()
    return form


def _check_may_message(call: Call) -> None:
    if not call.principal.may(MESSAGING):
        raise Refusal(errors.permission_missing(MESSAGING))
