"""Admission: properties of its parts, each by the functions that decide in the product."""

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takt.core.admission import (
    belief,
    book,
    cold,
    exploration,
    exposure,
    fairness,
    hazard,
    opening,
    outlook,
    prospects,
    scoring,
)
from takt.core.admission.belief import Liking
from takt.core.admission.deciding import Rules, decide
from takt.core.admission.exploration import DARING, MULTIPLIERS
from takt.core.admission.prospects import Sample
from takt.core.admission.scoring import Candidates, Taste
from takt.core.admission.settings import Admission
from takt.core.document import UnsoundError
from takt.core.tact import TactPolicy, parse_policy, render_policy
from tests.core.admission import AHEAD, MODEL, STAKES, candidates, prospect, terms_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
few = settings(max_examples=50)


@few
@given(st.floats(0.001, 1.0), st.floats(0.001, 1.0), st.floats(0.0, 12.0))
def test_a_dearer_message_scores_higher(price: float, more: float, pressure: float) -> None:
    low, high = (terms_of(candidates(price=p, pressure=pressure)).score[0] for p in (price, price + more))
    assert high - low == pytest.approx(more)


@few
@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(0.0, 12.0))
def test_a_higher_price_of_annoyance_never_raises_the_charge_less(
    content: float, affinity: float, pressure: float
) -> None:
    one = candidates(content=content, affinity=affinity, pressure=pressure)
    charges = [terms_of(one, price).charge[0] for price in AHEAD]
    assert charges == sorted(charges)
    assert terms_of(one, 12.0).score[0] < terms_of(one, 0.5).score[0]


@few
@given(st.floats(0.0, 8.0), st.floats(0.5, 4.0))
def test_who_is_more_tired_costs_more_in_annoyance(pressure: float, more: float) -> None:
    calm, tired = (terms_of(candidates(pressure=p)) for p in (pressure, pressure + more))
    assert tired.annoyance[0] > calm.annoyance[0]


def test_every_term_is_told_and_they_sum_to_the_score() -> None:
    terms = terms_of(candidates(bonus=0.01), alpha=0.1)
    parts = terms.price + terms.gain - terms.loss - terms.charge - terms.tiring + terms.bonus
    assert terms.score == pytest.approx(parts)
    assert terms.charge == pytest.approx(5.0 * terms.annoyance)


def test_what_a_person_brings_besides_is_lost_as_often_as_they_leave() -> None:
    one, priced = candidates(), parse_policy({"admission": {"other_worth": 300}}).admission
    chances = hazard.chances(MODEL, one.content, one.affinity, one.pressure)
    without, with_it = (
        scoring.weigh(replace(AHEAD[5.0], stakes=book.stakes(some)), Taste(), one, chances)
        for some in (Admission(), priced)
    )
    leaves = float(MODEL.weights @ chances[hazard.LEAVE, 0])
    assert with_it.loss[0] - without.loss[0] == pytest.approx(300 * leaves)
    ahead = [outlook.outlook(prospect(), 0.5, book.stakes(some)).values.sum() for some in (Admission(), priced)]
    assert 0.0 < ahead[1] < ahead[0], "messages of the future risk it, too"


def test_a_batch_scores_as_its_messages_alone() -> None:
    ones = [candidates(price=p, content=c, pressure=e) for p, c, e in ((0.05, 0.4, 0.0), (0.2, -1.0, 5.0))]
    both = Candidates(
        *(np.concatenate([getattr(one, name) for one in ones]) for name in Candidates.__dataclass_fields__)
    )
    assert terms_of(both).score == pytest.approx([terms_of(one).score[0] for one in ones])


@few
@given(st.floats(0.0, 50.0), st.floats(0.0, 60.0), st.floats(0.0, 60.0))
def test_exposure_fades_and_in_the_same_way_in_one_step_or_two(count: float, first: float, second: float) -> None:
    before = np.array([count])
    once = exposure.fade(before, np.array([first + second]))
    twice = exposure.fade(exposure.fade(before, np.array([first])), np.array([second]))
    assert once == pytest.approx(twice)
    assert (once <= before).all()


def test_service_tires_less_than_marketing() -> None:
    assert exposure.WEIGHTS["marketing"] == 1.0
    assert max(weight for name, weight in exposure.WEIGHTS.items() if name != "marketing") < 0.5


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_utility_counts_the_more_the_more_of_it_is_advertising(found: float, fair: float) -> None:
    counts = np.array([0.0, found, found + 1.0])
    weight = exposure.utility_weights(exposure.misfiled(counts, np.full(3, fair)))
    assert weight[0] == exposure.WEIGHTS["utility"], "nothing was found"
    assert (np.diff(weight) >= 0.0).all()
    assert weight[2] < exposure.WEIGHTS["marketing"]


