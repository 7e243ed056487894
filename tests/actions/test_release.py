"""Messages that wait: taken, kept out of the inbox and free of charge, and let out, once, when their time has come."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from takt.actions import person as person_actions
from takt.actions.outgoing import Refused
from takt.actions.person import SetQuiet, SetZone
from takt.actions.release import Release
from takt.clock import CLOCK
from takt.core.ids import wamid
from takt.core.limits import PAIR_RATE
from takt.core.message import Accepted, SendMessage, Waits
from takt.core.quiet_time import OwnQuiet
from takt.core.verdict import on_record
from takt.store.pool import transaction
from takt.wire.record import decode_facts
from tests.actions.sending import counts, events, leave, reasons, send
from tests.world import MARKETING, NOW, OPEN, Somebody, World, template_to, text_to, twins

# NOW is a Sunday, 13:00 in Berlin; advertising may arrive from Monday 08:00 on.
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
LIFE = timedelta(days=30)
QUIET: dict[str, Any] = {**OPEN, "quiet_hours": {}}


async def release(world: World, part: int, now: datetime, *, again: bool = False) -> int:
    """Look at what is due in one part, as the loop does; how many messages were looked at."""
    action = Release(world.reference, CLOCK.new_id, len(world.site.parts))
    async with transaction(world.site.pool(part)) as conn:
        done = await action(conn, part, now, again=again)
    return done.answers[0].count


async def advertise(world: World, person: Somebody) -> SendMessage:
    """Advertising that the person wants, in a template that lives for a month."""
    await world.set_reference("UPDATE template SET ttl_s = $1 WHERE name = 'autumn_offer'", int(LIFE.total_seconds()))
    if not await world.rows("SELECT 1 FROM consent WHERE part = $1", person.part):
        await world.set_marketing(person, granted=True)
    return template_to(world, person.wa_id, "autumn_offer", "Herbst")


async def rows(world: World, *columns: str) -> list[tuple[Any, ...]]:
    return await world.rows(f"SELECT {', '.join(columns)} FROM message WHERE part < 1000 ORDER BY message_id")


async def test_advertising_waits_for_the_quiet_time_to_end(world: World, mara: Somebody) -> None:
    await world.set_policy(QUIET)
    command = await advertise(world, mara)
    money, before = await world.money(), await counts(world)
    async with twins(world):
        (answer,) = (await send(world, command)).answers
    assert isinstance(answer, Waits)
    assert answer.waits_for == "quiet_hours"
    assert MONDAY <= answer.due_at < MONDAY + HALF_HOUR
    assert await counts(world) == before | {"message": 1}
    assert await world.money() == money
    assert await rows(world, "status", "cursor", "due_at", "waits_for", "accepted_at", "taken_at") == [
        ("waiting", None, answer.due_at, "quiet_hours", NOW, None)
    ]


async def test_it_is_let_out_once_when_its_time_has_come(world: World, mara: Somebody) -> None:
    await world.set_policy(QUIET)
    command = await advertise(world, mara)
    (answer,) = (await send(world, command)).answers
    assert isinstance(answer, Waits)
    assert await release(world, mara.part, answer.due_at - timedelta(seconds=1)) == 0
    async with twins(world):
        assert await release(world, mara.part, answer.due_at) == 1
        assert await release(world, mara.part, answer.due_at) == 0
    assert await rows(world, "status", "cursor", "due_at", "waits_for", "accepted_at", "taken_at", "expires_at") == [
        ("accepted", 1, None, None, answer.due_at, NOW, NOW + LIFE)
    ]
    posted, pending = await world.money()
    assert pending == MARKETING
    assert [event["statuses"][0]["status"] for event in await events(world)] == ["sent"]
    assert await world.rows("SELECT last_text, unanswered, marketing_at FROM thread WHERE part < 1000") == [
        ("Neues zu Herbst.", 1, [answer.due_at])
    ]
    assert await world.rows("SELECT cursor, marketing_at FROM recipient WHERE part = $1", mara.part) == [
        (1, [answer.due_at])
    ]
    assert posted >= pending


async def test_its_facts_explain_both_the_wait_and_the_release(world: World, mara: Somebody) -> None:
    await world.set_policy(QUIET)
    (answer,) = (await send(world, await advertise(world, mara))).answers
    assert isinstance(answer, Waits)
    ((facts, at),) = await rows(world, "facts", "accepted_at")
    waits = on_record(decode_facts(facts), at, None, waiting=True)
    assert waits is not None
    assert (waits.rule, waits.next_at) == ("quiet_hours", MONDAY)
    assert waits.figure == "Sun 13:00 in Europe/Berlin; allowed 08:00-20:00 but not on sunday or holiday"
    await release(world, mara.part, answer.due_at)
    ((facts, at),) = await rows(world, "facts", "accepted_at")
    assert on_record(decode_facts(facts), at, None) is None
    assert not decode_facts(facts).quiet


async def _stop(world: World, mara: Somebody) -> None:
    await world.execute("UPDATE consent SET granted = false WHERE part = $1", mara.part)


async def _block(world: World, mara: Somebody) -> None:
    await world.set_thread(mara, world.outreach, blocked_at=NOW)


async def _delete(world: World, mara: Somebody) -> None:
    await world.set_thread(mara, world.outreach, deleted_at=NOW)


async def _pause(world: World, _: Somebody) -> None:
    await world.set_reference("UPDATE template SET status = 'PAUSED' WHERE name = 'autumn_offer'")


async def _remove(world: World, _: Somebody) -> None:
    await world.set_reference("UPDATE template SET status = 'DELETED' WHERE name = 'autumn_offer'")


async def _close(world: World, _: Somebody) -> None:
    await world.set_reference("UPDATE sender SET status = 'paused'")


async def _lapse(world: World, mara: Somebody) -> None:
    await world.execute("UPDATE consent SET valid_until = $2 WHERE part = $1", mara.part, NOW + timedelta(hours=1))


async def _spend(world: World, _: Somebody) -> None:
    await leave(world, MARKETING - 1)


async def _forbid(world: World, _: Somebody) -> None:
    await world.set_policy({**QUIET, "caps": {"person_per_week": 0}})


CHANGES = {
    "marketing_stopped": _stop,
    "blocked_by_user": _block,
    "chat_deleted": _delete,
    "template_paused": _pause,
    "template_missing": _remove,
    "sender_not_live": _close,
    "consent_expired": _lapse,
    "insufficient_funds": _spend,
    "cap_of_person": _forbid,
}


@pytest.mark.parametrize("reason", CHANGES)
async def test_what_changed_while_it_waited_counts(world: World, mara: Somebody, reason: str) -> None:
    """It is decided anew, as if it were sent now; a no is written down and told."""
    await world.set_policy(QUIET)
    (answer,) = (await send(world, await advertise(world, mara))).answers
    assert isinstance(answer, Waits)
    await CHANGES[reason](world, mara)
    money = await world.money()
    async with twins(world):
        assert await release(world, mara.part, answer.due_at) == 1
    assert await rows(world, "status", "reason", "cursor", "failed_at", "due_at") == [
        ("failed", reason, None, answer.due_at, None)
    ]
    assert await world.money() == money
    assert await world.count("hold") == 0
    ((told,),) = [event["statuses"] for event in await events(world)]
    assert (told["id"], told["status"]) == (wamid(answer.message_id), "failed")
    ((facts, at),) = await rows(world, "facts", "accepted_at")
    denied = on_record(decode_facts(facts), at, reason)
    assert denied is not None
    assert denied.rule != "delivery", "the facts of the last verdict explain it"


async def test_what_waits_too_long_is_refused_at_once_with_the_forecast(world: World, mara: Somebody) -> None:
    await world.set_policy({**QUIET, "waiting": {"wait_h": 12}})
    (answer,) = (await send(world, await advertise(world, mara))).answers
    assert isinstance(answer, Refused)
    assert (answer.denied.reason.name, answer.denied.next_at) == ("quiet_hours", MONDAY)
    (event,) = await events(world)
    details = event["statuses"][0]["errors"][0]["error_data"]["details"]
    for part in (
        "It is a quiet time",
        "quiet_hours: Sun 13:00 in Europe/Berlin",
        "2026-11-23T07:00:00Z",
        "time to live",
    ):
        assert part in details, "rule, number, when, what to do"


async def test_when_its_time_to_live_is_over_it_fails(world: World, mara: Somebody) -> None:
    """The loops stood still, and came back too late."""
    await world.set_policy(QUIET)
    (answer,) = (await send(world, await advertise(world, mara))).answers
    assert isinstance(answer, Waits)
    await release(world, mara.part, NOW + LIFE)
    assert await rows(world, "status", "reason", "cursor") == [("failed", "expired", None)]


async def test_it_waits_on_when_it_is_quiet_again(world: World, mara: Somebody) -> None:
    """The loops came back in the evening: Tuesday morning it is."""
    await world.set_policy(QUIET)
    await send(world, await advertise(world, mara))
    await release(world, mara.part, MONDAY + timedelta(hours=13))
    ((status, due_at, accepted_at, taken_at),) = await rows(world, "status", "due_at", "accepted_at", "taken_at")
    assert status == "waiting"
    assert MONDAY + timedelta(days=1) <= due_at < MONDAY + timedelta(days=1) + HALF_HOUR
    assert (accepted_at, taken_at) == (MONDAY + timedelta(hours=13), NOW)
    assert await world.count("outbox") == 0


async def test_a_crowd_is_spread_over_the_first_half_hour(world: World) -> None:
    await world.set_policy(QUIET)
    people = [await world.add_person(one) for one in world.numbers(world.site.parts[0], 40)]
    for person in people:
        await world.set_marketing(person, granted=True)
    await advertise(world, people[0])
    done = await send(world, *[template_to(world, one.wa_id, "autumn_offer", "x") for one in people])
    dues = sorted(one.due_at for one in done.answers if isinstance(one, Waits))
    assert len(dues) == 40
    assert MONDAY <= dues[0] < MONDAY + HALF_HOUR / 5
    assert MONDAY + HALF_HOUR * 4 / 5 < dues[-1] < MONDAY + HALF_HOUR


async def test_a_cap_lets_the_next_one_through_when_the_oldest_is_a_day_old(world: World, mara: Somebody) -> None:
    await world.set_policy({**OPEN, "caps": {"person_per_day": 2, "sender_per_day": 2}})
    command = await advertise(world, mara)
    again = [template_to(world, mara.wa_id, "autumn_offer", str(n)) for n in range(2)]
    done = await send(world, command, *again)
    assert [type(answer) for answer in done.answers] == [Accepted, Accepted, Waits]
    third = done.answers[2]
    assert isinstance(third, Waits)
    assert (third.due_at, third.waits_for) == (NOW + timedelta(days=1), "caps")
    assert reasons(await send(world, text_to(world, mara.wa_id))) == ["window_closed"]
    assert reasons(await send(world, template_to(world, mara.wa_id))) == [None], "caps are for advertising"
    await release(world, mara.part, third.due_at)
    assert [status for (status,) in await rows(world, "status") if status == "waiting"] == []


async def test_a_repeated_send_meets_the_one_that_waits(world: World, mara: Somebody) -> None:
    await world.set_policy(QUIET)
    command = await advertise(world, mara)
    first = await send(world, command)
    assert (await send(world, command, again=True)).answers == first.answers
    assert await world.count("message") == 1


async def test_two_that_release_at_once_let_it_out_once(world: World, mara: Somebody) -> None:
    await world.set_policy(QUIET)
    for number in range(20):
        await advertise(world, mara)
        await send(world, template_to(world, mara.wa_id, "autumn_offer", str(number)))
    at = MONDAY + HALF_HOUR
    await asyncio.gather(*[release(world, mara.part, at) for _ in range(4)])
    await release(world, mara.part, at, again=True)
    found = await world.rows("SELECT cursor FROM message WHERE part = $1 ORDER BY cursor", mara.part)
    assert found == [(number,) for number in range(1, 21)]
    assert await world.count("hold") == 20
    assert await world.money() == (10_000_000, 20 * MARKETING)
    sent = [event["statuses"][0]["id"] for event in await events(world)]
    assert len(sent) == len(set(sent)) == 20


async def test_a_crowd_goes_out_at_the_sender_s_pace(world: World, mara: Somebody) -> None:
    """Two a second may go: the others get a turn each, and none is looked at again before it."""
    await world.set_policy(QUIET)
    parts = len(world.site.parts)
    people = [await world.add_person(one) for one in world.numbers(mara.part, 11)[1:]]
    for person in people:
        await world.set_marketing(person, granted=True)
    await advertise(world, people[0])
    await send(world, *[template_to(world, one.wa_id, "autumn_offer", "x") for one in people])
    await world.set_reference("UPDATE sender SET throughput_per_s = $1", 2 * parts)
    await world.execute("UPDATE pace SET tat = $1 WHERE part >= 0", NOW)
    action = Release(world.reference, CLOCK.new_id, parts)
    at = MONDAY + HALF_HOUR
    async with transaction(world.site.pool(mara.part)) as conn:
        await action(conn, mara.part, at, again=False)
    out = await world.rows("SELECT 1 FROM message WHERE part = $1 AND status = 'accepted'", mara.part)
    waiting = await world.rows(
        "SELECT due_at FROM message WHERE part = $1 AND status = 'waiting' ORDER BY due_at", mara.part
    )
    assert len(out) == 2 * parts
    gap = timedelta(seconds=0.5)
    assert [due for (due,) in waiting] == [at + gap * n for n in range(1, 11 - len(out))]
    for (due,) in waiting:
        async with transaction(world.site.pool(mara.part)) as conn:
            assert (await action(conn, mara.part, due, again=False)).answers[0].count == 1
    assert await world.rows("SELECT count(*) FROM message WHERE status = 'accepted'") == [(10,)]


async def test_a_person_may_set_a_quiet_time_of_their_own(world: World, mara: Somebody) -> None:
    """It holds for advertising; for all else only if they say so, and never for codes."""
    await world.execute(
        "UPDATE recipient SET time_zone = 'Asia/Tokyo', quiet_from_min = 1200, quiet_to_min = 540 WHERE part = $1",
        mara.part,
    )
    (answer,) = (await send(world, await advertise(world, mara))).answers
    assert isinstance(answer, Waits)
    assert timedelta(0) <= answer.due_at - datetime(2026, 11, 23, 0, tzinfo=UTC) < HALF_HOUR, "it is 21:00 in Tokyo"
    assert reasons(await send(world, template_to(world, mara.wa_id))) == [None]
    await world.execute("UPDATE recipient SET quiet_for_all = true WHERE part = $1", mara.part)
    await world.set_reference("UPDATE template SET ttl_s = 86400 WHERE name = 'order_update'")
    (notice,) = (await send(world, template_to(world, mara.wa_id))).answers
    assert isinstance(notice, Waits)
    await world.set_reference("UPDATE template SET category = 'authentication' WHERE name = 'order_update'")
    assert reasons(await send(world, template_to(world, mara.wa_id))) == [None]
    await release(world, mara.part, notice.due_at + HALF_HOUR)
    assert await world.rows("SELECT count(*) FROM message WHERE status = 'waiting'") == [(0,)]


async def set_up(world: World, person: Somebody, now: datetime, *commands: person_actions.Command) -> None:
    """What somebody sets for themselves, as their device does."""
    async with transaction(world.site.pool(person.part)) as conn:
        await person_actions.set_up(conn, person.part, list(commands), now, again=False)


NIGHT = OwnQuiet(12 * 60, 9 * 60)
"""Quiet at NOW, 13:00 in Berlin, until the next morning."""


async def test_who_lifts_their_quiet_time_gets_what_waited_for_it_at_once(world: World, mara: Somebody) -> None:
    await set_up(world, mara, NOW, SetQuiet(mara.recipient_id, NIGHT))
    (answer,) = (await send(world, await advertise(world, mara))).answers
    assert isinstance(answer, Waits)
    later = NOW + timedelta(hours=1)
    assert await release(world, mara.part, later) == 0
    await set_up(world, mara, later, SetQuiet(mara.recipient_id, None))
    assert await release(world, mara.part, later) == 1
    assert await rows(world, "status", "cursor", "accepted_at", "taken_at") == [("accepted", 1, later, NOW)]


async def test_who_moves_to_another_clock_gets_what_waited_by_that_clock(world: World, mara: Somebody) -> None:
    await set_up(world, mara, NOW, SetQuiet(mara.recipient_id, NIGHT))
    await send(world, await advertise(world, mara))
    await set_up(world, mara, NOW, SetZone(mara.recipient_id, "America/New_York"))
    await release(world, mara.part, NOW)
    ((status, due_at),) = await rows(world, "status", "due_at")
    nine = datetime(2026, 11, 22, 14, tzinfo=UTC)
    assert status == "waiting", "it is 7:00 in New York, and quiet from 12:00 to 9:00"
    assert nine <= due_at < nine + HALF_HOUR


async def test_what_waits_for_the_law_s_hours_waits_on_and_is_spread(world: World, mara: Somebody) -> None:
    """Lifting one's own quiet time lifts no other."""
    await world.set_policy(QUIET)
    await set_up(world, mara, NOW, SetQuiet(mara.recipient_id, NIGHT))
    await send(world, await advertise(world, mara))
    await set_up(world, mara, NOW, SetQuiet(mara.recipient_id, None))
    assert await release(world, mara.part, NOW) == 1
    ((status, due_at),) = await rows(world, "status", "due_at")
    assert status == "waiting"
    assert MONDAY <= due_at < MONDAY + HALF_HOUR


