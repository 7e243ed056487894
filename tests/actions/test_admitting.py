"""Marketing is weighed on the send path: by the cap of the cold start, by score, by lot; each decision leaves its row."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from takt.actions.admitting import NOTHING
from takt.actions.examine import Examine
from takt.clock import CLOCK
from takt.core.admission.exposure import KEEP_PER_DAY, WEIGHTS
from takt.core.message import Accepted, SendMessage, Waits
from takt.store import admissions
from takt.store.admissions import Belief, Decision
from takt.store.pool import transaction
from takt.wire.record import decode_facts
from tests.actions.admitting import believe, draw_lot, hold_out, set_price
from tests.actions.sending import reasons, send
from tests.actions.test_release import release
from tests.world import NOW, OPEN, Somebody, World, template_to, twins

DAY = timedelta(days=1)
MONTH_S = 30 * 86_400
TIRED = 2.5
CAP: dict[str, Any] = {**OPEN, "admission": {"mode": "cap", "cap_per_week": 2}, "waiting": {"wait_h": 8 * 24}}
NO_CHANCE: dict[str, Any] = {"exploration": 0, "cold_exploration": 0, "hold_out": 0}
PRICED: dict[str, Any] = {**OPEN, "admission": {"mode": "priced", "person_per_week": 50, **NO_CHANCE}}


async def offer(world: World, person: Somebody) -> SendMessage:
    """Advertising that the person wants, in a template that lives for a month."""
    await world.set_reference("UPDATE template SET ttl_s = $1 WHERE name = 'autumn_offer'", MONTH_S)
    if not await world.rows("SELECT 1 FROM consent WHERE part = $1", person.part):
        await world.set_marketing(person, granted=True)
    return template_to(world, person.wa_id, "autumn_offer", "Herbst")


async def decisions(world: World, *columns: str) -> list[tuple[Any, ...]]:
    return await world.rows(
        f"SELECT {', '.join(columns)} FROM admission WHERE part = any($1) ORDER BY at, message_id", world.site.parts
    )


async def tire(world: World, person: Somebody, exposure: float) -> None:
    await world.execute(
        "UPDATE recipient SET exposure = $3, exposed_at = $4 WHERE part = $1 AND recipient_id = $2",
        person.part, person.recipient_id, exposure, NOW,
    )  # fmt: skip


async def exposure_of(world: World, person: Somebody) -> float:
    ((found,),) = await world.rows(
        "SELECT exposure FROM recipient WHERE part = $1 AND recipient_id = $2", person.part, person.recipient_id
    )
    return float(found)


async def test_at_first_two_a_week_get_through_and_the_third_waits(world: World, mara: Somebody) -> None:
    await world.set_policy({**CAP, "admission": {**CAP["admission"], **NO_CHANCE}})
    await offer(world, mara)
    done = await send(world, *[await offer(world, mara) for _ in range(3)])
    first, second, third = done.answers
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert isinstance(third, Waits)
    assert third.waits_for == "pressure"
    rows = await decisions(world, "mode", "let_out", "propensity", "model_version")
    assert sorted(rows) == [("cap", False, 0.0, 0), ("cap", True, 1.0, 0), ("cap", True, 1.0, 0)]


async def test_an_explored_week_has_a_wider_cap(world: World, mara: Somebody) -> None:
    await world.set_policy(CAP)
    await draw_lot(world, mara, "cap 2026-47", below=0.05)
    await offer(world, mara)
    done = await send(world, *[await offer(world, mara) for _ in range(4)])
    assert all(isinstance(one, Accepted) for one in done.answers)
    assert {row[0] for row in await decisions(world, "explored")} == {True}


async def test_a_rested_person_gets_what_a_tired_one_does_not(world: World, mara: Somebody) -> None:
    await world.set_policy(PRICED)
    await set_price(world, 1.0)
    command = await offer(world, mara)
    assert reasons(await send(world, command)) == [None]
    await tire(world, mara, TIRED)
    answer = (await send(world, await offer(world, mara))).answers[0]
    assert isinstance(answer, Waits)
    assert answer.waits_for == "pressure"
    assert NOW < answer.due_at < NOW + 3 * DAY or answer.due_at is None
    let_out, refused = sorted(await decisions(world, "let_out", "terms", "pressure", "shadow"), reverse=True)
    assert (let_out[0], refused[0]) == (True, False)
    assert let_out[1][4] == pytest.approx(let_out[1][3] * 1.0), "the charge is the annoyance at its price"
    assert refused[1][3] > let_out[1][3], "the tired one is expected to be annoyed more"
    assert refused[2] == pytest.approx(TIRED)


async def test_what_waits_for_its_turn_goes_out_when_it_came(world: World, mara: Somebody) -> None:
    await world.set_policy(PRICED)
    await set_price(world, 1.0)
    await offer(world, mara)
    await tire(world, mara, TIRED)
    command = await offer(world, mara)
    answer = (await send(world, command)).answers[0]
    assert isinstance(answer, Waits)
    assert await release(world, mara.part, answer.due_at + timedelta(minutes=1)) == 1
    ((status,),) = await world.rows("SELECT status FROM message WHERE part = $1", mara.part)
    assert status == "accepted"
    assert [row[0] for row in await decisions(world, "let_out")] == [False, True]


async def test_what_cannot_wait_is_refused_with_its_forecast(world: World, mara: Somebody) -> None:
    await world.set_policy({**PRICED, "waiting": {"wait_h": 0}})
    await set_price(world, 1.0)
    await offer(world, mara)
    await tire(world, mara, TIRED)
    done = await send(world, await offer(world, mara))
    assert reasons(done) == ["pressure"]
    denied = done.answers[0].denied  # type: ignore[union-attr]
    assert denied.next_at is not None
    assert denied.next_at > NOW
    for word in ("score", "price", "gain", "loss", "annoyance", "tiring", "model 0", "policy"):
        assert word in denied.figure


async def test_a_decision_told_at_once_is_kept_without_its_message(world: World, mara: Somebody) -> None:
    await world.set_policy({**PRICED, "waiting": {"wait_h": 0}})
    await set_price(world, 1.0)
    await tire(world, mara, TIRED)
    done = await send(world, replace(await offer(world, mara), verdict_at_once=True))
    assert reasons(done) == ["pressure"]
    assert await world.count("message") == 0
    assert await decisions(world, "mode", "let_out", "policy_version", "model_version") == [("priced", False, 2, 0)]


async def test_decisions_told_at_once_come_no_faster_than_messages(world: World, mara: Somebody) -> None:
    """Each is a row, and moves the price: no loop may write them without end."""
    await world.set_policy({**PRICED, "waiting": {"wait_h": 0}})
    await set_price(world, 1.0)
    await tire(world, mara, TIRED)
    await world.set_reference("UPDATE sender SET throughput_per_s = 10")
    command = replace(await offer(world, mara), verdict_at_once=True)
    told = reasons(await send(world, *(replace(command, message_id=uuid4()) for _ in range(15))))
    told += reasons(await send(world, replace(command, message_id=uuid4())))
    assert told == ["pressure"] * 10 + ["throughput"] * 6
    assert len(await decisions(world, "let_out")) == told.count("pressure")


async def test_the_explanation_says_what_the_decision_rested_on(world: World, mara: Somebody) -> None:
    await world.set_policy(PRICED)
    await set_price(world, 1.0)
    command = await offer(world, mara)
    await send(world, command)
    ((facts,),) = await world.rows("SELECT facts FROM message WHERE part = $1", mara.part)
    found = decode_facts(facts)
    assert found.pressure_mode == "priced"
    assert found.pressure_passed
    assert found.pressure_weighed is not None
    assert found.pressure_weighed.figure().startswith("score 0.0")


async def test_who_is_held_out_gets_none_this_year_and_is_told_apart(world: World, mara: Somebody) -> None:
    await world.set_policy({**PRICED, "admission": {**PRICED["admission"], "hold_out": 0.1}})
    await set_price(world, 0.5)
    await draw_lot(world, mara, "held out 2026", below=0.1)
    assert reasons(await send(world, await offer(world, mara))) == ["held_out"]
    assert await decisions(world, "held_out", "propensity", "let_out") == [(True, 0.0, False)]
    await draw_lot(world, mara, "held out 2026", above=0.1)
    assert reasons(await send(world, await offer(world, mara))) == [None]


async def test_who_is_held_out_still_gets_what_answers_them(world: World, mara: Somebody) -> None:
    await hold_out(world, mara)
    await world.set_reference("UPDATE template SET ttl_s = $1 WHERE name = 'autumn_offer'", MONTH_S)
    await set_price(world, 0.5)
    await world.invite(mara, world.outreach)
    assert reasons(await send(world, await offer(world, mara))) == [None]


async def test_without_a_price_the_cap_decides(world: World, mara: Somebody) -> None:
    await world.set_policy(PRICED)
    await send(world, await offer(world, mara))
    assert await decisions(world, "mode") == [("cap",)]


async def test_beliefs_come_in_the_order_in_which_they_were_asked_for(world: World, mara: Somebody) -> None:
    part, person = mara.part, mara.recipient_id
    before, owner, other, stranger = (UUID(int=number) for number in (6, 7, 8, 9))
    async with transaction(world.site.pool(part)) as conn:
        await believe(conn, part, person, Belief(np.array([0.0, -1.0, -2.0]), {before: (0.7, 0.1), owner: (0.5, 0.25)}))
        edges = [(stranger, owner), (person, other), (person, owner), (stranger, other), (person, owner)]
        found = await admissions.beliefs(conn, part, edges, 3)
        of_other_classes = await admissions.beliefs(conn, part, edges, 2)
    unknown, learned = [0.0, 0.0, 0.0], [0.0, -1.0, -2.0]
    assert found.logs.tolist() == [unknown, learned, learned, unknown, learned]
    assert found.mean.tolist() == [0.0, 0.0, 0.5, 0.0, 0.5]
    assert of_other_classes.logs.tolist() == [[0.0, 0.0]] * 5
    assert of_other_classes.mean.tolist() == found.mean.tolist()


async def test_a_decision_is_kept_as_it_was(world: World, mara: Somebody) -> None:
    ids = mara.recipient_id, UUID(int=7)
    parts = (0.1, -0.2, 0.3, 1e-300, 0.5, 0.6, 1 / 3)
    kept = [
        Decision(UUID(int=5), *ids, "größer", "DE", "priced", 3, 4, 0.7, True, False, True, False, 0.98, -1.5, 2.5, 3.5, parts),
        Decision(UUID(int=6), *ids, "", "", "cap", 1, 0, 0.0, False, True, False, True, 0.0, 0.0, 0.0, 0.0, NOTHING),
    ]  # fmt: skip
    async with transaction(world.site.pool(mara.part)) as conn:
        await admissions.add(conn, mara.part, kept, NOW)
    found = await decisions(world, "part", "at", *Decision.__dataclass_fields__)
    assert found == [
        (
            mara.part,
            NOW,
            *(getattr(one, name) for name in Decision.__dataclass_fields__ if name != "terms"),
            [*one.terms],
        )
        for one in kept
    ]


async def test_a_second_message_of_a_batch_meets_what_the_first_added(world: World, mara: Somebody) -> None:
    """And what is believed of the person is the same."""
    await world.set_policy(PRICED)
    await set_price(world, 1.0)
    await offer(world, mara)
    async with transaction(world.site.pool(mara.part)) as conn:
        likings = {world.business.business_id: (0.5, 0.25)}
        await believe(conn, mara.part, mara.recipient_id, Belief(np.zeros(0), likings))
    await send(world, await offer(world, mara), await offer(world, mara))
    assert sorted(await decisions(world, "pressure", "affinity")) == [(0.0, 0.5), (1.0, 0.5)]


async def test_everything_that_reaches_a_person_is_counted_and_fades(world: World, mara: Somebody) -> None:
    await world.set_policy(OPEN)
    await tire(world, mara, 4.0)
    await world.execute(
        "UPDATE recipient SET exposed_at = $3 WHERE part = $1 AND recipient_id = $2",
        mara.part, mara.recipient_id, NOW - 2 * DAY,
    )  # fmt: skip
    await send(world, template_to(world, mara.wa_id))
    left = 4.0 * KEEP_PER_DAY**2
    assert await exposure_of(world, mara) == pytest.approx(left + WEIGHTS["utility"], rel=1e-4)
    await send(world, await offer(world, mara))
    assert await exposure_of(world, mara) == pytest.approx(left + WEIGHTS["utility"] + 1.0, rel=1e-4)
    assert await decisions(world, "mode") == [], "off means off"


async def test_the_utility_of_a_company_that_files_advertising_as_such_counts_more(
    world: World, mara: Somebody
) -> None:
    await world.set_policy(OPEN)
    await world.set_reference("UPDATE template SET previous_category = 'utility' WHERE name = 'autumn_offer'")
    filed = await world.rows("SELECT count(*) FROM template WHERE category = 'utility' AND status <> 'DELETED'")
    await send(world, template_to(world, mara.wa_id))
    share = 1.0 / (1.0 + filed[0][0] + 2.0)
    assert await exposure_of(world, mara) == pytest.approx(WEIGHTS["utility"] + 0.7 * share, rel=1e-4)


async def test_a_dry_run_says_the_same_and_writes_nothing(world: World, mara: Somebody) -> None:
    await world.set_policy({**PRICED, "waiting": {"wait_h": 0}})
    await set_price(world, 1.0)
    await offer(world, mara)
    await tire(world, mara, TIRED)
    command = await offer(world, mara)
    async with transaction(world.site.pool(mara.part)) as conn:
        action = Examine(world.reference, len(world.site.parts))
        (examined,) = (await action(conn, mara.part, [command], NOW, again=False)).answers
    assert examined.denied is not None
    assert examined.denied.reason.name == "pressure"
    assert await decisions(world, "mode") == []
    done = await send(world, replace(command, message_id=CLOCK.new_id_beside(mara.wa_id)))
    assert reasons(done) == ["pressure"]


async def test_a_repeated_batch_leaves_one_row(world: World, mara: Somebody) -> None:
    await world.set_policy(PRICED)
    await set_price(world, 1.0)
    command = await offer(world, mara)
    async with twins(world):
        await send(world, command)
        await send(world, command, again=True)
    assert len(await decisions(world, "mode")) == 1