@few
@given(st.lists(st.integers(0, 10_000), max_size=12), st.integers(0, 4), st.floats(0, 0.999), st.floats(0.01, 0.2))
def test_the_cold_start_is_a_cap_that_is_wider_in_few_weeks(
    minutes: list[int], cap: int, lot: float, share: float
) -> None:
    heard = sorted(NOW - timedelta(minutes=one) for one in minutes)
    found = cold.decide(cap, lot, share, heard, NOW)
    assert found.passed is (found.count < found.allowed)
    assert found.allowed in ({cap} if lot >= share else {cap * widening for widening in cold.WIDENINGS})
    if found.count < cap:
        assert found.passed
        assert found.propensity == 1.0
    if not found.passed and found.allowed:
        assert found.next_at is not None
        assert cold.decide(cap, lot, share, heard, found.next_at).passed


@few
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-1, 1)), min_size=1, max_size=40), st.integers(0, 3))
def test_only_the_best_few_of_a_person_pass(drawn: list[tuple[int, float]], room: int) -> None:
    person = np.array([one for one, _ in drawn])
    score = np.array([number for _, number in drawn])
    passed = scoring.best(score, 0.0, person, np.full(len(person), room))
    for one in set(person.tolist()):
        mine, through = score[person == one], score[(person == one) & passed]
        assert len(through) == min(room, int((mine > 0).sum()))
        assert sorted(through) == sorted(mine, reverse=True)[: len(through)][::-1]


def test_chances_are_those_of_each_outcome_however_many_axes_the_messages_have() -> None:
    seen = np.random.default_rng(5).normal(0, 2, (3, 4, 6))
    together = hazard.chances(MODEL, *seen)
    assert together.shape == (len(hazard.OUTCOMES), 4, 6, len(MODEL.nodes))
    for outcome in range(len(hazard.OUTCOMES)):
        alone = hazard.chance(MODEL, outcome, *seen.reshape(3, -1))
        assert together[outcome].reshape(alone.shape) == pytest.approx(alone)


def test_a_decision_tells_terms_and_how_likely_it_was() -> None:
    rules = Rules(MODEL, AHEAD[5.0], Taste(), 0.0, 0.03)
    good, bad = candidates(price=0.5, pressure=0.0), candidates(price=-1.0)
    both = Candidates(*(np.concatenate([getattr(x, n) for x in (good, bad)]) for n in Candidates.__dataclass_fields__))
    nobody = np.full(2, np.nan)
    decided = decide(rules, both, np.array([1, 2]), np.array([7, 7]), nobody, np.zeros(2))
    assert decided.let_out.tolist() == decided.passed.tolist() == [True, False]
    assert decided.propensity.tolist() == exploration.propensities(decided.passed, 0.03).tolist()
    explored = decide(rules, both, np.array([1, 2]), np.array([7, 7]), np.zeros(2), np.full(2, 0.1))
    assert explored.let_out.tolist() == [False, True]


def sample(scale: float = 1.0) -> Sample:
    chance = np.random.default_rng(4)
    offered = [chance.standard_normal(60), chance.standard_normal(60), chance.uniform(0, 3, 60)]
    return Sample(scale * chance.lognormal(-2.5, 0.4, 60), offered[0], offered[1], offered[2], 0.7)


@pytest.mark.parametrize("budget", [1.0, 30.0])
def test_the_opening_price_would_have_kept_the_budget_and_not_by_much_more(budget: float) -> None:
    def annoys(price: float) -> float:
        ahead = outlook.outlook(prospects.prospect(MODEL, sample(), Taste(0.1)), price, STAKES)
        return opening.annoyance_per_week(MODEL, sample(), Taste(0.1), ahead)

    found = opening.price(MODEL, sample(), Taste(0.1), STAKES, budget)
    assert annoys(found) <= budget
    assert annoys(found / 1.01) > budget


def test_the_opening_price_is_in_the_money_of_the_market() -> None:
    euros = opening.price(MODEL, sample(), Taste(0.1), STAKES, 15.0)
    rupees = opening.price(MODEL, sample(90.0), Taste(9.0), STAKES, 15.0)
    assert rupees == pytest.approx(90.0 * euros, rel=0.05)


