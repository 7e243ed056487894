"""The days on which banks settle: Easter, and the holidays of the euro area."""

from datetime import date, timedelta

import pytest

from takt.core.bank_days import bank_day_from, bank_days_after, easter, is_bank_day


@pytest.mark.parametrize(
    ("year", "day"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)), (2038, (4, 25))]
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


def test_easter_is_what_the_formula_of_gauss_and_lichtenberg_says() -> None:
    for year in range(1583, 10000):
        century, golden = year // 100, year % 19
        solar = 2 - (3 * century + 3) // 4
        lag = (19 * golden + 17 - solar - (8 * century + 13) // 25) % 30
        full = 21 + lag - (lag + golden // 11) // 29
        first_sunday = 7 - (year + year // 4 + solar) % 7
        assert easter(year) == date(year, 3, 1) + timedelta(days=full + 6 - (full - first_sunday) % 7), year


@pytest.mark.parametrize(
    ("year", "rests"),
    [
        (2024, [(1, 1), (3, 29), (4, 1), (5, 1), (12, 25), (12, 26)]),
        (2026, [(1, 1), (4, 3), (4, 6), (5, 1), (12, 25)]),
    ],
)
def test_these_are_all_days_of_a_week_on_which_banks_rest(year: int, rests: list[tuple[int, int]]) -> None:
    days = [date(year, 1, 1) + timedelta(days=place) for place in range(365)]
    assert [(day.month, day.day) for day in days if day.isoweekday() <= 5 and not is_bank_day(day)] == rests
    assert not any(is_bank_day(day) for day in days if day.isoweekday() > 5)


def test_banks_rest_at_easter_christmas_and_weekends() -> None:
    assert bank_day_from(date(2026, 4, 3)) == date(2026, 4, 7)
    assert bank_day_from(date(2026, 12, 25)) == date(2026, 12, 28)
    assert bank_days_after(date(2026, 4, 30), 1) == date(2026, 5, 4)
    assert not is_bank_day(date(2027, 1, 1))
