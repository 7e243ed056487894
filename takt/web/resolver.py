"""What is behind the media that a company names: uploads by their ids, links by fetching them, handles of sessions.

A wrong id is told at once; a link that leads nowhere, or bytes that do not fit, are a fault that becomes a `failed`
status. What is found is kept for those who will see it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from hashlib import sha256
from typing import Final, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from takt.actions.media import Keep, Link
from takt.clock import Clock
from takt.core.content import File, Files, MediaFault, Source
from takt.core.ids import slot_of_node
from takt.core.media import INBOX_LIFE, clean_filename, judge, plain_type, too_large
from takt.intake import Intake, TooMuchError
from takt.store import gallery
from takt.store.gallery import Medium
from takt.store.media import Owner
from takt.store.reference import Business, Sender
from takt.store.site import Site
from takt.wire import errors
from takt.wire import media as wire
from takt.wire.errors import WireError

FETCHES_AT_ONCE_MAX: Final = 16

T = TypeVar("T")

_WORDS: Final[Mapping[str, str]] = {
    "address_refused": "must be a public https address",
    "name_unknown": "names a host that is not known",
    "timeout": "did not answer in time",
    "tls": "has no valid certificate",
    "connect": "cannot be reached",
    "broken": "gave an answer that breaks off or is none",
    "redirects": "leads on more than three times",
}


class Fetcher(Protocol):
    """Fetches what is behind foreign addresses; see `takt.workers.outbound`."""

    async def fetch(self, url: str, take: Callable[[str | None, AsyncIterator[bytes]], Awaitable[T]]) -> T | str:
        """Hand type and body to `take`, and give what it makes of them, or a word for why there is nothing."""
        ...


class MediaResolver:
    """Finds the files behind sources, for one company at a time."""

    def __init__(self, site: Site, intake: Intake, fetcher: Fetcher, clock: Clock) -> None:
        self._site = site
        self._intake = intake
        self._fetcher = fetcher
        self._clock = clock
        self._fetching = asyncio.Semaphore(FETCHES_AT_ONCE_MAX)
        self._under_way: dict[tuple[str, str, str], asyncio.Task[Medium | MediaFault]] = {}

    async def resolve(
        self, sender: Sender, wanted: Iterable[tuple[str, str, Source]]
    ) -> Files | MediaFault | WireError:
        """The files behind these sources, each with its path in the request and its kind; `voice` is a recorded note.

        All ids are looked at before any link is fetched, so that a wrong id costs nobody a wait.
        """
        found: dict[Source, File] = {}
        fault: MediaFault | None = None
        for path, kind, source in sorted(wanted, key=lambda one: one[2].media_id is None):
            medium = await self._one(sender, path, kind, source)
            match medium:
                case WireError():
                    return medium
                case MediaFault():
                    fault = fault or medium
                case Medium():
                    found[source] = medium.file
        return fault or found

    async def of_handle(self, name: str, handle: str, business: Business) -> File | WireError:
        """The file behind a handle (`4::…`), which is kept from now on; `name` is the field to be named."""
        media_id = wire.parse_handle(handle)
        medium = await self._own(media_id, business) if media_id is not None else None
        if medium is None or not await self._kept(medium):
            return errors.invalid_parameter(name, "must be a handle that an upload of this company gave")
        return medium.file

    async def _one(self, sender: Sender, path: str, kind: str, source: Source) -> Medium | MediaFault | WireError:
        if source.media_id is not None:
            medium = await self._own(source.media_id, sender.business)
            name = f"{path}.id"
            if medium is None:
                return errors.bad_value(name, "must be a medium that this company uploaded within the last 30 days")
        else:
            assert source.link is not None, "a source has one of the two"
            name = f"{path}.link"
            linked = await self._behind(sender, name, kind, source.link)
            if isinstance(linked, MediaFault):
                return linked
            medium = linked
        fault = judge(name, kind, medium.found, medium.size)
        if fault is not None:
            return fault
        if not await self._kept(medium):
            return errors.bad_value(name, "was deleted just now")
        return medium

    async def _own(self, media_id: str, business: Business) -> Medium | None:
        medium = await self._find(media_id)
        if medium is None or medium.state != "whole" or medium.business_id != business.business_id:
            return None
        return medium if medium.served_until > self._clock.now() else None

    async def _find(self, media_id: str) -> Medium | None:
        slot = slot_of_node(media_id)
        if slot is None:
            return None
        part = self._site.part_of(slot)
        async with self._site.pool(part).acquire() as conn:
            return await gallery.find(conn, part, media_id, self._clock.now())

    async def _kept(self, medium: Medium) -> bool:
        """Let the bytes outlive the upload; much sent media are written down once in a while only."""
        slack = INBOX_LIFE / 12
        if medium.used and medium.expires_at > self._clock.now() + INBOX_LIFE - slack:
            return True
        return await self._intake.submit(Keep(medium.media_id))

    async def _behind(self, sender: Sender, name: str, kind: str, link: str) -> Medium | MediaFault:
        """What is behind a link; those who ask at the same time wait for one fetch."""
        key = (sender.sender_id, kind, link)
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._look_up(sender, name, kind, link))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key))
        return await asyncio.shield(task)

    async def _look_up(self, sender: Sender, name: str, kind: str, link: str) -> Medium | MediaFault:
        business, hashed = sender.business, sha256(link.encode("utf-8", "surrogatepass")).digest()
        part = business.contract_part
        async with self._site.pool(part).acquire() as conn:
            known = await gallery.find_link(conn, part, business.business_id, hashed, self._clock.now())
        medium = await self._own(known, business) if known is not None else None
        if medium is not None:
            return medium
        fetched = await self._fetch(sender, name, kind, link)
        if isinstance(fetched, MediaFault):
            return fetched
        await self._intake.submit(Link(business.contract_id, business.business_id, hashed, fetched.media_id))
        medium = await self._find(fetched.media_id)
        assert medium is not None, "it was closed just now"
        return medium

    async def _fetch(self, sender: Sender, name: str, kind: str, link: str) -> File | MediaFault:
        async def take(content_type: str | None, body: AsyncIterator[bytes]) -> File | MediaFault:
            if plain_type(content_type) is None:
                return MediaFault(f"{name} must be answered with a Content-Type that says what it is")
            owner = Owner(sender.business.business_id, sender.sender_id)
            async with self._intake.taking(owner, kind=kind) as taking:
                try:
                    async for piece in body:
                        await taking.feed(piece)
                except TooMuchError as much:
                    return too_large(name, much.kind, much.found)
                return await self._intake.finish(taking, content_type, _last_name(link), name)

        async with self._fetching:
            got = await self._fetcher.fetch(link, take)
        return MediaFault(f"{name} {_sentence(got)}") if isinstance(got, str) else got


def _sentence(word: str) -> str:
    if word.startswith("status_"):
        return f"was answered with status {word.removeprefix('status_')}, and must be with 200"
    return _WORDS.get(word, _WORDS["broken"])


def _last_name(link: str) -> str | None:
    return clean_filename(unquote(urlsplit(link).path))
