"""Amounts in the smallest coin of a currency, as documents have them, beside the micro-units of wallets and prices.

Rounding is half-up, away from zero, and happens on documents alone: once for each line, once for each VAT category.
"""

from typing import Final

MICROS: Final = 1_000_000
MINOR_DIGITS: Final = 6
BASIS_POINTS: Final = 10_000
USUAL_EXPONENT: Final = 2
NO_PLACES: Final = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
THREE_PLACES: Final = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
EXPONENTS: Final = dict.fromkeys(NO_PLACES, 0) | dict.fromkeys(THREE_PLACES, 3) | dict.fromkeys(("CLF", "UYW"), 4)
"""How many decimal places the smallest coin has, by ISO 4217, where it is not two."""


def exponent(currency: str) -> int:
    """The decimal places of a currency's smallest coin: 0 for JPY, 2 for EUR, 3 for KWD."""
    return EXPONENTS.get(currency, USUAL_EXPONENT)


def half_up(dividend: int, divisor: int) -> int:
    """The whole number nearest to a quotient; halves go away from zero. The divisor is positive."""
    assert divisor > 0
    size = (2 * abs(dividend) + divisor) // (2 * divisor)
    return size if dividend >= 0 else -size


def to_minor(micros: int, currency: str) -> int:
    """An amount of micro-units in smallest coins, rounded half-up."""
    return half_up(micros, 10 ** (MINOR_DIGITS - exponent(currency)))


def to_micros(minor: int, currency: str) -> int:
    """An amount of smallest coins in micro-units, exactly."""
    scale: int = 10 ** (MINOR_DIGITS - exponent(currency))
    return minor * scale


def part(amount: int, basis_points: int) -> int:
    """So many hundredths of a percent of an amount, rounded half-up."""
    return half_up(amount * basis_points, BASIS_POINTS)


def plain(minor: int, currency: str) -> str:
    """An amount of smallest coins as a decimal number, such as 12.30; of yen, 12."""
    return decimal(minor, exponent(currency))


def decimal(amount: int, places: int) -> str:
    """A whole number of 10^-places as a decimal number with a point."""
    sign, digits = "-" if amount < 0 else "", str(abs(amount)).zfill(places + 1)
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def plain_price(micros: int) -> str:
    """A price in micro-units as a decimal number: at least two places, and no more zeros than it needs."""
    whole, _, rest = decimal(micros, MINOR_DIGITS).partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(USUAL_EXPONENT, '0')}"
