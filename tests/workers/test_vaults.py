"""The three vaults keep the same promise; the storage checks every signature; nothing large is ever held whole."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from takt.actions.media import look_after
from takt.clock import CLOCK
from takt.core.content import File
from takt.core.ids import NodeSort
from takt.core.media import OPEN_LIFE, SESSION_LIFE
from takt.intake import DOWNLOADS_AT_ONCE_MAX, INTAKES_AT_ONCE_MAX, Intake, TooMuchError
from takt.lanes import LaneFullError, Lanes
from takt.store import media
from takt.store.media import NewMedium, Owner, Use
from takt.store.pool import transaction
from takt.store.site import Site
from takt.vault import BytesGone, Place, Vault, VaultAway, read
from takt.vaults import Bucket, InDatabase, InDirectory, Room, open_vault
from takt.vaults.s3 import S3Vault
from takt.wakes import Wakes
from takt.web.media import file_answer
from takt.wire.sigv4 import Keys
from takt.workers.media_sweep import MediaSweep
from tests import samples
from tests.storage import ACCESS, REGION, SECRET, storing
from tests.world import NOW, World

KEYS = Keys(ACCESS, SECRET, REGION)
MIB = 1024 * 1024


@pytest.fixture(params=["database", "directory", "s3"])
async def vault(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> AsyncIterator[Vault]:
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(storing())
        match request.param:
            case "database":
                room: Room = InDatabase()
            case "directory":
                room = InDirectory(str(tmp_path / "media"))
            case _:
                room = Bucket(storage.endpoint, "media", "takt/", KEYS)
        made = open_vault(room, site, CLOCK)
        stack.callback(made.close)
        yield made
        assert storage.refused == []


async def opened(site: Site, part: int) -> Place:
    slot = next(slot for slot in range(4096) if site.part_of(slot) == part)
    place = Place(part, CLOCK.new_node_id(NodeSort.MEDIA, slot))
    async with transaction(site.pool(part)) as conn:
        await media.add(conn, part, NewMedium(place.media_id, Owner(CLOCK.new_id()), "key"), NOW, NOW + OPEN_LIFE)
    return place


async def test_chunks_come_back_and_go(vault: Vault, site: Site) -> None:
    place, other = await opened(site, site.parts[-1]), await opened(site, site.parts[0])
    whole = [bytes([number]) * vault.chunk_bytes for number in range(3)]
    for number, chunk in enumerate([*whole, b"end"]):
        await vault.put(place, number, chunk)
    await vault.put(place, 1, whole[2])
    await vault.put(other, 0, b"other")
    assert [await vault.get(place, number) for number in range(4)] == [whole[0], whole[2], whole[2], b"end"]
    start, end = vault.chunk_bytes - 2, 3 * vault.chunk_bytes + 2
    found = b"".join([piece async for piece in read(vault, place, start, end)])
    assert found == b"\x00\x00" + whole[2] + whole[2] + b"en"
    with pytest.raises(BytesGone):
        await vault.get(place, 4)
    await vault.drop(place)
    await vault.drop(place)
    for number in range(4):
        with pytest.raises(BytesGone):
            await vault.get(place, number)
    assert await vault.get(other, 0) == b"other"


async def test_a_wrong_key_is_refused_and_told(site: Site) -> None:
    async with storing() as storage:
        bucket = Bucket(storage.endpoint, "media", "", replace(KEYS, secret_key="wrong"))
        vault = S3Vault(bucket, CLOCK)
        with pytest.raises(VaultAway, match="403"):
            await vault.put(Place(0, "600010000000001"), 0, b"x")
        vault.close()
        assert storage.refused == ["wrong signature"]
        assert storage.objects == {}
        assert "wrong" not in repr(bucket), "the key is in no log"


async def test_a_storage_that_stumbles_is_asked_again(site: Site) -> None:
    place = Place(0, "600010000000001")
    async with storing() as storage:
        vault = S3Vault(Bucket(storage.endpoint, "media", "a b/ü+~/", KEYS), CLOCK)
        storage.failing = 2
        await vault.put(place, 0, b"x")
        assert storage.objects == {"/media/a b/ü+~/600010000000001/00000": b"x"}
        assert storage.methods == ["PUT"] * 3
        storage.failing = 3
        with pytest.raises(VaultAway, match="503"):
            await vault.get(place, 0)
        for number in range(5):
            await vault.put(place, number, b"x")
        await vault.drop(place)
        assert storage.objects == {}
        assert storage.refused == []
    with pytest.raises(VaultAway):
        await vault.put(place, 0, b"x")
    vault.close()


async def test_a_directory_that_cannot_be_written_is_away(tmp_path: Path, site: Site) -> None:
    (tmp_path / "file").write_text("x")
    vault = open_vault(InDirectory(str(tmp_path / "file")), site, CLOCK)
    with pytest.raises(VaultAway):
        await vault.put(Place(0, "600010000000001"), 0, b"x")


@pytest.fixture
async def intake(site: Site, vault: Vault) -> AsyncIterator[Intake]:
    lanes = Lanes(look_after, site, Wakes(), CLOCK.now)
    running = asyncio.create_task(lanes.run())
    yield Intake(site, lanes, vault, CLOCK)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_large_file_is_never_held_whole(intake: Intake) -> None:
    """64 MiB in and out; what stands in memory at most is a few chunks."""
    pieces, hashed = 64 * 16, sha256()
    in_memory = isinstance(intake.vault, S3Vault)  # there the storage itself is in this process
    tracemalloc.start()
    try:
        async with intake.taking(Owner(CLOCK.new_id())) as taking:
            for number in range(pieces):
                piece = (b"%PDF-" if not number else number.to_bytes(5, "big")).ljust(64 * 1024, b".")
                hashed.update(piece)
                await taking.feed(piece)
            file = await intake.finish(taking, "application/pdf", "a.pdf")
        assert isinstance(file, File)
        assert (file.size, file.sha256) == (64 * MIB, hashed.hexdigest())
        kept, peak_in = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        answer = await file_answer(intake, file, {"headers": [], "method": "GET"})
        got = sha256()

        async def send(message: Any) -> None:
            got.update(message.get("body", b""))

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        await answer({"headers": [], "method": "GET"}, receive, send)
        _, peak_out = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert got.hexdigest() == file.sha256
    own = kept if in_memory else 0
    assert peak_in - own < 8 * MIB
    assert peak_out - own < 8 * MIB


async def test_too_much_ends_at_once_and_leaves_nothing(intake: Intake, site: Site) -> None:
    with pytest.raises(TooMuchError):
        async with intake.taking(Owner(CLOCK.new_id())) as taking:
            await taking.feed(samples.PNG)
            for _ in range(200):
                await taking.feed(b"x" * 64 * 1024)
    assert taking.size < 5 * MIB + 64 * 1024 + 1
    assert await site.everywhere.fetchval("SELECT count(*) FROM media WHERE part = any($1)", site.parts) == 0
    with pytest.raises(BytesGone):
        await intake.vault.get(taking.place, 0)


async def test_there_is_an_end_to_how_many_come_in(site: Site) -> None:
    lanes = Lanes(look_after, site, Wakes(), CLOCK.now)
    running = asyncio.create_task(lanes.run())
    intake = Intake(site, lanes, open_vault(InDatabase(), site, CLOCK), CLOCK)
    async with AsyncExitStack() as stack:
        for _ in range(INTAKES_AT_ONCE_MAX):
            await stack.enter_async_context(intake.taking(Owner(CLOCK.new_id())))
        with pytest.raises(LaneFullError):
            await stack.enter_async_context(intake.taking(Owner(CLOCK.new_id())))
    async with intake.taking(Owner(CLOCK.new_id())):
        pass
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_there_is_an_end_to_how_many_go_out(intake: Intake) -> None:
    async with intake.taking(Owner(CLOCK.new_id())) as taking:
        await taking.feed(samples.PNG)
        file = await intake.finish(taking, None, None)
    assert isinstance(file, File)
    scope: Any = {"headers": [], "method": "GET"}
    answer, sent = await file_answer(intake, file, scope), list[Any]()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    with ExitStack() as stack:
        for _ in range(DOWNLOADS_AT_ONCE_MAX):
            stack.enter_context(intake.exits.one())
        await answer(scope, receive, send)
        assert sent[0]["status"] == 503
    await answer(scope, receive, send)
    assert sent[2]["status"] == 200


async def test_the_sweep_drops_what_is_over(vault: Vault, world: World) -> None:
    site, later = world.site, CLOCK.now() + timedelta(days=1)
    place = await opened(site, site.parts[-1])
    gone, fresh = await opened(site, site.parts[0]), await opened(site, site.parts[0])
    async with transaction(site.everywhere) as conn:
        await media.set_times(conn, fresh.part, fresh.media_id, later, later)
        await media.set_gone(conn, gone.part, gone.media_id, NOW)  # somebody died before its bytes were dropped
    for one in (place, gone, fresh):
        await vault.put(one, 0, b"x")
    person = await world.add_person(world.numbers(site.parts[0], 1)[0])
    for days in (400, 3):
        at = CLOCK.now() - timedelta(days=days)
        async with transaction(site.pool(person.part)) as conn:
            use = Use(person.recipient_id, f"60001000000000{days % 10}", CLOCK.new_id(), CLOCK.new_id())
            await media.note_uses(conn, person.part, [use], at, at + SESSION_LIFE)
            await media.set_link(conn, person.part, CLOCK.new_id(), bytes(32), "6", at)
    await world.execute("UPDATE media SET expires_at = $2 WHERE media_id = $1", place.media_id, CLOCK.now())
    await MediaSweep(site, vault, CLOCK).sweep()
    assert await world.rows("SELECT media_id FROM media") == [(fresh.media_id,)]
    assert await vault.get(fresh, 0) == b"x"
    for one in (place, gone):
        with pytest.raises(BytesGone):
            await vault.get(one, 0)
    assert (await world.count("media_use"), await world.count("media_link")) == (1, 0)


async def test_what_fails_to_be_dropped_is_left_for_later(world: World) -> None:
    async with storing() as storage:
        vault = S3Vault(Bucket(storage.endpoint, "media", "", KEYS), CLOCK)
        place = await opened(world.site, world.site.parts[0])
        await vault.put(place, 0, b"x")
        sweep = MediaSweep(world.site, vault, CLOCK)
        storage.failing = 3
        await world.execute("UPDATE media SET expires_at = $1", NOW - timedelta(days=365))
        await sweep.sweep()
        assert await world.rows("SELECT state FROM media") == [("gone",)]
        await sweep.sweep()
        assert await world.rows("SELECT state FROM media") == []
        assert storage.objects == {}
        vault.close()
