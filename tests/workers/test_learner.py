"""The learner: what people did teaches once, prices follow harm, the model is fitted from deliveries."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import numpy as np
import pytest

from takt.clock import CLOCK
from takt.core.admission import demand, fitting, hazard, opening
from takt.core.admission.book import Book
from takt.core.admission.fitting import Firmness
from takt.core.admission.scoring import Terms
from takt.core.admission.settings import Admission, Weights
from takt.core.admission.shadow import Slipped
from takt.core.feedback import slot_of_time
from takt.store import admissions, demands, resonance
from takt.store.admissions import Belief, Decision
from takt.store.pool import Pool, transaction
from takt.store.resonance import Counts, Stand
from takt.store.site import Site
from takt.store.stamp import touch
from takt.workers import learner
from takt.workers.learner import Fitted, Learner
from takt.workers.tallies import tallies
from tests.actions.admitting import believe, segment
from tests.workers.test_appraiser import SetClock
from tests.world import NOW, OPEN, OnePool, Somebody, World, make_world

LONG_AGO = NOW - timedelta(days=3)


@pytest.fixture
async def world(conn: Any, parts: tuple[int, ...]) -> World:
    made = await make_world(Site(parts, cast("Pool", OnePool(conn))))
    await made.set_policy({**OPEN, "admission": {"mode": "priced", "budget": 1.0}})
    return made


@pytest.fixture
async def mara(world: World) -> Somebody:
    return await world.add_person(world.numbers(world.site.parts[0], 2)[0])


def at_work(world: World, at: datetime = NOW) -> Learner:
    clock = SetClock()
    clock.at = at
    return Learner(world.site, world.reference, clock)


async def decide(
    world: World, person: Somebody, at: datetime = LONG_AGO, *, read: bool = False, delivered: bool = True,
    kinds: tuple[str, ...] = (), annoyance: float = 0.01, mode: str = "priced", explored: bool = False,
) -> UUID:  # fmt: skip
    """A message that was let out then, and what the person did about it."""
    message_id = CLOCK.new_id_beside(person.wa_id)
    business_id = world.business.business_id
    status = "read" if read else "delivered" if delivered else "accepted"
    await world.execute(
        "INSERT INTO message (part, message_id, recipient_id, wa_id, sender_id, business_id, inbound, cursor, status, type,"
        " content, category, accepted_at, delivered_at, read_at) SELECT part, $2, recipient_id, wa_id, $3, $4, false, cursor,"
        " $5, 'template', '{}', 'marketing', $6, $7, $8 FROM recipient WHERE part = $1 AND recipient_id = $9",
        person.part, message_id, world.outreach.sender_id, business_id, status, at, at if delivered else None,
        at if read else None, person.recipient_id,
    )  # fmt: skip
    await world.execute(
        "UPDATE recipient SET cursor = cursor + 1 WHERE part = $1 AND recipient_id = $2",
        person.part,
        person.recipient_id,
    )
    for kind in kinds:
        await world.execute(
            "INSERT INTO feedback (part, recipient_id, message_id, kind, sender_id, business_id, template_id, category,"
            " market, weight, newcomer, was_read, slot_at, at) VALUES ($1, $2, $3, $4, $5, $6, '', 'marketing', 'DE', 1000,"
            " false, $7, $8, $8)",
            person.part, person.recipient_id, message_id, kind, world.outreach.sender_id, business_id, read, at,
        )  # fmt: skip
    one = Decision(
        message_id, person.recipient_id, business_id, "", "DE", mode, 1, 0, 4.0, True, True, explored, False, 0.98,
        0.0, 0.0, 3.0, (0.08, 0.0, 0.01, annoyance, 4.0 * annoyance, 0.02, 0.0),
    )  # fmt: skip
    async with transaction(world.site.pool(person.part)) as conn:
        await admissions.add(conn, person.part, [one], at)
    return message_id


async def tolerance(world: World, person: Somebody) -> Any:
    ((logs,),) = await world.rows(
        "SELECT logs FROM belief WHERE part = $1 AND recipient_id = $2", person.part, person.recipient_id
    )
    return np.exp(np.asarray(logs)) * hazard.prior().weights


async def liking(world: World, person: Somebody) -> tuple[float, float]:
    ((owners, (mean,), (variance,)),) = await world.rows(
        "SELECT owners, means, variances FROM belief WHERE part = $1 AND recipient_id = $2",
        person.part, person.recipient_id,
    )  # fmt: skip
    assert owners == [world.business.business_id]
    return mean, variance


async def test_what_people_do_teaches_once(world: World, mara: Somebody) -> None:
    await decide(world, mara, read=True, kinds=("interested",))
    assert await at_work(world).learn() == 1
    mean, variance = await liking(world, mara)
    assert mean > 0
    assert variance < hazard.prior().edge_variance
    assert await at_work(world).learn() == 0
    assert await liking(world, mara) == (mean, variance)
    ((owner_mean,),) = await world.rows("SELECT mean FROM owner_liking")
    assert owner_mean > 0


async def test_a_lesson_moves_one_liking_and_keeps_the_others(world: World, mara: Somebody) -> None:
    stranger, ours, classes = UUID(int=5), world.business.business_id, len(hazard.NODES)
    before = Belief(np.zeros(classes), {stranger: (0.3, 0.9), ours: (0.5, 0.8)})
    async with transaction(world.site.pool(mara.part)) as conn:
        await believe(conn, mara.part, mara.recipient_id, before)
    await decide(world, mara, read=True, kinds=("interested",))
    assert await at_work(world).learn() == 1
    async with transaction(world.site.pool(mara.part)) as conn:
        found = await admissions.lock_beliefs(conn, mara.part, [mara.recipient_id], classes)
    after = found[mara.recipient_id].likings
    assert after[stranger] == (0.3, 0.9)
    assert after[ours][0] > 0.5
    assert after[ours][1] < 0.8


async def test_of_who_is_not_there_nothing_is_written_down(world: World, mara: Somebody) -> None:
    async with transaction(world.site.pool(mara.part)) as conn:
        await believe(conn, mara.part, UUID(int=5), Belief(np.zeros(2), {UUID(int=6): (0.3, 0.9)}))
    assert await world.rows("SELECT 1 FROM belief WHERE part = any($1)", world.site.parts) == []


async def test_who_blocks_puts_up_with_less(world: World, mara: Somebody) -> None:
    jonas = await world.add_person(world.numbers(world.site.parts[0], 2)[1])
    await decide(world, mara, kinds=("block",))
    await decide(world, jonas, read=True, kinds=("reply",))
    await at_work(world).learn()
    nodes = hazard.prior().nodes
    blocked, replied = await tolerance(world, mara), await tolerance(world, jonas)
    assert blocked @ nodes / blocked.sum() < replied @ nodes / replied.sum()
    ((happened,),) = await world.rows(
        "SELECT happened FROM admission WHERE part = $1 AND recipient_id = $2", mara.part, mara.recipient_id
    )
    assert happened == 1.0


async def test_what_is_young_or_never_arrived_teaches_nothing(world: World, mara: Somebody) -> None:
    await decide(world, mara, NOW - timedelta(hours=3))
    await decide(world, mara, delivered=False)
    assert await at_work(world).learn() == 1
    assert await world.rows("SELECT 1 FROM belief WHERE part = any($1)", world.site.parts) == []
    assert await at_work(world, NOW + timedelta(days=3)).learn() == 1


async def test_prices_rise_while_people_are_harmed_more_than_allowed(world: World, mara: Somebody) -> None:
    await decide(world, mara, kinds=("block",))
    await decide(world, mara, NOW - timedelta(hours=2), annoyance=0.05)
    await at_work(world).learn()
    async with transaction(world.site.everywhere) as conn:
        await admissions.put_segment(conn, "DE", segment(0.8), LONG_AGO)
        await admissions.add_model(conn, replace(hazard.prior(), version=1), fitting.NOT_FIRM, 1_000, NOW)
        await touch(conn)
    assert await at_work(world).tune()
    assert await price_of(world) == pytest.approx(1.0, rel=0.05), (
        "what was offered brings 0.05 for an annoyance of 0.05"
    )
    assert not await at_work(world, NOW + timedelta(hours=1)).tune(), "once a day"


async def price_of(world: World) -> float:
    ((price,),) = await world.rows("SELECT price FROM shadow_price WHERE market = 'DE'")
    return float(price)


async def priced(world: World, price: float, moved_at: datetime) -> None:
    async with transaction(world.site.everywhere) as conn:
        await admissions.put_segment(conn, "DE", segment(price), moved_at)
        await touch(conn)


async def test_between_tunings_the_price_follows_what_was_offered(world: World, mara: Somebody) -> None:
    """One message that brings 0.05 for an annoyance of 0.01 is far more than a day's budget of one person."""
    await decide(world, mara, NOW - timedelta(hours=2))
    await decide(world, mara)
    await at_work(world).learn()
    await priced(world, 2.0, NOW - timedelta(hours=6))
    assert not await at_work(world, NOW - timedelta(hours=1)).steer(), "every six hours"
    assert await at_work(world).steer()
    assert await price_of(world) == pytest.approx(4.0), "doubled at most"
    later = NOW + timedelta(hours=6)
    assert await at_work(world, later).steer()
    assert await price_of(world) == pytest.approx(5.0, rel=0.03), "up to what the message brings"
    assert not await at_work(world, later).steer()


