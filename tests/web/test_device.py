"""The device API over real HTTP: reading, writing, receipts, and what people decide about companies."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from takt.actions.outcome import desk_topic
from takt.clock import CLOCK
from takt.core.ids import parse_wamid, wamid
from tests.device import Device, Messenger, ok, open_messenger, post, refused
from tests.letters import add_company, write
from tests.world import NOW, World, template_to, text_to, twins


@pytest.fixture
async def messenger(world: World) -> AsyncIterator[Messenger]:
    async with open_messenger(world) as opened:
        yield opened


@pytest.fixture
async def mara(messenger: Messenger) -> AsyncIterator[Device]:
    async with messenger.device(await messenger.person()) as device:
        yield device


async def test_me_and_my_settings(messenger: Messenger, mara: Device) -> None:
    me = {
        "wa_id": mara.person.wa_id, "name": "Mara", "locale": "de", "read_receipts": True, "cursor": 0,
        "time_zone": None, "quiet": None,
    }  # fmt: skip
    async with twins(messenger.world):
        assert await ok(await mara.http.get("/me")) == me
        changed = await ok(await mara.http.put("/me", json={"locale": "en", "read_receipts": False}))
        assert changed == me | {"locale": "en", "read_receipts": False}
        assert await ok(await mara.http.put("/me", json={})) == changed
    sentence = await refused(await mara.http.get("/senders/99999"), 404, "unknown_sender", "to")
    assert sentence == "There is no company under this number.", "the new language counts at once"
    head = await mara.http.head("/me")
    assert (head.status_code, head.content) == (200, b"")


async def test_writing_and_reading_what_was_written(messenger: Messenger, mara: Device) -> None:
    support = messenger.world.support
    async with twins(messenger.world):
        first = await ok(await mara.http.post("/messages", json=post(support.sender_id, "Wo ist mein Paket?")))
        again = await ok(await mara.http.post("/messages", json=post(support.sender_id, "anders")))
        inbox = await ok(await mara.http.get("/inbox"))
    assert first == again == {"id": first["id"], "cursor": 1, "at": "2026-11-22T12:00:00Z"}
    message = {
        "cursor": 1, "id": first["id"], "sender": support.sender_id, "mine": True, "type": "text",
        "at": "2026-11-22T12:00:00Z", "status": "accepted", "text": "Wo ist mein Paket?",
        "content": {"body": "Wo ist mein Paket?"}, "category": "service", "context": None,
        "client_id": "c1",
    }  # fmt: skip
    assert inbox == {"messages": [message], "notices": [], "cursor": 1}
    assert await ok(await mara.http.get("/inbox?after=1")) == {"messages": [], "notices": [], "cursor": 1}


async def test_the_company_s_messages_and_what_becomes_of_them(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    sent, cursor = await messenger.send(template_to(world, mara.person.wa_id))
    [message] = (await ok(await mara.http.get("/inbox")))["messages"]
    assert (message["id"], message["mine"], message["type"], message["status"]) == (sent, False, "template", "accepted")
    assert (message["text"], message["category"]) == ("Neues zu 4711.", "utility")
    assert message["content"] == {
        "name": "order_update", "language": "de", "body": "Neues zu 4711.",
    }  # fmt: skip
    assert await ok(await mara.http.post("/receipts", json={"status": "delivered", "through": 99})) == {
        "through": cursor
    }
    read = {"status": "read", "through": cursor, "sender": world.outreach.sender_id}
    assert await ok(await mara.http.post("/receipts", json=read)) == {"through": cursor}
    inbox = await ok(await mara.http.get("/inbox"))
    assert inbox["messages"][0]["status"] == "read"
    assert inbox["notices"] == [{"cursor": 2, "kind": "seen", "sender": world.outreach.sender_id, "through": 1}]
    assert inbox["cursor"] == 2


async def test_the_inbox_comes_in_pages_of_messages_and_notices_together(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    for number in range(4):
        await messenger.send(template_to(world, mara.person.wa_id, "order_update", str(number)))
        await mara.http.post("/receipts", json={"status": "read", "through": 99})
    pages, after = [], 0
    async with twins(world):
        while (page := await ok(await mara.http.get(f"/inbox?after={after}&limit=3")))["cursor"] > after:
            rows = [row["cursor"] for row in (*page["messages"], *page["notices"])]
            assert len(rows) <= 3
            pages += sorted(rows)
            after = page["cursor"]
    assert pages == list(range(1, 9))


async def test_a_person_s_own_message_shows_how_far_the_company_is(messenger: Messenger, mara: Device) -> None:
    for client_id in ("a", "b", "c"):
        await mara.http.post("/messages", json=post(messenger.world.support.sender_id, client_id=client_id))
    await messenger.world.execute("UPDATE thread SET desk_received = 2, desk_read = 1")
    inbox = await ok(await mara.http.get("/inbox"))
    assert [message["status"] for message in inbox["messages"]] == ["read", "delivered", "accepted"]


async def test_what_failed_or_was_cleared_away_is_not_shown(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    outreach, support = world.outreach.sender_id, world.support.sender_id
    failed, _ = await messenger.send(template_to(world, mara.person.wa_id, "order_update", "1"))
    await messenger.send(template_to(world, mara.person.wa_id, "order_update", "2"))
    await ok(await mara.http.post("/messages", json=post(support)))
    await world.execute("UPDATE message SET status = 'failed' WHERE message_id = $1", parse_wamid(failed))
    await ok(await mara.http.delete(f"/threads/{support}"), 204)
    assert [row["cursor"] for row in (await ok(await mara.http.get("/inbox")))["messages"]] == [2]
    assert [row["cursor"] for row in (await ok(await mara.http.get(f"/threads/{outreach}/messages")))["messages"]] == [
        2
    ]
    assert (await ok(await mara.http.get(f"/threads/{support}/messages")))["messages"] == []
    [thread] = (await ok(await mara.http.get("/threads")))["threads"]
    assert (thread["sender"]["id"], thread["unread"]) == (outreach, 1)


async def test_the_list_of_chats(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    outreach, support = world.outreach.sender_id, world.support.sender_id
    async with twins(world):
        await messenger.send(template_to(world, mara.person.wa_id, "order_update", "1"))
        await ok(await mara.http.post("/messages", json=post(support, "Hilfe")))
        await messenger.send(text_to(world, mara.person.wa_id, "Gern", sender=world.support))
        await messenger.send(template_to(world, mara.person.wa_id, "order_update", "2"))
        threads = (await ok(await mara.http.get("/threads")))["threads"]
    assert [
        (one["sender"]["id"], one["last"]["text"], one["unread"], one["accepted"], one["blocked"], one["last_at"])
        for one in threads
    ] == [
        (outreach, "Neues zu 2.", 2, False, False, "2026-11-22T12:00:00Z"),
        (support, "Gern", 1, True, False, "2026-11-22T12:00:00Z"),
    ]
    await mara.http.post("/receipts", json={"status": "read", "through": 1, "sender": outreach})
    threads = (await ok(await mara.http.get("/threads")))["threads"]
    assert [one["unread"] for one in threads] == [1, 1]


async def test_if_the_newest_message_failed_the_list_shows_the_one_before(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    await messenger.send(template_to(world, mara.person.wa_id, "order_update", "1"))
    failed, _ = await messenger.send(template_to(world, mara.person.wa_id, "order_update", "2"))
    await world.execute("UPDATE message SET status = 'failed' WHERE message_id = $1", parse_wamid(failed))
    [thread] = (await ok(await mara.http.get("/threads")))["threads"]
    assert thread["last"]["text"] == "Neues zu 1."
    await world.execute("UPDATE message SET status = 'failed'")
    assert (await ok(await mara.http.get("/threads")))["threads"] == []


async def test_older_pages_of_a_chat(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    support = world.support.sender_id
    for number in range(5):
        await mara.http.post("/messages", json=post(support, str(number), client_id=str(number)))
        await messenger.send(template_to(world, mara.person.wa_id))
    async with twins(world):
        page = (await ok(await mara.http.get(f"/threads/{support}/messages?limit=2")))["messages"]
        assert [row["text"] for row in page] == ["3", "4"]
        older = f"/threads/{support}/messages?limit=2&before={page[0]['cursor']}"
        assert [row["text"] for row in (await ok(await mara.http.get(older)))["messages"]] == ["1", "2"]


async def test_a_sender_s_profile(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    profile = {
        "id": world.support.sender_id, "name": "Nordwind Support", "business": "Nordwind", "verified": True,
        "kind": "support", "about": "", "imprint": "", "purposes": ["service"],
        "consent": {"service": {"granted": False, "at": None, "source": None}}, "blocked": False, "muted": False,
        "purpose_names": {},
        "phone": f"+{world.support.phone}", "username": None, "prompts": [], "commands": [],
        "profile": {
            "about": "", "description": "", "email": "", "websites": [], "address": "", "vertical": "UNDEFINED",
            "picture": None,
        },
    }  # fmt: skip
    assert await ok(await mara.http.get(f"/senders/{world.support.sender_id}")) == profile
    outreach = await ok(await mara.http.get(f"/senders/{world.outreach.sender_id}"))
    assert outreach["purposes"] == ["service", "marketing"]
    assert outreach["consent"]["marketing"] == {"granted": False, "at": None, "source": None}
    await ok(await mara.http.post("/messages", json=post(world.support.sender_id)))
    written = await ok(await mara.http.get(f"/senders/{world.support.sender_id}"))
    assert written["consent"]["service"] == {"granted": True, "at": "2026-11-22T12:00:00Z", "source": "per Nachricht"}


async def test_allowing_and_forbidding(messenger: Messenger, mara: Device) -> None:
    outreach, support = messenger.world.outreach.sender_id, messenger.world.support.sender_id
    address = f"/senders/{outreach}/consent"
    async with twins(messenger.world):
        allowed = await ok(await mara.http.put(address, json={"purpose": "marketing", "granted": True}))
    assert allowed["consent"]["marketing"] == {
        "granted": True, "at": "2026-11-22T12:00:00Z", "source": "in dieser App",
    }  # fmt: skip
    forbidden = await ok(await mara.http.put(address, json={"purpose": "marketing", "granted": False}))
    assert forbidden["consent"]["marketing"]["granted"] is False
    await ok(await mara.http.post("/messages", json=post(support)))
    closed = await ok(await mara.http.put(f"/senders/{support}/consent", json={"purpose": "service", "granted": False}))
    assert closed["consent"]["service"]["granted"] is False
    notices = (await ok(await mara.http.get("/inbox")))["notices"]
    assert [(one["kind"], one["sender"], one["purpose"], one["granted"]) for one in notices] == [
        ("consent", outreach, "marketing", True), ("consent", outreach, "marketing", False),
        ("consent", support, "service", False),
    ]  # fmt: skip
    await ok(await mara.http.post("/messages", json=post(support, client_id="c2")))
    reopened = await ok(await mara.http.get(f"/senders/{support}"))
    assert reopened["consent"]["service"]["granted"] is True
    await refused(
        await mara.http.put(f"/senders/{support}/consent", json={"purpose": "marketing", "granted": True}),
        400, "unknown_purpose", "purpose",
    )  # fmt: skip


async def test_blocking_keeps_both_sides_from_writing(messenger: Messenger, mara: Device) -> None:
    support = messenger.world.support.sender_id
    await ok(await mara.http.post("/messages", json=post(support)))
    report = {"reason": "spam", "note": "Jeden Tag"}
    blocked = await ok(await mara.http.put(f"/senders/{support}/block", json={"blocked": True, "report": report}))
    assert blocked["blocked"] is True
    sentence = await refused(
        await mara.http.post("/messages", json=post(support, client_id="c2")), 409, "blocked", "to"
    )
    assert sentence.startswith("Du hast diese Firma blockiert")
    assert await messenger.world.rows("SELECT reason, note FROM report") == [("spam", "Jeden Tag")]
    assert (await ok(await mara.http.get("/threads")))["threads"][0]["blocked"] is True
    free = await ok(await mara.http.put(f"/senders/{support}/block", json={"blocked": False}))
    assert free["blocked"] is False
    await ok(await mara.http.post("/messages", json=post(support, client_id="c2")))


async def test_a_report_alone_leaves_the_block_as_it_is(messenger: Messenger, mara: Device) -> None:
    path = f"/senders/{messenger.world.support.sender_id}/block"
    report = {"reason": "fraud"}
    assert (await ok(await mara.http.put(path, json={"report": report})))["blocked"] is False
    await ok(await mara.http.put(path, json={"blocked": True}))
    assert (await ok(await mara.http.put(path, json={"report": report})))["blocked"] is True
    assert (await ok(await mara.http.put(path, json={"blocked": False, "report": report})))["blocked"] is False
    assert await messenger.world.count("report") == 3
    await refused(await mara.http.put(path, json={}), 400, "invalid", "blocked")
    await refused(await mara.http.put(path, json={"report": report, "reason": "spam"}), 400, "invalid", "reason")


async def test_muting_is_kept_and_told_to_the_other_devices_alone(messenger: Messenger, mara: Device) -> None:
    support = messenger.world.support.sender_id
    await ok(await mara.http.post("/messages", json=post(support)))
    muted = await ok(await mara.http.put(f"/senders/{support}/mute", json={"muted": True}))
    assert muted["muted"] is True
    assert (await ok(await mara.http.get("/threads")))["threads"][0]["muted"] is True
    inbox = await ok(await mara.http.get("/inbox"))
    assert [one["muted"] for one in inbox["notices"] if one["kind"] == "thread"] == [True]
    loud = await ok(await mara.http.put(f"/senders/{support}/mute", json={"muted": False}))
    assert loud["muted"] is False
    await refused(
        await mara.http.put(f"/senders/{support}/mute", json={"muted": True, "message": "x"}), 400, "invalid", "message"
    )


async def test_an_opinion_is_shown_with_its_message_until_it_is_taken_back(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    await world.set_marketing(mara.person, granted=True)
    message, _ = await messenger.send(template_to(world, mara.person.wa_id, "autumn_offer"))
    path = f"/threads/{world.outreach.sender_id}/messages"
    for opinion in ("not_interested", "interested", None):
        said = await ok(await mara.http.put(f"/messages/{message}/opinion", json={"opinion": opinion}))
        assert said == {"opinion": opinion}
        assert [one["opinion"] for one in (await ok(await mara.http.get(path)))["messages"]] == [opinion]
    assert await world.rows("SELECT kind, undone_at IS NULL FROM feedback ORDER BY kind") == [
        ("interested", False), ("not_interested", False),
    ]  # fmt: skip
    own = (await ok(await mara.http.post("/messages", json=post(world.outreach.sender_id))))["id"]
    await refused(
        await mara.http.put(f"/messages/{own}/opinion", json={"opinion": "interested"}),
        404, "unknown_message", "message",
    )  # fmt: skip


async def test_a_first_contact_is_accepted_or_deleted(messenger: Messenger, mara: Device) -> None:
    outreach = messenger.world.outreach.sender_id
    await refused(await mara.http.post(f"/threads/{outreach}/accept"), 404, "unknown_thread", "sender")
    await messenger.send(template_to(messenger.world, mara.person.wa_id))
    assert (await ok(await mara.http.get("/threads")))["threads"][0]["accepted"] is False
    accepted = await ok(await mara.http.post(f"/threads/{outreach}/accept"))
    assert (accepted["accepted"], accepted["unread"], accepted["sender"]["id"]) == (True, 1, outreach)
    await ok(await mara.http.delete(f"/threads/{outreach}"), 204)
    assert (await ok(await mara.http.get("/threads")))["threads"] == []
    await refused(await mara.http.post(f"/threads/{outreach}/accept"), 404, "unknown_thread", "sender")


async def test_who_can_be_written_to_is_listed(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    stranger = await add_company(world, world.business.contract_part)

    async def listed() -> list[str]:
        async with world.site.everywhere.acquire() as conn:
            await world.reference.fresh(conn)
        return [one["id"] for one in (await ok(await mara.http.get("/senders")))["senders"]]

    everybody = sorted([world.outreach.sender_id, world.support.sender_id, stranger.sender_id])
    assert sorted(await listed()) == everybody
    await world.set_reference("UPDATE business SET stage = 'pilot' WHERE business_id = $1", world.business.business_id)
    assert await listed() == [stranger.sender_id]
    await world.execute(
        "INSERT INTO pilot_member (part, recipient_id, business_id, added_at) VALUES ($1, $2, $3, $4)",
        mara.person.part, mara.recipient_id, world.business.business_id, NOW,
    )  # fmt: skip
    assert sorted(await listed()) == everybody
    await world.set_reference("UPDATE sender SET status = 'paused'")
    assert await listed() == []


async def test_typing_is_passed_on_to_whom_one_talks_with(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    support = world.support.sender_id
    with messenger.wakes.subscribe(desk_topic(world.business.business_id)) as woken:
        await ok(await mara.http.post("/typing", json={"to": support}), 204)
        assert not woken.signals, "they never talked to each other"
        await write(world, mara.person, world.support)
        await ok(await mara.http.post("/typing", json={"to": support}), 204)
        assert list(woken.signals) == [f"typing:{support}.{mara.recipient_id}"]
        woken.signals.clear()
        await world.execute("UPDATE thread SET blocked_at = now()")
        await ok(await mara.http.post("/typing", json={"to": support}), 204)
        assert not woken.signals
    await refused(await mara.http.post("/typing", json={"to": "99999"}), 404, "unknown_sender", "to")


async def test_why_a_marketing_message_came(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    allow = {"purpose": "marketing", "granted": True}
    await ok(await mara.http.put(f"/senders/{world.outreach.sender_id}/consent", json=allow))
    sent, _ = await messenger.send(template_to(world, mara.person.wa_id, "autumn_offer"))
    async with twins(world):
        why = await ok(await mara.http.get(f"/messages/{httpx.URL(path=sent).raw_path.decode()}/why"))
    [[proof]] = await world.rows("SELECT hash FROM consent_record WHERE part = $1", mara.person.part)
    assert (why["message"], why["category"], why["stop"]) == (sent, "marketing", {"purpose": "marketing"})
    assert why["basis"] == {
        "kind": "consent", "purpose": "marketing", "at": "2026-11-22T12:00:00Z", "record": proof.hex(), "source": "in dieser App",
    }  # fmt: skip
    assert why["sender"]["id"] == world.outreach.sender_id
    assert why["sentences"][1] == "Du hast Nordwind am 22.11.2026 Werbung erlaubt (in dieser App)."
    verdicts = {rule["rule"]: rule["verdict"] for rule in why["rules"]}
    assert verdicts["marketing_consent"] == "passed"
    assert verdicts["pilot_scope"] == "not_needed"
    english = await ok(await mara.http.get(f"/messages/{sent}/why?locale=en"))
    assert english["sentences"][1] == "You allowed advertising from Nordwind on 22 November 2026 (in this app)."
    await refused(await mara.http.get(f"/messages/{sent}/why?locale=fr"), 400, "invalid", "locale")


async def test_why_is_told_to_the_one_who_got_the_message_alone(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    sent, _ = await messenger.send(template_to(world, mara.person.wa_id))
    own = (await ok(await mara.http.post("/messages", json=post(world.support.sender_id))))["id"]
    await refused(await mara.http.get(f"/messages/{own}/why"), 404, "unknown_message", "message")
    await refused(await mara.http.get(f"/messages/{wamid(CLOCK.new_id())}/why"), 404, "unknown_message", "message")
    await refused(await mara.http.get("/messages/wamid.x/why"), 400, "invalid", "message")
    for place, part in ((1, 0), (0, -1)):
        other = await messenger.person(place, part=part) if place or len(world.site.parts) > 1 else mara.person
        if other.wa_id == mara.person.wa_id:
            continue
        async with messenger.device(other) as jonas:
            await refused(await jonas.http.get(f"/messages/{sent}/why"), 404, "unknown_message", "message")


async def test_a_pressed_button_goes_through(messenger: Messenger, mara: Device) -> None:
    world = messenger.world
    sent, _ = await messenger.send(template_to(world, mara.person.wa_id))
    message_id: UUID | None = parse_wamid(sent)
    await world.execute(
        """UPDATE message SET content = '{"body":"?","buttons":[{"kind":"quick_reply","text":"Ja","payload":"1"}]}'
        WHERE message_id = $1""",
        message_id,
    )
    press = {
        "client_id": "p", "to": world.outreach.sender_id, "type": "button", "button": {"text": "Ja", "payload": "1"},
        "context": sent,
    }  # fmt: skip
    await ok(await mara.http.post("/messages", json=press))
    [_, mine] = (await ok(await mara.http.get("/inbox")))["messages"]
    assert (mine["type"], mine["text"], mine["content"], mine["context"]) == (
        "button", "Ja", {"payload": "1", "text": "Ja"}, sent,
    )  # fmt: skip
    wrong = press | {"client_id": "q", "button": {"text": "Nein", "payload": "1"}}
    await refused(await mara.http.post("/messages", json=wrong), 400, "unknown_button", "button")
