"""Taking in media: bytes that come as a stream go to the vault in chunks, never whole in memory, and are judged.

A medium is opened before its first byte and closed after its last one; between the two nobody can get it, and when the
stream breaks off it is given up and leaves nothing behind. Should this process end meanwhile, the sweeper does that.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from hashlib import sha256
from typing import Final

import structlog

from takt.actions.media import Close, Command, Forget, GiveUp, Open, slot_of_command
from takt.clock import Clock
from takt.core.content import File, MediaFault
from takt.core.ids import NodeSort, slot_of_node
from takt.core.media import OPEN_LIFE, Found, clean_filename, judge, kind_of, limit_of, settle
from takt.core.sniffing import SNIFFED_BYTES, sniff
from takt.lanes import LaneFullError, Lanes
from takt.store.media import NewMedium, Owner
from takt.store.site import Site
from takt.vault import Place, Vault

INTAKES_AT_ONCE_MAX: Final = 64
DOWNLOADS_AT_ONCE_MAX: Final = 256
ID_TRIES_MAX: Final = 4

_LOG = structlog.get_logger(__name__)


class TooMuchError(Exception):
    """More bytes came than such a medium may have; `kind` is what it would be, `found` what it is."""

    def __init__(self, kind: str, found: Found | None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.found = found


class TooManyError(Exception):
    """The person brought many media and sent none of them."""


class Taking:
    """One medium that comes in. Feed it, then finish it."""

    def __init__(self, vault: Vault, place: Place, owner: Owner, url_key: str, kind: str | None = None) -> None:
        self.place = place
        self.owner = owner
        self.url_key = url_key
        self.size = 0
        self.closed = False
        self.found: Found | None = None
        self._vault = vault
        self._kind = kind
        self._waiting = bytearray()
        self._number = 0
        self._hash = sha256()
        self._beginning = b""
        self._seen: Found | None = None

    async def feed(self, piece: bytes) -> None:
        """Take a piece. Raises TooMuchError as soon as it is too much, and what the vault raises."""
        self.size += len(piece)
        if len(self._beginning) < SNIFFED_BYTES:
            self._beginning += piece[: SNIFFED_BYTES - len(self._beginning)]
            self._seen = sniff(self._beginning)
        kind = self._kind or kind_of(self._seen)
        if self.size > limit_of(kind, self._seen):
            raise TooMuchError(kind, self._seen)
        self._hash.update(piece)
        self._waiting += piece
        while len(self._waiting) >= self._vault.chunk_bytes:
            await self._put(self._vault.chunk_bytes)

    async def end(self, name: str, declared: str | None, filename: str | None) -> Close | MediaFault:
        """All bytes came; what they are, or what is wrong with them. `name` is the field to be named."""
        found = settle(name, declared, self._seen)
        if isinstance(found, MediaFault):
            return found
        fault = judge(name, self._kind or kind_of(found), found, self.size)
        if fault is not None:
            return fault
        if self._waiting:
            await self._put(len(self._waiting))
        self.found = found
        media_id, digest = self.place.media_id, self._hash.digest()
        return Close(media_id, self.owner, found, self.size, digest, clean_filename(filename))

    async def _put(self, length: int) -> None:
        chunk = bytes(self._waiting[:length])
        del self._waiting[:length]
        await self._vault.put(self.place, self._number, chunk)
        self._number += 1


class Seats:
    """So many at a time, and no queue: who finds all taken hears LaneFullError."""

    def __init__(self, count: int) -> None:
        self._free = count

    @contextmanager
    def one(self) -> Iterator[None]:
        """A seat for the length of the block."""
        if not self._free:
            raise LaneFullError
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class Intake:
    """Opens and closes media of doors and links. `seats` are for those that come in, `exits` for those that go out."""

    def __init__(self, site: Site, lanes: Lanes[Command, bool], vault: Vault, clock: Clock) -> None:
        self.site = site
        self._lanes = lanes
        self.vault = vault
        self._clock = clock
        self.seats = Seats(INTAKES_AT_ONCE_MAX)
        self.exits = Seats(DOWNLOADS_AT_ONCE_MAX)

    async def submit(self, command: Command) -> bool:
        """Hand a command to its lane; whether it could be done."""
        return await self._lanes.submit(slot_of_command(command), command)

    def place_of(self, media_id: str) -> Place:
        """Where a medium of ours lies."""
        slot = slot_of_node(media_id)
        assert slot is not None, "only ids that we made are kept"
        return Place(self.site.part_of(slot), media_id)

    async def open(self, new: Callable[[str, str], Open], slot: int | None = None) -> Open:
        """Open what `new` makes of an id and a key, in this slot or in any. Raises TooManyError."""
        for _ in range(ID_TRIES_MAX):
            command = new(self._clock.new_node_id(NodeSort.MEDIA, slot), self._clock.new_secret())
            if await self.submit(command):
                return command
        raise TooManyError

    @asynccontextmanager
    async def taking(self, owner: Owner, slot: int | None = None, kind: str | None = None) -> AsyncIterator[Taking]:
        """A new medium for the length of the block: given up unless `finish` closed it."""
        with self.seats.one():
            opened = await self.open(lambda name, key: Open(NewMedium(name, owner, key), OPEN_LIFE), slot)
            place = self.place_of(opened.new.media_id)
            taking = Taking(self.vault, place, owner, opened.new.url_key, kind)
            try:
                yield taking
            finally:
                if not taking.closed:
                    await asyncio.shield(self.give_up(place))

    async def finish(
        self, taking: Taking, declared: str | None, filename: str | None, name: str = "file"
    ) -> File | MediaFault:
        """Close a medium whose bytes all came, unless they are not what they should be."""
        close = await taking.end(name, declared, filename)
        if isinstance(close, MediaFault):
            return close
        taking.closed = await self.submit(close)
        assert taking.closed, "nobody else knows of it"
        return self.file_of(close)

    @staticmethod
    def file_of(closed: Close) -> File:
        """A closed medium as contents name it."""
        found, digest = closed.found, closed.sha256.hex()
        return File(closed.media_id, found.mime_type, digest, closed.size, closed.filename, found.animated)

    async def give_up(self, place: Place) -> None:
        """Leave nothing of a medium behind. What fails now is done by the sweeper."""
        try:
            await self.submit(GiveUp(place.media_id))
            await self.vault.drop(place)
            await self.submit(Forget(place.media_id))
        except Exception as fault:  # noqa: BLE001 - whatever keeps us from it passes, and the sweeper comes again
            _LOG.warning("medium_left_to_the_sweeper", media_id=place.media_id, why=repr(fault))
