"""How many people an owner may write to first: tiers with their limits, and what lets them grow and shrink."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.reach import ORDER, TIERS, Allowance, Growth, Use, first_hour, free_at, hour_of, next_tier

NOW = datetime(2026, 11, 22, 12, 34, tzinfo=UTC)
RULES = Growth()
GREEN = frozenset({"GREEN"})


@pytest.mark.parametrize(
    ("tier", "use", "after"),
    [
        ("TIER_250", Use(0, 0, True, frozenset()), "TIER_2K"),
        ("TIER_250", Use(250, 1999, False, GREEN), "TIER_250"),
        ("TIER_250", Use(250, 2000, False, GREEN), "TIER_2K"),
        ("TIER_250", Use(250, 2000, False, frozenset({"UNKNOWN"})), "TIER_250"),
        ("TIER_2K", Use(999, 9000, True, GREEN), "TIER_2K"),
        ("TIER_2K", Use(1000, 9000, True, GREEN), "TIER_10K"),
        ("TIER_2K", Use(1000, 9000, True, GREEN | {"YELLOW"}), "TIER_2K"),
        ("TIER_10K", Use(9000, 9000, True, GREEN | {"RED"}), "TIER_2K"),
        ("TIER_250", Use(9000, 9000, True, frozenset({"RED"})), "TIER_250"),
        ("TIER_100K", Use(50_000, 90_000, True, GREEN), "TIER_UNLIMITED"),
        ("TIER_UNLIMITED", Use(0, 0, True, GREEN), "TIER_UNLIMITED"),
        ("TIER_UNLIMITED", Use(0, 0, True, frozenset({"RED"})), "TIER_100K"),
    ],
)
def test_tiers_grow_by_use_and_quality_and_shrink_by_bad_quality(tier: str, use: Use, after: str) -> None:
    assert next_tier(tier, use, RULES) == after


@given(
    st.sampled_from(ORDER),
    st.builds(
        Use, st.integers(0, 10**6), st.integers(0, 10**7), st.booleans(),
        st.frozensets(st.sampled_from(["GREEN", "YELLOW", "RED", "UNKNOWN"])),
    ),
)  # fmt: skip
def test_a_tier_moves_one_step_at_most_and_up_never_beside_red(tier: str, use: Use) -> None:
    after = ORDER.index(next_tier(tier, use, RULES))
    assert abs(after - ORDER.index(tier)) <= 1
    assert "RED" not in use.colours or after <= ORDER.index(tier)


def test_a_cut_leaves_the_lowest_limit_until_it_is_over() -> None:
    allowance = Allowance(UUID(int=1), 0, "TIER_100K", NOW)
    assert allowance.most(NOW - timedelta(seconds=1)) == TIERS["TIER_250"] == 250
    assert allowance.most(NOW) == 100_000
    assert Allowance(UUID(int=1), 0, "TIER_UNLIMITED").most(NOW) is None


def test_hours_count_whole_and_the_first_of_them_frees_its_people() -> None:
    assert hour_of(NOW) == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert first_hour(NOW) == datetime(2026, 11, 21, 12, tzinfo=UTC)
    used = {hour_of(NOW): 3, hour_of(NOW - timedelta(hours=5)): 0, hour_of(NOW - timedelta(hours=2)): 1}
    assert free_at(used) == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert free_at({}) is None
