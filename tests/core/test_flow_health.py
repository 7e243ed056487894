"""How often an endpoint may fail before its flow is held back or blocked, and when its company is told."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.flow_health import Count, alert_after, status_after, window_of


@pytest.mark.parametrize(
    ("exchanges", "failures", "status", "alert"),
    [
        (19, 19, "PUBLISHED", None),
        (20, 0, "PUBLISHED", None),
        (20, 1, "PUBLISHED", 5),
        (20, 2, "THROTTLED", 10),
        (20, 10, "BLOCKED", 50),
        (40, 2, "PUBLISHED", 5),
        (41, 3, "PUBLISHED", None),
        (42, 4, "PUBLISHED", None),
        (40, 4, "THROTTLED", 10),
        (21, 20, "BLOCKED", None),
    ],
)
def test_rates_have_consequences(exchanges: int, failures: int, status: str, alert: int | None) -> None:
    assert status_after("PUBLISHED", Count(exchanges, failures)) == status
    assert alert_after(Count(exchanges, failures)) == alert


def test_a_flow_that_was_held_back_recovers() -> None:
    assert status_after("THROTTLED", Count(19, 0)) == "THROTTLED"
    assert status_after("THROTTLED", Count(20, 0)) == "PUBLISHED"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_windows_begin_every_half_hour(now: datetime) -> None:
    began = window_of(now)
    assert began <= now
    assert (now - began).total_seconds() < 1800
    assert (began.minute % 30, began.second, began.microsecond) == (0, 0, 0)
