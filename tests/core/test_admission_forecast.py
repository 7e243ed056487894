"""When a refused message would pass: what a forecast says is what is decided then."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takt.core.admission import belief, exposure, forecast, hazard, scoring
from takt.core.admission.arrays import Floats
from takt.core.admission.deciding import Rules, forecast_days
from takt.core.admission.outlook import Outlook, Stakes
from takt.core.admission.scoring import Candidates, Taste
from tests.core.admission import AHEAD, MODEL, candidates, terms_of

few = settings(max_examples=50)


def forecast_of(one: Candidates, reserve: float = 0.0, shadow_price: float = 5.0) -> list[float]:
    today = terms_of(one, shadow_price).score
    days: list[float] = forecast.passes_in_days(MODEL, AHEAD[shadow_price], Taste(), one, reserve, today).tolist()
    return days


def test_the_forecast_is_when_the_same_message_passes() -> None:
    one = candidates(price=0.15, pressure=9.0)
    (days,) = forecast_of(one)
    assert 0.5 < days < 30
    for late, passes in ((1.1, True), (0.9, False)):
        then = scoring.at_pressure(one, exposure.KEEP_PER_DAY ** (days * late) * one.pressure)
        assert bool(terms_of(then).score[0] > 0) is passes


@few
@given(st.floats(0.0, 0.3), st.floats(0.0, 20.0), st.floats(-0.1, 0.1), st.integers(0, 1 << 30))
def test_the_forecast_lies_between_the_first_day_that_passes_and_the_one_before(
    price: float, pressure: float, reserve: float, seed: int
) -> None:
    weights = belief.weights(MODEL, np.random.default_rng(seed).normal(0, 1, (1, len(MODEL.nodes))))
    one = replace(candidates(price=price, pressure=pressure), weights=weights)
    scores = [
        float(terms_of(scoring.at_pressure(one, one.pressure * exposure.KEEP_PER_DAY**day)).score[0])
        for day in forecast.DAYS
    ]
    passes = [place for place, score in enumerate(scores) if score > reserve]
    (found,) = forecast_of(one, reserve)
    if not passes:
        assert np.isnan(found)
    else:
        assert forecast.DAYS[max(passes[0] - 1, 0)] - 1e-9 <= found <= forecast.DAYS[passes[0]] + 1e-9


def test_what_passes_now_passes_in_no_days_and_what_never_does_in_none() -> None:
    now, never = candidates(price=0.5, pressure=0.0), candidates(price=-1.0)
    rules = Rules(MODEL, AHEAD[5.0], Taste(), 0.0, 0.03)
    scores = terms_of(now).score, terms_of(never).score
    assert forecast_of(now) == [0.0]
    assert np.isnan(forecast_of(never)).all()
    assert forecast_days(rules, now, scores[0], np.array([True])).tolist() == [0.0]
    assert np.isnan(forecast_days(rules, never, scores[1], np.array([True]))).all()
    assert np.isnan(forecast_days(rules, now, scores[0], np.array([False]))).all()


@few
@given(st.lists(st.tuples(st.floats(-0.1, 0.3), st.floats(0, 20)), min_size=1, max_size=12), st.floats(0, 0.05))
def test_a_batch_is_forecast_as_its_messages_alone(drawn: list[tuple[float, float]], reserve: float) -> None:
    ones = [candidates(price=price, pressure=pressure) for price, pressure in drawn]
    both = Candidates(*(np.concatenate([getattr(x, n) for x in ones]) for n in Candidates.__dataclass_fields__))
    alone = [forecast_of(one, reserve)[0] for one in ones]
    assert forecast_of(both, reserve) == pytest.approx(alone, nan_ok=True)


@st.composite
def refusals(draw: st.DrawFn) -> tuple[Candidates, Outlook, Taste]:
    """A few messages by chance, to people of whom something else is believed each, and what the future and a gain is worth."""
    chance, count = np.random.default_rng(draw(st.integers(0, 1 << 30))), draw(st.integers(1, 6))
    stakes = Stakes(other=draw(st.floats(0, 5)), eta=draw(st.floats(0.5, 2)), leave=draw(st.floats(0, 100)))
    ahead = Outlook(AHEAD[draw(st.sampled_from(sorted(AHEAD)))].values, draw(st.floats(0.01, 20)), stakes)
    offered = Candidates(
        chance.uniform(0, 0.4, count), chance.normal(0, 2, count), chance.normal(0, 2, count), chance.uniform(0, 60, count),
        belief.weights(MODEL, chance.normal(0, 2, (count, len(MODEL.nodes)))), chance.uniform(0, 3, count),
        chance.uniform(0, 0.2, count),
    )  # fmt: skip
    return offered, ahead, Taste(draw(st.floats(0, 1)))


def decided_on(
    days: Floats, offered: Candidates, ahead: Outlook, taste: Taste
) -> tuple[Floats, Floats]:  # fmt: skip
    """The scores (day, message) as they are decided one day after the other, and by how much a forecast may be off."""
    scores, bounds = [], []
    for day in days:
        late = scoring.at_pressure(offered, exposure.fade(offered.pressure, day))
        chances = hazard.chances(MODEL, late.content, late.affinity, late.pressure)
        terms = scoring.weigh(ahead, taste, late, chances)
        parts = terms.price, terms.gain, terms.loss, terms.charge, terms.tiring, terms.bonus
        scores.append(terms.score)
        bounds.append(2e-6 * (np.abs(parts).sum(0) + np.abs(ahead.values).max()))
    return np.array(scores), np.array(bounds)


@few
@given(refusals())
def test_the_scores_of_days_to_come_are_those_decided_then_to_two_millionths(
    drawn: tuple[Candidates, Outlook, Taste],
) -> None:
    offered, ahead, taste = drawn
    found = forecast.later_scores(MODEL, ahead, taste, offered)
    expected, bound = decided_on(forecast.DAYS[1:], offered, ahead, taste)
    assert found.shape == expected.shape
    assert (np.abs(found - expected) <= bound).all()


@few
@given(refusals(), st.floats(-0.1, 0.1))
def test_a_forecast_is_off_by_as_much_as_the_score_takes_to_rise_by_its_rounding(
    drawn: tuple[Candidates, Outlook, Taste], reserve: float
) -> None:
    """As long as no score is so near to the reserve that rounding moves it across."""
    offered, ahead, taste = drawn
    scores, bounds = decided_on(forecast.DAYS, offered, ahead, taste)
    found = forecast.passes_in_days(MODEL, ahead, taste, offered, reserve, scores[0])
    for score, bound, days in zip(scores.T - reserve, bounds.T, found.tolist(), strict=True):
        if (np.abs(score) <= bound).any():
            continue
        passes = np.flatnonzero(score > 0.0)
        if not len(passes):
            assert np.isnan(days)
        elif passes[0] == 0:
            assert days == 0.0
        else:
            step = slice(passes[0] - 1, passes[0] + 1)
            (low, high), (before, after) = score[step], forecast.DAYS[step]
            moved = (bound[step].sum() / (high - low)) * (after - before)
            assert days == pytest.approx(before - low / (high - low) * (after - before), abs=moved + 1e-9)


def test_an_ordinary_forecast_is_right_to_the_minute() -> None:
    one = candidates(price=0.15, pressure=9.0)
    (score,), (days,) = decided_on(forecast.DAYS, one, AHEAD[5.0], Taste())[0].T, forecast_of(one)
    first = int(np.argmax(score > 0.0))
    assert days == pytest.approx(
        np.interp(0.0, score[first - 1 : first + 1], forecast.DAYS[first - 1 : first + 1]), abs=1.0 / 1440.0
    )
