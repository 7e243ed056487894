"""The shadow price keeps a budget: from any start, whatever was foretold, and never beyond its bounds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takt.core.admission import demand, shadow
from takt.core.admission.arrays import Floats
from takt.core.admission.demand import LEAST, MOST, PLACES
from takt.core.admission.scoring import Terms
from takt.core.admission.shadow import (
    FALL_MAX,
    RISE_MAX,
    SHARE_LEAST,
    SHARE_MOST,
    WEIGHED_LEAST,
    ShadowPrice,
    Slipped,
    Spent,
    Tally,
)

few = settings(max_examples=60)
BUDGET = 10.0
CALM = [Spent(BUDGET, BUDGET, BUDGET)] * 28
"""Four weeks in which all was as foretold and as allowed."""

amounts = st.floats(0.0, 1e9)
prices = st.floats(LEAST, MOST)
days = st.lists(st.builds(lambda all_, part, happened: Spent(all_, all_ * part, happened), amounts, st.floats(0, 1), amounts), max_size=28)  # fmt: skip
demands = st.lists(st.tuples(st.integers(0, PLACES - 1), amounts), max_size=20).map(
    lambda some: sum((amount * (np.arange(PLACES) == place) for place, amount in some), np.zeros(PLACES))
)


def offers(seed: int = 1, times: float = 1.0, median: float = 4.0) -> Floats:
    """A day's demand: messages that pass up to a price around the median, twelve times the budget in all."""
    chance = np.random.default_rng(seed)
    brings = median * chance.lognormal(0.0, 1.0, 4_000)
    none, annoyance = np.zeros(4_000), np.full(4_000, times * 12.0 * BUDGET / 4_000)
    return demand.laid_out(Terms(brings * annoyance, none, none, annoyance, none, none, none), 0.0)


def spends(price: float, offered: Floats) -> float:
    """How much of a demand passes at a price."""
    edges = np.exp(np.linspace(math.log(LEAST), math.log(MOST), PLACES + 1))
    return float(offered[edges[:-1] >= price].sum())


def live(
    price: float, days_long: int, harm: float = 1.0, median: float = 4.0, scandal: float = 1.0, past: float = 0.0
) -> list[float]:
    """The harm of each day where the price moves by the same code; from the middle on, it is `scandal` times as much.

    A thousand messages slip past it every day, which do `past` of a budget's harm, as much more from the middle on.
    """
    now, book, offered, happened, slipped = ShadowPrice(price), [Spent()], offers(median=median), [], [Slipped(1_000.0)]
    for day in range(days_long):
        worse = scandal if day >= days_long // 2 else 1.0
        truth, messages, spent = harm * worse, 1_000.0 * worse, 0.0
        slipped[0] = Slipped(messages)
        for _ in range(shadow.MOVES_A_DAY):
            let_out = spends(now.price, offered)
            tally = Tally(offered, let_out, let_out, book, slipped if past else ())
            now = shadow.move(now, tally, BUDGET, days=1 / shadow.MOVES_A_DAY)
            spent += spends(now.price, offered) / shadow.MOVES_A_DAY
            book[0] = Spent(spent)
        happened.append(truth * spent)
        if day >= 2:
            book[2] = replace(book[2], known=book[2].predicted, happened=happened[-3])
            before = slipped[2].messages
            slipped[2] = Slipped(before, before, past * BUDGET * before / 1_000.0)
        book, slipped = [Spent(), *book[:27]], [Slipped(), *slipped[:27]]
    return happened


@few
@given(prices, demands, amounts, amounts, days, st.floats(1e-6, 1e6), st.floats(0.0, 30.0))
def test_the_price_is_a_number_within_its_bounds_and_moves_only_so_far(
    price: float, offered: Floats, passed: float, let_out: float, book: list[Spent], budget: float, since: float
) -> None:
    moved = shadow.move(ShadowPrice(price), Tally(offered, passed, let_out, book), budget, days=since)
    assert LEAST <= moved.price <= MOST
    assert price * (1.0 - FALL_MAX) ** since * (1 - 1e-9) <= moved.price <= max(RISE_MAX * price, LEAST) * (1 + 1e-9)
    assert 0.0 < moved.calibration < math.inf


