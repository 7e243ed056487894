"""Amounts of documents: whole coins of each currency, rounded half away from zero, written as decimals."""

import pytest

from takt.core import currency

NONE = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
THREE = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]


def test_currencies_have_the_places_of_their_norm() -> None:
    """ISO 4217, without what only banks settle in; every other one has two."""
    assert dict.fromkeys(NONE, 0) | dict.fromkeys(THREE, 3) | {"CLF": 4, "UYW": 4} == currency.EXPONENTS
    assert [currency.exponent(one) for one in ("JPY", "EUR", "KWD", "CLF")] == [0, 2, 3, 4]
    assert (currency.MICROS, currency.BASIS_POINTS) == (1_000_000, 10_000)


@pytest.mark.parametrize(
    ("dividend", "divisor", "nearest"),
    [(0, 1, 0), (1, 2, 1), (-1, 2, -1), (1, 3, 0), (2, 3, 1), (-2, 3, -1), (-1, 3, 0), (5, 1, 5), (7, 4, 2), (6, 4, 2)],
)
def test_halves_go_away_from_zero(dividend: int, divisor: int, nearest: int) -> None:
    assert currency.half_up(dividend, divisor) == nearest
    for wrong in (0, -1):
        with pytest.raises(AssertionError):
            currency.half_up(dividend, wrong)


@pytest.mark.parametrize(("name", "micros", "minor"), [("EUR", 15_000, 2), ("JPY", 1_499_999, 1), ("KWD", -1_500, -2)])
def test_coins_and_micro_units(name: str, micros: int, minor: int) -> None:
    assert currency.to_minor(micros, name) == minor
    assert currency.to_minor(currency.to_micros(minor, name), name) == minor
    assert currency.to_micros(minor, name) == minor * {"EUR": 10_000, "JPY": 1_000_000, "KWD": 1_000}[name]


def test_amounts_are_written_as_decimals() -> None:
    written = [currency.plain(*one) for one in ((1230, "EUR"), (-5, "EUR"), (12, "JPY"), (-12, "JPY"), (0, "EUR"))]
    assert written == ["12.30", "-0.05", "12", "-12", "0.00"]
    assert (currency.decimal(7, 3), currency.part(150, 1900), currency.part(1, 5000)) == ("0.007", 29, 1)
    prices = [currency.plain_price(one) for one in (113_100, 1_000_000, 50_000, 1, -2_500_000, 101_000)]
    assert prices == ["0.1131", "1.00", "0.05", "0.000001", "-2.50", "0.101"]
