"""Media of a person's device: what they bring to send, and what is in their inbox."""

from collections.abc import AsyncIterator

from takt.clock import Clock
from takt.core.content import MediaFault
from takt.core.ids import slot_of_node
from takt.core.media import kind_of, too_large
from takt.intake import Intake, TooManyError, TooMuchError
from takt.store import gallery
from takt.store.media import Owner
from takt.store.reference import Reference
from takt.vault import BytesGone
from takt.web.device.door import Asgi, Call, Caller, Door, Refused, Reply
from takt.web.http import BodyTooSlowError, header
from takt.web.media import drain, file_answer, pieces


class DeviceMedia:
    """Takes and gives the bytes of media."""

    def __init__(self, door: Door, reference: Reference, intake: Intake, clock: Clock) -> None:
        self._door = door
        self._reference = reference
        self._intake = intake
        self._clock = clock

    async def post(self, caller: Caller, call: Call) -> Reply:
        """`POST media`: the body is the file, `Content-Type` what it is called, `filename` its name."""
        rest = pieces(call.receive)
        try:
            return await self._take(caller, call, rest)
        except TooManyError:
            raise Refused(429, "too_many", "Send what you uploaded before uploading more.", retry_after_s=60) from None
        except BodyTooSlowError:
            raise Refused(408, "too_slow", "The file did not arrive in time.") from None
        except TooMuchError as much:
            await drain(rest)
            raise Refused(413, "too_large", f"{too_large('file', much.kind, much.found).details}.", "file") from None

    async def show(self, call: Call) -> Reply | Asgi:
        """`GET media/{id}`: the bytes, to whoever has it in their inbox or brought it; a sender's picture to everybody."""
        media_id = call.names["media"]
        seen = media_id in self._reference.current.pictures or await self._may_see(
            await self._door.require(call.scope), media_id
        )
        slot = slot_of_node(media_id)
        if seen and slot is not None:
            part = self._intake.site.part_of(slot)
            async with self._door.reading(part) as conn:
                medium = await gallery.find(conn, part, media_id, self._clock.now())
            if medium is not None and medium.state == "whole":
                try:
                    return await file_answer(self._intake, medium.file, call.scope)
                except BytesGone:
                    pass  # it is being dropped at this moment
        raise Refused(404, "unknown_media", "media is none that you have, or no longer.", "media")

    async def _may_see(self, caller: Caller, media_id: str) -> bool:
        async with self._door.reading(caller.part) as conn:
            return await gallery.may_see(conn, caller.part, caller.recipient_id, media_id)

    async def _take(self, caller: Caller, call: Call, rest: AsyncIterator[bytes]) -> Reply:
        declared = (header(call.scope, b"content-type") or b"").decode("latin-1")
        async with self._intake.taking(Owner(recipient_id=caller.recipient_id), caller.slot) as taking:
            async for piece in rest:
                await taking.feed(piece)
            file = await self._intake.finish(taking, declared, call.query.get("filename"))
        if isinstance(file, MediaFault):
            raise Refused(400, "invalid", f"{file.details}.", "file")
        return Reply({
            "id": file.media_id, "mime_type": file.mime_type, "sha256": file.sha256, "size": file.size,
            "kind": kind_of(taking.found),
        })  # fmt: skip
