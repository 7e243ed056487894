"""Quiet times: by law, by one's own wish, by one's own clock; and when they end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takt.core.quiet_hours import Hours, QuietHours
from takt.core.quiet_time import ALL_DAY, OwnQuiet, Place, is_quiet, look

BERLIN, NEW_YORK, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
CHRISTMAS = date(2026, 12, 25)
GERMAN = Hours()
NIGHT = OwnQuiet(21 * 60, 9 * 60)
NOON = OwnQuiet(12 * 60, 14 * 60)


def place(*zones: ZoneInfo) -> Place:
    return Place(zones, lambda day: day == CHRISTMAS)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "own", "zone", "now", "until"),
    [
        (GERMAN, None, BERLIN, "2026-11-24 07:00", None),
        (GERMAN, None, BERLIN, "2026-11-24 18:59", None),
        (GERMAN, None, BERLIN, "2026-11-24 06:59", "2026-11-24 07:00"),
        (GERMAN, None, BERLIN, "2026-11-24 19:00", "2026-11-25 07:00"),
        (GERMAN, None, BERLIN, "2026-11-21 19:00", "2026-11-23 07:00"),  # Saturday evening
        (GERMAN, None, BERLIN, "2026-11-22 12:00", "2026-11-23 07:00"),  # Sunday
        (GERMAN, None, BERLIN, "2026-12-24 19:00", "2026-12-26 07:00"),  # Christmas Eve
        (GERMAN, None, BERLIN, "2026-12-25 12:00", "2026-12-26 07:00"),
        (GERMAN, None, BERLIN, "2026-10-24 18:30", "2026-10-26 07:00"),  # the clocks go back on Sunday
        (GERMAN, None, BERLIN, "2026-03-28 19:30", "2026-03-30 06:00"),  # and forward
        (QuietHours().of("US"), None, NEW_YORK, "2026-11-22 12:59", "2026-11-22 13:00"),
        (QuietHours().of("US"), None, NEW_YORK, "2026-11-22 13:00", None),
        (QuietHours().of("IN"), None, KOLKATA, "2026-11-22 01:29", "2026-11-22 01:30"),
        (GERMAN, NIGHT, BERLIN, "2026-11-24 07:00", "2026-11-24 08:00"),
        (GERMAN, NOON, BERLIN, "2026-11-24 10:59", None),
        (GERMAN, NOON, BERLIN, "2026-11-24 11:00", "2026-11-24 13:00"),
        (ALL_DAY, NIGHT, BERLIN, "2026-11-22 19:59", None),
        (ALL_DAY, NIGHT, BERLIN, "2026-11-22 20:00", "2026-11-23 08:00"),
        (ALL_DAY, OwnQuiet(0, 1439), BERLIN, "2026-11-22 20:00", "2026-11-22 22:59"),
    ],
)
def test_a_quiet_time_and_its_end(
    hours: Hours, own: OwnQuiet | None, zone: ZoneInfo, now: str, until: str | None
) -> None:
    found = look(hours, own, place(zone), utc(now))
    assert (found.now, found.until) == (until is not None, None if until is None else utc(until))


def test_a_quiet_time_that_swallows_all_allowed_hours_has_no_end() -> None:
    found = look(GERMAN, OwnQuiet(8 * 60, 20 * 60), place(BERLIN), utc("2026-11-24 12:00"))
    assert (found.now, found.until) == (True, None)


def test_where_the_clock_is_not_known_both_ends_of_the_country_must_be_awake() -> None:
    """New York and Los Angeles: from eleven there to nine in the evening here."""
    both = place(NEW_YORK, ZoneInfo("America/Los_Angeles"))
    hours = QuietHours().of("US")
    found = look(hours, None, both, utc("2026-11-24 14:00"))
    assert (found.until, found.span) == (utc("2026-11-24 16:00"), timedelta(hours=10))
    assert not look(hours, None, both, utc("2026-11-24 16:00")).now


@pytest.mark.parametrize(
    ("now", "figure"),
    [
        ("2026-11-22 12:05", "Sun 13:05 in Europe/Berlin; allowed 08:00-20:00 but not on sunday or holiday"),
        ("2026-11-24 23:05", "Wed 00:05 in Europe/Berlin; allowed 08:00-20:00 but not on sunday or holiday"),
    ],
)
def test_the_figure_says_clock_and_terms(now: str, figure: str) -> None:
    assert look(GERMAN, None, place(BERLIN), utc(now)).figure == figure
    assert look(ALL_DAY, NIGHT, place(BERLIN), utc(now)).figure.endswith("; own quiet time 21:00-09:00")


ZONES = st.sampled_from([
    "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns",
    "Africa/Casablanca", "Asia/Tehran",
]).map(ZoneInfo)  # fmt: skip
MINUTES = st.integers(0, 1439)
OWN = st.none() | st.tuples(MINUTES, MINUTES).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: OwnQuiet(*pair))
DAYS = st.frozensets(st.sampled_from(["saturday", "sunday", "holiday"]))
HOURS = (
    st.tuples(st.integers(0, 1439), st.integers(1, 1440), DAYS).filter(lambda h: h[0] < h[1]).map(lambda h: Hours(*h))
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(HOURS, OWN, st.lists(ZONES, min_size=1, max_size=2, unique_by=str), INSTANTS)
def test_at_its_end_a_quiet_time_is_over(
    hours: Hours, own: OwnQuiet | None, zones: list[ZoneInfo], now: datetime
) -> None:
    """By every wall clock, also in the nights when clocks change."""
    here = place(*zones)
    found = look(hours, own, here, now)
    assert found.now == any(is_quiet(hours, own, now.astimezone(zone), here.is_holiday) for zone in zones)
    if found.until is None:
        return
    assert now < found.until <= now + timedelta(days=14)
    assert not look(hours, own, here, found.until).now
    assert found.span >= timedelta(minutes=1)
