"""Uploads that can be gone on with, for template examples and profile pictures (Cloud API reference, "Media").

A session says name, length and type; its bytes come in one request or in several, each from where the last one got to.
Whoever is complete gets a handle.
"""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any, Final

from takt.actions.media import Advance, Close, Open, Write
from takt.clock import Clock
from takt.core.content import MediaFault
from takt.core.ids import slot_of_node
from takt.core.media import SESSION_LIFE, Found, clean_filename, judge, kind_of, limit_of, plain_type, settle
from takt.core.sniffing import SNIFFED_BYTES, sniff
from takt.intake import Intake
from takt.store import gallery
from takt.store.gallery import Medium
from takt.store.media import NewMedium, Owner
from takt.vault import BytesGone, Place, read
from takt.web.cloud.calls import Call, NodeShelf, Offer
from takt.web.http import header
from takt.web.media import drain, pieces
from takt.wire import errors
from takt.wire import media as wire
from takt.wire.errors import Refusal

TYPES: Final = ("application/pdf", "image/jpeg", "image/png", "video/mp4")
OFFSET_DIGITS_MAX: Final = 15
RENEW_S: Final = 15.0


class UploadEdges:
    """Answers what apps ask about their uploads."""

    def __init__(self, intake: Intake, clock: Clock) -> None:
        self._intake = intake
        self._clock = clock

    def offer(self) -> Offer:
        """What is answered here."""
        return Offer(
            edges={"uploads": {"POST": self.begin}},
            shelves=(NodeShelf(self._is_session, {"GET": self.show, "POST": self.go_on}),),
            streamed=frozenset({""}),
        )

    async def begin(self, call: Call) -> dict[str, str]:
        """`POST /{app}/uploads`: a new session for a file of this name, length and type."""
        app = call.app()
        if app.business_id is None:
            raise call.unknown()
        mime_type = plain_type(call.required("file_type"))
        if mime_type not in TYPES:
            raise Refusal(errors.invalid_parameter("file_type", f"must be {', '.join(TYPES)}"))
        most = limit_of(kind_of(Found(mime_type)), Found(mime_type))
        length = call.required("file_length")
        if not (
            length.isascii() and length.isdigit() and len(length) <= OFFSET_DIGITS_MAX and 1 <= int(length) <= most
        ):
            raise Refusal(errors.invalid_parameter("file_length", f"must be a number of bytes from 1 to {most}"))
        owner, filename = Owner(app.business_id, app_id=app.app_id), clean_filename(call.parameters.text("file_name"))

        def new(media_id: str, key: str) -> Open:
            return Open(NewMedium(media_id, owner, key, mime_type, filename, int(length)), SESSION_LIFE)

        return {"id": wire.session_id((await self._intake.open(new)).new.media_id)}

    async def show(self, call: Call) -> dict[str, Any]:
        """`GET /{upload}`: how far it is."""
        return {"id": call.node, "file_offset": (await self._session(call)).received}

    async def go_on(self, call: Call) -> dict[str, Any]:
        """`POST /{upload}`: bytes from `file_offset` on; the handle when all are there, else how far it is."""
        medium = await self._session(call)
        rest = pieces(call.receive)
        if medium.state == "whole":
            await drain(rest)
            return {"h": wire.handle(medium.file)}
        try:
            with self._intake.seats.one():
                received = await self._write(medium, _offset(call, medium), rest)
            if received == medium.size:
                return {"h": await self._close(medium)}
        except BytesGone:
            raise call.unknown() from None
        except Refusal:
            await drain(rest)
            raise
        return {"id": call.node, "file_offset": received}

    async def _is_session(self, call: Call) -> bool:
        return wire.parse_session_id(call.node) is not None

    async def _session(self, call: Call) -> Medium:
        media_id = wire.parse_session_id(call.node) or ""
        slot, principal = slot_of_node(media_id), call.principal
        if slot is None:
            raise call.unknown()
        part = self._intake.site.part_of(slot)
        async with self._intake.site.pool(part).acquire() as conn:
            medium = await gallery.find(conn, part, media_id, self._clock.now())
        if medium is None or medium.app_id is None or medium.business_id != principal.business_id:
            raise call.unknown()
        return medium

    async def _write(self, medium: Medium, offset: int, rest: AsyncIterator[bytes]) -> int:
        """Add what comes; how many bytes are there then. What came before a break stays."""
        writer = self._clock.new_secret()
        if not await self._intake.submit(Write(medium.media_id, writer)):
            raise Refusal(errors.invalid_parameter("id", "is being written by another request: repeat in a minute"))
        filling = _Filling(self._intake, self._intake.place_of(medium.media_id), medium.size)
        await filling.begin(offset)
        renew_at = self._clock.monotonic_s() + RENEW_S
        try:
            async for piece in rest:
                await filling.feed(piece)
                if self._clock.monotonic_s() > renew_at:
                    await self._intake.submit(Advance(medium.media_id, writer, filling.kept, done=False))
                    renew_at = self._clock.monotonic_s() + RENEW_S
        finally:
            await asyncio.shield(self._pause(medium, writer, filling))
        return filling.received

    async def _pause(self, medium: Medium, writer: str, filling: "_Filling") -> None:
        await filling.flush()
        done = filling.received < medium.size
        await self._intake.submit(Advance(medium.media_id, writer, filling.kept, done=done))

    async def _close(self, medium: Medium) -> str:
        place, digest = self._intake.place_of(medium.media_id), sha256()
        beginning = b""
        async for piece in read(self._intake.vault, place, 0, medium.size):
            beginning = beginning or piece[:SNIFFED_BYTES]
            digest.update(piece)
        found = settle("file", medium.mime_type, sniff(beginning))
        fault = found if isinstance(found, MediaFault) else judge("file", kind_of(found), found, medium.size)
        if isinstance(found, MediaFault) or fault is not None:
            assert fault is not None
            await self._intake.give_up(place)
            raise Refusal(errors.unusable_media(fault.details))
        owner = Owner(medium.business_id, app_id=medium.app_id)
        close = Close(medium.media_id, owner, found, medium.size, digest.digest(), medium.filename)
        if not await self._intake.submit(close):
            raise Refusal(errors.invalid_parameter("id", "was given up meanwhile: begin a new upload"))
        return wire.handle(Intake.file_of(close))


class _Filling:
    """A stretch of chunks being written from some byte on. `kept` are the bytes that are in the vault."""

    def __init__(self, intake: Intake, place: Place, size: int) -> None:
        self._vault = intake.vault
        self._place = place
        self._size = size
        self._number = 0
        self._waiting = bytearray()
        self.received = 0
        self.kept = 0

    async def begin(self, offset: int) -> None:
        """Go on behind so many bytes, which are there."""
        self.received = self.kept = offset
        self._number, inside = divmod(offset, self._vault.chunk_bytes)
        if inside:
            self._waiting += (await self._vault.get(self._place, self._number))[:inside]

    async def feed(self, piece: bytes) -> None:
        """Take a piece. Raises Refusal when it goes beyond the length that was said."""
        if self.received + len(piece) > self._size:
            raise Refusal(errors.invalid_parameter("file_length", f"is {self._size}, but more bytes came"))
        self.received += len(piece)
        self._waiting += piece
        while len(self._waiting) >= self._vault.chunk_bytes:
            await self._put(self._vault.chunk_bytes)

    async def flush(self) -> None:
        """Keep what is waiting, too."""
        if self.kept < self.received:
            await self._put(len(self._waiting))

    async def _put(self, length: int) -> None:
        await self._vault.put(self._place, self._number, bytes(self._waiting[:length]))
        del self._waiting[:length]
        self.kept = self._number * self._vault.chunk_bytes + length
        self._number += 1


def _offset(call: Call, medium: Medium) -> int:
    text = (header(call.scope, b"file_offset") or header(call.scope, b"file-offset") or b"0").decode("latin-1")
    if not (text.isascii() and text.isdigit() and len(text) <= OFFSET_DIGITS_MAX and int(text) <= medium.received):
        raise Refusal(
            errors.invalid_parameter("file_offset", f"must be at most {medium.received}, the bytes that are here")
        )
    return int(text)
