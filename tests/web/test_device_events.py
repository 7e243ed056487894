"""The live stream of an inbox: its rows in order, each once, over any number of connections."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from takt.store import reading
from takt.web.device import streams
from tests.device import Device, Messenger, ok, open_messenger, post, refused, stream
from tests.inbox import Event, Stream
from tests.letters import answer
from tests.world import World, template_to


@pytest.fixture
async def messenger(world: World) -> AsyncIterator[Messenger]:
    async with open_messenger(world, projecting=True) as opened:
        yield opened


@pytest.fixture
async def mara(messenger: Messenger) -> AsyncIterator[Device]:
    async with messenger.device(await messenger.person()) as device:
        yield device


async def test_rows_come_live_under_their_cursors(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    async with stream(mara) as opened:
        assert await opened.next() == Event("hello", None, {"cursor": 0})
        _, cursor = await messenger.send(template_to(world, mara.person.wa_id))
        message = await opened.next()
        assert (message.name, message.number, message.data["text"]) == ("message", cursor, "Neues zu 4711.")
        assert message.data == (await ok(await mara.http.get("/inbox")))["messages"][0]
        read = {"status": "read", "through": cursor, "sender": world.outreach.sender_id}
        await ok(await mara.http.post("/receipts", json=read))
        seen = await opened.next()
        assert (seen.name, seen.number) == ("notice", 2)
        assert seen.data == {"cursor": 2, "kind": "seen", "sender": world.outreach.sender_id, "through": 1}
        await ok(await mara.http.post("/messages", json=post(world.support.sender_id)))
        own = await opened.next()
        assert (own.number, own.data["mine"], own.data["client_id"]) == (3, True, "c1")
        status = await opened.next()
        assert (status.number, status.data["kind"], status.data["status"]) == (4, "status", "delivered")


async def test_other_people_s_rows_stay_theirs(messenger: Messenger, mara: Device) -> None:
    other = await messenger.person(1, name="Jonas")
    async with stream(mara) as opened:
        await opened.next()
        await messenger.send(template_to(messenger.world, other.wa_id))
        await messenger.send(template_to(messenger.world, mara.person.wa_id, "order_update", "mine"))
        assert (await opened.next()).data["text"] == "Neues zu mine."


async def test_it_is_resumed_behind_the_last_event_seen(messenger: Messenger, mara: Device) -> None:
    for number in range(4):
        await messenger.send(template_to(messenger.world, mara.person.wa_id, "order_update", str(number)))

    async def first(after: int | None, **headers: str) -> int | None:
        async with stream(mara, after, **headers) as opened:
            assert (await opened.next()).data["cursor"] >= 4
            await messenger.send(template_to(messenger.world, mara.person.wa_id))
            return (await opened.next()).number

    assert await first(0) == 1
    assert await first(2) == 3
    # The header of a browser that comes back counts more than the address it first asked.
    assert await first(0, **{"Last-Event-ID": "3"}) == 4
    assert await first(None) == 8
    # A cursor of the future, as after a restored backup, must not silence the stream.
    assert await first(4000) == 9


async def test_interrupted_again_and_again_nothing_is_lost_or_doubled(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAGE_MAX", 3)
    world, chance = messenger.world, random.Random(7)

    async def live() -> None:
        """All that can happen in an inbox, in a colourful order."""
        for number in range(40):
            match chance.randrange(4):
                case 0:
                    body = post(world.support.sender_id, str(number), client_id=str(number))
                    await ok(await mara.http.post("/messages", json=body))
                case 1:
                    await ok(await mara.http.post("/receipts", json={"status": "read", "through": 1000}))
                case 2:
                    wish = {"purpose": "marketing", "granted": bool(number % 2)}
                    await ok(await mara.http.put(f"/senders/{world.outreach.sender_id}/consent", json=wish))
                case _:
                    await messenger.send(template_to(world, mara.person.wa_id, "order_update", str(number)))
            await asyncio.sleep(0.005)

    living = asyncio.create_task(live())
    seen: list[int] = []
    while not living.done() or seen[-1:] != [await newest(mara)]:
        async with stream(mara, seen[-1] if seen else 0) as opened:
            for event in await some(opened, chance.randrange(1, 9)):
                assert event.data["cursor"] == event.number
                seen.append(event.number or 0)
    await living
    assert seen == list(range(1, seen[-1] + 1)), "every row of the inbox, in order, once"


async def newest(device: Device) -> int:
    return int((await ok(await device.http.get("/me")))["cursor"])


async def some(opened: Stream, count: int) -> list[Event]:
    """At most so many events, and fewer when nothing comes for a moment."""
    found: list[Event] = []
    try:
        assert (await opened.next()).name == "hello"
        while len(found) < count:
            found.append(await opened.next(0.3))
    except TimeoutError:
        pass
    return found


async def test_a_long_absence_is_caught_up_page_by_page(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAGE_MAX", 2)
    for _ in range(5):
        await answer(messenger.world, mara.person, messenger.world.support)
    async with stream(mara, 0) as opened:
        events = [await opened.next() for _ in range(6)]
    assert [event.number for event in events] == [None, 1, 2, 3, 4, 5]


async def test_typing_is_passed_on_and_forgotten(messenger: Messenger, mara: Device) -> None:
    async with stream(mara) as opened:
        await opened.next()
        messenger.wakes.signal(f"inbox:{mara.recipient_id}", f"typing:{messenger.world.support.sender_id}")
        assert await opened.next() == Event("typing", None, {"sender": messenger.world.support.sender_id})
    async with stream(mara) as opened:
        await opened.next()
        with pytest.raises(TimeoutError):
            await opened.next(0.2)


async def test_silence_is_broken_by_pings_even_if_woken_for_nothing(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PING_S", 0.2)
    async with stream(mara) as opened:
        await opened.next()

        async def disturb() -> None:
            while True:
                messenger.wake(mara.person)
                await asyncio.sleep(0.02)

        disturbing = asyncio.create_task(disturb())
        with pytest.raises(TimeoutError):
            await opened.next(1.5)
        disturbing.cancel()
        assert 3 <= opened.pings <= 8


async def test_a_lost_wake_up_costs_time_and_nothing_else(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PING_S", 0.05)
    monkeypatch.setattr(streams, "LOOK_S", 0.2)
    async with stream(mara) as opened:
        await opened.next()
        await answer(messenger.world, mara.person, messenger.world.support)
        assert (await opened.next()).number == 1


async def ended(opened: Stream) -> bool:
    try:
        while True:
            await opened.next(3)
    except (EOFError, httpx.RemoteProtocolError):
        return True
    except TimeoutError:
        return False


async def test_a_signed_out_device_hears_nothing_more(messenger: Messenger, mara: Device) -> None:
    async with messenger.device(mara.person, "other") as other, stream(mara) as mine, stream(other) as theirs:
        await mine.next()
        await theirs.next()
        await ok(await mara.http.post("/sign-out", headers={"X-Takt": "1"}), 204)
        assert await ended(mine)
        await messenger.send(template_to(messenger.world, mara.person.wa_id))
        assert (await theirs.next()).name == "message"


async def test_a_device_that_was_removed_hears_nothing_more(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PING_S", 0.05)
    monkeypatch.setattr(streams, "LOOK_S", 0.2)
    async with stream(mara) as opened:
        await opened.next()
        await messenger.world.execute("DELETE FROM device")
        assert await ended(opened)


async def test_of_many_streams_of_a_device_the_newest_four_stay(messenger: Messenger, mara: Device) -> None:
    async with stream(mara) as oldest:
        await oldest.next()
        async with stream(mara) as a, stream(mara) as b, stream(mara) as c, stream(mara) as d:
            for opened in (a, b, c, d):
                await opened.next()
            assert await ended(oldest)
            await messenger.send(template_to(messenger.world, mara.person.wa_id))
            for opened in (a, b, c, d):
                assert (await opened.next()).number == 1


async def test_a_client_that_leaves_is_noticed(messenger: Messenger, mara: Device) -> None:
    async with stream(mara) as opened:
        await opened.next()
        assert messenger.streams._count == 1
        assert len(messenger.wakes._waiting[f"inbox:{mara.recipient_id}"]) == 1
    async with asyncio.timeout(30):
        while messenger.streams._count:
            await asyncio.sleep(0.01)
    assert f"inbox:{mara.recipient_id}" not in messenger.wakes._waiting
    assert not messenger.streams._open


async def test_a_client_that_does_not_read_is_let_go(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SEND_S_MAX", 0.3)
    await answer(messenger.world, mara.person, messenger.world.support)
    await messenger.world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type,"
        " content, category, status, accepted_at) SELECT part, gen_random_uuid(), recipient_id, wa_id, sender_id,"
        """ business_id, false, n, 'text', ('{"body":"' || repeat('x', 4000) || '"}')::json, 'service', 'accepted',"""
        " accepted_at FROM message, generate_series(2, 4000) n",
    )
    await messenger.world.execute("UPDATE recipient SET cursor = 4000")
    at = urlsplit(messenger.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port, limit=1024)
    request = f"GET /device/v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {mara.token}\r\n\r\n"
    writer.write(request.encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    async with asyncio.timeout(30):
        while messenger.streams._count:
            await asyncio.sleep(0.05)
    writer.close()


async def test_a_full_house_says_when_to_come_back(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "STREAMS_MAX", 0)
    answered = await mara.http.get("/events")
    await refused(answered, 503, "too_many")
    assert answered.headers["retry-after"] == "5"


async def test_line_breaks_between_tokens_do_not_cut_an_event(messenger: Messenger, mara: Device) -> None:
    await answer(messenger.world, mara.person, messenger.world.support)
    await messenger.world.execute(
        "UPDATE message SET content = $1 WHERE part = $2",
        '{\n "body": "a\\nb",\r\n "preview_url": false}',
        mara.person.part,
    )
    async with stream(mara, 0) as opened:
        await opened.next()
        assert (await opened.next()).data["content"] == {"body": "a\nb", "preview_url": False}


async def test_streams_that_wake_together_read_together(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    read = reading.list_entries

    async def counting(conn: Any, part: int, behind: Sequence[Any], limit: int) -> Any:
        asked.append(len(behind))
        return await read(conn, part, behind, limit)

    monkeypatch.setattr(reading, "list_entries", counting)
    monkeypatch.setattr(streams, "TOGETHER_MAX", 30)
    for number in range(3):
        await messenger.send(template_to(messenger.world, mara.person.wa_id, "order_update", str(number)))
    reader, person = messenger.streams.reader, mara.person
    found = await asyncio.gather(*(reader.read(person.part, person.recipient_id, n % 4) for n in range(50)))
    assert [[entry.cursor for entry in entries] for entries in found[:4]] == [[1, 2, 3], [2, 3], [3], []]
    assert asked == [30, 20]


@pytest.mark.parametrize(
    ("fault", "is_ours"), [(ConnectionResetError("the database went away"), False), (ValueError("a mistake"), True)]
)
async def test_a_fault_ends_the_streams_it_meets_and_no_others(
    messenger: Messenger, mara: Device, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    fault: Exception, *, is_ours: bool,
) -> None:  # fmt: skip
    read = reading.list_entries
    async with stream(mara) as opened:
        await opened.next()

        async def failing(*_: Any) -> Any:
            raise fault

        monkeypatch.setattr(reading, "list_entries", failing)
        messenger.wake(mara.person)
        assert await ended(opened)
    assert ("a stream failed" in caplog.text) == is_ours, "the database may be away, our own mistakes are told"
    monkeypatch.setattr(reading, "list_entries", read)
    await messenger.send(template_to(messenger.world, mara.person.wa_id))
    async with stream(mara, 0) as opened:
        await opened.next()
        assert (await opened.next()).number == 1