@few
@given(days, st.floats(0.01, 100.0), st.floats(1e-6, 1e6))
def test_what_is_paid_back_and_given_back_is_bounded(book: list[Spent], calibration: float, budget: float) -> None:
    allowed = shadow.allowance(book, calibration, budget)
    assert SHARE_LEAST * budget * (1 - 1e-9) <= allowed <= SHARE_MOST * budget * (1 + 1e-9)


@few
@given(demands, st.floats(1e-3, 1e9))
def test_the_price_spends_the_allowance_and_no_more(offered: Floats, allowed: float) -> None:
    found = demand.price(offered, allowed)
    assert LEAST <= found <= MOST
    if found < MOST:
        assert spends(found, offered) <= allowed * (1 + 1e-9)
    assert demand.price(offered, 2.0 * allowed) <= found


def test_more_offers_mean_a_higher_price_at_once() -> None:
    usual, peak = demand.price(offers(), BUDGET), demand.price(offers(times=5.0), BUDGET)
    assert peak > 1.5 * usual
    moved = shadow.move(ShadowPrice(usual), Tally(offers(times=5.0), 0.0, 0.0, CALM), BUDGET, days=0.25)
    assert moved.price == pytest.approx(min(peak, RISE_MAX * usual), rel=0.01)


def test_a_message_lies_at_the_price_up_to_which_it_passes() -> None:
    one, none = np.ones(1), np.zeros(1)
    for price, place in ((0.08, None), (-1.0, 0)):
        terms = Terms(price * one, 0.02 * one, 0.01 * one, 0.01 * one, 7.0 * one, 0.04 * one, none)
        laid = demand.laid_out(terms, 0.0)
        assert laid.sum() == (0.0 if place == 0 else 0.01)
        if place is None:
            assert spends(5.0 / 1.1, laid) == 0.01
            assert spends(5.0 * 1.1, laid) == 0.0
            assert demand.laid_out(terms, 0.1).sum() == 0.0, "the reserve counts"


@pytest.mark.parametrize("start", [LEAST, 0.3, 4.0, 90.0, MOST])
@pytest.mark.parametrize("harm", [0.5, 1.0, 2.0])
def test_the_budget_is_kept_from_any_start_whatever_was_foretold(start: float, harm: float) -> None:
    happened = live(start, 130, harm)
    assert np.mean(happened[-28:]) == pytest.approx(BUDGET, rel=0.07)
    assert max(happened[-28:]) < 1.15 * BUDGET


def test_a_price_of_any_money_is_found() -> None:
    assert np.mean(live(4_000.0, 60, median=5_000.0)[-28:]) == pytest.approx(BUDGET, rel=0.07)


def test_no_four_weeks_do_a_quarter_more_when_people_are_suddenly_harmed_by_three_quarters_more() -> None:
    happened = live(4.0, 140, scandal=1.75)
    four_weeks = np.convolve(happened, np.ones(28) / 28, "valid")[28:]
    assert four_weeks.max() < 1.2 * BUDGET
    assert np.mean(happened[-28:]) == pytest.approx(BUDGET, rel=0.07)


@pytest.mark.parametrize("past", [0.1, 0.3, 0.6])
def test_what_slips_past_is_paid_by_what_is_weighed(past: float) -> None:
    weighed = live(4.0, 130, past=past)
    assert np.mean(weighed[-28:]) + past * BUDGET == pytest.approx(BUDGET, rel=0.07)


def test_as_much_more_slips_past_as_much_less_passes_on_the_same_day() -> None:
    usual, peak = [Slipped(1_000.0, 1_000.0, 2.0)] * 28, [Slipped(3_000.0), *[Slipped(1_000.0, 1_000.0, 2.0)] * 27]
    days = [Spent(8.0, 8.0, 8.0)] * 28
    prices = [
        shadow.move(ShadowPrice(30.0), Tally(offers(), 0.0, 0.0, days, slipped), BUDGET, days=30.0).price
        for slipped in (usual, peak)
    ]
    assert spends(prices[0], offers()) == pytest.approx(8.0, rel=0.05)
    assert spends(prices[1], offers()) == pytest.approx(4.0 - 0.4, rel=0.1), "and a tenth of what is too much already"