async def test_what_one_sender_kept_back_comes_at_the_pair_s_rate(world: World, mara: Somebody) -> None:
    await set_up(world, mara, NOW, SetQuiet(mara.recipient_id, NIGHT))
    many = PAIR_RATE.burst + 5
    await send(world, *[await advertise(world, mara) for _ in range(many)])
    await set_up(world, mara, NOW, SetQuiet(mara.recipient_id, None))
    await release(world, mara.part, NOW)
    waits = await world.rows("SELECT waits_for, due_at > $1 FROM message WHERE status = 'waiting'", NOW)
    assert 0 < len(waits) < many
    assert set(waits) == {("pair_rate", True)}


async def test_other_people_and_other_reasons_keep_their_slot(world: World, mara: Somebody) -> None:
    other = await world.add_person(world.numbers(mara.part, 2)[1])
    await world.set_policy({**OPEN, "caps": {"sender_per_day": 1}})
    await set_up(world, other, NOW, SetQuiet(other.recipient_id, NIGHT))
    await send(world, await advertise(world, mara), await advertise(world, mara), await advertise(world, other))
    before = await rows(world, "due_at")
    await set_up(world, mara, NOW, SetQuiet(mara.recipient_id, None))
    assert await rows(world, "due_at") == before


async def test_an_answer_waits_with_its_content_as_it_was(world: World, mara: Somebody) -> None:
    """A free text, too, where somebody wants quiet of everything; what it says is not made anew."""
    await world.invite(mara, world.outreach)
    await world.execute(
        "UPDATE recipient SET quiet_from_min = 720, quiet_to_min = 840, quiet_for_all = true WHERE part = $1", mara.part
    )
    (answer,) = (await send(world, text_to(world, mara.wa_id, "Ja, gern."))).answers
    assert isinstance(answer, Waits)
    await release(world, mara.part, answer.due_at)
    ((kind, content, status, cursor),) = await rows(world, "type", "content", "status", "cursor")
    assert (kind, json.loads(content), status, cursor) == ("text", {"body": "Ja, gern."}, "accepted", 1)


async def test_support_falls_silent_at_the_policy_s_number_at_the_latest(world: World, mara: Somebody) -> None:
    await world.set_policy({**OPEN, "support": {"unanswered": 1}})
    await world.invite(mara, world.support)
    done = await send(world, *[text_to(world, mara.wa_id, sender=world.support) for _ in range(2)])
    assert reasons(done) == [None, "support_silenced"]
