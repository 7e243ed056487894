"""The lists of the inbox: what is where, what a search finds, and that nobody sees what is another company's."""

from datetime import timedelta

import httpx

from takt.actions.outcome import inbox_topic
from takt.clock import CLOCK
from takt.core.ids import slot_of, wamid
from tests.desk_calls import messages, post, text, threads
from tests.inbox import WRITE, Inbox, key_of
from tests.world import NOW


async def test_a_card_says_who_wrote_what_when(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    assert (await ines.get("/threads")).json() == {"threads": [], "cursor": 0}
    await inbox.write(person, inbox.world.support, "Wo ist mein Paket?")
    await inbox.projected()
    key = key_of(person, inbox.world.support)
    card = {
        "key": key, "number": 1, "sender": inbox.world.support.sender_id, "recipient": str(person.recipient_id),
        "name": "Mara", "wa_id": person.wa_id,
        "last": {"text": "Wo ist mein Paket?", "mine": False, "status": "delivered", "at": "2026-11-22T12:00:00Z"},
        "unread": 1, "window_until": "2026-11-23T12:00:00Z", "blocked": False,
    }  # fmt: skip
    assert (await ines.get("/threads")).json() == {"threads": [card], "cursor": 1}
    assert (await ines.get(f"/threads/{key}")).json() == card


async def test_the_last_changed_comes_first_and_pages_hold_while_cards_move(
    inbox: Inbox, ines: httpx.AsyncClient
) -> None:
    people = [await inbox.person(place, name=f"P{place}") for place in range(7)]
    for place, person in enumerate(people):
        await inbox.write(person, inbox.world.support, at=NOW + timedelta(seconds=place))
        await inbox.projected()
    first = await threads(ines, limit=3)
    assert [card["name"] for card in first] == ["P6", "P5", "P4"]
    # P1 writes again between the two pages: it leaves for the front, and nothing else is missed or doubled.
    await inbox.write(people[1], inbox.world.support, "noch da?")
    await inbox.projected()
    second = await threads(ines, limit=3, before=first[-1]["number"])
    assert [card["name"] for card in second] == ["P3", "P2", "P0"]
    assert await threads(ines, limit=3, before=second[-1]["number"]) == []
    assert [card["name"] for card in await threads(ines, limit=1)] == ["P1"]


async def test_only_what_is_unread(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    mara, jonas = await inbox.person(0), await inbox.person(1, name="Jonas")
    await inbox.write(mara, inbox.world.support)
    await inbox.write(jonas, inbox.world.support)
    await inbox.projected()
    assert (await post(ines, f"/threads/{key_of(mara, inbox.world.support)}/read")).status_code == 204
    await inbox.projected()
    assert {card["name"]: card["unread"] for card in await threads(ines)} == {"Mara": 0, "Jonas": 1}
    assert [card["name"] for card in await threads(ines, filter="unread")] == ["Jonas"]
    assert await threads(ines, filter="unread", q="mara") == []


async def test_search_finds_names_and_last_words_in_any_case(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    await inbox.write(await inbox.person(0, name="Ömer Kaya"), inbox.world.support, "Paket in die Lange Straße?")
    await inbox.write(await inbox.person(1, name="Greta"), inbox.world.support, "Hallo")
    await inbox.projected()
    for words in ("ömer", "ÖMER", "o\u0308mer", "mer kay", "PAKET", "Straße", "STRASSE"):
        assert [card["name"] for card in await threads(ines, q=words)] == ["Ömer Kaya"], words


async def test_search_finds_numbers_and_takes_words_as_they_are(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    await inbox.write(person, inbox.world.support, "100 % sicher")
    await inbox.projected()
    assert len(await threads(ines, q=person.wa_id[-5:])) == 1
    assert len(await threads(ines, q="0 %")) == 1
    for words in ("%", "_", "x%", "' OR 1=1 --", "\\", "*"):
        assert len(await threads(ines, q=words)) == (words == "%"), words


MALFORMED_QUERIES = (
        ("filter=new", "filter"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=-1", "limit"),
        ("before=x", "before"), ("before=99999999999999999999", "before"), ("limit=%C2%B2", "limit"),
        ("q=" + "x" * 101, "q"), ("q=%00", "q"), ("before=", "before"),

)  # fmt: skip


async def test_a_malformed_query_names_the_field(ines: httpx.AsyncClient) -> None:
    for query, field in MALFORMED_QUERIES:
        answer = await ines.get(f"/threads?{query}")
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, field), query


async def test_another_business_sees_nothing_of_it(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    await inbox.write(person, inbox.world.support)
    await inbox.projected()
    own = key_of(person, inbox.world.support)
    sent = (await post(ines, f"/threads/{own}/messages", text("Moin"))).json()
    nobody = CLOCK.new_id(slot_of(person.recipient_id))
    strange = {  # an address of Nordwind, and one like it of nobody
        f"/threads/{own}": f"/threads/{inbox.world.support.sender_id}.{nobody}",
        f"/threads/{own}/messages": f"/threads/{inbox.world.support.sender_id}.{nobody}/messages",
        f"/messages/{sent['id']}/explain": f"/messages/{wamid(nobody)}/explain",
        f"/templates?sender={inbox.world.support.sender_id}": "/templates?sender=12345",
    }  # fmt: skip
    written = {
        f"/threads/{own}/messages": text("Wir auch", "r1"),
        f"/threads/{own}/read": None,
        f"/threads/{own}/typing": None,
        "/price": {"sender": inbox.world.support.sender_id, "recipient": str(person.recipient_id), "type": "text"},
    }
    async with inbox.browser("rita") as rita:
        assert await threads(rita) == []
        assert [one["id"] for one in (await rita.get("/me")).json()["senders"]] == [inbox.stranger.sender_id]
        for address, unknown in strange.items():
            answer, like = await rita.get(address), await rita.get(unknown)
            assert (answer.status_code, answer.content) == (404, like.content), address
        with inbox.wakes.subscribe(inbox_topic(person.recipient_id)) as listening:
            for address, body in written.items():
                assert (await post(rita, address, body)).status_code == 404, address
            assert not listening.signals
    assert [one["text"] for one in await messages(ines, own)] == ["Hallo", "Moin"]
    assert (await ines.get(f"/threads/{own}")).json()["unread"] == 1


async def test_a_thread_of_one_person_with_two_companies_is_two(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    person = await inbox.person()
    await inbox.write(person, inbox.world.support, "an Nordwind")
    await inbox.write(person, inbox.stranger, "an Rabattkiste")
    await inbox.projected()
    async with inbox.browser("rita") as rita:
        assert [card["last"]["text"] for card in await threads(rita)] == ["an Rabattkiste"]
        assert [one["text"] for one in await messages(rita, key_of(person, inbox.stranger))] == ["an Rabattkiste"]
    assert [card["last"]["text"] for card in await threads(ines)] == ["an Nordwind"]


async def test_what_is_no_key_is_an_unknown_thread(ines: httpx.AsyncClient) -> None:
    for key in (
        "x", "x.y", "..", "100493023125002", "100493023125002.", ".", "100493023125002.%00",
        "100493023125002.{01890000-0000-7000-8000-000000000000}", "%F0%9F%92%A9.x", "1" * 400,
    ):  # fmt: skip
        answer = await ines.get(f"/threads/{key}/messages")
        assert answer.status_code == 404, key
        assert set(answer.json()["error"]) <= {"code", "message", "field"}


async def test_unknown_addresses_and_methods(ines: httpx.AsyncClient) -> None:
    for address in ("/", "/nothing", "/threads/a/b/c", "/messages/x", "/messages/wamid.x/explain"):
        answer = await ines.get(address)
        assert (answer.status_code, "error" in answer.json()) == (404, True), address
    for method, address in (("DELETE", "/me"), ("POST", "/threads"), ("GET", "/price"), ("PATCH", "/me")):
        answer = await ines.request(method, address, headers=WRITE)
        assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method"), address


async def test_nothing_is_told_to_who_is_not_signed_in(inbox: Inbox) -> None:
    async with inbox.browser() as client:
        for address in (
            "/me",
            "/threads",
            "/threads/x",
            "/threads/x/messages",
            "/templates",
            "/events",
            "/messages/x/explain",
        ):
            assert (await client.get(address)).status_code == 401, address
        for address in ("/threads/x/messages", "/threads/x/read", "/threads/x/typing", "/price"):
            assert (await post(client, address, {})).status_code == 401, address


async def test_answers_are_not_kept_by_anybody_between(inbox: Inbox, ines: httpx.AsyncClient) -> None:
    for answer in (await ines.get("/me"), await ines.get("/threads"), await ines.get("/threads/x")):
        assert answer.headers["cache-control"] == "no-store"
