"""What is due about a company's money: alerts once a crossing, top-ups within their limits."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.ids import make_id
from takt.core.ledger import Wallet, hold
from takt.core.spending import (
    PAUSE_S_LEAST,
    PAUSE_S_MAX,
    Alert,
    AutoTopUp,
    Due,
    Plan,
    Standing,
    Told,
    is_quiet,
    look,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAYER = (0, make_id(1, 7, 7))
PLAN = Plan(PAYER, date(2026, 11, 1), budget_micros=100, low_micros=20)
AUTO = AutoTopUp(20, 50, 120, 3600, "debit", make_id(2, 7, 7))


def standing(available: int, spent: int = 0, asked_micros: int = 0) -> Standing:
    return Standing(available, 0, 0, available + spent, asked_micros)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 150)), min_size=1, max_size=20))
def test_every_crossing_is_told_once(figures: list[tuple[int, int]]) -> None:
    plan, was_low, was = PLAN, False, 0
    for available, spent in figures:
        due = look(plan, standing(available, spent), NOW)
        reached = max((one for one in (50, 80, 100) if spent >= one), default=0)
        kinds = [told.alert for told in due.told]
        assert (Alert.LOW_BALANCE in kinds) == (available < 20 and not was_low)
        assert (Alert.BUDGET in kinds) == (reached > was)
        plan = replace(plan, low_told=due.low_told, budget_told=due.budget_told)
        assert look(plan, standing(available, spent), NOW).told == ()
        was_low, was = available < 20, reached


def test_an_alert_carries_its_figure_and_limit() -> None:
    [low, budget] = look(PLAN, standing(5, 85), NOW).told
    assert (low.alert, low.micros, low.limit_micros) == (Alert.LOW_BALANCE, 5, 20)
    assert (budget.alert, budget.micros, budget.limit_micros) == (Alert.BUDGET, 85, 80)


@pytest.mark.parametrize(
    ("spent", "percent"), [(9_999, 0), (10_000, 50), (15_999, 50), (16_000, 80), (19_999, 80), (20_000, 100)]
)
def test_half_four_fifths_and_the_whole_of_a_budget_are_told_to_the_micro_unit(spent: int, percent: int) -> None:
    plan = replace(PLAN, budget_micros=20_000)
    due = look(plan, standing(100, spent), NOW)
    assert due.budget_told == percent
    assert [one.limit_micros for one in due.told] == ([20_000 * percent // 100] if percent else [])


@pytest.mark.parametrize(("available", "told"), [(19, True), (20, False)])
def test_little_is_left_below_the_limit_not_at_it(available: int, *, told: bool) -> None:
    assert look(PLAN, standing(available), NOW).low_told is told


def test_what_is_promised_is_spent_and_what_must_stay_is_not_available() -> None:
    where = Standing(posted_micros=500, pending_micros=30, min_available_micros=200, mark_micros=600)
    assert (where.available_micros, where.spent_micros) == (500 - 30 - 200, 600 - 500 + 30)
    credit = replace(where, min_available_micros=-200)
    assert credit.available_micros == 500 - 30 + 200
    assert (where.asked_micros, where.open) == (0, False)


def test_a_company_that_wishes_nothing_hears_nothing() -> None:
    plan = Plan(PAYER, date(2026, 11, 1))
    assert is_quiet(plan, look(plan, standing(-1, 1_000_000), NOW))
    assert not plan.hard


@pytest.mark.parametrize(
    ("due", "quiet"),
    [
        (Due((), None, low_told=False, budget_told=0), True),
        (Due((Told(Alert.BUDGET, 50, 50),), None, low_told=False, budget_told=0), False),
        (Due((), 50, low_told=False, budget_told=0), False),
        (Due((), None, low_told=True, budget_told=0), False),
        (Due((), None, low_told=False, budget_told=50), False),
    ],
)
def test_it_is_quiet_only_if_there_is_nothing_to_tell_top_up_or_remember(due: Due, *, quiet: bool) -> None:
    assert is_quiet(PLAN, due) is quiet


def test_words_and_limits_that_others_rely_on() -> None:
    assert [*Alert] == ["low_balance", "budget", "payment_returned"]
    assert (PAUSE_S_LEAST, PAUSE_S_MAX) == (60, 2_678_400)  # a minute, and the longest month


@pytest.mark.parametrize(
    ("where", "last", "amount"),
    [
        (standing(19), None, 50),
        (standing(20), None, None),
        (replace(standing(19), open=True), None, None),
        (standing(19, asked_micros=70), None, 50),
        (standing(19, asked_micros=71), None, None),
        (standing(19), NOW - timedelta(seconds=3599), None),
        (standing(19), NOW - timedelta(seconds=3600), 50),
        (replace(standing(30), pending_micros=11), None, 50),
    ],
)
def test_a_top_up_keeps_to_threshold_cap_and_pause(where: Standing, last: datetime | None, amount: int | None) -> None:
    plan = Plan(PAYER, date(2026, 11, 1), auto=AUTO, auto_at=last)
    assert look(plan, where, NOW).top_up_micros == amount


@given(budget=st.integers(0, 100), prices=st.lists(st.integers(1, 40), max_size=12))
def test_a_hard_budget_is_never_passed(budget: int, prices: list[int]) -> None:
    wallet, spent = Wallet(10_000, 0, 0, budget_left_micros=budget), 0
    for price in prices:
        held = hold(wallet, price)
        assert (held is None) == (spent + price > budget)
        if held is not None:
            wallet, spent = held.wallet, spent + price
