"""When what was delivered too late to be charged is an alarm."""

from datetime import date

from takt.core.loss import LOSS_MICROS_MAX, alarms, watched


def test_more_than_one_unit_of_a_currency_is_an_alarm() -> None:
    lost = [("USD", LOSS_MICROS_MAX), ("EUR", LOSS_MICROS_MAX), ("EUR", 1), ("CHF", 5)]
    assert alarms(lost) == {"EUR": LOSS_MICROS_MAX + 1}, "of all contracts together"
    assert alarms([]) == {}


def test_the_last_month_and_this_one_are_watched() -> None:
    assert watched(date(2027, 1, 31)) == (date(2026, 12, 1), date(2027, 1, 1))
