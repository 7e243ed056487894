"""The pausing test: what it promises, computed exactly, and that no peek breaks it."""

import math
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from takt.core.pausing import (
    AGAINST,
    FOR,
    TRIAL,
    Pausing,
    figures_of_trial,
    is_cleared,
    log_evidence,
    log_relief,
    trial_since,
    tripping,
    trips,
)

RULES = Pausing()
MESSAGES = 20_000


@cache
def boundary(messages: int) -> tuple[int, ...]:
    """For each number of blocks, from one on, up to how many messages they pause."""
    found: list[int] = []
    while not found or found[-1] < messages:
        low, high = max([len(found), *found[-1:]]), messages + 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if trips(middle, len(found) + 1, RULES) else (low, middle)
        found.append(low if trips(max(low, len(found) + 1), len(found) + 1, RULES) else 0)
    return tuple(found)


def paused(rate: float, messages: int) -> tuple[float, int | None]:
    """The exact probability that a template of this rate is ever paused, and by which message half of them are."""
    least = np.searchsorted(np.array(boundary(MESSAGES)), np.arange(messages + 1)) + 1
    at = np.zeros(len(boundary(MESSAGES)) + 2)
    at[0], hit, median = 1.0, 0.0, None
    for n in range(1, messages + 1):
        at[1:] = at[1:] * (1 - rate) + at[:-1] * rate
        at[0] *= 1 - rate
        hit += float(at[least[n] :].sum())
        at[least[n] :] = 0
        if median is None and hit >= 0.5:
            median = n
    return hit, median


def test_a_good_template_is_hardly_ever_paused_and_a_bad_one_soon() -> None:
    false, _ = paused(RULES.good_rate, MESSAGES)
    assert false <= 0.0065, "at most 1 % is promised"
    assert paused(0.003, MESSAGES)[0] < 0.0005
    assert paused(0.02, 3000)[1] == pytest.approx(319, abs=2)
    assert paused(0.04, 1000)[1] == pytest.approx(104, abs=2)


@given(st.integers(0, 60), st.integers(0, 3000))
def test_more_blocks_speak_against_a_template_and_more_messages_for_it(k: int, more: int) -> None:
    n = k + more
    assert log_evidence(n + 1, k + 1, RULES.good_rate) > log_evidence(n + 1, k, RULES.good_rate)
    assert log_evidence(n + 1, k, RULES.good_rate) <= log_evidence(n, k, RULES.good_rate)
    assert log_relief(n + 1, k + 1, RULES.bad_rate) < log_relief(n + 1, k, RULES.bad_rate)


@given(st.integers(1, 400), st.integers(0, 20))
def test_it_is_a_fair_bet_against_the_good_rate(n: int, k: int) -> None:
    """A martingale: what the next message brings is worth, on average, what is there."""
    k = min(k, n)
    rate = RULES.good_rate
    after = rate * math.exp(log_evidence(n + 1, k + 1, rate)) + (1 - rate) * math.exp(log_evidence(n + 1, k, rate))
    assert after == pytest.approx(math.exp(log_evidence(n, k, rate)), rel=1e-9)
    rate = RULES.bad_rate
    after = rate * math.exp(log_relief(n + 1, k + 1, rate)) + (1 - rate) * math.exp(log_relief(n + 1, k, rate))
    assert after == pytest.approx(math.exp(log_relief(n, k, rate)), rel=1e-9)


@pytest.mark.parametrize(("n", "k"), [(0, 0), (50, 3), (319, 8), (2000, 10)])
def test_it_is_the_mixture_that_it_says(n: int, k: int) -> None:
    def against(p: float) -> float:
        likelihood = k * math.log(p / RULES.good_rate) + (n - k) * math.log((1 - p) / (1 - RULES.good_rate))
        return float(math.exp(likelihood) * stats.beta.pdf(p, AGAINST.a, AGAINST.b))

    def speaking_for(p: float) -> float:
        likelihood = k * math.log(p / RULES.bad_rate) + (n - k) * math.log((1 - p) / (1 - RULES.bad_rate))
        return float(math.exp(likelihood) * stats.beta.pdf(p, FOR.a, FOR.b))

    above = integrate.quad(against, RULES.good_rate, 0.3, limit=200)[0] / stats.beta.sf(
        RULES.good_rate, AGAINST.a, AGAINST.b
    )
    assert math.exp(log_evidence(n, k, RULES.good_rate)) == pytest.approx(above, rel=1e-6)
    below = integrate.quad(speaking_for, 0, RULES.bad_rate, limit=200)[0] / stats.beta.cdf(RULES.bad_rate, FOR.a, FOR.b)
    assert math.exp(log_relief(n, k, RULES.bad_rate)) == pytest.approx(below, rel=1e-6)


@pytest.mark.parametrize(("n", "least"), [(0, 3), (1, 3), (30, 4), (400, 8), (5000, 48)])
def test_the_next_threshold_is_the_first_that_trips(n: int, least: int) -> None:
    assert tripping(n, RULES) == least
    assert trips(max(n, least), least, RULES)
    assert not trips(n, min(n, least - 1), RULES)


def test_a_batch_is_cleared_when_hardly_anybody_blocks() -> None:
    assert is_cleared(400, 1, RULES)
    assert not is_cleared(400, 4, RULES)
    assert not is_cleared(60, 0, RULES)
    assert not trips(400, 4, RULES)
    assert trips(400, 8, RULES)
    assert not is_cleared(0, 0, RULES)
    assert not trips(10, 0, RULES)


def test_a_trial_ends_after_four_weeks() -> None:
    began = datetime(2026, 11, 1, tzinfo=UTC)
    assert trial_since(began, began + TRIAL - timedelta(seconds=1)) == began
    assert trial_since(began, began + TRIAL) == began + TRIAL
    assert trial_since(began, began + 3.5 * TRIAL) == began + 3 * TRIAL


def test_people_are_shown_the_interval_and_the_threshold() -> None:
    assert figures_of_trial(400, 9, RULES) == (
        "9 of 400 messages blocked or reported, 1.13 to 3.33 % (90 %); pauses at 8, allowed 0.5 %."
    )