async def utility(
    world: World, person: Somebody, at: datetime, messages: int, kinds: tuple[str, ...], category: str = "utility"
) -> None:
    """Utility (or other messages) of the company that arrived then, and what somebody did about one of these."""
    sender_id, business_id, slot = world.outreach.sender_id, world.business.business_id, slot_of_time(at)
    async with transaction(world.site.pool(person.part)) as conn:
        added = {Stand(sender_id, "", slot, "DE", category, business_id): Counts(delivered=messages)}
        await resonance.add(conn, person.part, added)
    message_id = CLOCK.new_id_beside(person.wa_id)
    for kind in kinds:
        await world.execute(
            "INSERT INTO feedback (part, recipient_id, message_id, kind, sender_id, business_id, template_id, category,"
            " market, weight, newcomer, was_read, slot_at, at) VALUES ($1, $2, $3, $4, $5, $6, '', $9, 'DE', 1000,"
            " false, false, $7, $8)",
            person.part, person.recipient_id, message_id, kind, sender_id, business_id, slot, at + timedelta(minutes=20),
            category,
        )  # fmt: skip


async def test_utility_of_an_owner_who_misfiles_counts_with_what_people_did_about_it(
    world: World, mara: Somebody
) -> None:
    """Each message once for each harm, only what was not undone, in the days in which it arrived."""
    await decide(world, mara, NOW - timedelta(hours=2))
    await utility(world, mara, NOW - timedelta(hours=1), 40, ("block",))
    await utility(world, mara, LONG_AGO, 300, ("block", "mute", "reply"))
    await utility(world, mara, LONG_AGO, 100, ("stop_all", "report"))
    await utility(world, mara, NOW - timedelta(days=40), 7, ("report",))
    await utility(world, mara, LONG_AGO, 50, ("block",), "marketing")
    await utility(world, mara, LONG_AGO, 0, ("block",))
    await world.execute(
        "UPDATE feedback SET undone_at = $2 WHERE part = $1 AND message_id = (SELECT message_id FROM feedback WHERE part = $1"
        " ORDER BY message_id DESC LIMIT 1)", mara.part, NOW,
    )  # fmt: skip
    known = Book(misfiled={world.business.business_id: 0.2})
    weighed = Admission(weights=Weights(block=1.0, report=5.0, stop=7.0))
    tally = (await tallies(world.site, NOW, weighed, known))["DE"]
    assert tally.slipped == [
        Slipped(40.0), Slipped(), Slipped(), Slipped(400.0, 400.0, 1.0 + 5.0 + 7.0),
    ]  # fmt: skip
    assert (await tallies(world.site, NOW, weighed, Book()))["DE"].slipped == []
    other = Book(misfiled={CLOCK.new_id(): 0.2})
    assert (await tallies(world.site, NOW, weighed, other))["DE"].slipped == []


