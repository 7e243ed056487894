"""A person writes: once for each client id, with its window, its event, its wake-ups and its words of consent."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.actions.receive import Answer, Receive, Write, Written
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core import refusal
from takt.core.consent import CHAIN_START, ConsentRecord, chain_hash
from takt.core.content import Press, TextContent
from takt.core.ids import slot_of, wamid
from takt.core.message import Accepted
from takt.store.pool import transaction
from takt.store.reference import Sender
from tests.world import NOW, ORIGIN, Somebody, World, template_to, twins


async def somebody(world: World, place: int = 0) -> Somebody:
    return await world.add_person(world.numbers(world.site.parts[0], place + 1)[place])


def wish(
    person: Somebody, sender: Sender, body: str = "Hallo", *, client_id: str = "c1", context: UUID | None = None
) -> Write:
    message_id = CLOCK.new_id(slot_of(person.recipient_id))
    return Write(message_id, person.recipient_id, sender.sender_id, client_id, TextContent(body), context)


def press(person: Somebody, sender: Sender, context: UUID | None, payload: str = "Passt", text: str = "Passt") -> Write:
    message_id = CLOCK.new_id(slot_of(person.recipient_id))
    return Write(message_id, person.recipient_id, sender.sender_id, "press", Press(payload, text), context)


async def run(world: World, person: Somebody, *wishes: Write, again: bool = False) -> Done[Answer]:
    async with transaction(world.site.pool(person.part)) as conn:
        return await Receive(world.reference, CLOCK.new_id, ORIGIN)(conn, person.part, list(wishes), NOW, again=again)


async def sent(world: World, person: Somebody) -> UUID:
    """A template message in the person's inbox."""
    async with transaction(world.site.pool(person.part)) as conn:
        send = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        done = await send(conn, person.part, [template_to(world, person.wa_id)], NOW, again=False)
    [answer] = done.answers
    assert isinstance(answer, Accepted)
    return answer.message_id


async def events(world: World, field: str = "messages") -> list[dict[str, Any]]:
    rows = await world.rows(
        "SELECT body FROM outbox WHERE part = any($1) AND field = $2 ORDER BY event_id", world.site.parts, field
    )
    return [json.loads(row[0])["value"] for row in rows]


async def test_a_message_opens_the_window_and_is_told(world: World) -> None:
    person = await somebody(world)
    await world.set_thread(person, world.outreach, unanswered=4, deleted_at=NOW, last_cursor=0)
    command = wish(person, world.outreach, "Wo bleibt\n mein Paket?")
    async with twins(world):
        done = await run(world, person, command)
    assert done.answers == [Written(command.message_id, 1, NOW)]
    assert done.wakes == {HOOKS, DESK, inbox_topic(person.recipient_id)}
    assert await world.rows(
        "SELECT window_until, unanswered, accepted, deleted_at, last_cursor, last_at, last_text, last_message_id,"
        " inbound_cursor, inbound_count, version, unprojected FROM thread WHERE part = $1",
        person.part,
    ) == [
        (NOW + timedelta(hours=24), 0, True, None, 1, NOW, "Wo bleibt mein Paket?", command.message_id, 1, 1, 2, True)
    ]
    assert await world.rows(
        "SELECT recipient_id, wa_id, sender_id, business_id, inbound, cursor, client_id, type, content::text,"
        " context_id, category, status, accepted_at, expires_at FROM message WHERE part = $1",
        person.part,
    ) == [
        (
            person.recipient_id, person.wa_id, world.outreach.sender_id, world.business.business_id, True, 1, "c1",
            "text", '{"body":"Wo bleibt\\n mein Paket?"}', None, "service", "accepted", NOW, None,
        )
    ]  # fmt: skip
    assert await world.rows("SELECT cursor FROM recipient WHERE part = $1", person.part) == [(1,)]
    [event] = await events(world)
    assert event["messages"] == [
        {
            "from": person.wa_id, "id": wamid(command.message_id), "timestamp": str(int(NOW.timestamp())),
            "type": "text", "text": {"body": "Wo bleibt\n mein Paket?"}, "from_user_id": f"DE.{person.wa_id}",
        }
    ]  # fmt: skip
    assert event["metadata"]["phone_number_id"] == world.outreach.sender_id


async def test_the_first_message_of_all_makes_the_thread(world: World) -> None:
    person = await somebody(world)
    await run(world, person, wish(person, world.support))
    assert await world.rows(
        "SELECT sender_id, window_until, accepted, inbound_count, version, unprojected FROM thread WHERE part = $1",
        person.part,
    ) == [(world.support.sender_id, NOW + timedelta(hours=24), True, 1, 1, True)]


