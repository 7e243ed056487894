"""What was not delivered in time fails, once, with its money set free and its company told."""

import asyncio
import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from takt.actions import expire
from takt.actions.expire import Expire, Expired
from takt.actions.outcome import DESK, HOOKS, Done
from takt.actions.receipt import Receipt, TakeReceipts
from takt.actions.send import Send
from takt.clock import CLOCK
from takt.core.ids import wamid
from takt.core.ledger import GRACE
from takt.core.message import Accepted, SendMessage, Status
from takt.store import receipts, recipients
from takt.store.pool import transaction
from tests.world import FUNDS, NOW, UTILITY, Somebody, World, template_to, text_to, twins

IN_TIME = NOW + timedelta(seconds=3599)
TOO_LATE = NOW + timedelta(seconds=3600)


async def somebody(world: World, place: int = 0) -> Somebody:
    return await world.add_person(world.numbers(world.site.parts[0], place + 1)[place])


async def send(world: World, *commands: SendMessage) -> list[UUID]:
    part = world.part_of(commands[0].wa_id)
    async with transaction(world.site.pool(part)) as conn:
        action = Send(world.reference, CLOCK.new_id, len(world.site.parts))
        done = await action(conn, part, list(commands), NOW, again=False)
    assert all(isinstance(answer, Accepted) for answer in done.answers)
    return [answer.message_id for answer in done.answers]


async def run(world: World, now: datetime = TOO_LATE) -> Done[Expired]:
    part = world.site.parts[0]
    async with transaction(world.site.pool(part)) as conn:
        return await Expire(world.reference, CLOCK.new_id)(conn, part, now)


async def states(world: World, message_id: UUID) -> list[tuple[object, ...]]:
    return await world.rows(
        "SELECT m.status, m.reason, m.failed_at, h.state, h.settled_at FROM message m JOIN hold h USING (message_id)"
        " WHERE m.part = $2 AND h.part = $2 AND message_id = $1",
        message_id, world.site.parts[0],
    )  # fmt: skip


async def test_it_fails_at_the_very_end_of_its_time(world: World) -> None:
    person = await somebody(world)
    [one] = await send(world, template_to(world, person.wa_id))
    async with twins(world):
        assert (await run(world, IN_TIME)).answers == [Expired(0, more=False)]
        assert await states(world, one) == [("accepted", None, None, "held", None)]
        done = await run(world)
    assert done == Done([Expired(1, more=False)], {HOOKS, DESK})
    assert await states(world, one) == [("failed", "expired", TOO_LATE, "released", TOO_LATE)]
    assert await world.money() == (FUNDS, 0)
    assert await world.rows("SELECT version, unprojected FROM thread WHERE part = $1", person.part) == [(2, True)]
    bodies = await world.rows("SELECT body FROM outbox WHERE part = $1 ORDER BY event_id", person.part)
    entry = json.loads(bodies[-1][0])["value"]["statuses"][0]
    assert (entry["id"], entry["status"], entry["errors"][0]["code"]) == (wamid(one), "failed", 131026)
    assert "pricing" not in entry
    assert (await run(world)).answers == [Expired(0, more=False)]
    assert len(bodies) == await world.count("outbox")


async def deliver(world: World, person: Somebody, now: datetime, status: Status = Status.DELIVERED) -> None:
    async with transaction(world.site.pool(person.part)) as conn:
        action = TakeReceipts(world.reference, CLOCK.new_id)
        await action(conn, person.part, [Receipt(person.recipient_id, status, 1)], now, again=False)


