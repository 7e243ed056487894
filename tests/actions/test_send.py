"""A company sends: what is written for a yes, for a batch, and for a repeat."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.actions.outgoing import Refused
from takt.clock import CLOCK
from takt.core.ids import wamid
from takt.core.limits import PAIR_RATE, throughput
from takt.core.message import Accepted
from takt.wire import record
from tests.actions.sending import counts, cursor_of, events, leave, reasons, send
from tests.world import FUNDS, MARKETING, NOW, UTILITY, Somebody, World, template_to, text_to, twins


@pytest.fixture
def world(rolled_back: World) -> World:
    """These tests run one batch after the other."""
    return rolled_back


async def test_a_priced_template_is_written_whole(world: World, mara: Somebody) -> None:
    """Message, inbox number, thread, hold, money, pace and the `sent` event: all of it, and no more."""
    consent_id = await world.set_marketing(mara, granted=True)
    command = replace(template_to(world, mara.wa_id, "autumn_offer", "Jacken"), callback="Kampagne 7")
    async with twins(world):
        done = await send(world, command)
    accepted = Accepted(command.message_id, mara.wa_id, f"DE.{mara.wa_id}", 1, NOW)
    assert done == Done([accepted], {inbox_topic(mara.recipient_id), HOOKS, DESK})
    assert await cursor_of(world, mara) == 1
    ((facts, pricing, content, *message),) = await world.rows(
        "SELECT facts, pricing, content, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type, callback,"
        " category, template_id, consent_id, status, reason, accepted_at, delivered_at, failed_at, expires_at"
        " FROM message WHERE part = $1 AND message_id = $2",
        mara.part, command.message_id,
    )  # fmt: skip
    assert message == [
        mara.recipient_id, mara.wa_id, world.outreach.sender_id, world.business.business_id, False, 1, "template",
        "Kampagne 7", "marketing", "400493023125002", consent_id, "accepted", None, NOW, None, None,
        NOW + timedelta(hours=1),
    ]  # fmt: skip
    assert json.loads(content)["body"] == "Neues zu Jacken."
    assert record.decode_quote(pricing).amount_micros == MARKETING
    assert record.decode_facts(facts).available_micros == FUNDS
    assert await world.rows(
        "SELECT unanswered, pair_tat, last_cursor, last_at, last_text, last_message_id, window_until, unprojected"
        " FROM thread WHERE part = $1 AND recipient_id = $2 AND sender_id = $3",
        mara.part, mara.recipient_id, world.outreach.sender_id,
    ) == [(1, NOW + PAIR_RATE.interval, 1, NOW, "Neues zu Jacken.", command.message_id, None, True)]  # fmt: skip
    assert await world.rows(
        "SELECT contract_id, contract_part, amount_micros, currency, category, market, card, card_version, rule, state,"
        " held_at, settled_at FROM hold WHERE part = $1 AND message_id = $2",
        mara.part, command.message_id,
    ) == [(world.payer[1], world.payer[0], MARKETING, "EUR", "marketing", "DE", "card", 1, 2, "held", NOW, None)]  # fmt: skip
    assert await world.money() == (FUNDS, MARKETING)
    ((tat,),) = await world.rows(
        "SELECT tat FROM pace WHERE part = $1 AND sender_id = $2", mara.part, world.outreach.sender_id
    )
    assert tat == NOW + throughput(world.outreach.throughput_per_s, len(world.site.parts)).interval
    (event,) = await events(world)
    (status,) = event["statuses"]
    assert (status["id"], status["status"], status["biz_opaque_callback_data"]) == (
        wamid(command.message_id), "sent", "Kampagne 7",
    )  # fmt: skip
    assert status["pricing"] == {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"}
    assert await counts(world) == {"message": 1, "thread": 1, "hold": 1, "outbox": 1, "notice": 0, "journal": 1}


async def test_an_answer_within_the_window_is_free(world: World, mara: Somebody) -> None:
    """No hold, no money, thirty days to live, and the quoted message is remembered."""
    await world.invite(mara, world.support)
    quoted = CLOCK.new_id()
    command = replace(text_to(world, mara.wa_id, "Gern!", sender=world.support), context_id=quoted)
    async with twins(world):
        done = await send(world, command)
    assert reasons(done) == [None]
    assert await world.money() == (FUNDS, 0)
    assert await world.rows(
        "SELECT type, category, content->>'body', context_id, expires_at, consent_id, template_id FROM message"
        " WHERE part = $1",
        mara.part,
    ) == [("text", "service", "Gern!", quoted, NOW + timedelta(days=30), None, None)]  # fmt: skip
    (event,) = await events(world)
    assert event["statuses"][0]["pricing"]["type"] == "free_customer_service"
    assert await counts(world) == {"message": 1, "thread": 1, "hold": 0, "outbox": 1, "notice": 0, "journal": 1}


async def test_an_answer_keeps_what_else_is_in_the_thread(world: World, mara: Somebody) -> None:
    """A send changes its own columns of a thread; the window stays, the version goes up for the desk."""
    await world.invite(mara, world.outreach)
    await world.execute("UPDATE thread SET version = 7, unprojected = false, unanswered = 3 WHERE part = $1", mara.part)
    await send(world, text_to(world, mara.wa_id))
    assert await world.rows(
        "SELECT version, unprojected, unanswered, accepted, inbound_count, window_until FROM thread WHERE part = $1",
        mara.part,
    ) == [(8, True, 4, True, 1, NOW + timedelta(hours=23))]  # fmt: skip


async def test_messages_of_a_batch_see_what_those_before_them_changed(world: World, mara: Somebody) -> None:
    """Inbox numbers go on, a person may be left unanswered once more and not twice, and so for each sender."""
    until = NOW + timedelta(hours=1)
    await world.set_thread(mara, world.support, unanswered=4, inbound_count=1, window_until=until)
    texts = [text_to(world, mara.wa_id, str(n), sender=world.support) for n in range(3)]
    done = await send(world, texts[0], template_to(world, mara.wa_id), *texts[1:], template_to(world, mara.wa_id))
    assert reasons(done) == [None, None, "support_silenced", "support_silenced", None]
    assert [answer.cursor for answer in done.answers if isinstance(answer, Accepted)] == [1, 2, 3]
    assert await cursor_of(world, mara) == 3
    assert await world.rows(
        "SELECT sender_id, unanswered, last_cursor FROM thread WHERE part = $1 ORDER BY 1", mara.part
    ) == [(world.outreach.sender_id, 2, 3), (world.support.sender_id, 5, 1)]


async def test_messages_of_a_batch_share_one_wallet(world: World, mara: Somebody) -> None:
    """Money for two lets two out, in the order in which they were asked for."""
    jonas = await world.add_person(world.numbers(mara.part, 2)[1], name="Jonas")
    await leave(world, 2 * UTILITY)
    done = await send(world, *(template_to(world, person.wa_id) for person in (mara, jonas, mara, jonas)))
    assert reasons(done) == [None, None, "insufficient_funds", "insufficient_funds"]
    assert await world.money() == (2 * UTILITY, 2 * UTILITY)


async def test_messages_of_a_batch_share_one_pace(world: World, mara: Somebody) -> None:
    """Forty-five to one person at once, and a sender's messages of one second; the rest is refused at once."""
    done = await send(world, *(template_to(world, mara.wa_id) for _ in range(47)))
    assert reasons(done) == [None] * 45 + ["pair_rate"] * 2
    await world.set_reference("UPDATE sender SET throughput_per_s = 2")
    jonas = await world.add_person(world.numbers(mara.part, 2)[1])
    await world.execute("UPDATE pace SET tat = $1", NOW)
    done = await send(world, *(template_to(world, jonas.wa_id) for _ in range(3)))
    assert reasons(done) == [None, None, "throughput"]


