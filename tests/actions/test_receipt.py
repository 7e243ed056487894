"""Receipts: statuses move on once, money is captured once, companies are told what they may know."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from takt.actions.outcome import DESK, HOOKS, Done, inbox_topic
from takt.actions.receipt import Answer, Receipt, TakeReceipts
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core import refusal
from takt.core.ids import slot_of, wamid
from takt.core.message import Accepted, SendMessage, Status, before
from takt.store import receipts
from takt.store.pool import transaction
from tests.letters import write
from tests.world import FUNDS, NOW, UTILITY, Somebody, World, template_to, text_to, twins

DELIVERED, READ = Status.DELIVERED, Status.READ
LATER = NOW + timedelta(minutes=1)


async def somebody(world: World, place: int = 0) -> Somebody:
    return await world.add_person(world.numbers(world.site.parts[0], place + 1)[place])


async def send(world: World, *commands: SendMessage) -> list[UUID]:
    """Let these messages out; their ids."""
    part = world.part_of(commands[0].wa_id)
    async with transaction(world.site.pool(part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        done = await action(conn, part, list(commands), NOW, again=False)
    assert all(isinstance(answer, Accepted) for answer in done.answers)
    return [answer.message_id for answer in done.answers]


async def take(
    world: World, person: Somebody, *commands: Receipt, now: datetime = LATER, again: bool = False
) -> Done[Answer]:
    async with transaction(world.site.pool(person.part)) as conn:
        action = TakeReceipts(world.reference, CLOCK.new_id)
        return await action(conn, person.part, list(commands), now, again=again)


def said(person: Somebody, status: Status, through: int, sender_id: str | None = None) -> Receipt:
    return Receipt(person.recipient_id, status, through, sender_id)


async def statuses(world: World, ids: Sequence[UUID]) -> list[str]:
    found = dict(await world.rows("SELECT message_id, status FROM message WHERE part = any($1)", world.site.parts))
    return [found[one] for one in ids]


async def told(world: World, message_id: UUID) -> list[tuple[str, bool]]:
    """The statuses of a message that went out by webhook, each with whether it shows the price."""
    rows = await world.rows("SELECT body FROM outbox WHERE part = any($1) ORDER BY event_id", world.site.parts)
    entries = [json.loads(row[0])["value"]["statuses"][0] for row in rows]
    return [(one["status"], "pricing" in one) for one in entries if one["id"] == wamid(message_id)]


async def marks(world: World, person: Somebody, sender_id: str) -> tuple[Any, ...]:
    [row] = await world.rows(
        "SELECT user_received, user_read, version, unprojected FROM thread"
        " WHERE part = $1 AND recipient_id = $2 AND sender_id = $3",
        person.part, person.recipient_id, sender_id,
    )  # fmt: skip
    return row


async def seen(world: World, person: Somebody) -> list[tuple[Any, ...]]:
    return await world.rows(
        "SELECT cursor, sender_id, (body->>'through')::int FROM notice WHERE part = $1 AND recipient_id = $2"
        " AND kind = 'seen' ORDER BY cursor",
        person.part, person.recipient_id,
    )  # fmt: skip


def test_the_steps_are_those_that_the_core_allows() -> None:
    steps = set(receipts._STEPS) | {(Status.FAILED, late) for late in receipts._LATE}
    assert steps == {(Status(old), new) for new in (DELIVERED, READ) for old in before(new)}


async def test_delivery_captures_and_reading_only_tells(world: World) -> None:
    person = await somebody(world)
    [one] = await send(world, template_to(world, person.wa_id))
    assert await world.money() == (FUNDS, UTILITY)
    async with twins(world):
        done = await take(world, person, said(person, DELIVERED, 1))
    assert done.answers == [1]
    assert done.wakes == {DESK, HOOKS}
    assert await world.money() == (FUNDS - UTILITY, 0)
    assert await world.rows(
        "SELECT state, settled_at FROM hold WHERE part = $1 AND message_id = $2", person.part, one
    ) == [("captured", LATER)]
    assert await world.rows(
        "SELECT part, contract_id, kind, debit, credit, amount_micros, currency, booked_at FROM journal"
        " WHERE part = $1 AND entry_id = $2",
        world.payer[0], one,
    ) == [(*world.payer, "capture", "spend", "revenue:utility", UTILITY, "EUR", LATER)]  # fmt: skip
    assert await world.rows(
        "SELECT part, message_id, contract_part, contract_id, sender_id, category, market, card, card_version, rule,"
        " unit_price_micros, amount_micros, reason, template_id, delivered_at FROM usage"
    ) == [
        (
            person.part, one, *world.payer, world.outreach.sender_id, "utility", "DE", "card", 1, 3, UTILITY, UTILITY,
            "regular", "400493023125001", LATER,
        )
    ]  # fmt: skip
    assert await world.rows(
        "SELECT posted_micros FROM account WHERE part = $1 AND kind = 'revenue:utility'", world.payer[0]
    ) == [(UTILITY,)]
    done = await take(world, person, said(person, READ, 1, world.outreach.sender_id), now=LATER + timedelta(hours=1))
    assert done.wakes == {DESK, HOOKS, inbox_topic(person.recipient_id)}
    assert await world.money() == (FUNDS - UTILITY, 0)
    assert await told(world, one) == [("sent", True), ("delivered", True), ("read", False)]
    assert await world.rows(
        "SELECT status, delivered_at, read_at FROM message WHERE part = $1 AND message_id = $2", person.part, one
    ) == [("read", LATER, LATER + timedelta(hours=1))]
    assert await marks(world, person, world.outreach.sender_id) == (1, 1, 3, True)
    assert await seen(world, person) == [(2, world.outreach.sender_id, 1)]


async def test_read_at_once_is_delivery_too(world: World) -> None:
    person = await somebody(world)
    [one] = await send(world, template_to(world, person.wa_id))
    await take(world, person, said(person, READ, 1, world.outreach.sender_id), said(person, DELIVERED, 1))
    assert await told(world, one) == [("sent", True), ("read", True)]
    assert await world.money() == (FUNDS - UTILITY, 0)
    assert await world.rows("SELECT delivered_at, read_at FROM message WHERE message_id = $1", one) == [(LATER, LATER)]
    later = await take(world, person, said(person, DELIVERED, 1), said(person, READ, 1, world.outreach.sender_id))
    assert later.wakes == set()
    assert await told(world, one) == [("sent", True), ("read", True)]


async def test_a_free_message_has_its_price_shown_and_nothing_booked(world: World) -> None:
    person = await somebody(world)
    await write(world, person, world.support)
    [one] = await send(world, text_to(world, person.wa_id, sender=world.support))
    await take(world, person, said(person, DELIVERED, 2))
    assert await told(world, one) == [("sent", True), ("delivered", True)]
    assert await world.count("journal") == 1, "the top-up alone"
    assert await world.money() == (FUNDS, 0)
    assert await world.rows("SELECT message_id, amount_micros, reason, template_id FROM usage") == [
        (one, 0, "free_customer_service", None)
    ]
    await take(world, person, said(person, READ, 2))
    assert await world.count("usage") == 1


async def test_a_receipt_reaches_so_far_and_no_further(world: World) -> None:
    person, other = await somebody(world), await somebody(world, 1)
    await world.invite(person, world.support)
    commands = [
        template_to(world, person.wa_id), text_to(world, person.wa_id, sender=world.support),
        template_to(world, person.wa_id), text_to(world, person.wa_id, sender=world.support),
        template_to(world, other.wa_id),
    ]  # fmt: skip
    ids = await send(world, *commands)
    async with twins(world):
        await take(world, person, said(person, DELIVERED, 3))
        assert await statuses(world, ids) == ["delivered"] * 3 + ["accepted"] * 2
        await take(world, person, said(person, READ, 4, world.support.sender_id))
        assert await statuses(world, ids) == ["delivered", "read", "delivered", "read", "accepted"]
        await take(world, person, said(person, READ, 4))
        assert await statuses(world, ids) == ["read"] * 4 + ["accepted"]


async def test_reading_everything_reads_each_chat(world: World) -> None:
    person = await somebody(world)
    await world.invite(person, world.support)
    await send(world, template_to(world, person.wa_id), text_to(world, person.wa_id, sender=world.support))
    await take(world, person, said(person, READ, 2))
    assert [row[1:] for row in await seen(world, person)] == [
        (world.outreach.sender_id, 2), (world.support.sender_id, 2),
    ]  # fmt: skip
    again = await take(world, person, said(person, READ, 4))
    assert again.wakes == set(), "nothing has come since"


async def test_what_is_told_early_or_too_far_counts_up_to_what_is_there(world: World) -> None:
    person = await somebody(world)
    [one] = await send(world, template_to(world, person.wa_id))
    done = await take(
        world, person, said(person, DELIVERED, 2**62), said(person, READ, 2**62, world.outreach.sender_id)
    )
    assert done.answers == [1, 1]
    [two] = await send(world, template_to(world, person.wa_id))
    assert await statuses(world, [one, two]) == ["read", "accepted"]
    await take(world, person, said(person, DELIVERED, 1))
    assert await statuses(world, [one, two]) == ["read", "accepted"]
    await take(world, person, said(person, READ, 3, world.outreach.sender_id))
    assert await statuses(world, [one, two]) == ["read", "read"]


async def test_what_comes_late_or_twice_takes_nothing_back(world: World) -> None:
    person = await somebody(world)
    await send(world, template_to(world, person.wa_id), template_to(world, person.wa_id))
    sender_id = world.outreach.sender_id
    await take(world, person, said(person, READ, 2, sender_id))
    for late in (said(person, READ, 1, sender_id), said(person, READ, 3, sender_id), said(person, DELIVERED, 1)):
        assert (await take(world, person, late)).wakes == set()
    assert len(await seen(world, person)) == 1
    await send(world, template_to(world, person.wa_id))
    await take(world, person, said(person, DELIVERED, 4))
    assert (await marks(world, person, sender_id))[:2] == (4, 2), "delivery leaves the mark of reading as it was"
    assert (await take(world, person, said(person, READ, 1, sender_id))).wakes == set()


async def test_of_several_in_a_batch_the_furthest_counts(world: World) -> None:
    person = await somebody(world)
    ids = await send(world, *(template_to(world, person.wa_id) for _ in range(3)))
    async with twins(world):
        done = await take(
            world, person, said(person, DELIVERED, 3), said(person, DELIVERED, 1), said(person, READ, 2),
            said(person, READ, 1),
        )  # fmt: skip
    assert done.answers == [3, 1, 2, 1]
    assert await statuses(world, ids) == ["read", "read", "delivered"]
    assert len(await seen(world, person)) == 1


async def test_with_read_receipts_off_the_company_learns_of_delivery_alone(world: World) -> None:
    person = await somebody(world)
    await world.execute("UPDATE recipient SET read_receipts = false WHERE part = $1", person.part)
    [one] = await send(world, template_to(world, person.wa_id))
    done = await take(world, person, said(person, READ, 1, world.outreach.sender_id))
    assert await statuses(world, [one]) == ["delivered"]
    assert await told(world, one) == [("sent", True), ("delivered", True)]
    assert await world.money() == (FUNDS - UTILITY, 0)
    assert await marks(world, person, world.outreach.sender_id) == (1, 1, 2, True)
    assert await seen(world, person) == [(2, world.outreach.sender_id, 1)]
    assert inbox_topic(person.recipient_id) in done.wakes
    [two] = await send(world, template_to(world, person.wa_id))
    await take(world, person, said(person, DELIVERED, 3))
    private = await take(world, person, said(person, READ, 3, world.outreach.sender_id))
    assert private.wakes == {inbox_topic(person.recipient_id)}
    assert await marks(world, person, world.outreach.sender_id) == (3, 3, 4, True)
    await world.execute("UPDATE recipient SET read_receipts = true WHERE part = $1", person.part)
    [three] = await send(world, template_to(world, person.wa_id))
    await take(world, person, said(person, READ, 5))
    assert await statuses(world, [one, two, three]) == ["delivered", "delivered", "read"], "private stays private"


async def test_failed_and_own_messages_are_left_alone(world: World) -> None:
    person = await somebody(world)
    [failed] = await send(world, template_to(world, person.wa_id))
    await world.execute("UPDATE message SET status = 'failed' WHERE message_id = $1", failed)
    own, _ = await write(world, person, world.outreach)
    await take(world, person, said(person, READ, 9, world.outreach.sender_id), said(person, DELIVERED, 9))
    assert await statuses(world, [failed, own]) == ["failed", "accepted"]
    assert await world.money() == (FUNDS, UTILITY)


async def test_a_batch_that_was_committed_unseen_moves_nothing_twice(world: World) -> None:
    person = await somebody(world)
    [one] = await send(world, template_to(world, person.wa_id))
    commands = [said(person, DELIVERED, 1), said(person, READ, 1, world.outreach.sender_id)]
    first = await take(world, person, *commands)
    second = await take(world, person, *commands, again=True)
    assert first.answers == second.answers
    assert second.wakes == {DESK, HOOKS, inbox_topic(person.recipient_id)}
    assert await told(world, one) == [("sent", True), ("read", True)]
    assert await world.money() == (FUNDS - UTILITY, 0)
    assert len(await seen(world, person)) == 1


async def test_a_batch_of_many_pays_once_for_each(world: World) -> None:
    people = [await somebody(world, place) for place in range(5)]
    await send(world, *(template_to(world, person.wa_id) for person in people for _ in range(3)))
    async with twins(world):
        done = await take(world, people[0], *(said(person, DELIVERED, 3) for person in people))
    assert done.answers == [3] * 5
    assert await world.money() == (FUNDS - 15 * UTILITY, 0)
    assert await world.count("journal") == 16


async def test_whom_nobody_knows_is_told_so(world: World) -> None:
    person = await somebody(world)
    stranger = CLOCK.new_id(slot_of(person.recipient_id))
    done = await take(world, person, Receipt(stranger, DELIVERED, 1), said(person, READ, 1, "99999"))
    assert done.answers == [refusal.PERSON_UNKNOWN, 0]


@pytest.mark.parametrize("status", [DELIVERED, READ])
async def test_a_deep_inbox_is_not_searched(world: World, status: Status) -> None:
    person = await somebody(world)
    await world.invite(person, world.outreach)
    await world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, type,"
        " content, category, status, accepted_at) SELECT $1, gen_random_uuid(), $2, $3, $4, $5, false, n, 'text', '{}',"
        " 'service', 'read', $6 FROM generate_series(1, 5000) n",
        person.part, person.recipient_id, person.wa_id, world.outreach.sender_id, world.business.business_id, NOW,
    )  # fmt: skip
    await world.execute("UPDATE recipient SET cursor = 5000 WHERE part = $1", person.part)
    await world.execute("UPDATE thread SET user_read = 5000, last_cursor = 5000 WHERE part = $1", person.part)
    await send(world, text_to(world, person.wa_id))
    await world.execute("ANALYZE")
    sql = receipts._STEPS[Status.ACCEPTED, status]
    [[plan]] = await world.rows(
        f"EXPLAIN (ANALYZE, FORMAT json) {_literal(sql, person, 5001)}"  # the very statement, with its values in place
    )
    assert _rows_touched(json.loads(plan)[0]["Plan"]) < 20


def _literal(sql: str, person: Somebody, through: int) -> str:
    values = {
        "$1": str(person.part), "$2": f"'{{{person.recipient_id}}}'", "$3": "'{\"\"}'", "$4": "'{0}'",
        "$5": f"'{{{through}}}'", "$6": f"'{NOW.isoformat()}'::timestamptz",
    }  # fmt: skip
    for name, value in values.items():
        sql = sql.replace(name, value)
    return sql


def _rows_touched(node: dict[str, Any]) -> int:
    own = int(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * int(node["Actual Loops"])
    return own + sum(_rows_touched(child) for child in node.get("Plans", ()))