async def test_a_receipt_that_comes_late_is_charged_and_told(world: World) -> None:
    """The device had it, and says so within three days: delivered after all, in one step, even beyond the limit."""
    person = await somebody(world)
    [one] = await send(world, template_to(world, person.wa_id))
    await run(world)
    await world.execute("UPDATE account SET posted_micros = 10 WHERE part = $1 AND kind = 'spend'", world.payer[0])
    async with twins(world):
        await deliver(world, person, TOO_LATE + GRACE, Status.READ)
    assert await states(world, one) == [("read", "expired", TOO_LATE, "captured", TOO_LATE + GRACE)]
    assert await world.rows("SELECT kind, debit, credit, amount_micros FROM journal WHERE entry_id = $1", one) == [
        ("late", "spend", "revenue:utility", UTILITY)
    ]
    assert await world.rows("SELECT amount_micros, late, reason FROM usage") == [(UTILITY, True, "regular")]
    assert await world.rows(
        "SELECT posted_micros, excess_micros FROM account WHERE kind = 'spend' AND part = $1", world.payer[0]
    ) == [(10 - UTILITY, UTILITY - 10)]
    bodies = await world.rows("SELECT body FROM outbox WHERE part = $1 ORDER BY event_id", person.part)
    told = [json.loads(body)["value"]["statuses"][0] for (body,) in bodies]
    assert [(entry["status"], "pricing" in entry) for entry in told] == [
        ("sent", True), ("failed", False), ("read", True),
    ]  # fmt: skip
    await deliver(world, person, TOO_LATE + GRACE)
    assert await world.count("usage") == 1


async def test_a_receipt_beyond_the_grace_is_the_operators_loss(world: World) -> None:
    person = await somebody(world)
    [one] = await send(world, template_to(world, person.wa_id))
    await run(world)
    beyond = TOO_LATE + GRACE + timedelta(microseconds=1)
    async with twins(world):
        await deliver(world, person, beyond)
        await deliver(world, person, beyond)
    assert await states(world, one) == [("failed", "expired", TOO_LATE, "absorbed", beyond)]
    assert await world.rows("SELECT amount_micros, forgone_micros, late, reason FROM usage") == [
        (0, UTILITY, True, "absorbed")
    ]
    assert await world.rows("SELECT 1 FROM journal WHERE kind <> 'top_up'") == []
    assert await world.money() == (FUNDS, 0)


async def test_what_was_delivered_never_expires(world: World) -> None:
    person = await somebody(world)
    [one] = await send(world, template_to(world, person.wa_id))
    async with transaction(world.site.pool(person.part)) as conn:
        action = TakeReceipts(world.reference, CLOCK.new_id)
        await action(conn, person.part, [Receipt(person.recipient_id, Status.DELIVERED, 1)], NOW, again=False)
        assert await receipts.expire(conn, person.part, [one], TOO_LATE) == [], "not even when it was listed before"
    assert (await run(world)).answers == [Expired(0, more=False)]
    assert await states(world, one) == [("delivered", None, None, "captured", NOW)]
    assert await world.money() == (FUNDS - UTILITY, 0)


async def test_a_free_message_expires_without_money(world: World) -> None:
    person = await somebody(world)
    await world.invite(person, world.support)
    [one] = await send(world, text_to(world, person.wa_id, sender=world.support))
    assert (await run(world, NOW + timedelta(days=30))).answers == [Expired(1, more=False)]
    assert await world.rows("SELECT status FROM message WHERE message_id = $1", one) == [("failed",)]
    assert await world.money() == (FUNDS, 0)


async def test_a_person_who_is_busy_is_left_to_the_next_round(world: World) -> None:
    busy, idle = await somebody(world), await somebody(world, 1)
    await send(world, template_to(world, busy.wa_id), template_to(world, idle.wa_id))
    async with transaction(world.site.pool(busy.part)) as conn:
        await recipients.lock(conn, busy.part, [busy.recipient_id])
        async with asyncio.timeout(30):
            assert (await run(world)).answers == [Expired(1, more=False)]
    assert (await run(world)).answers == [Expired(1, more=False)]
    assert await world.money() == (FUNDS, 0)


async def test_it_goes_slice_by_slice_the_longest_overdue_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await somebody(world)
    ids = await send(world, *(template_to(world, person.wa_id) for _ in range(3)))
    await world.execute("UPDATE message SET expires_at = expires_at - interval '1 s' WHERE message_id = $1", ids[2])
    monkeypatch.setattr(expire, "SLICE_MAX", 2)
    assert (await run(world)).answers == [Expired(2, more=True)]
    assert (await states(world, ids[2]))[0][0] == "failed"
    assert (await run(world)).answers == [Expired(1, more=False)]