def test_lots_are_stable_and_need_the_key() -> None:
    people = [uuid.UUID(int=number) for number in range(4000)]
    lot = exploration.lots(b"key", "hold-out 2026", people)
    assert (lot == exploration.lots(b"key", "hold-out 2026", people)).all()
    assert (lot != exploration.lots(b"other", "hold-out 2026", people)).all()
    assert (lot != exploration.lots(b"key", "hold-out 2027", people)).all()
    assert exploration.held_out(lot, 0.01).mean() == pytest.approx(0.01, abs=0.005)
    kept = exploration.held_out(lot, 0.005)
    assert exploration.held_out(lot, 0.01)[kept].all(), "a larger hold-out keeps those of a smaller one"


def test_a_lot_is_the_keyed_hash_of_the_person_as_a_share_of_all_hashes() -> None:
    people = [uuid.UUID(int=number * 7**40) for number in range(20)]
    plain = [hashlib.blake2b(b"week 1" + one.bytes, key=b"key", digest_size=8).digest() for one in people]
    assert exploration.lots(b"key", "week 1", people).tolist() == [
        int.from_bytes(one, "big") / 2.0**64 for one in plain
    ]
    assert exploration.lots(b"key", "week 1", []).tolist() == []


def test_propensities_are_the_frequencies() -> None:
    chance = np.random.default_rng(4)
    count, share = 400_000, 0.3
    passed = chance.random(count) < 0.5
    multiplier = exploration.multipliers(chance.random(count), share)
    out = exploration.draw(passed, multiplier, chance.random(count))
    told = exploration.propensities(passed, share)
    for side in (passed, ~passed):
        assert out[side].mean() == pytest.approx(told[side].mean(), abs=0.004)
    assert told[~passed][0] == pytest.approx(share * DARING)
    explored = multiplier[~np.isnan(multiplier)]
    assert len(explored) / count == pytest.approx(share, abs=0.01)
    assert sorted(set(explored.tolist())) == list(MULTIPLIERS)


def test_nothing_is_explored_when_nothing_is_to_be() -> None:
    assert np.isnan(exploration.multipliers(np.linspace(0, 0.999, 50), 0.0)).all()


def test_small_senders_reach_their_floor() -> None:
    chance = np.random.default_rng(5)
    bonus = np.zeros(2)
    out = np.zeros(2)
    for _ in range(20):
        big, small = chance.normal(0.05, 0.05, 400), chance.normal(-0.08, 0.03, 40)
        out = np.array([(big + bonus[0] > 0).sum(), (small + bonus[1] > 0).sum()], float)
        bonus = fairness.move(bonus, out, np.array([400.0, 40.0]), 20.0)
    assert bonus[0] == 0.0
    assert out[1] >= 15
    assert 0.0 < bonus[1] <= fairness.BONUS_MAX


def test_beliefs_follow_what_people_do() -> None:
    liking = Liking(np.zeros(2), np.full(2, 0.5), np.zeros(2), np.full(2, 1.0))
    weights = np.tile(MODEL.weights, (2, 1))
    outcomes = np.zeros((len(hazard.OUTCOMES), 2))
    outcomes[hazard.USEFUL] = outcomes[hazard.READ] = [1.0, 0.0]
    lesson = belief.learn(MODEL, weights, liking, np.zeros(2), np.full(2, 4.0), outcomes)
    assert lesson.edge_mean[0] > 0 > lesson.edge_mean[1]
    assert (belief.narrowed(liking.edge_variance, lesson.edge_weight) < liking.edge_variance).all()
    after = belief.weights(MODEL, lesson.tolerance)
    assert after[0] @ MODEL.nodes > after[1] @ MODEL.nodes
    assert after.sum(1) == pytest.approx(1.0)


def test_the_section_is_strict_and_whole() -> None:
    assert TactPolicy().admission == Admission() == parse_policy({}).admission
    document = render_policy(TactPolicy(admission=Admission(mode="priced", budgets=(("DE", 8.0),))))
    assert parse_policy(document).admission.budget_of("DE") == 8.0
    assert parse_policy(document).admission.budget_of("FR") == 15.0
    for wrong, says in (
        ({"mode": "on"}, "admission.mode: must be one of off, cap, priced, got 'on'"),
        ({"budgets": {"de": 3}}, "admission.budgets.de: must stand under the two letters"),
        ({"weights": {"blok": 1}}, "admission.weights.blok: is no field here"),
        ({"other_worth": -1}, "admission.other_worth: must be a number from 0 to 100000"),
        ({"exploration": 0.5}, "admission.exploration: must be a number from 0 to 0.2"),
    ):
        with pytest.raises(UnsoundError, match=says):
            parse_policy({"admission": wrong})
