"""The beta distribution against scipy's, where either can be exact, and beyond."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from takt.core.beta import Beta, log_above, log_below, log_beta

SHAPE = st.floats(0.05, 1e5)


@given(st.floats(1e-6, 1 - 1e-6), SHAPE, SHAPE)
def test_the_distribution_function_is_the_one_of_scipy(x: float, a: float, b: float) -> None:
    assert math.exp(log_below(x, a, b)) == pytest.approx(special.betainc(a, b, x), rel=1e-8, abs=1e-14)
    assert math.exp(log_above(x, a, b)) == pytest.approx(special.betaincc(a, b, x), rel=1e-8, abs=1e-14)


@pytest.mark.parametrize(("x", "a", "b"), [(0.005, 8, 20_330), (0.005, 8, 330), (0.005, 60, 330), (0.02, 1, 2000)])
def test_tails_are_exact_where_nothing_is_left(x: float, a: float, b: float) -> None:
    assert log_above(x, a, b) == pytest.approx(stats.beta.logsf(x, a, b), rel=1e-6)
    assert log_below(x, a, b) == pytest.approx(stats.beta.logcdf(x, a, b), rel=1e-6)
    assert log_above(0.005, 8, 2_000_000) < -9000


@given(SHAPE, SHAPE)
def test_its_logarithm(a: float, b: float) -> None:
    assert log_beta(a, b) == pytest.approx(special.betaln(a, b), rel=1e-9, abs=1e-7)


@given(st.floats(0.3, 1e4), st.floats(0.3, 1e4), st.floats(0.001, 0.999))
def test_a_quantile_has_its_share_below_it(a: float, b: float, share: float) -> None:
    found = Beta(a, b)
    assert found.below(found.quantile(share)) == pytest.approx(share, abs=1e-4)
    low, high = found.interval(0.9)
    assert 0 <= low <= high <= 1


def test_the_ends() -> None:
    assert log_below(0, 2, 3) == log_above(1, 2, 3) == -math.inf
    assert log_below(1, 2, 3) == log_above(0, 2, 3) == 0
    assert Beta(0.5, 49.5).mean == 0.01