@pytest.mark.parametrize("misfiles", [False, True])
async def test_what_slips_past_makes_the_price_rise(world: World, mara: Somebody, *, misfiles: bool) -> None:
    """What is offered annoys by less than a day's budget of 0.14; what slipped past did far more, if it counts."""
    await world.set_policy({**OPEN, "admission": {"mode": "priced", "budget": 1_000.0}})
    await decide(world, mara, NOW - timedelta(hours=2), annoyance=0.05)
    await decide(world, mara, annoyance=0.05)
    await at_work(world).learn()
    await utility(world, mara, LONG_AGO, 100, ("block", "stop_all"))
    await utility(world, mara, NOW - timedelta(hours=3), 100, ())
    if misfiles:
        await world.set_reference("UPDATE template SET previous_category = 'utility' WHERE name = 'autumn_offer'")
    await priced(world, 0.5, NOW - timedelta(hours=12))
    assert await at_work(world).steer()
    assert (await price_of(world) > 0.5) is misfiles


async def test_the_price_falls_slowly_and_rests_where_nothing_was_offered(world: World, mara: Somebody) -> None:
    await decide(world, mara)
    await at_work(world).learn()
    await priced(world, 2.0, NOW - timedelta(hours=12))
    assert await at_work(world).steer()
    assert await price_of(world) == 2.0, "nothing was offered in the last day"
    await decide(world, mara, NOW - timedelta(hours=2), annoyance=1e-7)
    await priced(world, 2.0, NOW - timedelta(hours=12))
    assert await at_work(world).steer()
    assert await price_of(world) == pytest.approx(2.0 * 0.8**0.5)


