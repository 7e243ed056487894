"""What Mara and Nordwind's service said to each other two days ago: a newcomer sees what messages can be.

Nothing is written beside the actions: the same that run in the lanes run here, with the instants of back then. Mara had
the last word, and the service window is closed again, so the demo begins as if she had written to nobody.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from takt.actions import presence
from takt.actions.acknowledge import Acknowledge, acknowledge
from takt.actions.media import Close, Keep, Open, look_after
from takt.actions.presence import SetPresence
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.receive import Receive, Write, Written
from takt.actions.send import Send
from takt.clock import Clock
from takt.core.content import Content, File, MediaContent, ReactionContent, Reply, Said, Source, TextContent
from takt.core.ids import NodeSort, slot_of, slot_of_node, wamid
from takt.core.media import OPEN_LIFE
from takt.core.message import Accepted, SendMessage, Status
from takt.core.sniffing import sniff
from takt.core.value import value
from takt.demo import story, world
from takt.demo.seed import business_id, recipient_id
from takt.demo.story import FileSeed
from takt.store.media import NewMedium, Owner
from takt.store.pool import Conn, transaction
from takt.store.reference import Reference
from takt.store.site import Site
from takt.vault import Place, Vault
from takt.wire.interactive import parse_interactive

FILES: Final = Path(__file__).with_name("files")
AGO: Final = timedelta(days=2)


async def write(site: Site, vault: Vault, clock: Clock) -> None:
    """Keep the files, show the senders' faces, and let the conversation have happened."""
    files = {one.key: await _keep(site, vault, clock, one) for one in story.FILES}
    part = site.part_of(slot_of(recipient_id(world.PEOPLE[0])))
    async with transaction(site.everywhere) as conn:
        shown = [_presence(one.sender_id, files["face"]) for one in world.BUSINESSES[0].senders]
        await presence.set_presence(conn, site.parts[0], list(shown), clock.now(), again=False)
    async with transaction(site.pool(part)) as conn:
        await _Talk(conn, part, len(site.parts), clock, files).happen()


async def _keep(site: Site, vault: Vault, clock: Clock, plan: FileSeed) -> File:
    """A file of Nordwind's, brought in as an upload would be."""
    raw, owner = (
        (FILES / plan.name).read_bytes(),
        Owner(business_id("nordwind"), world.BUSINESSES[0].senders[1].sender_id),
    )
    media_id = clock.new_node_id(NodeSort.MEDIA)
    slot = slot_of_node(media_id)
    assert slot is not None, "we made it just now"
    assert len(raw) <= vault.chunk_bytes, "the files of the demo are small"
    place, digest = Place(site.part_of(slot), media_id), sha256(raw).digest()
    found = sniff(raw)
    assert found is not None, "its bytes say what it is"
    opened = Open(NewMedium(media_id, owner, clock.new_secret()), OPEN_LIFE)
    closed = Close(media_id, owner, found, len(raw), digest, plan.shown_name)
    async with transaction(site.pool(place.part)) as conn:
        await look_after(conn, place.part, [opened], clock.now(), again=False)
    await vault.put(place, 0, raw)
    async with transaction(site.pool(place.part)) as conn:
        await look_after(conn, place.part, [closed, Keep(media_id)], clock.now(), again=False)
    return File(media_id, found.mime_type, digest.hex(), len(raw), plan.shown_name)


def _presence(sender_id: str, face: File) -> SetPresence:
    return SetPresence(sender_id, story.PROFILE, story.AUTOMATION, picture=face.media_id)


@value
class _Line:
    """A message of the conversation, by its id."""

    message_id: UUID
    cursor: int


class _Talk:
    """The conversation as it goes on, in the transaction of Mara's part."""

    def __init__(self, conn: Conn, part: int, parts: int, clock: Clock, files: dict[str, File]) -> None:
        self._conn = conn
        self._part = part
        self._clock = clock
        self._files = files
        self._at = clock.now() - AGO
        reference = Reference()
        self._send = Send(reference, clock.new_id, parts)
        self._receive = Receive(reference, clock.new_id, story.ORIGIN)
        self._receipts = TakeReceipts(reference, clock.new_id)
        self._mara = world.PEOPLE[0]
        self._sender_id = world.BUSINESSES[0].senders[1].sender_id

    async def happen(self) -> None:
        """Say everything that was said, and let both sides have read it."""
        await self._say(TextContent(story.QUESTION))
        jacket = await self._answer(self._medium("image", "jacket", story.JACKET))
        sizes = await self._answer(parse_interactive(story.SIZES))
        await self._say(Reply("list_reply", **story.SIZE), sizes.message_id)
        await self._answer(self._medium("document", "care", story.CARE))
        await self._answer(self._medium("audio", "greeting"))
        fitting = await self._answer(parse_interactive(story.FITTING))
        await self._read(fitting.cursor)
        await self._say(ReactionContent(wamid(jacket.message_id), "😍"))
        last = await self._say(TextContent(story.THANKS))
        await acknowledge(
            self._conn,
            self._part,
            [Acknowledge(self._sender_id, message_id=last.message_id)],
            self._later(),
            again=False,
        )

    def _medium(self, kind: str, key: str, caption: str | None = None) -> MediaContent:
        file = self._files[key]
        return MediaContent(kind, Source(file.media_id), caption, file.filename, voice=kind == "audio")

    async def _answer(self, content: Content) -> _Line:
        """Nordwind writes."""
        message_id = self._clock.new_id(slot_of(recipient_id(self._mara)))
        files = {Source(one.media_id): one for one in self._files.values()}
        used = {content.source: files[content.source]} if isinstance(content, MediaContent) else {}
        command = SendMessage(
            message_id, self._sender_id, self._mara.wa_id, self._mara.wa_id, content, files=used, verdict_at_once=True
        )
        done = await self._send(self._conn, self._part, [command], self._later(), again=False)
        [answer] = done.answers
        assert isinstance(answer, Accepted), answer
        return _Line(message_id, answer.cursor)

    async def _say(self, content: Said, context_id: UUID | None = None) -> _Line:
        """Mara writes."""
        message_id = self._clock.new_id(slot_of(recipient_id(self._mara)))
        client_id = f"demo {message_id}"
        command = Write(message_id, recipient_id(self._mara), self._sender_id, client_id, content, context_id)
        done = await self._receive(self._conn, self._part, [command], self._later(), again=False)
        [answer] = done.answers
        assert isinstance(answer, Written), answer
        return _Line(message_id, answer.cursor)

    async def _read(self, through: int) -> None:
        receipt = Receipt(recipient_id(self._mara), Status.READ, through, self._sender_id)
        await self._receipts(self._conn, self._part, [receipt], self._later(), again=False)

    def _later(self) -> datetime:
        self._at += timedelta(minutes=1, seconds=20)
        return self._at
