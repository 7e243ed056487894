"""The live stream of the inbox: what changed comes, in order, and nothing is lost between two connections."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from takt.actions.outcome import desk_topic
from takt.wakes import Wakes
from takt.web.inbox import events
from takt.workers.desk import Projector
from tests.inbox import WRITE, Event, Inbox, key_of, stream
from tests.letters import write
from tests.world import NOW, Somebody


async def test_a_change_comes_as_a_card_under_its_number(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    key = key_of(person, inbox.world.support)
    async with stream(ines) as opened:
        assert await opened.next() == Event("hello", None, {"cursor": 0})
        await inbox.write(person, inbox.world.support, "Hallo")
        card = await opened.next()
        assert (card.name, card.number) == ("card", 1)
        assert card.data == (await ines.get(f"/threads/{key}")).json()
        assert await opened.next() == Event("message", None, {"key": key})
        await inbox.projected()
        await ines.post(f"/threads/{key}/read", headers=WRITE)
        read = await opened.next()
        assert (read.name, read.number, read.data["unread"]) == ("card", 2, 0)
        # Reading is no new message: what comes next is the answer.
        await inbox.answer(person, inbox.world.support, "Moin")
        assert [(await opened.next()).name for _ in range(2)] == ["card", "message"]


async def test_typing_is_shown_while_it_lasts(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    key = key_of(await inbox.person(), inbox.world.support)
    async with stream(ines) as opened:
        await opened.next()
        inbox.wakes.signal(desk_topic(inbox.world.business.business_id), f"typing:{key}")
        assert await opened.next() == Event("typing", None, {"key": key})


async def test_from_a_number_on_each_thread_comes_once_as_it_is_now(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    people = [await inbox.person(place, name=f"P{place}") for place in range(4)]
    for place, person in enumerate(people):
        await inbox.write(person, inbox.world.support, at=NOW + timedelta(seconds=place))
        await inbox.projected()
    await inbox.write(people[1], inbox.world.support, "noch da?")
    await inbox.projected()

    async def names(after: int | None, **headers: str) -> list[tuple[int | None, str]]:
        async with stream(ines, after, **headers) as opened:
            assert (await opened.next()).data == {"cursor": 5}
            await inbox.write(people[0], inbox.world.support, "Schluss")
            found: list[tuple[int | None, str]] = []
            while not found or found[-1][1] != "P0":
                card = await opened.until("card")
                found.append((card.number, card.data["name"]))
            await inbox.projected()
        await inbox.world.execute("UPDATE desk SET number = 5")
        await inbox.world.execute("UPDATE desk_card SET number = 1, version = 1 WHERE name = 'P0'")
        return found

    assert await names(1) == [(3, "P2"), (4, "P3"), (5, "P1"), (6, "P0")]
    assert await names(4) == [(5, "P1"), (6, "P0")]
    assert await names(None) == [(6, "P0")]
    # The header of a browser that comes back counts more than the address it first asked.
    assert await names(1, **{"Last-Event-ID": "4"}) == [(5, "P1"), (6, "P0")]
    # A number of the future, as after a restored backup, must not silence the stream.
    assert await names(4000) == [(6, "P0")]


async def test_interrupted_again_and_again_nothing_is_lost(
    inbox: Inbox, ines: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PAGE_MAX", 2)
    monkeypatch.setattr(events, "GATHER_S", 0.0)
    people = [await inbox.person(place, part=place % len(inbox.world.site.parts)) for place in range(5)]
    talking = asyncio.create_task(talk(inbox, people))
    after = 0
    seen: dict[str, str] = {}
    while not (talking.done() and len(seen) == 5 and all(text == "9" for text in seen.values())):
        async with stream(ines, after) as opened:
            await opened.until("hello")
            for _ in range(3):
                try:
                    card = await opened.until("card", 0.3)
                except TimeoutError:
                    break
                assert card.number is not None
                assert card.number > after
                after = card.number
                seen[card.data["key"]] = card.data["last"]["text"]
    await talking
    cards = (await ines.get("/threads")).json()["threads"]
    assert after == max(card["number"] for card in cards)


async def talk(inbox: Inbox, people: list[Somebody]) -> None:
    for turn in range(10):
        for person in people:
            await inbox.write(person, inbox.world.support, str(turn))
            await asyncio.sleep(0.005)


async def test_a_lost_wake_up_costs_time_not_truth(
    inbox: Inbox, ines: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PING_S", 0.2)
    person = await inbox.person()
    async with stream(ines) as opened:
        await opened.until("hello")
        # Another process projects, and its word does not get here.
        await write(inbox.world, person, inbox.world.support)
        deaf = Projector(inbox.world.site, inbox.world.reference, Wakes(), inbox.clock.now)
        await deaf.drain(person.part)
        assert (await opened.until("card")).data["name"] == "Mara"
        assert opened.pings > 0


async def test_the_stream_ends_with_the_session(
    inbox: Inbox, ines: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PING_S", 0.1)
    async with stream(ines) as opened:
        await opened.until("hello")
        assert (await ines.post("/sign-out", headers=WRITE)).status_code == 204
        with pytest.raises(EOFError):
            await opened.next()


async def test_another_business_hears_nothing(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    async with inbox.browser("rita") as rita, stream(rita, 0) as theirs, stream(ines, 0) as ours:
        await theirs.until("hello")
        await inbox.write(person, inbox.world.support)
        inbox.wakes.signal(
            desk_topic(inbox.world.business.business_id), f"typing:{key_of(person, inbox.world.support)}"
        )
        await ours.until("card")
        await inbox.write(person, inbox.stranger, "an Rabattkiste")
        first = await theirs.next()
        assert (first.name, first.data["last"]["text"]) == ("card", "an Rabattkiste")


async def test_streams_are_counted(inbox: Inbox, ines: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "STREAMS_EACH_MAX", 2)
    async with stream(ines) as one, stream(ines) as two, inbox.browser("tom") as tom:
        await one.until("hello")
        await two.until("hello")
        refused = await ines.get("/events")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_streams")
        async with stream(tom) as other:
            await other.until("hello")
    async with asyncio.timeout(30):
        while True:  # the server learns a moment later that the others are gone
            async with ines.stream("GET", "/events") as again:
                if again.status_code == 200:
                    break
            await asyncio.sleep(0.02)


async def test_a_malformed_number_names_the_field(ines: httpx.AsyncClient) -> None:
    for value in ("x", "-1", "1.5", "9" * 30, ""):
        answer = await ines.get("/events", params={"after": value})
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, "after"), value
    answer = await ines.get("/events", headers={"Last-Event-ID": "x"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "Last-Event-ID")