async def test_answers_come_in_the_order_of_the_commands(world: World, mara: Somebody) -> None:
    """Yes and no mixed, known people and strangers: each answer names its own message."""
    commands = [
        template_to(world, mara.wa_id, "no_such_template"),
        template_to(world, world.numbers(mara.part, 3)[2]),
        template_to(world, mara.wa_id),
        template_to(world, mara.wa_id, "autumn_offer"),
    ]
    done = await send(world, *commands)
    assert [answer.message_id for answer in done.answers] == [command.message_id for command in commands]
    assert reasons(done) == ["template_missing", "recipient_unknown", None, "marketing_not_granted"]


async def test_a_change_of_a_template_counts_from_the_next_batch(world: World, mara: Somebody) -> None:
    """Reference rows are kept in memory, but never staler than the transaction."""
    assert reasons(await send(world, template_to(world, mara.wa_id))) == [None]
    await world.set_reference("UPDATE template SET status = 'PAUSED'")
    assert reasons(await send(world, template_to(world, mara.wa_id))) == ["template_paused"]


async def test_where_nobody_listens_nothing_is_owed(world: World, mara: Somebody) -> None:
    """Without an endpoint for `messages` the outbox stays empty."""
    await world.set_reference("UPDATE endpoint SET fields = '{user_preferences}'")
    done = await send(world, template_to(world, mara.wa_id), template_to(world, mara.wa_id, "autumn_offer"))
    assert reasons(done) == [None, "marketing_not_granted"]
    assert await world.count("outbox") == 0
    assert done.wakes == {inbox_topic(mara.recipient_id), DESK}