def test_something_is_left_to_what_is_weighed_and_few_that_slip_past_say_little() -> None:
    flood = [Slipped(1e6, 1e6, 1e5)] * 28
    price = shadow.move(ShadowPrice(1e3), Tally(offers(), 0.0, 0.0, CALM, flood), BUDGET, days=30.0).price
    assert spends(price, offers()) == pytest.approx(WEIGHED_LEAST * BUDGET, rel=0.1)
    assert shadow.slipping([Slipped(3.0, 1.0, 1.0)]) < 0.01
    assert shadow.slipping([Slipped(9e6, 1e6, 1e4)] * 3) == pytest.approx(0.01, rel=1e-3)
    assert shadow.slipping([]) == 0.0


def test_what_was_overspent_is_paid_back_and_what_was_left_is_given_back() -> None:
    over, under = [Spent(20.0, 20.0, 20.0)] * 7 + CALM[7:], [Spent()] * 7 + CALM[7:]
    assert shadow.allowance(over, 1.0, BUDGET) < 0.6 * BUDGET
    assert shadow.allowance(CALM, 1.0, BUDGET) == pytest.approx(BUDGET)
    assert shadow.allowance(under, 1.0, BUDGET) == SHARE_MOST * BUDGET
    not_known_yet = [Spent(20.0)] * 2 + CALM[2:]
    assert shadow.allowance(not_known_yet, 1.5, BUDGET) < shadow.allowance(not_known_yet, 1.0, BUDGET) < BUDGET


def test_the_newest_days_count_most_and_few_of_them_little() -> None:
    hot = [Spent(10.0, 10.0, 20.0)] * 7
    assert shadow.calibrate([]) == 1.0
    assert shadow.calibrate([*CALM[:14], *hot]) < 1.3
    assert shadow.calibrate([*hot, *CALM[:14]]) > 1.5
    assert shadow.calibrate([Spent(1.0, 1.0, 5.0)]) < 1.35
    assert shadow.calibrate([Spent(50.0), *hot]) == shadow.calibrate(hot), "what is not known yet tells nothing"


def test_the_price_rests_on_a_gap() -> None:
    before, tally = ShadowPrice(2.0), Tally(offers(), 0.0, 0.0, CALM)
    assert shadow.move(before, tally, BUDGET, gap=True) == before
    assert shadow.move(before, tally, BUDGET) != before


def test_where_no_harm_is_allowed_nothing_that_was_offered_passes_any_more() -> None:
    tally = Tally(offers(), 0.0, 0.0, CALM)
    closed = shadow.move(ShadowPrice(2.0), tally, 0.0)
    assert spends(closed.price, offers()) == 0.0
    assert shadow.move(ShadowPrice(1e5), tally, 0.0, days=30.0).price == 1e5
    assert shadow.move(ShadowPrice(2.0), tally, 0.0, gap=True).price == 2.0


def test_after_an_alarm_the_price_does_not_fall_by_itself() -> None:
    hot, nothing = [Spent(10.0, 10.0, 40.0)] * 7, np.zeros(PLACES)
    alarmed = shadow.move(ShadowPrice(2.0), Tally(nothing, 0.0, 0.0, hot), BUDGET)
    assert alarmed.alarmed
    assert alarmed.price == 2.0
    assert shadow.move(alarmed, Tally(nothing, 0.0, 0.0, CALM), BUDGET).price == 2.0
    cleared = shadow.move(replace(alarmed, alarmed=False), Tally(nothing, 0.0, 0.0, CALM), BUDGET)
    assert cleared == ShadowPrice(2.0 * (1.0 - FALL_MAX), 1.0)