async def test_where_no_score_decides_nothing_is_steered(world: World, mara: Somebody) -> None:
    await priced(world, 2.0, NOW - timedelta(days=1))
    await world.set_policy({**OPEN, "admission": {"mode": "cap"}})
    assert not await at_work(world).steer()


async def test_what_was_offered_is_laid_out_as_the_core_does(world: World, mara: Somebody) -> None:
    """The newest decision of each message counts, once."""
    terms = [(0.08, 0.0, 0.01, 0.01, 0.04, 0.02, 0.0), (0.01, 0.0, 0.05, 0.02, 0.08, 0.02, 0.0), (1e9, 0.0, 0.0, 1e-3, 0.0, 0.0, 0.0)]  # fmt: skip
    ids = [CLOCK.new_id_beside(mara.wa_id) for _ in terms]
    for at in (NOW - timedelta(hours=3), NOW - timedelta(hours=1)):
        ones = [
            Decision(
                message_id, mara.recipient_id, world.business.business_id, "", "DE", "priced", 1, 0, 4.0, place == 0,
                place != 1, False, False, 0.98, 0.0, 0.0, 3.0, row,
            )
            for place, (message_id, row) in enumerate(zip(ids, terms, strict=True))
        ]  # fmt: skip
        async with transaction(world.site.pool(mara.part)) as conn:
            await admissions.add(conn, mara.part, ones, at)
    columns = np.asarray(terms).T
    expected = demand.laid_out(Terms(*columns), 0.01)
    async with world.site.pool(mara.part).acquire() as conn:
        found = await demands.demand(conn, mara.part, NOW, 0.01)
        spent = await demands.spent(conn, mara.part, NOW)
    assert {one.place: one.annoyance for one in found if one.place >= 0} == pytest.approx(
        {int(place): expected[place] for place in np.flatnonzero(expected)}
    )
    assert sum(one.passed for one in found) == pytest.approx(0.011)
    assert sum(one.let_out for one in found) == pytest.approx(0.01)
    assert [(market, ago) for market, ago, _ in spent] == [("DE", 0)]
    assert spent[0][2].predicted == pytest.approx(0.02)
    assert (spent[0][2].known, spent[0][2].happened) == (0.0, 0.0)


