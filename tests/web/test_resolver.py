"""What is behind the media that a company names: ids, links, handles."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from takt.actions.media import Close, Open, look_after
from takt.clock import CLOCK
from takt.core.address import Permission
from takt.core.content import File, MediaFault, Source
from takt.core.ids import slot_of_node
from takt.core.media import INBOX_LIFE, OPEN_LIFE, Found
from takt.intake import Intake
from takt.lanes import Lanes
from takt.store.media import NewMedium, Owner
from takt.vaults.database import DatabaseVault
from takt.wakes import Wakes
from takt.web.resolver import MediaResolver
from takt.wire import media as wire
from takt.wire.errors import WireError
from takt.workers import outbound
from takt.workers.outbound import Outbound
from tests import samples
from tests.inbox import StoppedClock
from tests.receiver import Receiver, Reply, receiving
from tests.world import NOW, World


@dataclass(frozen=True, slots=True)
class Bench:
    """A resolver with what it rests on."""

    world: World
    resolver: MediaResolver
    intake: Intake
    clock: StoppedClock

    async def upload(self, raw: bytes, *, owner: Owner | None = None) -> File:
        own = owner or Owner(self.world.business.business_id, self.world.outreach.sender_id)
        async with self.intake.taking(own) as taking:
            await taking.feed(raw)
            file = await self.intake.finish(taking, None, "a.bin")
        assert isinstance(file, File)
        return file

    async def find(self, kind: str, *, media_id: str | None = None, link: str | None = None) -> object:
        source = Source(media_id, link)
        found = await self.resolver.resolve(self.world.outreach, [(kind, kind, source)])
        return found if isinstance(found, MediaFault | WireError) else found[source]

    async def expiry(self, media_id: str) -> datetime:
        part = self.world.site.part_of(slot_of_node(media_id) or 0)
        rows = await self.world.rows("SELECT expires_at FROM media WHERE part = $1 AND media_id = $2", part, media_id)
        found: datetime = rows[0][0]
        return found


@pytest.fixture
async def bench(world: World) -> AsyncIterator[Bench]:
    clock = StoppedClock()
    lanes = Lanes(look_after, world.site, Wakes(), clock.now)
    intake = Intake(world.site, lanes, DatabaseVault(world.site), clock)
    out = Outbound(Permission(loopback=True), CLOCK)
    running = asyncio.create_task(lanes.run())
    yield Bench(world, MediaResolver(world.site, intake, out, clock), intake, clock)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await out.aclose()


@asynccontextmanager
async def serving(raw: bytes, content_type: str = "image/png", status: int = 200) -> AsyncIterator[Receiver]:
    def answer(_: object) -> Reply:
        return status, raw

    head = f"content-type: {content_type}\r\n" if content_type else ""
    async with receiving(answer, head) as receiver:
        yield receiver


def details(found: object) -> str:
    assert isinstance(found, MediaFault), found
    return found.details


async def test_an_upload_is_found_and_kept(bench: Bench) -> None:
    file = await bench.upload(samples.PNG)
    assert await bench.expiry(file.media_id) == NOW + timedelta(days=30)
    assert await bench.find("image", media_id=file.media_id) == file
    assert await bench.expiry(file.media_id) == NOW + INBOX_LIFE
    bench.clock.at = NOW + timedelta(days=20)
    await bench.find("image", media_id=file.media_id)
    assert await bench.expiry(file.media_id) == NOW + INBOX_LIFE, "not written down at every send"
    bench.clock.at = NOW + timedelta(days=29, hours=23)
    await bench.find("image", media_id=file.media_id)
    bench.clock.at = NOW + timedelta(days=30)
    assert isinstance(await bench.find("image", media_id=file.media_id), WireError)


async def test_ids_of_others_and_of_nobody_are_told_at_once(bench: Bench, world: World) -> None:
    foreign = await bench.upload(samples.PNG, owner=Owner(CLOCK.new_id(), "1"))
    brought = await bench.upload(samples.PNG, owner=Owner(recipient_id=CLOCK.new_id()))
    opened = await bench.intake.open(
        lambda name, key: Open(NewMedium(name, Owner(world.business.business_id), key), OPEN_LIFE)
    )
    for name in (foreign.media_id, brought.media_id, opened.new.media_id, "600010000000001", "1", "", "x" * 99):
        found = await bench.find("image", media_id=name)
        assert isinstance(found, WireError)
        assert (found.code, found.details[:14]) == (131009, "image.id must ")


async def test_an_id_of_the_wrong_kind_is_a_fault(bench: Bench) -> None:
    file = await bench.upload(samples.MP3)
    assert details(await bench.find("voice", media_id=file.media_id)).startswith("voice.id must be audio/ogg")
    assert details(await bench.find("image", media_id=file.media_id)).startswith("image.id must be image/jpeg")
    assert await bench.find("document", media_id=file.media_id) == file
    voice = await bench.upload(samples.opus())
    assert await bench.find("voice", media_id=voice.media_id) == voice


async def test_a_link_is_fetched_once_in_ten_minutes(bench: Bench) -> None:
    async with serving(samples.PNG) as receiver:
        url = f"{receiver.url}/Bild%20eins.png"
        found = await asyncio.gather(*(bench.find("image", link=url) for _ in range(5)))
        first = found[0]
        assert isinstance(first, File)
        assert set(found) == {first}
        assert (first.mime_type, first.filename, first.size) == ("image/png", "Bild eins.png", len(samples.PNG))
        assert await bench.find("document", link=url) == first
        assert len(receiver.got) == 1
        bench.clock.at = NOW + timedelta(minutes=10)
        later = await bench.find("image", link=url)
        assert isinstance(later, File)
        assert later.media_id != first.media_id
        assert len(receiver.got) == 2
        other = await bench.find("image", link=url + "?v=2")
        assert other != later
    assert await bench.expiry(first.media_id) == NOW + INBOX_LIFE


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "says"),
    [
        (samples.PNG, "image/png", 404, "was answered with status 404"),
        (samples.PNG, "", 200, "Content-Type"),
        (samples.PNG, "application/octet-stream", 200, "Content-Type"),
        (samples.PNG, "image/jpeg", 200, "is called image/jpeg, but its bytes are image/png"),
        (samples.GIF, "image/gif", 200, "must be image/jpeg or image/png"),
        (b"", "image/png", 200, "something else"),
        (samples.PNG + b"x" * 5_300_000, "image/png", 200, "at most 5242880 bytes"),
    ],
)
async def test_a_link_that_does_not_fit_is_a_fault_and_leaves_nothing(
    bench: Bench, raw: bytes, content_type: str, status: int, says: str
) -> None:
    async with serving(raw, content_type, status) as receiver:
        told = details(await bench.find("image", link=receiver.url))
    assert told.startswith("image.link ")
    assert says in told
    rows = await bench.world.rows("SELECT mime_type FROM media WHERE part = any($1)", bench.world.site.parts)
    assert rows == []


async def test_links_that_lead_nowhere(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "must be a public https address" in details(await bench.find("image", link="https://10.0.0.1/x.png"))
    assert "must be a public https address" in details(await bench.find("image", link="ftp://x.example/"))
    assert "cannot be reached" in details(await bench.find("image", link="http://127.0.0.1:1/x.png"))
    assert "not known" in details(await bench.find("image", link="http://nobody.invalid/"))
    monkeypatch.setattr(outbound, "FETCH_S_MAX", 0.2)

    async def silent(_: object) -> Reply:
        await asyncio.sleep(5)
        return 200, b""

    async with receiving(silent) as receiver:
        assert "in time" in details(await bench.find("image", link=receiver.url))


async def test_a_wrong_id_comes_before_any_fetch(bench: Bench) -> None:
    async with serving(samples.PNG) as receiver:
        wanted = [("header.image", "image", Source(link=receiver.url)), ("image", "image", Source("1"))]
        assert isinstance(await bench.resolver.resolve(bench.world.outreach, wanted), WireError)
        assert receiver.got == []


async def test_a_handle_is_a_file_and_is_kept(bench: Bench) -> None:
    file = await bench.upload(samples.PNG)
    business = bench.world.business
    assert await bench.resolver.of_handle("profile_picture_handle", wire.handle(file), business) == file
    assert await bench.expiry(file.media_id) == NOW + INBOX_LIFE
    foreign = await bench.upload(samples.PNG, owner=Owner(CLOCK.new_id(), "1"))
    for wrong in (wire.handle(foreign), "4::x", "", "4::aW1h:MQ=="):
        found = await bench.resolver.of_handle("profile_picture_handle", wrong, business)
        assert isinstance(found, WireError)
        assert found.details.startswith("profile_picture_handle must be a handle")


async def test_nothing_closes_twice(bench: Bench) -> None:
    file = await bench.upload(samples.PNG)
    owner = Owner(bench.world.business.business_id)
    assert not await bench.intake.submit(Close(file.media_id, owner, Found("image/png"), 1, b"y" * 32, None))