async def test_the_same_client_id_is_one_message(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    first = wish(person, world.support)
    together = await run(world, person, first, wish(person, world.support), wish(other, world.support))
    later = await run(world, person, wish(person, world.outreach, "etwas anderes"))
    assert together.answers[0] == together.answers[1] == later.answers[0] == Written(first.message_id, 1, NOW)
    assert isinstance(together.answers[2], Written)
    assert together.answers[2].message_id != first.message_id
    assert later.wakes == set()
    assert await world.count("message") == 2
    assert await world.count("outbox") == 2


async def test_a_batch_that_was_committed_unseen_is_answered_and_woken_again(world: World) -> None:
    person = await somebody(world)
    wishes = [wish(person, world.outreach, "STOP", client_id="a"), wish(person, world.outreach, client_id="b")]
    first = await run(world, person, *wishes)
    second = await run(world, person, *wishes, again=True)
    assert second == first
    assert [await world.count(table) for table in ("message", "consent_record", "notice", "outbox")] == [2, 1, 1, 3]


async def test_several_messages_of_a_batch_are_numbered_in_their_order(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    await run(
        world, person, wish(person, world.support, client_id="a"), wish(other, world.support, client_id="a"),
        wish(person, world.outreach, client_id="b"), wish(person, world.support, client_id="c"),
    )  # fmt: skip
    assert await world.rows(
        "SELECT client_id, cursor, sender_id FROM message WHERE part = $1 AND recipient_id = $2 ORDER BY cursor",
        person.part, person.recipient_id,
    ) == [
        ("a", 1, world.support.sender_id), ("b", 2, world.outreach.sender_id), ("c", 3, world.support.sender_id),
    ]  # fmt: skip
    assert await world.rows(
        "SELECT inbound_count, inbound_cursor, last_cursor FROM thread WHERE part = $1 AND recipient_id = $2"
        " AND sender_id = $3",
        person.part, person.recipient_id, world.support.sender_id,
    ) == [(2, 3, 3)]  # fmt: skip


async def test_who_is_blocked_cannot_be_written_to(world: World) -> None:
    person = await somebody(world)
    await world.set_thread(person, world.support, blocked_at=NOW)
    done = await run(world, person, wish(person, world.support), wish(person, world.outreach, client_id="c2"))
    assert done.answers[0] == refusal.SENDER_BLOCKED
    assert isinstance(done.answers[1], Written)
    assert await world.count("message") == 1


@pytest.mark.parametrize(
    ("change", "is_open"),
    [
        ("UPDATE sender SET status = 'paused'", False),
        ("UPDATE business SET stage = 'applied'", False),
        ("UPDATE business SET stage = 'paused'", False),
        ("UPDATE business SET stage = 'pilot'", False),
        ("UPDATE business SET stage = 'live'", True),
    ],
)
async def test_who_could_not_answer_cannot_be_written_to(world: World, change: str, *, is_open: bool) -> None:
    person = await somebody(world)
    await world.set_reference(change)
    [answer] = (await run(world, person, wish(person, world.support))).answers
    assert (answer == refusal.SENDER_CLOSED) == (not is_open)


async def test_in_a_pilot_its_members_may_write(world: World) -> None:
    member, other = await somebody(world), await somebody(world, 1)
    await world.set_reference("UPDATE business SET stage = 'pilot'")
    await world.execute(
        "INSERT INTO pilot_member (part, recipient_id, business_id, added_at) VALUES ($1, $2, $3, $4)",
        member.part, member.recipient_id, world.business.business_id, NOW,
    )  # fmt: skip
    done = await run(world, member, wish(member, world.support), wish(other, world.support))
    assert isinstance(done.answers[0], Written)
    assert done.answers[1] == refusal.SENDER_CLOSED


async def test_nobody_and_nowhere_are_told_apart(world: World) -> None:
    person = await somebody(world)
    stranger = Somebody(person.part, CLOCK.new_id(slot_of(person.recipient_id)), "491799999999")
    lost = Write(CLOCK.new_id(), person.recipient_id, "99999", "c", TextContent("Hallo"))
    done = await run(world, person, wish(stranger, world.support), lost)
    assert done.answers == [refusal.PERSON_UNKNOWN, refusal.SENDER_UNKNOWN]
    assert done.wakes == set()


async def test_an_answer_names_what_it_answers(world: World) -> None:
    person = await somebody(world)
    offered = await sent(world, person)
    own = wish(person, world.outreach, "Danke", client_id="a", context=offered)
    await run(world, person, own)
    await run(world, person, wish(person, world.outreach, "Nachtrag", client_id="b", context=own.message_id))
    told = [event["messages"][0]["context"] for event in await events(world) if "messages" in event]
    assert told == [
        {"from": world.outreach.phone, "id": wamid(offered)},
        {"from": person.wa_id, "id": wamid(own.message_id)},
    ]


async def test_only_messages_of_this_very_chat_can_be_answered(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    offered, foreign = await sent(world, person), await sent(world, other)
    async with twins(world):
        done = await run(
            world, person, wish(person, world.outreach, client_id="a", context=foreign),
            wish(person, world.support, client_id="b", context=offered),
            wish(person, world.outreach, client_id="c", context=CLOCK.new_id()),
        )  # fmt: skip
    assert done.answers == [refusal.CONTEXT_UNKNOWN] * 3


async def with_buttons(world: World, person: Somebody) -> UUID:
    message_id = await sent(world, person)
    content = {
        "name": "t", "language": "de", "header": None, "body": "Passt das?", "footer": None,
        "buttons": [
            {"kind": "quick_reply", "text": "Passt", "payload": "yes-1"},
            {"kind": "quick_reply", "text": "Stopp", "payload": "no-1"},
            {"kind": "url", "text": "Mehr", "url": "https://nordwind.example"},
        ],
    }  # fmt: skip
    await world.execute("UPDATE message SET content = $2 WHERE message_id = $1", message_id, json.dumps(content))
    return message_id


async def test_a_pressed_button_comes_back_as_it_was_sent(world: World) -> None:
    person = await somebody(world)
    offered = await with_buttons(world, person)
    command = press(person, world.outreach, offered, "yes-1", "Passt")
    [answer] = (await run(world, person, command)).answers
    assert isinstance(answer, Written)
    assert (await events(world))[-1]["messages"][0] | {"timestamp": ""} == {
        "from": person.wa_id, "id": wamid(command.message_id), "timestamp": "", "type": "button",
        "button": {"payload": "yes-1", "text": "Passt"}, "from_user_id": f"DE.{person.wa_id}",
        "context": {"from": world.outreach.phone, "id": wamid(offered)},
    }  # fmt: skip
    assert await world.rows("SELECT type, content::text FROM message WHERE part = $1 AND inbound", person.part) == [
        ("button", '{"payload":"yes-1","text":"Passt"}')
    ]
    assert await world.rows("SELECT last_text FROM thread WHERE part = $1", person.part) == [("Passt",)]


async def test_a_button_that_was_never_offered_cannot_be_pressed(world: World) -> None:
    person = await somebody(world)
    offered = await with_buttons(world, person)
    for command, expected in (
        (press(person, world.outreach, offered, "yes-2", "Passt"), refusal.BUTTON_UNKNOWN),
        (press(person, world.outreach, offered, "yes-1", "Anders"), refusal.BUTTON_UNKNOWN),
        (press(person, world.outreach, offered, "", "Mehr"), refusal.BUTTON_UNKNOWN),
        (press(person, world.outreach, None, "yes-1", "Passt"), refusal.CONTEXT_UNKNOWN),
    ):
        assert (await run(world, person, command)).answers == [expected]


async def test_a_word_of_stopping_or_starting_is_an_act_of_consent(world: World) -> None:
    person = await somebody(world)
    await world.set_marketing(person, granted=True)
    async with twins(world):
        stop = wish(person, world.outreach, " Stopp! ", client_id="a")
        done = await run(world, person, stop, wish(person, world.support, "START", client_id="b"))
    assert isinstance(done.answers[1], Written)
    assert done.answers[1].cursor == 3, "the notice of the first word has the number between"
    rows = await world.rows(
        "SELECT record_id, recipient_id, business_id, number, purpose, granted, source, evidence::text, at, act,"
        " coalesce(terms::text, ''), valid_until, previous, hash FROM consent_record WHERE part = $1 ORDER BY number",
        person.part,
    )
    records = [ConsentRecord(*row[:12]) for row in rows]
    assert [(one.number, one.purpose, one.act, one.source) for one in records] == [
        (1, "*", "stop", "keyword"), (2, "*", "grant", "keyword"), (3, "marketing", "grant", "keyword"),
    ]  # fmt: skip
    assert json.loads(records[0].evidence) == {
        "message": wamid(stop.message_id), "sender": world.outreach.sender_id, "word": " Stopp! ",
    }  # fmt: skip
    assert [row[12] for row in rows] == [CHAIN_START, *(row[13] for row in rows[:-1])]
    assert [row[13] for row in rows] == [chain_hash(row[12], one) for row, one in zip(rows, records, strict=True)]
    assert await world.rows(
        "SELECT purpose, granted, source, record_id, at FROM consent WHERE part = $1 AND recipient_id = $2"
        " ORDER BY purpose",
        person.part, person.recipient_id,
    ) == [
        ("*", True, "keyword", records[1].record_id, NOW), ("marketing", True, "keyword", records[2].record_id, NOW),
    ]  # fmt: skip
    assert await world.rows(
        "SELECT cursor, sender_id, kind, body->>'purpose', (body->>'granted')::bool FROM notice WHERE part = $1"
        " ORDER BY cursor",
        person.part,
    ) == [
        (2, world.outreach.sender_id, "consent", "*", False),
        (4, world.support.sender_id, "consent", "*", True),
        (5, world.support.sender_id, "consent", "marketing", True),
    ]
    told = [event["user_preferences"][0] for event in await events(world, "user_preferences")]
    assert [(one["value"], one["category"], one["wa_id"]) for one in told] == [
        ("stop", "marketing_messages", person.wa_id), ("resume", "marketing_messages", person.wa_id),
    ]  # fmt: skip


async def test_a_stop_counts_even_if_nothing_was_ever_granted_but_only_once(world: World) -> None:
    person = await somebody(world)
    await run(world, person, wish(person, world.outreach, "STOP", client_id="a"))
    await run(world, person, wish(person, world.outreach, "stop", client_id="b"))
    assert await world.rows("SELECT granted FROM consent_record WHERE part = $1", person.part) == [(False,)]
    assert len(await events(world, "user_preferences")) == 1


async def test_a_word_on_a_button_counts_too(world: World) -> None:
    person = await somebody(world)
    offered = await with_buttons(world, person)
    await run(world, person, press(person, world.outreach, offered, "no-1", "Stopp"))
    assert await world.rows("SELECT purpose, granted FROM consent WHERE part = $1 ORDER BY 1", person.part) == [
        ("*", False), ("marketing", False),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "stops"), [("ЅТОР", True), ("Bitte keine Rechnung per Post", False)])
async def test_a_disguised_word_stops_and_a_refused_invoice_does_not(world: World, text: str, *, stops: bool) -> None:
    person = await somebody(world)
    await world.set_marketing(person, granted=True)
    await run(world, person, wish(person, world.outreach, text))
    standing = "SELECT granted FROM consent WHERE part = $1 AND purpose = 'marketing'"
    assert await world.rows(standing, person.part) == [(not stops,)]


async def test_a_sentence_stops_and_the_word_that_starts_gives_back_what_it_took(world: World) -> None:
    person = await somebody(world)
    await world.set_reference(
        "INSERT INTO purpose SELECT business_id, 'events', 1, 'Events', 'Feste', 'yes', 'ja', 'Nordwind GmbH', $1"
        " FROM business", NOW,
    )  # fmt: skip
    await run(world, person, wish(person, world.outreach, "Feste start", client_id="a"))
    await run(world, person, wish(person, world.support, "Bitte keine Werbung mehr", client_id="b"))
    assert await world.rows("SELECT purpose, granted, source FROM consent WHERE part = $1 ORDER BY 1", person.part) == [
        ("*", False, "sentence"), ("events", False, "sentence"), ("marketing", False, "sentence"),
    ]  # fmt: skip
    ((evidence,),) = await world.rows("SELECT evidence FROM consent_record WHERE source = 'sentence'")
    assert json.loads(evidence)["text_sha256"] == sha256(b"Bitte keine Werbung mehr").hexdigest()
    assert "Werbung" not in evidence, "a sentence may name somebody, and its record is never erased"
    await run(world, person, wish(person, world.outreach, "START", client_id="c"))
    assert await world.rows("SELECT purpose, granted FROM consent WHERE part = $1 ORDER BY 1", person.part) == [
        ("*", True), ("events", True), ("marketing", False),
    ]  # fmt: skip
    told = [event["user_preferences"][0] for event in await events(world, "user_preferences")]
    assert [(one["value"], one.get("purpose")) for one in told] == [
        ("resume", "events"), ("stop", None), ("resume", "events"),
    ]  # fmt: skip


async def test_a_company_that_listens_to_nothing_is_told_nothing(world: World) -> None:
    person = await somebody(world)
    await world.set_reference("UPDATE endpoint SET fields = '{}'")
    done = await run(world, person, wish(person, world.outreach, "STOP"))
    assert isinstance(done.answers[0], Written)
    assert await world.count("outbox") == 0
