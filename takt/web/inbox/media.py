"""Media at the inbox of a company: what its people upload to send, and what they and the persons sent."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.types import ASGIApp

from takt.clock import Clock
from takt.core.content import MediaFault
from takt.core.ids import slot_of_node
from takt.core.media import kind_of, too_large
from takt.intake import Intake, TooMuchError
from takt.store import gallery
from takt.store.gallery import Medium
from takt.store.media import Owner
from takt.store.reference import Reference
from takt.store.views import Session
from takt.vault import BytesGone
from takt.web.http import BodyTooSlowError
from takt.web.media import drain, file_answer, pieces
from takt.web.staff.answers import Refusal, json_answer, query_text
from takt.web.staff.readers import Readers

NAME_CHARS_MAX = 500
SENDER_CHARS_MAX = 15


class InboxMedia:
    """Takes and gives the bytes of media, for the company of the session."""

    def __init__(self, readers: Readers, reference: Reference, intake: Intake, clock: Clock) -> None:
        self._readers = readers
        self._reference = reference
        self._intake = intake
        self._clock = clock

    async def post(self, request: Request, session: Session) -> ASGIApp:
        """`POST /media?sender=…&filename=…`: the body is the file, to be sent by that sender within 30 days."""
        sender = self._reference.current.senders.get(query_text(request, "sender", SENDER_CHARS_MAX))
        if sender is None or sender.business.business_id != session.business_id:
            raise Refusal(404, "unknown_sender", "sender is no sender of this company.", "sender")
        rest = pieces(request.receive)
        try:
            return await self._take(request, Owner(session.business_id, sender.sender_id), rest)
        except BodyTooSlowError:
            raise Refusal(408, "too_slow", "The file did not arrive in time.") from None
        except TooMuchError as much:
            await drain(rest)
            raise Refusal(413, "too_large", f"{too_large('file', much.kind, much.found).details}.", "file") from None

    async def show(self, request: Request, session: Session) -> ASGIApp:
        """`GET /media/{id}`: the bytes of what the company sent or was sent."""
        medium = await self._find(request.path_params["id"], session)
        if medium is not None and medium.state == "whole":
            try:
                return await file_answer(self._intake, medium.file, request.scope)
            except BytesGone:
                pass  # it is being dropped at this moment
        raise Refusal(404, "unknown_media", "There is no such medium of this company, or no longer.", "id")

    async def _take(self, request: Request, owner: Owner, rest: AsyncIterator[bytes]) -> ASGIApp:
        filename = query_text(request, "filename", NAME_CHARS_MAX)
        async with self._intake.taking(owner) as taking:
            async for piece in rest:
                await taking.feed(piece)
            file = await self._intake.finish(taking, request.headers.get("content-type"), filename)
        if isinstance(file, MediaFault):
            raise Refusal(400, "invalid", f"{file.details}.", "file")
        return json_answer({
            "id": file.media_id, "mime_type": file.mime_type, "sha256": file.sha256, "size": file.size,
            "kind": kind_of(taking.found),
        })  # fmt: skip

    async def _find(self, media_id: str, session: Session) -> Medium | None:
        slot = slot_of_node(media_id)
        if slot is None:
            return None
        part = self._intake.site.part_of(slot)
        async with self._readers.of(part) as conn:
            medium = await gallery.find(conn, part, media_id, self._clock.now())
            if medium is None or session.business_id is None:
                return None
            if medium.recipient_id is None:
                return medium if medium.business_id == session.business_id else None
            given = await gallery.given_at(conn, part, medium.recipient_id, media_id, session.business_id)
        return medium if given is not None else None