async def test_the_first_look_gives_a_market_its_price_and_outlook(
    world: World, mara: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    await decide(world, mara, explored=True)
    await at_work(world).learn()
    await at_work(world).tune()
    assert await world.rows("SELECT 1 FROM shadow_price") == [], "nothing has a price before a model was fitted"
    monkeypatch.setattr(learner, "DELIVERIES_LEAST", 1)
    await at_work(world, NOW + timedelta(days=1)).tune()
    async with world.site.everywhere.acquire() as conn:
        book = (await world.reference.fresh(conn)).admission
    found = book.segment("DE")
    assert found is not None
    assert found.shadow.price > opening.LEAST
    assert len(found.outlook) == len(hazard.NODES)
    assert book.segment("FR") is None


async def test_a_fit_by_hand_needs_enough_deliveries(
    world: World, mara: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kinds in (("interested",), (), ("block",)):
        await decide(world, mara, read=bool(kinds), kinds=kinds, mode="cap")
    await at_work(world).learn()
    assert (await at_work(world).fit()).version is None
    monkeypatch.setattr(learner, "DELIVERIES_LEAST", 3)
    assert (await at_work(world).fit()).version == 1
    async with world.site.everywhere.acquire() as conn:
        assert (await world.reference.fresh(conn)).admission.model.version == 1


async def test_a_fit_rests_on_volume_drawn_by_lot_and_on_each_delivery_once(
    world: World, mara: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "DELIVERIES_LEAST", 1)
    await decide(world, mara, kinds=("block",))
    await decide(world, mara, mode="cap")
    await decide(world, mara, mode="cap", delivered=False)
    await at_work(world).learn()
    assert await at_work(world).fit() == Fitted(1, 1), "what the score chose is left out"
    first = await firmness(world)
    tomorrow = NOW + timedelta(days=1)
    assert await at_work(world, tomorrow).fit() == Fitted(None, 0), "it was used"
    await decide(world, mara, read=True, kinds=("interested",), explored=True)
    await decide(world, mara)
    await at_work(world, tomorrow).learn()
    assert await at_work(world, tomorrow).fit() == Fitted(2, 1)
    both = await firmness(world)
    assert both.people == pytest.approx(first.people * 0.5 ** (1 / fitting.HALF_LIFE_DAYS) + 1)
    assert (np.linalg.eigvalsh(both.rows - fitting.faded(first, 1.0).rows) > -1e-12).all()


async def test_a_model_of_which_it_is_not_known_how_firm_it_is_is_fitted_anew(
    world: World, mara: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "DELIVERIES_LEAST", 1)
    await decide(world, mara, mode="cap")
    await at_work(world).learn()
    await at_work(world).fit()
    await world.set_reference("UPDATE admission_model SET body = body - 'firmness'")
    assert await at_work(world, NOW + timedelta(days=1)).fit() == Fitted(2, 1)


async def firmness(world: World) -> Firmness:
    async with world.site.everywhere.acquire() as conn:
        found = await admissions.last_fit(conn)
    assert found is not None
    return found[1]


async def test_an_alarm_is_cleared_by_hand(world: World) -> None:
    await world.set_reference(
        "INSERT INTO shadow_price (market, price, calibration, alarmed, model_version, outlook, moved_at)"
        " VALUES ('DE', 4, 3, true, 0, '[]', $1)", NOW,
    )  # fmt: skip
    await at_work(world).clear_alarms()
    assert await world.rows("SELECT alarmed FROM shadow_price") == [(False,)]


async def test_decisions_are_kept_for_four_months_of_four_weeks(world: World, mara: Somebody) -> None:
    await decide(world, mara, NOW - learner.KEPT - timedelta(days=1))
    await decide(world, mara, NOW - learner.KEPT + timedelta(days=1))
    await at_work(world).tune()
    assert await world.rows("SELECT count(*)::int FROM admission WHERE part = $1", mara.part) == [(1,)]