async def test_a_repeated_request_meets_its_own_message(world: World, mara: Somebody) -> None:
    """The same id again: the same answer, nothing doubled, whether it was a yes or a no."""
    stranger = world.numbers(mara.part, 2)[1]
    commands = [
        replace(command, repeatable=True)
        for command in (
            template_to(world, mara.wa_id),
            template_to(world, mara.wa_id, "autumn_offer"),
            template_to(world, stranger),
        )
    ]
    first = await send(world, *commands)
    before, money = await counts(world), await world.money()
    async with twins(world):
        second = await send(world, *commands)
    assert first.answers[0] == second.answers[0]
    assert reasons(second) == reasons(first) == [None, "marketing_not_granted", "recipient_unknown"]
    assert all(answer.stored for answer in second.answers[1:] if isinstance(answer, Refused))
    assert (await counts(world), await world.money(), await cursor_of(world, mara)) == (before, money, 1)
    assert second.wakes == set()


async def test_a_repeated_request_meets_a_message_that_expired_since(world: World, mara: Somebody) -> None:
    """What was accepted stays accepted for whoever asks again, whatever became of it."""
    command = replace(template_to(world, mara.wa_id), repeatable=True)
    first = await send(world, command)
    await world.execute("UPDATE message SET status = 'failed', reason = 'expired' WHERE part = $1", mara.part)
    assert (await send(world, command)).answers == first.answers


async def test_a_request_that_comes_twice_at_once_is_one_message(world: World, mara: Somebody) -> None:
    """Both in one batch: both get the one answer."""
    command = replace(template_to(world, mara.wa_id), repeatable=True)
    refused = replace(template_to(world, mara.wa_id, "autumn_offer"), repeatable=True)
    done = await send(world, command, refused, command, refused)
    assert done.answers[:2] == done.answers[2:]
    assert await counts(world) == {"message": 2, "thread": 1, "hold": 1, "outbox": 2, "notice": 0, "journal": 1}
    assert await world.money() == (FUNDS, UTILITY)


async def test_a_batch_run_again_doubles_nothing(world: World, mara: Somebody) -> None:
    """When its commit may have happened unseen, what is there is recognised, and only the rest is done."""
    done_before = [template_to(world, mara.wa_id), template_to(world, mara.wa_id, "autumn_offer")]
    first = await send(world, *done_before)
    fresh = template_to(world, mara.wa_id)
    async with twins(world):
        second = await send(world, *done_before, fresh, again=True)
    assert second.answers[0] == first.answers[0]
    assert reasons(second) == [None, "marketing_not_granted", None]
    assert await world.rows("SELECT cursor FROM message WHERE part = $1 ORDER BY cursor", mara.part) == [
        (1,),
        (2,),
        (None,),
    ]
    assert await world.money() == (FUNDS, 2 * UTILITY)
    assert await counts(world) == {"message": 3, "thread": 1, "hold": 2, "outbox": 3, "notice": 0, "journal": 1}


async def test_ids_of_events_follow_the_order_of_the_messages(world: World, mara: Somebody) -> None:
    """Webhook events of one part are delivered in the order of their ids, which is the order of the batch."""
    commands = [template_to(world, mara.wa_id) for _ in range(5)]
    await send(world, *commands)
    rows = await world.rows("SELECT body FROM outbox WHERE part = $1 ORDER BY event_id", mara.part)
    told = [json.loads(row[0])["value"]["statuses"][0]["id"] for row in rows]
    assert told == [wamid(command.message_id) for command in commands]


async def test_a_message_lies_in_the_part_of_its_person(world: World) -> None:
    """Each part has its own people and its own rows, and its messages are paid from the company's one wallet."""
    people = [await world.add_person(world.numbers(part, 1)[0]) for part in world.site.parts]
    for person in people:
        assert reasons(await send(world, template_to(world, person.wa_id))) == [None]
    for table in ("message", "thread", "hold", "outbox"):
        rows = await world.rows(f"SELECT part, count(*) FROM {table} GROUP BY part ORDER BY part")
        assert rows == [(part, 1) for part in world.site.parts], table
    assert await world.money() == (FUNDS, len(people) * UTILITY)
