"""The beta distribution without a library: its distribution function, the same in logarithms, and quantiles.

The regularised incomplete beta function by Lentz's method for its continued fraction (NIST Digital Library of
Mathematical Functions, 8.17.22), which converges fast where x < (a + 1) / (a + b + 2); elsewhere the mirrored one does.
"""

import math
from typing import Final

from takt.core.value import value

STEPS_MAX: Final = 1000
BISECTIONS: Final = 60
_TINY: Final = 1e-300
_EXACT: Final = 1e-14


@value
class Beta:
    """A beta distribution, `a` and `b` above zero."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """The expected value, between 0 and 1."""
        return self.a / (self.a + self.b)

    def below(self, x: float) -> float:
        """The probability of at most `x` (0 to 1)."""
        return math.exp(log_below(x, self.a, self.b))

    def quantile(self, share: float) -> float:
        """The value that this share (0 to 1) of the probability lies below, to nine digits and better."""
        low, high = 0.0, 1.0
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            if self.below(middle) < share:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def interval(self, share: float) -> tuple[float, float]:
        """The middle part of the distribution that holds this share of the probability."""
        return self.quantile((1 - share) / 2), self.quantile((1 + share) / 2)


def log_beta(a: float, b: float) -> float:
    """The logarithm of the beta function of two numbers above zero."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def log_below(x: float, a: float, b: float) -> float:
    """The logarithm of the probability that Beta(a, b) is at most `x`; minus infinity for none at all."""
    if x <= 0:
        return -math.inf
    if x >= 1:
        return 0.0
    if x < (a + 1) / (a + b + 2):
        return _log_part(x, a, b)
    return _log_rest(_log_part(1 - x, b, a))


def log_above(x: float, a: float, b: float) -> float:
    """The logarithm of the probability that Beta(a, b) is above `x`, exact also where it is next to nothing."""
    return log_below(1 - x, b, a)


def _log_rest(log_share: float) -> float:
    """The logarithm of what is left of one."""
    share = math.exp(log_share)
    return math.log1p(-share) if share < 1 else -math.inf


def _log_part(x: float, a: float, b: float) -> float:
    front = a * math.log(x) + b * math.log1p(-x) - log_beta(a, b) - math.log(a)
    return front + math.log(_fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction, two terms a step."""
    c, d = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, STEPS_MAX):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _nonzero(1 + term * d)
            c = _nonzero(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return found


def _nonzero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY
